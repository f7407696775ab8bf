// A line as data, as the server writes it (simulate.write_model), and what a run of it gives. All times in seconds.

export type Distribution =
  | { type: "constant"; value_s: number }
  | { type: "exponential"; mean_s: number }
  | { type: "uniform"; low_s: number; high_s: number }
  | { type: "triangular"; low_s: number; mode_s: number; high_s: number }
  | { type: "normal"; mean_s: number; deviation_s: number }
  | { type: "lognormal"; mu: number; sigma: number }
  | { type: "gamma"; shape: number; scale_s: number }
  | { type: "weibull"; shape: number; scale_s: number }
  | { type: "geometric"; probability: number; slot_s?: number }
  | { type: "empirical"; values_s: readonly number[] };

export interface Failure {
  id: string;
  after: Distribution;
  repair: Distribution;
  counts?: "busy" | "time" | "parts";
  crew?: string;
}

export interface Operation {
  duration: Distribution;
  to?: readonly { to: string; share?: number; product?: string }[];
  inputs?: readonly { buffer: string; quantity?: number; up_to?: number; product?: string }[];
  durations?: Readonly<Record<string, Distribution>>;
  makes?: readonly unknown[];
  product?: string;
}

export interface Power {
  busy_kw?: number;
  idle_kw?: number;
  blocked_kw?: number;
  down_kw?: number;
  setup_kw?: number;
  off_kw?: number;
}

export interface Machine {
  id: string;
  operations: readonly Operation[];
  count?: number;
  failures?: readonly Failure[];
  setups?: readonly unknown[];
  calendar?: string;
  repair_priority?: number;
  power?: Power;
}

export interface Source {
  id: string;
  to: readonly { to: string; share?: number; product?: string }[];
  interval?: Distribution;
  products?: Readonly<Record<string, number>>;
  quantity?: number;
  when_full?: "wait" | "lose";
  orders?: readonly unknown[];
  calendar?: string;
}

export interface Buffer {
  id: string;
  capacity?: number | null;
  discipline?: "fifo" | "priority";
}

/** A plant; what is here beyond a serial line is read in order to say why it is none. */
export interface Model {
  name: string;
  products?: readonly { id: string; priority?: number }[];
  sources?: readonly Source[];
  machines?: readonly Machine[];
  buffers?: readonly Buffer[];
  sinks?: readonly { id: string; is_good?: boolean }[];
  crews?: readonly { id: string }[];
  calendars?: readonly { id: string }[];
  roads?: readonly unknown[];
  zones?: readonly { id: string }[];
  fleets?: readonly { id: string }[];
  transports?: readonly { id: string }[];
}

export interface PartState {
  product: string;
  quantity?: number;
  age_s?: number;
}

export interface MachineState {
  parts?: readonly PartState[];
  held?: Readonly<Record<string, readonly PartState[]>>;
  work_left_s?: number | null;
  work_done_s?: number;
  setup_left_s?: number;
  down?: string | null;
  down_left_s?: number | null;
  down_done_s?: number;
  wear?: Readonly<Record<string, number>>;
  used?: Readonly<Record<string, number>>;
}

/** Where a line stands; a line that is empty and idle where absent. */
export interface PlantState {
  buffers?: Readonly<Record<string, readonly PartState[]>>;
  machines?: Readonly<Record<string, MachineState>>;
  sources_left_s?: Readonly<Record<string, number | null>>;
}

export interface Experiment {
  horizon_s: number;
  warm_up_s: number;
  replications: number;
  /** A whole number from 0 to 2^53. */
  seed: number;
}

/** Key figures by name (`M1.busy_share`, `plant.throughput_per_h`), one number a replication. */
export type Figures = Record<string, Float64Array>;

export interface Interval {
  mean: number;
  /** Half the width of the confidence interval. */
  halfWidth: number;
  count: number;
}
