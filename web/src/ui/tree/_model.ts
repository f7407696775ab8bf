// Builds the tree: places as they stand, under each its shell's submodels, under those their elements.
import { localName, type Language } from "../../i18n";
import type { IconName } from "../icons";
import type { ElementInfo, Place, SignalInfo, SubmodelSummary, TwinSummary } from "../live";
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
  /** What its elements are asked for by; null where it has none that the server pages. */
  branch: { submodel: string; path: string } | null;
  /** Whether nothing below it was read yet. */
  isUnread: boolean;
  /** A hole stands for an element that was not read yet. */
  children: readonly (TreeNode | undefined)[];
}

/** The elements below one, as far as they were read: a hole stands for one that was not. */
export interface Branch {
  total: number;
  items: readonly (ElementInfo | undefined)[];
}

/** Names a branch: the elements directly below a path of a submodel. */
export function branchKey(submodel: string, path: string): string {
  return `${submodel}\n${path}`;
}

export interface TreeInput {
  places: readonly Place[];
  twins: readonly TwinSummary[];
  signals: readonly SignalInfo[];
  /** What was read below submodels and elements, by `branchKey`. */
  branches: ReadonlyMap<string, Branch>;
  language: Language;
  otherShells: string;
  /** Whether known signals are found that stand deeper than was read. */
  isSearch?: boolean;
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

function elementIcon({ model_type: type, children, signal }: ElementInfo): IconName {
  if (type === "File" || type === "Blob") return "file";
  if (type === "Operation") return "call";
  if (type.endsWith("Element")) return "link";
  if (children > 0 || /Collection|List|Entity/.test(type)) return "collection";
  return signal ? "value" : "info";
}

class Builder {
  private byShell = new Map<string, TwinSummary>();
  private signalsBySubmodel = new Map<string, SignalInfo[]>();
  private shown = new Set<string>();

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
      const beside = children.get(parent);
      if (beside) beside.push(place);
      else children.set(parent, [place]);
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
    return { key, selection, name, words: [name, ...words], icon, place: null, signal: null, branch: null, isUnread: false, children: [] };
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
    const node = this.node(key, { kind: "submodel", id: submodel.id }, localName(submodel.name, this.input.language, submodel.idShort || submodel.id), [submodel.id, submodel.idShort, ...namesOf(submodel.name)], "submodel");
    this.read(node, submodel.id, "", key);
    // Until its elements are read its known signals stand for them; a search looks at both.
    const signals = this.signalsBySubmodel.get(submodel.id) ?? [];
    if (node.isUnread) node.children = signals.map((signal) => this.value(signal, key));
    else if (this.input.isSearch) node.children = [...node.children, ...signals.filter((signal) => !this.shown.has(signal.key)).map((signal) => this.value(signal, key))];
    return node;
  }

  private read(node: TreeNode, submodel: string, path: string, above: string): void {
    const branch = this.input.branches.get(branchKey(submodel, path));
    node.branch = { submodel, path };
    node.isUnread = branch === undefined;
    if (branch) node.children = Array.from(branch.items, (element) => element && this.element(element, submodel, above));
  }

  private value(signal: SignalInfo, above: string): TreeNode {
    const name = localName(signal.name, this.input.language, signal.path);
    const node = this.node(`${above}#${signal.path}`, { kind: "element", id: signal.key }, name, [signal.path, ...namesOf(signal.name)], "value");
    node.signal = signal;
    return node;
  }

  private element(element: ElementInfo, submodel: string, above: string): TreeNode {
    const { path, signal } = element;
    const step = element.id_short || path.slice(path.lastIndexOf("["));
    const name = localName(element.name, this.input.language, signal ? localName(signal.name, this.input.language, step) : step);
    const node = this.node(`${above}#${path}`, { kind: "element", id: `${submodel}#${path}` }, name, [step, ...namesOf(element.name)], elementIcon(element));
    node.signal = signal;
    if (signal) this.shown.add(signal.key);
    if (element.children > 0) this.read(node, submodel, path, above);
    return node;
  }
}

export function buildTree(input: TreeInput): TreeNode[] {
  return new Builder(input).build();
}

export interface TreeRow {
  key: string;
  /** Null while the element of this row is still to be read: then `wait` says where it stands. */
  node: TreeNode | null;
  wait: { submodel: string; path: string; index: number } | null;
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
  const walk = (nodes: readonly (TreeNode | undefined)[], of: TreeNode | null, level: number, parent: number) => {
    const shown = found ? nodes.filter((node) => node && found.has(node.key)) : nodes;
    const above = `${of?.key ?? ""}…`;
    for (let index = 0; index < shown.length; index += 1) {
      const node = shown[index];
      const position = index + 1;
      const siblings = shown.length;
      if (!node) {
        // Written out: a long branch has very many of them.
        const wait = of?.branch ? { submodel: of.branch.submodel, path: of.branch.path, index } : null;
        rows.push({ key: `${above}${index}`, node: null, wait, level, position, siblings, parent, isOpen: false, canOpen: false });
        continue;
      }
      const hasFoundChild = found !== null && node.children.some((child) => child && found.has(child.key));
      const isOpen = hasFoundChild || open.has(node.key);
      const canOpen = node.children.length > 0 || node.isUnread;
      const row = rows.push({ key: node.key, node, wait: null, level, position, siblings, parent, isOpen, canOpen }) - 1;
      if (isOpen) walk(node.children, node, level + 1, row);
    }
  };
  walk(roots, null, 1, -1);
  return rows;
}

/** Keys of the nodes that match and of all above them. */
export function findKeys(roots: readonly TreeNode[], matches: (node: TreeNode) => boolean): Set<string> {
  const found = new Set<string>();
  const walk = (node: TreeNode): boolean => {
    let isFound = matches(node);
    for (const child of node.children) if (child && walk(child)) isFound = true;
    if (isFound) found.add(node.key);
    return isFound;
  };
  for (const root of roots) walk(root);
  return found;
}

/** Keys of everything above the node of a selection, so that it can be shown; null where the tree has no such node. */
export function pathTo(roots: readonly TreeNode[], selection: Selection): { key: string; above: string[] } | null {
  const above: string[] = [];
  const walk = (nodes: readonly (TreeNode | undefined)[]): string | null => {
    for (const node of nodes) {
      if (!node) continue;
      if (node.selection?.kind === selection.kind && node.selection.id === selection.id) return node.key;
      above.push(node.key);
      const below = walk(node.children);
      if (below !== null) return below;
      above.pop();
    }
    return null;
  };
  const key = walk(roots);
  return key === null ? null : { key, above };
}

/** The branches that lead to an element, the outermost first: those below each step of its path. */
export function branchesTo(elementKey: string): { submodel: string; path: string; to: string }[] {
  const cut = elementKey.lastIndexOf("#");
  const submodel = elementKey.slice(0, cut);
  const to = elementKey.slice(cut + 1);
  const ends = [...to.matchAll(/[.[]/g)].map((match) => match.index).filter((end) => end > 0);
  return ["", ...ends.map((end) => to.slice(0, end))].map((path) => ({ submodel, path, to }));
}
