// A rule while it is being written: what is typed in the form, what is wrong with it, and the rule it becomes.
import type { TextKey } from "../../i18n";
import { KIND, type Condition, type Priority, type Rule, type SignalInfo } from "../live";

/** Numbers stay texts until they are read, so that nothing typed is lost. */
export interface Draft {
  id: string;
  titleEn: string;
  titleZh: string;
  signal: string | null;
  condition: Condition;
  limit: string;
  target: string;
  /** Deviation is from this signal where it is chosen, else from `target`. */
  targetSignal: string | null;
  guardSignal: string | null;
  /** The numbers of the states in which the alarm is suppressed, as typed: "0, 1". */
  guardStates: string;
  deadband: string;
  onDelay: string;
  offDelay: string;
  priority: Priority;
  isLatched: boolean;
  isEnabled: boolean;
  consequenceEn: string;
  consequenceZh: string;
  actionEn: string;
  actionZh: string;
}

export type DraftField = keyof Draft;
export type Problems = Partial<Record<DraftField, TextKey>>;

const LONGEST_DELAY_S = 7 * 86_400;
const WITHOUT_LIMIT: ReadonlySet<Condition> = new Set(["is_true", "is_false", "bad_quality"]);
const POSITIVE: ReadonlySet<Condition> = new Set(["deviation", "rate", "stale"]);
const WITH_DEADBAND: ReadonlySet<Condition> = new Set(["above", "below", "deviation"]);

export function needsLimit(condition: Condition): boolean {
  return !WITHOUT_LIMIT.has(condition);
}

export function hasDeadband(condition: Condition): boolean {
  return WITH_DEADBAND.has(condition);
}

/** What makes sense for a kind of signal: switches are on or off, texts can only be silent or bad. */
export function conditionsFor(signal: SignalInfo | undefined): readonly Condition[] {
  if (!signal || signal.kind <= KIND.INT) return ["above", "below", "deviation", "rate", "equal", "not_equal", "bad_quality", "stale"];
  if (signal.kind === KIND.BOOL) return ["is_true", "is_false", "bad_quality", "stale"];
  return signal.kind === KIND.ENUM ? ["equal", "not_equal", "bad_quality", "stale"] : ["bad_quality", "stale"];
}

function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(value);
}

/** A rule for a signal that was pointed at: the limit it declares is offered first. */
export function emptyDraft(signal: SignalInfo | null): Draft {
  const first = conditionsFor(signal ?? undefined)[0] as Condition;
  const condition: Condition = first === "above" && signal && signal.high === null && signal.low !== null ? "below" : first;
  return {
    id: "",
    titleEn: "",
    titleZh: "",
    signal: signal?.key ?? null,
    condition,
    limit: condition === "above" ? numberText(signal?.high) : condition === "below" ? numberText(signal?.low) : "",
    target: "",
    targetSignal: null,
    guardSignal: null,
    guardStates: "",
    deadband: "0",
    onDelay: "0",
    offDelay: "0",
    priority: "medium",
    isLatched: false,
    isEnabled: true,
    consequenceEn: "",
    consequenceZh: "",
    actionEn: "",
    actionZh: "",
  };
}

export function draftOf(rule: Rule): Draft {
  return {
    id: rule.id,
    titleEn: rule.title["en"] ?? "",
    titleZh: rule.title["zh-CN"] ?? "",
    signal: rule.signal,
    condition: rule.condition,
    limit: numberText(rule.limit),
    target: numberText(rule.target),
    targetSignal: rule.target_signal ?? null,
    guardSignal: rule.suppress_while?.signal ?? null,
    guardStates: (rule.suppress_while?.states ?? []).join(", "),
    deadband: String(rule.deadband ?? 0),
    onDelay: String(rule.on_delay_s ?? 0),
    offDelay: String(rule.off_delay_s ?? 0),
    priority: rule.priority ?? "medium",
    isLatched: rule.is_latched ?? false,
    isEnabled: rule.is_enabled ?? true,
    consequenceEn: rule.consequence?.["en"] ?? "",
    consequenceZh: rule.consequence?.["zh-CN"] ?? "",
    actionEn: rule.action?.["en"] ?? "",
    actionZh: rule.action?.["zh-CN"] ?? "",
  };
}

/** NaN where the text is no number; both decimal signs are read. */
export function readNumber(text: string): number {
  const plain = text.trim().replace(",", ".").replace("，", ".");
  return plain === "" ? NaN : Number(plain);
}

