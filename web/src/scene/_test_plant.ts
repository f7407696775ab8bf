// A small plant for the tests: a machine with a lamp, a turning arm that holds a sliding tool, and an engine model.
import { AnimationClip, BoxGeometry, Group, InstancedMesh, Matrix4, Mesh, MeshStandardMaterial, Vector3, VectorKeyframeTrack } from "three";
import { decodeFrame, encodeFrame, type Place } from "../protocol";
import { SignalBoard } from "../store";
import { ModelLibrary } from "./_library";
import { LOOKS } from "./_looks";
import { Materials } from "./_materials";
import type { LoadedModel } from "./_model";
import { Plant } from "./_plant";

const steel = new MeshStandardMaterial({ name: "paint", color: 0x808080 });
const glow = new MeshStandardMaterial({ name: "lamp" });

function node(name: string, at: [number, number, number], material = steel): Mesh {
  const mesh = new Mesh(new BoxGeometry(0.2, 0.2, 0.2), material);
  mesh.name = name;
  mesh.position.set(...at);
  return mesh;
}

/** base → arm (2 m up) → tool (1 m along X); a lamp; clip `cycle` slides the tool from 1 m to 3 m along X. */
export function machine(): LoadedModel {
  const scene = new Group();
  const arm = node("arm", [0, 2, 0]);
  arm.add(node("tool", [1, 0, 0]));
  scene.add(node("base", [0, 0, 0]), arm, node("lamp", [0, 3, 0], glow));
  const track = new VectorKeyframeTrack("tool.position", [0, 1], [1, 0, 0, 3, 0, 0]);
  return { scene, animations: [new AnimationClip("cycle", 1, [track])] };
}

export function engine(): LoadedModel {
  const scene = new Group();
  scene.add(node("engine", [0, 0, 0]));
  return { scene, animations: [] };
}

export function place(id: string, more: Partial<Place> = {}): Place {
  return { id, name: { en: id }, parent: null, shell: null, model: null, position: [0, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1], category: "station", behaviours: [], ...more };
}

export interface Bench {
  plant: Plant;
  /** Puts values (numbers, texts, arrays) by key on the board. */
  say(values: Record<string, unknown>, isFull?: boolean): void;
  layouts: number;
}

export function bench(keys: readonly string[]): Bench {
  const board = new SignalBoard(() => undefined);
  const library = new ModelLibrary(() => Promise.reject(new Error("no files here")));
  library.put("machine", machine());
  library.put("engine0", engine());
  library.put("engine1", engine());
  const out: Bench = { plant: undefined as unknown as Plant, say, layouts: 0 };
  out.plant = new Plant(board, library, new Materials(false), LOOKS.light, () => (out.layouts += 1));
  out.plant.setSignals(keys.map((key, handle) => ({ key, handle, unit: "", kind: 0, labels: {} })));
  board.onFrame(({ handles, isJump }) => out.plant.bindings.hear(handles, isJump));

  function say(values: Record<string, unknown>, isFull = true): void {
    const names = Object.keys(values);
    const numbers = names.map((name) => (typeof values[name] === "number" ? (values[name] as number) : NaN));
    const objects = names.flatMap((name, i) => (typeof values[name] === "number" ? [] : [[i, values[name]] as const]));
    board.apply(decodeFrame(encodeFrame({ isFull, timeMs: 0, handles: names.map((name) => keys.indexOf(name)), values: numbers, objects })));
  }
  return out;
}

/** Where a node of a place is in the world. */
export function nodeAt(plant: Plant, id: string, name: string): number[] {
  const number = plant.world.table.numberOf(id) as number;
  const piece = plant.world.model(number)?.pieceByName.get(name) as number;
  return rounded(new Vector3().setFromMatrixPosition(plant.nodeFrame(number, piece, new Matrix4())));
}

export function placeAt(plant: Plant, id: string): number[] {
  const number = plant.world.table.numberOf(id) as number;
  return rounded(new Vector3().setFromMatrixPosition(plant.world.table.matrix(number, new Matrix4())));
}

/** Positions of all travelling items on the screen. */
export function itemsAt(plant: Plant): number[][] {
  const out: number[][] = [];
  for (const child of plant.items.root.children) {
    const mesh = child as InstancedMesh;
    for (let i = 0; i < mesh.count; i += 1) {
      const matrix = new Matrix4();
      mesh.getMatrixAt(i, matrix);
      out.push(rounded(new Vector3().setFromMatrixPosition(matrix)));
    }
  }
  return out.sort((a, b) => (a[0] as number) - (b[0] as number));
}

export function rounded(point: Vector3): number[] {
  return point.toArray().map((value) => Math.round(value * 1000) / 1000 + 0);
}
