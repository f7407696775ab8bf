// The view as a link: what stands after # in the address reproduces time, selection, camera, language and panels.
import { LANGUAGES, type Language } from "../../i18n";
import { SCHEMES, type Scheme } from "../theme";
import { CENTRES, INSPECTOR_TABS, RANGES_MS, type Centre, type InspectorTab, type RangeName, type Selection, type SelectionKind } from "./_ui";

export interface Camera {
  mode: "orbit" | "walk";
  position: [number, number, number];
  target: [number, number, number];
}

const FINENESSES = ["auto", "high", "medium", "low"] as const;
/** How finely the world is drawn. */
export type Fineness = (typeof FINENESSES)[number];

export interface LinkedView {
  timeline?: string;
  /** Absent in a link that follows the present. */
  atMs?: number;
  selection?: Selection;
  camera?: Camera;
  language?: Language;
  scheme?: Scheme;
  centre?: Centre;
  isSplit?: boolean;
  isTreeOpen?: boolean;
  isInspectorOpen?: boolean;
  tab?: InspectorTab;
  engine?: string;
  range?: RangeName;
  figure?: string;
  alarm?: string;
  chart?: string;
  rule?: string;
  plan?: string;
  connect?: string;
  /** Page of the view of orders. */
  page?: string;
  /** Absent where the device decides. */
  quality?: Fineness;
  /** The timeline shown beside the first, with a clock of its own. */
  beside?: string;
  /** Absent where it follows the present. */
  besideAtMs?: number;
  /** A dialog that shows something of its own, rather than asks about what is selected. */
  dialog?: LinkedDialog;
}

const LINKED_DIALOGS = ["certificates", "fork"] as const;
export type LinkedDialog = (typeof LINKED_DIALOGS)[number];

/** The dialog as a link carries it; null for those that ask about what is selected. */
export function linkedDialog(name: string | null): LinkedDialog | undefined {
  return LINKED_DIALOGS.find((each) => each === name);
}

/** Parts of a view that are texts as they stand. */
const TEXTS = ["figure", "alarm", "chart", "rule", "plan", "page"] as const;
const KINDS: readonly SelectionKind[] = ["place", "shell", "submodel", "element"];

function round(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

export function encodeView(view: LinkedView): string {
  const parts = new URLSearchParams();
  if (view.timeline && view.timeline !== "live") parts.set("timeline", view.timeline);
  if (view.atMs !== undefined && Number.isFinite(view.atMs)) parts.set("at", new Date(view.atMs).toISOString());
  if (view.selection) parts.set(view.selection.kind, view.selection.id);
  if (view.camera) parts.set("camera", [...view.camera.position, ...view.camera.target].map(round).join(",") + (view.camera.mode === "walk" ? ",walk" : ""));
  if (view.language) parts.set("lang", view.language);
  if (view.scheme) parts.set("look", view.scheme);
  if (view.centre && view.centre !== "world") parts.set("view", view.centre);
  if (view.isSplit) parts.set("split", "1");
  if (view.isTreeOpen !== undefined) parts.set("tree", view.isTreeOpen ? "1" : "0");
  if (view.isInspectorOpen !== undefined) parts.set("inspector", view.isInspectorOpen ? "1" : "0");
  if (view.tab && view.tab !== "live") parts.set("tab", view.tab);
  if (view.engine) parts.set("engine", view.engine);
  if (view.range && view.range !== "hour") parts.set("range", view.range);
  for (const name of TEXTS) if (view[name]) parts.set(name, view[name]);
  if (view.connect) parts.set("connect", view.connect);
  if (view.quality && view.quality !== "auto") parts.set("quality", view.quality);
  if (view.beside) parts.set("beside", view.beside);
  if (view.beside && view.besideAtMs !== undefined && Number.isFinite(view.besideAtMs)) parts.set("besideAt", new Date(view.besideAtMs).toISOString());
  if (view.dialog) parts.set("show", view.dialog);
  return parts.toString();
}

function oneOf<T extends string>(value: string | null, allowed: readonly T[]): T | undefined {
  return allowed.find((item) => item === value);
}

function flag(value: string | null): boolean | undefined {
  return value === null ? undefined : value === "1";
}

function camera(value: string | null): Camera | undefined {
  const parts = (value ?? "").split(",");
  const numbers = parts.slice(0, 6).map(Number);
  if (value === null || value === "" || numbers.length !== 6 || !numbers.every(Number.isFinite)) return undefined;
  const [a, b, c, d, e, f] = numbers as [number, number, number, number, number, number];
  return { mode: parts[6] === "walk" ? "walk" : "orbit", position: [a, b, c], target: [d, e, f] };
}

/** Reads what follows # in an address; what is not understood is left out, never an error. */
export function decodeView(hash: string): LinkedView {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const kind = KINDS.find((name) => parts.get(name));
  const atMs = Date.parse(parts.get("at") ?? "");
  const beside = parts.get("beside") || undefined;
  const besideAtMs = Date.parse(parts.get("besideAt") ?? "");
  const found: LinkedView = {
    timeline: parts.get("timeline") ?? undefined,
    atMs: Number.isFinite(atMs) ? atMs : undefined,
    selection: kind ? { kind, id: parts.get(kind) as string } : undefined,
    camera: camera(parts.get("camera")),
    language: oneOf(parts.get("lang"), LANGUAGES),
    scheme: oneOf(parts.get("look"), SCHEMES),
    centre: oneOf(parts.get("view"), CENTRES),
    isSplit: flag(parts.get("split")),
    isTreeOpen: flag(parts.get("tree")),
    isInspectorOpen: flag(parts.get("inspector")),
    tab: oneOf(parts.get("tab"), INSPECTOR_TABS),
    engine: parts.get("engine") ?? undefined,
    range: oneOf(parts.get("range"), Object.keys(RANGES_MS) as RangeName[]),
    ...Object.fromEntries(TEXTS.map((name) => [name, parts.get(name) ?? undefined])),
    connect: parts.get("connect") ?? undefined,
    quality: oneOf(parts.get("quality"), FINENESSES),
    beside,
    besideAtMs: beside && Number.isFinite(besideAtMs) ? besideAtMs : undefined,
    dialog: linkedDialog(parts.get("show")),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as LinkedView;
}

/** The whole address of a view on this server. */
export function viewAddress(view: LinkedView, origin: string): string {
  return `${origin}/#${encodeView(view)}`;
}
