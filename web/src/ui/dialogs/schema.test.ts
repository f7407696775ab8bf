// Rules of the command form: a field for every parameter, filled from the selection, read back as the right type.
import { describe, expect, it } from "vitest";
import type { JsonSchema } from "../live";
import { fieldsOf, paramsOf } from "./_schema";

const schema: JsonSchema = {
  $ref: "#/$defs/Params",
  $defs: {
    Params: {
      type: "object",
      required: ["place", "count"],
      properties: {
        place: { type: "string" },
        count: { type: "integer" },
        isOn: { type: "boolean", default: true },
        mode: { enum: ["a", "b"] },
        note: { anyOf: [{ type: "string" }, { type: "null" }], default: null },
        due_ms: { anyOf: [{ type: "number" }, { type: "null" }], default: null },
        list: { type: "array", items: { type: "number" }, default: [] },
      },
    },
  },
};

describe("the command form", () => {
  const fields = fieldsOf(schema, { place: "OP40" });

  it("has a field for every parameter, behind a reference too", () => {
    expect(fields.map((field) => [field.name, field.kind])).toEqual([
      ["place", "text"], ["count", "number"], ["isOn", "boolean"], ["mode", "choice"], ["note", "text"], ["due_ms", "instant"], ["list", "json"],
    ]);
  });

  it("is filled from the selection and the defaults", () => expect(fields.map((field) => field.first)).toEqual(["OP40", "", "true", "", "", "", "[]"]));

  it("gives parameters of the right types and leaves out what is empty", () => {
    const { params, wrong } = paramsOf(fields, { place: "OP40", count: "3", isOn: "false", due_ms: "1795999999000", list: "[1, 2]" });
    expect(wrong).toEqual([]);
    expect(params).toEqual({ place: "OP40", count: 3, isOn: false, due_ms: 1795999999000, list: [1, 2] });
  });

  it("names what is missing or cannot be read", () => expect(paramsOf(fields, { count: "many", list: "[" }).wrong).toEqual(["place", "count", "list"]));
});
