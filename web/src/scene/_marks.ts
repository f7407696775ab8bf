// Marks on the floor: a coloured frame around a place that is not normal, a soft shadow under what goes about.
import { Color, DynamicDrawUsage, Group, InstancedBufferAttribute, InstancedMesh, Matrix4, PlaneGeometry, ShaderMaterial, Vector3 } from "three";
import type { Looks } from "./_looks";
import type { PlaceState } from "./_types";
import type { World } from "./_world";

const HEIGHT_M = 0.02;
const MARGIN_M = 0.22;
const MOST_SHADOWS = 3000;
const SOLID = new Set(["station", "rack", "utility", "robot", "other"]);

const VERTEX = /* glsl */ `
varying vec2 vAt;
varying vec2 vSize;
varying vec3 vTint;
void main() {
  vSize = vec2(length(instanceMatrix[0].xyz), length(instanceMatrix[2].xyz));
  vAt = position.xz * vSize;
  vTint = instanceColor;
  gl_Position = projectionMatrix * viewMatrix * instanceMatrix * vec4(position, 1.0);
}`;

const FRAME_FRAGMENT = /* glsl */ `
varying vec2 vAt;
varying vec2 vSize;
varying vec3 vTint;
void main() {
  vec2 edge = vSize * 0.5 - abs(vAt);
  float near = min(edge.x, edge.y);
  float width = max(0.09, fwidth(near) * 1.5);
  float line = 1.0 - smoothstep(width * 0.85, width, near);
  gl_FragColor = vec4(vTint, max(line, 0.13));
  #include <colorspace_fragment>
}`;

const SHADOW_FRAGMENT = /* glsl */ `
varying vec2 vAt;
varying vec2 vSize;
varying vec3 vTint;
void main() {
  vec2 far = max(abs(vAt) - vSize * 0.5 + 0.35, 0.0) / 0.35;
  gl_FragColor = vec4(vTint, 0.34 * (1.0 - smoothstep(0.0, 1.0, length(far))));
}`;

function material(fragmentShader: string): ShaderMaterial {
  return new ShaderMaterial({ vertexShader: VERTEX, fragmentShader, transparent: true, depthWrite: false, polygonOffset: true, polygonOffsetFactor: -2, polygonOffsetUnits: -2, toneMapped: false });
}

class Sheet {
  readonly mesh: InstancedMesh;
  private count = 0;

  constructor(fragmentShader: string, readonly geometry: PlaneGeometry) {
    this.mesh = new InstancedMesh(geometry, material(fragmentShader), 0);
    this.reserve(16);
    this.mesh.frustumCulled = false;
    this.mesh.matrixAutoUpdate = false;
  }

  private reserve(capacity: number): void {
    const matrix = new InstancedBufferAttribute(new Float32Array(16 * capacity), 16);
    const colour = new InstancedBufferAttribute(new Float32Array(3 * capacity), 3);
    const old = this.mesh.instanceMatrix;
    if (old.array.length > 0) matrix.set(old.array);
    if (this.mesh.instanceColor) colour.set(this.mesh.instanceColor.array);
    matrix.setUsage(DynamicDrawUsage);
    this.mesh.instanceMatrix = matrix;
    this.mesh.instanceColor = colour;
  }

  begin(): void {
    this.count = 0;
  }

  add(frame: Matrix4, colour: Color): void {
    if (16 * this.count === this.mesh.instanceMatrix.array.length) this.reserve(2 * this.count);
    frame.toArray(this.mesh.instanceMatrix.array, 16 * this.count);
    if (this.mesh.instanceColor) colour.toArray(this.mesh.instanceColor.array, 3 * this.count);
    this.count += 1;
  }

  end(): void {
    this.mesh.count = this.count;
    this.mesh.visible = this.count > 0;
    this.mesh.instanceMatrix.needsUpdate = true;
    if (this.mesh.instanceColor) this.mesh.instanceColor.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.dispose();
    (this.mesh.material as ShaderMaterial).dispose();
  }
}

const BLACK = new Color(0, 0, 0);
const frame = new Matrix4();
const sized = new Matrix4();
const middle = new Vector3();
const size = new Vector3();

export class Marks {
  readonly root = new Group();
  private readonly plane = new PlaneGeometry(1, 1).rotateX(-Math.PI / 2);
  private readonly frames = new Sheet(FRAME_FRAGMENT, this.plane);
  private readonly chosenFrame = new Sheet(FRAME_FRAGMENT, this.plane);
  private readonly shadows = new Sheet(SHADOW_FRAGMENT, this.plane);
  /** Places under which a soft shadow lies: those that go about, and all where the sun casts none. */
  private grounded: number[] = [];
  private hasSunShadows = true;
  private isStill = false;
  private chosen: number | undefined;
  private looks: Looks | null = null;
  private shown = -1;

  constructor(private readonly world: World) {
    this.root.add(this.shadows.mesh, this.frames.mesh, this.chosenFrame.mesh);
  }

  setLooks(looks: Looks): void {
    this.looks = looks;
    this.shown = -1;
  }

  setSunShadows(hasSunShadows: boolean): void {
    this.hasSunShadows = hasSunShadows;
    this.layOut();
  }

  setChosen(number: number | undefined): void {
    this.chosen = number;
    this.shown = -1;
  }

  layOut(): void {
    this.grounded = [];
    this.world.forEachDrawn((number) => {
      if (this.world.isRoaming(number) || (!this.hasSunShadows && this.standsOnFloor(number))) this.grounded.push(number);
    });
    this.isStill = false;
    this.shown = -1;
  }

  private standsOnFloor(number: number): boolean {
    const place = this.world.table.places[number];
    return place !== undefined && place.shell !== null && SOLID.has(place.category) && this.grounded.length < MOST_SHADOWS;
  }

  /** Brings the marks up to date. `version` grows whenever a state changed. */
  follow(states: ReadonlyMap<number, PlaceState>, version: number): void {
    if (!this.looks) return;
    const { mark, outline } = this.looks;
    if (version !== this.shown) {
      this.shown = version;
      this.frames.begin();
      for (const [number, state] of states) {
        const colour = mark[state];
        if (colour && !this.world.isHidden(number) && this.footprint(number, MARGIN_M)) this.frames.add(sized, colour);
      }
      this.frames.end();
    }
    this.chosenFrame.begin();
    if (this.chosen !== undefined && !this.world.isHidden(this.chosen) && this.footprint(this.chosen, MARGIN_M + 0.14)) this.chosenFrame.add(sized, outline);
    this.chosenFrame.end();
    this.followShadows();
  }

  private followShadows(): void {
    const isMoving = this.grounded.some((number) => this.world.isRoaming(number));
    if (this.isStill && !isMoving) return;
    this.isStill = true;
    this.shadows.begin();
    for (const number of this.grounded) {
      const place = this.world.table.places[number];
      if (place && !this.world.isHidden(number) && this.footprint(number, 0.2)) this.shadows.add(sized, BLACK);
    }
    this.shadows.end();
  }

  /** Puts the place's rectangle on the floor into `sized`; false where it has none. */
  private footprint(number: number, marginM: number): boolean {
    const model = this.world.model(number);
    if (!model) return false;
    this.world.table.matrix(number, frame);
    model.box.getCenter(middle);
    model.box.getSize(size);
    sized.makeScale(size.x + 2 * marginM, 1, size.z + 2 * marginM).setPosition(middle.x, HEIGHT_M, middle.z);
    sized.premultiply(frame);
    return true;
  }

  dispose(): void {
    this.frames.dispose();
    this.chosenFrame.dispose();
    this.shadows.dispose();
    this.plane.dispose();
  }
}
