// The 3D factory on a canvas: draws the plant, lets the eye move, finds what is pointed at, and rests when nothing changes.
import { Box3, Color, Plane, Scene, Vector3, WebGLRenderer } from "three";
import type { DiffInfo, Place } from "../protocol";
import { Eye } from "./_eye";
import { Gizmo } from "./_gizmo";
import { Labels } from "./_labels";
import { ModelLibrary } from "./_library";
import { LOOKS } from "./_looks";
import { Marks } from "./_marks";
import { Materials } from "./_materials";
import { Outline } from "./_outline";
import { graphicsName, isSoftware, Pace } from "./_pace";
import { Picker } from "./_picker";
import { Pictures } from "./_pictures";
import { Plant } from "./_plant";
import { Pointing } from "./_pointing";
import { Surroundings } from "./_surroundings";
import type { CameraMode, CameraView, GizmoMode, PlaceState, SceneFilter, SceneOptions, SceneSignal, SceneStats, ThemeName } from "./_types";

const NO_FILTER: SceneFilter = { hiddenCategories: [], cutHeightM: null };
const REST_MS = 180;

export class FactoryScene {
  readonly stats: SceneStats = { frames: 0, drawCalls: 0, triangles: 0, instances: 0, updateMs: 0, renderMs: 0, pixelRatio: 1, quality: "high" };
  private readonly scene = new Scene();
  private readonly renderer: WebGLRenderer;
  private readonly materials: Materials;
  private readonly surroundings: Surroundings;
  private readonly plant: Plant;
  private readonly eye: Eye;
  private readonly outline: Outline;
  private readonly hoverOutline: Outline;
  private readonly marks: Marks;
  private readonly labels: Labels;
  private readonly gizmo: Gizmo;
  private readonly picker: Picker;
  private readonly pointing: Pointing;
  private readonly pace: Pace;
  private readonly observer: ResizeObserver;
  private readonly ends: (() => void)[] = [];
  private readonly bounds = new Box3();
  private theme: ThemeName;
  private filter = NO_FILTER;
  private selected: string | null = null;
  private hovered: string | null = null;
  private restTimer: ReturnType<typeof setTimeout> | null = null;
  private isFramed = false;
  /** The eye is where the scene put it: a picture of another size is framed anew. */
  private isAtHome = false;
  private isFollowing = false;
  private isEyeMoving = false;
  /** The eye was set from outside since the last picture: that is no movement to tell of. */
  private isLed = false;
  private work: WebGLSync | null = null;
  private readonly pictures = new Pictures({
    draw: (nowMs) => this.draw(nowMs),
    isDone: () => this.isWorkDone(),
    onTook: (tookMs) => {
      if (this.pace.note(tookMs)) this.applyFineness();
    },
    restMs: (isAwaited) => this.pace.restMs(isAwaited || this.isEyeMoving),
  });

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly options: SceneOptions,
  ) {
    const isSoft = isSoftware(graphicsName());
    this.pace = new Pace(options.quality ?? "auto", window.devicePixelRatio || 1, isSoft);
    this.renderer = new WebGLRenderer({ canvas, antialias: !isSoft, powerPreference: "high-performance" });
    this.renderer.shadowMap.autoUpdate = false;
    this.theme = options.theme ?? "light";
    this.materials = new Materials(this.pace.fineness.level !== "low");
    this.surroundings = new Surroundings(this.scene, this.renderer);
    const library = new ModelLibrary(options.fetchModel, options.onProblem);
    this.plant = new Plant(options.board, library, this.materials, LOOKS[this.theme], () => this.layoutChanged());
    const { world } = this.plant;
    this.eye = new Eye(canvas, () => this.invalidate(), options.prefersReducedMotion ?? false);
    this.outline = new Outline(world, 1);
    this.hoverOutline = new Outline(world, 0.6);
    this.marks = new Marks(world);
    this.labels = new Labels(canvas, this.plant, options);
    this.gizmo = new Gizmo(this.eye, canvas, world, {
      onChange: () => this.invalidate(),
      onMove: (id, position, rotation) => options.onMove?.(id, position, rotation),
    });
    this.picker = new Picker(world, (number) => world.table.places[number]?.category !== "building");
    this.pointing = new Pointing(canvas, {
      hover: (x, y) => this.setHovered(this.idAt(x, y)),
      leave: () => this.setHovered(null),
      pick: (x, y) => this.options.onPick?.(this.idAt(x, y)),
      isBusy: () => this.gizmo.isHeld,
    });
    this.scene.add(world.root, this.plant.items.root, this.marks.root, this.hoverOutline.root, this.outline.root, this.gizmo.root);
    this.observer = new ResizeObserver(() => this.resize());
    this.start();
  }

  private start(): void {
    const { canvas, options } = this;
    if (!canvas.hasAttribute("tabindex")) canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    if (options.ariaLabel) canvas.setAttribute("aria-label", options.ariaLabel);
    canvas.style.touchAction = "none";
    const leaveHome = (): void => {
      this.isAtHome = false;
    };
    for (const act of ["pointerdown", "wheel", "keydown"]) canvas.addEventListener(act, leaveHome, { passive: true });
    this.ends.push(() => ["pointerdown", "wheel", "keydown"].forEach((act) => canvas.removeEventListener(act, leaveHome)));
    this.observer.observe(canvas.parentElement ?? canvas);
    this.ends.push(options.board.onFrame(({ handles, isJump }) => {
      const moves = this.plant.bindings.hear(handles, isJump);
      const labels = this.labels.hear(handles, isJump);
      if (moves || labels) this.pictures.ask();
    }));
    const restored = () => this.applyFineness();
    canvas.addEventListener("webglcontextrestored", restored);
    this.ends.push(() => canvas.removeEventListener("webglcontextrestored", restored));
    this.applyFineness();
    this.setTheme(this.theme);
    this.resize();
  }

  // ---- what is shown

  /** Which signal a key means; call again when signals were defined. */
  setSignals(signals: readonly SceneSignal[]): void {
    this.plant.setSignals(signals);
    this.labels.setSignals(signals);
    this.invalidate();
  }

  /** Replaces all places; resolves when their models are there. The first time, the whole plant is framed. */
  setPlaces(places: readonly Place[]): Promise<void> {
    return this.plant.setPlaces(places);
  }

  /** Takes a change of records (`records` message or an outcome's diff). */
  applyRecordDiff(diff: DiffInfo): Promise<void> {
    return this.plant.applyRecordDiff(diff);
  }

  /** Reads every signal of the board anew and shows it at once. */
  refresh(): void {
    this.plant.bindings.hearAll();
    this.labels.stale();
    this.invalidate();
  }

  setTheme(theme: ThemeName): void {
    this.theme = theme;
    const looks = LOOKS[theme];
    this.surroundings.setLooks(looks);
    this.plant.setLooks(looks);
    this.marks.setLooks(looks);
    this.outline.setColour(looks.outline);
    this.hoverOutline.setColour(looks.hover);
    this.labels.setTheme(theme);
    this.invalidate();
  }

  setLanguage(language: string): void {
    this.labels.setLanguage(language);
    this.invalidate();
  }

  /** Leaves categories out, or cuts everything above a height away. */
  setFilter(filter: Partial<SceneFilter>): void {
    this.filter = { ...this.filter, ...filter };
    const hidden = new Set(this.filter.hiddenCategories);
    this.plant.world.hide((number) => hidden.has(this.plant.world.table.places[number]?.category ?? "other"));
    this.plant.refreshItems();
    this.marks.layOut();
    const cut = this.filter.cutHeightM;
    this.renderer.clippingPlanes = cut === null ? [] : [new Plane(new Vector3(0, -1, 0), cut)];
    this.renderer.shadowMap.needsUpdate = true;
    this.labels.stale();
    this.invalidate();
  }

  setLabels(mode: "auto" | "all" | "none"): void {
    this.labels.setMode(mode);
    this.invalidate();
  }

  // ---- what is chosen

  /** Outlines a place (and what stands on it); null for none. */
  select(id: string | null): void {
    this.selected = id;
    const number = id === null ? undefined : this.plant.world.table.numberOf(id);
    this.outline.show(number === undefined ? [] : this.plant.world.table.subtree(number).slice(0, 40));
    this.marks.setChosen(number);
    this.labels.setSelected(number);
    this.gizmo.attach(number);
    this.invalidate();
  }

  /** Flies to a place; with `follow` the eye stays with it while it goes about. */
  focus(id: string, follow = false): void {
    this.isAtHome = false;
    const number = this.plant.world.table.numberOf(id);
    if (number === undefined) return;
    this.isFollowing = follow;
    this.eye.show(this.plant.world.box(number).expandByScalar(0.6), performance.now());
  }

  /** Shows handles to move or turn the chosen place. */
  setGizmo(mode: GizmoMode): void {
    this.gizmo.setMode(mode);
    this.invalidate();
  }

  stateOf(id: string): PlaceState {
    const number = this.plant.world.table.numberOf(id);
    return (number === undefined ? undefined : this.plant.states.get(number)) ?? "normal";
  }

  private setHovered(id: string | null): void {
    if (id === this.hovered) return;
    this.hovered = id;
    const number = id === null || id === this.selected ? undefined : this.plant.world.table.numberOf(id);
    this.hoverOutline.show(number === undefined ? [] : [number]);
    this.labels.setHovered(number);
    this.canvas.style.cursor = id === null ? "" : "pointer";
    this.options.onHover?.(id);
    this.invalidate();
  }

  /** The place at a point of the canvas, CSS pixels from its corner. */
  idAt(x: number, y: number): string | null {
    const { width, height } = this.canvas.getBoundingClientRect();
    const hit = this.picker.at((2 * x) / width - 1, 1 - (2 * y) / height, this.eye.camera, this.filter.cutHeightM);
    return hit ? (this.plant.world.table.places[hit.number]?.id ?? null) : null;
  }

  // ---- the eye

  getCamera(): CameraView {
    return this.eye.view;
  }

  setCamera(view: CameraView): void {
    this.isFramed = true;
    this.isAtHome = false;
    this.isLed = true;
    this.eye.view = view;
  }

  setMode(mode: CameraMode): void {
    if (mode !== this.eye.mode) this.isAtHome = false;
    this.eye.setMode(mode);
    this.invalidate();
  }

  get mode(): CameraMode {
    return this.eye.mode;
  }

  /** Shows the whole plant. */
  frameAll(atOnce = !this.isFramed): void {
    const box = this.bounds.isEmpty() ? new Box3(new Vector3(-6, 0, -6), new Vector3(6, 3, 6)) : this.bounds;
    this.isFollowing = false;
    this.eye.show(box, performance.now(), { fromHome: true, atOnce });
    this.isFramed = true;
    this.isAtHome = true;
  }

  /** The picture as PNG, without labels. */
  screenshot(): Promise<Blob> {
    this.draw(performance.now());
    return new Promise((resolve, reject) => {
      this.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the canvas gave no picture"))), "image/png");
    });
  }

  // ---- drawing

  /** Asks for one more picture that somebody waits for. */
  invalidate(): void {
    this.pictures.ask(true);
  }

  /** Nothing is drawn while the picture lies behind another view. */
  setHidden(isHidden: boolean): void {
    this.pictures.setHidden(isHidden);
  }

  private layoutChanged(): void {
    const { world } = this.plant;
    if (this.filter !== NO_FILTER) this.setFilter({});
    world.everything(this.bounds);
    this.surroundings.aimShadow(this.eye.target, this.bounds);
    this.renderer.shadowMap.needsUpdate = true;
    this.select(this.selected);
    this.marks.layOut();
    this.labels.layOut();
    if (!this.isFramed && world.instances > 0) this.frameAll();
    this.invalidate();
  }

  /** Brings everything to the instant and draws it; true while something still moves. */
  private draw(nowMs: number): boolean {
    const started = performance.now();
    const plantMoves = this.plant.step(nowMs);
    const eyeMoves = this.eye.step(nowMs);
    this.isEyeMoving = eyeMoves;
    if (this.isFollowing) this.followSelected();
    this.outline.follow();
    this.hoverOutline.follow();
    this.marks.follow(this.plant.states, this.plant.statesVersion);
    if (this.surroundings.aimShadow(this.eye.target, this.bounds)) this.renderer.shadowMap.needsUpdate = true;
    const updated = performance.now();
    this.renderer.render(this.scene, this.eye.camera);
    if (this.pace.fineness.rests) this.noteWork();
    const rendered = performance.now();
    this.labels.draw(this.eye.camera, nowMs);
    this.note(updated - started + (performance.now() - rendered), rendered - updated);
    if (this.eye.takeMoved()) this.cameraMoved();
    this.isLed = false;
    return plantMoves || eyeMoves;
  }

  /** A mark behind all that the picture asks of the graphics. */
  private noteWork(): void {
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    gl.deleteSync(this.work);
    this.work = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
  }

  private isWorkDone(): boolean {
    if (!this.work) return true;
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    if (gl.clientWaitSync(this.work, 0, 0) === gl.TIMEOUT_EXPIRED) return false;
    gl.deleteSync(this.work);
    this.work = null;
    return true;
  }

  private note(updateMs: number, renderMs: number): void {
    const { render } = this.renderer.info;
    const { pixelRatio, level } = this.pace.fineness;
    Object.assign(this.stats, { frames: this.stats.frames + 1, drawCalls: render.calls, triangles: render.triangles, instances: this.plant.world.instances, updateMs, renderMs, pixelRatio, quality: level });
  }

  private followSelected(): void {
    const number = this.selected === null ? undefined : this.plant.world.table.numberOf(this.selected);
    if (number === undefined || !this.plant.world.isRoaming(number)) return;
    const centre = this.plant.world.box(number).getCenter(new Vector3());
    const step = centre.sub(this.eye.target).multiplyScalar(0.2);
    this.eye.target.add(step);
    this.eye.camera.position.add(step);
  }

  private cameraMoved(): void {
    if (!this.isLed) this.options.onLook?.(this.eye.view);
    if (this.restTimer !== null) clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => this.options.onCamera?.(this.eye.view), REST_MS);
  }

  private applyFineness(): void {
    const { level, pixelRatio } = this.pace.fineness;
    this.surroundings.setRich(level !== "low", level === "high");
    this.marks.setSunShadows(level === "high");
    if (this.materials.setRich(level !== "low")) {
      this.plant.world.setMaterials();
      this.plant.items.setMaterials();
    }
    this.renderer.setPixelRatio(pixelRatio);
    this.renderer.shadowMap.needsUpdate = true;
    this.surroundings.setLooks(LOOKS[this.theme]);
    this.invalidate();
  }

  private resize(): void {
    const box = (this.canvas.parentElement ?? this.canvas).getBoundingClientRect();
    const [width, height] = [Math.max(1, Math.floor(box.width)), Math.max(1, Math.floor(box.height))];
    this.renderer.setSize(width, height, false);
    this.canvas.style.width = "100%";
    this.canvas.style.height = "100%";
    this.eye.resize(width, height);
    this.labels.resize(width, height);
    if (this.isAtHome) this.frameAll(true);
    // A resized canvas is blank until it is drawn again.
    if (this.pictures.isSeen) this.draw(performance.now());
  }

  dispose(): void {
    if (this.restTimer !== null) clearTimeout(this.restTimer);
    for (const end of this.ends) end();
    this.observer.disconnect();
    for (const part of [this.pictures, this.pointing, this.gizmo, this.labels, this.marks, this.outline, this.hoverOutline, this.eye, this.plant, this.materials, this.surroundings]) part.dispose();
    (this.scene.background as Color | null) = null;
    this.renderer.dispose();
  }
}
