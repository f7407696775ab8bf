// Rules of the wizard: no step without what it needs, nothing starts while something works, failures keep what was done.
import { describe, expect, it } from "vitest";
import type { ConnectNode, DraftInfo, OutcomeInfo } from "../live";
import { START, STEPS, canGo, fromLink, reduce, toLink, type Wizard, type WizardEvent } from "./_wizard";

const draft: DraftInfo = {
  id: "d1", protocol: "opcua", endpoint: "opc.tcp://h:4840", settings: {}, owner: "me", made_ms: 0, peer: "Shop", details: {}, can_browse: true, nodes: 0, is_scanned: false, is_cut: false, machines: 0, rows: 0,
  included: 0, link: "", job: null, undo: null, redo: null,
};
const mapped = { ...draft, machines: 1, rows: 3, included: 2 };
const node = (address: string): ConnectNode => ({
  address, parent: "", name: address, path: [address], is_value: true, has_children: false, role: "", type: "number", data_type: "Double", unit: "", low: null, high: null, is_writable: false, type_name: "",
  description: "", is_action: false, inputs: [],
});
const outcome = { command_id: "c1", state: "done", result: { machines: [] } } as unknown as OutcomeInfo;
const after = (...events: WizardEvent[]): Wizard => events.reduce(reduce, START);

describe("the wizard", () => {
  it("begins with the address and offers nothing else", () => expect(STEPS.filter((name) => canGo(START, name))).toEqual([]));

  it("shows the failure of a refused address and stays there", () => {
    const state = after({ type: "began", kind: "connect" }, { type: "failed", error: "refused" });
    expect([state.step.name, state.work, state.failure]).toEqual(["address", null, "refused"]);
  });

  it("forgets a failure when the next work begins", () => {
    expect(after({ type: "failed", error: "x" }, { type: "began", kind: "connect" }).failure).toBeNull();
  });

  it("looks around first, and goes to the mapping when one was suggested", () => {
    const looking = after({ type: "opened", draft, wanted: null });
    expect([looking.step.name, canGo(looking, "mapping")]).toEqual(["browse", false]);
    expect(reduce(looking, { type: "suggested", draft: mapped }).step.name).toBe("mapping");
    expect(reduce(looking, { type: "suggested", draft }).step.name).toBe("browse");
  });

  it("takes a draft up where it was left", () => {
    expect(after({ type: "opened", draft: mapped, wanted: null }).step.name).toBe("mapping");
    expect(after({ type: "opened", draft: mapped, wanted: "browse" }).step.name).toBe("browse");
    expect(after({ type: "opened", draft, wanted: "difference" }).step.name).toBe("browse");
    expect(after({ type: "opened", draft: mapped, wanted: "done" }).step.name).toBe("mapping");
  });

  it("remembers what was chosen before another view was looked at", () => {
    const chosen = new Map([["a", node("a")]]);
    expect(after({ type: "opened", draft, wanted: null, chosen }).chosen).toBe(chosen);
  });

  it("skips looking around where the protocol has none", () => {
    const state = after({ type: "opened", draft: { ...draft, can_browse: false }, wanted: null });
    expect([state.step.name, canGo(state, "browse")]).toEqual(["mapping", false]);
  });

  it("leaves no step while something works", () => {
    const state = after({ type: "opened", draft: mapped, wanted: null }, { type: "began", kind: "import" });
    expect(STEPS.filter((name) => canGo(state, name))).toEqual([]);
    expect(reduce(state, { type: "went", to: "browse" })).toBe(state);
  });

  it("shows no difference of nothing", () => {
    expect(canGo(after({ type: "opened", draft: { ...mapped, included: 0 }, wanted: null }), "difference")).toBe(false);
  });

  it("asks for the difference anew each time", () => {
    const planned = after({ type: "opened", draft: mapped, wanted: "difference" }, { type: "began", kind: "plan" }, { type: "planned", outcome });
    expect(planned.step).toEqual({ name: "difference", plan: outcome });
    const again = reduce(reduce(planned, { type: "went", to: "mapping" }), { type: "went", to: "difference" });
    expect(again.step).toEqual({ name: "difference", plan: null });
  });

  it("ends with the import, knows when it was taken back, and takes the mapping up again", () => {
    const done = after({ type: "opened", draft: mapped, wanted: "difference" }, { type: "imported", outcome });
    expect(done.step).toEqual({ name: "done", outcome, isUndone: false });
    expect(STEPS.filter((name) => canGo(done, name))).toEqual([]);
    const undone = reduce(done, { type: "undone" });
    expect(undone.step).toEqual({ name: "done", outcome, isUndone: true });
    expect(reduce(undone, { type: "took up" }).step.name).toBe("mapping");
  });

  it("keeps what is chosen by address", () => {
    const state = after({ type: "chose", nodes: [node("a"), node("b")], isChosen: true }, { type: "chose", nodes: [node("a")], isChosen: false });
    expect([...state.chosen.keys()]).toEqual(["b"]);
  });

  it("has a link that brings it back", () => {
    expect(fromLink(toLink(START))).toEqual({ draft: null, step: null });
    expect(fromLink(toLink(after({ type: "opened", draft: mapped, wanted: null })))).toEqual({ draft: "d1", step: "mapping" });
    expect(fromLink("d1/nonsense")).toEqual({ draft: "d1", step: null });
  });
});
