// Rules of the warning of futures that lock: each is told with what to do, in the reader's language, and nothing else is.
import { describe, expect, it } from "vitest";
import { lockingWords } from "./_Locking";
import type { Locks } from "./_types";

const locks: Locks = {
  count: 3, futures: 40, waits: [{ who: "OP40", what: "B40" }],
  text: { en: "3 of 40 futures lock.", "zh-CN": "40 个未来中有 3 个锁死。" },
  repair: { en: "Enlarge B40.", "zh-CN": "请增大 B40。" },
};

describe("the warning of what locks", () => {
  it("says how many futures and what to do, in the reader's language", () => {
    expect(lockingWords([{ title: "", locks }], "en")).toEqual([{ title: "", words: "3 of 40 futures lock. Enlarge B40." }]);
    expect(lockingWords([{ title: "A", locks }], "zh-CN")).toEqual([{ title: "A", words: "40 个未来中有 3 个锁死。 请增大 B40。" }]);
  });

  it("names only the alternatives that lock", () => {
    const found = [{ title: "now", locks: null }, { title: "one vehicle", locks }, { title: "old answer", locks: undefined }];
    expect(lockingWords(found, "en").map((each) => each.title)).toEqual(["one vehicle"]);
  });

  it("leaves no gap where there is nothing to do about it", () => expect(lockingWords([{ title: "", locks: { ...locks, repair: {} } }], "en")[0]?.words).toBe("3 of 40 futures lock."));
});
