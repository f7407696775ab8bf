// Rules of motion: smooth between reports with a lag of about one report, the short way round, at once when scrubbed.
import { describe, expect, it } from "vitest";
import { Motion, nearestAngle, nextProgress } from "./_motion";

describe("nearestAngle", () => {
  it("turns the short way, however often the angle has wound up", () => {
    expect(nearestAngle(3.1, -3.1)).toBeCloseTo(2 * Math.PI - 3.1);
    expect(nearestAngle(-3.1, 3.1)).toBeCloseTo(-2 * Math.PI + 3.1);
    for (let from = -20; from < 20; from += 0.37) {
      for (let to = -4; to < 4; to += 0.31) {
        const reached = nearestAngle(from, to);
        expect(Math.abs(reached - from)).toBeLessThanOrEqual(Math.PI + 1e-9);
        expect(Math.cos(reached - to)).toBeCloseTo(1);
      }
    }
  });
});

describe("nextProgress", () => {
  it("runs on through the end of a cycle and not back", () => {
    expect(nextProgress(0.4, 0.6)).toBe(0.6);
    expect(nextProgress(0.95, 0.05)).toBeCloseTo(1.05);
    expect(nextProgress(1.05, 0.2)).toBeCloseTo(1.2);
    expect(nextProgress(0.5, 0.45)).toBeCloseTo(0.45);
    expect(nextProgress(1, 1)).toBe(1);
    expect(nextProgress(1, 0.02)).toBeCloseTo(1.02);
    expect(nextProgress(0, 0)).toBeCloseTo(0);
  });
});

describe("Motion", () => {
  it("shows the first report at once", () => {
    const motion = new Motion(1);
    motion.report([5], 0, false);
    expect(motion.step(0)).toBe(false);
    expect(motion.shown[0]).toBe(5);
  });

  it("reaches each report after about one interval, without leaps", () => {
    const motion = new Motion(1);
    let last = 0;
    for (let ms = 0; ms <= 5000; ms += 10) {
      if (ms % 250 === 0) motion.report([ms / 100], ms, false);
      motion.step(ms);
      const shown = motion.shown[0] as number;
      expect(Math.abs(shown - last)).toBeLessThan(0.2);
      if (ms > 1000) expect(ms / 100 - shown).toBeGreaterThan(-0.1);
      if (ms > 1000) expect(ms / 100 - shown).toBeLessThan(5.5);
      last = shown;
    }
  });

  it("jumps without lag when an instant is scrubbed to", () => {
    const motion = new Motion(2);
    motion.report([0, 0], 0, false);
    motion.report([10, 20], 200, false);
    motion.step(250);
    motion.report([-7, 3], 260, true);
    expect(motion.step(260)).toBe(false);
    expect([...motion.shown]).toEqual([-7, 3]);
  });

  it("stays where it is for lanes without a value", () => {
    const motion = new Motion(2);
    motion.report([1, 2], 0, true);
    motion.report([NaN, 4], 100, true);
    motion.step(100);
    expect([...motion.shown]).toEqual([1, 4]);
  });

  it("stops moving once it is there", () => {
    const motion = new Motion(1);
    motion.report([0], 0, false);
    motion.report([1], 200, false);
    expect(motion.step(300)).toBe(true);
    expect(motion.step(5000)).toBe(false);
    expect(motion.shown[0]).toBe(1);
  });
});
