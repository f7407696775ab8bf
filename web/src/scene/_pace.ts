// How fine the picture may be: found from the graphics card, then coarser whenever pictures take too long.
import type { Quality } from "./_types";

export type Level = Exclude<Quality, "auto">;

export interface Fineness {
  level: Level;
  pixelRatio: number;
  /** Least time between two pictures: a machine that draws slowly must also have time for the rest of the page. */
  gapMs: number;
}

const SLOW_MS = 40;
const PATIENCE = 12;
const LEVELS: readonly Level[] = ["high", "medium", "low"];
const SMALLEST_RATIO: Record<Level, number> = { high: 1, medium: 0.85, low: 0.9 };
const CALM_GAP_MS = 90;

/** Name of the graphics card as WebGL tells it; empty where there is none. */
export function graphicsName(): string {
  const probe = document.createElement("canvas").getContext("webgl2");
  if (!probe) return "";
  const info = probe.getExtension("WEBGL_debug_renderer_info");
  const name = String(probe.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : probe.RENDERER));
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  return name;
}

export function isSoftware(name: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(name);
}

/** Chooses and lowers the fineness of pictures. */
export class Pace {
  fineness: Fineness;
  private slow = 0;

  constructor(
    private readonly wanted: Quality,
    private readonly devicePixelRatio: number,
    isSoftwareRenderer: boolean,
  ) {
    const level = wanted === "auto" ? (isSoftwareRenderer ? "low" : "high") : wanted;
    this.fineness = { level, pixelRatio: Math.min(devicePixelRatio, level === "high" ? 2 : level === "medium" ? 1.5 : 1), gapMs: 0 };
  }

  /** Notes the time between two pictures of a run; true where the fineness changed. */
  note(betweenMs: number): boolean {
    if (this.wanted !== "auto" || betweenMs > 1000) return false;
    this.slow = betweenMs > SLOW_MS ? this.slow + 1 : Math.max(0, this.slow - 1);
    if (this.slow < PATIENCE) return false;
    this.slow = 0;
    return this.lower();
  }

  private lower(): boolean {
    const { level, pixelRatio } = this.fineness;
    if (pixelRatio > SMALLEST_RATIO[level] + 0.01) {
      this.fineness = { level, pixelRatio: Math.max(SMALLEST_RATIO[level], pixelRatio * 0.75), gapMs: 0 };
      return true;
    }
    const next = LEVELS[LEVELS.indexOf(level) + 1];
    if (!next && this.fineness.gapMs > 0) return false;
    this.fineness = next ? { level: next, pixelRatio: Math.min(this.devicePixelRatio, 1), gapMs: 0 } : { ...this.fineness, gapMs: CALM_GAP_MS };
    return true;
  }
}
