// The places as they are drawn: each model's instances in cells, the rigs of those that move, tints and hiding.
import { Box3, Color, Group, Matrix4, Sphere, Vector3 } from "three";
import { Cell, cutIntoCells, type CellPlan } from "./_cells";
import type { Materials } from "./_materials";
import type { Model } from "./_model";
import { PlaceTable } from "./_places";
import { Rig } from "./_rig";

/** Few enough that drawing stays a matter of 2 ms of script; many enough that what lies behind the eye is left out. */
const DRAW_BUDGET = 150;
const WHITE = new Color(1, 1, 1);
const REACH = 1.25;

interface Seat {
  cell: Cell;
  index: number;
}

const centre = new Vector3();
const matrix = new Matrix4();

export class World {
  readonly root = new Group();
  readonly table = new PlaceTable();
  private readonly models = new Map<string, Model>();
  private readonly seats: (Seat | undefined)[] = [];
  private readonly rigs = new Map<number, Rig>();
  private readonly tints = new Map<number, Color>();
  private readonly pieceTints = new Map<number, Map<number, Color>>();
  private readonly hidden = new Set<number>();
  private readonly roaming = new Set<number>();
  private cells: Cell[] = [];

  constructor(
    private readonly materials: Materials,
    /** Name of the model that shows a place, null for none. */
    private readonly modelOf: (number: number) => string | null,
  ) {
    this.root.matrixAutoUpdate = false;
  }

  get drawCalls(): number {
    return this.cells.reduce((sum, cell) => sum + cell.draws, 0);
  }

  get instances(): number {
    return this.cells.reduce((sum, cell) => sum + cell.numbers.length, 0);
  }

  setModel(name: string, model: Model): void {
    this.models.set(name, model);
    for (const [number, rig] of this.rigs) if (this.modelOf(number) === name && rig.model !== model) this.rigs.delete(number);
  }

  model(number: number): Model | undefined {
    const name = this.modelOf(number);
    return name === null ? undefined : this.models.get(name);
  }

  modelNamed(name: string): Model | undefined {
    return this.models.get(name);
  }

  /** Whether the place goes about (an AGV and what stands on it); takes effect at the next `rebuild`. */
  setRoaming(numbers: ReadonlySet<number>): void {
    this.roaming.clear();
    for (const number of numbers) for (const each of this.table.subtree(number)) this.roaming.add(each);
  }

  isRoaming(number: number): boolean {
    return this.roaming.has(number);
  }

  rig(number: number): Rig | undefined {
    const known = this.rigs.get(number);
    if (known) return known;
    const model = this.model(number);
    if (!model) return undefined;
    const rig = new Rig(model);
    this.rigs.set(number, rig);
    return rig;
  }

  /** The rig, where something has moved the place's parts. */
  knownRig(number: number): Rig | undefined {
    return this.rigs.get(number);
  }

  /** Makes all cells anew from the table. */
  rebuild(): void {
    for (const cell of this.cells) cell.dispose();
    this.cells = [];
    this.seats.length = 0;
    const { table } = this;
    for (const number of table.parentsFirst()) table.place(number);
    const plans = new Map<string, CellPlan & { model: Model }>();
    table.places.forEach((place, number) => {
      const name = place ? this.modelOf(number) : null;
      const model = name === null ? undefined : this.models.get(name);
      if (!model) return;
      if (this.rigs.get(number)?.model !== model) this.rigs.delete(number);
      const isRoaming = this.roaming.has(number);
      const key = `${isRoaming} ${name}`;
      const plan = plans.get(key);
      if (plan) plan.numbers.push(number);
      else plans.set(key, { model, draws: model.pieces.reduce((sum, piece) => sum + piece.skins.length, 0), numbers: [number], isRoaming });
    });
    const list = [...plans.values()];
    const cut = cutIntoCells(list, DRAW_BUDGET, (n) => table.world[16 * n + 12] as number, (n) => table.world[16 * n + 14] as number);
    list.forEach((plan, i) => {
      for (const numbers of cut[i] as number[][]) this.addCell(plan.model, numbers, plan.isRoaming);
    });
    for (const number of [...this.rigs.keys()]) if (!this.seats[number]) this.rigs.delete(number);
  }

  private addCell(model: Model, numbers: number[], isRoaming: boolean): void {
    const cell = new Cell(model, numbers, this.materials, isRoaming);
    this.cells.push(cell);
    this.root.add(cell.group);
    numbers.forEach((number, index) => {
      this.seats[number] = { cell, index };
      this.writeMatrices(number);
      this.writeColours(number);
    });
  }

  /** The place, or one above it, moved: works out where it and all below it stand now. */
  replace(number: number): void {
    for (const each of this.table.subtree(number)) {
      this.table.place(each);
      this.writeMatrices(each);
    }
  }

