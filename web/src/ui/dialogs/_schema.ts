// Turns a command's JSON Schema into form fields, and what was typed back into parameters.
import type { JsonSchema } from "../live";

export type FieldKind = "text" | "secret" | "number" | "boolean" | "choice" | "instant" | "json";

export interface Field {
  name: string;
  kind: FieldKind;
  isRequired: boolean;
  options: string[];
  first: string;
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const name = schema.$ref?.split("/").at(-1);
  return name ? (root.$defs?.[name] ?? schema) : schema;
}

function kindOf(schema: JsonSchema): FieldKind {
  if (schema.enum) return "choice";
  const options = (schema.anyOf ?? [schema]).filter((each) => each.type !== "null");
  const types = options.flatMap((each) => each.type ?? []);
  if (types.length !== 1) return "json";
  if (types[0] === "string") return schema.writeOnly ? "secret" : "text";
  if (types[0] === "number" || types[0] === "integer") return "number";
  return types[0] === "boolean" ? "boolean" : "json";
}

/** The fields of a form, filled in from what is selected where the names agree. */
export function fieldsOf(whole: JsonSchema, known: Record<string, string | undefined>): Field[] {
  const root = { ...resolve(whole, whole), $defs: whole.$defs };
  return Object.entries(root.properties ?? {}).map(([name, raw]) => {
    const schema = resolve(raw, root);
    const plain = kindOf(schema);
    const kind = plain === "number" && name.endsWith("_ms") ? "instant" : plain; // units are in names
    const preset = known[name] ?? (schema.default === undefined || schema.default === null ? "" : kind === "json" ? JSON.stringify(schema.default) : String(schema.default));
    return {
      name,
      kind,
      isRequired: root.required?.includes(name) ?? false,
      options: (schema.enum ?? []).map(String),
      first: preset,
    };
  });
}

/** Parameters from what was typed; names of fields that cannot be read. */
export function paramsOf(fields: readonly Field[], typed: Readonly<Record<string, string>>): { params: Record<string, unknown>; wrong: string[] } {
  const params: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const field of fields) {
    const value = typed[field.name] ?? "";
    if (value === "") {
      if (field.isRequired) wrong.push(field.name);
      continue;
    }
    if (field.kind === "number" || field.kind === "instant") {
      if (Number.isFinite(Number(value))) params[field.name] = Number(value);
      else wrong.push(field.name);
    } else if (field.kind === "boolean") params[field.name] = value === "true";
    else if (field.kind === "json") {
      try {
        params[field.name] = JSON.parse(value);
      } catch {
        wrong.push(field.name);
      }
    } else params[field.name] = value;
  }
  return { params, wrong };
}
