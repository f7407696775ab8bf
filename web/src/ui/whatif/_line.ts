// What can be changed of a line, as the numbers a line engineer knows: cycle time, work between failures, repair, places.
import { meanOf, scaled, type Distribution, type Machine, type Model } from "../../foresee";

/** The figures of one machine, and of the buffer before it. Null where it has none. */
export interface Row {
  machine: string;
  cycleS: number;
  betweenS: number | null;
  repairS: number | null;
  buffer: string | null;
  capacity: number | null;
}

export type Edit = Partial<Pick<Row, "cycleS" | "betweenS" | "repairS" | "capacity">>;
export type Edits = Readonly<Record<string, Edit>>;

function work(machine: Machine): Distribution | undefined {
  return machine.operations[0]?.duration;
}

/** Failures per second of work of all kinds together. */
function rate(machine: Machine): number {
  return (machine.failures ?? []).reduce((sum, failure) => sum + 1 / meanOf(failure.after), 0);
}

function repairOf(machine: Machine): number | null {
  const all = rate(machine);
  if (!(all > 0)) return null;
  return (machine.failures ?? []).reduce((sum, failure) => sum + meanOf(failure.repair) / meanOf(failure.after), 0) / all;
}

/** One row a machine, in the order of the model. */
export function rowsOf(model: Model): Row[] {
  const capacities = new Map((model.buffers ?? []).map((buffer) => [buffer.id, buffer.capacity ?? null]));
  return (model.machines ?? []).map((machine) => {
    const duration = work(machine);
    const buffer = machine.operations[0]?.inputs?.[0]?.buffer ?? null;
    const all = rate(machine);
    return {
      machine: machine.id,
      cycleS: duration ? meanOf(duration) : Number.NaN,
      betweenS: all > 0 ? 1 / all : null,
      repairS: repairOf(machine),
      buffer,
      capacity: buffer === null ? null : (capacities.get(buffer) ?? null),
    };
  });
}

const factor = (now: number | undefined, before: number | null) => (now === undefined || before === null || !(before > 0) || !(now > 0) ? 1 : now / before);

function changedMachine(machine: Machine, row: Row, edit: Edit): Machine {
  const byWork = factor(edit.cycleS, row.cycleS);
  const byLife = factor(edit.betweenS ?? undefined, row.betweenS);
  const byRepair = factor(edit.repairS ?? undefined, row.repairS);
  return {
    ...machine,
    operations: machine.operations.map((one) => ({ ...one, duration: scaled(one.duration, byWork) })),
    failures: machine.failures?.map((one) => ({ ...one, after: scaled(one.after, byLife), repair: scaled(one.repair, byRepair) })),
  };
}

/** Returns the model with the changes; the streams keep their names, so chance stays the same. */
export function changed(model: Model, edits: Edits): Model {
  const rows = new Map(rowsOf(model).map((row) => [row.machine, row]));
  const capacities = new Map<string, number>();
  for (const [machine, { capacity }] of Object.entries(edits)) {
    const buffer = rows.get(machine)?.buffer;
    if (buffer && typeof capacity === "number") capacities.set(buffer, capacity);
  }
  return {
    ...model,
    machines: model.machines?.map((machine) => {
      const row = rows.get(machine.id);
      const edit = edits[machine.id];
      return row && edit ? changedMachine(machine, row, edit) : machine;
    }),
    buffers: model.buffers?.map((buffer) => ({ ...buffer, capacity: capacities.get(buffer.id) ?? buffer.capacity })),
  };
}

/** A line to begin with: equal machines that fail now and then, with a few places between them. */
export function plainLine(count: number): Model {
  const id = (i: number) => `M${i + 1}`;
  return {
    name: "line",
    machines: Array.from({ length: count }, (_, i) => ({
      id: id(i),
      operations: [
        {
          duration: { type: "gamma" as const, shape: 16, scale_s: 30 / 16 },
          inputs: i === 0 ? [] : [{ buffer: `B${i}` }],
          to: [{ to: i === count - 1 ? "out" : `B${i + 1}` }],
        },
      ],
      failures: [{ id: "failure", after: { type: "exponential" as const, mean_s: 3600 }, repair: { type: "exponential" as const, mean_s: 300 } }],
    })),
    buffers: Array.from({ length: count - 1 }, (_, i) => ({ id: `B${i + 1}`, capacity: 5 })),
    sinks: [{ id: "out" }],
  };
}
