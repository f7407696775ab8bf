// Rules of the scene of a branch: only what stands elsewhere there is put elsewhere.
import { describe, expect, it } from "vitest";
import { keptPlaces } from "./_scenes";
import type { Place } from "./_types";

const place = (id: string, x: number): Place => ({ id, name: { en: id }, parent: null, shell: null, model: null, position: [x, 0, 0], rotation: [0, 0, 0, 1], scale: [1, 1, 1], category: "station", behaviours: [] });

describe("the places of a branch", () => {
  it("are those of the line where nothing about them is another", () => {
    const line = [place("a", 1), place("b", 2)];
    const [a, b, c] = keptPlaces([place("a", 1), place("b", 3), place("c", 4)], line);
    expect(a).toBe(line[0]);
    expect(b).not.toBe(line[1]);
    expect(b?.position).toEqual([3, 0, 0]);
    expect(c?.id).toBe("c");
  });
});
