// Rules of playing: what was chosen on a branch is no more than another timeline has.
import { describe, expect, it } from "vitest";
import { FASTEST, SPEEDS, speedOn } from "./_controls";

describe("the speed of a timeline", () => {
  it("is the chosen one where the timeline has it", () => {
    expect(speedOn(true, FASTEST)).toBe(FASTEST);
    expect(SPEEDS.map((each) => speedOn(false, each))).toEqual([...SPEEDS]);
  });
  it("is its highest where a branch was played faster before", () => expect(speedOn(false, FASTEST)).toBe(60));
});
