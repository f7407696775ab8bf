// The fields of a plan's editor: one step with its command and conditions, and one condition that suspends or aborts.
import { ActionIcon, NativeSelect, NumberInput, Select, TextInput, Textarea } from "@mantine/core";
import { localName, useLanguage, useText } from "../../i18n";
import { InstantInput, fieldsOf, optionText } from "../dialogs";
import { Icon } from "../icons";
import { usePlant, type PlanCondition, type JsonSchema, type SignalInfo } from "../live";
import { SignalPick } from "../pick";
import { newCondition, type ConditionDraft, type GuardDraft, type StepDraft } from "./_draft";
import css from "./plans.module.css";

const TESTS: { value: PlanCondition["test"]; label: string }[] = [
  { value: ">", label: ">" },
  { value: ">=", label: "≥" },
  { value: "<", label: "<" },
  { value: "<=", label: "≤" },
  { value: "=", label: "=" },
  { value: "!=", label: "≠" },
];
const NOT_IN_PLANS = ["plan.", "proposal.", "branch.", "foresight."];
const every = () => true;
const writable = (signal: SignalInfo) => signal.writable;

function ConditionFields({ condition, onChange }: { condition: ConditionDraft; onChange(next: ConditionDraft): void }) {
  const text = useText();
  return (
    <div className={css.condition}>
      <SignalPick label={text("plans.signal")} value={condition.signal} accept={every} onChange={(signal) => onChange({ ...condition, signal })} />
      <NativeSelect
        size="xs"
        label={text("plans.test")}
        value={condition.test}
        data={TESTS}
        onChange={(event) => onChange({ ...condition, test: event.currentTarget.value as PlanCondition["test"] })}
      />
      <TextInput size="xs" label={text("plans.value")} value={condition.value} onChange={(event) => onChange({ ...condition, value: event.currentTarget.value })} />
      <NumberInput size="xs" label={text("plans.forS")} value={condition.forS} min={0} max={86_400} onChange={(forS) => onChange({ ...condition, forS })} />
    </div>
  );
}

interface OptionalProps {
  title: string;
  condition: ConditionDraft | null;
  onChange(next: ConditionDraft | null): void;
}

function OptionalCondition({ title, condition, onChange }: OptionalProps) {
  return (
    <fieldset className={css.optional}>
      <legend>
        <label>
          <input type="checkbox" checked={condition !== null} onChange={(event) => onChange(event.currentTarget.checked ? newCondition() : null)} /> {title}
        </label>
      </legend>
      {condition ? <ConditionFields condition={condition} onChange={onChange} /> : null}
    </fieldset>
  );
}

function CommandFields({ step, onChange }: { step: StepDraft; onChange(next: StepDraft): void }) {
  const text = useText();
  const language = useLanguage();
  const commands = usePlant((plant) => plant.commands).filter((each) => each.right !== "platform" && !NOT_IN_PLANS.some((start) => each.name.startsWith(start)));
  const command = commands.find((each) => each.name === step.command);
  const fields = command ? fieldsOf(command.params as JsonSchema, {}) : [];
  const type = (name: string, value: string) => onChange({ ...step, typed: { ...step.typed, [name]: value } });
  return (
    <>
      <Select
        size="xs"
        label={text("plans.command")}
        searchable
        value={step.command}
        data={commands.map((each) => ({ value: each.name, label: `${localName(each.title, language, each.name)} (${each.name})` }))}
        onChange={(name) => onChange({ ...step, command: name, typed: {} })}
      />
      <div className={css.fields}>
        {fields.map((field) => {
          const value = step.typed[field.name] ?? "";
          const shared = { size: "xs" as const, label: localName(command?.labels[field.name], language, field.name), required: field.isRequired };
          if (field.name === "signal" && step.command === "signal.write") {
            return <SignalPick key={field.name} label={text("plans.signal")} value={value || null} accept={writable} onChange={(key) => type("signal", key)} />;
          }
          if (field.kind === "choice" || field.kind === "boolean") {
            const options = field.kind === "boolean" ? ["true", "false"] : field.options;
            return <NativeSelect key={field.name} {...shared} value={value} data={[{ value: "", label: "–" }, ...options.map((option) => ({ value: option, label: optionText(option, text) }))]} onChange={(event) => type(field.name, event.currentTarget.value)} />;
          }
          if (field.kind === "instant") return <InstantInput key={field.name} {...shared} value={value} onChange={(next) => type(field.name, next)} />;
          return <TextInput key={field.name} {...shared} value={value} onChange={(event) => type(field.name, event.currentTarget.value)} />;
        })}
      </div>
    </>
  );
}

