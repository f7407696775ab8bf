// Words and rules of the mapping that need no page: kinds, faults by row, and the fields of a change of many rows.
import { unitText, type ActionInputInfo, type EditResult, type FoundMachine, type MappingRow, type RowChange } from "../live";

export const SIGNAL_KINDS: readonly Exclude<MappingRow["kind"], "action">[] = ["double", "int", "bool", "enum", "time", "string", "array"];
export const MACHINE_KINDS: readonly FoundMachine["kind"][] = ["machine", "robot", "conveyor", "pump", "tank", "cabinet", "sensor", "vehicle"];

/** What an action asks for, in brackets as behind a function; empty where it asks for nothing. */
export function inputsText(inputs: readonly ActionInputInfo[]): string {
  return inputs.map((input) => (input.unit ? `${input.name} [${unitText(input.unit)}]` : input.name)).join(", ");
}

/** Line 1 of a sheet is its header, so that row 1 of the mapping is line 2. */
const HEADER_LINES = 1;

export function rowNumberOf(sheetRow: number): number {
  return sheetRow - HEADER_LINES;
}

/** Columns with faults by number of the row. */
export function faultsByRow(result: EditResult | null): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, Set<string>>();
  for (const fault of result?.faults ?? []) {
    const number = rowNumberOf(fault.row);
    found.set(number, (found.get(number) ?? new Set()).add(fault.column));
  }
  return found;
}

export const BULK_FIELDS = ["include", "leaveOut", "unit", "kind", "machine", "submodel", "semantic", "writable", "readOnly"] as const;
export type BulkField = (typeof BULK_FIELDS)[number];
/** Fields that ask for a text. */
export const BULK_TEXTS: readonly BulkField[] = ["unit", "machine", "submodel", "semantic"];

/** The change of every row that fits the question and the machine. */
export function bulkChange(field: BulkField, value: string, q: string, machine: string): RowChange {
  const which: RowChange = { q, machine };
  switch (field) {
    case "include":
      return { ...which, is_included: true };
    case "leaveOut":
      return { ...which, is_included: false };
    case "unit":
      return { ...which, unit: value };
    case "kind":
      return { ...which, kind: value as RowChange["kind"] };
    case "machine":
      return { ...which, to_machine: value };
    case "submodel":
      return { ...which, submodel: value };
    case "semantic":
      return { ...which, semantic_id: value };
    case "writable":
      return { ...which, is_writable: true };
    case "readOnly":
      return { ...which, is_writable: false };
  }
}

/** The step of the mapping that a key asks for; null where the key belongs to what is being typed. */
export function wantedStep(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "target">): "undo" | "redo" | null {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y") || (key === "y" && event.shiftKey)) return null;
  const { target } = event;
  const isField = typeof HTMLElement !== "undefined" && target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, input:not([type=checkbox], [type=radio], [type=button])"));
  // A cell of the mapping without unsaved text has nothing of its own to take back.
  if (isField && (target as HTMLElement).dataset["cell"] !== "saved") return null;
  return key === "y" || event.shiftKey ? "redo" : "undo";
}
