// Rules of the tree: places as they stand, their submodels and elements below, found things with what leads to them.
import { describe, expect, it } from "vitest";
import type { Place, SignalInfo, TwinSummary } from "../live";
import { buildTree, findKeys, pathTo, visibleRows, type TreeInput } from "./_model";

const place = (id: string, parent: string | null, category: Place["category"], shell: string | null = null): Place => ({
  id, parent, category, shell, name: { en: id, "zh-CN": `${id} 工位` }, model: null, position: [0, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1], behaviours: [],
});
const twin = (id: string): TwinSummary => ({ id, idShort: id, name: { en: `Twin ${id}` }, shell_kind: "Instance", submodels: [{ id: `${id}/data`, idShort: "Data", semanticId: "" }] });
const signal = (shell: string, path: string): SignalInfo => ({
  handle: 0, key: `${shell}/data#${path}`, kind: 0, unit: "", name: { en: path }, shell, submodel: `${shell}/data`, path, labels: {}, low: null, high: null, writable: false, source: null,
});

const input = (more: Partial<TreeInput> = {}): TreeInput => ({
  places: [place("line", null, "building"), place("OP100", "line", "station", "s100"), place("OP20", "line", "station", "s20"), place("AGV1", "line", "agv"), place("orphan", "gone", "other")],
  twins: [twin("s100"), twin("s20"), twin("loose")],
  signals: [signal("s20", "Counters.Good")],
  elements: new Map(),
  language: "en",
  otherShells: "Others",
  ...more,
});

describe("the tree", () => {
  it("puts stations first, in the order of their numbers, and shells without a place last", () => {
    const roots = buildTree(input());
    expect(roots.map((node) => node.name)).toEqual(["line", "orphan", "Others"]);
    expect(roots[0]?.children.map((node) => node.name)).toEqual(["OP20", "OP100", "AGV1"]);
  });

  it("shows a submodel's signals until its elements are there, then the elements with the same signals", () => {
    const before = buildTree(input())[0]?.children[0]?.children[0];
    expect(before?.pending).toBe("s20/data");
    expect(before?.children.map((node) => node.signal?.path)).toEqual(["Counters.Good"]);
    const elements = new Map([["s20/data", [{ modelType: "SubmodelElementCollection", idShort: "Counters", value: [{ modelType: "Property", idShort: "Good" }] }]]]);
    const after = buildTree(input({ elements }))[0]?.children[0]?.children[0];
    expect(after?.pending).toBeNull();
    expect(after?.children[0]?.children[0]?.signal?.path).toBe("Counters.Good");
  });

  it("indexes the elements of lists", () => {
    const elements = new Map([["s20/data", [{ modelType: "SubmodelElementList", idShort: "List", value: [{ modelType: "Property" }, { modelType: "Property" }] }]]]);
    const list = buildTree(input({ elements }))[0]?.children[0]?.children[0]?.children[0];
    expect(list?.children.map((node) => node.selection?.id)).toEqual(["s20/data#List[0]", "s20/data#List[1]"]);
  });

  it("shows what was found and what leads to it", () => {
    const roots = buildTree(input());
    const found = findKeys(roots, (node) => node.words.includes("Counters.Good"));
    expect(visibleRows(roots, new Set(), found).map((row) => row.node.name)).toEqual(["line", "OP20", "Data", "Counters.Good"]);
  });

  it("names its rows by level, position and number of siblings", () => {
    const rows = visibleRows(buildTree(input()), new Set(["place:line"]), null);
    expect(rows.map((row) => [row.node.name, row.level, row.position, row.siblings])).toContainEqual(["OP100", 2, 2, 3]);
  });

  it("finds the way to a selection", () => {
    const way = pathTo(buildTree(input()), { kind: "submodel", id: "s20/data" });
    expect(way?.above).toEqual(["place:line", "place:OP20"]);
  });

  it("builds ten thousand places in well under a second", () => {
    const places = Array.from({ length: 10_000 }, (_, index) => place(`P${index}`, index === 0 ? null : "P0", "other"));
    const started = performance.now();
    const roots = buildTree(input({ places }));
    expect(visibleRows(roots, new Set(["place:P0"]), null).length).toBeGreaterThan(9_999);
    expect(performance.now() - started).toBeLessThan(1500);
  });
});
