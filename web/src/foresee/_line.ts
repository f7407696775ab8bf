// Lays a model out as a serial line, or says why it is none; the counterpart of src/xushi/simulate/_serial.py.
import type { Failure, Machine, MachineState, Model, Operation, PartState, PlantState, Power, Source } from "./_types";
import { prepared, type Drawn } from "./_variates";

/** Why a model cannot be run here; each has a text `whatif.refused.…`. */
export type Refusal =
  | "not_a_model" | "state" | "empty" | "several_products" | "vehicles" | "calendar" | "orders" | "setup" | "parallel"
  | "several_operations" | "branches" | "batches" | "assembly" | "failure_counts" | "crew" | "part_done" | "discipline"
  | "distribution" | "sinks" | "loss" | "no_time";

export class NotALine extends Error {
  constructor(
    readonly reason: Refusal,
    readonly where: string,
  ) {
    super(`${where}: ${reason}`);
    this.name = "NotALine";
  }
}

export const EMPTY = 0;
export const WORKING = 1;
export const HOLDING = 2;

/** A kind of failure of one machine; `leftS` is what is left until it strikes, not a number where it is to be drawn. */
export interface Mode {
  after: Drawn;
  repair: Drawn;
  afterStream: number;
  repairStream: number;
  leftS: number;
}

/** A machine of the line, or the source that feeds it, and what it is doing at the start. */
export interface Station {
  id: string;
  isSource: boolean;
  work: Drawn;
  stream: number;
  modes: Mode[];
  power: Power;
  phase: number;
  leftS: number;
  /** When the part on it came into the plant, or the part it holds. */
  bornS: number;
  downMode: Mode | null;
  repairLeftS: number;
}

export interface Place {
  id: string;
  capacity: number;
  /** When each part that waits came into the plant, the first in line first. */
  bornS: number[];
}

/** A serial line in the order of flow: places[i] is between stations[i] and stations[i + 1]. */
export interface Line {
  stations: Station[];
  places: Place[];
  sink: { id: string; isGood: boolean };
  streams: string[];
}

const MOST = 1_000;

/** Reads a model, and where it stands; both may come from a file, so nothing is taken for granted. */
export function readLine(model: Model, state: PlantState = {}): Line {
  try {
    return new Reader(model, state).read();
  } catch (error) {
    if (error instanceof NotALine) throw error;
    throw new NotALine("not_a_model", "–"); // a field has another type than it should
  }
}

class Reader {
  private readonly streams: string[] = [];
  private readonly product: string;

  constructor(
    private readonly model: Model,
    private readonly state: PlantState,
  ) {
    this.product = model.products?.[0]?.id ?? "part";
  }

  read(): Line {
    const { model } = this;
    const machines = model.machines ?? [];
    this.refuse("not_a_model", "–", !Array.isArray(machines));
    this.refuse("empty", model.name, machines.length === 0 || machines.length > MOST);
    this.refuse("several_products", model.name, (model.products?.length ?? 1) !== 1);
    this.refuse("vehicles", model.name, Boolean(model.fleets?.length || model.transports?.length));
    this.refuse("calendar", model.calendars?.[0]?.id ?? "", Boolean(model.calendars?.length));
    this.refuse("sinks", model.name, model.sinks?.length !== 1);
    const nodes = [...(model.sources ?? []).map((source) => this.source(source)), ...machines.map((machine) => this.machine(machine))];
    const { order, places } = this.chain(nodes);
    const end = model.sinks?.[0] as { id: string; is_good?: boolean };
    const hasTime = order.some(({ station }) => station.work.family !== 0 || station.work.a > 0) && (order[0]?.station.work.family !== 0 || (order[0]?.station.work.a ?? 0) > 0 || places.every((place) => place.capacity < Infinity));
    this.refuse("no_time", model.name, !hasTime);
    const line = { stations: order.map((node) => node.station), places, sink: { id: end.id, isGood: end.is_good ?? true }, streams: this.streams };
    this.load(line);
    return line;
  }

