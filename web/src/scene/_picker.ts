// Finds the place under the pointer: first the balls around all places, then the triangles of the nearest few.
import { Matrix4, Mesh, MeshBasicMaterial, Raycaster, Ray, Sphere, Vector2, Vector3, type Camera, type Intersection } from "three";
import type { World } from "./_world";

const ray = new Ray();
const sphere = new Sphere();
const hitPoint = new Vector3();
const pointer = new Vector2();
const MOST_TESTED = 40;
const ANY = new MeshBasicMaterial({ side: 2 });

export interface Hit {
  number: number;
  point: Vector3;
}

export class Picker {
  private readonly caster = new Raycaster();
  private readonly probe = new Mesh(undefined, ANY);
  private readonly frame = new Matrix4();

  constructor(private readonly world: World, private readonly canPick: (number: number) => boolean) {
    this.probe.matrixAutoUpdate = false;
  }

  /** `x`, `y` in −1…1, y up. */
  at(x: number, y: number, camera: Camera, cutHeightM: number | null): Hit | null {
    this.caster.setFromCamera(pointer.set(x, y), camera);
    ray.copy(this.caster.ray);
    const near: { number: number; distance: number }[] = [];
    this.world.forEachDrawn((number) => {
      if (!this.canPick(number) || !this.world.sphere(number, sphere)) return;
      if (!ray.intersectsSphere(sphere)) return;
      near.push({ number, distance: Math.max(0, ray.origin.distanceTo(sphere.center) - sphere.radius) });
    });
    near.sort((a, b) => a.distance - b.distance);
    let best: { hit: Hit; distance: number } | null = null;
    for (const { number, distance } of near.slice(0, MOST_TESTED)) {
      if (best && distance > best.distance) break;
      const found = this.test(number, cutHeightM);
      if (found && (!best || found.distance < best.distance)) best = { hit: { number, point: hitPoint.copy(found.point).clone() }, distance: found.distance };
    }
    return best?.hit ?? null;
  }

  private test(number: number, cutHeightM: number | null): Intersection | null {
    const model = this.world.model(number);
    if (!model) return null;
    const rig = this.world.knownRig(number);
    let best: Intersection | null = null;
    model.pieces.forEach((piece, p) => {
      for (const { geometry } of piece.skins) {
        this.world.table.matrix(number, this.probe.matrixWorld);
        this.probe.matrixWorld.multiply(rig ? this.frame.fromArray(rig.frames, 16 * p) : piece.rest);
        this.probe.geometry = geometry;
        const found: Intersection[] = [];
        this.probe.raycast(this.caster, found);
        for (const each of found) {
          if (cutHeightM !== null && each.point.y > cutHeightM) continue;
          if (!best || each.distance < best.distance) best = each;
        }
      }
    });
    return best;
  }
}
