// Instances of one model that stand near each other: drawn by one call per piece and finish, culled as one.
import { DynamicDrawUsage, Group, InstancedBufferAttribute, InstancedMesh, Matrix4, Sphere, Vector3, type Color } from "three";
import type { Materials } from "./_materials";
import type { Model } from "./_model";
import { multiplyInto } from "./_places";

/** Matrices and colours of one piece for every instance in the cell; its skins share them. */
interface Lane {
  matrix: InstancedBufferAttribute;
  colour: InstancedBufferAttribute;
  meshes: InstancedMesh[];
}

const identity = new Matrix4();

export class Cell {
  readonly group = new Group();
  /** One lane per piece of the model; null where the piece has nothing to draw. */
  private readonly lanes: (Lane | null)[];
  private readonly bounds = new Sphere(new Vector3(), -1);

  constructor(
    readonly model: Model,
    /** Numbers of the places, in the order of the instances. */
    readonly numbers: readonly number[],
    materials: Materials,
    /** Its instances roam, or have parts that reach far: never culled. */
    private readonly isRoaming: boolean,
  ) {
    this.group.matrixAutoUpdate = false;
    this.lanes = model.pieces.map((piece) => (piece.skins.length > 0 ? this.makeLane(piece.skins, materials) : null));
  }

  get draws(): number {
    return this.lanes.reduce((sum, lane) => sum + (lane?.meshes.length ?? 0), 0);
  }

  private makeLane(skins: Model["pieces"][number]["skins"], materials: Materials): Lane {
    const count = this.numbers.length;
    const matrix = new InstancedBufferAttribute(new Float32Array(16 * count), 16);
    const colour = new InstancedBufferAttribute(new Float32Array(3 * count).fill(1), 3);
    matrix.setUsage(DynamicDrawUsage);
    const meshes = skins.map((skin) => {
      const material = skin.material ? materials.keep(skin.material) : materials.get(skin.finish as Exclude<typeof skin.finish, "textured">);
      const mesh = new InstancedMesh(skin.geometry, material, 0);
      mesh.instanceMatrix = matrix;
      mesh.instanceColor = colour;
      mesh.count = count;
      mesh.boundingSphere = this.bounds;
      mesh.frustumCulled = !this.isRoaming;
      mesh.castShadow = !this.isRoaming && skin.finish !== "glass" && skin.finish !== "lamp";
      mesh.receiveShadow = skin.finish !== "lamp";
      mesh.matrixAutoUpdate = false;
      mesh.matrixWorld.copy(identity);
      mesh.userData.finish = skin.finish;
      this.group.add(mesh);
      return mesh;
    });
    return { matrix, colour, meshes };
  }

  /** Writes the matrix of one piece of one instance: world · frame, or nothing to see where it is hidden. */
  writeMatrix(index: number, piece: number, world: ArrayLike<number>, worldAt: number, frame: ArrayLike<number>, frameAt: number, isHidden: boolean): void {
    const lane = this.lanes[piece];
    if (!lane) return;
    const out = lane.matrix.array as Float32Array;
    const at = 16 * index;
    if (isHidden) out.fill(0, at, at + 16);
    else multiplyInto(out, at, world, worldAt, frame, frameAt);
    touch(lane.matrix, at, 16);
  }

  writeColour(index: number, piece: number, colour: Color): void {
    const lane = this.lanes[piece];
    if (!lane) return;
    const out = lane.colour.array as Float32Array;
    const at = 3 * index;
    if (out[at] === colour.r && out[at + 1] === colour.g && out[at + 2] === colour.b) return;
    colour.toArray(out, at);
    touch(lane.colour, at, 3);
  }

  /** Makes the cell's bounds hold an instance that stands at `centre`. */
  include(centre: Vector3, radius: number): void {
    const sphere = new Sphere(centre, radius);
    if (this.bounds.radius < 0) this.bounds.copy(sphere);
    else this.bounds.union(sphere);
  }

  setMaterials(materials: Materials): void {
    for (const child of this.group.children) {
      const mesh = child as InstancedMesh;
      const finish = mesh.userData.finish as string;
      if (finish !== "textured") mesh.material = materials.get(finish as Parameters<Materials["get"]>[0]);
    }
  }

  dispose(): void {
    this.group.removeFromParent();
    for (const child of this.group.children) (child as InstancedMesh).dispose();
  }
}

/** Above this many single changes a whole upload is cheaper than ranges. */
const MANY_RANGES = 24;

function touch(attribute: InstancedBufferAttribute, start: number, count: number): void {
  const ranges = attribute.updateRanges;
  const last = ranges[ranges.length - 1];
  if (last && last.start + last.count === start) last.count += count;
  else if (ranges.length < MANY_RANGES) attribute.addUpdateRange(start, count);
  else {
    attribute.clearUpdateRanges();
    attribute.addUpdateRange(0, attribute.array.length);
  }
  attribute.needsUpdate = true;
}

export interface CellPlan {
  /** Draw calls one cell of this model costs. */
  draws: number;
  /** Place numbers. */
  numbers: number[];
  isRoaming: boolean;
}

const SMALLEST_CELL = 256;

/**
 * Cuts the plans into cells until the draw calls reach the budget: always the cell with most instances over the
 * widest ground, at its median. `x` and `z` give the ground position of a place number.
 */
export function cutIntoCells(plans: readonly CellPlan[], budget: number, x: (n: number) => number, z: (n: number) => number): number[][][] {
  const cells = plans.map((plan) => [plan.numbers]);
  let draws = plans.reduce((sum, plan) => sum + plan.draws, 0);
  const waiting = plans.flatMap((plan, index) => (plan.isRoaming ? [] : [{ index, numbers: plan.numbers, ...spread(plan.numbers, x, z) }]));
  while (waiting.length > 0) {
    let best = 0;
    waiting.forEach((each, i) => {
      if (each.weight > (waiting[best] as typeof each).weight) best = i;
    });
    const [cell] = waiting.splice(best, 1) as [(typeof waiting)[number]];
    const cost = (plans[cell.index] as CellPlan).draws;
    if (cell.numbers.length < 2 * SMALLEST_CELL || draws + cost > budget) continue;
    draws += cost;
    const along = cell.isWide ? x : z;
    const sorted = [...cell.numbers].sort((a, b) => along(a) - along(b));
    const middle = sorted.length >> 1;
    const halves = [sorted.slice(0, middle), sorted.slice(middle)];
    const list = cells[cell.index] as number[][];
    list.splice(list.indexOf(cell.numbers), 1, ...halves);
    for (const numbers of halves) waiting.push({ index: cell.index, numbers, ...spread(numbers, x, z) });
  }
  return cells;
}

function spread(numbers: readonly number[], x: (n: number) => number, z: (n: number) => number): { weight: number; isWide: boolean } {
  let [x0, x1, z0, z1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const n of numbers) {
    x0 = Math.min(x0, x(n));
    x1 = Math.max(x1, x(n));
    z0 = Math.min(z0, z(n));
    z1 = Math.max(z1, z(n));
  }
  return { weight: numbers.length * (Math.hypot(x1 - x0, z1 - z0) || 0), isWide: x1 - x0 > z1 - z0 };
}
