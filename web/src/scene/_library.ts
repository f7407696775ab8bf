// Fetches and reads model files once each; a place whose model is missing or broken shows a plain block.
import { BoxGeometry, Group, Mesh, MeshStandardMaterial, type Object3D } from "three";
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
