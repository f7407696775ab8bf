// Rules of the forest plot: the line of no difference is always in the picture, and no interval is cut.
import { describe, expect, it } from "vitest";
import { scaleOf } from "./_Forest";

const difference = (mean: number, low: number, high: number) => ({ mean, low, high, is_clear: low > 0 || high < 0 });

describe("the scale of a forest plot", () => {
  it("holds every interval and the line of no difference", () => {
    const { low, high } = scaleOf([difference(5, 3, 7), undefined, difference(-1, -2, 0.5)]);
    expect(low).toBeLessThan(-2);
    expect(high).toBeGreaterThan(7);
    expect(scaleOf([difference(5, 3, 7)]).low).toBeLessThan(0);
  });

  it("has a width where nothing differs", () => {
    const { low, high } = scaleOf([difference(0, 0, 0)]);
    expect(high).toBeGreaterThan(low);
  });
});
