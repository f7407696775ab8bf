// What the evidence says, put together for people: one line a command, the twins it concerns, and the filter over them.
import { useMemo } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { usePlant, type EvidenceInfo } from "../live";

export interface Line {
  entry: EvidenceInfo;
  state: string;
  /** Why it was refused or is unknown, where the entry says so. */
  why: string;
  /** Number of the entry that ended it: the one whose proof covers the outcome. */
  endedBy: number | null;
  twins: readonly string[];
  target: string;
}

export interface Filter {
  twin: string;
  actor: string;
  command: string;
  state: string;
  words: string;
}

export const NO_FILTER: Filter = { twin: "", actor: "", command: "", state: "", words: "" };

const MOST_TARGETS = 2;

function summaryOf(entry: EvidenceInfo): Record<string, unknown> {
  const summary = entry.entry["summary"];
  return typeof summary === "object" && summary !== null ? (summary as Record<string, unknown>) : {};
}

function whyOf(ended: EvidenceInfo | undefined): string {
  const error = ended?.entry["error"];
  if (typeof error !== "object" || error === null) return "";
  const { what, why } = error as { what?: string; why?: string };
  return [what, why].filter(Boolean).join(" ");
}

/** A device command leaves two entries: begun, and ended; the second completes the first. */
export function useLines(data: EvidenceInfo[] | null): Line[] {
  const text = useText();
  const language = useLanguage();
  const places = usePlant((plant) => plant.places);
  const twins = usePlant((plant) => plant.twins);
  const byKey = usePlant((plant) => plant.byKey);
  return useMemo(() => {
    const names = new Map<string, string>();
    const shellOf = new Map<string, string>();
    for (const twin of twins) {
      names.set(`shell/${twin.id}`, localName(twin.name, language, twin.idShort));
      for (const submodel of twin.submodels) shellOf.set(`submodel/${submodel.id}`, twin.id);
    }
    for (const place of places) {
      names.set(`place/${place.id}`, localName(place.name, language, place.id));
      if (place.shell) shellOf.set(`place/${place.id}`, place.shell);
    }
    const ended = new Map((data ?? []).filter((entry) => !entry.command).map((entry) => [entry.command_id, entry]));
    const lineOf = (entry: EvidenceInfo): Line => {
      const touched = entry.touched.filter((key) => !key.startsWith("change/"));
      const summary = summaryOf(entry);
      const signal = typeof summary["signal"] === "string" ? byKey.get(summary["signal"]) : undefined;
      const shell = typeof summary["shell"] === "string" ? summary["shell"] : signal?.shell;
      const found = touched.flatMap((key) => (key.startsWith("shell/") ? [key.slice(6)] : (shellOf.get(key) ?? [])));
      const words = touched.slice(0, MOST_TARGETS).map((key) => names.get(key) ?? key.slice(key.indexOf("/") + 1));
      if (shell) words.unshift(names.get(`shell/${shell}`) ?? shell);
      if (signal) words.push(`${localName(signal.name, language, signal.path)} = ${String(summary["value"])} ${signal.unit}`.trim());
      const actionName = summary["name"];
      if (summary["action"] && typeof actionName === "object" && actionName !== null) words.push(localName(actionName as Record<string, string>, language, ""));
      else if (typeof summary["action"] === "string") words.push(summary["action"]);
      if (typeof summary["goal"] === "string" && summary["goal"]) words.push(`→ ${summary["goal"]}`);
      if (typeof summary["command"] === "string") words.push(summary["command"]);
      const count = Number(entry.entry["touched_count"] ?? touched.length);
      const target = words.join(" · ");
      const end = ended.get(entry.command_id);
      return {
        entry,
        state: end?.state ?? entry.state,
        why: whyOf(end),
        endedBy: end?.number ?? null,
        twins: [...new Set([...(shell ? [shell] : []), ...found])],
        target: !shell && count > MOST_TARGETS ? text("activity.more", { names: target, count: count - MOST_TARGETS }) : target,
      };
    };
    return (data ?? []).filter((entry) => entry.command).map(lineOf).reverse();
  }, [data, text, language, places, twins, byKey]);
}

export function fits(line: Line, filter: Filter): boolean {
  const { entry } = line;
  if (filter.twin && !line.twins.includes(filter.twin)) return false;
  if (filter.actor && entry.actor !== filter.actor) return false;
  if (filter.command && entry.command !== filter.command) return false;
  if (filter.state && line.state !== filter.state) return false;
  const words = filter.words.trim().toLowerCase();
  return !words || [entry.reason, line.target, line.why, entry.actor, entry.command].join(" ").toLowerCase().includes(words);
}
