// Key figures while they are being written: what is typed, what each figure still needs, and the definition it becomes.
import type { TextKey } from "../../i18n";
import { FIGURES, type FigureKind, type KpiDefinition, type StateTest } from "../live";
import { names, readNumber } from "./_draft";

export interface TestDraft {
  signal: string | null;
  values: string[];
}

export interface BandDraft {
  low: string;
  high: string;
}

export interface KpiDraft {
  id: string;
  titleEn: string;
  titleZh: string;
  shell: string | null;
  producing: TestDraft;
  planned: TestDraft;
  failed: TestDraft;
  verdict: TestDraft;
  good: string | null;
  reject: string | null;
  attempt: string | null;
  energy: string | null;
  cycle: string;
  figures: Partial<Record<FigureKind, BandDraft>>;
}

export type KpiField = keyof KpiDraft;

const SHARES: ReadonlySet<FigureKind> = new Set(["oee", "availability", "performance", "quality", "fpy"]);
const PERCENT = 100;

/** Shares are typed as percent and kept as 0…1. */
export function isShare(kind: FigureKind): boolean {
  return SHARES.has(kind);
}

type Input = "producing" | "failed" | "verdict" | "good" | "reject" | "cycle" | "energy";

/** What each figure is made of (ISO 22400-2); the server asks for the same. */
const NEEDS: Record<FigureKind, readonly Input[]> = {
  oee: ["producing", "good", "cycle"],
  availability: ["producing"],
  performance: ["producing", "good", "cycle"],
  quality: ["good", "reject"],
  fpy: ["verdict"],
  throughput: ["good"],
  mtbf: ["producing", "failed"],
  mttr: ["failed"],
  energy_per_piece: ["good", "energy"],
};

function testDraft(test: StateTest | null | undefined): TestDraft {
  return { signal: test?.signal ?? null, values: (test?.values ?? []).map(String) };
}

function bandText(kind: FigureKind, value: number | null): string {
  if (value === null) return "";
  return String(isShare(kind) ? Number((value * PERCENT).toPrecision(6)) : value);
}

export function kpiDraftOf(kpi: KpiDefinition | null): KpiDraft {
  const figures: KpiDraft["figures"] = {};
  for (const kind of FIGURES) {
    const band = kpi?.figures[kind];
    if (band) figures[kind] = { low: bandText(kind, band.low), high: bandText(kind, band.high) };
  }
  return {
    id: kpi?.id ?? "",
    titleEn: kpi?.title["en"] ?? "",
    titleZh: kpi?.title["zh-CN"] ?? "",
    shell: kpi?.shell ?? null,
    producing: testDraft(kpi?.producing),
    planned: testDraft(kpi?.planned),
    failed: testDraft(kpi?.failed),
    verdict: testDraft(kpi?.verdict),
    good: kpi?.good ?? null,
    reject: kpi?.reject ?? null,
    attempt: kpi?.attempt ?? null,
    energy: kpi?.energy ?? null,
    cycle: kpi?.cycle_s === null || kpi?.cycle_s === undefined ? "" : String(kpi.cycle_s),
    figures,
  };
}

function isMissing(draft: KpiDraft, input: Input): boolean {
  const value = draft[input];
  if (typeof value === "object" && value !== null) return value.signal === null || value.values.length === 0;
  return value === null || value === "";
}

export function kpiProblemsOf(draft: KpiDraft): Partial<Record<KpiField, TextKey>> {
  const found: Partial<Record<KpiField, TextKey>> = {};
  if (!draft.titleEn.trim() && !draft.titleZh.trim()) found.titleEn = "rules.problem.title";
  const kinds = FIGURES.filter((kind) => draft.figures[kind]);
  if (kinds.length === 0) found.figures = "kpi.problem.noFigure";
  for (const kind of kinds) {
    const band = draft.figures[kind] as BandDraft;
    if ([band.low, band.high].some((typed) => typed.trim() && !Number.isFinite(readNumber(typed)))) found.figures = "kpi.problem.band";
    for (const input of NEEDS[kind]) if (isMissing(draft, input)) found[input] = "kpi.problem.needed";
  }
  if (draft.cycle.trim() && !(readNumber(draft.cycle) > 0)) found.cycle = "rules.problem.positive";
  for (const field of ["producing", "planned", "failed", "verdict"] as const) {
    if (draft[field].signal && draft[field].values.length === 0) found[field] = "kpi.problem.counts";
  }
  return found;
}

function testOf({ signal, values }: TestDraft): StateTest | null {
  return signal && values.length > 0 ? { signal, values: values.map(Number) } : null;
}

function bound(kind: FigureKind, typed: string): number | null {
  const value = readNumber(typed);
  return Number.isFinite(value) ? (isShare(kind) ? value / PERCENT : value) : null;
}

/** The definition as the server wants it; only for a draft without problems. */
export function kpiOf(draft: KpiDraft): KpiDefinition {
  const figures: KpiDefinition["figures"] = {};
  for (const kind of FIGURES) {
    const band = draft.figures[kind];
    if (band) figures[kind] = { low: bound(kind, band.low), high: bound(kind, band.high) };
  }
  return {
    id: draft.id,
    source: "browser",
    title: names(draft.titleEn, draft.titleZh),
    figures,
    shell: draft.shell,
    producing: testOf(draft.producing),
    planned: testOf(draft.planned),
    failed: testOf(draft.failed),
    verdict: testOf(draft.verdict),
    good: draft.good,
    reject: draft.reject,
    attempt: draft.attempt,
    energy: draft.energy,
    cycle_s: draft.cycle.trim() ? readNumber(draft.cycle) : null,
  };
}

/** The machine's short name, or "line", numbered where it is taken. */
export function freshKpiId(draft: KpiDraft, taken: ReadonlySet<string>): string {
  const base = (draft.shell?.split(/[:/#]/).at(-1) ?? "line").replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "figures";
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(id)) return id;
  }
}
