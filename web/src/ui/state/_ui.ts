// What the reader has set on this page; everything that a link can carry lives here and nowhere else.
import { createContext, useContext, useSyncExternalStore } from "react";
import { preferredLanguage, LANGUAGES, type Language } from "../../i18n";
import { createStore, type Store } from "../live";
import { SCHEMES, preferredScheme, type Scheme } from "../theme";
import type { Camera, Fineness, LinkedView } from "./_link";

export const CENTRES = ["world", "cockpit", "forecast", "orders", "branches", "plans", "alarms", "table", "engines", "spc", "rules", "reports", "connections", "activity", "backups", "whatif"] as const;
export type Centre = (typeof CENTRES)[number];
export const INSPECTOR_TABS = ["live", "act", "trend", "about", "files", "source"] as const;
/** Spans of time that figures, charts and the journal look back on, from the shown instant. */
export const RANGES_MS = { ten: 600_000, hour: 3_600_000, shift: 28_800_000, day: 86_400_000 } as const;
export type RangeName = keyof typeof RANGES_MS;
export type InspectorTab = (typeof INSPECTOR_TABS)[number];
export type PhoneTab = "tree" | "inspector" | Centre;
export type SelectionKind = "place" | "shell" | "submodel" | "element";
export type DialogName = "import" | "export" | "keys" | "rename" | "move" | "command" | "certificates" | "fork" | null;

export interface Selection {
  kind: SelectionKind;
  /** Place id, shell id, submodel id, or `submodel#path` (the key of a signal). */
  id: string;
}

export interface UiState {
  language: Language;
  scheme: Scheme;
  centre: Centre;
  isSplit: boolean;
  isTreeOpen: boolean;
  isInspectorOpen: boolean;
  treeWidth: number;
  inspectorWidth: number;
  splitShare: number;
  phoneTab: PhoneTab;
  tab: InspectorTab;
  selection: Selection | null;
  engine: string | null;
  range: RangeName;
  /** The figure whose "why" is open. */
  figure: string | null;
  /** The alarm whose details are open. */
  alarm: string | null;
  /** The bell was pressed: the list of alarms takes the keys as soon as it stands. */
  isAlarmListCalled: boolean;
  /** Kind of control chart and its subgroup size, like "xbar_r.5"; null where the signal decides. */
  chart: string | null;
  /** The rule that is being edited; "new" for one that is being made. */
  rule: string | null;
  /** The plan that is open; "new" for one that is being made. */
  plan: string | null;
  /** What the connections show: null for the list, "new" or "<draft>/<step>" for the wizard. */
  connect: string | null;
  /** Page of the view of orders; null for the first. */
  page: string | null;
  /** The timeline that is shown beside the first; null for one picture. */
  beside: string | null;
  /** Part of the height that the world has above the branches. */
  branchShare: number;
  camera: Camera | null;
  quality: Fineness;
  isPaletteOpen: boolean;
  dialog: DialogName;
  /** Name of the command that the command dialog shows. */
  command: string | null;
  /** Files given to the import dialog by dropping or choosing. */
  files: readonly File[];
}

const STORAGE_KEY = "xushi.preferences";

interface Preferences {
  language?: Language;
  scheme?: Scheme;
  treeWidth?: number;
  inspectorWidth?: number;
}

/** What the reader chose on earlier visits; a browser that keeps nothing gives an empty answer. */
export function readPreferences(): Preferences {
  let stored: unknown;
  try {
    stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? "{}");
  } catch {
    return {};
  }
  const found = (stored ?? {}) as Preferences;
  return {
    ...(LANGUAGES.includes(found.language as Language) ? { language: found.language as Language } : {}),
    ...(SCHEMES.includes(found.scheme as Scheme) ? { scheme: found.scheme as Scheme } : {}),
    ...(typeof found.treeWidth === "number" ? { treeWidth: found.treeWidth } : {}),
    ...(typeof found.inspectorWidth === "number" ? { inspectorWidth: found.inspectorWidth } : {}),
  };
}

export function savePreferences(change: Preferences): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify({ ...readPreferences(), ...change }));
  } catch (error) {
    console.warn("This browser keeps no preferences.", error);
  }
}

export function createUi(linked: LinkedView): Store<UiState> {
  const kept = readPreferences();
  return createStore<UiState>({
    language: linked.language ?? kept.language ?? preferredLanguage(navigator.languages),
    scheme: linked.scheme ?? kept.scheme ?? preferredScheme(),
    centre: linked.centre ?? "world",
    isSplit: linked.isSplit ?? false,
    isTreeOpen: linked.isTreeOpen ?? window.innerWidth >= 900,
    isInspectorOpen: linked.isInspectorOpen ?? (window.innerWidth >= 1500 || linked.selection != null),
    treeWidth: kept.treeWidth ?? 264,
    inspectorWidth: kept.inspectorWidth ?? 368,
    splitShare: 0.62,
    phoneTab: linked.centre ?? "world",
    tab: linked.tab ?? "live",
    selection: linked.selection ?? null,
    engine: linked.engine ?? null,
    range: linked.range ?? "hour",
    figure: linked.figure ?? null,
    alarm: linked.alarm ?? null,
    isAlarmListCalled: false,
    chart: linked.chart ?? null,
    rule: linked.rule ?? null,
    plan: linked.plan ?? null,
    connect: linked.connect ?? null,
    page: linked.page ?? null,
    beside: linked.beside ?? null,
    branchShare: 0.4,
    camera: linked.camera ?? null,
    quality: linked.quality ?? "auto",
    isPaletteOpen: false,
    dialog: linked.dialog ?? null,
    command: null,
    files: [],
  });
}

export const UiContext = createContext<Store<UiState> | null>(null);

export function useUiStore(): Store<UiState> {
  const store = useContext(UiContext);
  if (!store) throw new Error("no page state above this component");
  return store;
}

export function useUi<P>(pick: (state: UiState) => P): P {
  const store = useUiStore();
  return useSyncExternalStore(store.subscribe, () => pick(store.get()));
}