  private refuse(reason: Refusal, where: string, is: boolean): void {
    if (is) throw new NotALine(reason, where);
  }

  private stream(name: string): number {
    return this.streams.push(name) - 1;
  }

  private drawn(one: Parameters<typeof prepared>[0], where: string): Drawn {
    const found = prepared(one);
    if (!found) throw new NotALine("distribution", where);
    return found;
  }

  private source(source: Source): Node {
    const { id } = source;
    this.refuse("orders", id, Boolean(source.orders?.length));
    this.refuse("calendar", id, source.calendar !== undefined);
    this.refuse("batches", id, (source.quantity ?? 1) !== 1);
    this.refuse("loss", id, source.when_full === "lose");
    this.refuse("branches", id, source.to.length !== 1);
    const station = this.station(id, true, this.drawn(source.interval, id), `${id}/interval`);
    return { station, takes: null, gives: source.to[0]?.to ?? "" };
  }

  private machine(machine: Machine): Node {
    const { id } = machine;
    this.refuse("parallel", id, (machine.count ?? 1) !== 1);
    this.refuse("setup", id, Boolean(machine.setups?.length));
    this.refuse("calendar", id, machine.calendar !== undefined);
    this.refuse("several_operations", id, machine.operations.length !== 1);
    const operation = machine.operations[0] as Operation;
    this.refuse("assembly", id, Boolean(operation.makes?.length) || (operation.inputs?.length ?? 0) > 1);
    this.refuse("branches", id, operation.to?.length !== 1);
    const input = operation.inputs?.[0];
    this.refuse("batches", id, input !== undefined && ((input.quantity ?? 1) !== 1 || (input.up_to ?? 1) !== 1));
    const station = this.station(id, false, this.drawn(operation.durations?.[this.product] ?? operation.duration, id), `${id}/work`);
    station.power = machine.power ?? {};
    station.modes = (machine.failures ?? []).map((failure) => this.mode(id, failure));
    return { station, takes: input?.buffer ?? null, gives: operation.to?.[0]?.to ?? "" };
  }

  private mode(id: string, failure: Failure): Mode {
    this.refuse("failure_counts", id, (failure.counts ?? "busy") !== "busy");
    this.refuse("crew", id, failure.crew !== undefined);
    const name = `${id}/${failure.id}`;
    return {
      after: this.drawn(failure.after, name),
      repair: this.drawn(failure.repair, name),
      afterStream: this.stream(`${name}/after`),
      repairStream: this.stream(`${name}/repair`),
      leftS: Number.NaN,
    };
  }

  private station(id: string, isSource: boolean, work: Drawn, stream: string): Station {
    return { id, isSource, work, stream: this.stream(stream), modes: [], power: {}, phase: EMPTY, leftS: 0, bornS: 0, downMode: null, repairLeftS: 0 };
  }

  /** The stations in the order of flow, and the buffers between them: there must be one way, and nothing beside it. */
  private chain(nodes: Node[]): { order: Node[]; places: Place[] } {
    const buffers = new Map((this.model.buffers ?? []).map((buffer) => [buffer.id, buffer]));
    const takers = new Map<string, Node>();
    for (const node of nodes) {
      if (node.takes === null) continue;
      this.refuse("parallel", node.takes, takers.has(node.takes));
      takers.set(node.takes, node);
    }
    const heads = nodes.filter((node) => node.takes === null);
    this.refuse("branches", heads[1]?.station.id ?? this.model.name, heads.length !== 1);
    const order: Node[] = [heads[0] as Node];
    const places: Place[] = [];
    for (;;) {
      const last = order[order.length - 1] as Node;
      if (last.gives === this.model.sinks?.[0]?.id) break;
      const buffer = buffers.get(last.gives);
      const next = takers.get(last.gives);
      if (!buffer || !next || order.includes(next)) throw new NotALine("branches", last.station.id);
      this.refuse("discipline", buffer.id, (buffer.discipline ?? "fifo") !== "fifo");
      const capacity = buffer.capacity ?? Infinity;
      this.refuse("not_a_model", buffer.id, capacity !== Infinity && !(Number.isInteger(capacity) && capacity >= 0 && capacity <= 1_000_000));
      places.push({ id: buffer.id, capacity, bornS: [] });
      order.push(next);
    }
    const beside = nodes.find((node) => !order.includes(node));
    this.refuse("branches", beside?.station.id ?? this.model.name, beside !== undefined || places.length !== buffers.size);
    return { order, places };
  }

