// Picks the reader's language out of the names that shells, places and signals carry.
import type { Language } from "./_context";

export type Names = Partial<Record<string, string>> | null | undefined;

/** The name in the wanted language, else any other language's, else the fallback (an id, never empty). */
export function localName(names: Names, language: Language, fallback: string): string {
  if (!names) return fallback;
  const exact = names[language];
  if (exact) return exact;
  const base = language.slice(0, 2);
  for (const [tag, name] of Object.entries(names)) if (name && tag.slice(0, 2) === base) return name;
  for (const name of [names["en"], ...Object.values(names)]) if (name) return name;
  return fallback;
}

/** What something is called and what it is, with the colon of the language. */
export function pairText(name: string, value: string, language: Language): string {
  return language === "zh-CN" ? `${name}：${value}` : `${name}: ${value}`;
}

/** Things one after another, with the comma of the language. */
export function listText(items: readonly string[], language: Language): string {
  return items.join(language === "zh-CN" ? "，" : ", ");
}

/** Clauses one after another, with the semicolon of the language. */
export function clausesText(items: readonly string[], language: Language): string {
  return items.join(language === "zh-CN" ? "；" : "; ");
}
