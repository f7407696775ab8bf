// The shapes of watching: alarms, key figures with their evidence, control charts and rules, as the server declares them.
type Names = Record<string, string>;

export const PRIORITIES = ["critical", "high", "medium", "low"] as const;
export type Priority = (typeof PRIORITIES)[number];

export const ALARM_STATES = ["unacknowledged", "acknowledged", "returned", "latched", "shelved", "suppressed", "out_of_service", "normal"] as const;
/** ISA-18.2-2016 §5.6: the states of an alarm. */
export type AlarmStateName = (typeof ALARM_STATES)[number];

export interface AlarmNote {
  at_ms: number;
  by: string;
  text: string;
}

export interface AlarmInfo {
  id: string;
  rule: string;
  title: Names;
  text: Names;
  priority: Priority;
  state: AlarmStateName;
  is_active: boolean;
  since_ms: number;
  raised_ms: number | null;
  cleared_ms: number | null;
  acked_ms: number | null;
  acked_by: string | null;
  shell: string;
  signal: string;
  value: number | null;
  limit: number | null;
  unit: string;
  count: number;
  shelved: { by: string; at_ms: number; until_ms: number; reason: string } | null;
  suppressed: { by: string; at_ms: number; reason: string } | null;
  consequence: Names;
  action: Names;
  notes: AlarmNote[];
}

export interface Flood {
  since_ms: number;
  count: number;
  window_ms: number;
}

export interface AlarmList {
  alarms: AlarmInfo[];
  flood: Flood | null;
}

export interface JournalEntry {
  at_ms: number;
  alarm: string;
  rule: string;
  title: Names;
  priority: Priority;
  event: string;
  by: string;
  reason: string;
  value: number | null;
  evidence: number | null;
}

/** One key figure of a station, or of the line where `shell` is null. */
export interface FigureInfo {
  id: string;
  kind: string;
  title: Names;
  shell: string | null;
  value: number | null;
  unit: string;
  is_abnormal: boolean;
  low: number | null;
  high: number | null;
  trend: (number | null)[];
  /** Why there is no value. */
  why_not: Names | null;
}

export interface FigureList {
  start_ms: number;
  end_ms: number;
  figures: FigureInfo[];
}

/** One step down from a figure to what it was made of. */
export interface EvidenceNode {
  label: Names;
  value: number | null;
  unit: string;
  formula: string;
  clause: string;
  note: Names;
  signal: string | null;
  children: EvidenceNode[];
}

export interface ChartPanelInfo {
  name: string;
  centre: number;
  lower: number;
  upper: number;
  x_ms: number[];
  values: number[];
  violations: { index: number; rules: number[] }[];
}

export interface Capability {
  cp: number | null;
  cpk: number | null;
  pp: number | null;
  ppk: number | null;
  mean: number;
  sigma: number;
  lsl: number | null;
  usl: number | null;
  n: number;
}

export interface ControlChart {
  chart: string;
  subgroup: number;
  panels: ChartPanelInfo[];
  capability: Capability | null;
}

export const CONDITIONS = ["above", "below", "equal", "not_equal", "bad_quality"] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface RuleInfo {
  id: string;
  title: Names;
  signal: string;
  condition: Condition;
  limit: number | null;
  deadband: number;
  on_delay_s: number;
  off_delay_s: number;
  priority: Priority;
  is_latched: boolean;
  is_enabled: boolean;
  consequence: Names;
  action: Names;
}

export interface RuleTest {
  raised: number;
  episodes: { start_ms: number; end_ms: number | null; peak: number | null }[];
}
