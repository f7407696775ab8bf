// Where every place stands: records by id, parents before children, and world matrices in one flat array.
import { Matrix4, Quaternion, Vector3 } from "three";
import type { Place } from "../protocol";

const FIRST_SIZE = 64;
const position = new Vector3();
const rotation = new Quaternion();
const scale = new Vector3();
const local = new Matrix4();

export class PlaceTable {
  /** Place by its number; undefined where a number is free. */
  readonly places: (Place | undefined)[] = [];
  /** World matrices, 16 numbers a place, column-major. */
  world = new Float32Array(16 * FIRST_SIZE);
  private readonly numbers = new Map<string, number>();
  private readonly children = new Map<string, Set<string>>();
  private readonly free: number[] = [];
  /** Pose (local to the parent) that a signal or a hand gives instead of the record's. */
  private readonly poses = new Map<number, { position: Vector3; rotation: Quaternion }>();

  get size(): number {
    return this.numbers.size;
  }

  numberOf(id: string): number | undefined {
    return this.numbers.get(id);
  }

  ids(): IterableIterator<string> {
    return this.numbers.keys();
  }

  /** Enters or replaces a record; its world matrix is stale until `place` is called. */
  put(place: Place): number {
    const known = this.numbers.get(place.id);
    const number = known ?? this.free.pop() ?? this.places.length;
    const before = this.places[number];
    if (before && before.parent !== place.parent) this.unlink(before);
    this.places[number] = place;
    this.numbers.set(place.id, number);
    if (place.parent !== null) {
      const siblings = this.children.get(place.parent) ?? new Set();
      this.children.set(place.parent, siblings.add(place.id));
    }
    if (16 * this.places.length > this.world.length) {
      const bigger = new Float32Array(this.world.length * 2);
      bigger.set(this.world);
      this.world = bigger;
    }
    return number;
  }

  remove(id: string): number | undefined {
    const number = this.numbers.get(id);
    if (number === undefined) return undefined;
    const place = this.places[number];
    if (place) this.unlink(place);
    this.numbers.delete(id);
    this.poses.delete(number);
    this.places[number] = undefined;
    this.free.push(number);
    return number;
  }

  private unlink(place: Place): void {
    if (place.parent === null) return;
    const siblings = this.children.get(place.parent);
    siblings?.delete(place.id);
    if (siblings?.size === 0) this.children.delete(place.parent);
  }

  setPose(number: number, at: Vector3, turn: Quaternion): void {
    const pose = this.poses.get(number);
    if (pose) {
      pose.position.copy(at);
      pose.rotation.copy(turn);
    } else this.poses.set(number, { position: at.clone(), rotation: turn.clone() });
  }

  clearPose(number: number): void {
    this.poses.delete(number);
  }

  /** The place's numbers and all below it, parents first. */
  subtree(number: number): number[] {
    const out = [number];
    const seen = new Set(out);
    for (let i = 0; i < out.length; i += 1) {
      const place = this.places[out[i] as number];
      for (const id of (place && this.children.get(place.id)) ?? []) {
        const child = this.numbers.get(id);
        if (child === undefined || seen.has(child)) continue;
        seen.add(child);
        out.push(child);
      }
    }
    return out;
  }

  /** All numbers, parents first; a parent that is missing or a cycle makes the place a root. */
  parentsFirst(): number[] {
    const out: number[] = [];
    const isDone = new Uint8Array(this.places.length);
    for (let start = 0; start < this.places.length; start += 1) {
      const chain: number[] = [];
      let at: number | undefined = start;
      while (at !== undefined && this.places[at] && isDone[at] === 0) {
        isDone[at] = 1;
        chain.push(at);
        at = this.parentOf(at);
      }
      out.push(...chain.reverse());
    }
    return out;
  }

  parentOf(number: number): number | undefined {
    const parent = this.places[number]?.parent;
    return parent == null ? undefined : this.numbers.get(parent);
  }

  /** Computes the world matrix of one place from its parent's. */
  place(number: number): void {
    const record = this.places[number];
    if (!record) return;
    const pose = this.poses.get(number);
    if (pose) local.compose(pose.position, pose.rotation, scale.fromArray(record.scale));
    else local.compose(position.fromArray(record.position), rotation.fromArray(record.rotation), scale.fromArray(record.scale));
    const parent = this.parentOf(number);
    if (parent !== undefined && parent !== number) multiplyInto(this.world, 16 * number, this.world, 16 * parent, local.elements);
    else this.world.set(local.elements, 16 * number);
  }

  matrix(number: number, out: Matrix4): Matrix4 {
    return out.fromArray(this.world, 16 * number);
  }
}

/** out = a · b for column-major 4×4 matrices inside flat arrays; `out` may be `a`'s array at another offset. */
export function multiplyInto(out: Float32Array, outAt: number, a: ArrayLike<number>, aAt: number, b: ArrayLike<number>, bAt = 0): void {
  for (let column = 0; column < 4; column += 1) {
    const b0 = b[bAt + 4 * column] as number;
    const b1 = b[bAt + 4 * column + 1] as number;
    const b2 = b[bAt + 4 * column + 2] as number;
    const b3 = b[bAt + 4 * column + 3] as number;
    for (let row = 0; row < 4; row += 1) {
      out[outAt + 4 * column + row] =
        (a[aAt + row] as number) * b0 + (a[aAt + 4 + row] as number) * b1 + (a[aAt + 8 + row] as number) * b2 + (a[aAt + 12 + row] as number) * b3;
    }
  }
}
