// Rules of the places a vehicle can be sent to: named as the reader names the machines.
import { describe, expect, it } from "vitest";
import type { GoalInfo, TwinSummary } from "../live";
import { goalChoices } from "./_goals";

const goal = (station: string, name: string): GoalInfo => ({ node: `N_${station}`, x_m: 0, y_m: 0, station, name });
const twin = (idShort: string, name: Record<string, string>): TwinSummary => ({ id: `urn:${idShort}`, idShort, name, shell_kind: "Instance", submodels: [] });

const KIT1 = twin("KIT1", { en: "KIT1 kitting rack", "zh-CN": "KIT1 拣选料架" });

describe("a place of the road map", () => {
  it("has the name of its machine in the reader's language", () => {
    const labelIn = (language: "en" | "zh-CN") => goalChoices([goal("KIT1", "KIT1 kitting rack")], [KIT1], language).map((each) => each.label);
    expect([labelIn("zh-CN"), labelIn("en")]).toEqual([["KIT1 拣选料架"], ["KIT1 kitting rack"]]);
  });
  it("without a machine has the name of the road map, with its mark before it", () => {
    expect(goalChoices([goal("D7", "East dock"), goal("D8", "")], [KIT1], "zh-CN").map((each) => each.label)).toEqual(["D7 · East dock", "D8"]);
  });
  it("where nothing is served is no choice", () => expect(goalChoices([goal("", "crossing")], [], "en")).toEqual([]));
});
