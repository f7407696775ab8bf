// What a change is about as people call it: the ends of a road and of a route by the machines that stand there.
import { useMemo } from "react";
import { localName, pairText, useLanguage, useText, type Language, type Translate } from "../../i18n";
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

/** A product by its name; null where no twin has this id. */
export function productName(id: string, { twins, language }: Pick<Places, "twins" | "language">): string | null {
  const twin = twins.find((each) => each.id === id);
  return twin ? localName(twin.name, language, twin.idShort ?? id) : null;
}

/** The end of a route: a machine by its name, what is finished or scrapped in words; or a product by its name. */
export function endName(end: string, { twins, language, text }: Places): string {
  if (end === "finished" || end === "scrapped") return text(`branch.${end}`);
  return productName(end, { twins, language }) ?? machineLabel(end, twins, language);
}

/** What an element may be made like: a product that is like itself has a family of its own. */
export function choiceName(end: string, element: string, figure: FigureInfo["figure"], places: Places): string {
  return figure === "family" && end === element ? places.text("branch.ownFamily") : endName(end, places);
}

const hasOneEach = ({ takes, to }: FigureInfo) => takes !== "choice" && to.length > 0;

/** What can be changed of an element, in words; where there is one for each way out or product, it is named. */
export function figureName(info: FigureInfo, places: Places): string {
  const name = places.text(`forecast.changed.${info.figure}`);
  if (!hasOneEach(info)) return name;
  const ends = info.to.map((end) => endName(end, places)).join(", ");
  return info.takes === "share" ? `${name} → ${ends}` : pairText(name, ends, places.language);
}

/** Tells the figures of an element apart: a share goes by its end as well, and work by its product. */
export function figureKey(info: FigureInfo): string {
  return hasOneEach(info) ? [info.figure, ...info.to].join(">") : info.figure;
}

export function usePlaces(): Places {
  const text = useText();
  const language = useLanguage();
  const twins = usePlant((plant) => plant.twins);
  const goals = useAnswer<VehicleList>("/api/vehicles").data?.goals;
  return useMemo(() => ({ twins, goals: goals ?? [], language, text }), [twins, goals, language, text]);
}
