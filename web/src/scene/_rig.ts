// The moving parts of one machine: what signals do to its nodes, and where each piece is then.
import { Matrix4, Quaternion, Vector3 } from "three";
import type { Model } from "./_model";
import { multiplyInto } from "./_places";

export type Axis = "x" | "y" | "z";

const AXES: Record<Axis, Vector3> = { x: new Vector3(1, 0, 0), y: new Vector3(0, 1, 0), z: new Vector3(0, 0, 1) };
const turn = new Quaternion();
const local = new Matrix4();

export class Rig {
  /** Frames of the pieces in the model, 16 numbers each. */
  readonly frames: Float32Array;
  isStale = true;
  private readonly positions: Vector3[];
  private readonly rotations: Quaternion[];
  private readonly scales: Vector3[];

  constructor(readonly model: Model) {
    this.frames = new Float32Array(16 * model.pieces.length);
    this.positions = model.pieces.map((piece) => piece.restPosition.clone());
    this.rotations = model.pieces.map((piece) => piece.restRotation.clone());
    this.scales = model.pieces.map((piece) => piece.restScale.clone());
    this.settle();
  }

  /** Turns a node about its own axis from its rest, rad. */
  turn(piece: number, axis: Axis, angleRad: number): void {
    const rest = this.model.pieces[piece]?.restRotation;
    if (!rest) return;
    this.rotations[piece]?.copy(rest).multiply(turn.setFromAxisAngle(AXES[axis], angleRad));
    this.isStale = true;
  }

  /** Slides a node along an axis of its parent from its rest, m. */
  slide(piece: number, axis: Axis, distanceM: number): void {
    const rest = this.model.pieces[piece]?.restPosition;
    if (!rest) return;
    this.positions[piece]?.copy(rest).addScaledVector(AXES[axis], distanceM);
    this.isStale = true;
  }

  /** Shows a clip at a share (0…1) of its length. */
  showClip(name: string, share: number): void {
    const clip = this.model.clips.get(name);
    if (!clip) return;
    const time = Math.min(1, Math.max(0, share)) * clip.durationS;
    for (const { piece, path, interpolant } of clip.lanes) {
      const value = interpolant.evaluate(time) as unknown as ArrayLike<number>;
      const [a, b, c, d] = [value[0] as number, value[1] as number, value[2] as number, value[3] as number];
      if (path === "quaternion") this.rotations[piece]?.set(a, b, c, d);
      else (path === "position" ? this.positions : this.scales)[piece]?.set(a, b, c);
    }
    this.isStale = true;
  }

  /** Computes the frames of all pieces, parents first. */
  settle(): void {
    this.isStale = false;
    this.model.pieces.forEach((piece, number) => {
      if (number === 0) {
        this.frames.set(piece.rest.elements, 0);
        return;
      }
      local.compose(this.positions[number] as Vector3, this.rotations[number] as Quaternion, this.scales[number] as Vector3);
      local.premultiply(piece.prefix);
      multiplyInto(this.frames, 16 * number, this.frames, 16 * piece.parent, local.elements);
    });
  }
}
