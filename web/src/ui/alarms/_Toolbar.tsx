// Narrows the list of alarms: by state, by priority, by words; and the span that the journal looks back.
import { Chip, CloseButton, SegmentedControl, TextInput } from "@mantine/core";
import { useText } from "../../i18n";
import { Icon } from "../icons";
import { PRIORITIES, type Priority } from "../live";
import { RANGES_MS, useUi, useUiStore, type RangeName } from "../state";
import css from "./alarms.module.css";
import { ALARM_FILTERS, type AlarmFilter, type Narrowed } from "./_model";

export function Toolbar({ narrowed, counts, onChange }: { narrowed: Narrowed; counts: Record<AlarmFilter, number>; onChange(change: Partial<Narrowed>): void }) {
  const text = useText();
  const { filter, priorities, query } = narrowed;
  const toggle = (priority: Priority) => {
    const next = new Set(priorities);
    if (!next.delete(priority)) next.add(priority);
    onChange({ priorities: next });
  };
  return (
    <div className={css.bar}>
      <SegmentedControl
        className={css.filter}
        aria-label={text("alarms.filter")}
        value={filter}
        onChange={(value) => onChange({ filter: value as AlarmFilter })}
        data={ALARM_FILTERS.map((value) => ({ value, label: text(`alarms.filter.${value}`, { count: counts[value] }) }))}
      />
      <div className={css.chips} role="group" aria-label={text("alarms.priorities")}>
        {PRIORITIES.map((priority) => (
          <Chip key={priority} size="xs" variant="outline" checked={priorities.has(priority)} onChange={() => toggle(priority)}>
            {text(`priority.${priority}`)}
          </Chip>
        ))}
      </div>
      <TextInput
        className={css.search}
        value={query}
        onChange={(event) => onChange({ query: event.currentTarget.value })}
        placeholder={text("alarms.search")}
        aria-label={text("alarms.search")}
        leftSection={<Icon name="search" size={14} />}
        rightSection={query ? <CloseButton size="xs" aria-label={text("common.clear")} onClick={() => onChange({ query: "" })} /> : null}
      />
    </div>
  );
}

export function JournalRange() {
  const text = useText();
  const ui = useUiStore();
  const range = useUi((state) => state.range);
  return (
    <SegmentedControl
      aria-label={text("range.title")}
      value={range}
      onChange={(value) => ui.set({ range: value as RangeName })}
      data={(Object.keys(RANGES_MS) as RangeName[]).map((value) => ({ value, label: text(`range.${value}`) }))}
    />
  );
}
