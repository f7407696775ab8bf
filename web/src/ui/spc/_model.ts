// Turns a control chart of the server into what the plot draws and what stands beside it in words.
import { formatNumber, type Language, type TextKey, type Translate } from "../../i18n";
import type { ChartData, ChartLevel } from "../charts";
import { KIND, unitText, type SignalInfo, type SpcAnswer, type SpcPanel } from "../live";

export const CHART_KINDS = ["individuals", "xbar_r", "xbar_s", "p", "np", "c", "u"] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

export interface ChartChoice {
  kind: ChartKind;
  subgroup: number;
}

/** ISO 7870-2, table 2 gives its constants up to 25 values a subgroup; shares may be of more. */
const LARGEST: Record<ChartKind, number> = { individuals: 1, xbar_r: 25, xbar_s: 25, p: 500, np: 500, c: 1, u: 500 };
const FIRST: Record<ChartKind, number> = { individuals: 1, xbar_r: 5, xbar_s: 5, p: 20, np: 20, c: 1, u: 20 };

export function hasSubgroup(kind: ChartKind): boolean {
  return LARGEST[kind] > 1;
}

export function largestSubgroup(kind: ChartKind): number {
  return LARGEST[kind];
}

export function isChartable(signal: SignalInfo): boolean {
  return signal.kind <= KIND.ENUM;
}

/** Verdicts are counted, measurements are averaged. */
export function kindsFor(signal: SignalInfo | null): readonly ChartKind[] {
  const isVerdict = signal !== null && (signal.kind === KIND.BOOL || signal.kind === KIND.ENUM);
  if (isVerdict) return ["p", "np"];
  return signal?.kind === KIND.INT ? ["individuals", "xbar_r", "xbar_s", "c", "u"] : ["individuals", "xbar_r", "xbar_s"];
}

/** Reads "xbar_r.5"; what does not fit the signal falls back on its first kind. */
export function readChoice(code: string | null, signal: SignalInfo | null): ChartChoice {
  const [name, size] = (code ?? "").split(".");
  const kinds = kindsFor(signal);
  const kind = kinds.find((each) => each === name) ?? (kinds[0] as ChartKind);
  const subgroup = Math.round(Number(size));
  return { kind, subgroup: hasSubgroup(kind) && subgroup >= 2 && subgroup <= LARGEST[kind] ? subgroup : FIRST[kind] };
}

export function writeChoice({ kind, subgroup }: ChartChoice): string {
  return hasSubgroup(kind) ? `${kind}.${subgroup}` : kind;
}

/** One value where it is the same for every point. */
function levelValue(values: readonly (number | null)[]): ChartLevel["value"] | null {
  const first = values.find((value) => value !== null);
  if (first === undefined || first === null) return null;
  return values.every((value) => value === null || value === first) ? first : values;
}

export function panelData(panel: SpcPanel, signal: SignalInfo, name: string, text: Translate, language: Language): ChartData {
  const levels = (
    [
      ["spc.centre", panel.centre, "centre"],
      ["spc.upper", panel.upper, "limit"],
      ["spc.lower", panel.lower, "limit"],
    ] as [TextKey, (number | null)[], ChartLevel["tone"]][]
  ).flatMap(([key, values, tone]): ChartLevel[] => {
    const value = levelValue(values);
    if (value === null) return [];
    const newest = typeof value === "number" ? value : (values.findLast((each) => each !== null) ?? NaN);
    return [{ name: `${text(key)} ${formatNumber(newest, language)}`, value, tone }];
  });
  return {
    x: panel.x_ms,
    isTime: true,
    series: [
      {
        name,
        unit: unitText(signal.unit),
        values: panel.values,
        isStepped: false,
        points: { marked: panel.violations.map((violation) => violation.index) },
      },
    ],
    levels,
  };
}

export interface Finding {
  panel: string;
  index: number;
  atMs: number;
  value: number;
  rules: number[];
}

/** Every broken rule, the newest first. */
export function findingsOf(chart: SpcAnswer): Finding[] {
  return chart.panels
    .flatMap((panel) =>
      panel.violations.map((violation) => ({
        panel: panel.name,
        index: violation.index,
        atMs: panel.x_ms[violation.index] ?? NaN,
        value: panel.values[violation.index] ?? NaN,
        rules: violation.rules,
      })),
    )
    .sort((a, b) => b.atMs - a.atMs);
}
