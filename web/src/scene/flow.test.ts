// Rules of what travels: items only move on, leave at the end, and stand where the path is.
import { Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { countLeft, Path, pick } from "./_flow";

describe("countLeft", () => {
  it("finds none while everything moves on", () => expect(countLeft([0.8, 0.5, 0.1], [0.9, 0.6, 0.2])).toBe(0));
  it("finds the one that left at the end", () => expect(countLeft([0.95, 0.5, 0.1], [0.6, 0.2])).toBe(1));
  it("lets a new one in behind", () => expect(countLeft([0.5], [0.6, 0.05])).toBe(0));
  it("finds one leaving while another enters", () => expect(countLeft([0.9, 0.4], [0.5, 0.02])).toBe(1));
  it("bears jitter of a standing queue", () => expect(countLeft([0.9, 0.7], [0.895, 0.701])).toBe(0));
  it("gives up all when the line was emptied", () => expect(countLeft([0.9, 0.7], [])).toBe(2));
});

describe("Path", () => {
  const path = new Path([[0, 1, 0], [4, 1, 0], [4, 1, 4]]);
  it("measures along all its pieces", () => {
    expect(path.lengthM).toBe(8);
    expect(path.at(0.25, new Vector3()).toArray()).toEqual([2, 1, 0]);
    expect(path.at(0.75, new Vector3()).toArray()).toEqual([4, 1, 2]);
    expect(path.at(2, new Vector3()).toArray()).toEqual([4, 1, 4]);
  });
  it("turns items along it and round the corner by and by", () => {
    expect(path.heading(0.2)).toBeCloseTo(0);
    expect(path.heading(0.5)).toBeCloseTo(-Math.PI / 4);
    expect(path.heading(0.8)).toBeCloseTo(-Math.PI / 2);
  });
  it("bears a path of one point or none", () => {
    expect(new Path([[1, 2, 3]]).at(0.5, new Vector3()).toArray()).toEqual([1, 2, 3]);
    expect(new Path([]).at(0.5, new Vector3()).toArray()).toEqual([0, 0, 0]);
  });
});

describe("pick", () => {
  it("takes the stage's model, beyond the list the last", () => {
    expect([pick(["a", "b"], 0), pick(["a", "b"], 1), pick(["a", "b"], 9), pick([], 0)]).toEqual(["a", "b", "b", undefined]);
  });
});
