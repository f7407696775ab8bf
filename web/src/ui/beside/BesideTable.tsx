// What two timelines show, side by side: figures of the line, states, and the values of what is selected.
import { useMemo } from "react";
import { formatClock, localName, useLanguage, useText, type Language } from "../../i18n";
import { timelineName } from "../branches/_words";
import { lineFigures, titleOf, written } from "../cockpit/_model";
import { KIND, unitText, useCoarseInstant, usePlant, useSession, useSteadyAnswer, useStore, valueText, useBoardTick, type Board, type KpiInfo, type KpiList, type Shown, type SignalInfo } from "../live";
import { machineState } from "../marks";
import { RANGES_MS, useSelected, useUi } from "../state";
import css from "./beside.module.css";

const STEP_MS = 5000;
const MOST_ROWS = 120;

interface Row {
  id: string;
  owner: string;
  name: string;
  values: readonly [string, string];
  unit: string;
  difference: string;
}

/** A difference with its sign: three digits, and whole where there are more before the point. */
function signed(value: number, language: Language): string {
  if (!Number.isFinite(value)) return "";
  const digits = Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 };
  return new Intl.NumberFormat(language, { ...digits, signDisplay: "exceptZero" }).format(Math.abs(value) < 1e-9 ? 0 : value);
}

/** The figures of one timeline over the chosen stretch before its shown instant. */
function useFigures(shown: Shown, fallbackMs: number | null): KpiList | null {
  const range = useUi((state) => state.range);
  const timeline = useStore(shown.time, (time) => time.timeline);
  const at = useStore(shown.time, (time) => (Number.isFinite(time.atMs) ? Math.ceil(time.atMs / STEP_MS) * STEP_MS : null)) ?? fallbackMs;
  const path = at === null ? null : `/api/kpis?timeline=${encodeURIComponent(timeline)}&start_ms=${at - RANGES_MS[range]}&end_ms=${at}&trend=2`;
  return useSteadyAnswer<KpiList>(path, `${range} ${timeline}`).data;
}

function figureRows(pair: readonly [readonly KpiInfo[], readonly KpiInfo[]], sign: number, owner: string, language: Language, text: ReturnType<typeof useText>): Row[] {
  return lineFigures(pair[0]).map((left) => {
    const right = pair[1].find((each) => each.id === left.id);
    const shown = [written(left.value, left.unit, language), written(right?.value ?? null, left.unit, language)] as const;
    const scale = left.unit === "1" ? 100 : 1;
    const difference = left.value === null || right?.value == null || left.unit === "s" ? "" : signed(sign * (right.value - left.value) * scale, language);
    return { id: left.id, owner, name: titleOf(left, language, text), values: [shown[0].value, shown[1].value], unit: shown[0].unit || shown[1].unit, difference };
  });
}

function signalRow(signal: SignalInfo, sign: number, owner: string, boards: readonly [Board, Board], language: Language, text: ReturnType<typeof useText>): Row {
  const isNumber = signal.kind === KIND.DOUBLE || signal.kind === KIND.INT;
  return {
    id: signal.key,
    owner,
    name: localName(signal.name, language, signal.path),
    values: [valueText(signal, boards[0], language, text), valueText(signal, boards[1], language, text)],
    unit: unitText(signal.unit),
    difference: isNumber ? signed(sign * (boards[1].value(signal.handle) - boards[0].value(signal.handle)), language) : "",
  };
}

/** The values that stand beside the machines in the scene, and those of what is selected. */
function useRows(figures: readonly [KpiList | null, KpiList | null], sign: number): Row[] {
  const text = useText();
  const language = useLanguage();
  const places = usePlant((plant) => plant.places);
  const byKey = usePlant((plant) => plant.byKey);
  const selected = useSelected();
  const { feed } = useSession();
  const boards = [feed.board, feed.beside.board] as const;
  const own = useMemo(() => (selected?.signals ?? []).filter((signal) => signal.kind !== KIND.ARRAY && signal.kind !== KIND.TIME), [selected]);
  const rows = figureRows([figures[0]?.kpis ?? [], figures[1]?.kpis ?? []], sign, text("cockpit.line"), language, text);
  for (const signal of own) rows.push(signalRow(signal, sign, selected?.name ?? "", boards, language, text));
  for (const place of places) {
    const owner = localName(place.name, language, place.id);
    const states = boards.map((board) => machineState(place, byKey, board));
    if (states[0] && states[1]) {
      rows.push({ id: `state ${place.id}`, owner, name: text("beside.state"), values: [text(`state.${states[0]}`), text(`state.${states[1]}`)], unit: "", difference: "" });
    }
    for (const behaviour of place.behaviours) {
      const signal = behaviour.kind === "label" ? byKey.get(behaviour.signal) : undefined;
      if (signal && !own.includes(signal)) rows.push(signalRow(signal, sign, owner, boards, language, text));
    }
  }
  return rows.slice(0, MOST_ROWS);
}

function Head({ shown }: { shown: Shown }) {
  const text = useText();
  const language = useLanguage();
  const timelines = usePlant((plant) => plant.timelines);
  const timeline = useStore(shown.time, (time) => time.timeline);
  const second = useStore(shown.time, (time) => Math.floor(time.atMs / 1000) * 1000);
  return (
    <th scope="col">
      {timelineName(timeline, { timelines, language, text })}
      <span className={css.when}>{formatClock(second, language)}</span>
    </th>
  );
}

export default function BesideTable() {
  const text = useText();
  const { feed } = useSession();
  useBoardTick(1000);
  const nowMs = useCoarseInstant(STEP_MS);
  const language = useLanguage();
  const range = useUi((state) => state.range);
  const timelines = usePlant((plant) => plant.timelines);
  const shown = [useStore(feed.time, (time) => time.timeline), useStore(feed.beside.time, (time) => time.timeline)] as const;
  // What is tried is measured against the line, whichever of them is the first.
  const sign = shown[1] === "live" ? -1 : 1;
  const rows = useRows([useFigures(feed, nowMs), useFigures(feed.beside, nowMs)], sign);
  const names = (sign < 0 ? shown : [shown[1], shown[0]]).map((id) => timelineName(id, { timelines, language, text }));
  return (
    <section className={css.tableHost} aria-label={text("beside.figures")} tabIndex={0}>
      <table className={css.table}>
        <caption className={css.over}>{text("beside.over", { range: text(`range.${range}`) })}</caption>
        <thead>
          <tr>
            <th scope="col" className={css.owner}>
              {text("table.column.owner")}
            </th>
            <th scope="col">{text("forecast.figure")}</th>
            <Head shown={feed} />
            <Head shown={feed.beside} />
            <th scope="col">{names.join(" − ")}</th>
            <th scope="col">{text("table.column.unit")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-differs={row.values[0] !== row.values[1] || undefined}>
              <td className={css.owner}>{row.owner}</td>
              <th scope="row">
                <span className={css.ownerIn}>{row.owner}</span>
                {row.name}
              </th>
              <td className={css.value}>{row.values[0]}</td>
              <td className={css.value}>{row.values[1]}</td>
              <td className={css.value}>{row.difference}</td>
              <td>{row.unit}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
