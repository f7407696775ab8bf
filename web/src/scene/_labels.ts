// Names and values beside the machines: HTML over the canvas, so that text is sharp in every script and theme.
import { Matrix4, Vector3, type PerspectiveCamera } from "three";
import { layOutLabels, type LabelWish } from "./_label_layout";
import type { Plant } from "./_plant";
import type { PlaceState, SceneBoard, SceneOptions, SceneSignal, ThemeName } from "./_types";

const MOST_SHOWN = 48;
const MOST_CANDIDATES = 4000;
const FAR_M: Record<string, number> = { station: 110, agv: 80, robot: 40, utility: 45, rack: 45, building: 0, conveyor: 9, product: 10, other: 30 };
const RANK: Record<string, number> = { station: 5, agv: 4, robot: 3, utility: 3, rack: 3, other: 2, conveyor: 1, product: 1, building: 0 };
const FONT = "600 12px system-ui, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', sans-serif";
const VALUE_FONT = "12px system-ui, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', sans-serif";
const EMPTY = "–";
const ROW_PX = 16;
const PAD_PX = 8;
/** Shapes beside the colour, so that a state can be told without it. */
const SHAPE: Record<PlaceState, string> = { normal: "", waiting: "◆ ", failed: "▲ ", off: "■ ", unknown: "? " };

const URGENCY: Record<PlaceState, number> = { normal: 0, off: 0, unknown: 0, waiting: 1, failed: 2 };

interface Candidate {
  number: number;
  anchor: Vector3;
  handles: number[];
  values: string[];
  isStale: boolean;
  width: number;
  text: string;
}

interface Skin {
  back: string;
  text: string;
  quiet: string;
  edge: string;
  state: Record<PlaceState, string>;
}

const SKINS: Record<ThemeName, Skin> = {
  light: { back: "rgba(250,251,252,0.9)", text: "#182027", quiet: "#47535d", edge: "rgba(24,32,39,0.16)", state: { normal: "#182027", waiting: "#7d5200", failed: "#b0201a", off: "#47535d", unknown: "#7d2c70" } },
  dark: { back: "rgba(26,31,36,0.88)", text: "#e4e9ed", quiet: "#b0bbc4", edge: "rgba(228,233,237,0.16)", state: { normal: "#e4e9ed", waiting: "#f3c15d", failed: "#ff9a90", off: "#b0bbc4", unknown: "#e3a6db" } },
  contrast: { back: "#000000", text: "#ffffff", quiet: "#ffffff", edge: "#ffffff", state: { normal: "#ffffff", waiting: "#ffc233", failed: "#ff8f85", off: "#e6e6e6", unknown: "#ff9df0" } },
};

const point = new Vector3();
const frame = new Matrix4();

export class Labels {
  private readonly layer: HTMLDivElement;
  private readonly pool = new Map<number, HTMLDivElement>();
  private readonly spare: HTMLDivElement[] = [];
  private readonly measure = document.createElement("canvas").getContext("2d");
  private candidates: Candidate[] = [];
  private byHandle = new Map<number, Candidate[]>();
  private signals = new Map<number, SceneSignal>();
  private skin = SKINS.light;
  private language: string;
  private mode: "auto" | "all" | "none" = "auto";
  private selected: number | undefined;
  private hovered: number | undefined;
  private width = 1;
  private height = 1;
  private readonly board: SceneBoard;

  constructor(canvas: HTMLCanvasElement, private readonly plant: Plant, private readonly options: SceneOptions) {
    this.board = options.board;
    this.language = options.language ?? "en";
    this.layer = document.createElement("div");
    this.layer.setAttribute("aria-hidden", "true");
    Object.assign(this.layer.style, { position: "absolute", inset: "0", overflow: "hidden", pointerEvents: "none", contain: "strict" });
    canvas.insertAdjacentElement("afterend", this.layer);
    const parent = canvas.parentElement;
    if (parent && getComputedStyle(parent).position === "static") parent.style.position = "relative";
  }

  setSignals(signals: readonly SceneSignal[]): void {
    this.signals = new Map(signals.map((signal) => [signal.handle, signal]));
    this.layOut();
  }

  setTheme(theme: ThemeName): void {
    this.skin = SKINS[theme];
    for (const element of this.pool.values()) this.dress(element);
  }

  setLanguage(language: string): void {
    this.language = language;
    this.stale();
  }

  setMode(mode: "auto" | "all" | "none"): void {
    this.mode = mode;
  }

  setSelected(number: number | undefined): void {
    this.selected = number;
  }

  setHovered(number: number | undefined): void {
    this.hovered = number;
  }

  resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
  }

  stale(): void {
    for (const candidate of this.candidates) candidate.isStale = true;
  }

  /** True where a frame changed a value that a label shows. A jump also changes what it does not name. */
  hear(handles: ArrayLike<number>, isJump: boolean): boolean {
    if (this.byHandle.size === 0) return false;
    if (isJump) {
      this.stale();
      return true;
    }
    let isStale = false;
    for (let i = 0; i < handles.length; i += 1) {
      for (const candidate of this.byHandle.get(handles[i] as number) ?? []) candidate.isStale = isStale = true;
    }
    return isStale;
  }

  /** Finds anew which places may have a label. */
  layOut(): void {
    const { world } = this.plant;
    this.candidates = [];
    this.byHandle = new Map();
    world.table.places.forEach((place, number) => {
      if (!place || this.candidates.length >= MOST_CANDIDATES) return;
      const handles = place.behaviours.flatMap((each) => (each.kind === "label" ? (this.plant.handleOf(each.signal) ?? []) : []));
      if (place.shell === null && handles.length === 0) return;
      const model = world.model(number);
      const anchor = model ? new Vector3((model.box.min.x + model.box.max.x) / 2, model.box.max.y + 0.1, (model.box.min.z + model.box.max.z) / 2) : new Vector3(0, 0.6, 0);
      const candidate: Candidate = { number, anchor, handles, values: [], isStale: true, width: 0, text: "" };
      this.candidates.push(candidate);
      for (const handle of handles) this.byHandle.set(handle, [...(this.byHandle.get(handle) ?? []), candidate]);
    });
  }

  draw(camera: PerspectiveCamera, _nowMs: number): void {
    const wishes: LabelWish[] = [];
    if (this.mode !== "none") for (const [key, candidate] of this.candidates.entries()) this.wish(key, candidate, camera, wishes);
    const spots = layOutLabels(wishes, this.width, this.height, MOST_SHOWN);
    const shown = new Set<number>();
    for (const { key, left, top } of spots) {
      shown.add(key);
      const element = this.pool.get(key) ?? this.take(key);
      const transform = `translate(${left}px, ${top}px)`;
      if (element.style.transform !== transform) element.style.transform = transform;
    }
    for (const [key, element] of this.pool) {
      if (shown.has(key)) continue;
      element.style.display = "none";
      this.pool.delete(key);
      this.spare.push(element);
    }
    for (const key of shown) this.write(this.candidates[key] as Candidate, this.pool.get(key) as HTMLDivElement);
  }

  private wish(key: number, candidate: Candidate, camera: PerspectiveCamera, out: LabelWish[]): void {
    const { world, states } = this.plant;
    const { number } = candidate;
    const place = world.table.places[number];
    if (!place || world.isHidden(number)) return;
    const isForced = number === this.selected || number === this.hovered;
    point.copy(candidate.anchor).applyMatrix4(world.table.matrix(number, frame));
    const distance = point.distanceTo(camera.position);
    const urgency = URGENCY[states.get(number) ?? "normal"];
    const reach = (FAR_M[place.category] ?? 30) * (candidate.handles.length > 0 ? 1.4 : 1) * (urgency > 0 ? 2.5 : 1);
    if (!isForced && this.mode === "auto" && distance > reach) return;
    point.project(camera);
    if (point.z > 1 || Math.abs(point.x) > 1.1 || Math.abs(point.y) > 1.2) return;
    this.compose(candidate);
    out.push({
      key,
      x: (point.x + 1) * 0.5 * this.width,
      y: (1 - point.y) * 0.5 * this.height,
      width: candidate.width,
      height: ROW_PX * (1 + candidate.values.length) + 4,
      importance: 1000 * urgency + (RANK[place.category] ?? 2) * 100 - distance,
      isForced,
    });
  }

  /** Works text and width out where they are stale. */
  private compose(candidate: Candidate): void {
    const state = this.plant.states.get(candidate.number) ?? "normal";
    const place = this.plant.world.table.places[candidate.number];
    const name = SHAPE[state] + (place?.name[this.language] ?? place?.name.en ?? Object.values(place?.name ?? {})[0] ?? place?.id ?? "");
    if (!candidate.isStale && candidate.text === name) return;
    candidate.isStale = false;
    candidate.text = name;
    candidate.values = candidate.handles.filter((handle) => this.board.has(handle)).map((handle) => this.format(handle)).filter((text) => text !== "" && text !== EMPTY);
    if (!this.measure) return;
    this.measure.font = FONT;
    let width = this.measure.measureText(name).width;
    this.measure.font = VALUE_FONT;
    for (const value of candidate.values) width = Math.max(width, this.measure.measureText(value).width);
    candidate.width = Math.ceil(width) + 2 * PAD_PX;
  }

  private format(handle: number): string {
    if (this.options.formatValue) return this.options.formatValue(handle);
    const signal = this.signals.get(handle);
    const value = this.board.value(handle);
    const object = this.board.object(handle);
    if (Number.isNaN(value)) return object === undefined ? EMPTY : String(object);
    const text = signal?.labels[String(value)] ?? String(Math.round(value * 100) / 100);
    return signal?.unit ? `${text} ${signal.unit}` : text;
  }

  private take(key: number): HTMLDivElement {
    const element = this.spare.pop() ?? this.layer.appendChild(document.createElement("div"));
    element.style.display = "block";
    element.dataset.text = "";
    this.dress(element);
    this.pool.set(key, element);
    return element;
  }

  private dress(element: HTMLDivElement): void {
    const { back, edge, text } = this.skin;
    Object.assign(element.style, {
      position: "absolute", left: "0", top: "0", padding: `1px ${PAD_PX - 1}px 2px`, borderRadius: "3px", background: back, border: `1px solid ${edge}`,
      color: text, font: FONT, lineHeight: `${ROW_PX}px`, whiteSpace: "pre", willChange: "transform", fontVariantNumeric: "tabular-nums",
    });
    element.dataset.text = "";
  }

  private write(candidate: Candidate, element: HTMLDivElement): void {
    const state = this.plant.states.get(candidate.number) ?? "normal";
    const isChosen = candidate.number === this.selected;
    const whole = `${state}|${isChosen}|${candidate.text}|${candidate.values.join("|")}`;
    if (element.dataset.text === whole) return;
    element.dataset.text = whole;
    element.textContent = candidate.text;
    element.style.color = this.skin.state[state];
    element.style.borderColor = isChosen || state !== "normal" ? this.skin.state[state] : this.skin.edge;
    for (const value of candidate.values) {
      const row = element.appendChild(document.createElement("div"));
      row.textContent = value;
      row.style.font = VALUE_FONT;
      row.style.lineHeight = `${ROW_PX}px`;
      row.style.color = this.skin.quiet;
    }
  }

  dispose(): void {
    this.layer.remove();
  }
}
