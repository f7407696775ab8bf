// Rules of a plan's conditions in words: what a signal is compared with is said as the signal says it.
import { describe, expect, it } from "vitest";
import { translator } from "../../i18n/_context";
import { KIND } from "../live";
import { boundText } from "./_words";

const zh = translator("zh-CN");

describe("the bound of a condition", () => {
  it("has the unit of its signal", () => expect(boundText(95, { kind: KIND.DOUBLE, labels: {}, unit: "N.m" }, "zh-CN", zh)).toBe("95 N·m"));
  it("of a state is its word, of a switch yes or no", () => {
    expect(boundText(3, { kind: KIND.ENUM, labels: { "3": "Executing" }, unit: "" }, "zh-CN", zh)).toBe("运行中");
    expect(boundText(true, { kind: KIND.BOOL, labels: {}, unit: "" }, "zh-CN", zh)).toBe("是");
  });
  it("is told as it is where it is a text or its signal is unknown", () => {
    expect(boundText("E15-1", { kind: KIND.STRING, labels: {}, unit: "" }, "zh-CN", zh)).toBe("E15-1");
    expect(boundText(95, undefined, "zh-CN", zh)).toBe("95");
  });
});