  private load(line: Line): void {
    const places = new Map(line.places.map((place) => [place.id, place]));
    for (const [id, parts] of Object.entries(this.state.buffers ?? {})) {
      const place = places.get(id);
      if (!place) throw new NotALine("state", id);
      place.bornS.push(...bornOf(parts));
      this.refuse("state", id, place.bornS.length > place.capacity);
    }
    const stations = new Map(line.stations.map((station, i) => [station.id, { station, behind: line.places[i] }]));
    for (const [id, state] of Object.entries(this.state.machines ?? {})) {
      const found = stations.get(id);
      if (!found || found.station.isSource) throw new NotALine("state", id);
      this.loadMachine(found.station, found.behind, state);
    }
    for (const [id, leftS] of Object.entries(this.state.sources_left_s ?? {})) {
      const found = stations.get(id);
      if (!found?.station.isSource) throw new NotALine("state", id);
      // the event kernel has this arrival under way, the recursion starts with the first one anew
      throw new NotALine("part_done", `${id} ${leftS}`);
    }
  }

  private loadMachine(station: Station, behind: Place | undefined, state: MachineState): void {
    const { id } = station;
    const isPartDone = Boolean(state.work_done_s || state.setup_left_s || state.down_done_s) || Object.values(state.used ?? {}).some((used) => used !== 0);
    this.refuse("part_done", id, isPartDone);
    const working = bornOf(state.parts ?? []);
    const [target, parts] = Object.entries(state.held ?? {})[0] ?? [null, []];
    const held = bornOf(parts);
    this.refuse("state", id, working.length + held.length > 1 || Object.keys(state.held ?? {}).length > 1);
    if (working.length > 0) {
      station.phase = WORKING;
      station.bornS = working[0] as number;
      station.leftS = left(state.work_left_s);
    } else if (held.length > 0) {
      if (behind === undefined || behind.id !== target) throw new NotALine("state", id);
      if (behind.bornS.length < behind.capacity) behind.bornS.push(held[0] as number);
      else {
        station.phase = HOLDING;
        station.bornS = held[0] as number;
      }
    }
    const modes = this.model.machines?.find((machine) => machine.id === id)?.failures?.map((failure) => failure.id) ?? [];
    const modeOf = (name: string): Mode => {
      const found = station.modes[modes.indexOf(name)];
      if (!found) throw new NotALine("state", `${id}/${name}`);
      return found;
    };
    for (const [name, leftS] of Object.entries(state.wear ?? {})) modeOf(name).leftS = left(leftS);
    if (state.down !== undefined && state.down !== null) {
      station.downMode = modeOf(state.down);
      station.repairLeftS = left(state.down_left_s);
    }
  }
}

interface Node {
  station: Station;
  takes: string | null;
  gives: string;
}

/** Seconds that are left; not a number where they are to be drawn. */
function left(seconds: number | null | undefined): number {
  if (seconds === null || seconds === undefined) return Number.NaN;
  if (!(seconds >= 0)) throw new NotALine("state", String(seconds));
  return seconds;
}

function bornOf(parts: readonly PartState[]): number[] {
  const found = parts.flatMap((part) => new Array<number>(Math.min(part.quantity ?? 1, 1_000_000)).fill(-(part.age_s ?? 0)));
  if (!found.every((born) => Number.isFinite(born))) throw new NotALine("state", "–");
  return found;
}