interface StepProps {
  step: StepDraft;
  number: number;
  count: number;
  isWrong: boolean;
  onChange(next: StepDraft): void;
  onMove(by: -1 | 1): void;
  onRemove(): void;
}

export function StepFields({ step, number, count, isWrong, onChange, onMove, onRemove }: StepProps) {
  const text = useText();
  return (
    <li className={css.card} aria-label={text("plans.stepNumber", { number })} data-bad={isWrong || undefined}>
      <div className={css.cardHead}>
        <b>{text(step.kind === "manual" ? "plans.manualStep" : "plans.commandStep", { number })}</b>
        <span className={css.tools}>
          <ActionIcon variant="subtle" disabled={number === 1} aria-label={text("plans.up", { number })} onClick={() => onMove(-1)}>
            <Icon name="down" size={14} className={css.up} />
          </ActionIcon>
          <ActionIcon variant="subtle" disabled={number === count} aria-label={text("plans.down", { number })} onClick={() => onMove(1)}>
            <Icon name="down" size={14} />
          </ActionIcon>
          <ActionIcon variant="subtle" disabled={count === 1} aria-label={text("plans.removeStep", { number })} onClick={onRemove}>
            <Icon name="trash" size={14} />
          </ActionIcon>
        </span>
      </div>
      {step.kind === "manual" ? (
        <div className={css.fields}>
          <Textarea size="xs" label={text("plans.textZh")} required autosize value={step.zh} onChange={(event) => onChange({ ...step, zh: event.currentTarget.value })} />
          <Textarea size="xs" label={text("plans.textEn")} required autosize value={step.en} onChange={(event) => onChange({ ...step, en: event.currentTarget.value })} />
        </div>
      ) : (
        <CommandFields step={step} onChange={onChange} />
      )}
      <OptionalCondition title={text("plans.only")} condition={step.onlyWhen} onChange={(onlyWhen) => onChange({ ...step, onlyWhen })} />
      <OptionalCondition title={text("plans.wait")} condition={step.waitUntil} onChange={(waitUntil) => onChange({ ...step, waitUntil })} />
      {step.waitUntil ? (
        <NumberInput size="xs" w={160} label={text("plans.timeout")} value={step.timeoutS} min={1} max={604_800} onChange={(timeoutS) => onChange({ ...step, timeoutS })} />
      ) : null}
      {isWrong ? <p className={css.bad}>{text("plans.incomplete")}</p> : null}
    </li>
  );
}

export function GuardFields({ guard, number, onChange, onRemove }: { guard: GuardDraft; number: number; onChange(next: GuardDraft): void; onRemove(): void }) {
  const text = useText();
  return (
    <li className={css.card} aria-label={text("plans.guardNumber", { number })}>
      <div className={css.cardHead}>
        <NativeSelect
          size="xs"
          aria-label={text("plans.effect")}
          value={guard.effect}
          data={[
            { value: "suspend", label: text("plans.suspend") },
            { value: "abort", label: text("plans.abort") },
          ]}
          onChange={(event) => onChange({ ...guard, effect: event.currentTarget.value as GuardDraft["effect"] })}
        />
        <ActionIcon variant="subtle" aria-label={text("plans.removeGuard", { number })} onClick={onRemove}>
          <Icon name="trash" size={14} />
        </ActionIcon>
      </div>
      <ConditionFields condition={guard.condition} onChange={(condition) => onChange({ ...guard, condition })} />
    </li>
  );
}
