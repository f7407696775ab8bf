// How plans and their steps are told in words: conditions, amounts, and which states are abnormal.
import { formatDateTime, formatNumber, listText, localName, pairText, useLanguage, useText, type Language, type TextKey, type Translate } from "../../i18n";
import { stateText, unitText, useAnswer, usePlant, type ActionInfo, type CommandStep, type PlanCondition, type ManualStep, type PlanLine, type SignalInfo, type StepRunInfo } from "../live";

export type Step = CommandStep | ManualStep;
/** What of a step is told in words. */
type Told = Pick<CommandStep, "kind" | "command" | "params"> | Pick<ManualStep, "kind" | "text">;

export const stateKey = (state: PlanLine["state"]): TextKey => `plans.state.${state}`;
export const promiseKey = (state: Exclude<PlanLine["promise"], "">): TextKey => `plans.promise.${state}`;
export const stepKey = (state: StepRunInfo["state"]): TextKey => `plans.step.${state}`;
export const undoKey = (state: Exclude<StepRunInfo["undo"], "">): TextKey => `plans.undo.${state}`;

export const isAbnormal = (state: string) => ["paused", "stopped", "aborted", "rejected", "failed", "unknown", "broken"].includes(state);

const SIGNS: Record<PlanCondition["test"], string> = { "<": "<", "<=": "≤", "=": "=", "!=": "≠", ">=": "≥", ">": ">" };

/** A signal by machine and name. */
export function useSignalName(): (key: string) => string {
  const language = useLanguage();
  const signals = usePlant((plant) => plant.signals);
  const twins = usePlant((plant) => plant.twins);
  return (key) => {
    const signal = signals.find((each) => each.key === key);
    if (!signal) return key;
    const owner = twins.find((twin) => twin.id === signal.shell);
    const name = localName(signal.name, language, signal.path);
    return owner ? `${owner.idShort || localName(owner.name, language, owner.id)} · ${name}` : name;
  };
}

/** What a signal is compared with: an amount with its unit, a state in words, a text as it is. */
export function boundText(value: PlanCondition["value"], signal: Pick<SignalInfo, "kind" | "labels" | "unit"> | undefined, language: Language, text: Translate): string {
  if (!signal || typeof value === "string") return String(value);
  return stateText(signal, Number(value), text) ?? `${String(value)} ${unitText(signal.unit, language)}`.trim();
}

/** A condition in words: OP40 · Temperature > 60, for 10 s. */
export function useConditionText(): (condition: PlanCondition) => string {
  const text = useText();
  const language = useLanguage();
  const byKey = usePlant((plant) => plant.byKey);
  const nameOf = useSignalName();
  return (condition) => {
    const bound = `${nameOf(condition.signal)} ${SIGNS[condition.test]} ${boundText(condition.value, byKey.get(condition.signal), language, text)}`;
    return condition.for_s > 0 ? text("plans.forSeconds", { bound, seconds: condition.for_s }) : bound;
  };
}

/** What a step does, in a line: devices' own names of inputs and actions in the reader's language where they have one. */
export function useStepText(): (step: Told) => { title: string; detail: string } {
  const language = useLanguage();
  const commands = usePlant((plant) => plant.commands);
  const twins = usePlant((plant) => plant.twins);
  const actions = useAnswer<ActionInfo[]>("/api/actions").data;
  const nameOf = useSignalName();
  return (step) => {
    if (step.kind === "manual") return { title: localName(step.text, language, ""), detail: "" };
    const command = commands.find((each) => each.name === step.command);
    const title = localName(command?.title, language, step.command);
    const labelOf = (name: string) => localName(command?.labels[name], language, name);
    const { signal, action, value, inputs, ...rest } = step.params;
    const worded = (given: unknown) => {
      const twin = twins.find((each) => each.id === given);
      return twin ? twin.idShort || localName(twin.name, language, twin.id) : shown(given);
    };
    const parts: string[] = [];
    if (typeof signal === "string") parts.push(`${nameOf(signal)} := ${shown(value)}`);
    else if (value !== undefined) parts.push(pairText(labelOf("value"), shown(value), language));
    const called = actions?.find((each) => each.key === action);
    if (called) {
      const owner = twins.find((twin) => twin.id === called.shell);
      const name = localName(called.name, language, called.id_short);
      parts.push(owner ? `${owner.idShort || localName(owner.name, language, owner.id)} · ${name}` : name);
    } else if (action !== undefined) parts.push(pairText(labelOf("action"), shown(action), language));
    for (const [name, given] of Object.entries(inputs !== null && typeof inputs === "object" ? inputs : {})) {
      const input = called?.inputs.find((each) => each.name === name);
      parts.push(pairText(localName(input?.title, language, name), `${worded(given)}${input?.unit ? ` ${unitText(input.unit)}` : ""}`, language));
    }
    for (const [name, given] of Object.entries(rest)) {
      if (given === undefined || given === null) continue;
      const words = name.endsWith("_ms") && typeof given === "number" ? formatDateTime(given, language) : worded(given);
      parts.push(pairText(labelOf(name), words, language));
    }
    return { title, detail: listText(parts, language) };
  };
}

/** Whether what a step is given is a shift of a day, with the clock times of its begin and end. */
const isShift = (value: unknown): value is { start: string; end: string } => typeof value === "object" && value !== null && "start" in value && "end" in value;

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(" · ");
  if (isShift(value)) return `${value.start}–${value.end}`;
  if (typeof value !== "string") return JSON.stringify(value) ?? "–";
  return value.includes("#") ? (value.split(/[#.]/).at(-1) ?? value) : value;
}

export function useAmount(): (value: number | null | undefined) => string {
  const language = useLanguage();
  return (value) => {
    if (value === null || value === undefined) return "–";
    const size = Math.abs(value);
    return formatNumber(value, language, size >= 100 || size === 0 ? 0 : size >= 1 ? 1 : 2);
  };
}
