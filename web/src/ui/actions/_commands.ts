// Prepares the command that writes a value to a device.
import { KIND, type CommandInfo, type SignalInfo } from "../live";

export interface PreparedCommand {
  name: string;
  params: Record<string, unknown>;
}

const WRITE = "signal.write";

/** Null where the server offers no such command. */
export function writeCommand(commands: readonly CommandInfo[], signal: SignalInfo, value: unknown): PreparedCommand | null {
  if (!commands.some((command) => command.name === WRITE)) return null;
  const isWhole = signal.kind === KIND.INT || signal.kind === KIND.ENUM;
  return { name: WRITE, params: { signal: signal.key, value: isWhole && typeof value === "number" ? Math.round(value) : value } };
}
