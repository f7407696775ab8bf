// The schedules by which reports are made, and the form for one more.
import { ActionIcon, Button, NativeSelect, Switch, TextInput } from "@mantine/core";
import { useState } from "react";
import { formatDateTime, listText, localName, pairText, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import type { ReportSetup, ScheduleInfo, ScheduleTimes } from "../live";
import { useToasts } from "../toasts";
import { ContentFields, emptyContent, isComplete } from "./_ContentFields";
import css from "./reports.module.css";

const EVERY = ["shift", "day", "week"] as const;
const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const;

function useScheduleName(setup: ReportSetup): (when: ScheduleTimes) => string {
  const text = useText();
  const language = useLanguage();
  return (when) => {
    const start = text(`reports.every.${when.every}`);
    if (when.every === "day") return `${start} ${when.at}`;
    if (when.every === "week") return `${start} ${text(`weekday.${when.weekday}` as "weekday.0")} ${when.at}`;
    const names = setup.shifts.filter((shift) => when.shifts.includes(shift.id)).map((shift) => localName(shift.name, language, shift.id));
    return names.length > 0 ? pairText(start, listText(names, language), language) : start;
  };
}

function Row({ schedule, setup, onChange }: { schedule: ScheduleInfo; setup: ReportSetup; onChange(): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const when = schedule.when as unknown as ScheduleTimes;
  const name = useScheduleName(setup)(when);
  const put = (enabled: boolean) => void tools.run("report.schedule", { id: schedule.id, when, content: schedule.content, enabled }, { isQuiet: true }).then(onChange);
  return (
    <li className={css.schedule}>
      <div className={css.reportText}>
        <b>{name}</b>
        <span>{schedule.enabled && schedule.next_ms !== null ? text("reports.next", { at: formatDateTime(schedule.next_ms, language) }) : text("reports.off")}</span>
      </div>
      <Switch aria-label={text("reports.toggle", { name })} checked={schedule.enabled} onChange={(event) => put(event.currentTarget.checked)} />
      <ActionIcon aria-label={text("reports.endSchedule", { name })} onClick={() => void tools.run("report.unschedule", { id: schedule.id }).then(onChange)}>
        <Icon name="trash" size={14} />
      </ActionIcon>
    </li>
  );
}

function NewSchedule({ setup, onSaved }: { setup: ReportSetup; onSaved(): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const toasts = useToasts();
  const [when, setWhen] = useState<ScheduleTimes>({ every: "shift", at: "06:00", weekday: 0, shifts: [] });
  const [content, setContent] = useState(() => emptyContent(language));
  const save = async () => {
    const id = `${when.every}-${Date.now().toString(36)}`;
    if (!(await tools.run("report.schedule", { id, when, content }, { isQuiet: true }))) return;
    toasts.show({ tone: "done", title: text("reports.scheduleSaved") });
    onSaved();
  };
  return (
    <form
      className={css.form}
      aria-label={text("reports.addSchedule")}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div className={css.pair}>
        <NativeSelect
          label={text("reports.every")}
          value={when.every}
          onChange={(event) => setWhen({ ...when, every: event.currentTarget.value as ScheduleTimes["every"] })}
          data={EVERY.map((value) => ({ value, label: text(`reports.every.${value}`) }))}
        />
        {when.every === "week" ? (
          <NativeSelect
            label={text("reports.weekday")}
            value={String(when.weekday)}
            onChange={(event) => setWhen({ ...when, weekday: Number(event.currentTarget.value) })}
            data={WEEKDAYS.map((value) => ({ value: String(value), label: text(`weekday.${value}`) }))}
          />
        ) : null}
        {when.every === "shift" ? null : <TextInput type="time" label={text("reports.at")} value={when.at} onChange={(event) => setWhen({ ...when, at: event.currentTarget.value })} />}
      </div>
      <ContentFields content={content} setup={setup} onChange={setContent} />
      <Button type="submit" disabled={!isComplete(content)}>
        {text("reports.saveSchedule")}
      </Button>
    </form>
  );
}

export function Schedules({ setup, onChange }: { setup: ReportSetup; onChange(): void }) {
  const text = useText();
  const [isNew, setIsNew] = useState(false);
  return (
    <section className={css.block} aria-label={text("reports.schedules")}>
      <h2>{text("reports.schedules")}</h2>
      {setup.schedules.length === 0 ? <p className={css.fine}>{text("reports.noSchedules")}</p> : null}
      <ul className={css.list}>
        {setup.schedules.map((schedule) => (
          <Row key={schedule.id} schedule={schedule} setup={setup} onChange={onChange} />
        ))}
      </ul>
      {isNew ? (
        <NewSchedule
          setup={setup}
          onSaved={() => {
            setIsNew(false);
            onChange();
          }}
        />
      ) : (
        <div className={css.buttons}>
          <Button variant="default" leftSection={<Icon name="clock" size={14} />} onClick={() => setIsNew(true)}>
            {text("reports.addSchedule")}
          </Button>
        </div>
      )}
    </section>
  );
}
