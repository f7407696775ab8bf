// How components follow alarms: those of the running plant, and those at the instant on the screen.
import { useMemo } from "react";
import type { Alarms } from "./_alarms";
import { useAnswer, useKept, useTime } from "./_hooks";
import type { AlarmList } from "./_monitoring";
import { useSession } from "./_session";
import { useStore } from "./_store";

const PAST_STEP_MS = 1000;

export function useLiveAlarms<P>(pick: (alarms: Alarms) => P): P {
  return useStore(useSession().alarms, pick);
}

/** The alarms at the instant on the screen. */
export function useShownAlarms(): Alarms & { isLive: boolean } {
  const { alarms } = useSession();
  const live = useStore(alarms, (all) => all);
  const timeline = useTime((time) => time.timeline);
  const atMs = useTime((time) => (time.mode === "live" || !Number.isFinite(time.atMs) ? null : Math.floor(time.atMs / PAST_STEP_MS) * PAST_STEP_MS));
  const path = atMs === null ? null : `/api/alarms?timeline=${encodeURIComponent(timeline)}&at_ms=${atMs}`;
  const { data: fresh, error } = useAnswer<AlarmList>(path);
  const data = useKept(fresh);
  return useMemo(() => {
    if (path === null) return { ...live, isLive: true };
    const list = (data?.alarms ?? []).filter((alarm) => alarm.state !== "normal");
    return { isLoaded: data !== null, error, list, flood: data?.flood ?? null, isLive: false };
  }, [path, live, data, error]);
}
