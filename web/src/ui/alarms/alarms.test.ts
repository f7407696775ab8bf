// Rules of the alarm list: the most urgent first, each state offers what it allows, and news is told once.
import { describe, expect, it } from "vitest";
import { translator } from "../../i18n/_context";
import { KIND, mergeAlarms, type AlarmInfo } from "../live";
import { MAY, NOT_NARROWED, alarmRows, arrangeAlarms, countByPriority, newcomers, readingText, seen, splitFlood, type AlarmAct, type AlarmSort, type Narrowed } from "./_model";

const BY_STATE: AlarmSort = { column: "state", isDown: false };

function alarm(id: string, more: Partial<AlarmInfo> = {}): AlarmInfo {
  return {
    id, rule: `rule ${id}`, title: { en: `Alarm ${id}`, "zh-CN": `报警 ${id}` }, text: {}, priority: "medium", state: "unacknowledged", is_active: true, since_ms: 1000, raised_ms: 1000, cleared_ms: null, acked_ms: null, acked_by: null,
    shell: "s", signal: "k", condition: "above", value: null, limit: null, unit: "", count: 1, shelved: null, suppressed: null, consequence: {}, action: {}, notes: [], ...more,
  };
}

function shown(alarms: AlarmInfo[], narrowed: Partial<Narrowed> = {}, sort = BY_STATE): string[] {
  return arrangeAlarms(alarmRows(alarms, () => "OP40", "en"), { ...NOT_NARROWED, ...narrowed }, sort, null).map((row) => row.alarm.id);
}

describe("the list", () => {
  it("asks first for what nobody has acknowledged, the most urgent first, then the newest", () => {
    const alarms = [
      alarm("seen", { state: "acknowledged", priority: "critical" }),
      alarm("old", { priority: "high", since_ms: 1 }),
      alarm("new", { priority: "high", since_ms: 2 }),
      alarm("worst", { priority: "critical" }),
      alarm("gone", { state: "returned", priority: "critical" }),
    ];
    expect(shown(alarms)).toEqual(["worst", "new", "old", "gone", "seen"]);
  });

  it("leaves shelved and suppressed alarms out until they are asked for", () => {
    const alarms = [alarm("a"), alarm("b", { state: "shelved" }), alarm("c", { state: "suppressed" }), alarm("d", { state: "out_of_service" })];
    expect(shown(alarms)).toEqual(["a"]);
    expect(shown(alarms, { filter: "shelved" })).toEqual(["b"]);
    expect(shown(alarms, { filter: "suppressed" })).toEqual(["c", "d"]);
    expect(shown(alarms, { filter: "all" })).toHaveLength(4);
  });

  it("is narrowed by priority and by words of either language", () => {
    const alarms = [alarm("1", { priority: "low" }), alarm("2", { priority: "high" })];
    expect(shown(alarms, { priorities: new Set(["high"]) })).toEqual(["2"]);
    expect(shown(alarms, { query: "报警 1" })).toEqual(["1"]);
  });

  it("turns round where its head is pressed again", () => {
    const alarms = [alarm("a", { since_ms: 5 }), alarm("b", { since_ms: 9 })];
    expect(shown(alarms, {}, { column: "since", isDown: false })).toEqual(["b", "a"]);
    expect(shown(alarms, {}, { column: "since", isDown: true })).toEqual(["a", "b"]);
  });
});

describe("a flood", () => {
  it("puts the grouped priorities behind one line each, until they are asked for", () => {
    const rows = alarmRows([alarm("1", { priority: "critical" }), alarm("2", { priority: "low" }), alarm("3", { priority: "low" })], () => "", "en");
    const calm = splitFlood(rows, ["medium", "low"], new Set());
    expect([calm.shown.map((row) => row.alarm.id), calm.groups]).toEqual([["1"], [{ priority: "low", count: 2 }]]);
    expect(splitFlood(rows, ["low"], new Set(["low"])).shown).toHaveLength(3);
  });
});

describe("an alarm", () => {
  it.each<[AlarmInfo["state"], AlarmAct[]]>([
    ["unacknowledged", ["acknowledge", "shelve", "suppress"]],
    ["acknowledged", ["shelve", "suppress"]],
    ["returned", ["acknowledge", "shelve", "suppress"]],
    ["latched", ["acknowledge", "shelve", "suppress", "reset"]],
    ["shelved", ["unshelve", "suppress"]],
    ["suppressed", ["unsuppress"]],
  ])("that is %s offers %j", (state, acts) => {
    expect((Object.keys(MAY) as AlarmAct[]).filter((act) => MAY[act](alarm("a", { state }))).sort()).toEqual([...acts].sort());
  });

  it("that its design suppresses cannot be lifted by hand", () => {
    const suppressed = { by: "", at_ms: 0, reason: "", guard: { signal: "s#Pump", states: [0] } };
    expect((Object.keys(MAY) as AlarmAct[]).filter((act) => MAY[act](alarm("a", { state: "suppressed", suppressed })))).toEqual([]);
  });

  it("counts for the bell only while nobody has acknowledged it", () => {
    const counts = countByPriority([alarm("a"), alarm("b", { priority: "critical", state: "returned" }), alarm("c", { state: "acknowledged" }), alarm("d", { state: "shelved" })]);
    expect(counts).toEqual({ critical: 1, high: 0, medium: 1, low: 0 });
  });

  it("that is normal again or whose rule is gone leaves, one that changed takes its place", () => {
    const merged = mergeAlarms([alarm("a"), alarm("b")], [alarm("a", { state: "normal" }), alarm("b", { state: "acknowledged" }), alarm("c")]);
    expect(merged.map((each) => [each.id, each.state])).toEqual([["b", "acknowledged"], ["c", "unacknowledged"]]);
    expect(mergeAlarms(merged, [], ["b"]).map((each) => each.id)).toEqual(["c"]);
  });
});

describe("news", () => {
  it("is told of what came after the first look, once, and again when it comes again", () => {
    const first = [alarm("a")];
    expect(newcomers(null, first)).toEqual([]);
    const later = [...first, alarm("b", { raised_ms: 2000 })];
    expect(newcomers(seen(first), later).map((each) => each.id)).toEqual(["b"]);
    expect(newcomers(seen(later), later)).toEqual([]);
    expect(newcomers(seen(later), [alarm("b", { raised_ms: 3000 })]).map((each) => each.id)).toEqual(["b"]);
    expect(newcomers(seen(first), [alarm("a", { state: "acknowledged", raised_ms: 4000 })])).toEqual([]);
  });
});

describe("a value and its limit", () => {
  const state = { kind: KIND.ENUM, labels: { "1": "Out of service", "3": "Waltzing" } };
  const zh = translator("zh-CN");

  it("of a state are said in words, standard ones in the reader's language", () => {
    expect(readingText(1, "equal", state, "zh-CN", zh)).toBe(zh("term.outOfService"));
    expect(readingText(3, "not_equal", state, "zh-CN", zh)).toBe("Waltzing");
    expect(readingText(1, "is_true", { kind: KIND.BOOL, labels: {} }, "zh-CN", zh)).toBe("是");
  });

  it("stay numbers where there is no word, no rule left, or the number is a time", () => {
    expect(readingText(7, "equal", state, "zh-CN", zh)).toBe("7");
    expect(readingText(1, undefined, undefined, "zh-CN", zh)).toBe("1");
    expect(readingText(3, "stale", state, "zh-CN", zh)).toBe("3");
  });
});
