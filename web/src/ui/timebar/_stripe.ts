// How the line was over time: for each moment, the share of machines that failed, and of those that waited.
import { useEffect, useMemo, useState } from "react";
import { usePlant, useSession, useTime, type BucketColumns } from "../live";
import type { Span } from "./_scale";

export interface Stripe {
  span: Span;
  /** Shares 0…1 by equal steps of the span. */
  failed: number[];
  waiting: number[];
}

const STEPS = 160;
const MOST_MACHINES = 24;
const REFRESH_MS = 10_000;

/** Reason codes of the demo's and OPC 40001-1's machines: 1 starved, 2 blocked, 3 failed. */
const STARVED = 1;
const BLOCKED = 2;
const FAILED = 3;

function addUp(columns: readonly BucketColumns[], span: Span): Stripe {
  const failed = new Array<number>(STEPS).fill(0);
  const waiting = new Array<number>(STEPS).fill(0);
  for (const machine of columns) {
    let now: number | null = null;
    for (let step = 0; step < STEPS; step += 1) {
      const worst = machine.max[step] ?? null;
      const last = machine.last[step] ?? null;
      const seen = worst === FAILED ? FAILED : (last ?? now);
      if (last !== null) now = last;
      if (seen === FAILED) failed[step] = (failed[step] ?? 0) + 1 / columns.length;
      else if (seen === STARVED || seen === BLOCKED) waiting[step] = (waiting[step] ?? 0) + 1 / columns.length;
    }
  }
  return { span, failed, waiting };
}

export function useStripe(span: Span | null): Stripe | null {
  const { api } = useSession();
  const places = usePlant((plant) => plant.places);
  const byKey = usePlant((plant) => plant.byKey);
  const timeline = useTime((time) => time.timeline);
  // A branch that was changed is another list of timelines: what lies ahead was computed again.
  const timelines = usePlant((plant) => plant.timelines);
  const [stripe, setStripe] = useState<Stripe | null>(null);
  const handles = useMemo(() => {
    const found: number[] = [];
    for (const place of places) {
      if (place.category !== "station") continue;
      const behaviour = place.behaviours.find((candidate) => candidate.kind === "state");
      const info = behaviour?.kind === "state" && behaviour.detail ? byKey.get(behaviour.detail) : undefined;
      if (info) found.push(info.handle);
    }
    return found.slice(0, MOST_MACHINES).join(",");
  }, [places, byKey]);
  // Rounded, so that a bar that follows the present asks every ten seconds and not at every frame.
  const start = span ? Math.floor(span.startMs / REFRESH_MS) * REFRESH_MS : NaN;
  const end = span ? Math.ceil(span.endMs / REFRESH_MS) * REFRESH_MS : NaN;

  useEffect(() => {
    if (!handles || !Number.isFinite(start)) return;
    const abort = new AbortController();
    const query = `start_ms=${start}&end_ms=${end}&count=${STEPS}`;
    Promise.all(
      handles.split(",").map((handle) => api.get<BucketColumns>(`/api/timelines/${encodeURIComponent(timeline)}/signals/${handle}/buckets?${query}`, abort.signal)),
    )
      .then((columns) => setStripe(addUp(columns, { startMs: start, endMs: end })))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) console.warn("The state stripe could not be read.", error);
      });
    return () => abort.abort();
  }, [api, handles, timeline, timelines, start, end]);
  return stripe;
}
