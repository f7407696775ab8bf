// Rules of what the message of a done command says: the machine and what it did, as the record of activities does.
import { describe, expect, it } from "vitest";
import { KIND, type OutcomeInfo, type SignalInfo } from "../live";
import { doneWords } from "./_tools";
import type { Named } from "./_describe";

const torque: SignalInfo = {
  handle: 0, key: "s#Torque", kind: KIND.DOUBLE, unit: "N.m", name: { en: "Torque", "zh-CN": "扭矩" }, shell: "urn:OP40", submodel: "s", path: "Torque", labels: {}, low: null, high: null, writable: true, source: null,
};
const named: Named = {
  twins: [{ id: "urn:OP40", idShort: "OP40", name: { en: "OP40 press", "zh-CN": "OP40 压机" }, shell_kind: "Instance", submodels: [] }],
  byKey: new Map([[torque.key, torque]]),
  commands: [],
};
const outcome = (summary: Record<string, unknown>): OutcomeInfo => ({
  command_id: "c", command: "device.act", state: "done", is_undoable: false, at_ms: 0, result: null, summary, effects: [], diagnoses: [], diff: {} as OutcomeInfo["diff"], error: null,
});

describe("the message of a command that is done", () => {
  it("names the machine and its action", () => {
    const done = outcome({ action: "s#Reset", name: { en: "Reset", "zh-CN": "复位" }, shell: "urn:OP40", inputs: {} });
    expect([doneWords(done, named, "en"), doneWords(done, named, "zh-CN")]).toEqual(["OP40 press · Reset", "OP40 压机 · 复位"]);
  });

  it("names a word to a vehicle in the reader's language", () => {
    const done = outcome({ shell: "urn:OP40", vehicle: "OP40", action: "cancelOrder" });
    expect([doneWords(done, named, "en"), doneWords(done, named, "zh-CN")]).toEqual(["OP40 press · Cancel its order", "OP40 压机 · 取消订单"]);
  });

  it("names the signal and what was written", () => expect(doneWords(outcome({ signal: "s#Torque", before: 80, value: 86 }), named, "en")).toBe("OP40 press · Torque: 80 → 86 N·m"));

  it("leaves the telling to the command's own words, and says nothing where nothing is known", () => {
    expect(doneWords(outcome({ shell: "urn:OP40", words: { en: "Moved the press by 2 m" } }), named, "en")).toBe("Moved the press by 2 m");
    expect(doneWords(outcome({}), named, "en")).toBeUndefined();
  });
});
