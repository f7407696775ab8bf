import { expect, test } from "vitest";
import { partNames } from "./_entries";

const SHA = "57b21858843078b7fb6ab9314ee66fa67309ca2064a42589d9eba491c6f253d7";

test("what an undone import had brought is told by its machines, not by files and submodels", () => {
  expect(partNames([`asset/${SHA}`, "submodel/urn:x:Pump:Data", "shell/urn:x:Pump", "shell/urn:x:Robot"])).toEqual(["Pump", "Robot"]);
});

test("things that have no name go by the end of their id, contents of files by none", () => {
  expect(partNames([`asset/${SHA}`, "rule/OP10.failed", "submodel/urn:x:Pump:Data"])).toEqual(["OP10.failed", "Data"]);
});
