// The form of one set of key figures: which signals tell states, counts and energy, which figures are shown, and what is usual.
import { Button, Checkbox, MultiSelect, NativeSelect, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { localName, useLanguage, useText, type TextKey } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { FIGURES, KIND, termText, usePlant, type FigureKind, type KpiDefinition, type SignalInfo } from "../live";
import { SignalPick } from "../pick";
import { freshKpiId, isShare, kpiDraftOf, kpiOf, kpiProblemsOf, type KpiDraft, type KpiField } from "./_kpi_draft";
import css from "./rules.module.css";

const isCounter = (signal: SignalInfo) => signal.kind <= KIND.INT;
const isState = (signal: SignalInfo) => signal.kind === KIND.ENUM || signal.kind === KIND.BOOL;

type TestField = "producing" | "planned" | "failed" | "verdict";
type KeyField = "good" | "reject" | "attempt" | "energy";

interface Props {
  before: KpiDefinition | null;
  taken: ReadonlySet<string>;
  onDone(id: string | null): void;
}

/** A state signal and which of its values count. */
function StateField({ field, draft, error, onChange }: { field: TestField; draft: KpiDraft; error?: string; onChange(change: Partial<KpiDraft>): void }) {
  const text = useText();
  const test = draft[field];
  const signal = usePlant((plant) => (test.signal ? plant.byKey.get(test.signal) : undefined));
  const options =
    signal?.kind === KIND.BOOL
      ? [{ value: "1", label: text("value.yes") }, { value: "0", label: text("value.no") }]
      : Object.entries(signal?.labels ?? {}).map(([value, name]) => ({ value, label: termText(name, text) }));
  return (
    <div className={css.row}>
      <SignalPick label={text(`kpi.${field}`)} value={test.signal} accept={isState} error={error} onChange={(key) => onChange({ [field]: { signal: key, values: [] } })} onClear={() => onChange({ [field]: { signal: null, values: [] } })} />
      {test.signal ? (
        <MultiSelect
          size="xs"
          label={text("kpi.counts")}
          aria-label={text("kpi.countsOf", { name: text(`kpi.${field}`) })}
          data={options}
          value={test.values}
          onChange={(values) => onChange({ [field]: { ...test, values } })}
        />
      ) : null}
    </div>
  );
}

export function KpiEditor({ before, taken, onDone }: Props) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const places = usePlant((plant) => plant.places);
  const [draft, setDraft] = useState<KpiDraft>(() => kpiDraftOf(before));
  const [isTried, setIsTried] = useState(false);
  const [isWaiting, setIsWaiting] = useState(false);
  const isNew = before === null;
  const problems = kpiProblemsOf(draft);
  const change = (part: Partial<KpiDraft>) => setDraft((old) => ({ ...old, ...part }));
  const errorOf = (field: KpiField) => {
    const problem = problems[field];
    return isTried && problem ? text(problem) : undefined;
  };
  const figureTitle = (kind: FigureKind) => text(`figure.${kind}` as TextKey);
  const setBand = (kind: FigureKind, band: KpiDraft["figures"][FigureKind] | undefined) => {
    const figures = { ...draft.figures };
    if (band) figures[kind] = band;
    else delete figures[kind];
    change({ figures });
  };
  const counter = (field: KeyField) => (
    <SignalPick label={text(`kpi.${field}`)} value={draft[field]} accept={isCounter} error={errorOf(field)} onChange={(key) => change({ [field]: key })} onClear={() => change({ [field]: null })} />
  );
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (Object.keys(problems).length > 0) return;
    setIsWaiting(true);
    const id = draft.id || freshKpiId(draft, taken);
    const outcome = await tools.run("kpi.put", { kpi: kpiOf({ ...draft, id }) });
    setIsWaiting(false);
    if (outcome) onDone(id);
  };
  const remove = async () => {
    if (await tools.run("kpi.remove", { id: draft.id })) onDone(null);
  };
  const shells = places.filter((place) => place.shell !== null).map((place) => ({ value: place.shell as string, label: localName(place.name, language, place.id) }));

  return (
    <form noValidate className={css.editor} aria-label={text(isNew ? "kpi.newTitle" : "kpi.editTitle")} onSubmit={(event) => void save(event)}>
      <h2>{text(isNew ? "kpi.newTitle" : "kpi.editTitle")}</h2>
      <fieldset>
        <legend>{text("kpi.whose")}</legend>
        <div className={css.row}>
          <TextInput label={text("rules.titleEn")} value={draft.titleEn} error={errorOf("titleEn")} maxLength={200} onChange={(event) => change({ titleEn: event.currentTarget.value })} />
          <TextInput label={text("rules.titleZh")} lang="zh-CN" value={draft.titleZh} maxLength={200} onChange={(event) => change({ titleZh: event.currentTarget.value })} />
          <NativeSelect
            label={text("kpi.shell")}
            value={draft.shell ?? ""}
            onChange={(event) => change({ shell: event.currentTarget.value || null })}
            data={[{ value: "", label: text("cockpit.line") }, ...shells]}
          />
        </div>
      </fieldset>
      <fieldset>
        <legend>{text("kpi.times")}</legend>
        {(["producing", "planned", "failed"] as const).map((field) => (
          <StateField key={field} field={field} draft={draft} error={errorOf(field)} onChange={change} />
        ))}
      </fieldset>
      <fieldset>
        <legend>{text("kpi.pieces")}</legend>
        <div className={css.row}>
          {counter("good")}
          {counter("reject")}
        </div>
        <div className={css.row}>
          <TextInput
            label={text("kpi.cycle")}
            inputMode="decimal"
            rightSection={<span className={css.inUnit}>s</span>}
            value={draft.cycle}
            error={errorOf("cycle")}
            onChange={(event) => change({ cycle: event.currentTarget.value })}
          />
          {counter("energy")}
        </div>
        <StateField field="verdict" draft={draft} error={errorOf("verdict")} onChange={change} />
        {counter("attempt")}
      </fieldset>
      <fieldset>
        <legend>{text("kpi.figures")}</legend>
        {errorOf("figures") ? <p className={css.problem}>{errorOf("figures")}</p> : null}
        {FIGURES.map((kind) => {
          const band = draft.figures[kind];
          const unit = isShare(kind) ? "%" : "";
          return (
            <div key={kind} className={css.figure}>
              <Checkbox label={figureTitle(kind)} checked={band !== undefined} onChange={(event) => setBand(kind, event.currentTarget.checked ? { low: "", high: "" } : undefined)} />
              {band ? (
                <>
                  <TextInput
                    placeholder={text("kpi.low")}
                    aria-label={text("kpi.lowOf", { name: figureTitle(kind) })}
                    inputMode="decimal"
                    value={band.low}
                    rightSection={<span className={css.inUnit}>{unit}</span>}
                    onChange={(event) => setBand(kind, { ...band, low: event.currentTarget.value })}
                  />
                  <TextInput
                    placeholder={text("kpi.high")}
                    aria-label={text("kpi.highOf", { name: figureTitle(kind) })}
                    inputMode="decimal"
                    value={band.high}
                    rightSection={<span className={css.inUnit}>{unit}</span>}
                    onChange={(event) => setBand(kind, { ...band, high: event.currentTarget.value })}
                  />
                </>
              ) : null}
            </div>
          );
        })}
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
