// The eye: orbits about a point or walks through the hall; by mouse, touch and keys.
import { Box3, PerspectiveCamera, Spherical, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { CameraMode, CameraView } from "./_types";

const EYE_HEIGHT_M = 1.65;
const WALK_M_PER_S = 1.6;
const RUN_FACTOR = 3;
const LOOK_RAD_PER_PX = 0.0032;
const FLIGHT_MS = 650;
const STEP_RAD = 0.08;

interface Flight {
  fromPosition: Vector3;
  fromTarget: Vector3;
  toPosition: Vector3;
  toTarget: Vector3;
  startMs: number;
}

/** From where a plant is seen first: from the south, a little from the west, well above. */
/** Where the eye may stand at first, as directions from the middle; the one from which the plant fills the picture best is taken. */
const HOMES = [new Vector3(-0.3, 0.62, 0.85), new Vector3(-0.62, 0.6, 0.66), new Vector3(-0.84, 0.62, 0.42)];

const forward = new Vector3();
const side = new Vector3();
const spherical = new Spherical();

export class Eye {
  readonly camera = new PerspectiveCamera(50, 1, 0.1, 1500);
  mode: CameraMode = "orbit";
  private readonly orbit: OrbitControls;
  private readonly keys = new Set<string>();
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private flight: Flight | null = null;
  private lastMs = 0;
  private hasMoved = false;
  private readonly stop = new AbortController();

  constructor(
    private readonly canvas: HTMLCanvasElement,
    /** The picture must be drawn again. */
    private readonly onChange: () => void,
    private readonly isCalm: boolean,
  ) {
    this.orbit = new OrbitControls(this.camera, canvas);
    Object.assign(this.orbit, { enableDamping: !isCalm, dampingFactor: 0.12, maxPolarAngle: Math.PI * 0.495, minDistance: 0.6, maxDistance: 600, zoomToCursor: true });
    this.camera.position.set(18, 14, 22);
    this.orbit.update();
    this.orbit.addEventListener("change", () => {
      this.hasMoved = true;
      onChange();
    });
    this.orbit.addEventListener("start", () => (this.flight = null));
    this.listen();
  }

  get target(): Vector3 {
    return this.orbit.target;
  }

  get view(): CameraView {
    return { mode: this.mode, position: this.camera.position.toArray(), target: this.orbit.target.toArray() };
  }

  set view(view: CameraView) {
    this.flight = null;
    this.camera.position.fromArray(view.position);
    this.orbit.target.fromArray(view.target);
    this.mode = view.mode;
    this.orbit.enabled = view.mode === "orbit";
    if (view.mode === "orbit") this.orbit.update();
    else this.camera.lookAt(this.orbit.target);
    this.onChange();
  }

  /** The gizmo is held: the eye keeps still. */
  hold(isHeld: boolean): void {
    this.orbit.enabled = !isHeld && this.mode === "orbit";
  }

  setMode(mode: CameraMode): void {
    if (mode === this.mode) return;
    this.camera.getWorldDirection(forward);
    if (mode === "walk") {
      const at = this.orbit.target;
      const distance = Math.min(8, this.camera.position.distanceTo(at));
      const position = new Vector3(at.x - forward.x * distance, EYE_HEIGHT_M, at.z - forward.z * distance);
      this.view = { mode, position: position.toArray(), target: [at.x, EYE_HEIGHT_M - 0.3, at.z] };
    } else {
      const target = this.camera.position.clone().addScaledVector(forward, 6);
      target.y = Math.max(0.5, target.y);
      this.view = { mode, position: this.camera.position.clone().add(new Vector3(0, 2, 0)).toArray(), target: target.toArray() };
    }
    this.hasMoved = true;
  }

  /** Goes where the box fills the picture: from the usual side or from where it looks now, in flight or at once. */
  show(box: Box3, nowMs: number, { fromHome = false, atOnce = false } = {}): void {
    const centre = box.getCenter(new Vector3());
    const direction = fromHome ? this.bestHome(box, centre) : this.camera.position.clone().sub(this.orbit.target);
    direction.y = Math.max(direction.y, 0.35 * direction.length());
    direction.normalize();
    const toPosition = direction.clone().multiplyScalar(this.distanceToFit(box, centre, direction)).add(centre);
    if (this.mode === "walk") this.mode = "orbit";
    this.orbit.enabled = true;
    if (atOnce || this.isCalm) {
      this.view = { mode: "orbit", position: toPosition.toArray(), target: centre.toArray() };
      return;
    }
    this.flight = { fromPosition: this.camera.position.clone(), fromTarget: this.orbit.target.clone(), toPosition, toTarget: centre, startMs: nowMs };
    this.onChange();
  }

  private bestHome(box: Box3, centre: Vector3): Vector3 {
    const distances = HOMES.map((home) => this.distanceToFit(box, centre, home.clone().normalize()));
    return (HOMES[distances.indexOf(Math.min(...distances))] as Vector3).clone();
  }

  /** How far from its centre the eye must stand so that all corners of the box are in the picture. */
  private distanceToFit(box: Box3, centre: Vector3, direction: Vector3): number {
    const up = Math.tan((this.camera.fov * Math.PI) / 360) * 0.96;
    const across = up * this.camera.aspect;
    side.crossVectors(this.camera.up, direction).normalize();
    const top = new Vector3().crossVectors(direction, side);
    let distance = 1.5;
    for (let corner = 0; corner < 8; corner += 1) {
      forward.set(corner & 1 ? box.max.x : box.min.x, corner & 2 ? box.max.y : box.min.y, corner & 4 ? box.max.z : box.min.z).sub(centre);
      const depth = forward.dot(direction);
      distance = Math.max(distance, depth + Math.abs(forward.dot(side)) / across, depth + Math.abs(forward.dot(top)) / up);
    }
    return distance;
  }

  resize(width: number, height: number): void {
    this.camera.aspect = width / Math.max(1, height);
    this.camera.updateProjectionMatrix();
  }

  /** Moves the eye to the instant; true while it still moves. */
  step(nowMs: number): boolean {
    const seconds = Math.min(0.1, Math.max(0, (nowMs - this.lastMs) / 1000));
    this.lastMs = nowMs;
    if (this.flight) return this.fly(this.flight, nowMs);
    if (this.mode === "walk") return this.walk(seconds);
    return this.orbit.update();
  }

  /** True once after the eye moved. */
  takeMoved(): boolean {
    const moved = this.hasMoved;
    this.hasMoved = false;
    return moved;
  }

  private fly(flight: Flight, nowMs: number): boolean {
    const share = Math.min(1, (nowMs - flight.startMs) / FLIGHT_MS);
    const eased = share * share * (3 - 2 * share);
    this.camera.position.lerpVectors(flight.fromPosition, flight.toPosition, eased);
    this.orbit.target.lerpVectors(flight.fromTarget, flight.toTarget, eased);
    this.orbit.update();
    this.hasMoved = true;
    if (share >= 1) this.flight = null;
    return true;
  }

  private walk(seconds: number): boolean {
    const has = (...codes: string[]) => codes.some((code) => this.keys.has(code));
    const ahead = Number(has("KeyW", "ArrowUp")) - Number(has("KeyS", "ArrowDown"));
    const right = Number(has("KeyD")) - Number(has("KeyA"));
    const look = Number(has("ArrowLeft", "KeyQ")) - Number(has("ArrowRight", "KeyE"));
    if (!ahead && !right && !look) return false;
    if (look) this.look(look * seconds * 1.6, 0);
    this.stride(ahead, right, seconds * WALK_M_PER_S * (has("ShiftLeft", "ShiftRight") ? RUN_FACTOR : 1));
    return true;
  }

  private stride(ahead: number, right: number, metres: number): void {
    this.camera.getWorldDirection(forward).setY(0).normalize();
    side.set(-forward.z, 0, forward.x);
    const step = forward.multiplyScalar(ahead).addScaledVector(side, right);
    if (step.lengthSq() > 0) step.normalize().multiplyScalar(metres);
    this.camera.position.add(step);
    this.orbit.target.add(step);
    this.hasMoved = true;
  }

  private look(yawRad: number, pitchRad: number): void {
    this.camera.getWorldDirection(forward);
    spherical.setFromVector3(forward);
    spherical.theta += yawRad;
    spherical.phi = Math.min(2.6, Math.max(0.5, spherical.phi + pitchRad));
    this.orbit.target.setFromSpherical(spherical).multiplyScalar(6).add(this.camera.position);
    this.camera.lookAt(this.orbit.target);
    this.hasMoved = true;
  }

  private listen(): void {
    const { signal } = this.stop;
    const { canvas } = this;
    canvas.addEventListener("keydown", (event) => this.keyDown(event), { signal });
    canvas.addEventListener("keyup", (event) => this.keys.delete(event.code), { signal });
    canvas.addEventListener("blur", () => this.keys.clear(), { signal });
    canvas.addEventListener("pointerdown", (event) => {
      if (this.mode !== "walk") return;
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      canvas.setPointerCapture(event.pointerId);
    }, { signal });
    canvas.addEventListener("pointermove", (event) => this.drag(event), { signal });
    for (const end of ["pointerup", "pointercancel"] as const) canvas.addEventListener(end, (event) => this.pointers.delete(event.pointerId), { signal });
    canvas.addEventListener("wheel", (event) => {
      if (this.mode !== "walk") return;
      event.preventDefault();
      this.stride(-Math.sign(event.deltaY), 0, 0.6);
      this.onChange();
    }, { signal, passive: false });
  }

  /** One finger or the mouse looks around; a second finger walks. */
  private drag(event: PointerEvent): void {
    const last = this.pointers.get(event.pointerId);
    if (!last || this.mode !== "walk") return;
    const [dx, dy] = [event.clientX - last.x, event.clientY - last.y];
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.pointers.size > 1) this.stride(-dy, dx, Math.hypot(dx, dy) * 0.01);
    else this.look(dx * LOOK_RAD_PER_PX, dy * LOOK_RAD_PER_PX * -1);
    this.onChange();
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.mode === "walk") {
      if (!/^(Key[WASDQE]|Arrow\w+|Shift\w+)$/.test(event.code)) return;
      this.keys.add(event.code);
    } else if (!this.orbitKey(event)) return;
    if (!event.code.startsWith("Shift")) event.preventDefault();
    this.onChange();
  }

  /** Arrows turn about the target, with Shift they shift it; plus and minus come nearer and go away. */
  private orbitKey(event: KeyboardEvent): boolean {
    const offset = this.camera.position.clone().sub(this.orbit.target);
    const steps: Record<string, [number, number, number]> = {
      ArrowLeft: [-1, 0, 0], ArrowRight: [1, 0, 0], ArrowUp: [0, -1, 0], ArrowDown: [0, 1, 0], "+": [0, 0, -1], "=": [0, 0, -1], "-": [0, 0, 1],
    };
    const step = steps[event.key];
    if (!step) return false;
    this.flight = null;
    if (event.shiftKey && step[2] === 0) {
      this.stride(-step[1], step[0], offset.length() * 0.05);
      return true;
    }
    spherical.setFromVector3(offset);
    spherical.theta += step[0] * STEP_RAD;
    spherical.phi = Math.min(1.54, Math.max(0.05, spherical.phi + step[1] * STEP_RAD));
    spherical.radius = Math.min(600, Math.max(0.6, spherical.radius * (1 + 0.1 * step[2])));
    this.camera.position.copy(this.orbit.target).add(offset.setFromSpherical(spherical));
    this.hasMoved = true;
    return true;
  }

  dispose(): void {
    this.stop.abort();
    this.orbit.dispose();
  }
}
