// The one door of the catalogues: languages, typed texts, and numbers and times as each language writes them.
export { LANGUAGES, LanguageProvider, preferredLanguage, useLanguage, useText } from "./_context";
export type { Language, TextKey, Translate } from "./_context";
export { formatAge, formatBytes, formatClock, formatDate, formatDateTime, formatDuration, formatMoment, formatNumber, localInput } from "./_format";
export { clausesText, listText, localName, pairText } from "./_names";
