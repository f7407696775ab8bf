// The arithmetic of the time bar: which span is seen, where an instant lies in it, and which ticks to write.
export interface Span {
  startMs: number;
  endMs: number;
}

const STEPS_MS = [
  1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000,
  21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
];
const SHORTEST_MS = 10_000;

/** Ticks at round local times, about one per `perTickPx`. */
export function ticksOf(span: Span, widthPx: number, perTickPx: number): { ms: number[]; stepMs: number } {
  const most = Math.max(1, Math.floor(widthPx / perTickPx));
  const rough = (span.endMs - span.startMs) / most;
  const stepMs = STEPS_MS.find((step) => step >= rough) ?? Math.ceil(rough / 604_800_000) * 604_800_000;
  const zoneMs = new Date(span.startMs).getTimezoneOffset() * 60_000;
  const ms: number[] = [];
  for (let at = Math.ceil((span.startMs - zoneMs) / stepMs) * stepMs + zoneMs; at <= span.endMs; at += stepMs) ms.push(at);
  return { ms, stepMs };
}

/** Zooms about one instant; never beyond the whole, never below ten seconds. */
export function zoomed(span: Span, whole: Span, aboutMs: number, factor: number): Span {
  const size = Math.min(whole.endMs - whole.startMs, Math.max(SHORTEST_MS, (span.endMs - span.startMs) * factor));
  const share = (aboutMs - span.startMs) / Math.max(1, span.endMs - span.startMs);
  return clamped({ startMs: aboutMs - size * share, endMs: aboutMs + size * (1 - share) }, whole);
}

/** The same size of span, moved inside the whole. */
export function clamped(span: Span, whole: Span): Span {
  const size = Math.min(span.endMs - span.startMs, whole.endMs - whole.startMs);
  const startMs = Math.max(whole.startMs, Math.min(whole.endMs - size, span.startMs));
  return { startMs, endMs: startMs + size };
}

export function shareOf(span: Span, ms: number): number {
  return (ms - span.startMs) / Math.max(1, span.endMs - span.startMs);
}

export function clampMs(ms: number, whole: Span): number {
  return Math.max(whole.startMs, Math.min(whole.endMs, ms));
}
