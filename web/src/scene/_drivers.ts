// What signals do to places: each driver reads its signals when they change and moves its part until it is there.
import { Quaternion, Vector3 } from "three";
import { nearestAngle, nextProgress, Motion } from "./_motion";
import type { Rig } from "./_rig";
import type { PlaceState, SceneBoard } from "./_types";

/** Good, OPC UA Part 4 §7.39: the two highest bits of a status code are its severity. */
export function isBad(quality: number): boolean {
  return quality >>> 30 >= 2;
}

export interface Driver {
  /** Number of the place it belongs to. */
  readonly place: number;
  readonly handles: readonly number[];
  /** Some of its signals changed. `isJump`: show the new values at once. */
  report(board: SceneBoard, nowMs: number, isJump: boolean): void;
  /** Shows the instant; true while it still moves. */
  step(nowMs: number): boolean;
}

/** What drivers may do to the scene. */
export interface Hands {
  rig(place: number): Rig | undefined;
  /** The rig of the place changed. */
  rigMoved(place: number): void;
  pose(place: number, position: Vector3, rotation: Quaternion): void;
  showState(place: number, state: PlaceState): void;
  showLight(place: number, piece: number, isOn: boolean): void;
  itemsMoved(): void;
}

const position = new Vector3();
const rotation = new Quaternion();
const UP = new Vector3(0, 1, 0);

const MACHINE = { NOT_AVAILABLE: 0, OUT_OF_SERVICE: 1, NOT_EXECUTING: 2, EXECUTING: 3 } as const;
const DETAIL = { RUNNING: 0, STARVED: 1, BLOCKED: 2, FAILED: 3, STOPPED: 4, SETUP: 5 } as const;

/** What a machine's state (OPC 40001-1 MachineryItemState) and its reason look like; NaN where a value is missing. */
export function stateOf(machine: number, detail: number): PlaceState {
  if (detail === DETAIL.FAILED) return "failed";
  if (Number.isNaN(machine) || machine === MACHINE.NOT_AVAILABLE) return "unknown";
  if (machine === MACHINE.OUT_OF_SERVICE || detail === DETAIL.STOPPED) return "off";
  if (detail === DETAIL.STARVED || detail === DETAIL.BLOCKED) return "waiting";
  return "normal";
}

export class StateDriver implements Driver {
  readonly handles: readonly number[];

  constructor(
    readonly place: number,
    private readonly hands: Hands,
    private readonly machine: number,
    private readonly detail: number | undefined,
  ) {
    this.handles = detail === undefined ? [machine] : [machine, detail];
  }

  report(board: SceneBoard): void {
    const detail = this.detail === undefined || isBad(board.quality(this.detail)) ? NaN : board.value(this.detail);
    const machine = !board.has(this.machine) || isBad(board.quality(this.machine)) ? NaN : board.value(this.machine);
    this.hands.showState(this.place, Number.isNaN(machine) ? "unknown" : stateOf(machine, detail));
  }

  step(): boolean {
    return false;
  }
}

/** Shared by the drivers whose signals are numbers that move smoothly. */
abstract class Moving implements Driver {
  protected readonly motion: Motion;
  private readonly read: Float64Array;

  constructor(
    readonly place: number,
    protected readonly hands: Hands,
    readonly handles: readonly number[],
    unwrap: readonly ((from: number, to: number) => number)[] = [],
  ) {
    this.motion = new Motion(handles.length, unwrap);
    this.read = new Float64Array(handles.length);
  }

  report(board: SceneBoard, nowMs: number, isJump: boolean): void {
    this.handles.forEach((handle, lane) => (this.read[lane] = board.value(handle)));
    if (this.read.every(Number.isNaN)) return;
    this.motion.report(this.read, nowMs, isJump);
  }

  step(nowMs: number): boolean {
    const isMoving = this.motion.step(nowMs);
    this.show(this.motion.shown);
    return isMoving;
  }

  protected abstract show(values: Float64Array): void;
}

export interface NodeMotion {
  piece: number;
  axis: "x" | "y" | "z";
  factor: number;
  offset: number;
}

export class TurnDriver extends Moving {
  constructor(place: number, hands: Hands, handle: number, private readonly node: NodeMotion) {
    super(place, hands, [handle]);
  }
  protected show(values: Float64Array): void {
    this.hands.rig(this.place)?.turn(this.node.piece, this.node.axis, (values[0] as number) * this.node.factor + this.node.offset);
    this.hands.rigMoved(this.place);
  }
}

export class SlideDriver extends Moving {
  constructor(place: number, hands: Hands, handle: number, private readonly node: NodeMotion) {
    super(place, hands, [handle]);
  }
  protected show(values: Float64Array): void {
    this.hands.rig(this.place)?.slide(this.node.piece, this.node.axis, (values[0] as number) * this.node.factor + this.node.offset);
    this.hands.rigMoved(this.place);
  }
}

export class ClipDriver extends Moving {
  constructor(place: number, hands: Hands, handle: number, private readonly clip: string) {
    super(place, hands, [handle], [nextProgress]);
  }
  protected show(values: Float64Array): void {
    const progress = values[0] as number;
    this.hands.rig(this.place)?.showClip(this.clip, progress > 1 ? progress % 1 : progress);
    this.hands.rigMoved(this.place);
  }
}

/** Plant floor (x east, y north, theta counter-clockwise from above) to the scene (x east, z south, Y up). */
export class PoseDriver extends Moving {
  constructor(place: number, hands: Hands, x: number, y: number, theta: number) {
    super(place, hands, [x, y, theta], [same, same, nearestAngle]);
  }
  protected show(values: Float64Array): void {
    position.set(values[0] as number, 0, -(values[1] as number));
    this.hands.pose(this.place, position, rotation.setFromAxisAngle(UP, values[2] as number));
  }
}

function same(_from: number, to: number): number {
  return to;
}

export class LightDriver implements Driver {
  readonly handles: readonly number[];
  constructor(readonly place: number, private readonly hands: Hands, private readonly handle: number, private readonly piece: number) {
    this.handles = [handle];
  }
  report(board: SceneBoard): void {
    this.hands.showLight(this.place, this.piece, board.value(this.handle) > 0 && !isBad(board.quality(this.handle)));
  }
  step(): boolean {
    return false;
  }
}
