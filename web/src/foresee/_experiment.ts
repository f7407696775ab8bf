// Runs the replications of a line and gives its key figures, under the same names as Outcome.kpis of the server.
import { readLine, type Line, type Station } from "./_line";
import { Recursion, type Counted } from "./_recursion";
import type { Experiment, Figures, Model, PlantState, Power } from "./_types";

const S_PER_H = 3600;

function kwhOf(counted: Counted, i: number, power: Power): number {
  const at = (seconds: Float64Array) => seconds[i] as number;
  const total = at(counted.idleS) * (power.idle_kw ?? 0) + at(counted.busyS) * (power.busy_kw ?? 0) + at(counted.blockedS) * (power.blocked_kw ?? 0) + at(counted.downS) * (power.down_kw ?? 0);
  return total / S_PER_H;
}

/** The figures of one replication, in the order of `namesOf`. */
function figuresOf(line: Line, counted: Counted, clockS: number): number[] {
  const found: number[] = [];
  let energy = 0;
  line.stations.forEach((station: Station, i) => {
    const at = (seconds: Float64Array) => seconds[i] as number;
    if (station.isSource) {
      found.push(at(counted.made));
      return;
    }
    const kwh = kwhOf(counted, i, station.power);
    energy += kwh;
    found.push(at(counted.busyS) / clockS, at(counted.idleS) / clockS, at(counted.blockedS) / clockS, at(counted.downS) / clockS);
    found.push((clockS - at(counted.downS)) / clockS, at(counted.made), kwh);
  });
  line.places.forEach((_, at) => {
    const of = (column: Float64Array) => column[at + 1] as number;
    found.push(of(counted.levelS) / clockS, of(counted.waitedS) / of(counted.taken), of(counted.delayed) / of(counted.taken));
  });
  const { finished } = counted;
  const good = line.sink.isGood ? finished : 0;
  const perHour = (count: number) => (count / clockS) * S_PER_H;
  found.push(finished, perHour(finished), counted.flowS / finished, good, perHour(good), energy);
  return found;
}

function namesOf(line: Line): string[] {
  return [
    ...line.stations.flatMap(({ id, isSource }) =>
      isSource ? [`${id}.arrived`] : ["busy_share", "idle_share", "blocked_share", "down_share", "availability", "made", "energy_kwh"].map((name) => `${id}.${name}`),
    ),
    ...line.places.flatMap(({ id }) => [`${id}.level`, `${id}.wait_s`, `${id}.delayed_share`]),
    ...["count", "throughput_per_h", "flow_s"].map((name) => `${line.sink.id}.${name}`),
    "plant.good",
    "plant.throughput_per_h",
    "plant.energy_kwh",
  ];
}

/**
 * Runs alternatives from the same state with common random numbers, one replication a step.
 *
 * Yields the share done; returns the figures. Throws NotALine where one of them is no serial line.
 */
export function* replications(models: Readonly<Record<string, Model>>, experiment: Experiment, state: PlantState = {}): Generator<number, Record<string, Figures>> {
  const { horizon_s: horizonS, warm_up_s: warmUpS, replications: count, seed } = experiment;
  const lines = Object.entries(models).map(([name, model]) => [name, readLine(model, state)] as const);
  const outcomes: Record<string, Figures> = {};
  for (const [number, [name, line]] of lines.entries()) {
    const recursion = new Recursion(line);
    const names = namesOf(line);
    const columns = names.map(() => new Float64Array(count));
    for (let row = 0; row < count; row += 1) {
      const values = figuresOf(line, recursion.run(seed, row, warmUpS, horizonS), horizonS - warmUpS);
      values.forEach((value, k) => ((columns[k] as Float64Array)[row] = value));
      yield (number + (row + 1) / count) / lines.length;
    }
    outcomes[name] = Object.fromEntries(names.map((kpi, k) => [kpi, columns[k] as Float64Array]));
  }
  return outcomes;
}

/** Runs alternatives to their end. */
export function runAlternatives(models: Readonly<Record<string, Model>>, experiment: Experiment, state: PlantState = {}): Record<string, Figures> {
  const steps = replications(models, experiment, state);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
