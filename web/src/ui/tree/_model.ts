// Builds the tree: places as they stand, under each its shell's submodels, under those their elements.
import { localName, type Language } from "../../i18n";
import type { IconName } from "../icons";
import type { Place, SignalInfo, SubmodelSummary, TwinSummary } from "../live";
import type { Selection } from "../state";

export interface TreeNode {
  /** Unique in the tree; also what is remembered as open. */
  key: string;
  selection: Selection | null;
  name: string;
  words: string[];
  icon: IconName;
  place: Place | null;
  signal: SignalInfo | null;
  /** Submodel whose elements are still to be asked for. */
  pending: string | null;
  children: TreeNode[];
}

/** An element of a submodel as the AAS API serves it; only what the tree needs. */
export interface ElementJson {
  modelType: string;
  idShort?: string;
  displayName?: { language: string; text: string }[] | null;
  value?: unknown;
  statements?: ElementJson[];
  submodelElements?: ElementJson[];
}

export interface TreeInput {
  places: readonly Place[];
  twins: readonly TwinSummary[];
  signals: readonly SignalInfo[];
  /** Elements of the submodels that were asked for, by submodel id. */
  elements: ReadonlyMap<string, readonly ElementJson[]>;
  language: Language;
  otherShells: string;
}

const PLACE_ICONS: Record<string, IconName> = {
  building: "plant", station: "station", agv: "agv", conveyor: "split", rack: "table", robot: "cube", utility: "plug", product: "engine",
};

/** What people look for first stands first. */
const ORDER = ["building", "station", "robot", "rack", "agv", "conveyor", "utility", "other", "product"];

const natural = new Intl.Collator("en", { numeric: true });

/** Where a kind of place stands among the others, the first at 0. */
export function placeOrder(category: string): number {
  const rank = ORDER.indexOf(category);
  return rank < 0 ? ORDER.length : rank;
}

function inOrder(a: TreeNode, b: TreeNode): number {
  const rank = (node: TreeNode) => placeOrder(node.place?.category ?? "");
  return rank(a) - rank(b) || natural.compare(a.name, b.name);
}

export function namesOf(names: Record<string, string>): string[] {
  return Object.values(names).filter(Boolean);
}

function elementChildren(element: ElementJson): readonly ElementJson[] {
  if (Array.isArray(element.statements)) return element.statements;
  const value = element.value;
  if (!Array.isArray(value)) return [];
  return element.modelType === "SubmodelElementCollection" || element.modelType === "SubmodelElementList" ? (value as ElementJson[]) : [];
}

function elementIcon(element: ElementJson, signal: SignalInfo | null): IconName {
  if (element.modelType === "File" || element.modelType === "Blob") return "file";
  if (element.modelType === "Operation") return "call";
  if (element.modelType.endsWith("Element")) return "link";
  if (elementChildren(element).length > 0 || /Collection|List|Entity/.test(element.modelType)) return "collection";
  return signal ? "value" : "info";
}

class Builder {
  private byShell = new Map<string, TwinSummary>();
  private signalsBySubmodel = new Map<string, SignalInfo[]>();

  constructor(private input: TreeInput) {
    for (const twin of input.twins) this.byShell.set(twin.id, twin);
    for (const signal of input.signals) {
      const list = this.signalsBySubmodel.get(signal.submodel);
      if (list) list.push(signal);
      else this.signalsBySubmodel.set(signal.submodel, [signal]);
    }
  }

  build(): TreeNode[] {
    const children = new Map<string | null, Place[]>();
    const ids = new Set(this.input.places.map((place) => place.id));
    for (const place of this.input.places) {
      const parent = place.parent && ids.has(place.parent) ? place.parent : null;
      children.set(parent, [...(children.get(parent) ?? []), place]);
    }
    const shown = new Set(this.input.places.map((place) => place.shell));
    const roots = (children.get(null) ?? []).map((place) => this.place(place, children));
    const loose = this.input.twins.filter((twin) => !shown.has(twin.id)).map((twin) => this.shell(twin));
    if (roots.length === 0) return loose.sort((a, b) => natural.compare(a.name, b.name));
    if (loose.length === 0) return roots.sort(inOrder);
    const other = this.node("other-shells", null, this.input.otherShells, [], "shell");
    other.children = loose;
    return [...roots.sort(inOrder), other];
  }

  private node(key: string, selection: Selection | null, name: string, words: string[], icon: IconName): TreeNode {
    return { key, selection, name, words: [name, ...words], icon, place: null, signal: null, pending: null, children: [] };
  }

  private place(place: Place, children: Map<string | null, Place[]>): TreeNode {
    const twin = place.shell ? this.byShell.get(place.shell) : undefined;
    const name = localName(place.name, this.input.language, twin?.idShort ?? place.id);
    const words = [...namesOf(place.name), twin?.idShort ?? "", ...(twin ? namesOf(twin.name) : [])].filter(Boolean);
    const node = this.node(`place:${place.id}`, { kind: "place", id: place.id }, name, words, PLACE_ICONS[place.category] ?? "place");
    node.place = place;
    const below = (children.get(place.id) ?? []).map((child) => this.place(child, children));
    below.sort(inOrder);
    node.children = [...below, ...(twin?.submodels ?? []).map((submodel) => this.submodel(submodel, node.key))];
    return node;
  }

