// The alarms of the running plant, kept fresh by the server's messages.
import type { Api } from "./_api";
import type { Feed } from "./_feed";
import type { AlarmInfo, AlarmList, FloodInfo } from "./_monitoring";
import { createStore, type Store } from "./_store";
import type { AlarmsMessage } from "../../protocol/generated";

export interface Alarms {
  isLoaded: boolean;
  error: unknown;
  list: readonly AlarmInfo[];
  flood: FloodInfo | null;
}

/** Replaces the alarms that changed, and forgets those that are normal again or whose rule is gone. */
export function mergeAlarms(known: readonly AlarmInfo[], changed: readonly AlarmInfo[], removed: readonly string[] = []): AlarmInfo[] {
  const byId = new Map(known.map((alarm) => [alarm.id, alarm]));
  for (const alarm of changed) {
    if (alarm.state === "normal") byId.delete(alarm.id);
    else byId.set(alarm.id, alarm);
  }
  for (const id of removed) byId.delete(id);
  return [...byId.values()];
}

/** Follows the alarms of the running plant, whatever instant is on the screen. */
export function followAlarms(api: Api, feed: Feed): Store<Alarms> {
  const store = createStore<Alarms>({ isLoaded: false, error: null, list: [], flood: null });
  /** What was told while the list is on its way: it may be newer than the list that comes. */
  let meanwhile: AlarmsMessage[] | null = null;
  const load = async () => {
    const told: AlarmsMessage[] = [];
    meanwhile = told;
    try {
      const { alarms, flood } = await api.get<AlarmList>("/api/alarms");
      if (meanwhile !== told) return; // a newer list is on its way
      const standing = alarms.filter((alarm) => alarm.state !== "normal");
      const list = told.reduce((known, { alarms: changed, removed }) => mergeAlarms(known, changed, removed), standing);
      const last = told.at(-1);
      store.set({ isLoaded: true, error: null, list, flood: last ? last.flood : flood });
    } catch (error) {
      store.set({ error });
    }
    if (meanwhile === told) meanwhile = null;
  };
  feed.on("alarms", (changed) => {
    meanwhile?.push(changed);
    store.set((old) => ({ list: mergeAlarms(old.list, changed.alarms, changed.removed), flood: changed.flood }));
  });
  let wasOpen = false;
  feed.connection.subscribe(() => {
    const isOpen = feed.connection.get().state === "open";
    if (isOpen && !wasOpen) void load();
    wasOpen = isOpen;
  });
  return store;
}
