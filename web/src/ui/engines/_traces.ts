// Finds the curves that a station recorded for one engine: pairs of arrays (angle and torque) that carry its serial number.
import { useEffect, useMemo, useState } from "react";
import { localName, useLanguage } from "../../i18n";
import type { ChartData } from "../charts";
import { KIND, unitText, useOwnSignals, usePlant, useSession, type EngineStep, type SampleRows, type SignalInfo } from "../live";
import { X_AXIS } from "./_step";

interface Pair {
  x: SignalInfo;
  y: SignalInfo;
}

export interface TraceGroup {
  /** The text signal that says whose curves these are. */
  owner: SignalInfo;
  pairs: Pair[];
}

const BEFORE_MS = 180_000;
const AFTER_MS = 10_000;
const SAME_TIME_MS = 1500;
const MOST_PAIRS = 16;

function parentOf(path: string): string {
  const at = path.lastIndexOf(".");
  return at < 0 ? "" : path.slice(0, at);
}

/** Groups of curves among a machine's signals; each needs a text beside or above it that names the product. */
export function traceGroups(signals: readonly SignalInfo[]): TraceGroup[] {
  const byParent = new Map<string, SignalInfo[]>();
  for (const signal of signals) {
    if (signal.kind !== KIND.ARRAY) continue;
    const parent = parentOf(signal.path);
    byParent.set(parent, [...(byParent.get(parent) ?? []), signal]);
  }
  const found = new Map<string, TraceGroup>();
  for (const [parent, arrays] of byParent) {
    const x = arrays.find((signal) => X_AXIS.test(signal.path.slice(parent.length)));
    const ys = arrays.filter((signal) => signal !== x && signal.unit !== "");
    if (!x || ys.length === 0) continue;
    const homes = [parent, parentOf(parent)].filter((home) => home !== "");
    const owner = signals.find((signal) => signal.kind === KIND.STRING && homes.includes(parentOf(signal.path)));
    if (!owner) continue;
    const group = found.get(owner.key) ?? { owner, pairs: [] };
    group.pairs.push(...ys.map((y) => ({ x, y })));
    found.set(owner.key, group);
  }
  return [...found.values()];
}

/** One chart of several curves: their x values in one rising column, each curve with holes where it has no point. */
export function joinCurves(curves: { name: string; unit: string; x: readonly number[]; y: readonly number[] }[], xName: string): ChartData {
  const x = [...new Set(curves.flatMap((curve) => curve.x))].sort((a, b) => a - b);
  const place = new Map(x.map((value, index) => [value, index]));
  const series = curves.map((curve) => {
    const values = new Array<number | null>(x.length).fill(null);
    curve.x.forEach((value, index) => {
      values[place.get(value) as number] = curve.y[index] ?? null;
    });
    return { name: curve.name, unit: curve.unit, isStepped: false, values };
  });
  return { x, isTime: false, xName, series };
}

/** Two lists are a curve when they are of one length and the first one rises; a value for each bolt is none. */
export function isCurve(x: readonly number[], y: readonly number[]): boolean {
  return x.length > 2 && x.length === y.length && x.every((value, index) => index === 0 || value >= (x[index - 1] ?? 0));
}

function numbersAt(rows: SampleRows, atMs: number): number[] {
  const index = rows.times_ms.findIndex((ms) => Math.abs(ms - atMs) <= SAME_TIME_MS);
  const value = rows.values[index];
  return Array.isArray(value) ? value.filter((item): item is number => typeof item === "number") : [];
}

export function useTraces(step: EngineStep, serial: string, timeline: string): ChartData[] {
  const { api } = useSession();
  const language = useLanguage();
  const signals = usePlant((plant) => plant.signals);
  useOwnSignals({ shell: step.shell });
  const groups = useMemo(() => traceGroups(signals.filter((signal) => signal.shell === step.shell)), [signals, step.shell]);
  const [charts, setCharts] = useState<ChartData[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const rows = (handle: number, from: number, to: number) =>
      api.get<SampleRows>(`/api/timelines/${encodeURIComponent(timeline)}/signals/${handle}/range?start_ms=${from}&end_ms=${to}&limit=200`, abort.signal);
    const read = async (group: TraceGroup): Promise<ChartData | null> => {
      const owners = await rows(group.owner.handle, step.at_ms - BEFORE_MS, step.at_ms + AFTER_MS);
      const index = owners.values.lastIndexOf(serial);
      const atMs = owners.times_ms[index];
      if (atMs === undefined) return null;
      const curves = await Promise.all(
        group.pairs.slice(0, MOST_PAIRS).map(async ({ x, y }) => {
          const [xs, ys] = await Promise.all([x, y].map((signal) => rows(signal.handle, atMs - SAME_TIME_MS, atMs + SAME_TIME_MS)));
          return {
            name: localName(y.name, language, y.path), unit: unitText(y.unit), x: xs ? numbersAt(xs, atMs) : [], y: ys ? numbersAt(ys, atMs) : [],
          };
        }),
      );
      const known = curves.filter((curve) => isCurve(curve.x, curve.y));
      const first = group.pairs[0];
      if (known.length === 0 || !first) return null;
      return joinCurves(known, unitText(first.x.unit));
    };
    Promise.all(groups.map(read))
      .then((found) => setCharts(found.filter((chart): chart is ChartData => chart !== null)))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) console.warn("The traces could not be read.", error);
      });
    return () => abort.abort();
  }, [api, groups, language, serial, step.at_ms, timeline]);
  return charts;
}
