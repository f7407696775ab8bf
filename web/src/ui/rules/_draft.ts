// A rule while it is being written: what is typed in the form, what is wrong with it, and the rule it becomes.
import type { TextKey } from "../../i18n";
import { CONDITIONS, type Condition, type Priority, type RuleInfo, type SignalInfo } from "../live";

/** Numbers stay texts until they are read, so that nothing typed is lost. */
export interface Draft {
  id: string;
  titleEn: string;
  titleZh: string;
  signal: string | null;
  condition: Condition;
  limit: string;
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

const LONGEST_DELAY_S = 86_400;

/** A rule for a signal that was pointed at: the limit it declares is offered first. */
export function emptyDraft(signal: SignalInfo | null): Draft {
  const condition: Condition = signal && signal.high === null && signal.low !== null ? "below" : "above";
  const limit = condition === "below" ? signal?.low : signal?.high;
  return {
    id: "",
    titleEn: "",
    titleZh: "",
    signal: signal?.key ?? null,
    condition,
    limit: limit === null || limit === undefined ? "" : String(limit),
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

export function draftOf(rule: RuleInfo): Draft {
  return {
    id: rule.id,
    titleEn: rule.title["en"] ?? "",
    titleZh: rule.title["zh-CN"] ?? "",
    signal: rule.signal,
    condition: rule.condition,
    limit: rule.limit === null ? "" : String(rule.limit),
    deadband: String(rule.deadband),
    onDelay: String(rule.on_delay_s),
    offDelay: String(rule.off_delay_s),
    priority: rule.priority,
    isLatched: rule.is_latched,
    isEnabled: rule.is_enabled,
    consequenceEn: rule.consequence["en"] ?? "",
    consequenceZh: rule.consequence["zh-CN"] ?? "",
    actionEn: rule.action["en"] ?? "",
    actionZh: rule.action["zh-CN"] ?? "",
  };
}

export function needsLimit(condition: Condition): boolean {
  return condition !== "bad_quality";
}

/** NaN where the text is no number; both decimal signs are read. */
export function readNumber(text: string): number {
  const plain = text.trim().replace(",", ".").replace("，", ".");
  return plain === "" ? NaN : Number(plain);
}

export function problemsOf(draft: Draft): Problems {
  const found: Problems = {};
  const positive = (field: "deadband" | "onDelay" | "offDelay", most: number) => {
    const value = readNumber(draft[field]);
    if (!Number.isFinite(value)) found[field] = "rules.problem.number";
    else if (value < 0) found[field] = "rules.problem.negative";
    else if (value > most) found[field] = "rules.problem.tooLong";
  };
  if (!draft.signal) found.signal = "rules.problem.signal";
  if (!draft.titleEn.trim() && !draft.titleZh.trim()) found.titleEn = "rules.problem.title";
  if (!CONDITIONS.includes(draft.condition)) found.condition = "rules.problem.condition";
  if (needsLimit(draft.condition) && !Number.isFinite(readNumber(draft.limit))) found.limit = draft.limit.trim() ? "rules.problem.number" : "rules.problem.limit";
  positive("deadband", Infinity);
  positive("onDelay", LONGEST_DELAY_S);
  positive("offDelay", LONGEST_DELAY_S);
  return found;
}

function names(en: string, zh: string): Record<string, string> {
  return { ...(en.trim() ? { en: en.trim() } : {}), ...(zh.trim() ? { "zh-CN": zh.trim() } : {}) };
}

/** The rule as the server wants it; only for a draft without problems. */
export function ruleOf(draft: Draft): RuleInfo {
  return {
    id: draft.id,
    title: names(draft.titleEn, draft.titleZh),
    signal: draft.signal ?? "",
    condition: draft.condition,
    limit: needsLimit(draft.condition) ? readNumber(draft.limit) : null,
    deadband: readNumber(draft.deadband),
    on_delay_s: readNumber(draft.onDelay),
    off_delay_s: readNumber(draft.offDelay),
    priority: draft.priority,
    is_latched: draft.isLatched,
    is_enabled: draft.isEnabled,
    consequence: names(draft.consequenceEn, draft.consequenceZh),
    action: names(draft.actionEn, draft.actionZh),
  };
}
