// Orders the key figures for the cockpit: the line's first, then one tile a station, and says how each is written.
import { formatNumber, type Language, type Translate } from "../../i18n";
import { unitText, type FigureInfo } from "../live";

/** The order in which ISO 22400-2 figures are read: the whole, its parts, then how often and how long it stood. */
export const FIGURE_ORDER = [
  "oee", "availability", "performance", "quality", "fpy", "throughput", "mtbf", "mttr", "energy_per_piece",
] as const;
export type FigureKind = (typeof FIGURE_ORDER)[number];

/** What a station's tile shows; the rest stands behind its "why". */
export const TILE_KINDS: readonly string[] = ["oee", "availability", "performance", "quality", "fpy", "throughput", "mtbf", "mttr", "energy_per_piece"];

export interface StationFigures {
  shell: string;
  figures: FigureInfo[];
  isAbnormal: boolean;
}

function rank(figure: FigureInfo): number {
  const at = (FIGURE_ORDER as readonly string[]).indexOf(figure.kind);
  return at < 0 ? FIGURE_ORDER.length : at;
}

const inOrder = (a: FigureInfo, b: FigureInfo) => rank(a) - rank(b) || a.id.localeCompare(b.id);

export function lineFigures(figures: readonly FigureInfo[]): FigureInfo[] {
  return figures.filter((figure) => figure.shell === null).sort(inOrder);
}

/** Stations in the given order (that of the tree); those without figures are left out. */
export function stationFigures(figures: readonly FigureInfo[], shells: readonly string[]): StationFigures[] {
  const byShell = new Map<string, FigureInfo[]>();
  for (const figure of figures) {
    if (figure.shell !== null) byShell.set(figure.shell, [...(byShell.get(figure.shell) ?? []), figure]);
  }
  const known = shells.filter((shell) => byShell.has(shell));
  const rest = [...byShell.keys()].filter((shell) => !shells.includes(shell)).sort();
  return [...known, ...rest].map((shell) => {
    const own = (byShell.get(shell) ?? []).sort(inOrder);
    return { shell, figures: own, isAbnormal: own.some((figure) => figure.is_abnormal) };
  });
}

export interface Written {
  value: string;
  unit: string;
}

const MINUTE_S = 60;
const HOUR_S = 3600;

function inTime(seconds: number, language: Language): Written {
  if (Math.abs(seconds) < 2 * MINUTE_S) return { value: formatNumber(seconds, language, 1), unit: "s" };
  if (Math.abs(seconds) < 2 * HOUR_S) return { value: formatNumber(seconds / MINUTE_S, language, 1), unit: "min" };
  return { value: formatNumber(seconds / HOUR_S, language, 1), unit: "h" };
}

/** Shares as percent, spans of time in the unit a person would choose, everything else with its own unit. */
export function written(value: number | null, unit: string, language: Language): Written {
  if (value === null || !Number.isFinite(value)) return { value: "–", unit: "" };
  if (unit === "1" || unit === "") return { value: formatNumber(value * 100, language, 1), unit: "%" };
  if (unit === "%") return { value: formatNumber(value, language, 1), unit: "%" };
  if (unit === "s") return inTime(value, language);
  return { value: formatNumber(value, language), unit: unitText(unit) };
}

/** Which bound an abnormal figure broke, in words; empty where it has none. */
export function boundText(figure: FigureInfo, language: Language, text: Translate): string {
  const bound = (value: number) => {
    const { value: number, unit } = written(value, figure.unit, language);
    return `${number} ${unit}`.trim();
  };
  if (figure.value === null) return "";
  if (figure.low !== null && figure.value < figure.low) return text("cockpit.below", { bound: bound(figure.low) });
  if (figure.high !== null && figure.value > figure.high) return text("cockpit.above", { bound: bound(figure.high) });
  return "";
}
