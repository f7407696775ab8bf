// The form of one alarm rule: what is watched, when it raises, what it says, and how it would have done in the past.
import { Button, Checkbox, NativeSelect, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useEffect, useState, type FormEvent } from "react";
import { useText, type TextKey } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { KIND, PRIORITIES, termText, unitText, usePlant, type Condition, type Priority, type Rule, type SignalInfo } from "../live";
import { SignalPick } from "../pick";
import { RANGES_MS, useUi, useUiStore, type RangeName } from "../state";
import { canBeTarget, canGuard, conditionsFor, draftOf, freshId, hasDeadband, needsLimit, problemsOf, ruleOf, type Draft, type DraftField } from "./_draft";
import { GuardStates } from "./_GuardStates";
import css from "./rules.module.css";
import { Trial } from "./_Trial";

function isWatchable(signal: SignalInfo): boolean {
  return signal.kind !== KIND.ARRAY && signal.kind !== KIND.TIME;
}

interface Props {
  first: Draft;
  /** The rule as it stands; null for one that is being made. */
  before: Rule | null;
  /** Ids that are taken. */
  taken: ReadonlySet<string>;
  onDone(id: string | null): void;
}

export function Editor({ first, before, taken, onDone }: Props) {
  const text = useText();
  const isNew = before === null;
  const ui = useUiStore();
  const tools = useActionTools();
  const range = useUi((state) => state.range);
  const [draft, setDraft] = useState(first);
  const [kept, setKept] = useState(first);
  useEffect(() => {
    if (before === null) return;
    const now = draftOf(before);
    // What an undo or somebody else did to the rule is shown where nothing has been typed meanwhile.
    setDraft((old) => (JSON.stringify(old) === JSON.stringify(kept) ? now : old));
    setKept(now);
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [JSON.stringify(before)]);
  const [isTried, setIsTried] = useState(false);
  const [isWaiting, setIsWaiting] = useState(false);
  const signal = usePlant((plant) => (draft.signal ? plant.byKey.get(draft.signal) : undefined));
  const problems = problemsOf(draft);
  const change = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const errorOf = (field: DraftField) => (isTried && problems[field] ? text(problems[field]) : undefined);
  const field = (name: "titleEn" | "titleZh" | "limit" | "target" | "deadband" | "onDelay" | "offDelay", label: TextKey, more: Record<string, unknown> = {}) => (
    <TextInput label={text(label)} value={draft[name]} error={errorOf(name)} onChange={(event) => change({ [name]: event.currentTarget.value })} {...more} />
  );
  const area = (name: "consequenceEn" | "consequenceZh" | "actionEn" | "actionZh", label: TextKey, lang: string) => (
    <Textarea label={text(label)} lang={lang} value={draft[name]} autosize minRows={1} maxRows={4} maxLength={500} onChange={(event) => change({ [name]: event.currentTarget.value })} />
  );
  const conditions = conditionsFor(signal);
  const plainUnit = draft.condition === "stale" ? "s" : unitText(signal?.unit ?? "");
  const unit = draft.condition === "rate" ? `${plainUnit} ${text("rules.perSecond")}`.trim() : plainUnit;
  const isState = signal?.kind === KIND.ENUM && (draft.condition === "equal" || draft.condition === "not_equal");
  const takeSignal = (key: string, chosen: SignalInfo | undefined) => {
    const fitting = conditionsFor(chosen);
    change({ signal: key, condition: fitting.includes(draft.condition) ? draft.condition : (fitting[0] as Condition) });
  };
  const byKey = usePlant((plant) => plant.byKey);
  const withUnit = unit ? { rightSection: <span className={css.inUnit}>{unit}</span>, rightSectionWidth: 20 + unit.length * 8, inputMode: "decimal" } : { inputMode: "decimal" };
  const inSeconds = { rightSection: <span className={css.inUnit}>s</span>, inputMode: "decimal" };

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (Object.keys(problems).length > 0) return;
    setIsWaiting(true);
    const id = draft.id || freshId(draft.signal ?? "", taken);
    const outcome = await tools.run("rule.put", { rule: ruleOf({ ...draft, id }, before) });
    setIsWaiting(false);
    if (outcome) onDone(id);
  };
  const remove = async () => {
    if (await tools.run("rule.remove", { id: draft.id })) onDone(null);
  };

  return (
    <form noValidate className={css.editor} aria-label={text(isNew ? "rules.newTitle" : "rules.editTitle")} onSubmit={(event) => void save(event)}>
      <h2>{text(isNew ? "rules.newTitle" : "rules.editTitle")}</h2>
      <fieldset>
        <legend>{text("rules.what")}</legend>
        <SignalPick label={text("rules.signal")} value={draft.signal} accept={isWatchable} error={errorOf("signal")} onChange={(key) => takeSignal(key, byKey.get(key))} />
        <p className={css.hint}>{text("rules.pointSignal")}</p>
      </fieldset>
      <fieldset>
        <legend>{text("rules.when")}</legend>
        <div className={css.row}>
          <NativeSelect
            label={text("rules.condition")}
            value={draft.condition}
            onChange={(event) => change({ condition: event.currentTarget.value as Condition })}
            data={conditions.map((value) => ({ value, label: text(`rules.condition.${value}`) }))}
          />
          {isState ? (
            <NativeSelect
              label={text("rules.state")}
              value={draft.limit}
              error={errorOf("limit")}
              onChange={(event) => change({ limit: event.currentTarget.value })}
              data={[{ value: "", label: "–" }, ...Object.entries(signal.labels).map(([value, name]) => ({ value, label: termText(name, text) }))]}
            />
          ) : needsLimit(draft.condition) ? (
            field("limit", "rules.limit", { withAsterisk: true, ...withUnit })
          ) : null}
          {draft.condition === "deviation" && draft.targetSignal === null ? field("target", "rules.target", { withAsterisk: true, ...withUnit }) : null}
          {hasDeadband(draft.condition) ? field("deadband", "rules.deadband", withUnit) : null}
        </div>
        {draft.condition === "deviation" ? (
          <SignalPick
            label={text("rules.targetSignal")}
            value={draft.targetSignal}
            accept={canBeTarget}
            error={errorOf("targetSignal")}
            onChange={(key) => change({ targetSignal: key })}
            onClear={() => change({ targetSignal: null })}
          />
        ) : null}
        <div className={css.row}>
          {field("onDelay", "rules.onDelay", inSeconds)}
          {field("offDelay", "rules.offDelay", inSeconds)}
        </div>
      </fieldset>
      <fieldset>
        <legend>{text("rules.trial")}</legend>
        <SegmentedControl
          className={css.range}
          aria-label={text("range.title")}
          value={range}
          onChange={(value) => ui.set({ range: value as RangeName })}
          data={(Object.keys(RANGES_MS) as RangeName[]).map((value) => ({ value, label: text(`range.${value}`) }))}
        />
        <Trial draft={draft} onLimit={(limit) => change({ limit: String(limit) })} />
      </fieldset>
      <fieldset>
        <legend>{text("rules.guard")}</legend>
        <p className={css.hint}>{text("rules.guardHint")}</p>
        <SignalPick
          label={text("rules.guardSignal")}
          value={draft.guardSignal}
          accept={canGuard}
          onChange={(key) => change({ guardSignal: key, guardStates: key === draft.guardSignal ? draft.guardStates : "" })}
          onClear={() => change({ guardSignal: null, guardStates: "" })}
        />
        {draft.guardSignal === null ? null : (
          <GuardStates signal={byKey.get(draft.guardSignal)} states={draft.guardStates} error={errorOf("guardStates")} onChange={(guardStates) => change({ guardStates })} />
        )}
      </fieldset>
      <fieldset>
        <legend>{text("rules.says")}</legend>
        <div className={css.row}>
          {field("titleEn", "rules.titleEn", { maxLength: 200 })}
          {field("titleZh", "rules.titleZh", { maxLength: 200, lang: "zh-CN" })}
        </div>
        <div className={css.row}>
          <NativeSelect
            label={text("rules.priority")}
            value={draft.priority}
            onChange={(event) => change({ priority: event.currentTarget.value as Priority })}
            data={PRIORITIES.map((value) => ({ value, label: text(`priority.${value}`) }))}
          />
          <div className={css.checks}>
            <Checkbox label={text("rules.latched")} checked={draft.isLatched} onChange={(event) => change({ isLatched: event.currentTarget.checked })} />
            <Checkbox label={text("rules.enabled")} checked={draft.isEnabled} onChange={(event) => change({ isEnabled: event.currentTarget.checked })} />
          </div>
        </div>
        <div className={css.row}>
          {area("consequenceEn", "rules.consequenceEn", "en")}
          {area("consequenceZh", "rules.consequenceZh", "zh-CN")}
        </div>
        <div className={css.row}>
          {area("actionEn", "rules.actionEn", "en")}
          {area("actionZh", "rules.actionZh", "zh-CN")}
        </div>
      </fieldset>
      <div className={css.buttons}>
        {isTried && Object.keys(problems).length > 0 ? (
          <p className={css.problem} role="alert">
            {text("rules.problems", { count: Object.keys(problems).length })}
          </p>
        ) : null}
        {isNew ? null : (
          <Button variant="subtle" color="red" leftSection={<Icon name="trash" size={14} />} onClick={() => void remove()}>
            {text("rules.remove")}
          </Button>
        )}
        <span className={css.spring} />
        <Button variant="default" onClick={() => onDone(null)}>
          {text("common.cancel")}
        </Button>
        <Button type="submit" loading={isWaiting}>
          {text("rules.save")}
        </Button>
      </div>
    </form>
  );
}
