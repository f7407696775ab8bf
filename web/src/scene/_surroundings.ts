// What stands around the machines: light, a neutral sky to reflect, the floor with its grid, haze.
import {
  Box3, BoxGeometry, Color, DirectionalLight, Fog, HemisphereLight, Mesh, MeshBasicMaterial,
  NeutralToneMapping, PlaneGeometry, PMREMGenerator, Scene, ShaderMaterial, UniformsLib, UniformsUtils, Vector3, type WebGLRenderer,
} from "three";
import type { Looks } from "./_looks";

const SHADOW_MAP = 2048;
const LARGEST_SHADOW_M = 45;

const FLOOR_VERTEX = /* glsl */ `
#include <common>
#include <fog_pars_vertex>
varying vec2 vGround;
void main() {
  vec4 world = modelMatrix * vec4(position, 1.0);
  vGround = world.xz;
  vec4 mvPosition = viewMatrix * world;
  gl_Position = projectionMatrix * mvPosition;
  #include <fog_vertex>
}`;

// Lines keep one pixel of width and fade where they would crowd.
const FLOOR_FRAGMENT = /* glsl */ `
#include <common>
#include <fog_pars_fragment>
uniform vec3 floorColour;
uniform vec3 lineColour;
varying vec2 vGround;
float grid(vec2 at, float step) {
  vec2 cell = at / step;
  vec2 width = fwidth(cell);
  vec2 near = abs(fract(cell - 0.5) - 0.5) / max(width, vec2(1e-6));
  return (1.0 - min(min(near.x, near.y), 1.0)) * (1.0 - smoothstep(0.12, 0.5, max(width.x, width.y)));
}
void main() {
  float line = max(grid(vGround, 10.0), 0.45 * grid(vGround, 1.0));
  gl_FragColor = vec4(mix(floorColour, lineColour, line), 1.0);
  #include <colorspace_fragment>
  #include <fog_fragment>
}`;

/** A grey room with bright ceiling panels, for metal to reflect; nothing is loaded. */
function neutralRoom(): Scene {
  const room = new Scene();
  const add = (size: [number, number, number], at: [number, number, number], light: number) => {
    const mesh = new Mesh(new BoxGeometry(...size), new MeshBasicMaterial({ color: new Color(light, light, light * 1.01), side: 1 }));
    mesh.position.set(...at);
    room.add(mesh);
  };
  add([24, 12, 24], [0, 4, 0], 0.42);
  const panel = (x: number, z: number, light: number) => {
    const mesh = new Mesh(new BoxGeometry(2.4, 0.1, 7), new MeshBasicMaterial({ color: new Color(light, light, light) }));
    mesh.position.set(x, 9.4, z);
    room.add(mesh);
  };
  for (const x of [-7, -2.5, 2.5, 7]) panel(x, 0, 7);
  const floor = new Mesh(new BoxGeometry(24, 0.1, 24), new MeshBasicMaterial({ color: new Color(0.26, 0.265, 0.27) }));
  floor.position.y = -1.9;
  room.add(floor);
  return room;
}

export class Surroundings {
  readonly sun = new DirectionalLight(0xffffff, 2);
  private readonly sky = new HemisphereLight(0xffffff, 0x888888, 1);
  private readonly floor: Mesh<PlaneGeometry, ShaderMaterial>;
  private readonly fog = new Fog(0xcccccc, 90, 300);

  constructor(private readonly scene: Scene, private readonly renderer: WebGLRenderer) {
    const uniforms = UniformsUtils.merge([UniformsLib.fog, { floorColour: { value: new Color() }, lineColour: { value: new Color() } }]);
    const material = new ShaderMaterial({ uniforms, vertexShader: FLOOR_VERTEX, fragmentShader: FLOOR_FRAGMENT, fog: true });
    // The floor lies under everything that models draw at height zero.
    material.polygonOffset = true;
    material.polygonOffsetFactor = 2;
    material.polygonOffsetUnits = 2;
    // In pieces: over one huge triangle the depth near the eye is too coarse to lie below a slab.
    this.floor = new Mesh(new PlaneGeometry(1600, 1600, 64, 64).rotateX(-Math.PI / 2), material);
    this.floor.position.y = -0.02;
    this.floor.frustumCulled = false;
    this.sun.position.set(-0.45, 1, 0.55);
    this.sun.shadow.mapSize.set(SHADOW_MAP, SHADOW_MAP);
    this.sun.shadow.bias = -0.0006;
    this.sun.shadow.normalBias = 0.03;
    this.sun.shadow.radius = 3;
    scene.add(this.sky, this.sun, this.sun.target, this.floor);
    scene.fog = this.fog;
    scene.background = new Color();
  }

  setLooks(looks: Looks): void {
    (this.scene.background as Color).copy(looks.background);
    this.fog.color.copy(looks.background);
    this.fog.near = looks.fogNearM;
    this.fog.far = looks.fogFarM;
    const { uniforms } = this.floor.material;
    (uniforms.floorColour as { value: Color }).value.copy(looks.floor);
    (uniforms.lineColour as { value: Color }).value.copy(looks.line);
    this.sky.color.copy(looks.skyLight);
    this.sky.groundColor.copy(looks.groundLight);
    // Without a room to reflect the sky must light what the room did.
    this.sky.intensity = looks.hemisphere * (this.scene.environment ? 1 : 1.75);
    this.sun.intensity = looks.sun;
    this.scene.environmentIntensity = looks.environment;
    this.renderer.toneMappingExposure = looks.exposure;
  }

  /** Rich: reflections and shadows; plain: what a machine without a graphics card can bear. */
  setRich(isRich: boolean, hasShadows: boolean): void {
    // Khronos PBR Neutral keeps greys grey and the few signal colours true.
    this.renderer.toneMapping = NeutralToneMapping;
    this.sun.castShadow = hasShadows;
    this.renderer.shadowMap.enabled = hasShadows;
    if (isRich && !this.scene.environment) {
      const generator = new PMREMGenerator(this.renderer);
      this.scene.environment = generator.fromScene(neutralRoom(), 0.03).texture;
      generator.dispose();
    } else if (!isRich) this.scene.environment = null;
  }

  /** Points the sun's shadow at the ground around a point; true where it moved. */
  aimShadow(focus: Vector3, bounds: Box3): boolean {
    const size = bounds.isEmpty() ? 10 : Math.min(LARGEST_SHADOW_M, bounds.getSize(corner).length() / 2 + 4);
    const centre = size < LARGEST_SHADOW_M ? bounds.getCenter(corner) : corner.copy(focus);
    // Steps of a tenth of the width keep the map while the eye wanders.
    const step = size / 5;
    centre.set(Math.round(centre.x / step) * step, 0, Math.round(centre.z / step) * step);
    const camera = this.sun.shadow.camera;
    if (this.sun.target.position.distanceTo(centre) < 1e-6 && Math.abs(camera.right - size) < 1) return false;
    this.sun.target.position.copy(centre);
    this.sun.position.set(-0.45, 1, 0.55).multiplyScalar(2 * size).add(centre);
    Object.assign(camera, { left: -size, right: size, top: size, bottom: -size, near: 0.5, far: 5 * size });
    camera.updateProjectionMatrix();
    return true;
  }

  dispose(): void {
    this.floor.geometry.dispose();
    this.floor.material.dispose();
    this.scene.environment?.dispose();
    this.sun.shadow.map?.dispose();
  }
}

const corner = new Vector3();
