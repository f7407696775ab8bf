// A model ready for the scene: rigid pieces (one static, one per moving node), their rest positions, and its clips.
import { Box3, Matrix4, Quaternion, Sphere, Vector3, type AnimationClip, type Interpolant, type Mesh, type MeshStandardMaterial, type Object3D } from "three";
import { joinShapes, type Shape, type Skin } from "./_geometry";

/** What a loaded file gives; GLTFLoader's result is one. */
export interface LoadedModel {
  scene: Object3D;
  animations: readonly AnimationClip[];
}

/** A node that can move by itself; piece 0 is the model's frame and never moves. */
export interface Piece {
  name: string;
  /** Number of the moving piece it hangs on. */
  parent: number;
  /** From the resting frame of the parent piece to the node's own parent. */
  prefix: Matrix4;
  restPosition: Vector3;
  restRotation: Quaternion;
  restScale: Vector3;
  /** Frame in the model at rest. */
  rest: Matrix4;
  skins: Skin[];
}

export interface ClipLane {
  piece: number;
  path: "position" | "quaternion" | "scale";
  interpolant: Interpolant;
}

export interface Clip {
  durationS: number;
  lanes: ClipLane[];
}

export interface Model {
  pieces: Piece[];
  pieceByName: Map<string, number>;
  clips: Map<string, Clip>;
  box: Box3;
  sphere: Sphere;
  triangles: number;
}

const RESERVED = /[[\].:/]/g;

/** glTF node names as three's loader writes them. */
export function nodeName(name: string): string {
  return name.replace(/\s/g, "_").replace(RESERVED, "");
}

/** Nodes that a clip moves. */
export function animatedNodes(loaded: LoadedModel): Set<string> {
  const names = new Set<string>();
  for (const clip of loaded.animations) for (const track of clip.tracks) names.add(track.name.slice(0, track.name.lastIndexOf(".")));
  return names;
}

/** Cuts a loaded file into rigid pieces. `moving`: names of all nodes that anything may move or light. */
export function makeModel(loaded: LoadedModel, moving: ReadonlySet<string>): Model {
  loaded.scene.updateMatrixWorld(true);
  const names = new Set([...moving].map(nodeName));
  const pieces: Piece[] = [];
  const shapes: Shape[][] = [];
  const pieceByName = new Map<string, number>();
  const addPiece = (node: Object3D, parent: number): number => {
    const isRoot = pieces.length === 0;
    const inverse = new Matrix4();
    if (!isRoot) inverse.copy((pieces[parent] as Piece).rest).invert();
    const number = pieces.length;
    pieces.push({
      name: isRoot ? "" : node.name,
      parent,
      prefix: isRoot || !node.parent ? new Matrix4() : inverse.multiply(node.parent.matrixWorld),
      restPosition: isRoot ? new Vector3() : node.position.clone(),
      restRotation: isRoot ? new Quaternion() : node.quaternion.clone(),
      restScale: isRoot ? new Vector3(1, 1, 1) : node.scale.clone(),
      rest: isRoot ? new Matrix4() : node.matrixWorld.clone(),
      skins: [],
    });
    shapes.push([]);
    if (!isRoot && !pieceByName.has(node.name)) pieceByName.set(node.name, number);
    return number;
  };
  const visit = (node: Object3D, piece: number): void => {
    const own = names.has(node.name) ? addPiece(node, piece) : piece;
    if ((node as Mesh).isMesh) {
      const mesh = node as Mesh;
      const toPiece = new Matrix4().copy((pieces[own] as Piece).rest).invert().multiply(mesh.matrixWorld);
      const material = (Array.isArray(mesh.material) ? mesh.material[0] : mesh.material) as MeshStandardMaterial;
      (shapes[own] as Shape[]).push({ mesh, material, toPiece });
    }
    for (const child of node.children) visit(child, own);
  };
  addPiece(loaded.scene, 0);
  visit(loaded.scene, 0);
  pieces.forEach((piece, number) => (piece.skins = joinShapes(shapes[number] as Shape[], number > 0)));
  return { pieces, pieceByName, clips: readClips(loaded, pieceByName), ...measure(pieces) };
}

function measure(pieces: readonly Piece[]): { box: Box3; sphere: Sphere; triangles: number } {
  const box = new Box3();
  let triangles = 0;
  for (const piece of pieces) {
    for (const { geometry } of piece.skins) {
      if (geometry.boundingBox) box.union(geometry.boundingBox.clone().applyMatrix4(piece.rest));
      triangles += (geometry.index?.count ?? 0) / 3;
    }
  }
  if (box.isEmpty()) box.set(new Vector3(-0.1, 0, -0.1), new Vector3(0.1, 0.2, 0.1));
  return { box, sphere: box.getBoundingSphere(new Sphere()), triangles };
}

function readClips(loaded: LoadedModel, pieceByName: ReadonlyMap<string, number>): Map<string, Clip> {
  const clips = new Map<string, Clip>();
  for (const clip of loaded.animations) {
    const lanes: ClipLane[] = [];
    for (const track of clip.tracks) {
      const dot = track.name.lastIndexOf(".");
      const piece = pieceByName.get(track.name.slice(0, dot));
      const path = track.name.slice(dot + 1);
      if (piece === undefined || (path !== "position" && path !== "quaternion" && path !== "scale")) continue;
      // three's typings leave createInterpolant out: the loader sets it per track to its kind of interpolation.
      const make = track as unknown as { createInterpolant(result?: unknown): Interpolant };
      lanes.push({ piece, path, interpolant: make.createInterpolant() });
    }
    clips.set(clip.name, { durationS: clip.duration, lanes });
  }
  return clips;
}
