// Turns a control chart of the server into what the plot draws and what stands beside it in words.
import { formatNumber, type Language, type TextKey, type Translate } from "../../i18n";
import type { ChartData, ChartLevel } from "../charts";
import { unitText, type ChartPanelInfo, type ControlChart, type SignalInfo } from "../live";

export const CHART_KINDS = ["individuals", "xbar_r", "xbar_s"] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

export interface ChartChoice {
  kind: ChartKind;
  subgroup: number;
}

export const LARGEST_SUBGROUP = 25;
const FIRST_SUBGROUP = 5;

/** Reads "xbar_r.5"; what is not understood falls back on individuals. */
export function readChoice(code: string | null): ChartChoice {
  const [name, size] = (code ?? "").split(".");
  const kind = CHART_KINDS.find((each) => each === name) ?? "individuals";
  const subgroup = Math.round(Number(size));
  if (kind === "individuals") return { kind, subgroup: 1 };
  return { kind, subgroup: subgroup >= 2 && subgroup <= LARGEST_SUBGROUP ? subgroup : FIRST_SUBGROUP };
}

export function writeChoice({ kind, subgroup }: ChartChoice): string {
  return kind === "individuals" ? kind : `${kind}.${subgroup}`;
}

export function panelData(panel: ChartPanelInfo, signal: SignalInfo, name: string, text: Translate, language: Language): ChartData {
  const named = (key: TextKey, value: number) => `${text(key)} ${formatNumber(value, language)}`;
  const levels: ChartLevel[] = [
    { name: named("spc.centre", panel.centre), value: panel.centre, tone: "centre" },
    { name: named("spc.upper", panel.upper), value: panel.upper, tone: "limit" },
    { name: named("spc.lower", panel.lower), value: panel.lower, tone: "limit" },
  ];
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
export function findingsOf(chart: ControlChart): Finding[] {
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
