// One picture of the plant: a board of values and the shown time, and the ways to move that time.
import type { Link } from "../../protocol";
import { SignalBoard, createStore, type Store } from "../../store";

export type Board = SignalBoard;
export type TimeMode = "live" | "paused" | "playing";

export interface ShownTime {
  timeline: string;
  mode: TimeMode;
  /** The instant on the screen; in live mode that of the newest frame. */
  atMs: number;
  speed: number;
  isWaiting: boolean;
}

export interface Shown {
  board: Board;
  time: Store<ShownTime>;
  seek(timeline: string, atMs: number): void;
  play(timeline: string, fromMs: number, speed: number): void;
  pause(): void;
  live(): void;
  /** Asks for the picture of the shown instant anew: what lies behind it was computed again. */
  again(): void;
  /** Begins to be sent values, at the instant that is set. */
  watch(): void;
  unwatch(): void;
}

const RATE_HZ = 20;

/** A picture that is told apart from others on the same link by the number of its view. */
export function createShown(link: Link, view: number): Shown {
  const board = new SignalBoard();
  const time = createStore<ShownTime>({ timeline: "live", mode: "live", atMs: NaN, speed: 1, isWaiting: true });
  link.on("frame", (frame) => {
    if (frame.view !== view) return;
    const shown = time.get();
    // A delta still under way from before a seek must not move the shown instant.
    if (shown.isWaiting && !frame.isFull) return;
    board.apply(frame);
    const atMs = shown.mode === "paused" ? shown.atMs : frame.timeMs;
    time.set({ atMs: Number.isFinite(atMs) ? atMs : frame.timeMs, isWaiting: false });
  });
  const seek = (timeline: string, atMs: number) => {
    time.set({ timeline, mode: "paused", atMs, isWaiting: true });
    link.seek(view, timeline, atMs);
  };
  const play = (timeline: string, fromMs: number, speed: number) => {
    time.set({ timeline, mode: "playing", atMs: fromMs, speed });
    link.play(view, timeline, fromMs, speed);
  };
  const again = () => {
    const { mode, timeline, atMs, speed } = time.get();
    if (mode === "playing") play(timeline, atMs, speed);
    else if (mode === "paused") seek(timeline, atMs);
  };
  return {
    board,
    time,
    seek,
    play,
    again,
    pause() {
      time.set({ mode: "paused" });
      link.pause(view, time.get().atMs);
    },
    live() {
      time.set({ timeline: "live", mode: "live", atMs: NaN, isWaiting: true });
      link.live(view);
    },
    watch() {
      link.watch(view, "all", RATE_HZ, "live");
      again();
    },
    unwatch: () => link.unwatch(view),
  };
}