  writeMatrices(number: number): void {
    const seat = this.seats[number];
    if (!seat) return;
    const { cell, index } = seat;
    const rig = this.rigs.get(number);
    if (rig?.isStale) rig.settle();
    const isHidden = this.hidden.has(number);
    cell.model.pieces.forEach((piece, p) => {
      const frame = rig ? rig.frames : piece.rest.elements;
      cell.writeMatrix(index, p, this.table.world, 16 * number, frame, rig ? 16 * p : 0, isHidden);
    });
    const sphere = this.sphere(number);
    if (sphere) cell.include(sphere.center, sphere.radius);
  }

  private writeColours(number: number): void {
    const seat = this.seats[number];
    if (!seat) return;
    const tint = this.tints.get(number) ?? WHITE;
    const pieces = this.pieceTints.get(number);
    if (tint === WHITE && !pieces) return;
    for (let piece = 0; piece < seat.cell.model.pieces.length; piece += 1) {
      seat.cell.writeColour(seat.index, piece, pieces?.get(piece) ?? tint);
    }
  }

  /** Multiplies the colours of a place; null for its own colours. */
  tint(number: number, colour: Color | null): void {
    if (colour) this.tints.set(number, colour);
    else if (!this.tints.delete(number)) return;
    this.recolour(number);
  }

  /** Colours one piece (a lamp). */
  tintPiece(number: number, piece: number, colour: Color): void {
    const pieces = this.pieceTints.get(number) ?? new Map<number, Color>();
    this.pieceTints.set(number, pieces.set(piece, colour));
    this.recolour(number);
  }

  private recolour(number: number): void {
    const seat = this.seats[number];
    if (!seat) return;
    const pieces = this.pieceTints.get(number);
    for (let piece = 0; piece < seat.cell.model.pieces.length; piece += 1) {
      seat.cell.writeColour(seat.index, piece, pieces?.get(piece) ?? this.tints.get(number) ?? WHITE);
    }
  }

  forgetLooks(number: number): void {
    this.tints.delete(number);
    this.pieceTints.delete(number);
  }

  /** Shows all but the places for which `isHidden` holds. */
  hide(isHidden: (number: number) => boolean): void {
    this.table.places.forEach((place, number) => {
      const hides = place !== undefined && isHidden(number);
      if (hides === this.hidden.has(number)) return;
      if (hides) this.hidden.add(number);
      else this.hidden.delete(number);
      this.writeMatrices(number);
    });
  }

  isHidden(number: number): boolean {
    return this.hidden.has(number);
  }

  /** The ball around a drawn place, in the world; a rig may reach a little out of the model at rest. */
  sphere(number: number, out = new Sphere()): Sphere | undefined {
    const model = this.seats[number]?.cell.model;
    if (!model) return undefined;
    this.table.matrix(number, matrix);
    out.center.copy(centre.copy(model.sphere.center).applyMatrix4(matrix));
    out.radius = model.sphere.radius * matrix.getMaxScaleOnAxis() * (this.rigs.has(number) ? REACH : 1);
    return out;
  }

  /** The box around a place and all below it. */
  box(number: number, out = new Box3()): Box3 {
    out.makeEmpty();
    for (const each of this.table.subtree(number)) {
      const model = this.seats[each]?.cell.model;
      this.table.matrix(each, matrix);
      if (model) out.union(model.box.clone().applyMatrix4(matrix));
    }
    if (out.isEmpty()) out.setFromCenterAndSize(centre.setFromMatrixPosition(this.table.matrix(number, matrix)), new Vector3(1, 1, 1));
    return out;
  }

  /** The box around everything that is drawn; around the buildings only where nothing else stands. */
  everything(out = new Box3()): Box3 {
    out.makeEmpty();
    const buildings = new Box3();
    const each = new Box3();
    this.forEachDrawn((number, model) => {
      each.copy(model.box).applyMatrix4(this.table.matrix(number, matrix));
      (this.table.places[number]?.category === "building" ? buildings : out).union(each);
    });
    return out.isEmpty() ? out.copy(buildings) : out;
  }

  /** Calls for every drawn place that is not hidden. */
  forEachDrawn(visit: (number: number, model: Model) => void): void {
    this.seats.forEach((seat, number) => {
      if (seat && !this.hidden.has(number)) visit(number, seat.cell.model);
    });
  }

  setMaterials(): void {
    for (const cell of this.cells) cell.setMaterials(this.materials);
  }

  dispose(): void {
    for (const cell of this.cells) cell.dispose();
    for (const model of this.models.values()) for (const piece of model.pieces) for (const skin of piece.skins) skin.geometry.dispose();
  }
}
