// Rules of the time scale: zooming keeps the instant under the pointer, nothing leaves the whole.
import { describe, expect, it } from "vitest";
import { clamped, shareOf, ticksOf, zoomed } from "./_scale";

const whole = { startMs: 0, endMs: 3_600_000 };

describe("the time scale", () => {
  it("keeps the instant under the pointer when zooming in", () => {
    const span = zoomed(whole, whole, 900_000, 0.5);
    expect(shareOf(span, 900_000)).toBeCloseTo(0.25);
    expect(span.endMs - span.startMs).toBe(1_800_000);
  });

  it("never leaves the whole", () => {
    expect(zoomed({ startMs: 0, endMs: 600_000 }, whole, 600_000, 100)).toEqual(whole);
    expect(clamped({ startMs: 3_500_000, endMs: 3_700_000 }, whole)).toEqual({ startMs: 3_400_000, endMs: 3_600_000 });
  });

  it("never zooms below ten seconds", () => {
    const span = zoomed({ startMs: 0, endMs: 12_000 }, whole, 6_000, 0.01);
    expect(span.endMs - span.startMs).toBe(10_000);
  });

  it("writes ticks at round times, no denser than asked", () => {
    const { ms, stepMs } = ticksOf({ startMs: 61_000, endMs: 661_000 }, 600, 96);
    expect(stepMs).toBe(120_000);
    expect(ms.length).toBeLessThanOrEqual(6);
    for (const at of ms) expect(at % stepMs).toBe(0);
  });
});
