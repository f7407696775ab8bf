import { expect, test } from "vitest";
import { toEdges } from "./_buckets";
import type { BucketColumns } from "./_types";

const columns = (last: (number | null)[], at_start: number | null, at_end: number | null): BucketColumns => ({
  start_ms: last.map((_, index) => index), min: last, max: last, mean: last, count: last.map(() => 0), last, at_start, at_end, gaps: [],
});

test("a value that does not change within a span is drawn from edge to edge", () => {
  const unchanged = columns([null, null, null], 3, 3);
  expect(toEdges(unchanged.last, unchanged)).toEqual([3, null, 3]);
});

test("what was said at an edge stays, and an edge without a value that can be trusted stays empty", () => {
  const said = columns([1, null, 2], 5, 5);
  expect(toEdges(said.last, said)).toEqual([1, null, 2]);
  const lost = columns([null, 4, null], null, null);
  expect(toEdges(lost.last, lost)).toEqual([null, 4, null]);
  expect(toEdges([], columns([], 1, 1))).toEqual([]);
});
