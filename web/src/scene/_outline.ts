// Draws the edges of the chosen place (and of the one under the pointer), also through what stands before it.
import { BufferGeometry, EdgesGeometry, Group, LineBasicMaterial, LineSegments, Matrix4, type Color } from "three";
import type { World } from "./_world";

const SHARP_DEG = 50;
const MOST_TRIANGLES = 120_000;

export class Outline {
  readonly root = new Group();
  private readonly front: LineBasicMaterial;
  private readonly behind: LineBasicMaterial;
  private readonly edges = new WeakMap<BufferGeometry, BufferGeometry>();
  private lines: { number: number; piece: number; object: LineSegments }[] = [];
  private numbers: readonly number[] = [];
  private readonly frame = new Matrix4();

  constructor(private readonly world: World, opacity: number) {
    this.front = new LineBasicMaterial({ transparent: true, opacity, toneMapped: false, fog: false });
    this.behind = new LineBasicMaterial({ transparent: true, opacity: opacity * 0.07, depthTest: false, toneMapped: false, fog: false });
    this.root.matrixAutoUpdate = false;
    this.root.renderOrder = 10;
  }

  setColour(colour: Color): void {
    this.front.color.copy(colour);
    this.behind.color.copy(colour);
  }

  /** Outlines these places; the same list again costs nothing. */
  show(numbers: readonly number[]): void {
    this.numbers = numbers;
    this.root.clear();
    this.lines = [];
    for (const number of numbers) {
      const model = this.world.model(number);
      if (!model || model.triangles > MOST_TRIANGLES) continue;
      model.pieces.forEach((piece, p) => {
        for (const skin of piece.skins) if (skin.finish !== "glass") this.addLines(number, p, this.edgesOf(skin.geometry));
      });
    }
    this.follow();
  }

  private addLines(number: number, piece: number, geometry: BufferGeometry): void {
    for (const material of [this.behind, this.front]) {
      const object = new LineSegments(geometry, material);
      object.matrixAutoUpdate = false;
      object.frustumCulled = false;
      this.root.add(object);
      this.lines.push({ number, piece, object });
    }
  }

  private edgesOf(geometry: BufferGeometry): BufferGeometry {
    const known = this.edges.get(geometry);
    if (known) return known;
    const made = new EdgesGeometry(geometry, SHARP_DEG);
    this.edges.set(geometry, made);
    return made;
  }

  /** The models were made anew. */
  refresh(): void {
    this.show(this.numbers);
  }

  /** Keeps the lines on what moves. */
  follow(): void {
    for (const { number, piece, object } of this.lines) {
      this.world.table.matrix(number, object.matrix);
      const rig = this.world.knownRig(number);
      const rest = this.world.model(number)?.pieces[piece]?.rest;
      if (rig) object.matrix.multiply(this.frame.fromArray(rig.frames, 16 * piece));
      else if (rest) object.matrix.multiply(rest);
      object.matrixWorldNeedsUpdate = true;
    }
  }

  dispose(): void {
    for (const { object } of this.lines) object.geometry.dispose();
    this.front.dispose();
    this.behind.dispose();
  }
}
