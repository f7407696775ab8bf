// Rules of the control chart view: the link says which chart, and every broken rule is found, the newest first.
import { describe, expect, it } from "vitest";
import { translator } from "../../i18n/_context";
import type { SignalInfo, SpcPanel } from "../live";
import { findingsOf, kindsFor, panelData, readChoice, writeChoice } from "./_model";

const MEASURED = { kind: 0, unit: "mm" } as SignalInfo;
const VERDICT = { kind: 3, unit: "" } as SignalInfo;
const PANEL: SpcPanel = { name: "x", centre: [0, 0, 0], lower: [-1, -1, -1], upper: [1, 1, 1], x_ms: [10, 20, 30], values: [5, 0, 6], violations: [] };

describe("the chosen chart", () => {
  it("comes back from the link", () => expect(readChoice(writeChoice({ kind: "xbar_s", subgroup: 7 }), MEASURED)).toEqual({ kind: "xbar_s", subgroup: 7 }));
  it("of individuals has no subgroup", () => expect([writeChoice({ kind: "individuals", subgroup: 9 }), readChoice("individuals.9", MEASURED).subgroup]).toEqual(["individuals", 1]));
  it("fits the signal: verdicts are counted, measurements averaged", () => {
    expect([kindsFor(VERDICT)[0], kindsFor(MEASURED)[0]]).toEqual(["p", "individuals"]);
    expect(readChoice("xbar_r", VERDICT)).toEqual({ kind: "p", subgroup: 20 });
  });
  it.each([
    [null, "individuals", 1],
    ["", "individuals", 1],
    ["pie.3", "individuals", 1],
    ["xbar_r.1", "xbar_r", 5],
    ["xbar_r.99", "xbar_r", 5],
    ["xbar_s.x", "xbar_s", 5],
  ])("that is damaged (%s) falls back on %s of %d", (code, kind, subgroup) => expect(readChoice(code, MEASURED)).toEqual({ kind, subgroup }));
});

describe("findings", () => {
  it("come from every panel, the newest first, with what was broken", () => {
    const found = findingsOf({
      chart: "individuals", subgroup: 1, unit: "mm", used: 3, capability: null, why_not: null, truncated: false,
      panels: [
        { ...PANEL, name: "x", violations: [{ index: 0, rules: [1] }, { index: 2, rules: [1, 3] }] },
        { ...PANEL, name: "mr", violations: [{ index: 1, rules: [1] }] },
      ],
    });
    expect(found.map((each) => [each.atMs, each.panel, each.rules])).toEqual([[30, "x", [1, 3]], [20, "mr", [1]], [10, "x", [1]]]);
  });
});

describe("limits", () => {
  const levels = (panel: SpcPanel) => panelData(panel, MEASURED, "x", translator("en"), "en").levels;
  it("that are the same everywhere are one line, others go from point to point", () => {
    expect(levels(PANEL)?.map((level) => level.value)).toEqual([0, 1, -1]);
    expect(levels({ ...PANEL, upper: [1, 2, 3] })?.[1]).toMatchObject({ value: [1, 2, 3], name: "UCL 3" });
  });
  it("that are undefined are not drawn", () => expect(levels({ ...PANEL, lower: [null, null, null] })).toHaveLength(2));
});
