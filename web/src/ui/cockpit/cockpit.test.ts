// Rules of the cockpit: figures in the order people read them, stations in the order of the plant, values as people write them.
import { describe, expect, it } from "vitest";
import type { KpiInfo } from "../live";
import { boundText, lineFigures, stationFigures, written } from "./_model";

function figure(kind: string, more: Partial<KpiInfo> = {}): KpiInfo {
  return { id: `${kind}@${more.shell ?? "line"}`, definition: "d", kind, title: {}, shell: null, value: 1, unit: "", is_abnormal: false, low: null, high: null, trend: [], why_not: null, ...more };
}

describe("figures", () => {
  it("of the line stand in the order of the standard, own figures last", () => {
    expect(lineFigures([figure("own"), figure("mttr"), figure("oee"), figure("quality"), figure("oee", { shell: "a" })]).map((each) => each.kind)).toEqual(["oee", "quality", "mttr", "own"]);
  });

  it("of stations follow the order of the plant; a tile is abnormal when one of its figures is", () => {
    const tiles = stationFigures([figure("oee", { shell: "b" }), figure("fpy", { shell: "a", is_abnormal: true }), figure("oee", { shell: "a" }), figure("oee", { shell: "z" })], ["a", "c", "b"]);
    expect(tiles.map((tile) => [tile.shell, tile.isAbnormal, tile.figures.map((each) => each.kind)])).toEqual([["a", true, ["oee", "fpy"]], ["b", false, ["oee"]], ["z", false, ["oee"]]]);
  });
});

describe("a figure is written", () => {
  it("as percent where it is a share", () => expect(written(0.7479, "1", "en")).toEqual({ value: "74.8", unit: "%" }));
  it("as a span a person would say where it is seconds", () => expect([written(75.4, "s", "en"), written(754, "s", "en"), written(9000, "s", "en")]).toEqual([{ value: "75.4", unit: "s" }, { value: "12.6", unit: "min" }, { value: "2.5", unit: "h" }]));
  it("as a dash where it is unknown", () => expect(written(null, "1", "en")).toEqual({ value: "–", unit: "" }));
  it("with the bound it broke", () => {
    const text = (key: string, params?: Record<string, string | number>) => `${key} ${params?.["bound"]}`;
    expect(boundText(figure("oee", { value: 0.6, unit: "1", low: 0.85 }), "en", text)).toBe("cockpit.below 85.0 %");
    expect(boundText(figure("mttr", { value: 700, unit: "s", high: 600 }), "en", text)).toBe("cockpit.above 10.0 min");
    expect(boundText(figure("oee", { value: 0.9, unit: "1", low: 0.85 }), "en", text)).toBe("");
  });
});
