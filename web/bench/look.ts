// Shows places and models from files beside the page, moved by made-up values: to look at the scene without a server.
import { encodeFrame, decodeFrame, type Place } from "../src/protocol";
import { FactoryScene, type SceneSignal, type ThemeName } from "../src/scene";
import { SignalBoard } from "../src/store";

interface Sample {
  places: Place[];
  signals: SceneSignal[];
  /** Values by handle: numbers, texts or arrays. */
  values: Record<string, unknown>;
}

const query = new URLSearchParams(location.search);
const board = new SignalBoard();
const sample = (await (await fetch("sample/plant.json")).json()) as Sample;

function show(values: Record<string, unknown>, isFull: boolean): void {
  const handles = Object.keys(values).map(Number);
  const objects = handles.flatMap((handle, i) => (typeof values[handle] === "number" ? [] : [[i, values[handle]] as const]));
  const numbers = handles.map((handle) => (typeof values[handle] === "number" ? (values[handle] as number) : NaN));
  board.apply(decodeFrame(encodeFrame({ isFull, timeMs: Date.now(), handles, values: numbers, objects })));
}

const scene = new FactoryScene(document.getElementById("world") as HTMLCanvasElement, {
  board,
  quality: (query.get("quality") as "auto" | null) ?? "auto",
  theme: (query.get("theme") as ThemeName | null) ?? "light",
  language: query.get("lang") ?? "en",
  ariaLabel: "Plant",
  onPick: (id) => {
    Object.assign(window, { picked: id });
    scene.select(id);
  },
  onMove: (id, position, rotation) => {
    Object.assign(window, { moved: { id, position, rotation } });
    return query.has("refuse") ? Promise.reject(new Error("refused")) : undefined;
  },
  onProblem: (model, error) => console.error(model, error),
  fetchModel: async (name) => (await fetch(`sample/${name}.glb`)).arrayBuffer(),
});
scene.setSignals(sample.signals);
await scene.setPlaces(sample.places);
show(sample.values, true);
Object.assign(window, { scene, show, board, isReady: true });
