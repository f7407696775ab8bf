// Rules of the rule form: what is typed comes back whole, and what is missing or wrong is named field by field.
import { describe, expect, it } from "vitest";
import type { RuleInfo, SignalInfo } from "../live";
import { draftOf, emptyDraft, problemsOf, readNumber, ruleOf, type Draft } from "./_draft";

const RULE: RuleInfo = {
  id: "r1", title: { en: "Hot", "zh-CN": "过热" }, signal: "s#Temp", condition: "above", limit: 90.5, deadband: 2, on_delay_s: 5, off_delay_s: 0, priority: "high",
  is_latched: true, is_enabled: false, consequence: { en: "Wear" }, action: { "zh-CN": "停机" },
};
const SIGNAL = { key: "s#Temp", low: 10, high: 80 } as SignalInfo;

describe("the form", () => {
  it("gives a rule back as it came", () => expect(ruleOf(draftOf(RULE))).toEqual(RULE));

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
    [{ onDelay: "86401" }, "onDelay", "rules.problem.tooLong"],
    [{ offDelay: "" }, "offDelay", "rules.problem.number"],
  ])("of %j stand at their field", (change, field, problem) => expect(problemsOf({ ...draftOf(RULE), ...change })).toEqual({ [field]: problem }));

  it("are none where one language has a title", () => expect(problemsOf({ ...draftOf(RULE), titleEn: "" })).toEqual({}));
});

describe("a number", () => {
  it.each([["1.5", 1.5], [" 2,5 ", 2.5], ["-3e2", -300]])("written %s is read", (text, value) => expect(readNumber(text)).toBe(value));
  it.each(["", "  ", "x", "1.2.3"])("written %j is none", (text) => expect(readNumber(text)).toBeNaN());
});
