// What a change is about as people call it: the ends of a road and of a route by the machines that stand there.
import { useMemo } from "react";
import { useLanguage, useText, type Language, type Translate } from "../../i18n";
import { machineLabel } from "../inspector/_goals";
import { useAnswer, usePlant, type FigureInfo, type GoalInfo, type TwinSummary, type VehicleList } from "../live";

/** What has a name: machines, and the points of the road map. */
export interface Places {
  twins: readonly TwinSummary[];
  goals: readonly GoalInfo[];
  language: Language;
  text: Translate;
}

const SEPARATOR = /^[^\p{L}\p{N}]{1,4}/u;

/** The two points in the id of a road, which joins their ids; null where the id is another. */
function endsOf(road: string, goals: readonly GoalInfo[]): [GoalInfo, GoalInfo] | null {
  for (const start of goals) {
    if (!road.startsWith(start.node)) continue;
    const rest = road.slice(start.node.length);
    const end = goals.find((goal) => SEPARATOR.test(rest) && goal.node === rest.replace(SEPARATOR, ""));
    if (end) return [start, end];
  }
  return null;
}

function pointName({ node, station, name }: GoalInfo, { twins, language, text }: Places): string {
  return station === "" ? text("branch.crossing", { name: name || node }) : machineLabel(station, twins, language, name);
}

/** A road by the places at its ends; its id where the road map does not tell them. */
export function roadName(road: string, places: Places): string {
  const ends = endsOf(road, places.goals);
  return ends ? ends.map((end) => pointName(end, places)).join(" → ") : road;
}

/** The end of a route: a machine by its name, what is finished or scrapped in words. */
export function endName(end: string, { twins, language, text }: Places): string {
  if (end === "finished" || end === "scrapped") return text(`branch.${end}`);
  return machineLabel(end, twins, language);
}

/** What can be changed of an element, in words; a share names where it goes, since there is one for each way out. */
export function figureName({ figure, takes, to }: FigureInfo, places: Places): string {
  const name = places.text(`forecast.changed.${figure}`);
  return takes === "share" && to.length > 0 ? `${name} → ${to.map((end) => endName(end, places)).join(", ")}` : name;
}

/** Tells the figures of an element apart: a share goes by its end as well. */
export function figureKey({ figure, takes, to }: FigureInfo): string {
  return takes === "share" ? [figure, ...to].join(">") : figure;
}

export function usePlaces(): Places {
  const text = useText();
  const language = useLanguage();
  const twins = usePlant((plant) => plant.twins);
  const goals = useAnswer<VehicleList>("/api/vehicles").data?.goals;
  return useMemo(() => ({ twins, goals: goals ?? [], language, text }), [twins, goals, language, text]);
}
