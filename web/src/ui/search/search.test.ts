// Rules of the search: Chinese names are found by characters, by full pinyin and by pinyin initials.
import { pinyin } from "pinyin-pro";
import { describe, expect, it } from "vitest";
import { findBest, type ToPinyin } from "./index";

const toPinyin: ToPinyin = (text) => {
  if (!/[\u3400-\u9fff]/.test(text)) return { full: "", initials: "" };
  const parts = pinyin(text, { toneType: "none", type: "array", nonZh: "consecutive", v: true }).map((part) => part.toLowerCase().replace(/[^a-z0-9]/g, ""));
  return { full: parts.join(""), initials: parts.map((part) => part[0] ?? "").join("") };
};

const items = [
  { id: "a", words: ["OP10 Crankcase load", "OP10 缸体上线"] },
  { id: "b", words: ["OP40 Head bolting", "OP40 缸盖拧紧"] },
  { id: "c", words: ["Torque set-point", "扭矩设定值"] },
];

const ids = (query: string, dictionary: ToPinyin | null = toPinyin) => findBest(items, query, dictionary, 10).map((item) => item.id);

describe("search", () => {
  it("finds Chinese names by characters", () => expect(ids("拧紧")).toEqual(["b"]));
  it("finds Chinese names by pinyin initials from the first character", () => expect(ids("njsd")).toEqual(["c"]));
  it("finds initials that begin inside a name", () => expect(ids("gnj", toPinyin)).toEqual(["b"]));
  it("finds Chinese names by full pinyin", () => expect(ids("niuju")).toEqual(["c"]));
  it("finds English words in any order", () => expect(ids("bolting op40")).toEqual(["b"]));
  it("puts a match at the beginning first", () => expect(ids("op")[0]).toBe("a"));
  it("works without the dictionary", () => expect(ids("torque", null)).toEqual(["c"]));
  it("returns everything for an empty query", () => expect(ids(" ")).toHaveLength(3));
});
