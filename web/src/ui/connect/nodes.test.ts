// Rules of the tree of nodes: only what is open is shown, a chosen folder takes everything below it along, reading is bounded.
import { describe, expect, it } from "vitest";
import type { ConnectNode } from "../live";
import { foundNodes, valuesBelow, visibleNodes, type Branch, type Branches } from "./_nodes";

const node = (address: string, more: Partial<ConnectNode> = {}): ConnectNode => ({
  address, parent: "", name: address, path: address.split("."), is_value: false, has_children: true, role: "", type: "", data_type: "", unit: "", low: null, high: null, is_writable: false, type_name: "",
  description: "", is_action: false, inputs: [], ...more,
});
const value = (address: string) => node(address, { is_value: true, has_children: false, type: "number" });
const branch = (nodes: ConnectNode[], more: Partial<Branch> = {}): Branch => ({ nodes, cursor: "", isLoading: false, error: null, ...more });
const robot = node("robot");
const state = node("robot.state");
const speed = value("robot.state.speed");
const branches: Branches = new Map([
  ["", branch([robot, value("clock")])],
  ["robot", branch([state])],
  ["robot.state", branch([speed], { cursor: "more" })],
]);
const chosen = (...nodes: ConnectNode[]) => new Map(nodes.map((each) => [each.address, each]));

describe("the tree of nodes", () => {
  it("shows what is open and nothing else", () => {
    const rows = visibleNodes(branches, { chosen: new Map(), open: new Set() });
    expect(rows.map((row) => row.kind === "node" && [row.node.address, row.level, row.position, row.siblings])).toEqual([["robot", 1, 1, 2], ["clock", 1, 2, 2]]);
  });

  it("marks everything below a chosen folder and offers the rest of a long one", () => {
    const open = new Set(["\nrobot", "\nrobot\nrobot.state"]);
    const rows = visibleNodes(branches, { chosen: chosen(robot), open });
    expect(rows.map((row) => (row.kind === "node" ? `${row.node.address} ${row.mark}` : `${row.kind} ${row.level}`))).toEqual([
      "robot on", "robot.state below", "robot.state.speed below", "more 3", "clock off",
    ]);
    expect(rows.map((row) => row.parent)).toEqual([-1, 0, 1, 1, -1]);
  });

  it("tells a failure in place of what did not come", () => {
    const rows = visibleNodes(new Map([["", branch([], { error: "away" })]]), { chosen: new Map(), open: new Set() });
    expect(rows).toEqual([{ kind: "failed", key: "\n…", of: "", error: "away", level: 1, parent: -1 }]);
  });

  it("lets a found node below a chosen folder go along, but none that is only named alike", () => {
    const rows = foundNodes([speed, value("robot2.speed")], chosen(robot));
    expect(rows.map((row) => row.kind === "node" && row.mark)).toEqual(["below", "off"]);
  });
});

describe("the values of a preview", () => {
  it("are those below what is chosen, and what is unread is named", () => {
    expect(valuesBelow(branches, [robot, node("pump")])).toEqual({ values: [speed], toRead: ["pump"] });
  });

  it("end at the limit, and a loop in the server is walked once", () => {
    const many = branch([...Array.from({ length: 500 }, (_, index) => value(`v${index}`)), robot]);
    expect(valuesBelow(new Map([["robot", many]]), [robot], 200).values).toHaveLength(200);
    expect(valuesBelow(new Map([["robot", branch([robot, speed])]]), [robot]).values).toEqual([speed]);
  });
});
