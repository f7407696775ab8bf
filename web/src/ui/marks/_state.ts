// Reads a machine's state out of its signals: OPC 40001-1 MachineryItemState, and the reason where one is given.
import { gradeOf, type Board, type Place, type SignalInfo } from "../live";

export type MachineState =
  | "running" | "idle" | "starved" | "blocked" | "failed" | "stopped" | "setup" | "off" | "unknown";

/** MachineryItemState values of OPC 40001-1: not available, out of service, not executing, executing. */
const BY_STATE: readonly MachineState[] = ["unknown", "off", "idle", "running"];
const BY_DETAIL: readonly MachineState[] = ["running", "starved", "blocked", "failed", "stopped", "setup"];

function read(key: unknown, byKey: ReadonlyMap<string, SignalInfo>, board: Board): number | null {
  const info = typeof key === "string" ? byKey.get(key) : undefined;
  if (!info || !board.has(info.handle) || gradeOf(board.quality(info.handle)) === "bad") return null;
  return board.value(info.handle);
}

/** Null for a place that reports no state. */
export function machineState(place: Place, byKey: ReadonlyMap<string, SignalInfo>, board: Board): MachineState | null {
  const behaviour = place.behaviours.find((candidate) => candidate.kind === "state");
  if (behaviour?.kind !== "state") return null;
  const state = read(behaviour.signal, byKey, board);
  if (state === null) return "unknown";
  const detail = read(behaviour.detail, byKey, board);
  // A reason says more than the state; "running" only repeats it.
  if (detail !== null && detail > 0 && state > 0) return BY_DETAIL[detail] ?? BY_STATE[state] ?? "unknown";
  return BY_STATE[state] ?? "unknown";
}
