// Rules of the control chart view: the link says which chart, and every broken rule is found, the newest first.
import { describe, expect, it } from "vitest";
import { findingsOf, readChoice, writeChoice } from "./_model";

describe("the chosen chart", () => {
  it("comes back from the link", () => expect(readChoice(writeChoice({ kind: "xbar_s", subgroup: 7 }))).toEqual({ kind: "xbar_s", subgroup: 7 }));
  it("of individuals has no subgroup", () => expect([writeChoice({ kind: "individuals", subgroup: 9 }), readChoice("individuals.9").subgroup]).toEqual(["individuals", 1]));
  it.each([
    [null, "individuals", 1],
    ["", "individuals", 1],
    ["pie.3", "individuals", 1],
    ["xbar_r.1", "xbar_r", 5],
    ["xbar_r.99", "xbar_r", 5],
    ["xbar_s.x", "xbar_s", 5],
  ])("that is damaged (%s) falls back on %s of %d", (code, kind, subgroup) => expect(readChoice(code)).toEqual({ kind, subgroup }));
});

describe("findings", () => {
  it("come from every panel, the newest first, with what was broken", () => {
    const panel = { centre: 0, lower: -1, upper: 1, x_ms: [10, 20, 30], values: [5, 0, 6] };
    const found = findingsOf({
      chart: "individuals", subgroup: 1, capability: null,
      panels: [
        { ...panel, name: "x", violations: [{ index: 0, rules: [1] }, { index: 2, rules: [1, 3] }] },
        { ...panel, name: "mr", violations: [{ index: 1, rules: [1] }] },
      ],
    });
    expect(found.map((each) => [each.atMs, each.panel, each.rules])).toEqual([[30, "x", [1, 3]], [20, "mr", [1]], [10, "x", [1]]]);
  });
});
