// What can be done with time: seek, step, play, pause, back to live; shared by the bar, the keys and the palette.
import { useEffect, useMemo } from "react";
import { usePlant, useSession, useTime, type Session, type TimelineInfo } from "../live";
import { clampMs, type Span } from "./_scale";

export const SPEEDS = [0.25, 0.5, 1, 2, 5, 10, 30, 60] as const;
/** As fast as the server plays; only what was computed ahead has so much to show. */
export const FASTEST = 3600;
export const BRANCH_SPEEDS = [...SPEEDS, 300, FASTEST] as const;

/** The speed at which a timeline is played: one that was chosen on a branch is more than others have. */
export function speedOn(isBranch: boolean, speed: number): number {
  return Math.min(speed, Math.max(...(isBranch ? BRANCH_SPEEDS : SPEEDS)));
}

export interface TimeControls {
  /** The whole span of the shown timeline; a growing one ends now. */
  whole(): Span;
  seek(ms: number): void;
  step(byMs: number): void;
  toggle(): void;
  setSpeed(speed: number): void;
  live(): void;
  choose(timeline: string): void;
  /** Goes to where the shown timeline ends: to the present, or to the horizon of a branch. */
  end(): void;
}

function nowMs(session: Session): number {
  return Date.now() + session.feed.connection.get().clockOffsetMs;
}

function make(session: Session, timelines: readonly TimelineInfo[]): TimeControls {
  const { feed } = session;
  const whole = (): Span => {
    const shown = timelines.find((timeline) => timeline.id === feed.time.get().timeline);
    const endMs = shown?.end_ms ?? nowMs(session);
    return { startMs: Math.min(shown?.start_ms ?? endMs - 60_000, endMs - 1000), endMs };
  };
  const shownMs = () => {
    const { atMs } = feed.time.get();
    return Number.isFinite(atMs) ? atMs : nowMs(session);
  };
  const seek = (ms: number) => feed.seek(feed.time.get().timeline, clampMs(ms, whole()));
  return {
    whole,
    seek,
    step: (byMs) => seek(shownMs() + byMs),
    toggle() {
      const { mode, timeline, speed } = feed.time.get();
      if (mode === "playing") feed.pause();
      else if (mode === "live") feed.seek(timeline, shownMs());
      else feed.play(timeline, shownMs(), speedOn(timelines.some((each) => each.id === timeline && each.kind === "branch"), speed));
    },
    setSpeed(speed) {
      feed.time.set({ speed });
      const { mode, timeline } = feed.time.get();
      if (mode === "playing") feed.play(timeline, shownMs(), speed);
    },
    live: () => feed.live(),
    end() {
      const shown = timelines.find((timeline) => timeline.id === feed.time.get().timeline);
      if (shown?.kind === "branch" && shown.end_ms !== null) seek(shown.end_ms);
      else feed.live();
    },
    choose(id) {
      const timeline = timelines.find((candidate) => candidate.id === id);
      if (!timeline) return;
      if (timeline.kind === "live") feed.live();
      else feed.seek(id, timeline.fork_ms ?? timeline.start_ms);
    },
  };
}

export function useTimeControls(): TimeControls {
  const session = useSession();
  const timelines = usePlant((plant) => plant.timelines);
  return useMemo(() => make(session, timelines), [session, timelines]);
}

/** What is played to its end rests there; the server plays no further. */
export function useRestAtEnd(): void {
  const { feed } = useSession();
  const timelines = usePlant((plant) => plant.timelines);
  const isOver = useTime((time) => {
    const endMs = timelines.find((timeline) => timeline.id === time.timeline)?.end_ms ?? null;
    return time.mode === "playing" && endMs !== null && time.atMs >= endMs - 1;
  });
  useEffect(() => {
    if (isOver) feed.pause();
  }, [isOver, feed]);
}
