// Columns of what machines do are shown where a machine does it.
import { describe, expect, it } from "vitest";
import { seenOf } from "./_types";

describe("what machines are seen doing", () => {
  it("tells the wait for a repair crew and unplanned time only where a machine has some", () => {
    const working = { shares: { busy: 0.9, idle: 0.1, waits_for_crew: 0, off: null } };
    expect(seenOf([working])).toEqual(["busy", "idle", "blocked", "down"]);
    expect(seenOf([working, { shares: { waits_for_crew: 0.01 } }])).toEqual(["busy", "idle", "blocked", "down", "waits_for_crew"]);
  });
});
