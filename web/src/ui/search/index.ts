// Finds things by what people type: words of either language, full pinyin, or pinyin initials.
export { findBest, matchScore, normalise } from "./_match";
export type { Searchable } from "./_match";
export { usePinyin } from "./_pinyin";
export type { ToPinyin } from "./_pinyin";
