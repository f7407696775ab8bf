// Rules of cells: every place sits in exactly one, and the draw calls stay within the budget.
import { describe, expect, it } from "vitest";
import { cutIntoCells } from "./_cells";

function grid(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
const x = (n: number) => n % 316;
const z = (n: number) => Math.floor(n / 316);

describe("cutIntoCells", () => {
  it("keeps 100,000 places of 24 models under the budget and loses none", () => {
    const plans = Array.from({ length: 24 }, (_, kind) => ({ draws: 1 + (kind % 3), isRoaming: false, numbers: grid(100_000).filter((n) => n % 24 === kind) }));
    const cells = cutIntoCells(plans, 150, x, z);
    const draws = cells.reduce((sum, list, i) => sum + list.length * (plans[i]?.draws ?? 0), 0);
    expect(draws).toBeLessThanOrEqual(150);
    expect(draws).toBeGreaterThan(120);
    expect(cells.flat(2).sort((a, b) => a - b)).toEqual(grid(100_000));
  });

  it("leaves few instances and those that roam in one piece", () => {
    expect(cutIntoCells([{ draws: 1, isRoaming: false, numbers: grid(100) }, { draws: 1, isRoaming: true, numbers: grid(5000) }], 300, x, z).map((list) => list.length)).toEqual([1, 1]);
  });

  it("draws everything even where one piece each is over the budget", () => {
    const plans = Array.from({ length: 400 }, (_, i) => ({ draws: 1, isRoaming: false, numbers: [i] }));
    expect(cutIntoCells(plans, 150, x, z).flat(2)).toHaveLength(400);
  });

  it("makes cells smaller on the ground than the whole", () => {
    const [list] = cutIntoCells([{ draws: 1, isRoaming: false, numbers: grid(100_000) }], 64, x, z);
    const widths = (list ?? []).map((cell) => Math.max(...cell.map(x)) - Math.min(...cell.map(x)));
    expect(Math.max(...widths)).toBeLessThan(90);
  });
});
