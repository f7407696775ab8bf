// Rules of the form of a change: it gives the field that the figure takes, and nothing where nothing would differ.
import { describe, expect, it } from "vitest";
import { translator } from "../../i18n/_context";
import { changeOf, firstDraft, shiftsOf } from "./_draft";
import { changeText, editText } from "./_words";
import { figureKey, figureName, roadName, type Places } from "./_places";
import type { FigureInfo, GoalInfo, TwinSummary } from "../live";

const info = (more: Partial<FigureInfo>): FigureInfo => ({ figure: "cycle_time", takes: "factor", present: 60, unit: "s", to: [], ...more });
const asItIs = (key: string) => key;
const known = { language: "en" as const, text: translator("en") };

describe("a change", () => {
  it.each<[Partial<FigureInfo>, Record<string, unknown>]>([
    [{ takes: "factor" }, { factor: 0.9 }],
    [{ takes: "window", figure: "pause" }, { from_min: 0, to_min: 30 }],
    [{ takes: "choice", figure: "first_input", to: ["B30"] }, { to: "B30" }],
    [{ takes: "nothing", figure: "stopped", present: 0 }, {}],
    [{ takes: "factor", figure: "work_factor", unit: "1", present: 1.5, to: ["urn:S"] }, { to: "urn:S", factor: 0.9 }],
    [{ takes: "choice", figure: "family", present: null, to: ["urn:S"] }, { to: "urn:S" }],
    [{ takes: "shifts", figure: "shifts" }, { shifts: ["06:00-14:00", "14:00-22:00"] }],
  ])("of %o is given as it is first proposed", (more, expected) => {
    const figure = info(more);
    expect(changeOf("M", figure, firstDraft(figure))).toEqual({ element: "M", figure: figure.figure, ...expected });
  });

  it("that changes nothing is none", () => {
    const capacity = info({ figure: "capacity", takes: "value", present: 6 });
    expect(changeOf("B", capacity, firstDraft(capacity))).toBeNull();
    expect(changeOf("B", capacity, { ...firstDraft(capacity), amount: 8 })).toEqual({ element: "B", figure: "capacity", value: 8 });
    expect(changeOf("M", info({}), { ...firstDraft(info({})), amount: "" })).toBeNull();
    expect(changeOf("M", info({ takes: "window" }), { ...firstDraft(undefined), fromMin: 30, toMin: 30 })).toBeNull();
  });

  it("takes shifts as people write them, and none that is not a time", () => {
    expect(shiftsOf("6:00 – 14:00，22:00-06:00")).toEqual(["06:00-14:00", "22:00-06:00"]);
    expect(shiftsOf("06:00-24:30")).toBeNull();
    expect(shiftsOf("")).toBeNull();
  });

  it("is said as people say it", () => {
    expect(changeText({ element: "*", figure: "shifts", shifts: ["06:00-14:00"], zone: "Asia/Shanghai" }, known)).toBe("All machines: shifts 06:00-14:00 (Asia/Shanghai)");
    expect(changeText({ element: "OP40", figure: "cycle_time", factor: 0.9 }, known)).toBe("OP40: cycle time -10 %");
    expect(changeText({ element: "*", figure: "pause", from_min: 10, to_min: 40 }, known)).toContain("10");
    expect(changeText({ element: "OP80", figure: "share", to: "rework", share: 0.25 }, known)).toContain("rework 25 %");
  });

  it("by a command names the command and what it was told", () => {
    const edit = { index: 0, command: "signal.write", params: { signal: "a#Torque", value: 86 }, title: { en: "Write a value" }, changes: [], words: {} };
    expect(editText(edit, asItIs, known)).toBe("Write a value: Torque, 86");
    expect(editText(edit, (key) => (key === "a#Torque" ? "OP40 · Torque" : key), known), "which station, too").toBe("Write a value: OP40 · Torque, 86");
    expect(editText({ ...edit, title: { "zh-CN": "写入设备" } }, asItIs, { ...known, language: "zh-CN" })).toBe("写入设备：Torque，86");
  });

  it("of the plant's shifts by their command names the hours", () => {
    const changes = [{ element: "*", figure: "shifts" as const, factor: null, value: null, share: null, to: null, from_min: null, to_min: null, shifts: ["06:00-14:00"], zone: "UTC", runs: null }];
    const edit = { index: 0, command: "report.set_shifts", params: { zone: "UTC", shifts: [{ id: "day" }] }, title: { en: "Set the shifts" }, changes, words: {} };
    expect(editText(edit, asItIs, known)).toBe("Set the shifts: All machines: shifts 06:00-14:00 (UTC)");
  });

  it("of several things at once joins them with the marks of the language", () => {
    const change = (element: string) => ({ element, figure: "stopped" as const, factor: null, value: null, share: null, to: null, from_min: null, to_min: null, shifts: null, zone: null, runs: null });
    const edit = { index: 0, command: null, params: {}, title: {}, changes: [change("OP10"), change("OP20")], words: {} };
    expect(editText(edit, asItIs, known)).toBe("OP10: stopped; OP20: stopped");
    expect(editText(edit, asItIs, { language: "zh-CN", text: translator("zh-CN") })).toBe("OP10：停机；OP20：停机");
  });

  it("by a move says how far it goes and what that does to the conveyors", () => {
    const words = { en: "OP30: moved by 3 m; transfer time B20 × 1.9", "zh-CN": "OP30：移动 3 m；输送时间 B20 × 1.9" };
    const edit = { index: 0, command: "scene.move", params: { place: "a", position: [1, 2, 3] }, title: { en: "Move in the scene" }, changes: [], words };
    expect(editText(edit, asItIs, known)).toBe(words.en);
  });
});

