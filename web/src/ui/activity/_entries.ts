// What the evidence says, put together for people: one line a command, the twins it concerns, and the filter over them.
import { useMemo } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { useDescribe } from "../actions";
import { reasonText, usePlant, type EvidenceInfo } from "../live";

export interface Line {
  entry: EvidenceInfo;
  /** Why it was done, in the actor's words; of a proposal, why it is proposed. */
  reason: string;
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

/** Kinds of records that hold what is told by its own name, or by the command. */
const INNER = ["change/", "proposal/", "order_book/"];
const CONTENT = /^[0-9a-f]{64}$/;

/** What things without a name are called, of the keys that a command touched: shells before their parts, by the end of their ids. */
export function partNames(touched: readonly string[]): string[] {
  const shells = touched.filter((key) => key.startsWith("shell/"));
  const ids = (shells.length > 0 ? shells : touched).map((key) => key.slice(key.indexOf("/") + 1));
  return ids.filter((id) => !CONTENT.test(id)).map((id) => id.split(/[/#:]/).at(-1) || id);
}

/** A device command leaves two entries: begun, and ended; the second completes the first. */
export function useLines(data: EvidenceInfo[] | null): Line[] {
  const text = useText();
  const language = useLanguage();
  const places = usePlant((plant) => plant.places);
  const twins = usePlant((plant) => plant.twins);
  const describe = useDescribe();
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
      const touched = entry.touched.filter((key) => !INNER.some((kind) => key.startsWith(kind)));
      const { shell, words } = describe(summaryOf(entry));
      const twinsTouched = touched.flatMap((key) => (key.startsWith("shell/") ? [key.slice(6)] : (shellOf.get(key) ?? [])));
      const nameOf = (key: string) => names.get(key) ?? names.get(`shell/${shellOf.get(key)}`);
      const known = [...new Set(touched.flatMap((key) => nameOf(key) ?? []))];
      // Where things with a name are among them, their parts and files need not be told by their ids.
      const named = known.length > 0 ? known : partNames(touched);
      const target = (words.length > 0 ? words : named.slice(0, MOST_TARGETS)).join(" · ");
      const end = ended.get(entry.command_id);
      const params = entry.entry["params"] as Record<string, unknown> | null | undefined;
      return {
        entry,
        reason: reasonText(entry.reason, text, language) || (typeof params?.["why"] === "string" ? params["why"] : ""),
        state: end?.state ?? entry.state,
        why: whyOf(end),
        endedBy: end?.number ?? null,
        twins: [...new Set([...(shell ? [shell] : []), ...twinsTouched])],
        target: words.length === 0 && named.length > MOST_TARGETS ? text("activity.more", { names: target, count: named.length - MOST_TARGETS }) : target,
      };
    };
    return (data ?? []).filter((entry) => entry.command).map(lineOf).reverse();
  }, [data, text, language, places, twins, describe]);
}

export function fits(line: Line, filter: Filter): boolean {
  const { entry } = line;
  if (filter.twin && !line.twins.includes(filter.twin)) return false;
  if (filter.actor && entry.actor !== filter.actor) return false;
  if (filter.command && entry.command !== filter.command) return false;
  if (filter.state && line.state !== filter.state) return false;
  const words = filter.words.trim().toLowerCase();
  return !words || [line.reason, line.target, line.why, entry.actor, entry.command].join(" ").toLowerCase().includes(words);
}
