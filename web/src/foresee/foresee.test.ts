// The client's recursion is the server's: same keys, same random numbers, same figures (vectors made by Python).
import { describe, expect, test } from "vitest";
import { streamKey } from "./_digest";
import { erfc } from "./_erfc";
import { runAlternatives } from "./_experiment";
import { NotALine, readLine } from "./_line";
import { naturalLog } from "./_logarithm";
import { Streams } from "./_random";
import { difference, interval } from "./_statistics";
import type { Experiment, Model, PlantState } from "./_types";
import { meanOf, scaled, standardNormal } from "./_variates";
import vectors from "./vectors.json";

const { streams, points, logarithms, normals, intervals, lines } = vectors;
const close = (found: number | undefined, wanted: number | null, tolerance: number) => {
  if (wanted === null) return expect(found).toBeNaN();
  return expect(Math.abs((found ?? Number.NaN) - wanted)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted)));
};

test("a stream's name gives the key that Python gives", () => {
  expect(streams.names.map((name) => String(streamKey(name)))).toEqual(streams.keys);
});

test.each(streams.drawn)("seed $seed, replication $replication draws the same numbers, bit for bit", ({ seed, replication, uniforms }) => {
  const ours = new Streams(streams.names);
  ours.seed(seed, replication);
  expect(uniforms.map((numbers, i) => numbers.map(() => ours.uniform(i)))).toEqual(uniforms);
});

test("the logarithm has the same digits", () => {
  expect(points.map(naturalLog)).toEqual(logarithms);
});

test("the normal quantile has the same digits", () => {
  expect(points.filter((x) => x < 1).map(standardNormal)).toEqual(normals);
});

test("the complementary error function agrees with tables", () => {
  // Abramowitz, Stegun, table 7.1, and erfc(-x) = 2 - erfc(x)
  for (const [x, wanted] of [[0, 1], [0.2, 0.7772974107895215], [0.5, 0.4795001221869535], [1, 0.15729920705028513], [3, 2.209049699858544e-5], [5, 1.5374597944280349e-12], [-1, 1.8427007929497148]] as const)
    close(erfc(x) / wanted, 1, 1e-14);
});

test.each(intervals)("an interval of confidence %f is that of Student's t", (confidence, mean, halfWidth, count) => {
  const all = [1, 2, 4.5, 8];
  const some = (count as number) <= 4 ? all.slice(0, count) : Array.from({ length: count as number }, (_, i) => all[i % (count === 999 ? 3 : 4)] as number);
  const found = interval(some, confidence);
  close(found.mean, mean as number, 1e-12);
  close(found.halfWidth, halfWidth as number, 1e-11);
  expect(found.count).toBe(count);
});

describe.each(lines)("$name", (line) => {
  const run = () => runAlternatives({ "": line.model as unknown as Model }, line.experiment as Experiment, line.state as unknown as PlantState)[""] ?? {};

  test("has the server's figures, every one", () => {
    const ours = run();
    expect(Object.keys(ours).length).toBeGreaterThan(10);
    for (const [kpi, values] of Object.entries(ours)) {
      const theirs = (line.kpis as unknown as Record<string, (number | null)[]>)[kpi];
      expect(theirs, kpi).toBeDefined();
      theirs?.forEach((wanted, row) => close(values[row], wanted, 1e-12));
    }
  });

  test("counts the same parts, bit for bit", () => {
    expect([...(run()["plant.good"] ?? [])]).toEqual((line.kpis as unknown as Record<string, number[]>)["plant.good"]);
  });
});

const plain = () => structuredClone(lines[1]?.model) as unknown as Model;
const machine = (model: Model, change: object): Model => ({ ...model, machines: model.machines?.map((one, i) => (i === 1 ? { ...one, ...change } : one)) });

test.each([
  ["parallel", machine(plain(), { count: 2 })],
  ["setup", machine(plain(), { setups: [{}] })],
  ["several_operations", machine(plain(), { operations: [] })],
  ["crew", machine(plain(), { failures: [{ id: "f", after: { type: "constant", value_s: 1 }, repair: { type: "constant", value_s: 1 }, crew: "C" }] })],
  ["distribution", machine(plain(), { failures: [{ id: "f", after: { type: "exponential", mean_s: 0 }, repair: { type: "constant", value_s: 1 } }] })],
  ["branches", { ...plain(), buffers: [...(plain().buffers ?? []), { id: "beside" }] }],
  ["sinks", { ...plain(), sinks: [{ id: "out" }, { id: "scrap" }] }],
  ["vehicles", { ...plain(), fleets: [{ id: "AGV" }] }],
  ["empty", { name: "nothing" }],
  ["not_a_model", { name: "odd", machines: 7 }],
  ["not_a_model", null],
] as [string, unknown][])("what is no serial line is refused: %s", (reason, model) => {
  try {
    readLine(model as Model);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(NotALine);
    expect((error as NotALine).reason).toBe(reason);
  }
});

test("a slower machine makes less, and what is equal cancels out", () => {
  const model = plain();
  const slower = machine(model, { operations: model.machines?.[1]?.operations.map((one) => ({ ...one, duration: scaled(one.duration, 1.2) })) });
  const experiment = { horizon_s: 4000, warm_up_s: 200, replications: 20, seed: 3 };
  const { now, slow, same } = runAlternatives({ now: model, slow: slower, same: model }, experiment);
  const less = difference(slow?.["plant.throughput_per_h"] ?? [], now?.["plant.throughput_per_h"] ?? []);
  expect(less.mean + less.halfWidth).toBeLessThan(0);
  expect(difference(same?.["plant.good"] ?? [], now?.["plant.good"] ?? [])).toEqual({ mean: 0, halfWidth: 0, count: 20 });
});

test("a scaled distribution has a scaled mean, whatever its family", () => {
  for (const { model } of lines)
    for (const one of (model as unknown as Model).machines ?? [])
      for (const { duration } of one.operations) close(meanOf(scaled(duration, 3)), 3 * meanOf(duration), 1e-12);
});
