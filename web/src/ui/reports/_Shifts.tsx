// Edits the shifts of a day and their time zone: of the plant, or of the branch on the screen.
import { ActionIcon, Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { useActionTools, useReach } from "../actions";
import { Icon } from "../icons";
import { ReachNote } from "../inspector/_ReachNote";
import type { ReportSetup, ShiftInfo } from "../live";
import { useToasts } from "../toasts";
import { LANGUAGES } from "./_words";
import css from "./reports.module.css";

const MOST_SHIFTS = 12;

function freshId(shifts: readonly ShiftInfo[]): string {
  for (let number = 1; ; number += 1) if (!shifts.some((shift) => shift.id === `shift-${number}`)) return `shift-${number}`;
}

export function Shifts({ setup, onSaved }: { setup: ReportSetup; onSaved(): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const reach = useReach();
  const toasts = useToasts();
  const [zone, setZone] = useState(setup.zone);
  const [shifts, setShifts] = useState<ShiftInfo[]>(setup.shifts);
  const change = (index: number, part: Partial<ShiftInfo>) => setShifts(shifts.map((shift, at) => (at === index ? { ...shift, ...part } : shift)));
  const save = async () => {
    const outcome = await reach.run("report.set_shifts", { zone, shifts }, { isQuiet: true });
    if (!outcome) return;
    toasts.show({ tone: "done", title: text("reports.shiftsSaved"), action: { label: text("command.undo"), run: () => void tools.undoOne(outcome.command_id).then(onSaved) } });
    onSaved();
  };
  return (
    <section className={css.block} aria-label={text("reports.shifts")}>
      <h2>{text("reports.shifts")}</h2>
      <ReachNote />
      <TextInput label={text("reports.zone")} value={zone} onChange={(event) => setZone(event.currentTarget.value)} spellCheck={false} />
      <ul className={css.shifts}>
        {shifts.map((shift, index) => (
          <li key={shift.id}>
            <fieldset className={css.shift}>
              <legend>{localName(shift.name, language, text("reports.shiftOf", { number: index + 1 }))}</legend>
              {LANGUAGES.map(({ value }) => (
                <TextInput
                  key={value}
                  label={text(value === "en" ? "rename.en" : "rename.zh")}
                  value={shift.name[value] ?? ""}
                  onChange={(event) => change(index, { name: { ...shift.name, [value]: event.currentTarget.value } })}
                />
              ))}
              <TextInput type="time" label={text("reports.begin")} value={shift.start} onChange={(event) => change(index, { start: event.currentTarget.value })} />
              <TextInput type="time" label={text("reports.end")} value={shift.end} onChange={(event) => change(index, { end: event.currentTarget.value })} />
              <ActionIcon
                aria-label={text("reports.dropShift", { name: localName(shift.name, language, shift.id) })}
                disabled={shifts.length === 1}
                onClick={() => setShifts(shifts.filter((each) => each !== shift))}
              >
                <Icon name="trash" size={14} />
              </ActionIcon>
            </fieldset>
          </li>
        ))}
      </ul>
      <div className={css.buttons}>
        <Button
          variant="default"
          disabled={shifts.length >= MOST_SHIFTS}
          onClick={() => setShifts([...shifts, { id: freshId(shifts), name: {}, start: shifts.at(-1)?.end ?? "06:00", end: shifts[0]?.start ?? "14:00" }])}
        >
          {text("reports.addShift")}
        </Button>
        <Button onClick={() => void save()}>{text("reports.saveShifts")}</Button>
      </div>
    </section>
  );
}
