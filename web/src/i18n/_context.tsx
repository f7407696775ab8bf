// Gives every component the texts of the reader's language.
import { createContext, useContext, useMemo, type ReactNode } from "react";
import { en } from "./en";
import { zhCN } from "./zh-CN";

export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];
export type TextKey = keyof typeof en;
export type Translate = (key: TextKey, params?: Record<string, string | number>) => string;

const catalogues: Record<Language, Record<TextKey, string>> = { en, "zh-CN": zhCN };

function fill(text: string, params: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}

export function translator(language: Language): Translate {
  const catalogue = catalogues[language];
  return (key, params) => (params ? fill(catalogue[key], params) : catalogue[key]);
}

/** The language a browser asks for, for readers who have not chosen yet. */
export function preferredLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (tag.toLowerCase().startsWith("zh")) return "zh-CN";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

const LanguageContext = createContext<{ language: Language; text: Translate }>({ language: "en", text: translator("en") });

export function LanguageProvider({ language, children }: { language: Language; children: ReactNode }) {
  const value = useMemo(() => ({ language, text: translator(language) }), [language]);
  return <LanguageContext.Provider value={value}>{children}</LanguageContext.Provider>;
}

export function useText(): Translate {
  return useContext(LanguageContext).text;
}

export function useLanguage(): Language {
  return useContext(LanguageContext).language;
}
