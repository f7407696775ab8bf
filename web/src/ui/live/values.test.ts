// Rules of values as text: by kind, with quality, in the reader's language.
import { describe, expect, it } from "vitest";
import { SignalBoard } from "../../store";
import { translator } from "../../i18n/_context";
import { protocolName } from "./_protocols";
import { KIND, type SignalInfo } from "./_types";
import { gradeOf, isOutOfLimits, qualityText, unitText, valueText } from "./_values";

const info = (kind: number, more: Partial<SignalInfo> = {}): SignalInfo => ({
  handle: 0, key: "s#p", kind, unit: "", name: {}, shell: "", submodel: "s", path: "p", labels: {}, low: null, high: null, writable: false, source: null, ...more,
});

function board(value: number, object?: unknown): SignalBoard {
  const made = new SignalBoard(() => undefined);
  made.apply({
    view: 1, isFull: true, count: 1, timeMs: 0, sequence: 1, values: new Float64Array([value]), timesMs: new Float64Array([0]), handles: new Uint32Array([0]), qualities: new Uint32Array([0]),
    objects: object === undefined ? [] : [[0, object]],
  } as Parameters<SignalBoard["apply"]>[0]);
  return made;
}

const en = translator("en");
const zh = translator("zh-CN");

describe("a value", () => {
  it("that nobody has heard yet is a dash", () => expect(valueText(info(KIND.DOUBLE), new SignalBoard(() => undefined), "en", en)).toBe("–"));
  it("keeps its count of digits while it changes", () => expect([7.5, 7.52].map((value) => valueText(info(KIND.DOUBLE), board(value), "en", en))).toEqual(["7.500", "7.520"]));
  it("of a counter is grouped", () => expect(valueText(info(KIND.INT), board(12345), "en", en)).toBe("12,345"));
  it("of a switch is yes or no", () => expect([valueText(info(KIND.BOOL), board(1), "en", en), valueText(info(KIND.BOOL), board(0), "zh-CN", zh)]).toEqual(["Yes", "否"]));
  it("of a state is its label, standard words in the reader's language", () => {
    const labels = { "3": "Executing", "4": "Waltzing" };
    expect(valueText(info(KIND.ENUM, { labels }), board(3), "zh-CN", zh)).toBe("运行中");
    expect(valueText(info(KIND.ENUM, { labels }), board(4), "zh-CN", zh)).toBe("Waltzing");
    expect(valueText(info(KIND.ENUM, { labels }), board(9), "en", en)).toBe("9");
  });
  it("of a text is the text", () => expect(valueText(info(KIND.STRING), board(NaN, "E15-1"), "en", en)).toBe("E15-1"));
  it("of an array shows its length and its beginning", () => expect(valueText(info(KIND.ARRAY), board(NaN, [1, 2, 3, 4, 5, 6, 7]), "en", en)).toBe("[7] 1 · 2 · 3 · 4 · 5 · 6 …"));
  it("outside its limits is told apart", () => expect([isOutOfLimits(info(KIND.DOUBLE, { low: 1, high: 2 }), 2.1), isOutOfLimits(info(KIND.DOUBLE, { high: 2 }), -9)]).toEqual([true, false]));
});

describe("a quality", () => {
  it("is graded by its two highest bits", () => expect([0, 0x40000000, 0x80310000, 0xc0000000].map(gradeOf)).toEqual(["good", "uncertain", "bad", "bad"]));
  it("has a name where it is well known, else its code", () => {
    expect(qualityText(0x80310000, zh)).toBe("无效：通信中断");
    expect(qualityText(0x80ab0000, en)).toBe("Bad (0x80AB0000)");
  });
});

describe("a unit", () => {
  it("is written as people write it", () =>
    expect(["N.m", "kW.h", "cm3/min", "deg", "Cel", "m/s2", "%", ""].map((unit) => unitText(unit))).toEqual(["N·m", "kWh", "cm³/min", "°", "°C", "m/s²", "%", ""]));
  it("that is a word is in the reader's language", () => expect([unitText("pcs", "zh-CN"), unitText("pcs", "en")]).toEqual(["件", "pcs"]));
});

describe("a protocol", () => {
  it("that is built in is spelled as its standard spells it, another as its plugin does", () => expect(["opcua", "mqtt", "lines"].map(protocolName)).toEqual(["OPC UA", "MQTT", "lines"]));
});
