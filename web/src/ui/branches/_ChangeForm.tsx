// Changes an element of the open branch: what is picked in the scene or the tree is what the form is about.
import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useEffect, useMemo, useState, type FormEvent } from "react";
import { formatNumber, useLanguage, useText } from "../../i18n";
import type { WantedChange } from "../forecast/_types";
import { unitText, type Changeable, type FigureInfo } from "../live";
import { useSelected, useUiStore } from "../state";
import { changeOf, firstDraft, shiftsOf, type Draft } from "./_draft";
import { choiceName, figureKey, figureName, usePlaces, type Places } from "./_places";
import { elementName } from "./_words";
import css from "./branches.module.css";

const MOST_COUNT = 1000;
const MOST_MIN = 10_080;

/** The elements in the groups they belong to, as they came. */
function groups(elements: readonly Changeable[], places: Places) {
  const { text } = places;
  const names: Record<Changeable["kind"], string> = {
    machine: text("forecast.machines"),
    buffer: text("forecast.buffers"),
    source: text("branch.sources"),
    fleet: text("branch.vehicles"),
    crew: text("branch.crews"),
    road: text("branch.roads"),
    product: text("branch.products"),
    plant: text("branch.plant"),
  };
  const kinds = [...new Set(elements.map((element) => element.kind))];
  return kinds.map((kind) => ({
    group: names[kind],
    items: elements.filter((each) => each.kind === kind && each.figures.length > 0).map((each) => ({ value: each.element, label: elementName(each.element, places) })),
  }));
}

/** What the reader picked in the scene or the tree, where the model has it. */
function usePicked(elements: readonly Changeable[]): string | null {
  const selected = useSelected();
  const shell = selected?.twin?.id;
  const short = selected?.twin?.idShort;
  return useMemo(() => elements.find((each) => each.figures.length > 0 && ((each.shell !== "" && each.shell === shell) || each.element === short))?.element ?? null, [elements, shell, short]);
}

interface FieldsProps {
  element: string;
  figure: FigureInfo;
  draft: Draft;
  places: Places;
  onDraft(next: Draft): void;
}

/** The fields that this figure takes. */
function Fields({ element, figure, draft, places, onDraft }: FieldsProps) {
  const text = useText();
  const { takes } = figure;
  const isPercent = takes === "factor" || takes === "share";
  return (
    <>
      {takes === "share" || takes === "choice" ? (
        <NativeSelect
          label={text(takes === "share" ? "branch.shareTo" : figure.figure === "family" ? "branch.familyOf" : "branch.first")}
          value={draft.to}
          data={figure.to.map((end) => ({ value: end, label: choiceName(end, element, figure.figure, places) }))}
          onChange={(event) => onDraft({ ...draft, to: event.currentTarget.value })}
        />
      ) : null}
      {isPercent || takes === "value" ? (
        <NumberInput
          label={text(takes === "factor" ? "forecast.byPercent" : takes === "share" ? "branch.share" : "branch.count")}
          value={draft.amount}
          onChange={(amount) => onDraft({ ...draft, amount })}
          min={takes === "factor" ? -90 : takes === "share" ? 0 : 1}
          max={takes === "factor" ? 500 : takes === "share" ? 100 : MOST_COUNT}
          allowDecimal={isPercent}
        />
      ) : null}
      {takes === "shifts" ? (
        <TextInput label={text("branch.shifts")} value={draft.shifts} error={shiftsOf(draft.shifts) ? undefined : text("branch.shiftsWrong")} onChange={(event) => onDraft({ ...draft, shifts: event.currentTarget.value })} />
      ) : null}
      {takes === "window" ? (
        <>
          <NumberInput label={text("branch.fromMin")} value={draft.fromMin} min={0} max={MOST_MIN} onChange={(fromMin) => onDraft({ ...draft, fromMin })} />
          <NumberInput label={text("branch.toMin")} value={draft.toMin} min={0} max={MOST_MIN} onChange={(toMin) => onDraft({ ...draft, toMin })} />
        </>
      ) : null}
    </>
  );
}

interface Props {
  elements: readonly Changeable[];
  isBusy: boolean;
  onChange(change: WantedChange): void;
}

export function ChangeForm({ elements, isBusy, onChange }: Props) {
  const text = useText();
  const language = useLanguage();
  const ui = useUiStore();
  const places = usePlaces();
  const picked = usePicked(elements);
  const [chosen, setChosen] = useState<string | null>(picked);
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (picked) setChosen(picked);
  }, [picked]);
  const element = elements.find((each) => each.element === chosen) ?? elements.find((each) => each.figures.length > 0);
  const figure = element?.figures.find((each) => figureKey(each) === wanted) ?? element?.figures[0];
  const subject = `${element?.element} ${figure && figureKey(figure)} ${figure?.present}`;
  const [draft, setDraft] = useState(() => ({ subject, ...firstDraft(figure) }));
  // Another figure, or another value of it, begins a new draft.
  const now = draft.subject === subject ? draft : { subject, ...firstDraft(figure) };
  if (!element || !figure) return null;
  const change = changeOf(element.element, figure, now);
  const written = (value: number) => `${formatNumber(figure.unit === "1" ? value * 100 : value, language, figure.takes === "value" ? 0 : 1)} ${figure.unit === "1" ? "%" : unitText(figure.unit)}`.trim();
  const isPlain = figure.takes === "nothing" || figure.present === null;
  const choose = (id: string) => {
    setChosen(id);
    const shell = elements.find((each) => each.element === id)?.shell;
    if (shell) ui.set({ selection: { kind: "shell", id: shell } });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (change) onChange(change);
  };
  return (
    <form className={css.form} onSubmit={submit} aria-label={text("branch.change")}>
      <NativeSelect label={text("forecast.element")} value={element.element} onChange={(event) => choose(event.currentTarget.value)} data={groups(elements, places)} />
      <NativeSelect
        label={text("forecast.change")}
        value={figureKey(figure)}
        onChange={(event) => setWanted(event.currentTarget.value)}
        data={element.figures.map((each) => ({ value: figureKey(each), label: figureName(each, places) }))}
      />
      <Fields element={element.element} figure={figure} draft={now} places={places} onDraft={(next) => setDraft({ ...next, subject })} />
      <Button type="submit" variant="default" disabled={change === null || isBusy}>
        {text("branch.change")}
      </Button>
      <p className={css.present}>
        {isPlain ? "" : text("branch.nowIs", { value: written(figure.present ?? 0) })} {change?.factor != null && figure.present !== null ? text("branch.becomes", { value: written(figure.present * change.factor) }) : ""}
      </p>
    </form>
  );
}
