// How fine the picture may be: found from the graphics card, then coarser whenever pictures take too long.
import type { Quality } from "./_types";

export type Level = Exclude<Quality, "auto">;

export interface Fineness {
  level: Level;
  pixelRatio: number;
  /** Whether a pause follows each picture: a machine that draws slowly must also have time for the rest of the page. */
  rests: boolean;
}

const SLOW_MS = 40;
const PATIENCE = 12;
const LEVELS: readonly Level[] = ["high", "medium", "low"];
const SMALLEST_RATIO: Record<Level, number> = { high: 1, medium: 0.85, low: 0.9 };
const [SHORTEST_REST_MS, LONGEST_REST_MS] = [90, 1000];
// A software renderer draws on the cores that the page, the browser and often the platform itself run on.
const REST_FOR_EACH_MS = 3;

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
  private tookMs = 0;

  constructor(
    private readonly wanted: Quality,
    private readonly devicePixelRatio: number,
    isSoftwareRenderer: boolean,
  ) {
    const level = wanted === "auto" ? (isSoftwareRenderer ? "low" : "high") : wanted;
    this.fineness = { level, pixelRatio: Math.min(devicePixelRatio, level === "high" ? 2 : level === "medium" ? 1.5 : 1), rests: wanted === "auto" && isSoftwareRenderer };
  }

  /** Pause before the next picture: three times as long as one takes, and short while somebody looks around. */
  restMs(isEyeMoving: boolean): number {
    if (!this.fineness.rests) return 0;
    return isEyeMoving ? SHORTEST_REST_MS : Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, REST_FOR_EACH_MS * this.tookMs));
  }

  /** Notes how long a picture of a run took, without the pause before it; true where the fineness changed. */
  note(tookMs: number): boolean {
    if (this.wanted !== "auto" || tookMs > 1000) return false;
    this.tookMs += 0.2 * (tookMs - this.tookMs);
    this.slow = tookMs > SLOW_MS ? this.slow + 1 : Math.max(0, this.slow - 1);
    if (this.slow < PATIENCE) return false;
    this.slow = 0;
    return this.lower();
  }

  private lower(): boolean {
    const { level, pixelRatio } = this.fineness;
    if (pixelRatio > SMALLEST_RATIO[level] + 0.01) {
      this.fineness = { ...this.fineness, pixelRatio: Math.max(SMALLEST_RATIO[level], pixelRatio * 0.75) };
      return true;
    }
    const next = LEVELS[LEVELS.indexOf(level) + 1];
    if (!next && this.fineness.rests) return false;
    this.fineness = next ? { level: next, pixelRatio: Math.min(this.devicePixelRatio, 1), rests: false } : { ...this.fineness, rests: true };
    return true;
  }
}
