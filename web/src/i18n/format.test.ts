// Spans of time read as a person would say them, with symbols that mean nothing else.
import { describe, expect, it } from "vitest";
import { formatDuration, formatNumber } from "./_format";

describe("durations", () => {
  const cases: [number, string, string][] = [
    [400, "0.4 s", "0.4秒"],
    [90_000, "90 s", "90秒"],
    [12 * 60_000, "12 min", "12分钟"],
    [60 * 60_000, "1 h", "1小时"],
    [61 * 60_000, "61 min", "61分钟"],
    [8 * 3_600_000, "8 h", "8小时"],
    [2.5 * 3_600_000, "2.5 h", "2.5小时"],
    [72 * 3_600_000, "3 d", "3天"],
  ];
  it.each(cases)("%d ms are %s and %s", (spanMs, english, chinese) => {
    expect(formatDuration(spanMs, "en").replace("\u00a0", " ")).toBe(english);
    expect(formatDuration(spanMs, "zh-CN")).toBe(chinese);
  });
});

describe("numbers", () => {
  it("have no sign where nothing is left of them when rounded", () => {
    expect(formatNumber(-0.04, "en", 1)).toBe("0.0");
    expect(formatNumber(-0, "zh-CN")).toBe("0");
    expect(formatNumber(-0.06, "zh-CN", 1)).toBe("-0.1");
  });
});
