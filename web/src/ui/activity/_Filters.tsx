// Narrows the activity down: by machine, person, command, outcome, or words of reason and target.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { localName, useLanguage, useText, type TextKey } from "../../i18n";
import { actorName, usePlant } from "../live";
import { useSelected } from "../state";
import { NO_FILTER, type Filter, type Line } from "./_entries";
import css from "./activity.module.css";

const STATES = ["done", "failed", "unknown"] as const;

function choices(values: Iterable<string>, name: (value: string) => string, all: string) {
  const options = [...new Set(values)].map((value) => ({ value, label: name(value) })).sort((a, b) => a.label.localeCompare(b.label));
  return [{ value: "", label: all }, ...options];
}

export function Filters({ lines, filter, onChange }: { lines: readonly Line[]; filter: Filter; onChange(next: Filter): void }) {
  const text = useText();
  const language = useLanguage();
  const twins = usePlant((plant) => plant.twins);
  const commands = usePlant((plant) => plant.commands);
  const selected = useSelected()?.twin;
  const nameOfTwin = (id: string) => {
    const twin = twins.find((each) => each.id === id);
    return twin ? localName(twin.name, language, twin.idShort) : id;
  };
  const nameOfCommand = (name: string) => localName(commands.find((each) => each.name === name)?.title, language, name);
  const concerned = [...lines.flatMap((line) => line.twins), ...(filter.twin ? [filter.twin] : [])];
  const all = text("activity.all");
  const set = (part: Partial<Filter>) => onChange({ ...filter, ...part });
  const isOn = Object.values(filter).some(Boolean);
  return (
    <div className={css.filters} role="search" aria-label={text("activity.filter")}>
      <NativeSelect label={text("activity.twin")} value={filter.twin} data={choices(concerned, nameOfTwin, all)} onChange={(event) => set({ twin: event.currentTarget.value })} />
      <NativeSelect label={text("activity.who")} value={filter.actor} data={choices(lines.map((line) => line.entry.actor), (name) => actorName(name, text), all)} onChange={(event) => set({ actor: event.currentTarget.value })} />
      <NativeSelect label={text("activity.what")} value={filter.command} data={choices(lines.map((line) => line.entry.command), nameOfCommand, all)} onChange={(event) => set({ command: event.currentTarget.value })} />
      <NativeSelect label={text("activity.outcome")} value={filter.state} data={choices(STATES, (state) => text(`activity.state.${state}` as TextKey), all)} onChange={(event) => set({ state: event.currentTarget.value })} />
      <TextInput label={text("activity.words")} value={filter.words} onChange={(event) => set({ words: event.currentTarget.value })} />
      {selected && filter.twin !== selected.id ? (
        <Button variant="default" onClick={() => set({ twin: selected.id })}>
          {text("activity.onlySelected")}
        </Button>
      ) : null}
      {isOn ? (
        <Button variant="subtle" color="gray" onClick={() => onChange(NO_FILTER)}>
          {text("activity.clear")}
        </Button>
      ) : null}
    </div>
  );
}
