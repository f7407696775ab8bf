// Moves a shown number towards the newest report over one report interval, so that motion is smooth at any rate.
const FIRST_INTERVAL_MS = 200;
const SHORTEST_INTERVAL_MS = 30;
const LONGEST_INTERVAL_MS = 1200;
const SMOOTHING = 0.3;

const TURN = 2 * Math.PI;

/** The angle nearest to `from` that points as `to` does. */
export function nearestAngle(from: number, to: number): number {
  const turn = (((to - from) % TURN) + TURN) % TURN;
  return from + (turn > Math.PI ? turn - TURN : turn);
}

/** The progress to run to when a cycle (0…1) has begun anew: 0.95 → 0.05 runs on through 1; a small step back is a step back. */
export function nextProgress(from: number, to: number): number {
  return to + Math.ceil(from - 0.5 - to);
}

/**
 * Several numbers that move together. A report starts a straight way from what is shown to what was reported;
 * it takes as long as reports usually lie apart, which is a lag of about one report. A jump shows it at once.
 */
export class Motion {
  readonly shown: Float64Array;
  private readonly from: Float64Array;
  private readonly to: Float64Array;
  private startMs = 0;
  private durationMs = 0;
  private lastReportMs = NaN;
  private intervalMs = FIRST_INTERVAL_MS;
  private isKnown = false;

  constructor(
    readonly lanes: number,
    private readonly unwrap: readonly ((from: number, to: number) => number)[] = [],
  ) {
    this.shown = new Float64Array(lanes);
    this.from = new Float64Array(lanes);
    this.to = new Float64Array(lanes);
  }

  report(values: ArrayLike<number>, nowMs: number, isJump: boolean): void {
    for (let lane = 0; lane < this.lanes; lane += 1) {
      const value = values[lane] as number;
      if (!Number.isFinite(value)) continue;
      this.from[lane] = this.shown[lane] as number;
      this.to[lane] = this.unwrap[lane]?.(this.shown[lane] as number, value) ?? value;
    }
    if (isJump || !this.isKnown) {
      for (let lane = 0; lane < this.lanes; lane += 1) {
        if (Number.isFinite(values[lane] as number)) this.shown[lane] = values[lane] as number;
      }
      this.from.set(this.shown);
      this.to.set(this.shown);
      this.isKnown = true;
      this.durationMs = 0;
      this.lastReportMs = isJump ? NaN : nowMs;
      return;
    }
    const since = nowMs - this.lastReportMs;
    if (since <= LONGEST_INTERVAL_MS * 1.5) this.intervalMs += SMOOTHING * (Math.max(since, SHORTEST_INTERVAL_MS) - this.intervalMs);
    this.lastReportMs = nowMs;
    this.startMs = nowMs;
    this.durationMs = Math.min(LONGEST_INTERVAL_MS, Math.max(SHORTEST_INTERVAL_MS, this.intervalMs));
  }

  /** Moves what is shown to the instant; true while it is still on its way. */
  step(nowMs: number): boolean {
    const share = this.durationMs <= 0 ? 1 : Math.min(1, Math.max(0, (nowMs - this.startMs) / this.durationMs));
    for (let lane = 0; lane < this.lanes; lane += 1) {
      const from = this.from[lane] as number;
      this.shown[lane] = share >= 1 ? (this.to[lane] as number) : from + ((this.to[lane] as number) - from) * share;
    }
    return share < 1;
  }
}
