// Joins the link to the server with the board of values and the shown time.
import { Link } from "../../protocol";
import { createStore, type Store } from "../../store";
import type { AlarmsMessage } from "./_monitoring";
import { createShown, type Shown } from "./_shown";
import type { DiffInfo, ErrorBody, JobInfo, LinkInfo, OutcomeInfo } from "./_types";

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

export interface Feed extends Shown {
  link: Link;
  connection: Store<Connection>;
  /** A second picture with a clock of its own; nothing is sent for it until it is watched. */
  beside: Shown;
  on<K extends keyof FeedEvents>(event: K, listener: FeedEvents[K]): () => void;
  run(command: string, params: Record<string, unknown>, options?: { dryRun?: boolean; reason?: string }): Promise<OutcomeInfo>;
  undo(commandId: string): Promise<OutcomeInfo>;
  close(): void;
}

const VIEW = 1;
const BESIDE = 2;

export function createFeed(language: string): Feed {
  const link = new Link({ language });
  const connection = createStore<Connection>({ state: "connecting", sinceMs: Date.now(), clockOffsetMs: 0, links: [], jobs: [] });
  const listeners: { [K in keyof FeedEvents]: Set<FeedEvents[K]> } = { records: new Set(), signals: new Set(), error: new Set(), job: new Set(), alarms: new Set() };

  link.on("state", (state) => connection.set({ state, sinceMs: Date.now() }));
  link.on("message", (message) => {
    if (message.type === "welcome") connection.set({ clockOffsetMs: message.server_time_ms - Date.now() });
    else if (message.type === "links") connection.set({ links: [...message.links].sort((a, b) => a.id.localeCompare(b.id)) });
    else if (message.type === "records") for (const hear of listeners.records) hear(message.diff);
    else if (message.type === "alarms") for (const hear of listeners.alarms) hear(message);
    else if (message.type === "signals") for (const hear of listeners.signals) hear();
    else if (message.type === "job") {
      connection.set((old) => ({ jobs: [...old.jobs.filter((job) => job.id !== message.id), ...(message.state === "running" ? [message] : [])] }));
      for (const hear of listeners.job) hear(message);
    }
    else if (message.type === "error" && message.request === null) for (const hear of listeners.error) hear(message.error);
  });
  const shown = createShown(link, VIEW);
  const beside = createShown(link, BESIDE);
  // The view is there from the beginning, so that it can be taken to an instant; its signals are chosen when they are known.
  shown.watch();

  return {
    ...shown,
    link,
    connection,
    beside,
    choose(signals) {
      shown.choose(signals);
      beside.choose(signals);
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
