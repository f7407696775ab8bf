// Lines of buckets, drawn to the edges of their span: a value that does not change is not said again.
import type { BucketColumns } from "./_types";

/** One column of buckets; where its first or last bucket is empty, the value in force there stands in it. */
export function toEdges(column: readonly (number | null)[], buckets: BucketColumns): (number | null)[] {
  const values = [...column];
  const last = values.length - 1;
  if (last < 0) return values;
  values[0] ??= buckets.at_start;
  values[last] ??= buckets.at_end;
  return values;
}
