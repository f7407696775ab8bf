// Fetches and reads model files once each; a place whose model is missing or broken shows a plain block.
import { BoxGeometry, Group, Mesh, MeshStandardMaterial, Vector3, type Object3D } from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import type { LoadedModel } from "./_model";

/** The block that stands for a twin without a 3D model. */
export const BLOCK = "block:";

export function blockModel(): LoadedModel {
  const scene = new Group();
  const body = new Mesh(new BoxGeometry(0.9, 0.9, 0.9), new MeshStandardMaterial({ color: 0xb7bdc2, roughness: 0.7 }));
  body.position.y = 0.5;
  const foot = new Mesh(new BoxGeometry(0.98, 0.06, 0.98), new MeshStandardMaterial({ color: 0x59616a, roughness: 0.8 }));
  foot.position.y = 0.03;
  scene.add(body, foot);
  return { scene, animations: [] };
}

const BAND = "band:";
const BAND_WIDTH_M = 0.5;
const BAND_THICK_M = 0.05;

/** The name of the plain band along a path: the stand-in for a conveyor whose own model does not reach. */
export function bandOf(path: readonly (readonly number[])[]): string {
  return BAND + JSON.stringify(path.map((point) => point.map((value) => Math.round(value * 1000) / 1000)));
}

export function bandModel(name: string): LoadedModel {
  const points = (JSON.parse(name.slice(BAND.length)) as number[][]).map((point) => new Vector3().fromArray(point));
  const scene = new Group();
  const belt = new MeshStandardMaterial({ color: 0x8a9198, roughness: 0.9 });
  points.slice(1).forEach((end, at) => {
    const start = points[at] ?? end;
    const way = new Vector3().subVectors(end, start);
    const body = new Mesh(new BoxGeometry(BAND_WIDTH_M, BAND_THICK_M, way.length()), belt);
    body.position.addVectors(start, end).multiplyScalar(0.5);
    body.position.y -= BAND_THICK_M / 2;
    body.quaternion.setFromUnitVectors(new Vector3(0, 0, 1), way.lengthSq() > 0 ? way.normalize() : new Vector3(0, 0, 1));
    scene.add(body);
  });
  for (const end of [points[0], points.at(-1)]) {
    if (!end || end.y <= BAND_THICK_M) continue;
    const leg = new Mesh(new BoxGeometry(0.06, end.y - BAND_THICK_M, 0.06), belt);
    leg.position.set(end.x, (end.y - BAND_THICK_M) / 2, end.z);
    scene.add(leg);
  }
  return { scene, animations: [] };
}

async function fetchAsset(sha: string): Promise<ArrayBuffer> {
  const answer = await fetch(`/api/assets/${encodeURIComponent(sha)}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.arrayBuffer();
}

export class ModelLibrary {
  private readonly files = new Map<string, Promise<LoadedModel>>();
  private readonly loader = new GLTFLoader();

  constructor(
    private readonly fetchModel: (sha: string) => Promise<ArrayBuffer> = fetchAsset,
    private readonly onProblem: (model: string, error: Error) => void = () => undefined,
  ) {}

  /** The file's content; a block where it cannot be had. */
  get(sha: string): Promise<LoadedModel> {
    const known = this.files.get(sha);
    if (known) return known;
    if (sha.startsWith(BAND)) return Promise.resolve(bandModel(sha));
    const made = sha === BLOCK ? Promise.resolve(blockModel()) : this.read(sha);
    this.files.set(sha, made);
    return made;
  }

  /** Enters a model that was made here, without a file. */
  put(sha: string, model: LoadedModel): void {
    this.files.set(sha, Promise.resolve(model));
  }

  private async read(sha: string): Promise<LoadedModel> {
    try {
      const data = await this.fetchModel(sha);
      const file = await this.loader.parseAsync(data, "");
      return { scene: file.scene as Object3D, animations: file.animations };
    } catch (error) {
      this.onProblem(sha, error instanceof Error ? error : new Error(String(error)));
      return blockModel();
    }
  }
}
