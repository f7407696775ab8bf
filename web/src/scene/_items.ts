// Draws travelling items: one growing list of instances per model, written anew whenever an item moved.
import { DynamicDrawUsage, Group, InstancedBufferAttribute, InstancedMesh, Matrix4 } from "three";
import type { Materials } from "./_materials";
import type { Model } from "./_model";
import { multiplyInto } from "./_places";

interface Pool {
  model: Model;
  count: number;
  capacity: number;
  lanes: { piece: number; matrix: InstancedBufferAttribute; meshes: InstancedMesh[] }[];
}

const FIRST_CAPACITY = 16;

export class Items {
  readonly root = new Group();
  private readonly pools = new Map<string, Pool>();

  constructor(
    private readonly materials: Materials,
    private readonly modelNamed: (name: string) => Model | undefined,
  ) {
    this.root.matrixAutoUpdate = false;
  }

  begin(): void {
    for (const pool of this.pools.values()) pool.count = 0;
  }

  readonly show = (name: string, frame: Matrix4): void => {
    const model = this.modelNamed(name);
    if (!model) return;
    let pool = this.pools.get(name);
    if (!pool || pool.model !== model || pool.count === pool.capacity) pool = this.grow(name, model, pool);
    for (const { piece, matrix } of pool.lanes) {
      multiplyInto(matrix.array as Float32Array, 16 * pool.count, frame.elements, 0, (model.pieces[piece] as Model["pieces"][number]).rest.elements);
    }
    pool.count += 1;
  };

  end(): void {
    for (const pool of this.pools.values()) {
      for (const { matrix, meshes } of pool.lanes) {
        matrix.clearUpdateRanges();
        if (pool.count > 0) {
          matrix.addUpdateRange(0, 16 * pool.count);
          matrix.needsUpdate = true;
        }
        for (const mesh of meshes) {
          mesh.count = pool.count;
          mesh.visible = pool.count > 0;
        }
      }
    }
  }

  private grow(name: string, model: Model, old: Pool | undefined): Pool {
    const same = old?.model === model ? old : undefined;
    const capacity = same ? 2 * same.capacity : FIRST_CAPACITY;
    const pool: Pool = { model, count: same?.count ?? 0, capacity, lanes: [] };
    model.pieces.forEach((piece, number) => {
      if (piece.skins.length === 0) return;
      const matrix = new InstancedBufferAttribute(new Float32Array(16 * capacity), 16);
      matrix.setUsage(DynamicDrawUsage);
      const before = same?.lanes.find((lane) => lane.piece === number);
      if (before) (matrix.array as Float32Array).set(before.matrix.array as Float32Array);
      const meshes = piece.skins.map((skin) => {
        const mesh = new InstancedMesh(skin.geometry, skin.material ?? this.materials.get(skin.finish as "solid"), 0);
        mesh.instanceMatrix = matrix;
        mesh.frustumCulled = false;
        mesh.receiveShadow = true;
        mesh.matrixAutoUpdate = false;
        mesh.userData.finish = skin.finish;
        this.root.add(mesh);
        return mesh;
      });
      pool.lanes.push({ piece: number, matrix, meshes });
    });
    if (old) dispose(old);
    this.pools.set(name, pool);
    return pool;
  }

  setMaterials(): void {
    for (const child of this.root.children) {
      const mesh = child as InstancedMesh;
      if (mesh.userData.finish !== "textured") mesh.material = this.materials.get(mesh.userData.finish as "solid");
    }
  }

  dispose(): void {
    for (const pool of this.pools.values()) dispose(pool);
    this.pools.clear();
  }
}

function dispose(pool: Pool): void {
  for (const { meshes } of pool.lanes) {
    for (const mesh of meshes) {
      mesh.removeFromParent();
      mesh.dispose();
    }
  }
}
