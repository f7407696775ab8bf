// Says branches in words: where one was forked, and what was changed on it.
import { clausesText, formatDateTime, formatNumber, listText, localName, pairText, type Language, type Translate } from "../../i18n";
import type { BranchEdit, TimelineInfo } from "../live";
import type { WantedChange } from "../forecast/_types";
import { choiceName, productName, roadName, type Places } from "./_places";

export interface Known {
  language: Language;
  text: Translate;
  timelines: readonly TimelineInfo[];
}

export function timelineName(id: string, { language, text, timelines }: Known): string {
  if (id === "live") return text("time.live");
  const found = timelines.find((timeline) => timeline.id === id);
  return found ? localName(found.title, language, id) : text("branch.gone");
}

export function forkedText(branch: { parent?: string | null; fork_ms?: number | null }, known: Known): string {
  return known.text("branch.forked", { parent: timelineName(branch.parent ?? "live", known), at: formatDateTime(branch.fork_ms ?? NaN, known.language) });
}

/** What changes and edits are told with. */
type Telling = Pick<Places, "language" | "text"> & Partial<Places>;

const named = ({ twins = [], goals = [], language, text }: Telling): Places => ({ twins, goals, language, text });

export function elementName(element: string, telling: Telling): string {
  const places = named(telling);
  return element === "*" ? telling.text("branch.everyMachine") : (productName(element, places) ?? roadName(element, places));
}

/** What a change gives, as people say it: by how much, how many, whereto, from when to when. */
function amountText(change: WantedChange, telling: Telling): string {
  const { language, text } = telling;
  const to = change.to ? choiceName(change.to, change.element, change.figure, named(telling)) : "";
  const number = (value: number) => formatNumber(value, language, Number.isInteger(Math.round(value * 1000) / 1000) ? 0 : 1);
  if (change.factor != null) {
    const percent = change.factor * 100 - 100;
    return `${to} ${percent > 0 ? "+" : ""}${number(percent)} %`.trim();
  }
  if (change.value != null) return number(change.value);
  if (change.share != null) return `${to} ${number(change.share * 100)} %`.trim();
  if (change.shifts) return `${change.shifts.join(", ")}${change.zone ? ` (${change.zone})` : ""}`;
  if (change.from_min != null || change.to_min != null) return text("branch.window", { from: number(change.from_min ?? 0), to: number(change.to_min ?? 0) });
  return to;
}

export function changeText(change: WantedChange, known: Telling): string {
  return pairText(elementName(change.element, known), `${known.text(`forecast.changed.${change.figure}`)} ${amountText(change, known)}`.trim(), known.language);
}

/** What a command was told, signals by machine and name; `nameOf` returns a key that is none of a signal as it is. */
function paramsText(params: Readonly<Record<string, unknown>>, nameOf: (key: string) => string, language: Language): string {
  const words = (value: unknown) => {
    const name = typeof value === "string" ? nameOf(value) : value;
    if (typeof name === "string" && name !== value) return name;
    if (typeof value === "number") return formatNumber(value, language);
    if (Array.isArray(value)) return listText(value.map(String), language);
    return typeof value === "string" ? value.slice(value.lastIndexOf("#") + 1) : JSON.stringify(value);
  };
  const given = Object.values(params).filter((value) => value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0));
  return listText(given.map(words), language);
}

export function editText(edit: BranchEdit, nameOf: (key: string) => string, known: Telling): string {
  if (Object.keys(edit.words).length > 0) return localName(edit.words, known.language, edit.command ?? "");
  if (edit.command === null) return clausesText(edit.changes.map((change) => changeText(change, known)), known.language);
  const told = edit.changes.length > 0 ? clausesText(edit.changes.map((change) => changeText(change, known)), known.language) : paramsText(edit.params, nameOf, known.language);
  return pairText(localName(edit.title, known.language, edit.command), told, known.language);
}
