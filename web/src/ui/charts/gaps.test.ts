// Rules of where the line of a chart stays open.
import { describe, expect, it } from "vitest";
import { openSpans } from "./_gaps";

describe("a line over a lost connection", () => {
  const x = [0, 10, 20, 30, 40];
  const toPixel = (value: number) => value * 2;
  it("is open from the last known point to the next", () => expect(openSpans([[1, 3]], x, toPixel)).toEqual([[0, 60]]));
  it("is open up to the edge where nothing is known there", () => expect(openSpans([[0, 1], [3, 5]], x, toPixel)).toEqual([[0, 20], [40, 80]]));
  it("is whole where nothing was lost", () => expect(openSpans([], x, toPixel)).toEqual([]));
});