describe("a place of a change", () => {
  const twin = (idShort: string, name: Record<string, string>): TwinSummary => ({ id: `urn:${idShort}`, idShort, name, shell_kind: "Instance", submodels: [] });
  const goal = (node: string, station: string): GoalInfo => ({ node, x_m: 0, y_m: 0, station, name: "" });
  const places: Places = {
    twins: [twin("KIT1", { en: "Kitting rack", "zh-CN": "拣选料架" }), twin("RWK1", { en: "RWK1 rework", "zh-CN": "RWK1 返修台" })],
    goals: [goal("N_W0", ""), goal("N_KIT1", "KIT1")],
    language: "zh-CN",
    text: translator("zh-CN"),
  };

  it("names a road by what stands at its ends, and by its id where the map does not tell them", () => {
    expect(roadName("N_W0-N_KIT1", places)).toBe("路口 N_W0 → KIT1 · 拣选料架");
    expect(roadName("E17", places)).toBe("E17");
  });

  it("tells the shares of two ways out apart, by key and by name", () => {
    const shares = ["RWK1", "scrapped"].map((end) => info({ takes: "share", figure: "share", to: [end] }));
    expect(shares.map((each) => figureName(each, places))).toEqual(["路线占比 → RWK1 返修台", `路线占比 → ${places.text("branch.scrapped")}`]);
    expect(new Set(shares.map(figureKey)).size).toBe(2);
  });

  it("names the product of which the work or the family changes", () => {
    const products = { ...places, language: "en" as const, text: translator("en"), twins: ["E15", "E15S"].map((each) => twin(each, { en: `Engine ${each}` })) };
    const works = ["urn:E15", "urn:E15S"].map((to) => info({ figure: "work_factor", unit: "1", to: [to] }));
    expect(works.map((each) => figureName(each, products))).toEqual(["work factor: Engine E15", "work factor: Engine E15S"]);
    expect(new Set(works.map(figureKey)).size).toBe(2);
    expect(changeText({ element: "OP30", figure: "work_factor", to: "urn:E15S", factor: 1.1 }, products)).toBe("OP30: work factor Engine E15S +10 %");
    expect(changeText({ element: "urn:E15S", figure: "family", to: "urn:E15" }, products)).toBe("Engine E15S: set-up family Engine E15");
    expect(changeText({ element: "urn:E15S", figure: "family", to: "urn:E15S" }, products)).toBe("Engine E15S: set-up family a family of its own");
  });

  it("is said in what was changed as well", () => {
    expect(changeText({ element: "N_W0-N_KIT1", figure: "closed" }, places)).toContain("拣选料架");
    expect(changeText({ element: "OP80", figure: "share", to: "RWK1", share: 0.25 }, places)).toContain("RWK1 返修台 25 %");
  });
});
