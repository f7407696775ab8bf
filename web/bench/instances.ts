// Measures the scene with very many parts: script per frame and draw calls while the eye moves and signals arrive.
import { BoxGeometry, CylinderGeometry, Group, Mesh, MeshStandardMaterial } from "three";
import { GLTFExporter } from "three/addons/exporters/GLTFExporter.js";
import { decodeFrame, encodeFrame, type Place } from "../src/protocol";
import { FactoryScene, type SceneSignal } from "../src/scene";
import { SignalBoard } from "../src/store";

const query = new URLSearchParams(location.search);
const COUNT = Number(query.get("count") ?? 100_000);
const FRAMES = Number(query.get("frames") ?? 12);
const WARM_UP = 150;
const KINDS = 24;
const TURNING = 400;
const DRIVING = 200;
const STATES = 400;
const SPACING_M = 1.6;

/** A small machine part of a few pieces; every kind has another shape and grey. */
async function partFile(kind: number): Promise<ArrayBuffer> {
  const root = new Group();
  const grey = (share: number) => new MeshStandardMaterial({ color: 0x010101 * Math.round(90 + 120 * share), roughness: 0.7 });
  root.add(new Mesh(new BoxGeometry(1, 0.2 + 0.03 * kind, 1), grey((kind % 7) / 7)));
  const top = new Mesh(new CylinderGeometry(0.2 + 0.01 * kind, 0.3, 0.5, 4, 1, true), grey((kind % 5) / 5));
  top.name = "spindle";
  top.position.y = 0.4;
  root.add(top);
  return (await new GLTFExporter().parseAsync(root, { binary: true })) as ArrayBuffer;
}

const signals: SceneSignal[] = [];
function signal(key: string): string {
  signals.push({ handle: signals.length + 1, key, unit: "", kind: 0, labels: {} });
  return key;
}

function behavioursOf(number: number): Place["behaviours"] {
  if (number < TURNING) return [{ kind: "turn", node: "spindle", axis: "y", signal: signal(`turn${number}`), factor: 1, offset: 0 }];
  if (number < TURNING + DRIVING) return [{ kind: "pose", x: signal(`x${number}`), y: signal(`y${number}`), theta: signal(`t${number}`) }];
  if (number < TURNING + DRIVING + STATES) return [{ kind: "state", signal: signal(`state${number}`), detail: null }];
  return [];
}

function places(): Place[] {
  const side = Math.ceil(Math.sqrt(COUNT));
  return Array.from({ length: COUNT }, (_, number): Place => ({
    id: `part${number}`,
    name: { en: `Part ${number}` },
    parent: null,
    shell: null,
    model: `kind${(number * 7) % KINDS}`,
    position: [((number % side) - side / 2) * SPACING_M, 0, (Math.floor(number / side) - side / 2) * SPACING_M],
    rotation: [0, 0, 0, 1],
    scale: [1, 1, 1],
    category: "other",
    behaviours: behavioursOf(number),
  }));
}

const board = new SignalBoard();
const files = new Map<string, Promise<ArrayBuffer>>();
const scene = new FactoryScene(document.getElementById("world") as HTMLCanvasElement, {
  board,
  quality: "low",
  fetchModel: (name) => {
    const file = files.get(name) ?? partFile(Number(name.slice("kind".length)));
    files.set(name, file);
    return file;
  },
});
const list = places();
const started = performance.now();
scene.setSignals(signals);
await scene.setPlaces(list);
const layOutMs = performance.now() - started;

function tick(step: number, isFull: boolean): void {
  const values = signals.map(({ key }, i) => {
    if (key.startsWith("state")) return 2 + ((i + Math.floor(step / 20)) % 2);
    return key.startsWith("x") || key.startsWith("y") ? 20 * Math.sin(0.05 * step + i) : 0.1 * step + i;
  });
  board.apply(decodeFrame(encodeFrame({ isFull, timeMs: Date.now(), handles: signals.map((each) => each.handle), values })));
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

const picture = () => new Promise((resolve) => requestAnimationFrame(resolve));

const gl = (document.getElementById("world") as HTMLCanvasElement).getContext("webgl2") as WebGL2RenderingContext;
const pixel = new Uint8Array(4);

/** Waits until the picture is drawn, so that a graphics card made of software does not take the script's time. */
function settle(): void {
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
}

/** Circles at a distance while every signal changes 20 times a second: all of the circle, or `count` frames of it from `first` on. */
async function measure(name: string, radiusM: number, heightM: number, first = 0, count = FRAMES): Promise<object> {
  const update: number[] = [];
  const render: number[] = [];
  const calls: number[] = [];
  for (let i = first; i < first + count; i += 1) {
    const angle = (i / FRAMES) * 2 * Math.PI;
    if (i % 3 === 0) tick(i, false);
    scene.setCamera({ mode: "orbit", position: [radiusM * Math.cos(angle), heightM, radiusM * Math.sin(angle)], target: [0, 0, 0] });
    const before = scene.stats.frames;
    while (scene.stats.frames === before) await picture();
    update.push(scene.stats.updateMs);
    render.push(scene.stats.renderMs);
    calls.push(scene.stats.drawCalls);
    settle();
  }
  const both = update.map((ms, i) => ms + (render[i] as number));
  return {
    name,
    frames: count,
    parts: scene.stats.instances,
    signals: signals.length,
    draw_calls_max: Math.max(...calls),
    update_ms_median: percentile(update, 0.5),
    update_ms_p95: percentile(update, 0.95),
    render_ms_median: percentile(render, 0.5),
    render_ms_p95: percentile(render, 0.95),
    script_ms_median: percentile(both, 0.5),
    script_ms_p95: percentile(both, 0.95),
  };
}

/** Lets the browser compile what runs often, where few cells are in the picture and drawing is cheap. */
async function warmUp(): Promise<void> {
  tick(0, true);
  for (let i = 0; i < WARM_UP; i += 1) {
    if (i % 3 === 0) tick(i, false);
    scene.setCamera({ mode: "orbit", position: [252, 3, 252 + 0.01 * i], target: [260, 1, 260] });
    const before = scene.stats.frames;
    while (scene.stats.frames === before) await picture();
  }
  settle();
}

await warmUp();
Object.assign(window, { scene, layOutMs, measure });
