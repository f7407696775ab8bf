// A plan while it is being written: steps with what was typed into their fields, and back to the format of plans.
import { fieldsOf, paramsOf } from "../dialogs";
import type { CommandInfo, PlanCondition, PlanGuard, JsonSchema, PlanContent } from "../live";
import type { Step } from "./_words";

export interface ConditionDraft {
  signal: string | null;
  test: PlanCondition["test"];
  value: string;
  forS: number | string;
}

export interface StepDraft {
  key: number;
  kind: "command" | "manual";
  command: string | null;
  typed: Record<string, string>;
  en: string;
  zh: string;
  onlyWhen: ConditionDraft | null;
  waitUntil: ConditionDraft | null;
  timeoutS: number | string;
  /** When its turn comes at the earliest, ms since 1970: kept as it is. */
  atMs: number | null;
  /** What a manual step does to the model: kept as it is. */
  changes: unknown[];
  note: Record<string, string>;
}

export interface GuardDraft {
  key: number;
  condition: ConditionDraft;
  effect: PlanGuard["effect"];
  note: Record<string, string>;
}

export interface PlanDraft {
  title: string;
  description: string;
  steps: StepDraft[];
  guards: GuardDraft[];
}

let lastKey = 0;
export const nextKey = () => (lastKey += 1);

export const newCondition = (): ConditionDraft => ({ signal: null, test: ">", value: "", forS: 0 });

export const newStep = (kind: StepDraft["kind"]): StepDraft => ({
  key: nextKey(), kind, command: kind === "command" ? "signal.write" : null, typed: {}, en: "", zh: "",
  onlyWhen: null, waitUntil: null, timeoutS: 60, atMs: null, changes: [], note: {},
});

function conditionDraft(condition: PlanCondition | null): ConditionDraft | null {
  return condition && { signal: condition.signal, test: condition.test, value: String(condition.value), forS: condition.for_s };
}

function stepDraft(step: Step): StepDraft {
  const shared = { key: nextKey(), onlyWhen: conditionDraft(step.only_when), waitUntil: conditionDraft(step.wait_until), timeoutS: step.timeout_s, atMs: step.at_ms };
  if (step.kind === "manual") {
    return { ...shared, kind: "manual", command: null, typed: {}, en: step.text["en"] ?? "", zh: step.text["zh-CN"] ?? "", changes: step.changes, note: {} };
  }
  const typed = Object.fromEntries(Object.entries(step.params).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]));
  return { ...shared, kind: "command", command: step.command, typed, en: "", zh: "", changes: [], note: step.note };
}

export function draftOf(content: PlanContent | null): PlanDraft {
  if (!content) return { title: "", description: "", steps: [newStep("command")], guards: [] };
  return {
    title: content.title,
    description: content.description,
    steps: content.steps.map(stepDraft),
    guards: content.guards.map((guard) => ({ key: nextKey(), condition: conditionDraft(guard.condition) ?? newCondition(), effect: guard.effect, note: guard.note })),
  };
}

/** A bound as it was meant: a number, a truth value, or a text in the end. */
export function bound(typed: string): boolean | number | string {
  if (typed === "true" || typed === "false") return typed === "true";
  const number = Number(typed.replace(",", "."));
  return typed.trim() !== "" && Number.isFinite(number) ? number : typed;
}

function conditionOf(draft: ConditionDraft | null): PlanCondition | null {
  if (!draft) return null;
  return { signal: draft.signal ?? "", test: draft.test, value: bound(draft.value), for_s: Number(draft.forS) };
}

const isWhole = (draft: ConditionDraft | null) => draft === null || (draft.signal !== null && draft.value !== "" && draft.forS !== "");

/** The plan in its format, and the numbers of the steps and guards that are not complete yet. */
export function contentOf(draft: PlanDraft, commands: readonly CommandInfo[], before: PlanContent | null): { content: Record<string, unknown>; wrong: number[]; isWhole: boolean } {
  const wrong: number[] = [];
  const steps = draft.steps.map((step, at) => {
    const shared = { only_when: conditionOf(step.onlyWhen), wait_until: conditionOf(step.waitUntil), timeout_s: Number(step.timeoutS), at_ms: step.atMs };
    const hasConditions = isWhole(step.onlyWhen) && isWhole(step.waitUntil) && Number(step.timeoutS) > 0;
    if (step.kind === "manual") {
      if (!hasConditions || !step.en.trim() || !step.zh.trim()) wrong.push(at);
      return { kind: "manual", text: { en: step.en, "zh-CN": step.zh }, changes: step.changes, ...shared };
    }
    const command = commands.find((each) => each.name === step.command);
    const found = command ? paramsOf(fieldsOf(command.params as JsonSchema, {}), step.typed) : { params: {}, wrong: ["command"] };
    if (!hasConditions || found.wrong.length > 0) wrong.push(at);
    return { kind: "command", command: step.command ?? "", params: found.params, note: step.note, ...shared };
  });
  const guards = draft.guards.map((guard) => ({ condition: conditionOf(guard.condition), effect: guard.effect, note: guard.note }));
  const isComplete = draft.title.trim() !== "" && steps.length > 0 && wrong.length === 0 && draft.guards.every((guard) => isWhole(guard.condition));
  const content = { ...before, title: draft.title.trim(), description: draft.description, steps, guards, promise: null };
  return { content, wrong, isWhole: isComplete };
}
