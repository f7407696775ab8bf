// The few materials that all models share: colour and finish travel per vertex, so a machine is one draw call.
import { DoubleSide, FrontSide, MeshBasicMaterial, MeshLambertMaterial, MeshStandardMaterial, type Material, type Side } from "three";

/** How a piece of a model is drawn: plain, seen through, a lamp that shines by itself, or with its own textures. */
export type Finish = "solid" | "solidBothSides" | "glass" | "lamp" | "textured";

type FinishMaterial = Exclude<Finish, "textured">;

/** Roughness and metalness per vertex; three has them per material only. */
function withVertexFinish(material: MeshStandardMaterial): MeshStandardMaterial {
  material.onBeforeCompile = (shader) => {
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", "#include <common>\nattribute vec2 finish;\nvarying vec2 vFinish;")
      .replace("#include <begin_vertex>", "#include <begin_vertex>\nvFinish = finish;");
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", "#include <common>\nvarying vec2 vFinish;")
      .replace("#include <roughnessmap_fragment>", "float roughnessFactor = vFinish.x;")
      .replace("#include <metalnessmap_fragment>", "float metalnessFactor = vFinish.y;");
  };
  material.customProgramCacheKey = () => "vertex-finish";
  return material;
}

function solid(isRich: boolean, side: Side): Material {
  if (isRich) return withVertexFinish(new MeshStandardMaterial({ vertexColors: true, side }));
  return new MeshLambertMaterial({ vertexColors: true, side });
}

function glass(isRich: boolean): Material {
  const look = { vertexColors: true, transparent: true, opacity: 0.16, side: DoubleSide, depthWrite: false };
  return isRich ? new MeshStandardMaterial({ ...look, roughness: 0.15, metalness: 0 }) : new MeshLambertMaterial(look);
}

export class Materials {
  private made: Partial<Record<FinishMaterial, Material>> = {};
  private isRich: boolean;
  private readonly textured = new Set<Material>();

  constructor(isRich: boolean) {
    this.isRich = isRich;
  }

  get(finish: FinishMaterial): Material {
    return (this.made[finish] ??= this.make(finish));
  }

  /** Keeps a model's own material, to be freed with the rest. */
  keep(material: Material): Material {
    this.textured.add(material);
    return material;
  }

  /** Whether metal and roughness are shown; without them a picture costs about half. Returns true where it changed. */
  setRich(isRich: boolean): boolean {
    if (isRich === this.isRich) return false;
    this.isRich = isRich;
    for (const material of Object.values(this.made)) material.dispose();
    this.made = {};
    return true;
  }

  dispose(): void {
    for (const material of [...Object.values(this.made), ...this.textured]) material.dispose();
  }

  private make(finish: FinishMaterial): Material {
    if (finish === "glass") return glass(this.isRich);
    if (finish === "lamp") return new MeshBasicMaterial({ vertexColors: false, toneMapped: false });
    return solid(this.isRich, finish === "solid" ? FrontSide : DoubleSide);
  }
}
