// Rules of the forest plot: the line of no difference is always in the picture, and no interval is cut.
import { describe, expect, it } from "vitest";
import { columnsOf, scaleOf } from "./_Forest";
import { verdictOf } from "./_Outcome";
import type { Comparison } from "./_types";

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

describe("the columns of a forest plot", () => {
  const compared = (late: object) =>
    ({ alternatives: [{ name: "now", differences: {} }, { name: "sequence", differences: { "plant.good": difference(0, 0, 0) }, ...late }] }) as unknown as Comparison;

  it("have the lateness of the orders where orders are due", () => {
    const last = columnsOf(compared({ late_difference: difference(-20, -25, -15) })).at(-1);
    expect(last?.title).toBe("forecast.lateMin");
    expect(last?.of("sequence")).toEqual(difference(-20, -25, -15));
  });

  it("are the figures of the plant alone where nothing is due", () => {
    expect(columnsOf(compared({})).map((one) => one.title)).not.toContain("forecast.lateMin");
  });
});

describe("the verdict of a comparison", () => {
  const byOutput = { best: "now", not_told_apart: ["sequence"] };
  const compared = { judged_by: "lateness", best: "sequence", not_told_apart: [], verdicts: { output: byOutput, lateness: { best: "sequence", not_told_apart: [] } } } as unknown as Comparison;

  it("is that of the server until another goal is chosen", () => {
    expect(verdictOf(compared, null)).toMatchObject({ judged: "lateness", best: "sequence" });
    expect(verdictOf(compared, "output")).toEqual({ judged: "output", ...byOutput });
  });

  it("is not by a goal that cannot judge", () => {
    expect(verdictOf(compared, "energy").judged).toBe("lateness");
  });
});
