// Rules of the tree: places as they stand, their submodels and elements below, found things with what leads to them.
import { describe, expect, it } from "vitest";
import type { ElementInfo, Place, SignalInfo, TwinSummary } from "../live";
import { branchKey, branchesTo, buildTree, findKeys, pathTo, visibleRows, type Branch, type TreeInput } from "./_model";

const place = (id: string, parent: string | null, category: Place["category"], shell: string | null = null): Place => ({
  id, parent, category, shell, name: { en: id, "zh-CN": `${id} 工位` }, model: null, position: [0, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1], behaviours: [],
});
const twin = (id: string): TwinSummary => ({ id, idShort: id, name: { en: `Twin ${id}` }, shell_kind: "Instance", submodels: [{ id: `${id}/data`, idShort: "Data", semanticId: "", name: { en: "Data", "zh-CN": "数据" } }] });
const signal = (shell: string, path: string): SignalInfo => ({
  handle: 0, key: `${shell}/data#${path}`, kind: 0, unit: "", name: { en: path }, shell, submodel: `${shell}/data`, path, labels: {}, low: null, high: null, writable: false, source: null,
});

const element = (path: string, children = 0, live: SignalInfo | null = null): ElementInfo => ({
  path, id_short: path.includes("[") ? "" : path.slice(path.lastIndexOf(".") + 1), model_type: children > 0 ? "SubmodelElementCollection" : "Property", name: {}, children, signal: live,
});
const branches = (given: Record<string, (ElementInfo | undefined)[]>): Map<string, Branch> =>
  new Map(Object.entries(given).map(([path, items]) => [branchKey("s20/data", path), { total: items.length, items }]));

const input = (more: Partial<TreeInput> = {}): TreeInput => ({
  places: [place("line", null, "building"), place("OP100", "line", "station", "s100"), place("OP20", "line", "station", "s20"), place("AGV1", "line", "agv"), place("orphan", "gone", "other")],
  twins: [twin("s100"), twin("s20"), twin("loose")],
  signals: [signal("s20", "Counters.Good")],
  branches: new Map(),
  language: "en",
  otherShells: "Others",
  ...more,
});

describe("the tree", () => {
  it("puts stations first, in the order of their numbers, and shells without a place last", () => {
    const roots = buildTree(input());
    expect(roots.map((node) => node.name)).toEqual(["line", "orphan", "Others"]);
    expect(roots[0]?.children.map((node) => node?.name)).toEqual(["OP20", "OP100", "AGV1"]);
  });

  it("shows a submodel's known signals until its elements are read, then those, level by level", () => {
    const before = buildTree(input())[0]?.children[0]?.children[0];
    expect(before?.isUnread).toBe(true);
    expect(before?.children.map((node) => node?.signal?.path)).toEqual(["Counters.Good"]);
    const read = branches({ "": [element("Counters", 1)], Counters: [element("Counters.Good", 0, signal("s20", "Counters.Good"))] });
    const after = buildTree(input({ branches: read }))[0]?.children[0]?.children[0];
    expect(after?.isUnread).toBe(false);
    expect(after?.children[0]?.children[0]?.signal?.path).toBe("Counters.Good");
  });

  it("names a submodel in the reader's language", () => {
    const nameIn = (language: "en" | "zh-CN") => buildTree(input({ language }))[0]?.children[0]?.children[0]?.name;
    expect([nameIn("en"), nameIn("zh-CN")]).toEqual(["Data", "数据"]);
  });

  it("names the elements of lists by their index", () => {
    const read = branches({ "": [element("List", 2)], List: [element("List[0]"), element("List[1]")] });
    const list = buildTree(input({ branches: read }))[0]?.children[0]?.children[0]?.children[0];
    expect(list?.children.map((node) => [node?.name, node?.selection?.id])).toEqual([["[0]", "s20/data#List[0]"], ["[1]", "s20/data#List[1]"]]);
  });

  it("keeps a row for every element of a long branch, and says which of them are still to be read", () => {
    const items: (ElementInfo | undefined)[] = Array.from({ length: 100_000 });
    items[99_999] = element("Last");
    const rows = visibleRows(buildTree(input({ branches: branches({ "": items }) })), new Set(["place:line", "place:OP20", "place:OP20/s20/data"]), null);
    const last = rows.find((row) => row.node?.name === "Last");
    expect([last?.position, last?.siblings, last?.level]).toEqual([100_000, 100_000, 4]);
    expect(rows.filter((row) => row.wait !== null).length).toBe(99_999);
    expect(rows.find((row) => row.wait !== null)?.wait).toEqual({ submodel: "s20/data", path: "", index: 0 });
  });

  it("finds a signal that stands deeper than was read", () => {
    const read = branches({ "": [element("Counters", 1)] });
    const roots = buildTree(input({ branches: read, isSearch: true }));
    const found = findKeys(roots, (node) => node.words.includes("Counters.Good"));
    expect(visibleRows(roots, new Set(), found).map((row) => row.node?.name)).toEqual(["line", "OP20", "Data", "Counters.Good"]);
  });

  it("knows the branches that lead to an element", () => {
    expect(branchesTo("urn:a#b/data#A.B[3].C").map(({ submodel, path }) => [submodel, path])).toEqual([
      ["urn:a#b/data", ""], ["urn:a#b/data", "A"], ["urn:a#b/data", "A.B"], ["urn:a#b/data", "A.B[3]"],
    ]);
  });

  it("shows what was found and what leads to it", () => {
    const roots = buildTree(input());
    const found = findKeys(roots, (node) => node.words.includes("Counters.Good"));
    expect(visibleRows(roots, new Set(), found).map((row) => row.node?.name)).toEqual(["line", "OP20", "Data", "Counters.Good"]);
  });

  it("names its rows by level, position and number of siblings", () => {
    const rows = visibleRows(buildTree(input()), new Set(["place:line"]), null);
    expect(rows.map((row) => [row.node?.name, row.level, row.position, row.siblings])).toContainEqual(["OP100", 2, 2, 3]);
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
