// In which states of a guard's signal the alarm is suppressed: ticked by name where the states have names, else typed.
import { Checkbox, TextInput } from "@mantine/core";
import { useId } from "react";
import { useText } from "../../i18n";
import { KIND, termText, type SignalInfo } from "../live";
import { readStates, toggledStates } from "./_draft";
import css from "./rules.module.css";

interface Props {
  signal: SignalInfo | undefined;
  /** The numbers of the states as text: "0, 1". */
  states: string;
  error: string | undefined;
  onChange(states: string): void;
}

export function GuardStates({ signal, states, error, onChange }: Props) {
  const text = useText();
  const errorId = useId();
  const named: [number, string][] =
    signal?.kind === KIND.BOOL
      ? [[0, text("value.no")], [1, text("value.yes")]]
      : Object.entries(signal?.labels ?? {}).map(([value, name]) => [Number(value), termText(name, text)]);
  if (named.length === 0) return <TextInput label={text("rules.guardStates")} description={text("rules.guardNumbers")} value={states} error={error} onChange={(event) => onChange(event.currentTarget.value)} />;
  const chosen = readStates(states) ?? [];
  return (
    <div role="group" aria-label={text("rules.guardStates")} aria-describedby={error ? errorId : undefined}>
      <span className={css.groupLabel}>{text("rules.guardStates")}</span>
      <div className={css.states}>
        {named.map(([value, name]) => (
          <Checkbox key={value} label={name} checked={chosen.includes(value)} onChange={() => onChange(toggledStates(states, value))} />
        ))}
      </div>
      {error ? (
        <p className={css.problem} id={errorId}>
          {error}
        </p>
      ) : null}
    </div>
  );
}
