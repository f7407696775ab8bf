// Rules of the mapping: a line of the sheet is one more than its row, and a change of many names what it changes alone.
import { describe, expect, it } from "vitest";
import { BULK_FIELDS, bulkChange, faultsByRow, rowNumberOf } from "./_mapping";

describe("the mapping", () => {
  it("counts rows below the header of the sheet", () => expect(rowNumberOf(2)).toBe(1));

  it("gathers the columns with faults by row", () => {
    const fault = (row: number, column: string) => ({ row, column, value: "", what: "", repair: "" });
    const found = faultsByRow({ is_taken: false, changed: 0, fault_count: 3, faults: [fault(2, "Unit"), fault(2, "Property"), fault(5, "Unit")] });
    expect([...found].map(([row, columns]) => [row, [...columns]])).toEqual([[1, ["Unit", "Property"]], [4, ["Unit"]]]);
    expect(faultsByRow(null).size).toBe(0);
  });

  it.each(BULK_FIELDS)("changes one thing of the rows in the filter: %s", (field) => {
    const { q, machine, ...rest } = bulkChange(field, field === "kind" ? "int" : "x", "temp", "Robot");
    expect([q, machine]).toEqual(["temp", "Robot"]);
    expect(Object.keys(rest)).toHaveLength(1);
  });
});
