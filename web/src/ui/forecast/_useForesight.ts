// Runs a job of foresight for the shown instant and keeps its last answer while the page is open; the forecast is made anew by each page.
import { useCallback } from "react";
import { useJob, type JobRun } from "../actions";
import { useTime } from "../live";

/** `subject` tells apart what the answers of one command are about; without it, the timeline on the screen does. */
export function useForesight<T>(command: "foresight.forecast" | "foresight.compare", subject?: string): JobRun<T> {
  const timeline = useTime((time) => time.timeline);
  const atMs = useTime((time) => (time.mode === "live" ? null : time.atMs));
  const one = useJob<T>(command, subject ?? `${command} ${timeline}`, command === "foresight.compare");
  const start = one.run;
  const run = useCallback((params: Record<string, unknown>) => start({ timeline, ...(atMs === null ? {} : { at_ms: atMs }), ...params }), [start, timeline, atMs]);
  return { ...one, run };
}
