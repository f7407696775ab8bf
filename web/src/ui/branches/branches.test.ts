// Rules of the form of a change: it gives the field that the figure takes, and nothing where nothing would differ.
import { describe, expect, it } from "vitest";
import { translator } from "../../i18n/_context";
import { changeOf, firstDraft } from "./_draft";
import { changeText, editText } from "./_words";
import type { FigureInfo } from "../live";

const info = (more: Partial<FigureInfo>): FigureInfo => ({ figure: "cycle_time", takes: "factor", present: 60, unit: "s", to: [], ...more });
const known = { language: "en" as const, text: translator("en") };

describe("a change", () => {
  it.each<[Partial<FigureInfo>, Record<string, unknown>]>([
    [{ takes: "factor" }, { factor: 0.9 }],
    [{ takes: "window", figure: "pause" }, { from_min: 0, to_min: 30 }],
    [{ takes: "choice", figure: "first_input", to: ["B30"] }, { to: "B30" }],
    [{ takes: "nothing", figure: "stopped", present: 0 }, {}],
  ])("of %o is given as it is first proposed", (more, expected) => {
    const figure = info(more);
    expect(changeOf("M", figure, firstDraft(figure))).toEqual({ element: "M", figure: figure.figure, ...expected });
  });

  it("that changes nothing is none", () => {
    const capacity = info({ figure: "capacity", takes: "value", present: 6 });
    expect(changeOf("B", capacity, firstDraft(capacity))).toBeNull();
    expect(changeOf("B", capacity, { ...firstDraft(capacity), amount: 8 })).toEqual({ element: "B", figure: "capacity", value: 8 });
    expect(changeOf("M", info({}), { ...firstDraft(info({})), amount: "" })).toBeNull();
    expect(changeOf("M", info({ takes: "window" }), { amount: 0, to: "", fromMin: 30, toMin: 30 })).toBeNull();
  });

  it("is said as people say it", () => {
    expect(changeText({ element: "OP40", figure: "cycle_time", factor: 0.9 }, known)).toBe("OP40: cycle time -10 %");
    expect(changeText({ element: "*", figure: "pause", from_min: 10, to_min: 40 }, known)).toContain("10");
    expect(changeText({ element: "OP80", figure: "share", to: "rework", share: 0.25 }, known)).toContain("rework 25 %");
  });

  it("by a command names the command and what it was told", () => {
    const edit = { index: 0, command: "signal.write", params: { signal: "a#Torque", value: 86 }, title: { en: "Write a value" }, changes: [] };
    expect(editText(edit, new Map(), known)).toBe("Write a value: Torque, 86");
  });
});
