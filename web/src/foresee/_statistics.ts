// Means over independent replications with confidence intervals; the counterpart of src/xushi/simulate/_statistics.py.
import type { Interval } from "./_types";

/** The probability that Student's t with whole `freedom` lies within tan(angle) * sqrt(freedom) of 0. */
function within(angle: number, freedom: number): number {
  // M. Abramowitz, I. Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4
  const sine = Math.sin(angle);
  const cosine = Math.cos(angle);
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

/** Half the width of the central interval of Student's t, in standard errors. */
export function studentT(freedom: number, confidence: number): number {
  let low = 0;
  let high = Math.PI / 2;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (within(middle, freedom) < confidence) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2) * Math.sqrt(freedom);
}

/** The mean of independent values with its interval; not-a-number counts as missing. */
export function interval(values: ArrayLike<number>, confidence = 0.95): Interval {
  const found = Array.from(values).filter((value) => !Number.isNaN(value));
  const count = found.length;
  const mean = count === 0 ? Number.NaN : found.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, halfWidth: Infinity, count };
  const squares = found.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, halfWidth: (studentT(count - 1, confidence) * Math.sqrt(squares / (count - 1))) / Math.sqrt(count), count };
}

/** How much more `one` has than `other`, replication by replication: the random numbers they share cancel out. */
export function difference(one: ArrayLike<number>, other: ArrayLike<number>, confidence = 0.95): Interval {
  return interval(
    Array.from(one, (value, i) => value - (other[i] ?? Number.NaN)),
    confidence,
  );
}
