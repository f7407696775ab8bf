// Draws pictures only while something changes and somebody can see them.
const LOOK_AGAIN_MS = 8;

/** What the one who draws tells of it. */
export interface Drawing {
  /** Draws one picture; true where another should follow. */
  draw(nowMs: number): boolean;
  /** Whether the graphics have done what the last picture asked of them. */
  isDone(): boolean;
  /** Told how long a picture of an unbroken run took, without the pause before it. */
  onTook(tookMs: number): void;
  /** Pause before the next picture; shorter where somebody looks around and waits for it. */
  restMs(isAwaited: boolean): number;
}

export class Pictures {
  private waiting = 0;
  private lastMs = NaN;
  private isEnded = false;
  private isHidden = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** The graphics still work on a picture whose end is waited for. */
  private isInWork = false;
  private isAsked = false;
  private isAwaited = false;

  constructor(private readonly drawing: Drawing) {
    document.addEventListener("visibilitychange", this.seen);
  }

  /** Whether anybody can see what is drawn. */
  get isSeen(): boolean {
    return !this.isHidden && !document.hidden && !this.isEnded;
  }

  /** Nothing is drawn while it lies behind something else; it is up to date at once when it comes back. */
  setHidden(isHidden: boolean): void {
    if (isHidden === this.isHidden) return;
    this.isHidden = isHidden;
    if (!isHidden) this.seen();
  }

  private readonly seen = (): void => {
    if (!this.isSeen || this.waiting !== 0) return;
    if (this.isInWork) {
      this.isAsked = this.isAwaited = true;
      return;
    }
    this.stopTimer();
    this.request();
  };

  /** Asks for one more picture; an awaited one does not sit out the long pause. */
  ask(isAwaited = false): void {
    if (!this.isSeen || this.waiting !== 0) return;
    if (this.isInWork || (this.timer !== null && (this.isAwaited || !isAwaited))) {
      this.isAsked = true;
      this.isAwaited ||= isAwaited;
      return;
    }
    this.stopTimer();
    const restMs = this.drawing.restMs(isAwaited);
    this.isAwaited = isAwaited;
    if (restMs <= 0) this.request();
    else {
      this.timer = setTimeout(() => {
        this.timer = null;
        this.request();
      }, restMs);
    }
  }

  private request(): void {
    this.isAsked = this.isAwaited = false;
    this.waiting = requestAnimationFrame((nowMs) => this.tick(nowMs));
  }

  private tick(nowMs: number): void {
    this.waiting = 0;
    if (!this.isSeen) return;
    const begunMs = performance.now();
    const rests = this.drawing.restMs(true) > 0;
    if (!rests && !Number.isNaN(this.lastMs)) this.drawing.onTook(Math.max(0, nowMs - this.lastMs));
    this.isAsked = this.drawing.draw(nowMs);
    this.lastMs = this.isAsked && !rests ? nowMs : NaN;
    if (rests) this.finish(begunMs);
    else if (this.isAsked) this.ask();
  }

  /** Waits for the graphics: a renderer on the processor is given the next picture only after a pause for the rest. */
  private finish(begunMs: number): void {
    this.isInWork = !this.drawing.isDone();
    if (this.isInWork) {
      this.timer = setTimeout(() => this.finish(begunMs), LOOK_AGAIN_MS);
      return;
    }
    this.timer = null;
    this.drawing.onTook(performance.now() - begunMs);
    if (this.isAsked) this.ask(this.isAwaited);
  }

  private stopTimer(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  dispose(): void {
    this.isEnded = true;
    cancelAnimationFrame(this.waiting);
    this.stopTimer();
    document.removeEventListener("visibilitychange", this.seen);
  }
}
