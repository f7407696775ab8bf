// The shapes of watching, as the server declares them: alarms, key figures with their evidence, control charts and rules.
import type { AlarmInfo, KpiDefinition, Rule } from "../../protocol/generated";

export type {
  AlarmInfo,
  AlarmList,
  AlarmsMessage,
  Band,
  FloodInfo,
  Guard,
  JournalEntry,
  KpiDefinition,
  KpiInfo,
  KpiList,
  KpiWhy,
  Rule,
  RuleTrialAnswer,
  RulesAnswer,
  SpcAnswer,
  SpcCapability,
  SpcPanel,
  StateTest,
} from "../../protocol/generated";

export const PRIORITIES = ["critical", "high", "medium", "low"] as const satisfies readonly AlarmInfo["priority"][];
export type Priority = AlarmInfo["priority"];

/** ISA-18.2-2016 §5.6: the states of an alarm. */
export type AlarmStateName = AlarmInfo["state"];

export const CONDITIONS = ["above", "below", "deviation", "rate", "equal", "not_equal", "is_true", "is_false", "bad_quality", "stale"] as const satisfies readonly Rule["condition"][];
export type Condition = Rule["condition"];

export const FIGURES = ["oee", "availability", "performance", "quality", "fpy", "throughput", "mtbf", "mttr", "energy_per_piece"] as const satisfies readonly (keyof KpiDefinition["figures"])[];
export type FigureKind = (typeof FIGURES)[number];
