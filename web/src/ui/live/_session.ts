// One signed-in session: what the server told about the plant, kept fresh, and every way to ask it for something.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Language } from "../../i18n";
import { followAlarms, type Alarms } from "./_alarms";
import { createApi, type Api } from "./_api";
import { createFeed, type Feed } from "./_feed";
import { BranchScenes } from "./_scenes";
import { createStore, type Store } from "./_store";
import { NO_SIGNALS, SignalKnowledge, type KnownSignals } from "./_known";
import type { CommandInfo, Me, Place, TimelineInfo, TwinSummary, LinkInfo } from "./_types";

export interface Plant extends KnownSignals {
  isLoaded: boolean;
  error: unknown;
  me: Me | null;
  /** What stands on the line. */
  places: Place[];
  /** What stands on the branches on the screen, by their ids. */
  scenes: Readonly<Record<string, Place[]>>;
  twins: TwinSummary[];
  timelines: TimelineInfo[];
  commands: CommandInfo[];
}

export interface Session {
  api: Api;
  feed: Feed;
  plant: Store<Plant>;
  /** The alarms of the running plant. */
  alarms: Store<Alarms>;
  /** Signals of a very large plant, learned when they are wanted. */
  knowledge: SignalKnowledge;
  reload(what?: readonly Part[]): Promise<void>;
  close(): void;
}

type Part = "me" | "signals" | "places" | "twins" | "timelines" | "commands";
const ALL_PARTS: readonly Part[] = ["me", "signals", "places", "twins", "timelines", "commands"];
const RELOAD_DELAY_MS = 300;

const NOTHING: Plant = {
  isLoaded: false,
  error: null,
  me: null,
  ...NO_SIGNALS,
  places: [],
  scenes: {},
  twins: [],
  timelines: [],
  commands: [],
};

async function fetchPart(api: Api, knowledge: SignalKnowledge, part: Part): Promise<Partial<Plant>> {
  if (part === "signals") return knowledge.reload();
  return { [part]: await api.get(`/api/${part}`) } as Partial<Plant>;
}

/** Which parts a change of records makes stale. */
function partsOf(keys: readonly string[]): Part[] {
  const parts = new Set<Part>();
  for (const key of keys) {
    const kind = key.slice(0, key.indexOf("/"));
    if (kind === "place") parts.add("places");
    if (kind === "shell" || kind === "submodel") parts.add("twins");
    if (kind === "submodel" || kind === "link" || kind === "signal") parts.add("signals");
    if (kind === "timeline" || kind === "branch") parts.add("timelines");
  }
  return [...parts];
}

export function openSession(language: Language): Session {
  const api = createApi(language);
  const feed = createFeed(language);
  const plant = createStore<Plant>(NOTHING);
  const alarms = followAlarms(api, feed);
  const stale = new Set<Part>();
  /** Of a very large plant only the values of known signals are sent. */
  const watchKnown = ({ isWhole, signals }: KnownSignals) => feed.choose(isWhole ? "all" : signals.map((signal) => signal.handle));
  const knowledge = new SignalKnowledge(api, (known) => {
    plant.set(known);
    watchKnown(known);
  });
  const scenes = new BranchScenes(api, feed, plant);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const reload = async (parts: readonly Part[] = ALL_PARTS) => {
    try {
      const got = await Promise.all(parts.map((part) => fetchPart(api, knowledge, part)));
      plant.set(Object.assign({ isLoaded: true, error: null }, ...got) as Partial<Plant>);
      if (parts.includes("signals")) watchKnown(plant.get());
      if (parts.includes("timelines") || parts.includes("places")) void scenes.read();
    } catch (error) {
      plant.set({ error });
    }
  };

  const later = (parts: readonly Part[]) => {
    for (const part of parts) stale.add(part);
    clearTimeout(timer);
    timer = setTimeout(() => {
      const wanted = [...stale];
      stale.clear();
      void reload(wanted);
    }, RELOAD_DELAY_MS);
  };

  feed.on("records", (diff) => later(partsOf([diff.added, diff.updated, diff.removed].flatMap((part) => Object.keys(part)))));
  let wasLost = false;
  let wasOpen = false;
  feed.connection.subscribe(() => {
    const { state } = feed.connection.get();
    if ((state === "open") !== wasOpen) {
      wasOpen = state === "open";
      // The server tells of changes only; a machine that has long been away would never be spoken of.
      if (wasOpen) api.get<LinkInfo[]>("/api/links").then((links) => feed.connection.set({ links }), (error: unknown) => console.info("The connections are not known yet.", error));
    }
    if (state === "lost" && !wasLost) {
      wasLost = true;
      // A session that ended closes the socket: this question then answers 401, which shows the door.
      api.get("/api/me").catch((error: unknown) => console.info("The server does not answer yet.", error));
    } else if (state === "open" && wasLost) {
      wasLost = false;
      later(ALL_PARTS);
    }
  });
  feed.on("job", (job) => {
    if (job.state !== "running") later(["timelines"]);
  });
  feed.on("signals", () => later(["signals", "twins"]));

  return {
    api,
    feed,
    plant,
    alarms,
    knowledge,
    reload,
    close() {
      clearTimeout(timer);
      scenes.close();
      feed.close();
    },
  };
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no session above this component");
  return session;
}

/** Watches one part of what is known of the plant. */
export function usePlant<P>(pick: (plant: Plant) => P): P {
  const { plant } = useSession();
  return useSyncExternalStore(plant.subscribe, () => pick(plant.get()));
}
