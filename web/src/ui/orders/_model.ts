// Scales, ticks and steps of the Gantt chart; no drawing here.
import { formatDateTime, type Language } from "../../i18n";
import type { GanttBar, GanttInfo } from "../live";

export const ROW = 34;
export const AXIS = 30;
const MINUTE = 60_000;
const TICKS = [5, 10, 15, 30, 60, 120, 240, 480, 1440] as const;
const LEAST_TICK_PX = 70;
/** How far a key moves a bar. */
export const STEP_MS = 5 * MINUTE;
export const MOST_ZOOM = 40;

export interface Scale {
  startMs: number;
  endMs: number;
  width: number;
}

export function scaleOf(schedule: GanttInfo, width: number, zoom: number): Scale {
  const startMs = Math.min(schedule.start_ms, ...schedule.bars.map((bar) => bar.start_ms));
  const span = Math.max(MINUTE, schedule.end_ms - startMs);
  return { startMs, endMs: schedule.end_ms + span * 0.02, width: Math.max(240, width) * zoom };
}

export const xOf = (scale: Scale, atMs: number): number => ((atMs - scale.startMs) / (scale.endMs - scale.startMs)) * scale.width;

export const spanOf = (scale: Scale, px: number): number => (px / scale.width) * (scale.endMs - scale.startMs);

/** Whole instants of the clock, far enough apart to be read. */
export function ticksOf(scale: Scale): number[] {
  const perMinute = scale.width / ((scale.endMs - scale.startMs) / MINUTE);
  const step = (TICKS.find((minutes) => minutes * perMinute >= LEAST_TICK_PX) ?? 1440) * MINUTE;
  const offset = new Date(scale.startMs).getTimezoneOffset() * MINUTE;
  const first = Math.ceil((scale.startMs - offset) / step) * step + offset;
  const found: number[] = [];
  for (let at = first; at <= scale.endMs; at += step) found.push(at);
  return found;
}

/** The bar beside one: the next or last in its row, or the nearest in the row above or below. */
export function neighbour(schedule: GanttInfo, bar: GanttBar, key: string): GanttBar | null {
  const line = (machine: string) => schedule.bars.filter((one) => one.machine === machine).sort((a, b) => a.start_ms - b.start_ms);
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const own = line(bar.machine);
    return own[own.findIndex((one) => one.id === bar.id) + (key === "ArrowRight" ? 1 : -1)] ?? null;
  }
  const step = key === "ArrowDown" ? 1 : -1;
  const names = schedule.machines.map((machine) => machine.id);
  for (let at = names.indexOf(bar.machine) + step; at >= 0 && at < names.length; at += step) {
    const bars = line(names[at] ?? "");
    const away = (one: GanttBar) => Math.abs(one.start_ms - bar.start_ms);
    if (bars.length > 0) return bars.reduce((best, one) => (away(one) < away(best) ? one : best));
  }
  return null;
}

/** Orders that end after they are due. */
export function lateOrders(schedule: GanttInfo): Set<string> {
  return new Set(schedule.orders.filter((order) => order.due_ms !== null && order.end_ms > order.due_ms).map((order) => order.id));
}

/** Day and time without year and seconds. */
export function shortTime(ms: number, language: Language): string {
  return formatDateTime(ms, language)
    .replace(/^\d{4}\//, "")
    .replace(/\/\d{4},/, "")
    .replace(/:\d\d$/, "");
}

/** An instant as `<input type="datetime-local">` wants it, and back. */
export function toLocal(ms: number | null): string {
  if (ms === null) return "";
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * MINUTE).toISOString().slice(0, 16);
}

export function fromLocal(text: string): number | null {
  const ms = text ? new Date(text).getTime() : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}

/** A list with the item at `from` put at `to`. */
export function movedTo<T>(list: readonly T[], from: number, to: number): T[] {
  const rest = list.filter((_, at) => at !== from);
  const item = list[from];
  if (item !== undefined) rest.splice(Math.max(0, Math.min(rest.length, to)), 0, item);
  return rest;
}

export const LOTS = ["lot_for_lot", "wagner_whitin", "within_capacity"] as const;
export type Lots = (typeof LOTS)[number];

/** What is sent for a rule of lots; an empty one gives the word back to the twin, and only a limited one has a capacity. */
export function lotsChosen(material: string, lots: Lots | "", perDay: number | string, supplier: string): Record<string, unknown> {
  if (lots === "") return { material };
  if (lots !== "within_capacity") return { material, lots };
  return { material, lots, supplier: supplier.trim(), ...(perDay === "" ? {} : { capacity_per_day: Number(perDay) }) };
}
