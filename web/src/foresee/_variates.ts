// Draws durations: one uniform number turned through the inverse distribution function, wherever there is one.
// src/xushi/simulate/_variates.py is its twin, operation by operation.
import { erfc } from "./_erfc";
import { naturalLog } from "./_logarithm";
import type { Streams } from "./_random";
import type { Distribution } from "./_types";

const FAMILIES = ["constant", "exponential", "uniform", "triangular", "normal", "lognormal", "gamma", "weibull", "geometric", "empirical"] as const;

/** A distribution ready to be drawn from: the number of its family and its parameters. */
export interface Drawn {
  family: number;
  a: number;
  b: number;
  c: number;
  values: Float64Array;
}

const NONE = new Float64Array(0);

function parameters(one: Distribution): number[] {
  switch (one.type) {
    case "constant":
      return [one.value_s];
    case "exponential":
      return [one.mean_s];
    case "uniform":
      return [one.low_s, one.high_s];
    case "triangular":
      return [one.low_s, one.mode_s, one.high_s];
    case "normal":
      return [one.mean_s, one.deviation_s];
    case "lognormal":
      return [one.mu, one.sigma];
    case "gamma":
    case "weibull":
      return [one.shape, one.scale_s];
    case "geometric":
      return [one.probability, one.slot_s ?? 1];
    case "empirical":
      return [one.values_s.length];
  }
}

/** Whether durations can be drawn with these numbers; they may come from a file. */
function isSound(one: Distribution, numbers: readonly number[]): boolean {
  const all = one.type === "empirical" ? [...one.values_s] : numbers;
  if (all.length === 0 || !all.every((value) => Number.isFinite(value))) return false;
  const [a = 0, b = 0, c = 0] = numbers;
  if (one.type === "lognormal") return b >= 0;
  if (all.some((value) => value < 0)) return false;
  if (one.type === "exponential") return a > 0;
  if (one.type === "uniform") return a <= b;
  if (one.type === "triangular") return a <= b && b <= c;
  if (one.type === "gamma" || one.type === "weibull") return a > 0 && b > 0;
  return one.type !== "geometric" || (a > 0 && a <= 1);
}

/** Returns the distribution ready to be drawn from, or null where its numbers make none. */
export function prepared(one: Distribution | undefined): Drawn | null {
  const family = FAMILIES.indexOf(one?.type as (typeof FAMILIES)[number]);
  if (!one || family < 0) return null;
  const numbers = parameters(one);
  if (!isSound(one, numbers)) return null;
  const [a = 0, b = 0, c = 0] = numbers;
  return { family, a, b, c, values: one.type === "empirical" ? Float64Array.from(one.values_s).sort() : NONE };
}

/** Returns the distribution of `factor` times the duration. */
export function scaled(one: Distribution, factor: number): Distribution {
  if (one.type === "lognormal") return { ...one, mu: one.mu + Math.log(factor) };
  if (one.type === "empirical") return { ...one, values_s: one.values_s.map((value) => factor * value) };
  const whole = one.type === "geometric" ? { slot_s: 1, ...one } : one;
  return Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, name.endsWith("_s") ? factor * (value as number) : value])) as unknown as Distribution;
}

/** Lanczos' approximation (g = 7, 9 terms), to about 1e-14; for showing means only. */
function gammaFunction(x: number): number {
  const terms = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7];
  const t = x + 6.5;
  const sum = terms.reduce((total, term, i) => total + term / (x + i), 0.99999999999980993);
  return Math.sqrt(2 * Math.PI) * t ** (x - 0.5) * Math.exp(-t) * sum;
}

/** Returns the mean in seconds. */
export function meanOf(one: Distribution): number {
  switch (one.type) {
    case "constant":
      return one.value_s;
    case "exponential":
    case "normal":
      return one.mean_s;
    case "uniform":
      return (one.low_s + one.high_s) / 2;
    case "triangular":
      return (one.low_s + one.mode_s + one.high_s) / 3;
    case "lognormal":
      return Math.exp(one.mu + one.sigma ** 2 / 2);
    case "gamma":
      return one.shape * one.scale_s;
    case "weibull":
      return one.scale_s * gammaFunction(1 + 1 / one.shape);
    case "geometric":
      return (one.slot_s ?? 1) / one.probability;
    case "empirical": {
      const ordered = [...one.values_s].sort((x, y) => x - y);
      const first = ordered[0] ?? Number.NaN;
      if (ordered.length < 2) return first;
      const last = ordered[ordered.length - 1] as number;
      return (ordered.reduce((sum, value) => sum + value, 0) - (first + last) / 2) / (ordered.length - 1);
    }
  }
}

