// The newest value of every signal in columns by handle, and who wants to know when one changes.
import type { WireFrame } from "../protocol";

/** What one frame changed. The arrays are valid only during the call. */
export interface BoardChange {
  handles: Uint32Array;
  /** The frame holds the whole picture of an instant: show it at once, nothing to interpolate from. */
  isJump: boolean;
  timeMs: number;
}

type Listener = () => void;
type Column = Float64Array | Uint32Array | Uint8Array;

const FIRST_SIZE = 256;

/** Calls once before the next picture is drawn; in a hidden or headless page after a short wait. */
function beforeNextPicture(callback: () => void): void {
  if (typeof requestAnimationFrame === "function" && typeof document !== "undefined" && !document.hidden) requestAnimationFrame(callback);
  else setTimeout(callback, 50);
}

function grown<A extends Column>(fresh: A, old: A): A {
  fresh.set(old as never);
  return fresh;
}

export class SignalBoard {
  /** Grows with each frame. */
  version = 0;
  /** Instant of the newest frame, ms since 1970 UTC. */
  instantMs = NaN;
  values = new Float64Array(FIRST_SIZE);
  times = new Float64Array(FIRST_SIZE);
  qualities = new Uint32Array(FIRST_SIZE);
  private known = new Uint8Array(FIRST_SIZE);
  private readonly objects = new Map<number, unknown>();
  private readonly listeners = new Set<Listener>();
  private readonly cellListeners = new Map<number, Set<Listener>>();
  private readonly frameListeners = new Set<(change: BoardChange) => void>();
  private readonly dirtyCells = new Set<number>();
  private isFlushWaiting = false;

  constructor(private readonly schedule: (callback: () => void) => void = beforeNextPicture) {}

  has = (handle: number): boolean => this.known[handle] === 1;
  /** The number a signal holds; NaN for texts and arrays, and while nothing is known. */
  value = (handle: number): number => (this.known[handle] === 1 ? (this.values[handle] ?? NaN) : NaN);
  /** The text, array or large integer a signal holds. */
  object = (handle: number): unknown => this.objects.get(handle);
  timeMs = (handle: number): number => (this.known[handle] === 1 ? (this.times[handle] ?? NaN) : NaN);
  quality = (handle: number): number => this.qualities[handle] ?? 0;

  apply(frame: WireFrame): void {
    const { count, handles, values, timesMs, qualities } = frame;
    let highest = -1;
    for (let i = 0; i < count; i += 1) highest = Math.max(highest, handles[i] as number);
    this.reserve(highest + 1);
    if (frame.isFull) this.forget();
    for (let i = 0; i < count; i += 1) {
      const handle = handles[i] as number;
      this.values[handle] = values[i] as number;
      this.times[handle] = timesMs[i] as number;
      this.qualities[handle] = qualities[i] as number;
      this.known[handle] = 1;
      if (this.objects.size > 0) this.objects.delete(handle);
      if (this.cellListeners.has(handle)) this.dirtyCells.add(handle);
    }
    for (const [index, value] of frame.objects) this.objects.set(handles[index] as number, value);
    this.instantMs = frame.timeMs;
    this.version += 1;
    const change: BoardChange = { handles, isJump: frame.isFull, timeMs: frame.timeMs };
    for (const listener of [...this.frameListeners]) listener(change);
    this.flushLater();
  }

  /** Called after every frame, at once. */
  onFrame(listener: (change: BoardChange) => void): () => void {
    this.frameListeners.add(listener);
    return () => this.frameListeners.delete(listener);
  }

  /** Called at most once per picture when any value changed. */
  subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Called at most once per picture when this signal changed. */
  subscribeSignal(handle: number, listener: Listener): () => void {
    const cell = this.cellListeners.get(handle) ?? new Set();
    this.cellListeners.set(handle, cell.add(listener));
    return () => {
      cell.delete(listener);
      if (cell.size === 0 && this.cellListeners.get(handle) === cell) this.cellListeners.delete(handle);
    };
  }

  private forget(): void {
    this.known.fill(0);
    this.objects.clear();
    for (const handle of this.cellListeners.keys()) this.dirtyCells.add(handle);
  }

  private reserve(size: number): void {
    if (size <= this.values.length) return;
    const bigger = Math.max(size, this.values.length * 2);
    this.values = grown(new Float64Array(bigger), this.values);
    this.times = grown(new Float64Array(bigger), this.times);
    this.qualities = grown(new Uint32Array(bigger), this.qualities);
    this.known = grown(new Uint8Array(bigger), this.known);
  }

  private flushLater(): void {
    if (this.isFlushWaiting || (this.listeners.size === 0 && this.dirtyCells.size === 0)) return;
    this.isFlushWaiting = true;
    this.schedule(() => {
      this.isFlushWaiting = false;
      const dirty = [...this.dirtyCells];
      this.dirtyCells.clear();
      for (const handle of dirty) for (const listener of [...(this.cellListeners.get(handle) ?? [])]) listener();
      for (const listener of [...this.listeners]) listener();
    });
  }
}
