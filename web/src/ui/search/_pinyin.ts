// Loads the pinyin dictionary when someone first searches, and remembers what it looked up.
import { useEffect, useState } from "react";

export interface Pinyin {
  /** Without spaces or tones; empty where the text has no Chinese. */
  full: string;
  initials: string;
}

export type ToPinyin = (text: string) => Pinyin;

const NONE: Pinyin = { full: "", initials: "" };
let loading: Promise<ToPinyin> | null = null;

function load(): Promise<ToPinyin> {
  loading ??= import("pinyin-pro").then(({ pinyin }) => {
    const known = new Map<string, Pinyin>();
    return (text: string) => {
      const before = known.get(text);
      if (before) return before;
      if (!/[\u3400-\u9fff]/.test(text)) {
        known.set(text, NONE);
        return NONE;
      }
      const syllables = pinyin(text, { toneType: "none", type: "array", nonZh: "consecutive", v: true });
      const clean = syllables.map((syllable) => syllable.toLowerCase().replace(/[^a-z0-9]/g, ""));
      const found = { full: clean.join(""), initials: clean.map((syllable) => syllable[0] ?? "").join("") };
      known.set(text, found);
      return found;
    };
  });
  return loading;
}

/** Null until the dictionary has arrived; it is asked for only once `isWanted`. */
export function usePinyin(isWanted: boolean): ToPinyin | null {
  const [toPinyin, setToPinyin] = useState<ToPinyin | null>(null);
  useEffect(() => {
    if (!isWanted || toPinyin) return;
    let isGone = false;
    load().then(
      (found) => {
        if (!isGone) setToPinyin(() => found);
      },
      (error: unknown) => console.warn("Search works without pinyin: the dictionary did not load.", error),
    );
    return () => {
      isGone = true;
    };
  }, [isWanted, toPinyin]);
  return toPinyin;
}
