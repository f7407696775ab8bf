// Numbers, dates, ages and sizes as the reader's language writes them; formatters are built once and kept.
import type { Language } from "./_context";

const numberFormats = new Map<string, Intl.NumberFormat>();
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function numberFormat(language: Language, digits: number, minimum: number): Intl.NumberFormat {
  const id = `${language}/${digits}/${minimum}`;
  let format = numberFormats.get(id);
  if (!format) {
    // No sign of what is nothing when rounded: "negative" leaves it off -0.
    format = new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: minimum, signDisplay: "negative" });
    numberFormats.set(id, format);
  }
  return format;
}

function dateFormat(language: Language, id: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language}/${id}`;
  let format = dateFormats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(language, options);
    dateFormats.set(key, format);
  }
  return format;
}

/** A measured number with as many digits as its size deserves, and always the same count, so that nothing jumps. */
export function formatNumber(value: number, language: Language, digits?: number): string {
  if (!Number.isFinite(value)) return "–";
  if (digits !== undefined) return numberFormat(language, digits, digits).format(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return numberFormat(language, 0, 0).format(value);
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 1e-4)) return value.toExponential(3);
  const fraction = size >= 1000 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 3 : 5;
  return numberFormat(language, fraction, fraction).format(value);
}

const two: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

export function formatClock(ms: number, language: Language): string {
  return Number.isFinite(ms) ? dateFormat(language, "clock", two).format(ms) : "–";
}

export function formatDate(ms: number, language: Language): string {
  return Number.isFinite(ms)
    ? dateFormat(language, "date", { year: "numeric", month: "2-digit", day: "2-digit" }).format(ms)
    : "–";
}

export function formatDateTime(ms: number, language: Language): string {
  const options: Intl.DateTimeFormatOptions = { year: "numeric", month: "2-digit", day: "2-digit", ...two };
  return Number.isFinite(ms) ? dateFormat(language, "datetime", options).format(ms) : "–";
}

/** A time for an input of type datetime-local, in the reader's own zone: to the minute (16 characters) or second (19). */
export function localInput(ms: number, length: 16 | 19 = 16): string {
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, length);
}

/** Hours and minutes, with the day before them where it is not the day of `dayMs`. */
export function formatMoment(ms: number, dayMs: number, language: Language): string {
  const clock = formatClock(ms, language).slice(0, 5);
  return formatDate(ms, language) === formatDate(dayMs, language) ? clock : `${dateFormat(language, "day", { month: "2-digit", day: "2-digit" }).format(ms)} ${clock}`;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in one unit: "0.4 s", "12 min". Times in the future (clocks differ) read as zero. */
export function formatAge(ageMs: number, language: Language): string {
  if (!Number.isFinite(ageMs)) return "–";
  return formatDuration(Math.max(0, ageMs), language);
}

function unitFormat(language: Language, unit: string, digits: number): Intl.NumberFormat {
  const id = `${language}/${unit}/${digits}`;
  let format = numberFormats.get(id);
  if (!format) {
    format = new Intl.NumberFormat(language, {
      style: "unit",
      unit,
      unitDisplay: unit.endsWith("byte") ? "short" : "narrow",
      maximumFractionDigits: digits,
      minimumFractionDigits: digits,
    });
    numberFormats.set(id, format);
  }
  return format;
}

/** Symbols of the SI and of what is used with it ("m" would be metres); Chinese has words that are as short. */
const SYMBOLS = { second: "s", minute: "min", hour: "h", day: "d" } as const;

function inUnit(value: number, language: Language, unit: keyof typeof SYMBOLS, digits: number): string {
  return language === "en" ? `${numberFormat(language, digits, digits).format(value)}\u00a0${SYMBOLS[unit]}` : unitFormat(language, unit, digits).format(value);
}

/** A span of time in the unit a person would choose: "0.4 s", "12 min", "1 h", "1.5 h". */
export function formatDuration(spanMs: number, language: Language): string {
  if (spanMs < 10 * SECOND) return inUnit(spanMs / SECOND, language, "second", 1);
  if (spanMs < 2 * MINUTE) return inUnit(spanMs / SECOND, language, "second", 0);
  if (spanMs < 2 * DAY && spanMs % HOUR === 0) return inUnit(spanMs / HOUR, language, "hour", 0);
  if (spanMs < 2 * HOUR) return inUnit(spanMs / MINUTE, language, "minute", 0);
  if (spanMs < 2 * DAY) return inUnit(spanMs / HOUR, language, "hour", 1);
  return inUnit(spanMs / DAY, language, "day", 0);
}

/** A file size in powers of 1000. */
export function formatBytes(bytes: number, language: Language): string {
  const steps = ["byte", "kilobyte", "megabyte", "gigabyte"];
  let value = bytes;
  let step = 0;
  while (value >= 1000 && step < steps.length - 1) {
    value /= 1000;
    step += 1;
  }
  return unitFormat(language, steps[step] ?? "byte", step === 0 ? 0 : 1).format(value);
}
