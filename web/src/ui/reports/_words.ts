// Names of languages and files, and times of a report in the plant's own time zone.
import type { Language } from "../../i18n";

export const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: "en", label: "English" },
  { value: "zh-CN", label: "中文" },
];
export const FORMATS: readonly { value: string; label: string }[] = [
  { value: "pdf", label: "PDF" },
  { value: "xlsx", label: "XLSX" },
];

export function languageName(code: string): string {
  return LANGUAGES.find((each) => each.value === code)?.label ?? code;
}

/** "2026-11-27 06:00" in a zone, the same digits in every language. */
export function zonedTime(ms: number, zone: string): string {
  const options: Intl.DateTimeFormatOptions = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  let parts: Intl.DateTimeFormatPart[];
  try {
    parts = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).formatToParts(ms);
  } catch {
    parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(ms);
  }
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}`;
}

export function zonedSpan(startMs: number, endMs: number, zone: string): string {
  const start = zonedTime(startMs, zone);
  const end = zonedTime(endMs, zone);
  return `${start} – ${start.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end}`;
}
