// Tells a click from a drag, and looks under the pointer at most once per picture.
const CLICK_PX = 5;
const CLICK_MS = 500;

export interface PointingEvents {
  hover(x: number, y: number): void;
  leave(): void;
  pick(x: number, y: number): void;
  isBusy(): boolean;
}

export class Pointing {
  private readonly stop = new AbortController();
  private down: { x: number; y: number; atMs: number; id: number } | null = null;
  private pressed = 0;
  private waiting = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly events: PointingEvents,
  ) {
    const { signal } = this.stop;
    canvas.addEventListener("pointerdown", (event) => this.press(event), { signal });
    canvas.addEventListener("pointerup", (event) => this.release(event), { signal });
    canvas.addEventListener("pointercancel", () => this.forget(), { signal });
    canvas.addEventListener("pointermove", (event) => this.move(event), { signal });
    canvas.addEventListener("pointerleave", () => events.leave(), { signal });
  }

  private place(event: PointerEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private press(event: PointerEvent): void {
    this.pressed += 1;
    this.canvas.focus({ preventScroll: true });
    this.down = this.pressed === 1 && event.button === 0 ? { x: event.clientX, y: event.clientY, atMs: event.timeStamp, id: event.pointerId } : null;
  }

  private release(event: PointerEvent): void {
    const { down } = this;
    this.pressed = Math.max(0, this.pressed - 1);
    this.down = null;
    if (!down || down.id !== event.pointerId || this.events.isBusy()) return;
    const far = Math.hypot(event.clientX - down.x, event.clientY - down.y);
    if (far <= CLICK_PX && event.timeStamp - down.atMs <= CLICK_MS) this.events.pick(...this.place(event));
  }

  private forget(): void {
    this.pressed = 0;
    this.down = null;
  }

  private move(event: PointerEvent): void {
    if (event.pointerType === "touch" || this.pressed > 0 || this.waiting !== 0) return;
    const [x, y] = this.place(event);
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      if (this.pressed === 0) this.events.hover(x, y);
    });
  }

  dispose(): void {
    cancelAnimationFrame(this.waiting);
    this.stop.abort();
  }
}
