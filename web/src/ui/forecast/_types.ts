// What the jobs of foresight answer; written by hand, since results of jobs have no type in the protocol.

export interface Interval {
  mean: number | null;
  low: number | null;
  high: number | null;
}

/** A mean with its 95 % interval, and the band in which nine of ten futures lie. */
export interface Figure extends Interval {
  band_low: number | null;
  band_high: number | null;
}

export interface Curve {
  low: number[];
  middle: number[];
  high: number[];
}

export type Words = Record<string, string>;

export interface Bottleneck {
  machine: string;
  runner_up: string | null;
  lead: Interval;
  causes: Record<"busy" | "setup" | "down" | "waits_for_crew", number>;
  /** Who repairs it; null where whoever is needed is there. */
  crew?: string | null;
}

export interface Estimate {
  element: string;
  figure: string;
  source: "fitted" | "records" | "described" | "weighed";
  records: number;
  mean: number;
  family: string;
  ks_p: number | null;
  ad_p: number | null;
  /** Where the mean lies with 95 %. */
  low: number | null;
  high: number | null;
}

export interface Told {
  code: string;
  place: string;
  text: Words;
  repair: Words;
}

/** Futures in which something can never go on: how many, in words, and who waits for whom. */
export interface Locks {
  count: number;
  futures: number;
  waits: { who: string; what: string }[];
  text: Words;
  repair: Words;
}

export interface OrderTime {
  id: string;
  pieces: number;
  done_s: Figure;
  due_ms: number | null;
  late_share: number | null;
  within: number | null;
}

export interface Warning {
  place: string;
  probability: number;
  text: Words;
  repair: Words;
}

const SEEN = ["busy", "idle", "blocked", "down"] as const;

const SEEN_SOMEWHERE = ["waits_for_crew", "off"] as const;

/** What machines are seen doing; waiting for a repair crew and not being planned to work where any of them does so. */
export function seenOf(machines: readonly { shares: Record<string, number | null> }[]): readonly (typeof SEEN[number] | typeof SEEN_SOMEWHERE[number])[] {
  return [...SEEN, ...SEEN_SOMEWHERE.filter((seen) => machines.some((machine) => (machine.shares[seen] ?? 0) > 0))];
}

export interface Forecast {
  at_ms: number;
  until_ms: number;
  replications: number;
  so_far: { since_ms: number; count: number } | null;
  figures: (Figure & { id: string; title: Words; unit: string })[];
  buffers: (Curve & { id: string; capacity: number })[];
  machines: { id: string; shares: Record<string, number | null>; made: Figure; oee?: Figure; lacks_material_share?: number | null }[];
  /** Who fills trays of material for the machines. */
  sources: string[];
  fleets: { id: string; vehicles: number }[];
  crews?: { id: string; people: number }[];
  orders: OrderTime[];
  bottleneck: Bottleneck;
  /** Absent in what was kept before locks were told. */
  locks?: Locks | null;
  warnings: Warning[];
  calibration: Estimate[];
  calibrated_from_ms: number;
  diagnoses: Told[];
}

export const KPIS = ["plant.good", "plant.throughput_per_h", "finished.flow_s", "plant.energy_kwh"] as const;

/** What the best can be best in: most good parts, least lateness of the orders, least energy. */
export type Goal = "output" | "lateness" | "energy";

export interface Verdict {
  best: string;
  not_told_apart: string[];
}

export interface Comparison extends Verdict {
  at_ms: number;
  until_ms: number;
  replications: number;
  judged_by: Goal;
  /** By lateness only where orders are due. */
  verdicts: Partial<Record<Goal, Verdict>>;
  /** Those of which a future locks: never the best beside one that does not. */
  locking?: string[];
  alternatives: {
    name: string;
    figures: Record<string, Figure>;
    differences: Record<string, Interval & { is_clear: boolean }>;
    bottleneck: Bottleneck;
    /** In their sequence there; absent where nothing is ordered. */
    orders?: OrderTime[];
    /** Weighted minutes by which orders are late, added up; absent without due dates. */
    late_min?: Figure;
    late_difference?: Interval & { is_clear: boolean };
    locks?: Locks | null;
  }[];
}

export type Changed =
  | "cycle_time" | "repair_time" | "time_to_failure" | "transfer_time" | "capacity" | "machines" | "vehicles" | "share" | "first_input" | "stand_in" | "pause" | "unpaused" | "worked" | "shifts" | "stopped"
  | "vehicle_speed" | "travel_time" | "closed" | "opened" | "setup_time" | "sequence" | "work_factor" | "family" | "people";

export interface WantedChange {
  element: string;
  figure: Changed;
  factor?: number | null;
  value?: number | null;
  /** Part of what leaves the element that goes `to` another, 0 to 1. */
  share?: number | null;
  to?: string | null;
  /** Minutes after the fork. */
  from_min?: number | null;
  to_min?: number | null;
  /** Hours of every day, "06:00-14:00", by the clock of `zone`. */
  shifts?: readonly string[] | null;
  zone?: string | null;
}

export interface Wanted {
  name: string;
  changes: WantedChange[];
}
