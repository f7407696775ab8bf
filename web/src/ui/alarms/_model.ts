// What may be done with an alarm, which alarms are shown in which order, and what is new since the last look.
import { formatNumber, localName, type Language, type Translate } from "../../i18n";
import { PRIORITIES, stateText, type AlarmInfo, type AlarmStateName, type Priority, type SignalInfo } from "../live";
import { matchScore, normalise, type ToPinyin } from "../search";

export const ALARM_FILTERS = ["open", "unacknowledged", "shelved", "suppressed", "all"] as const;
export type AlarmFilter = (typeof ALARM_FILTERS)[number];
export const ALARM_COLUMNS = ["priority", "state", "since", "text", "station", "value"] as const;
export type AlarmColumn = (typeof ALARM_COLUMNS)[number];

export interface AlarmSort {
  column: AlarmColumn;
  isDown: boolean;
}

/** What narrows the list. */
export interface Narrowed {
  filter: AlarmFilter;
  /** None named: all. */
  priorities: ReadonlySet<Priority>;
  query: string;
}

export const NOT_NARROWED: Narrowed = { filter: "open", priorities: new Set(), query: "" };

export interface AlarmRow {
  alarm: AlarmInfo;
  title: string;
  text: string;
  station: string;
  words: readonly string[];
}

/** What asks for a person first stands first. */
const STATE_RANK: Record<AlarmStateName, number> = {
  unacknowledged: 0, returned: 1, latched: 2, acknowledged: 3, shelved: 4, suppressed: 5, out_of_service: 6, normal: 7,
};
const HIDDEN: ReadonlySet<AlarmStateName> = new Set(["shelved", "suppressed", "out_of_service", "normal"]);

export function isUnacknowledged(alarm: AlarmInfo): boolean {
  return alarm.state === "unacknowledged" || alarm.state === "returned" || (alarm.state === "latched" && alarm.acked_ms === null);
}

export const MAY: Record<"acknowledge" | "shelve" | "unshelve" | "suppress" | "unsuppress" | "reset", (alarm: AlarmInfo) => boolean> = {
  acknowledge: isUnacknowledged,
  shelve: (alarm) => !HIDDEN.has(alarm.state),
  unshelve: (alarm) => alarm.state === "shelved",
  suppress: (alarm) => alarm.state !== "suppressed" && alarm.state !== "out_of_service",
  // What the design of a rule suppresses, nobody can lift by hand.
  unsuppress: (alarm) => alarm.state === "suppressed" && alarm.suppressed?.guard == null,
  reset: (alarm) => alarm.state === "latched",
};
export type AlarmAct = keyof typeof MAY;

export function countByPriority(alarms: readonly AlarmInfo[]): Record<Priority, number> {
  const counts: Record<Priority, number> = { critical: 0, high: 0, medium: 0, low: 0 };
  for (const alarm of alarms) if (isUnacknowledged(alarm)) counts[alarm.priority] += 1;
  return counts;
}

export function isShown(alarm: AlarmInfo, filter: AlarmFilter): boolean {
  switch (filter) {
    case "open":
      return !HIDDEN.has(alarm.state);
    case "unacknowledged":
      return isUnacknowledged(alarm);
    case "shelved":
      return alarm.state === "shelved";
    case "suppressed":
      return alarm.state === "suppressed" || alarm.state === "out_of_service";
    case "all":
      return true;
  }
}

export function alarmRows(alarms: readonly AlarmInfo[], stationOf: (alarm: AlarmInfo) => string, language: Language): AlarmRow[] {
  return alarms.map((alarm) => {
    const title = localName(alarm.title, language, alarm.rule);
    const text = localName(alarm.text, language, "");
    const station = stationOf(alarm);
    const words = [title, text, station, ...Object.values(alarm.title), alarm.rule].filter((word): word is string => Boolean(word));
    return { alarm, title, text, station, words };
  });
}

const natural = new Intl.Collator(["en", "zh-CN"], { numeric: true });

function compareOn(column: AlarmColumn, a: AlarmRow, b: AlarmRow): number {
  switch (column) {
    case "priority":
      return PRIORITIES.indexOf(a.alarm.priority) - PRIORITIES.indexOf(b.alarm.priority);
    case "state":
      return STATE_RANK[a.alarm.state] - STATE_RANK[b.alarm.state];
    case "since":
      return b.alarm.since_ms - a.alarm.since_ms;
    case "text":
      return natural.compare(a.title, b.title);
    case "station":
      return natural.compare(a.station, b.station);
    case "value":
      return (b.alarm.value ?? -Infinity) - (a.alarm.value ?? -Infinity) || 0;
  }
}

/** Ties fall back on priority, then on the newest. */
export function arrangeAlarms(
  rows: readonly AlarmRow[], { filter, priorities, query }: Narrowed, sort: AlarmSort, toPinyin: ToPinyin | null,
): AlarmRow[] {
  const wanted = normalise(query);
  const kept = rows.filter(
    (row) => isShown(row.alarm, filter) && (priorities.size === 0 || priorities.has(row.alarm.priority)) && (!wanted || matchScore(row, wanted, toPinyin) !== null),
  );
  const sign = sort.isDown ? -1 : 1;
  return kept.sort(
    (a, b) => sign * compareOn(sort.column, a, b) || compareOn("priority", a, b) || compareOn("state", a, b) || compareOn("since", a, b) || natural.compare(a.alarm.id, b.alarm.id),
  );
}

export interface FloodGroup {
  priority: Priority;
  count: number;
}

/** During a flood, priorities that the server groups give way to one line each, until they are asked for. */
export function splitFlood(rows: readonly AlarmRow[], grouped: readonly Priority[], asked: ReadonlySet<Priority>): { shown: AlarmRow[]; groups: FloodGroup[] } {
  const hidden = new Set(grouped.filter((priority) => !asked.has(priority)));
  const groups = [...hidden].map((priority) => ({ priority, count: rows.filter((row) => row.alarm.priority === priority).length }));
  return { shown: rows.filter((row) => !hidden.has(row.alarm.priority)), groups: groups.filter(({ count }) => count > 0) };
}

/** Alarms that ask for a person now and did not before; what was there at the first look is not news. */
export function newcomers(before: ReadonlyMap<string, number> | null, alarms: readonly AlarmInfo[]): AlarmInfo[] {
  if (!before) return [];
  return alarms.filter((alarm) => alarm.state === "unacknowledged" && before.get(alarm.id) !== alarm.raised_ms);
}

export function seen(alarms: readonly AlarmInfo[]): Map<string, number> {
  return new Map(alarms.map((alarm) => [alarm.id, alarm.raised_ms ?? NaN]));
}

/** The conditions that compare states: the others speak of an amount, a time in seconds or a quality. */
const OF_STATES: ReadonlySet<string> = new Set(["equal", "not_equal", "is_true", "is_false"]);

/** An alarm's value or limit as its signal says it: a state in words, an amount as a number without its unit. */
export function readingText(value: number, condition: string | undefined, signal: Pick<SignalInfo, "kind" | "labels"> | undefined, language: Language, text: Translate): string {
  const state = signal && condition !== undefined && OF_STATES.has(condition) ? stateText(signal, value, text) : null;
  return state ?? formatNumber(value, language);
}