/** The normal quantile of `p` in (0, 1) (M. Wichura, algorithm AS 241, Applied Statistics 37, 1988). */
export function standardNormal(p: number): number {
  const q = p - 0.5;
  let top: number;
  let low: number;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    top = 2509.0809287301226727 * r + 33430.575583588128105;
    top = (top * r + 67265.770927008700853) * r + 45921.953931549871457;
    top = (top * r + 13731.693765509461125) * r + 1971.5909503065514427;
    top = (top * r + 133.14166789178437745) * r + 3.387132872796366608;
    low = 5226.495278852854561 * r + 28729.085735721942674;
    low = (low * r + 39307.89580009271061) * r + 21213.794301586595867;
    low = (low * r + 5394.1960214247511077) * r + 687.1870074920579083;
    low = (low * r + 42.313330701600911252) * r + 1;
    return (q * top) / low;
  }
  let r = Math.sqrt(-naturalLog(Math.min(p, 1 - p)));
  if (r <= 5) {
    r -= 1.6;
    top = 7.7454501427834140764e-4 * r + 0.0227238449892691845833;
    top = (top * r + 0.24178072517745061177) * r + 1.27045825245236838258;
    top = (top * r + 3.64784832476320460504) * r + 5.7694972214606914055;
    top = (top * r + 4.6303378461565452959) * r + 1.42343711074968357734;
    low = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4;
    low = (low * r + 0.0151986665636164571966) * r + 0.14810397642748007459;
    low = (low * r + 0.68976733498510000455) * r + 1.6763848301838038494;
    low = (low * r + 2.05319162663775882187) * r + 1;
  } else {
    r -= 5;
    top = 2.01033439929228813265e-7 * r + 2.71155556874348757815e-5;
    top = (top * r + 0.0012426609473880784386) * r + 0.026532189526576123093;
    top = (top * r + 0.29656057182850489123) * r + 1.7848265399172913358;
    top = (top * r + 5.4637849111641143699) * r + 6.6579046435011037772;
    low = 2.04426310338993978564e-15 * r + 1.4215117583164458887e-7;
    low = (low * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4;
    low = (low * r + 0.0148753612908506148525) * r + 0.13692988092273580531;
    low = (low * r + 0.59983220655588793769) * r + 1;
  }
  const found = Math.abs(top / low);
  return q < 0 ? -found : found;
}

/** Gamma with scale 1, by rejection (G. Marsaglia, W. Tsang, ACM TOMS 26(3), 2000). */
function gamma(shape: number, streams: Streams, stream: number): number {
  let lift = 1;
  if (shape < 1) {
    lift = streams.uniform(stream) ** (1 / shape);
    shape += 1;
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(streams.uniform(stream));
    let v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    if (naturalLog(streams.uniform(stream)) < 0.5 * x * x + d - d * v + d * naturalLog(v)) return lift * d * v;
  }
}

function other({ family, a, b, c, values }: Drawn, streams: Streams, stream: number): number {
  if (family === 6) return b * gamma(a, streams, stream);
  const u = streams.uniform(stream);
  switch (family) {
    case 2:
      return a + (b - a) * u;
    case 3:
      if (u * (c - a) < b - a) return a + Math.sqrt(u * (c - a) * (b - a));
      return c - Math.sqrt((1 - u) * (c - a) * (c - b));
    case 4: {
      if (b === 0) return a;
      const below = 0.5 * erfc(a / b / Math.sqrt(2));
      return Math.max(0, a + b * standardNormal(below + u * (1 - below)));
    }
    case 5:
      return Math.exp(a + b * standardNormal(u));
    case 7:
      return b * (-naturalLog(u)) ** (1 / a);
    case 8:
      return a >= 1 ? b : b * Math.ceil(naturalLog(u) / Math.log1p(-a));
  }
  const count = values.length;
  const place = u * (count - 1);
  const below = Math.min(Math.floor(place), count - 2);
  if (count === 1) return values[0] as number;
  return (values[below] as number) + (place - below) * ((values[below + 1] as number) - (values[below] as number));
}

/** Draws a duration in seconds with the numbers of `stream`. */
export function draw(one: Drawn, streams: Streams, stream: number): number {
  if (one.family === 1) return -one.a * naturalLog(streams.uniform(stream));
  if (one.family === 0) return one.a;
  return other(one, streams, stream);
}
