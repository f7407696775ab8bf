// Rules of the rule form: what is typed comes back whole, and what is missing or wrong is named field by field.
import { describe, expect, it } from "vitest";
import type { KpiDefinition, Rule, SignalInfo } from "../live";
import { conditionsFor, draftOf, emptyDraft, freshId, problemsOf, readNumber, readStates, ruleOf, toggledStates, type Draft } from "./_draft";
import { freshKpiId, kpiDraftOf, kpiOf, kpiProblemsOf } from "./_kpi_draft";

const RULE: Rule = {
  id: "r1", title: { en: "Hot", "zh-CN": "过热" }, signal: "s#Temp", text: {}, source: "browser", condition: "above", limit: 90.5, target: null, target_signal: null, suppress_while: null, deadband: 2, on_delay_s: 5, off_delay_s: 0, priority: "high",
  is_latched: true, is_enabled: false, consequence: { en: "Wear" }, action: { "zh-CN": "停机" },
};
const SIGNAL = { key: "s#Temp", kind: 0, low: 10, high: 80 } as SignalInfo;

describe("the form", () => {
  it("gives a rule back as it came", () => expect(ruleOf(draftOf(RULE))).toEqual(RULE));

  it("gives a guard and a target signal back as they came", () => {
    const rule: Rule = { ...RULE, condition: "deviation", target_signal: "s#Setpoint", suppress_while: { signal: "s#Pump", states: [0, 1] } };
    expect(ruleOf(draftOf(rule))).toEqual(rule);
    expect(ruleOf({ ...draftOf(rule), condition: "above" })).toMatchObject({ target_signal: null, suppress_while: rule.suppress_while });
    expect(ruleOf({ ...draftOf(rule), targetSignal: null, target: "50", guardSignal: null })).toMatchObject({ target: 50, target_signal: null, suppress_while: null });
  });

  it("offers the limit that the signal declares", () => {
    expect(emptyDraft(SIGNAL)).toMatchObject({ signal: "s#Temp", condition: "above", limit: "80" });
    expect(emptyDraft({ ...SIGNAL, high: null })).toMatchObject({ condition: "below", limit: "10" });
    expect(emptyDraft(null)).toMatchObject({ signal: null, limit: "" });
  });

  it("asks for no limit where the quality alone decides", () => {
    const draft: Draft = { ...draftOf(RULE), condition: "bad_quality", limit: "" };
    expect(problemsOf(draft)).toEqual({});
    expect(ruleOf(draft).limit).toBeNull();
  });
});

describe("problems", () => {
  it.each<[Partial<Draft>, string, string]>([
    [{ signal: null }, "signal", "rules.problem.signal"],
    [{ titleEn: " ", titleZh: "" }, "titleEn", "rules.problem.title"],
    [{ limit: "" }, "limit", "rules.problem.limit"],
    [{ limit: "hot" }, "limit", "rules.problem.number"],
    [{ deadband: "-1" }, "deadband", "rules.problem.negative"],
    [{ onDelay: "604801" }, "onDelay", "rules.problem.tooLong"],
    [{ offDelay: "" }, "offDelay", "rules.problem.number"],
    [{ condition: "deviation" }, "target", "rules.problem.target"],
    [{ condition: "stale", limit: "0" }, "limit", "rules.problem.positive"],
    [{ condition: "deviation", targetSignal: "s#Temp" }, "targetSignal", "rules.problem.sameSignal"],
    [{ guardSignal: "s#Pump", guardStates: " " }, "guardStates", "rules.problem.states"],
    [{ guardSignal: "s#Pump", guardStates: "1, off" }, "guardStates", "rules.problem.numbers"],
    [{ guardSignal: "s#Pump", guardStates: Array.from({ length: 33 }, (_, i) => i).join(",") }, "guardStates", "rules.problem.tooManyStates"],
  ])("of %j stand at their field", (change, field, problem) => expect(problemsOf({ ...draftOf(RULE), ...change })).toEqual({ [field]: problem }));

  it("are none where one language has a title", () => expect(problemsOf({ ...draftOf(RULE), titleEn: "" })).toEqual({}));
});

describe("a number", () => {
  it.each([["1.5", 1.5], [" 2,5 ", 2.5], ["-3e2", -300]])("written %s is read", (text, value) => expect(readNumber(text)).toBe(value));
  it.each(["", "  ", "x", "1.2.3"])("written %j is none", (text) => expect(readNumber(text)).toBeNaN());
});

describe("states", () => {
  it.each([["0, 1", [0, 1]], [" 3；1，1 ", [1, 3]], ["", []], ["1.5", null], ["x", null]])("written %j are read", (text, states) => expect(readStates(text)).toEqual(states));

  it("are taken in and out one by one", () => {
    expect(toggledStates("3", 0)).toBe("0, 3");
    expect(toggledStates("0, 3", 3)).toBe("0");
  });
});

describe("a new rule", () => {
  it("offers only conditions that fit the signal", () => {
    expect(conditionsFor({ ...SIGNAL, kind: 2 })).toContain("is_true");
    expect(conditionsFor({ ...SIGNAL, kind: 2 })).not.toContain("above");
    expect(emptyDraft({ ...SIGNAL, kind: 3 }).condition).toBe("equal");
  });

  it("gets a readable id that nobody has", () => {
    expect(freshId("urn:xushi:demo:submodel:OP40:OperationalData#Tool.Wear", new Set())).toBe("OP40-Tool.Wear");
    expect(freshId("urn:xushi:demo:submodel:OP40:OperationalData#ToolWear", new Set(["OP40-ToolWear", "OP40-ToolWear-2"]))).toBe("OP40-ToolWear-3");
    expect(freshId("#温度", new Set())).toMatch(/^[A-Za-z0-9]/);
  });

  it("keeps what the form does not show", () => expect(ruleOf(draftOf(RULE), { ...RULE, text: { en: "x" } }).text).toEqual({ en: "x" }));
});

describe("key figures", () => {
  const KPI: KpiDefinition = {
    id: "OP40", source: "browser", title: { en: "OP40" }, figures: { oee: { low: 0.7, high: null }, mttr: { low: null, high: 600 } }, shell: "urn:s:OP40", producing: { signal: "s#State", values: [3] }, planned: null,
    failed: { signal: "s#Detail", values: [3] }, verdict: null, good: "s#Good", reject: null, attempt: null, energy: null, cycle_s: 29,
  };
  it("come back from the form as they came, shares as percent in between", () => {
    expect(kpiDraftOf(KPI).figures.oee).toEqual({ low: "70", high: "" });
    expect(kpiOf(kpiDraftOf(KPI))).toEqual(KPI);
    expect(kpiProblemsOf(kpiDraftOf(KPI))).toEqual({});
  });

  it("name what each chosen figure still needs", () => {
    const draft = kpiDraftOf({ ...KPI, good: null, failed: null, figures: { quality: { low: null, high: null }, mttr: { low: null, high: null } } });
    expect(kpiProblemsOf(draft)).toEqual({ good: "kpi.problem.needed", reject: "kpi.problem.needed", failed: "kpi.problem.needed" });
    expect(kpiProblemsOf({ ...draft, figures: {} })).toMatchObject({ figures: "kpi.problem.noFigure" });
  });

  it("of a machine are named after it", () => {
    expect(freshKpiId(kpiDraftOf(KPI), new Set(["OP40"]))).toBe("OP40-2");
    expect(freshKpiId(kpiDraftOf(null), new Set())).toBe("line");
  });
});
