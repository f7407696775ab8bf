// Joins the meshes of one rigid piece into one geometry per finish: positions, normals, colours, finish.
import { BufferAttribute, BufferGeometry, Color, Matrix3, Vector3, type Matrix4, type Mesh, type MeshStandardMaterial } from "three";
import type { Finish } from "./_materials";

/** One mesh with one material, in the frame of its rigid piece. */
export interface Shape {
  mesh: Mesh;
  material: MeshStandardMaterial;
  toPiece: Matrix4;
}

export interface Skin {
  finish: Finish;
  /** The model's own material where it is textured. */
  material: MeshStandardMaterial | null;
  geometry: BufferGeometry;
}

const point = new Vector3();
const normalMatrix = new Matrix3();

/** `canShine`: the piece is one that a signal may light; lamps elsewhere are plain parts. */
export function finishOf(material: MeshStandardMaterial, canShine: boolean): Finish {
  if (material.name === "lamp" && canShine) return "lamp";
  if (material.map || material.normalMap || material.emissiveMap || material.alphaTest > 0) return "textured";
  if (material.transparent || material.opacity < 1) return "glass";
  return material.side === 0 ? "solid" : "solidBothSides";
}

/** Groups the shapes by finish and joins each group. */
export function joinShapes(shapes: readonly Shape[], canShine: boolean): Skin[] {
  const groups = new Map<string, Shape[]>();
  for (const shape of shapes) {
    const finish = finishOf(shape.material, canShine);
    const key = finish === "textured" ? shape.material.uuid : finish;
    const group = groups.get(key);
    if (group) group.push(shape);
    else groups.set(key, [shape]);
  }
  return [...groups.values()].map((group) => {
    const first = group[0] as Shape;
    const finish = finishOf(first.material, canShine);
    const isTextured = finish === "textured";
    return { finish, material: isTextured ? first.material : null, geometry: join(group, isTextured) };
  });
}

function indexCount(geometry: BufferGeometry): number {
  return geometry.index?.count ?? geometry.getAttribute("position").count;
}

function join(shapes: readonly Shape[], hasUv: boolean): BufferGeometry {
  let vertices = 0;
  let indices = 0;
  for (const { mesh } of shapes) {
    vertices += mesh.geometry.getAttribute("position").count;
    indices += indexCount(mesh.geometry);
  }
  const columns = {
    position: new Float32Array(3 * vertices),
    normal: new Float32Array(3 * vertices),
    color: new Uint8Array(4 * vertices),
    finish: new Uint8Array(4 * vertices),
    uv: hasUv ? new Float32Array(2 * vertices) : null,
    index: vertices > 65535 ? new Uint32Array(indices) : new Uint16Array(indices),
  };
  let vertex = 0;
  let at = 0;
  for (const shape of shapes) {
    at = copyIndex(shape, columns.index, at, vertex);
    vertex = copyVertices(shape, columns, vertex);
  }
  const out = new BufferGeometry();
  out.setAttribute("position", new BufferAttribute(columns.position, 3));
  out.setAttribute("normal", new BufferAttribute(columns.normal, 3));
  out.setAttribute("color", new BufferAttribute(columns.color, 4, true));
  // Two bytes would do; GPUs want rows of four.
  out.setAttribute("finish", new BufferAttribute(columns.finish, 4, true));
  if (columns.uv) out.setAttribute("uv", new BufferAttribute(columns.uv, 2));
  out.setIndex(new BufferAttribute(columns.index, 1));
  out.computeBoundingSphere();
  out.computeBoundingBox();
  return out;
}

function copyIndex({ mesh, toPiece }: Shape, out: Uint16Array | Uint32Array, at: number, base: number): number {
  const count = indexCount(mesh.geometry);
  const index = mesh.geometry.index;
  // A mirrored piece turns its triangles inside out; swapping two corners turns them back.
  const isMirrored = toPiece.determinant() < 0;
  for (let i = 0; i < count; i += 1) {
    const corner = i % 3;
    const source = isMirrored && corner > 0 ? i + (corner === 1 ? 1 : -1) : i;
    out[at + i] = base + (index ? index.getX(source) : source);
  }
  return at + count;
}

type Columns = {
  position: Float32Array;
  normal: Float32Array;
  color: Uint8Array;
  finish: Uint8Array;
  uv: Float32Array | null;
};

function copyVertices({ mesh, material, toPiece }: Shape, out: Columns, start: number): number {
  const { geometry } = mesh;
  if (!geometry.getAttribute("normal")) geometry.computeVertexNormals();
  const positions = geometry.getAttribute("position");
  const normals = geometry.getAttribute("normal");
  const colours = geometry.getAttribute("color");
  const uvs = geometry.getAttribute("uv");
  const base = material.color ?? new Color(1, 1, 1);
  const roughness = Math.round(255 * (material.roughness ?? 0.8));
  const metalness = Math.round(255 * (material.metalness ?? 0));
  normalMatrix.getNormalMatrix(toPiece);
  for (let i = 0; i < positions.count; i += 1) {
    const v = start + i;
    point.fromBufferAttribute(positions, i).applyMatrix4(toPiece).toArray(out.position, 3 * v);
    if (normals) point.fromBufferAttribute(normals, i).applyMatrix3(normalMatrix).normalize().toArray(out.normal, 3 * v);
    out.color[4 * v] = byte(base.r * (colours ? colours.getX(i) : 1));
    out.color[4 * v + 1] = byte(base.g * (colours ? colours.getY(i) : 1));
    out.color[4 * v + 2] = byte(base.b * (colours ? colours.getZ(i) : 1));
    out.color[4 * v + 3] = 255;
    out.finish[4 * v] = roughness;
    out.finish[4 * v + 1] = metalness;
    if (out.uv && uvs) {
      out.uv[2 * v] = uvs.getX(i);
      out.uv[2 * v + 1] = uvs.getY(i);
    }
  }
  return start + positions.count;
}

function byte(linear: number): number {
  return Math.min(255, Math.max(0, Math.round(255 * linear)));
}
