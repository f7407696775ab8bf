// The tree of a foreign server as rows: what was read so far, what is open, what is chosen, what to read next.
import type { ConnectNode } from "../live";

/** What was read below one node; a cursor says that there is more. */
export interface Branch {
  nodes: readonly ConnectNode[];
  cursor: string;
  isLoading: boolean;
  error: unknown;
}

/** Branches by the address of the node above; the root is "". */
export type Branches = ReadonlyMap<string, Branch>;
/** "below": a folder above it is chosen, and it goes along. */
export type Mark = "off" | "on" | "below";

interface At {
  key: string;
  level: number;
  /** Index of the row above it in the hierarchy; -1 at the top. */
  parent: number;
}

export type NodeRow =
  | (At & { kind: "node"; node: ConnectNode; isOpen: boolean; canOpen: boolean; siblings: number; position: number; mark: Mark })
  | (At & { kind: "more"; of: string })
  | (At & { kind: "loading" })
  | (At & { kind: "failed"; of: string; error: unknown });

export function canOpen(node: ConnectNode): boolean {
  return node.has_children ?? !node.is_value;
}

/** A set whose size is not known yet (WAI-ARIA 1.2, aria-setsize). */
const UNKNOWN = -1;

interface Marking {
  chosen: ReadonlyMap<string, unknown>;
  open: ReadonlySet<string>;
}

export function visibleNodes(branches: Branches, { chosen, open }: Marking): NodeRow[] {
  const rows: NodeRow[] = [];
  const walk = (address: string, above: string, level: number, parent: number, isBelow: boolean) => {
    const branch = branches.get(address);
    if (!branch) return;
    const siblings = branch.cursor ? UNKNOWN : branch.nodes.length;
    branch.nodes.forEach((node, index) => {
      const key = `${above}\n${node.address}`;
      const isOpen = open.has(key);
      const mark: Mark = isBelow ? "below" : chosen.has(node.address) ? "on" : "off";
      rows.push({ kind: "node", key, node, level, parent, isOpen, canOpen: canOpen(node), siblings, position: index + 1, mark });
      if (isOpen) walk(node.address, key, level + 1, rows.length - 1, mark !== "off");
    });
    const at = { key: `${above}\n…${address}`, level, parent };
    if (branch.error) rows.push({ ...at, kind: "failed", of: address, error: branch.error });
    else if (branch.isLoading) rows.push({ ...at, kind: "loading" });
    else if (branch.cursor) rows.push({ ...at, kind: "more", of: address });
  };
  walk("", "", 1, -1, false);
  return rows;
}

/** Found nodes as rows without a hierarchy; one below a chosen folder goes along with it. */
export function foundNodes(nodes: readonly ConnectNode[], chosen: ReadonlyMap<string, ConnectNode>): NodeRow[] {
  const folders = [...chosen.values()].filter((node) => !node.is_value).map((node) => node.path.join("\n") + "\n");
  return nodes.map((node, index) => {
    const path = node.path.join("\n");
    const isBelow = folders.some((folder) => path.startsWith(folder));
    const mark: Mark = isBelow ? "below" : chosen.has(node.address) ? "on" : "off";
    return { kind: "node", key: node.address, node, level: 1, parent: -1, isOpen: false, canOpen: false, siblings: nodes.length, position: index + 1, mark };
  });
}

export const MOST_PREVIEWED = 200;

/** The values and actions at and below some nodes as far as they were read, and the folders to read for more of them. */
export function valuesBelow(branches: Branches, roots: readonly ConnectNode[], most = MOST_PREVIEWED): { values: ConnectNode[]; toRead: string[] } {
  const values = new Map<string, ConnectNode>();
  const toRead: string[] = [];
  const seen = new Set<string>();
  let queue = [...roots];
  while (queue.length > 0 && values.size < most) {
    const next: ConnectNode[] = [];
    for (const node of queue) {
      if (seen.has(node.address)) continue;
      seen.add(node.address);
      if ((node.is_value || node.is_action) && values.size < most) values.set(node.address, node);
      if (node.is_value || !canOpen(node)) continue;
      const branch = branches.get(node.address);
      if (branch) next.push(...branch.nodes);
      else toRead.push(node.address);
    }
    queue = next;
  }
  return { values: [...values.values()], toRead };
}
