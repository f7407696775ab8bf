// Rules of the catalogues: no text is missing, left over, untranslated, or written in the code instead.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { en } from "./en";
import { zhCN } from "./zh-CN";

const SRC = fileURLToPath(new URL("..", import.meta.url));
/** Rooms whose texts a reader sees. */
const ROOMS = ["app", "ui"];

/** The same in both languages on purpose: names of products and formats. */
const SAME = new Set(["product.name", "export.format.csv", "export.format.xlsx", "export.format.parquet"]);

/** Visible without a catalogue entry on purpose: each language's own name, and signs. */
const ALLOWED_TEXT = new Set(["English", "EN", "中文", "[ ]"]);

/** Attributes whose value a reader sees or hears. */
const SPOKEN_ATTRIBUTES = new Set(["aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "title", "label", "placeholder", "description", "alt"]);

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

const sources = ROOMS.flatMap((room) => filesUnder(join(SRC, room)))
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
  .map((path) => ({ path, text: readFileSync(path, "utf8") }));

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort().join(",");
const hasWords = (text: string) => /[A-Za-z]{2,}|[\u3400-\u9fff]/.test(text);
const keys = Object.keys(en) as (keyof typeof en)[];

function visibleTexts(path: string, text: string): string[] {
  const found: string[] = [];
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const note = (node: ts.Node, shown: string) => {
    const plain = shown.trim();
    if (!hasWords(plain) || ALLOWED_TEXT.has(plain)) return;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    found.push(`${path.slice(SRC.length)}:${line + 1} ${plain}`);
  };
  const literals = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) note(node, node.text);
    else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(literals);
    else if (ts.isParenthesizedExpression(node)) literals(node.expression);
  };
  const walk = (node: ts.Node): void => {
    if (ts.isJsxText(node)) note(node, node.text);
    if (ts.isJsxExpression(node) && node.expression && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent))) literals(node.expression);
    if (ts.isJsxAttribute(node) && SPOKEN_ATTRIBUTES.has(node.name.getText()) && node.initializer) {
      if (ts.isStringLiteral(node.initializer)) note(node, node.initializer.text);
      else if (ts.isJsxExpression(node.initializer) && node.initializer.expression) literals(node.initializer.expression);
    }
    ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

/** Every string of the code, and the fixed beginning of those that are put together. */
function usedKeys(): { exact: Set<string>; beginnings: string[] } {
  const exact = new Set<string>();
  const beginnings: string[] = [];
  for (const { path, text } of sources) {
    const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
    const walk = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) exact.add(node.text);
      if (ts.isTemplateExpression(node) && node.head.text.includes(".")) beginnings.push(node.head.text);
      ts.forEachChild(node, walk);
    };
    walk(file);
  }
  return { exact, beginnings };
}

describe("catalogues", () => {
  it("have the same keys in both languages", () => expect(Object.keys(zhCN).sort()).toEqual(Object.keys(en).sort()));

  it("have the same placeholders in both languages", () => {
    expect(keys.filter((key) => placeholders(en[key]) !== placeholders(zhCN[key]))).toEqual([]);
  });

  it("have no empty text", () => expect(keys.filter((key) => !en[key].trim() || !zhCN[key].trim())).toEqual([]));

  it("have no text left untranslated", () => expect(keys.filter((key) => (en[key] as string) === zhCN[key] && !SAME.has(key))).toEqual([]));

  it("write Chinese in the Chinese catalogue", () => {
    expect(keys.filter((key) => !SAME.has(key) && !/[\u3400-\u9fff]/.test(zhCN[key]))).toEqual([]);
  });

  it("write no Chinese in the English catalogue", () => {
    expect(keys.filter((key) => !SAME.has(key) && /[\u3400-\u9fff]/.test(en[key]))).toEqual([]);
  });

  it("have no text that nobody uses", () => {
    const { exact, beginnings } = usedKeys();
    expect(keys.filter((key) => !exact.has(key) && !beginnings.some((start) => key.startsWith(start)))).toEqual([]);
  });

  it("are where every visible text comes from", () => {
    expect(sources.filter(({ path }) => path.endsWith(".tsx")).flatMap(({ path, text }) => visibleTexts(path, text))).toEqual([]);
  });
});
