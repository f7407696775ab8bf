// Draws pictures only while something changes and the page can be seen.
export class Pictures {
  private waiting = 0;
  private lastMs = NaN;
  private isEnded = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Pause before the next picture. */
  restMs = 0;
  private restedMs = 0;

  constructor(
    /** Draws one picture; true where another should follow. */
    private readonly draw: (nowMs: number) => boolean,
    /** Told how long a picture of an unbroken run took, without the pause before it. */
    private readonly onRun: (tookMs: number) => void,
  ) {
    document.addEventListener("visibilitychange", this.ask);
  }

  /** Asks for one more picture. */
  readonly ask = (): void => {
    if (this.waiting !== 0 || this.timer !== null || this.isEnded || document.hidden) return;
    this.restedMs = this.restMs;
    if (this.restMs <= 0) this.request();
    else {
      this.timer = setTimeout(() => {
        this.timer = null;
        this.request();
      }, this.restMs);
    }
  };

  private request(): void {
    this.waiting = requestAnimationFrame((nowMs) => this.tick(nowMs));
  }

  private tick(nowMs: number): void {
    this.waiting = 0;
    if (this.isEnded || document.hidden) return;
    if (!Number.isNaN(this.lastMs)) this.onRun(Math.max(0, nowMs - this.lastMs - this.restedMs));
    const goesOn = this.draw(nowMs);
    this.lastMs = goesOn ? nowMs : NaN;
    if (goesOn) this.ask();
  }

  dispose(): void {
    this.isEnded = true;
    cancelAnimationFrame(this.waiting);
    if (this.timer !== null) clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.ask);
  }
}
