// The plant without a screen: places, their models and behaviours, moved by the board. FactoryScene draws it.
import { Matrix4, type Quaternion, type Vector3 } from "three";
import type { DiffInfo, Place } from "../protocol";
import { Bindings, makeDriver, modelsOf, nodesOf, type Sources } from "./_bindings";
import type { Hands } from "./_drivers";
import { Items } from "./_items";
import { BLOCK, bandOf, type ModelLibrary } from "./_library";
import type { Looks } from "./_looks";
import type { Materials } from "./_materials";
import { animatedNodes, makeModel, type LoadedModel } from "./_model";
import type { PlaceState, SceneBoard, SceneSignal } from "./_types";
import { World } from "./_world";

/** The node of a signal tower's lens; it shows the machine's state. */
const STATE_LAMP = "lamp";

interface Wanted {
  moving: Set<string>;
  needsClips: boolean;
}

const PLACE_KEY = "place/";
const nodeMatrix = new Matrix4();

export class Plant {
  readonly world: World;
  readonly items: Items;
  readonly bindings = new Bindings();
  readonly states = new Map<number, PlaceState>();
  /** Grows whenever a state changed. */
  statesVersion = 0;
  private readonly handles = new Map<string, number>();
  private readonly withModels = new Set<string>();
  private readonly touchedRigs = new Set<number>();
  private readonly touchedPoses = new Set<number>();
  private readonly lights = new Map<number, Map<number, boolean>>();
  private readonly hasChildren = new Set<string>();
  private areItemsStale = false;
  private layoutNumber = 0;
  private arranged: Promise<void> = Promise.resolve();
  private looks: Looks;

  constructor(
    private readonly board: SceneBoard,
    private readonly library: ModelLibrary,
    materials: Materials,
    looks: Looks,
    /** Called when models arrived or places changed: draw, and measure anew. */
    private readonly onLayout: () => void,
  ) {
    this.looks = looks;
    this.world = new World(materials, (number) => this.modelOf(number));
    this.items = new Items(materials, (name) => this.world.modelNamed(name));
  }

  /** The model of a place: its own, a band for a path of parts and a block for a twin without one, nothing for a group or scenery. */
  private modelOf(number: number): string | null {
    const place = this.world.table.places[number];
    if (!place) return null;
    if (place.model !== null) return place.model;
    for (const behaviour of place.behaviours) if (behaviour.kind === "flow") return behaviour.path.length > 1 ? bandOf(behaviour.path) : null;
    return place.shell !== null && !this.hasChildren.has(place.id) ? BLOCK : null;
  }

  setSignals(signals: readonly SceneSignal[]): void {
    this.handles.clear();
    for (const signal of signals) this.handles.set(signal.key, signal.handle);
    this.bind();
  }

  handleOf(key: string): number | undefined {
    return this.handles.get(key);
  }

  /** Replaces all places; those that only stand elsewhere or have another name are simply put there. */
  setPlaces(places: readonly Place[]): Promise<void> {
    const kept = new Set(places.map((place) => place.id));
    const gone = [...this.world.table.ids()].filter((id) => !kept.has(id));
    return this.change(places.filter((place) => this.known(place.id) !== place), gone);
  }

  /** Takes records of kind place from a change; the rest is none of the scene's business. */
  applyRecordDiff(diff: DiffInfo): Promise<void> {
    const isPlace = (key: string) => key.startsWith(PLACE_KEY);
    const added = Object.entries(diff.added).flatMap(([key, record]) => (isPlace(key) && record ? [record as Place] : []));
    const updated = Object.entries(diff.updated).flatMap(([key, pair]) => (isPlace(key) && pair[1] ? [pair[1] as Place] : []));
    const gone = Object.keys(diff.removed).filter(isPlace).map((key) => key.slice(PLACE_KEY.length));
    return this.change([...added, ...updated], gone);
  }

  private known(id: string): Place | undefined {
    const number = this.world.table.numberOf(id);
    return number === undefined ? undefined : this.world.table.places[number];
  }

  private change(put: readonly Place[], gone: readonly string[]): Promise<void> {
    let isStructural = false;
    for (const id of gone) if (this.drop(id)) isStructural = true;
    const moved: number[] = [];
    for (const place of put) {
      const before = this.known(place.id);
      if (!before || !isSameShape(before, place)) isStructural = true;
      const number = this.world.table.put(place);
      if (!this.bindings.drivesPose(number)) this.world.table.clearPose(number);
      moved.push(number);
    }
    if (isStructural) return this.layOut();
    for (const number of moved) this.world.replace(number);
    if (moved.length > 0) {
      this.areItemsStale = true;
      this.onLayout();
    }
    return this.arranged;
  }

  private drop(id: string): boolean {
    const number = this.world.table.remove(id);
    if (number === undefined) return false;
    this.states.delete(number);
    this.lights.delete(number);
    this.world.forgetLooks(number);
    return true;
  }

  /** Fetches the models that are wanted, then puts everything in its place. What is there already is shown meanwhile. */
  private layOut(): Promise<void> {
    this.arranged = this.arrange();
    return this.arranged;
  }

  private async arrange(): Promise<void> {
    const mine = ++this.layoutNumber;
    this.hasChildren.clear();
    for (const place of this.world.table.places) if (place?.parent) this.hasChildren.add(place.parent);
    const wanted = this.wantedModels();
    await Promise.all([...wanted].map(async ([name, want]) => this.bring(name, want, mine)));
    if (mine !== this.layoutNumber) return;
    this.world.setRoaming(this.posedPlaces());
    this.world.rebuild();
    this.bind();
    this.onLayout();
  }

