// Ties the behaviours of places to signals: makes their drivers, wakes those whose signals changed, steps the awake ones.
import type { Matrix4 } from "three";
import type { Place } from "../protocol";
import { ClipDriver, LightDriver, PoseDriver, SlideDriver, StateDriver, TurnDriver, type Driver, type Hands } from "./_drivers";
import { CarryDriver, FlowDriver, type ItemSource, type ShowItem } from "./_flow";
import { nodeName } from "./_model";
import type { SceneBoard } from "./_types";

export type Behaviour = Place["behaviours"][number];

/** Where drivers find handles, nodes and frames. */
export interface Sources {
  handleOf(key: string): number | undefined;
  /** Number of the moving piece that a node name means in the place's model. */
  pieceOf(place: number, node: string): number | undefined;
  placeFrame(place: number, out: Matrix4): Matrix4;
  nodeFrame(place: number, piece: number, out: Matrix4): Matrix4;
}

/** Names of nodes that a behaviour moves, lights or loads. */
export function nodesOf(behaviour: Behaviour): string[] {
  return "node" in behaviour ? [nodeName(behaviour.node)] : [];
}

/** Names of models that a behaviour shows beside the place's own. */
export function modelsOf(behaviour: Behaviour): readonly string[] {
  return "models" in behaviour ? behaviour.models : [];
}

/** The driver of a behaviour; null while its signals or its node are not known. */
export function makeDriver(behaviour: Behaviour, place: number, hands: Hands, sources: Sources): Driver | null {
  const handle = (key: string | null | undefined) => (key ? sources.handleOf(key) : undefined);
  const piece = "node" in behaviour ? sources.pieceOf(place, nodeName(behaviour.node)) : undefined;
  switch (behaviour.kind) {
    case "state": {
      const machine = handle(behaviour.signal);
      return machine === undefined ? null : new StateDriver(place, hands, machine, handle(behaviour.detail));
    }
    case "turn":
    case "slide": {
      const signal = handle(behaviour.signal);
      if (signal === undefined || piece === undefined) return null;
      const node = { piece, axis: behaviour.axis, factor: behaviour.factor ?? 1, offset: behaviour.offset ?? 0 };
      return behaviour.kind === "turn" ? new TurnDriver(place, hands, signal, node) : new SlideDriver(place, hands, signal, node);
    }
    case "clip": {
      const signal = handle(behaviour.signal);
      return signal === undefined ? null : new ClipDriver(place, hands, signal, behaviour.clip);
    }
    case "pose": {
      const [x, y, theta] = [handle(behaviour.x), handle(behaviour.y), handle(behaviour.theta)];
      return x === undefined || y === undefined || theta === undefined ? null : new PoseDriver(place, hands, x, y, theta);
    }
    case "carry": {
      const item = handle(behaviour.item);
      if (item === undefined || piece === undefined) return null;
      return new CarryDriver(place, hands, sources.nodeFrame, piece, item, handle(behaviour.stage), behaviour.models);
    }
    case "flow": {
      const positions = handle(behaviour.positions);
      if (positions === undefined) return null;
      return new FlowDriver(place, hands, sources.placeFrame, positions, handle(behaviour.stages), behaviour.path, behaviour.models);
    }
    case "light": {
      const signal = handle(behaviour.signal);
      return signal === undefined || piece === undefined ? null : new LightDriver(place, hands, signal, piece);
    }
    case "label":
      return null;
  }
}

export class Bindings {
  private readonly byHandle = new Map<number, Driver[]>();
  private readonly byPlace = new Map<number, Driver[]>();
  private readonly awake = new Set<Driver>();
  private readonly changed = new Map<Driver, boolean>();
  private readonly sources = new Set<ItemSource>();

  get count(): number {
    return [...this.byPlace.values()].reduce((sum, list) => sum + list.length, 0);
  }

  /** Whether signals, and not the record, say where the place stands. */
  drivesPose(place: number): boolean {
    return (this.byPlace.get(place) ?? []).some((driver) => driver instanceof PoseDriver);
  }

  clear(): void {
    this.byHandle.clear();
    this.byPlace.clear();
    this.awake.clear();
    this.changed.clear();
    this.sources.clear();
  }

  add(driver: Driver): void {
    for (const handle of driver.handles) {
      const list = this.byHandle.get(handle);
      if (list) list.push(driver);
      else this.byHandle.set(handle, [driver]);
    }
    this.byPlace.set(driver.place, [...(this.byPlace.get(driver.place) ?? []), driver]);
    if ("showItems" in driver) this.sources.add(driver as ItemSource);
    this.changed.set(driver, true);
  }

  /** Notes what a frame changed; true where something of the scene did. A jump also changes what it does not name. */
  hear(handles: ArrayLike<number>, isJump: boolean): boolean {
    if (isJump) this.hearAll();
    else {
      for (let i = 0; i < handles.length; i += 1) {
        for (const driver of this.byHandle.get(handles[i] as number) ?? []) this.changed.set(driver, this.changed.get(driver) === true);
      }
    }
    return this.changed.size > 0;
  }

  /** Everything is to be read anew, shown at once. */
  hearAll(): void {
    for (const drivers of this.byPlace.values()) for (const driver of drivers) this.changed.set(driver, true);
  }

  /** Reads changed signals and moves what is awake; true while anything still moves. */
  step(board: SceneBoard, nowMs: number): boolean {
    for (const [driver, isJump] of this.changed) {
      driver.report(board, nowMs, isJump);
      this.awake.add(driver);
    }
    this.changed.clear();
    for (const driver of this.awake) if (!driver.step(nowMs)) this.awake.delete(driver);
    return this.awake.size > 0;
  }

  showItems(show: ShowItem): void {
    for (const source of this.sources) source.showItems(show);
  }
}
