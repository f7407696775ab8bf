// Rules of the names of those who act: the platform's own are translated, people's are not.
import { describe, expect, it } from "vitest";
import { translator } from "../../i18n/_context";
import { actorName, reasonText } from "./_actors";

describe("who did it", () => {
  it("is in the reader's language where the platform gave the name", () =>
    expect(["operator", "this computer", "Xushi", "rollback"].map((name) => actorName(name, translator("zh-CN")))).toEqual(["操作员", "本机", "虚实", "版本回退"]));
  it("is in the reader's language before what was proposed, too", () =>
    expect(["this computer: 套件不足", "Li Wei: 套件不足", "套件不足"].map((reason) => reasonText(reason, translator("zh-CN"), "zh-CN"))).toEqual(["本机：套件不足", "Li Wei: 套件不足", "套件不足"]));
  it("is the name itself of a person", () => expect(["Li Wei", "script", "constructor"].map((name) => actorName(name, translator("zh-CN")))).toEqual(["Li Wei", "script", "constructor"]));
});
