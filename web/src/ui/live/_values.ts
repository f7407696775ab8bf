// Says in words what a signal holds: value with its unit, quality, and whether it deserves attention.
import { formatDateTime, formatNumber, type Language, type TextKey, type Translate } from "../../i18n";
import { KIND, type SignalInfo } from "./_types";
import type { Board } from "./_shown";

export type Grade = "good" | "uncertain" | "bad" | "none";

/** OPC UA Part 4 §7.39: the two highest bits of a status code are its severity. */
export function gradeOf(quality: number): Grade {
  const severity = quality >>> 30;
  return severity === 0 ? "good" : severity === 1 ? "uncertain" : "bad";
}

/** OPC UA Part 6 Annex A status codes that a reader meets in practice. */
const NAMES: Record<number, TextKey> = {
  0x00000000: "quality.good",
  0x40000000: "quality.uncertain",
  0x40900000: "quality.uncertainLastUsable",
  0x40930000: "quality.uncertainSensor",
  0x40940000: "quality.uncertainRange",
  0x80000000: "quality.bad",
  0x80020000: "quality.badInternal",
  0x80310000: "quality.badNoCommunication",
  0x80320000: "quality.badWaiting",
  0x80330000: "quality.badNodeIdInvalid",
  0x80340000: "quality.badNodeIdUnknown",
  0x80890000: "quality.badConfiguration",
  0x808a0000: "quality.badNotConnected",
  0x808b0000: "quality.badDeviceFailure",
  0x808c0000: "quality.badSensorFailure",
  0x808d0000: "quality.badOutOfService",
  0x80050000: "quality.badConnectionClosed",
  0x80740000: "quality.badTypeMismatch",
};

export function qualityText(quality: number, text: Translate): string {
  const known = NAMES[(quality & 0xffff0000) >>> 0];
  if (known) return text(known);
  const hex = `0x${quality.toString(16).padStart(8, "0").toUpperCase()}`;
  return text(`quality.code.${gradeOf(quality) as "good" | "uncertain" | "bad"}`, { code: hex });
}

const LONGEST_ARRAY = 6;

/** Standard words that devices write in English (OPC 40001-1 states and modes, shifts, verdicts). */
const TERMS: Record<string, TextKey> = {
  blocked: "term.blocked",
  early: "term.early",
  executing: "term.executing",
  failed: "term.failed",
  fault: "term.fault",
  good: "term.good",
  idle: "term.idle",
  late: "term.late",
  maintenance: "term.maintenance",
  night: "term.night",
  none: "term.none",
  notavailable: "term.notAvailable",
  notexecuting: "term.notExecuting",
  notgood: "term.notGood",
  outofservice: "term.outOfService",
  processing: "term.processing",
  running: "term.running",
  setup: "term.setup",
  starved: "term.starved",
  stopped: "term.stopped",
};

/** A label in the reader's language where it is a standard word, else as it came. */
export function termText(label: string, text: Translate): string {
  const known = TERMS[label.toLowerCase().replace(/[^a-z]/g, "")];
  return known ? text(known) : label;
}

export function labelOf(info: Pick<SignalInfo, "labels">, value: number): string | null {
  const label = info.labels[String(value)];
  return label ?? null;
}

/** A state in words: a switch is yes or no, a state its label in the reader's language; null where the signal names none. */
export function stateText(info: Pick<SignalInfo, "kind" | "labels">, value: number, text: Translate): string | null {
  if (info.kind === KIND.BOOL) return text(value ? "value.yes" : "value.no");
  const label = labelOf(info, value);
  return label === null ? null : termText(label, text);
}

/** The value as text without its unit; "–" where nothing has been heard yet. */
export function valueText(info: SignalInfo, board: Board, language: Language, text: Translate): string {
  const { handle, kind } = info;
  if (!board.has(handle)) return "–";
  const object = board.object(handle);
  const value = board.value(handle);
  if (kind === KIND.STRING) return object === undefined || object === "" ? "–" : String(object);
  if (kind === KIND.ARRAY) return Array.isArray(object) ? arrayText(object, language) : "–";
  if (object !== undefined && Number.isNaN(value)) return String(object);
  if (Number.isNaN(value)) return "–";
  if (kind === KIND.TIME) return formatDateTime(value > 1e14 ? value / 1e6 : value, language);
  if (kind === KIND.BOOL || kind === KIND.ENUM) return stateText(info, value, text) ?? String(value);
  if (kind === KIND.INT) return formatNumber(value, language, 0);
  return formatNumber(value, language);
}

function arrayText(items: unknown[], language: Language): string {
  const shown = items.slice(0, LONGEST_ARRAY).map((item) => (typeof item === "number" ? formatNumber(item, language) : String(item)));
  const rest = items.length > LONGEST_ARRAY ? " …" : "";
  return `[${items.length}] ${shown.join(" · ")}${rest}`;
}

const UNITS: Record<string, string> = { deg: "°", degC: "°C", Cel: "°C", "kW.h": "kWh", l: "L", "1": "" };
const RAISED: Record<string, string> = { "2": "²", "3": "³" };

const CHINESE_UNITS: Record<string, string> = { pcs: "件" };

/** A unit as people write it: "N.m" reads "N·m", "cm3/min" reads "cm³/min", the UCUM code "Cel" reads "°C". */
export function unitText(unit: string, language: Language = "en"): string {
  if (language === "zh-CN" && Object.hasOwn(CHINESE_UNITS, unit)) return CHINESE_UNITS[unit]!;
  return UNITS[unit] ?? unit.replace(/([a-z])([23])(?![0-9])/g, (_, letter: string, power: string) => letter + RAISED[power]).replaceAll(".", "·");
}

/** Whether a value lies outside its declared limits. */
export function isOutOfLimits(info: SignalInfo, value: number): boolean {
  if (Number.isNaN(value)) return false;
  return (info.low != null && value < info.low) || (info.high != null && value > info.high);
}
