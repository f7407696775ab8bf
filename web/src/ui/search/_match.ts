// Scores how well a typed text matches names, ids and their pinyin; no match is null.
import type { ToPinyin } from "./_pinyin";

export interface Searchable {
  /** Everything it is known by: names in both languages, ids. */
  words: readonly string[];
}

export function normalise(text: string): string {
  return text.normalize("NFKC").toLowerCase().trim();
}

function plainScore(word: string, query: string): number | null {
  const at = word.indexOf(query);
  if (at < 0) return null;
  if (word === query) return 0;
  if (at === 0) return 1;
  return /[\s\-_./·：:（(]/.test(word[at - 1] ?? "") ? 2 : 4;
}

function pinyinScore(word: string, query: string, toPinyin: ToPinyin): number | null {
  const { full, initials } = toPinyin(word);
  if (!full) return null;
  const byInitials = initials.indexOf(query);
  if (byInitials === 0) return 2.5;
  if (byInitials > 0) return 3.5;
  const byFull = full.indexOf(query);
  return byFull < 0 ? null : byFull === 0 ? 2.6 : 4.5;
}

/** 0 is best; several words typed must all be found. */
export function matchScore(item: Searchable, query: string, toPinyin: ToPinyin | null): number | null {
  let total = 0;
  for (const part of query.split(/\s+/)) {
    let best: number | null = null;
    const letters = part.replace(/[^a-z]/g, "");
    for (const raw of item.words) {
      const word = normalise(raw);
      const scores = [plainScore(word, part), toPinyin && letters === part ? pinyinScore(word, part, toPinyin) : null];
      for (const score of scores) if (score !== null && (best === null || score < best)) best = score;
    }
    if (best === null) return null;
    total += best;
  }
  return total;
}

/** The best `limit` items, the best first; equal ones keep their order. */
export function findBest<T extends Searchable>(items: readonly T[], typed: string, toPinyin: ToPinyin | null, limit: number): T[] {
  const query = normalise(typed);
  if (!query) return items.slice(0, limit);
  const found: { item: T; score: number; order: number }[] = [];
  items.forEach((item, order) => {
    const score = matchScore(item, query, toPinyin);
    if (score !== null) found.push({ item, score, order });
  });
  found.sort((a, b) => a.score - b.score || a.order - b.order);
  return found.slice(0, limit).map(({ item }) => item);
}
