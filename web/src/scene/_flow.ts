// What travels and what is held: items on conveyors and in machines, drawn as instances of their stage's model.
import { Matrix4, Quaternion, Vector3 } from "three";
import type { Driver, Hands } from "./_drivers";
import type { SceneBoard, Vec3 } from "./_types";

/** Shows one item: model name, frame in the world. */
export type ShowItem = (model: string, frame: Matrix4, place: number) => void;

export interface ItemSource extends Driver {
  showItems(show: ShowItem): void;
}

const UP = new Vector3(0, 1, 0);
const CORNER_M = 0.25;
const JITTER = 0.02;
const FIRST_MS = 250;
const LONGEST_MS = 1200;

/** A line of straight pieces, walked by a share (0…1) of its length. */
export class Path {
  readonly lengthM: number;
  private readonly ends: number[] = [];
  private readonly points: Vector3[];

  constructor(points: readonly Vec3[]) {
    this.points = points.map((point) => new Vector3(...point));
    let length = 0;
    this.points.forEach((point, i) => {
      if (i > 0) length += point.distanceTo(this.points[i - 1] as Vector3);
      this.ends.push(length);
    });
    this.lengthM = length;
  }

  at(share: number, out: Vector3): Vector3 {
    const along = Math.min(1, Math.max(0, share)) * this.lengthM;
    let i = 1;
    while (i < this.ends.length - 1 && (this.ends[i] as number) < along) i += 1;
    const from = this.points[i - 1];
    const to = this.points[i];
    if (!from || !to) return out.copy(from ?? UP).setScalar(0).add(from ?? out);
    const start = this.ends[i - 1] as number;
    const span = (this.ends[i] as number) - start;
    return out.lerpVectors(from, to, span > 0 ? (along - start) / span : 0);
  }

  /** Heading about Y so that +X points along the path; corners are rounded over half a metre. */
  heading(share: number): number {
    const step = this.lengthM > 0 ? CORNER_M / this.lengthM : 0;
    this.at(Math.max(0, share - step), before);
    this.at(Math.min(1, share + step), after);
    return Math.atan2(-(after.z - before.z), after.x - before.x);
  }
}

const before = new Vector3();
const after = new Vector3();

/**
 * How many of the items shown have left at the end, when `next` is the new picture. Both descend. An item never
 * moves back (beyond jitter), so it is the smallest shift for which every item moved on.
 */
export function countLeft(shown: readonly number[], next: readonly number[]): number {
  for (let left = 0; left < shown.length; left += 1) {
    let isForward = true;
    for (let i = left; i < shown.length && isForward; i += 1) {
      const to = next[i - left];
      isForward = to !== undefined && to >= (shown[i] as number) - JITTER;
    }
    if (isForward) return left;
  }
  return shown.length;
}

interface Item {
  shown: number;
  from: number;
  to: number;
  stage: number;
}

function numbers(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number).filter(Number.isFinite) : [];
}

export class FlowDriver implements ItemSource {
  readonly handles: readonly number[];
  private items: Item[] = [];
  private readonly path: Path;
  private startMs = 0;
  private durationMs = 0;
  private lastMs = NaN;
  private intervalMs = FIRST_MS;

  constructor(
    readonly place: number,
    private readonly hands: Hands,
    private readonly frameOf: (place: number, out: Matrix4) => Matrix4,
    private readonly positions: number,
    private readonly stages: number | undefined,
    path: readonly Vec3[],
    private readonly models: readonly string[],
  ) {
    this.path = new Path(path);
    this.handles = stages === undefined ? [positions] : [positions, stages];
  }

  report(board: SceneBoard, nowMs: number, isJump: boolean): void {
    const stages = this.stages === undefined ? [] : numbers(board.object(this.stages));
    const next = numbers(board.object(this.positions))
      .map((to, i) => ({ to, stage: stages[i] ?? stages[0] ?? 0 }))
      .sort((a, b) => b.to - a.to);
    const left = isJump
      ? this.items.length
      : countLeft(this.items.map((item) => item.shown), next.map((item) => item.to));
    this.items = next.map(({ to, stage }, i) => {
      const from = this.items[left + i]?.shown ?? to;
      return { shown: from, from, to, stage };
    });
    const since = nowMs - this.lastMs;
    if (since <= LONGEST_MS) this.intervalMs += 0.3 * (since - this.intervalMs);
    this.lastMs = isJump ? NaN : nowMs;
    this.startMs = nowMs;
    this.durationMs = isJump ? 0 : Math.min(LONGEST_MS, this.intervalMs);
  }

  step(nowMs: number): boolean {
    const share = this.durationMs <= 0 ? 1 : Math.min(1, (nowMs - this.startMs) / this.durationMs);
    for (const item of this.items) item.shown = item.from + (item.to - item.from) * share;
    this.hands.itemsMoved();
    return share < 1;
  }

  showItems(show: ShowItem): void {
    this.frameOf(this.place, placeFrame);
    for (const { shown, stage } of this.items) {
      const model = pick(this.models, stage);
      if (model === undefined) continue;
      this.path.at(shown, at);
      frame.compose(at, turn.setFromAxisAngle(UP, this.path.heading(shown)), one).premultiply(placeFrame);
      show(model, frame, this.place);
    }
  }
}

const placeFrame = new Matrix4();
const frame = new Matrix4();
const at = new Vector3();
const turn = new Quaternion();
const one = new Vector3(1, 1, 1);

/** The model of a stage; beyond the list the last one. */
export function pick(models: readonly string[], stage: number): string | undefined {
  return models[Math.min(models.length - 1, Math.max(0, Math.round(stage)))];
}

export class CarryDriver implements ItemSource {
  readonly handles: readonly number[];
  private model: string | undefined;

  constructor(
    readonly place: number,
    private readonly hands: Hands,
    /** Frame of the node in the world. */
    private readonly nodeFrame: (place: number, piece: number, out: Matrix4) => Matrix4,
    private readonly piece: number,
    private readonly item: number,
    private readonly stage: number | undefined,
    private readonly models: readonly string[],
  ) {
    this.handles = stage === undefined ? [item] : [item, stage];
  }

  report(board: SceneBoard): void {
    const serial = board.object(this.item);
    const isHeld = typeof serial === "string" ? serial !== "" : board.value(this.item) > 0;
    const stage = this.stage === undefined ? 0 : board.value(this.stage);
    this.model = isHeld ? pick(this.models, Number.isNaN(stage) ? 0 : stage) : undefined;
    this.hands.itemsMoved();
  }

  step(): boolean {
    return false;
  }

  showItems(show: ShowItem): void {
    if (this.model !== undefined) show(this.model, this.nodeFrame(this.place, this.piece, frame), this.place);
  }
}
