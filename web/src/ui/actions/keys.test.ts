// Rules of the keys: each stands for one thing alone, since the first of two would win in silence.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const table = readFileSync(fileURLToPath(new URL("_table.ts", import.meta.url)), "utf8");
const keys = [...table.matchAll(/make\("([\w.]+)".*\bkeys: "([^"]+)"/g)].map(([, id, key]) => ({ id, key }));

describe("the keys of the action table", () => {
  it("are all found here", () => expect(keys).toHaveLength([...table.matchAll(/\bkeys: "/g)].length));

  it("stand for one action each", () => {
    const twice = keys.filter(({ key }, at) => keys.findIndex((other) => other.key === key) !== at);
    expect(twice).toEqual([]);
  });
});
