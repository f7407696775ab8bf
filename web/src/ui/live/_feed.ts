// Joins the link to the server with the board of values and the shown time.
import { Link } from "../../protocol";
import { SignalBoard, createStore, type Store } from "../../store";
import type { AlarmsMessage } from "./_monitoring";
import type { DiffInfo, ErrorBody, JobInfo, LinkInfo, OutcomeInfo } from "./_types";

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

export interface Connection {
  state: "connecting" | "open" | "lost" | "closed";
  sinceMs: number;
  /** Server clock minus this computer's clock. */
  clockOffsetMs: number;
  links: LinkInfo[];
  /** Long work that is running now. */
  jobs: JobInfo[];
}

export interface FeedEvents {
  records(diff: DiffInfo): void;
  /** Signals were defined or changed. */
  signals(): void;
  error(error: ErrorBody): void;
  job(job: JobInfo): void;
  /** Alarms that changed, whole. */
  alarms(changed: AlarmsMessage): void;
}

export interface Feed {
  link: Link;
  board: Board;
  time: Store<ShownTime>;
  connection: Store<Connection>;
  /** Chooses the signals whose values are sent; what is watched already is not asked for again. */
  watch(signals: number[] | "all"): void;
  seek(timeline: string, atMs: number): void;
  play(timeline: string, fromMs: number, speed: number): void;
  pause(): void;
  live(): void;
  on<K extends keyof FeedEvents>(event: K, listener: FeedEvents[K]): () => void;
  run(command: string, params: Record<string, unknown>, options?: { dryRun?: boolean; reason?: string }): Promise<OutcomeInfo>;
  undo(commandId: string): Promise<OutcomeInfo>;
  close(): void;
}

const VIEW = 1;
const RATE_HZ = 20;

/** Merges changed links into the known ones, in a steady order. */
function mergeLinks(known: LinkInfo[], changed: readonly LinkInfo[]): LinkInfo[] {
  const byId = new Map([...known, ...changed].map((link) => [link.id, link]));
  return [...byId.values()].sort((a, b) => a.id.localeCompare(b.id));
}

export function createFeed(language: string): Feed {
  const link = new Link({ language });
  const board = new SignalBoard();
  const time = createStore<ShownTime>({ timeline: "live", mode: "live", atMs: NaN, speed: 1, isWaiting: true });
  const connection = createStore<Connection>({ state: "connecting", sinceMs: Date.now(), clockOffsetMs: 0, links: [], jobs: [] });
  const listeners: { [K in keyof FeedEvents]: Set<FeedEvents[K]> } = { records: new Set(), signals: new Set(), error: new Set(), job: new Set(), alarms: new Set() };

  link.on("state", (state) => connection.set({ state, sinceMs: Date.now() }));
  link.on("frame", (frame) => {
    if (frame.view !== VIEW) return;
    const shown = time.get();
    // A delta still under way from before a seek must not move the shown instant.
    if (shown.isWaiting && !frame.isFull) return;
    board.apply(frame);
    const atMs = shown.mode === "paused" ? shown.atMs : frame.timeMs;
    time.set({ atMs: Number.isFinite(atMs) ? atMs : frame.timeMs, isWaiting: false });
  });
  link.on("message", (message) => {
    if (message.type === "welcome") connection.set({ clockOffsetMs: message.server_time_ms - Date.now() });
    else if (message.type === "links") connection.set((old) => ({ links: mergeLinks(old.links, message.links) }));
    else if (message.type === "records") for (const hear of listeners.records) hear(message.diff);
    else if (message.type === "alarms") for (const hear of listeners.alarms) hear(message);
    else if (message.type === "signals") for (const hear of listeners.signals) hear();
    else if (message.type === "job") {
      connection.set((old) => ({ jobs: [...old.jobs.filter((job) => job.id !== message.id), ...(message.state === "running" ? [message] : [])] }));
      for (const hear of listeners.job) hear(message);
    }
    else if (message.type === "error" && message.request === null) for (const hear of listeners.error) hear(message.error);
  });
  // The view is there from the beginning, so that it can be taken to an instant; its signals are chosen when they are known.
  link.watch(VIEW, [], RATE_HZ, "live");
  let watched = "";

  return {
    link,
    board,
    time,
    connection,
    watch(signals) {
      const asked = String(signals);
      if (asked === watched) return;
      watched = asked;
      link.watch(VIEW, signals, RATE_HZ, "live");
    },
    seek(timeline, atMs) {
      time.set({ timeline, mode: "paused", atMs, isWaiting: true });
      link.seek(VIEW, timeline, atMs);
    },
    play(timeline, fromMs, speed) {
      time.set({ timeline, mode: "playing", atMs: fromMs, speed });
      link.play(VIEW, timeline, fromMs, speed);
    },
    pause() {
      time.set({ mode: "paused" });
      link.pause(VIEW, time.get().atMs);
    },
    live() {
      time.set({ timeline: "live", mode: "live", atMs: NaN, isWaiting: true });
      link.live(VIEW);
    },
    on(event, listener) {
      listeners[event].add(listener);
      return () => listeners[event].delete(listener);
    },
    run: (command, params, options) => link.run(command, params, options),
    undo: (commandId) => link.undo(commandId),
    close: () => link.close(),
  };
}
