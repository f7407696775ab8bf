// Handles to move or turn the chosen place by hand; the place follows at once and goes back if the move is refused.
import { Group, Matrix4, Object3D, Quaternion, Vector3 } from "three";
import { TransformControls } from "three/addons/controls/TransformControls.js";
import type { Eye } from "./_eye";
import type { GizmoMode, Quat, Vec3 } from "./_types";
import type { World } from "./_world";

const GRID_M = 0.05;
const GRID_RAD = Math.PI / 36;

export interface GizmoEvents {
  onChange(): void;
  onMove(placeId: string, position: Vec3, rotation: Quat): Promise<unknown> | void;
}

/** A tenth of a millimetre: world matrices are single precision, records need not show it. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4 + 0;
}

const parentWorld = new Matrix4();
const local = new Matrix4();
const scale = new Vector3();

export class Gizmo {
  readonly root = new Group();
  isHeld = false;
  private readonly controls: TransformControls;
  private readonly proxy = new Object3D();
  private number: number | undefined;
  private mode: GizmoMode = "off";

  constructor(private readonly eye: Eye, canvas: HTMLCanvasElement, private readonly world: World, private readonly events: GizmoEvents) {
    this.controls = new TransformControls(eye.camera, canvas);
    this.controls.setTranslationSnap(GRID_M);
    this.controls.setRotationSnap(GRID_RAD);
    this.controls.setSize(0.8);
    this.controls.setColors(0xa8574d, 0x4f7d57, 0x3f6f9c, 0xe0a838);
    this.root.add(this.controls.getHelper(), this.proxy);
    this.controls.enabled = false;
    this.controls.addEventListener("change", () => events.onChange());
    this.controls.addEventListener("objectChange", () => this.drag());
    this.controls.addEventListener("mouseDown", () => this.setHeld(true));
    this.controls.addEventListener("mouseUp", () => this.letGo());
  }

  attach(number: number | undefined): void {
    if (this.isHeld) return;
    this.number = number;
    this.update();
  }

  setMode(mode: GizmoMode): void {
    this.mode = mode;
    this.controls.setMode(mode === "turn" ? "rotate" : "translate");
    // A machine stands upright: it is turned about the vertical only.
    this.controls.showX = this.controls.showZ = mode !== "turn";
    this.update();
  }

  private update(): void {
    const isShown = this.number !== undefined && this.mode !== "off" && !this.world.isRoaming(this.number);
    this.controls.enabled = isShown;
    if (!isShown || this.number === undefined) {
      this.controls.detach();
      return;
    }
    this.world.table.matrix(this.number, this.proxy.matrix);
    this.proxy.matrix.decompose(this.proxy.position, this.proxy.quaternion, this.proxy.scale);
    this.proxy.updateMatrixWorld(true);
    this.controls.attach(this.proxy);
  }

  /** A part that hangs on nothing drawn is moved in the frame of its parent place. */
  private localPose(): { position: Vector3; rotation: Quaternion } {
    const parent = this.number === undefined ? undefined : this.world.table.parentOf(this.number);
    this.proxy.updateMatrixWorld(true);
    local.copy(this.proxy.matrixWorld);
    if (parent !== undefined) local.premultiply(this.world.table.matrix(parent, parentWorld).invert());
    const pose = { position: new Vector3(), rotation: new Quaternion() };
    local.decompose(pose.position, pose.rotation, scale);
    return pose;
  }

  private drag(): void {
    if (this.number === undefined) return;
    const { position, rotation } = this.localPose();
    this.world.table.setPose(this.number, position, rotation);
    this.world.replace(this.number);
    this.events.onChange();
  }

  private setHeld(isHeld: boolean): void {
    this.isHeld = isHeld;
    this.eye.hold(isHeld);
  }

  private letGo(): void {
    this.setHeld(false);
    const { number } = this;
    const place = number === undefined ? undefined : this.world.table.places[number];
    if (number === undefined || !place) return;
    const { position, rotation } = this.localPose();
    const asked = this.events.onMove(place.id, position.toArray().map(rounded) as Vec3, rotation.toArray().map(rounded) as Quat);
    asked?.then(undefined, () => this.goBack(place.id));
  }

  private goBack(id: string): void {
    const number = this.world.table.numberOf(id);
    if (number === undefined) return;
    this.world.table.clearPose(number);
    this.world.replace(number);
    this.update();
    this.events.onChange();
  }

  dispose(): void {
    this.controls.detach();
    this.controls.dispose();
  }
}
