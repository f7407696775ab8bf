// Rules of the choices in forms: words are in the reader's language, names of standards stay as they are.
import { describe, expect, it } from "vitest";
import { translator } from "../../i18n/_context";
import { optionText } from "./_options";

const zh = translator("zh-CN");

describe("a choice of a form", () => {
  it("is in the reader's language", () => expect(["true", "false", "queue", "refuse"].map((option) => optionText(option, zh))).toEqual(["是", "否", "排队等待", "拒绝"]));
  it("that is a name of a standard stays", () => expect(["Basic256Sha256", "constructor"].map((option) => optionText(option, zh))).toEqual(["Basic256Sha256", "constructor"]));
});
