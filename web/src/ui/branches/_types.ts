// What the routes of branches answer.
import type { ErrorBody } from "../live";
import type { Changed, WantedChange, Words } from "../forecast/_types";

export interface BranchSummary {
  id: string;
  title: string;
  parent: string;
  fork_ms: number;
  until_ms: number;
  /** Where its path ends: before its time where it was stopped; null while there is none. */
  end_ms: number | null;
  seed: number;
  edits: number;
  state: "computing" | "ready" | "stopped" | "failed";
  job: string | null;
  error: ErrorBody | null;
}

/** Either a command of the live line, as it would be promoted, or changes that only the model knows. */
export interface BranchEdit {
  index: number;
  command: string | null;
  params: Record<string, unknown>;
  title: Words;
  changes: WantedChange[];
}

/** A figure that a change may name, and which of its fields the change then gives. */
export interface FigureInfo {
  figure: Changed;
  takes: "factor" | "value" | "share" | "choice" | "window" | "nothing";
  present: number | null;
  unit: string;
  to: string[];
}

/** What can be changed: a machine, a buffer, a fleet, or all machines together (`*`). */
export interface Changeable {
  element: string;
  kind: "machine" | "buffer" | "fleet" | "plant";
  shell: string;
  figures: FigureInfo[];
}

export interface BranchFigures {
  finished: number;
  scrapped: number;
  throughput_per_h: number | null;
  energy_kwh: number;
  machines: { id: string; made: number; shares: Record<string, number> }[];
}

export interface BranchInfo {
  branch: BranchSummary;
  edits: BranchEdit[];
  elements: Changeable[];
  figures: BranchFigures | null;
}
