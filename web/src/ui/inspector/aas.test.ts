import { expect, test } from "vitest";
import { groupNames, type Submodel } from "./_aas";

const data: Submodel = {
  id: "sm", modelType: "Submodel",
  submodelElements: [
    { modelType: "SubmodelElementCollection", idShort: "Counters", displayName: [{ language: "en", text: "Counters" }, { language: "zh-CN", text: "计数" }], value: [] },
    { modelType: "SubmodelElementCollection", idShort: "SpindleData", value: [] },
  ],
};

test("a group is called by its name in the reader's language, and by the words of its id where it has none", () => {
  const named = groupNames([data], "zh-CN");
  expect([named("Counters"), named("SpindleData"), named("Counters.SpindleData")]).toEqual(["计数", "Spindle data", "计数 · Spindle data"]);
});
