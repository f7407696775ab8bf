// The places of the road map as people call them.
import { localName, type Language } from "../../i18n";
import type { GoalInfo, TwinSummary } from "../live";

export interface GoalChoice {
  value: string;
  label: string;
}

/**
 * The points at which something is served, each by the name of the machine that stands there in the reader's language.
 *
 * A road map (VDA LIF) knows one name a station, in no stated language; it is told where no machine is called so.
 */
export function goalChoices(goals: readonly GoalInfo[], twins: readonly TwinSummary[], language: Language): GoalChoice[] {
  const machines = new Map(twins.map((twin) => [twin.idShort, twin]));
  const nameOf = ({ station, name }: GoalInfo) => {
    const machine = machines.get(station);
    return machine ? localName(machine.name, language, station) : name || station;
  };
  const labelOf = (goal: GoalInfo) => {
    const name = nameOf(goal);
    return name.startsWith(goal.station) ? name : `${goal.station} · ${name}`;
  };
  return goals.filter((goal) => goal.station !== "").map((goal) => ({ value: goal.node, label: labelOf(goal) }));
}
