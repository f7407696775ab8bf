// The places of the road map as people call them.
import { localName, type Language } from "../../i18n";
import type { GoalInfo, TwinSummary } from "../live";

export interface GoalChoice {
  value: string;
  label: string;
}

/** A machine by its short id and name in the reader's language, the short id once; `otherwise` where no machine is called so. */
export function machineLabel(idShort: string, twins: readonly TwinSummary[], language: Language, otherwise = idShort): string {
  const machine = twins.find((twin) => twin.idShort === idShort);
  const name = machine ? localName(machine.name, language, idShort) : otherwise || idShort;
  return name.startsWith(idShort) ? name : `${idShort} · ${name}`;
}

/**
 * The points at which something is served, each by the name of the machine that stands there in the reader's language.
 *
 * A road map (VDA LIF) knows one name a station, in no stated language; it is told where no machine is called so.
 */
export function goalChoices(goals: readonly GoalInfo[], twins: readonly TwinSummary[], language: Language): GoalChoice[] {
  const labelOf = ({ station, name }: GoalInfo) => machineLabel(station, twins, language, name);
  return goals.filter((goal) => goal.station !== "").map((goal) => ({ value: goal.node, label: labelOf(goal) }));
}