/** The name of a problem with a number that must be there. */
export function numberProblem(text: string, whenEmpty: TextKey, isPositive = false): TextKey | undefined {
  const value = readNumber(text);
  if (Number.isNaN(value)) return text.trim() ? "rules.problem.number" : whenEmpty;
  if (!Number.isFinite(value)) return "rules.problem.number";
  return isPositive && value <= 0 ? "rules.problem.positive" : undefined;
}

const MOST_STATES = 32;

/** Whole numbers apart from each other by signs or space; null where something else is there. */
export function readStates(text: string): number[] | null {
  const parts = text.split(/[\s,，、;；]+/).filter(Boolean);
  const numbers = parts.map(Number);
  return numbers.every(Number.isSafeInteger) ? [...new Set(numbers)].sort((one, other) => one - other) : null;
}

/** The states with one taken in or out, as text. */
export function toggledStates(text: string, state: number): string {
  const before = readStates(text) ?? [];
  const after = before.includes(state) ? before.filter((each) => each !== state) : [...before, state];
  return after.sort((one, other) => one - other).join(", ");
}

export function canGuard(signal: SignalInfo): boolean {
  return signal.kind === KIND.ENUM || signal.kind === KIND.BOOL || signal.kind === KIND.INT;
}

export function canBeTarget(signal: SignalInfo): boolean {
  return signal.kind <= KIND.INT;
}

export function problemsOf(draft: Draft): Problems {
  const found: Problems = {};
  const note = (field: DraftField, problem: TextKey | undefined) => {
    if (problem) found[field] = problem;
  };
  const notNegative = (field: "deadband" | "onDelay" | "offDelay", most: number) => {
    const value = readNumber(draft[field]);
    note(field, numberProblem(draft[field], "rules.problem.number") ?? (value < 0 ? "rules.problem.negative" : value > most ? "rules.problem.tooLong" : undefined));
  };
  note("signal", draft.signal ? undefined : "rules.problem.signal");
  note("titleEn", draft.titleEn.trim() || draft.titleZh.trim() ? undefined : "rules.problem.title");
  if (needsLimit(draft.condition)) note("limit", numberProblem(draft.limit, "rules.problem.limit", POSITIVE.has(draft.condition)));
  if (draft.condition === "deviation" && draft.targetSignal === null) note("target", numberProblem(draft.target, "rules.problem.target"));
  if (draft.condition === "deviation" && draft.targetSignal !== null && draft.targetSignal === draft.signal) note("targetSignal", "rules.problem.sameSignal");
  if (draft.guardSignal !== null) {
    const states = readStates(draft.guardStates);
    note("guardStates", states === null ? "rules.problem.numbers" : states.length === 0 ? "rules.problem.states" : states.length > MOST_STATES ? "rules.problem.tooManyStates" : undefined);
  }
  notNegative("deadband", Infinity);
  notNegative("onDelay", LONGEST_DELAY_S);
  notNegative("offDelay", LONGEST_DELAY_S);
  return found;
}

export function names(en: string, zh: string): Record<string, string> {
  return { ...(en.trim() ? { en: en.trim() } : {}), ...(zh.trim() ? { "zh-CN": zh.trim() } : {}) };
}

const LONGEST_ID = 80;

/** A readable id that is not taken: machine and value, as in "OP40-ToolWear". */
export function freshId(key: string, taken: ReadonlySet<string>): string {
  const [submodel = "", path = ""] = key.split("#");
  const machine = submodel.split(":").at(-2) ?? "";
  const base = `${machine}-${path}`.replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "").slice(0, LONGEST_ID) || "rule";
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!taken.has(id)) return id;
  }
}

/** The rule as the server wants it; only for a draft without problems. What the form does not show stays as it was. */
export function ruleOf(draft: Draft, before: Rule | null = null): Rule {
  return {
    id: draft.id,
    text: before?.text ?? {},
    source: "browser",
    title: names(draft.titleEn, draft.titleZh),
    signal: draft.signal ?? "",
    condition: draft.condition,
    limit: needsLimit(draft.condition) ? readNumber(draft.limit) : null,
    target: draft.condition === "deviation" && draft.targetSignal === null ? readNumber(draft.target) : null,
    target_signal: draft.condition === "deviation" ? draft.targetSignal : null,
    suppress_while: draft.guardSignal === null ? null : { signal: draft.guardSignal, states: readStates(draft.guardStates) ?? [] },
    deadband: hasDeadband(draft.condition) ? readNumber(draft.deadband) : 0,
    on_delay_s: readNumber(draft.onDelay),
    off_delay_s: readNumber(draft.offDelay),
    priority: draft.priority,
    is_latched: draft.isLatched,
    is_enabled: draft.isEnabled,
    consequence: names(draft.consequenceEn, draft.consequenceZh),
    action: names(draft.actionEn, draft.actionZh),
  };
}