  private shell(twin: TwinSummary): TreeNode {
    const name = localName(twin.name, this.input.language, twin.idShort || twin.id);
    const node = this.node(`shell:${twin.id}`, { kind: "shell", id: twin.id }, name, [twin.idShort, twin.id, ...namesOf(twin.name)], "shell");
    node.children = twin.submodels.map((submodel) => this.submodel(submodel, node.key));
    return node;
  }

  private submodel(submodel: SubmodelSummary, above: string): TreeNode {
    const key = `${above}/${submodel.id}`;
    const node = this.node(key, { kind: "submodel", id: submodel.id }, submodel.idShort || submodel.id, [submodel.id], "submodel");
    const loaded = this.input.elements.get(submodel.id);
    const signals = new Map((this.signalsBySubmodel.get(submodel.id) ?? []).map((signal) => [signal.path, signal]));
    if (loaded) {
      node.children = loaded.map((element, index) => this.element(element, submodel.id, "", index, false, key, signals));
    } else {
      node.pending = submodel.id;
      node.children = [...signals.values()].map((signal) => this.value(signal, key));
    }
    return node;
  }

  private value(signal: SignalInfo, above: string): TreeNode {
    const name = localName(signal.name, this.input.language, signal.path);
    const node = this.node(`${above}#${signal.path}`, { kind: "element", id: signal.key }, name, [signal.path, ...namesOf(signal.name)], "value");
    node.signal = signal;
    return node;
  }

  private element(
    element: ElementJson, submodelId: string, parentPath: string, index: number, isInList: boolean, above: string,
    signals: ReadonlyMap<string, SignalInfo>,
  ): TreeNode {
    const step = isInList || !element.idShort ? `[${index}]` : element.idShort;
    const path = isInList || !element.idShort ? `${parentPath}${step}` : parentPath ? `${parentPath}.${step}` : step;
    const signal = signals.get(path) ?? null;
    const shown = element.displayName?.find((entry) => entry.language.startsWith(this.input.language.slice(0, 2)))?.text;
    const name = shown ?? (signal ? localName(signal.name, this.input.language, step) : step);
    const words = [step, ...(element.displayName ?? []).map((entry) => entry.text)];
    const node = this.node(`${above}#${path}`, { kind: "element", id: `${submodelId}#${path}` }, name, words, elementIcon(element, signal));
    node.signal = signal;
    const isList = element.modelType === "SubmodelElementList";
    node.children = elementChildren(element).map((child, at) => this.element(child, submodelId, path, at, isList, above, signals));
    return node;
  }
}

export function buildTree(input: TreeInput): TreeNode[] {
  return new Builder(input).build();
}

export interface TreeRow {
  node: TreeNode;
  level: number;
  position: number;
  siblings: number;
  isOpen: boolean;
  canOpen: boolean;
  parent: number;
}

/** The visible rows in order. With `found`, only what was found and what leads to it. */
export function visibleRows(roots: readonly TreeNode[], open: ReadonlySet<string>, found: ReadonlySet<string> | null): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (nodes: readonly TreeNode[], level: number, parent: number) => {
    const shown = found ? nodes.filter((node) => found.has(node.key)) : nodes;
    shown.forEach((node, index) => {
      const hasFoundChild = found !== null && node.children.some((child) => found.has(child.key));
      const isOpen = hasFoundChild || open.has(node.key);
      const canOpen = node.children.length > 0 || node.pending !== null;
      const row = rows.push({ node, level, position: index + 1, siblings: shown.length, isOpen, canOpen, parent }) - 1;
      if (isOpen) walk(node.children, level + 1, row);
    });
  };
  walk(roots, 1, -1);
  return rows;
}

/** Keys of the nodes that match and of all above them. */
export function findKeys(roots: readonly TreeNode[], matches: (node: TreeNode) => boolean): Set<string> {
  const found = new Set<string>();
  const walk = (node: TreeNode): boolean => {
    let isFound = matches(node);
    for (const child of node.children) if (walk(child)) isFound = true;
    if (isFound) found.add(node.key);
    return isFound;
  };
  for (const root of roots) walk(root);
  return found;
}

/** Keys of everything above the node of a selection, so that it can be shown; null where the tree has no such node. */
export function pathTo(roots: readonly TreeNode[], selection: Selection): { key: string; above: string[] } | null {
  const walk = (nodes: readonly TreeNode[], above: string[]): { key: string; above: string[] } | null => {
    for (const node of nodes) {
      if (node.selection?.kind === selection.kind && node.selection.id === selection.id) return { key: node.key, above };
      const below = walk(node.children, [...above, node.key]);
      if (below) return below;
    }
    return null;
  };
  return walk(roots, []);
}
