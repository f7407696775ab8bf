// What the lists of rules and of key figures show, in the reader's language.
import { formatNumber, localName, type Language, type Translate } from "../../i18n";
import { KIND, termText, unitText, type KpiDefinition, type Rule, type SignalInfo } from "../live";
import { needsLimit } from "./_draft";

export interface Row {
  id: string;
  title: string;
  detail: string;
  words: readonly string[];
  rule: Rule | null;
}

type SignalOf = (key: string) => SignalInfo | undefined;
type OwnerOf = (shell: string) => string;

/** The condition as a sentence part: "Tool wear above 0.8". */
function conditionText(rule: Rule, signalOf: SignalOf, ownerOf: OwnerOf, language: Language, text: Translate): string {
  const signal = signalOf(rule.signal);
  const nameOf = (key: string) => {
    const known = signalOf(key);
    if (!known) return key;
    const name = localName(known.name, language, known.path);
    return known.shell === signal?.shell ? name : `${ownerOf(known.shell)} ${name}`;
  };
  const name = nameOf(rule.signal);
  const verb = rule.target_signal ? text("rules.condition.deviationFrom", { name: nameOf(rule.target_signal) }) : text(`rules.condition.${rule.condition}`);
  const limit = rule.limit ?? null;
  if (!needsLimit(rule.condition) || limit === null) return `${name} ${verb}`;
  const state = signal?.kind === KIND.ENUM ? signal.labels[String(limit)] : undefined;
  const unit = rule.condition === "stale" ? "s" : rule.condition === "rate" ? `${unitText(signal?.unit ?? "")} ${text("rules.perSecond")}` : unitText(signal?.unit ?? "");
  return `${name} ${verb} ${state === undefined ? `${formatNumber(limit, language)} ${unit}` : termText(state, text)}`.trim();
}

export function ruleRows(rules: readonly Rule[], signalOf: SignalOf, ownerOf: OwnerOf, language: Language, text: Translate): Row[] {
  return rules.map((rule) => {
    const signal = signalOf(rule.signal);
    const title = localName(rule.title, language, rule.id);
    const owner = ownerOf(signal?.shell ?? "");
    const detail = [owner, conditionText(rule, signalOf, ownerOf, language, text)].filter(Boolean).join(" · ");
    return { id: rule.id, title, detail, rule, words: [title, owner, ...Object.values(rule.title), rule.id].filter(Boolean) };
  });
}

export function kpiRows(kpis: readonly KpiDefinition[], ownerOf: OwnerOf, language: Language, text: Translate): Row[] {
  return kpis.map((kpi) => {
    const title = localName(kpi.title, language, kpi.id);
    const owner = kpi.shell ? ownerOf(kpi.shell) : text("cockpit.line");
    const detail = [owner, text("kpi.count", { count: Object.keys(kpi.figures).length })].filter(Boolean).join(" · ");
    return { id: kpi.id, title, detail, rule: null, words: [title, owner, ...Object.values(kpi.title), kpi.id].filter(Boolean) };
  });
}
