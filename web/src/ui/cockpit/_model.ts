// Orders the key figures for the cockpit: the line's first, then one tile a station, and says how each is written.
import { formatNumber, localName, type Language, type Translate } from "../../i18n";
import { FIGURES, unitText, type KpiInfo } from "../live";

export interface StationFigures {
  shell: string;
  figures: KpiInfo[];
  isAbnormal: boolean;
}

function rank(figure: KpiInfo): number {
  const at = (FIGURES as readonly string[]).indexOf(figure.kind);
  return at < 0 ? FIGURES.length : at;
}

const inOrder = (a: KpiInfo, b: KpiInfo) => rank(a) - rank(b) || a.id.localeCompare(b.id);

export function lineFigures(figures: readonly KpiInfo[]): KpiInfo[] {
  return figures.filter((figure) => figure.shell === null).sort(inOrder);
}

/** Stations in the given order (that of the tree); those without figures are left out. */
export function stationFigures(figures: readonly KpiInfo[], shells: readonly string[]): StationFigures[] {
  const byShell = new Map<string, KpiInfo[]>();
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

/** The short name of a known figure, since its owner stands beside it; else the name it came with. */
export function titleOf(figure: KpiInfo, language: Language, text: Translate): string {
  const known = FIGURES.find((kind) => kind === figure.kind);
  return known ? text(`figure.${known}`) : localName(figure.title, language, figure.kind);
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
  if (unit === "1") return { value: formatNumber(value * 100, language, 1), unit: "%" };
  if (unit === "%") return { value: formatNumber(value, language, 1), unit: "%" };
  if (unit === "s") return inTime(value, language);
  return { value: formatNumber(value, language), unit: unitText(unit, language) };
}

/** Which bound an abnormal figure broke, in words; empty where it has none. */
export function boundText(figure: KpiInfo, language: Language, text: Translate): string {
  const bound = (value: number) => {
    const { value: number, unit } = written(value, figure.unit, language);
    return `${number} ${unit}`.trim();
  };
  if (figure.value === null) return "";
  if (figure.low !== null && figure.value < figure.low) return text("cockpit.below", { bound: bound(figure.low) });
  if (figure.high !== null && figure.value > figure.high) return text("cockpit.above", { bound: bound(figure.high) });
  return "";
}
