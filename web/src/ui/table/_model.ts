// Filters and orders the rows of the signal table.
import { localName, type Language } from "../../i18n";
import { gradeOf, type Board, type SignalInfo } from "../live";
import { matchScore, normalise, type ToPinyin } from "../search";

export const COLUMNS = ["name", "owner", "value", "unit", "quality", "age", "source"] as const;
export type Column = (typeof COLUMNS)[number];

export interface SortBy {
  column: Column;
  isDown: boolean;
}

export type QualityFilter = "all" | "notGood";

export interface TableRow {
  signal: SignalInfo;
  name: string;
  owner: string;
  /** Stations before vehicles before the rest, as in the tree. */
  ownerRank: number;
  source: string;
  words: readonly string[];
}

const natural = new Intl.Collator(["en", "zh-CN"], { numeric: true });

export interface Owner {
  name: string;
  rank: number;
}

export function tableRows(signals: readonly SignalInfo[], owners: ReadonlyMap<string, Owner>, language: Language): TableRow[] {
  return signals.map((signal) => {
    const name = localName(signal.name, language, signal.path);
    const { name: owner, rank: ownerRank } = owners.get(signal.shell) ?? { name: signal.shell, rank: Number.MAX_SAFE_INTEGER };
    const source = signal.source ? signal.source.protocol : "";
    const words = [name, owner, `${owner} ${name}`, signal.path, ...Object.values(signal.name), source, signal.source?.address ?? ""];
    return { signal, name, owner, ownerRank, source, words: words.filter(Boolean) };
  });
}

function orderValue(row: TableRow, column: Column, board: Board): number | string {
  const { handle } = row.signal;
  switch (column) {
    case "name":
      return row.name;
    case "owner":
      return row.owner;
    case "unit":
      return row.signal.unit;
    case "source":
      return `${row.source} ${row.signal.source?.address ?? ""}`;
    case "value": {
      const object = board.object(handle);
      return object === undefined ? board.value(handle) : String(object);
    }
    case "quality":
      return board.quality(handle) >>> 0;
    case "age":
      return -board.timeMs(handle);
  }
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === "number" && typeof b === "number") {
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
    return Number.isNaN(b) ? -1 : a - b;
  }
  if (typeof a === "string" && typeof b === "string") return natural.compare(a, b);
  return typeof a === "number" ? -1 : 1;
}

export function arrange(
  rows: readonly TableRow[], query: string, filter: QualityFilter, sort: SortBy, board: Board, toPinyin: ToPinyin | null,
): TableRow[] {
  const wanted = normalise(query);
  const kept = rows.filter((row) => {
    if (filter === "notGood" && (!board.has(row.signal.handle) || gradeOf(board.quality(row.signal.handle)) === "good")) return false;
    return !wanted || matchScore(row, wanted, toPinyin) !== null;
  });
  const keyed = kept.map((row) => ({ row, by: orderValue(row, sort.column, board) }));
  const sign = sort.isDown ? -1 : 1;
  keyed.sort((a, b) => (sort.column === "owner" ? sign * (a.row.ownerRank - b.row.ownerRank || 0) : 0) || sign * compare(a.by, b.by) || natural.compare(a.row.owner, b.row.owner) || natural.compare(a.row.signal.path, b.row.signal.path));
  return keyed.map(({ row }) => row);
}