  private async bring(name: string, want: Wanted, layout: number): Promise<void> {
    const loaded: LoadedModel = await this.library.get(name);
    if (want.needsClips) for (const node of animatedNodes(loaded)) want.moving.add(node);
    const key = `${name} ${[...want.moving].sort().join(" ")}`;
    if (layout !== this.layoutNumber || this.withModels.has(key)) return;
    for (const known of [...this.withModels]) if (known.startsWith(`${name} `)) this.withModels.delete(known);
    this.withModels.add(key);
    this.world.setModel(name, makeModel(loaded, want.moving));
  }

  private wantedModels(): Map<string, Wanted> {
    const wanted = new Map<string, Wanted>();
    const want = (name: string): Wanted => {
      const known = wanted.get(name) ?? { moving: new Set<string>(), needsClips: false };
      wanted.set(name, known);
      return known;
    };
    this.world.table.places.forEach((place, number) => {
      const name = this.modelOf(number);
      const own = name === null ? null : want(name);
      for (const behaviour of place?.behaviours ?? []) {
        for (const node of nodesOf(behaviour)) own?.moving.add(node);
        if (own && behaviour.kind === "clip") own.needsClips = true;
        if (behaviour.kind === "state") own?.moving.add(STATE_LAMP);
        for (const model of modelsOf(behaviour)) want(model);
      }
    });
    return wanted;
  }

  private posedPlaces(): Set<number> {
    const posed = new Set<number>();
    this.world.table.places.forEach((place, number) => {
      if (place?.behaviours.some((behaviour) => behaviour.kind === "pose")) posed.add(number);
    });
    return posed;
  }

  /** Makes the drivers of all behaviours anew. */
  private bind(): void {
    this.bindings.clear();
    this.world.table.places.forEach((place, number) => {
      for (const behaviour of place?.behaviours ?? []) {
        const driver = makeDriver(behaviour, number, this.hands, this.sources);
        if (driver) this.bindings.add(driver);
      }
    });
    this.areItemsStale = true;
  }

  private readonly sources: Sources = {
    handleOf: (key) => this.handles.get(key),
    pieceOf: (place, node) => this.world.model(place)?.pieceByName.get(node),
    placeFrame: (place, out) => this.world.table.matrix(place, out),
    nodeFrame: (place, piece, out) => this.nodeFrame(place, piece, out),
  };

  nodeFrame(place: number, piece: number, out: Matrix4): Matrix4 {
    this.world.table.matrix(place, out);
    const rig = this.world.rig(place);
    if (!rig) return out;
    if (rig.isStale) rig.settle();
    return out.multiply(nodeMatrix.fromArray(rig.frames, 16 * piece));
  }

  private readonly hands: Hands = {
    rig: (place) => this.world.rig(place),
    rigMoved: (place) => this.touchedRigs.add(place),
    pose: (place, position: Vector3, rotation: Quaternion) => {
      this.world.table.setPose(place, position, rotation);
      this.touchedPoses.add(place);
    },
    showState: (place, state) => this.showState(place, state),
    showLight: (place, piece, isOn) => {
      const lights = this.lights.get(place) ?? new Map<number, boolean>();
      this.lights.set(place, lights.set(piece, isOn));
      this.paintLamp(place, piece);
    },
    itemsMoved: () => (this.areItemsStale = true),
  };

  private showState(place: number, state: PlaceState): void {
    this.states.set(place, state);
    this.statesVersion += 1;
    this.world.tint(place, this.looks.tint[state]);
    const lamp = this.stateLamp(place);
    if (lamp !== undefined) this.paintLamp(place, lamp);
  }

  private stateLamp(place: number): number | undefined {
    return this.states.has(place) ? this.world.model(place)?.pieceByName.get(STATE_LAMP) : undefined;
  }

  /** A machine's lamp tells first that something is amiss; whether a signal lights it comes after. */
  private paintLamp(place: number, piece: number): void {
    const isStateLamp = piece === this.stateLamp(place);
    const mark = isStateLamp ? this.looks.mark[this.states.get(place) ?? "normal"] : null;
    const isOn = this.lights.get(place)?.get(piece) ?? false;
    const { lampOff, lampOn, lightOn } = this.looks;
    this.world.tintPiece(place, piece, mark ?? (isOn ? (isStateLamp ? lampOn : lightOn) : lampOff));
  }

  setLooks(looks: Looks): void {
    this.looks = looks;
    for (const [place, state] of this.states) this.showState(place, state);
    for (const [place, lights] of this.lights) for (const piece of lights.keys()) this.paintLamp(place, piece);
  }

  /** Moves everything to the instant; true while anything still moves. */
  step(nowMs: number): boolean {
    const isMoving = this.bindings.step(this.board, nowMs);
    for (const place of this.touchedPoses) {
      this.world.replace(place);
      this.areItemsStale = true;
    }
    for (const place of this.touchedRigs) {
      if (!this.touchedPoses.has(place)) this.world.writeMatrices(place);
      this.areItemsStale = true;
    }
    this.touchedPoses.clear();
    this.touchedRigs.clear();
    if (this.areItemsStale) {
      this.areItemsStale = false;
      this.items.begin();
      this.bindings.showItems((model, frame, place) => {
        if (!this.world.isHidden(place)) this.items.show(model, frame);
      });
      this.items.end();
    }
    return isMoving;
  }

  /** Hiding changed: items on hidden places are to vanish too. */
  refreshItems(): void {
    this.areItemsStale = true;
  }

  dispose(): void {
    this.layoutNumber += 1;
    this.items.dispose();
    this.world.dispose();
  }
}

/** Whether a change leaves model, parent and behaviours as they are. */
function isSameShape(before: Place, after: Place): boolean {
  return (
    before.model === after.model &&
    before.parent === after.parent &&
    before.shell === after.shell &&
    JSON.stringify(before.behaviours) === JSON.stringify(after.behaviours)
  );
}
