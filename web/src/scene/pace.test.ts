// Rules of the pace: a slow machine gets coarser pictures step by step, a fast one keeps what it has.
import { describe, expect, it } from "vitest";
import { isSoftware, Pace } from "./_pace";

describe("Pace", () => {
  it("starts fine on a graphics card and coarse without one", () => {
    expect(isSoftware("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)")).toBe(true);
    expect(isSoftware("ANGLE (NVIDIA GeForce RTX 3060)")).toBe(false);
    expect(new Pace("auto", 3, false).fineness).toEqual({ level: "high", pixelRatio: 2, rests: false });
    expect(new Pace("auto", 3, true).fineness).toEqual({ level: "low", pixelRatio: 1, rests: true });
  });

  it("gives up resolution, then shadows, then pictures a second, and then rests", () => {
    const pace = new Pace("auto", 2, false);
    const seen: string[] = [];
    for (let i = 0; i < 400; i += 1) if (pace.note(120)) seen.push(`${pace.fineness.level} ${pace.fineness.pixelRatio} ${pace.fineness.rests}`);
    expect(seen).toEqual(["high 1.5 false", "high 1.125 false", "high 1 false", "medium 1 false", "medium 0.85 false", "low 1 false", "low 0.9 false", "low 0.9 true"]);
  });

  it("leaves most of the time to the rest of the page where pictures take long, and less while somebody looks around", () => {
    const pace = new Pace("auto", 1, true);
    expect(pace.restMs(false)).toBe(90);
    for (let i = 0; i < 100; i += 1) pace.note(100);
    expect(pace.restMs(false)).toBeCloseTo(300);
    expect(pace.restMs(true)).toBe(90);
    for (let i = 0; i < 100; i += 1) pace.note(900);
    expect(pace.restMs(false)).toBe(1000);
    expect(new Pace("auto", 1, false).restMs(false)).toBe(0);
  });

  it("keeps still while pictures are fast, at single hiccups, and where the quality was chosen", () => {
    const pace = new Pace("auto", 1, false);
    for (let i = 0; i < 500; i += 1) expect(pace.note(i % 3 === 0 ? 300 : 16)).toBe(false);
    const chosen = new Pace("high", 1, true);
    for (let i = 0; i < 500; i += 1) expect(chosen.note(300)).toBe(false);
  });
});
