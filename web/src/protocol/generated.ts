// Written by `python -m xushi.server.typegen` from the Python types; do not edit.

/** One alarm. ``state`` by ISA-18.2; ``is_active`` whether its condition holds; ``is_held`` while a flood holds it back; ``count`` how often it was raised since it was last normal. */
export interface AlarmInfo {
  id: string;
  rule: string;
  title: Record<string, string>;
  text: Record<string, string>;
  priority: "critical" | "high" | "low" | "medium";
  state: "acknowledged" | "latched" | "normal" | "out_of_service" | "returned" | "shelved" | "suppressed" | "unacknowledged";
  is_active: boolean;
  is_held: boolean;
  is_latched: boolean;
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
  shelved: Shelving | null;
  suppressed: Suppression | null;
  consequence: Record<string, string>;
  action: Record<string, string>;
  notes: AlarmNote[];
}

/** Every alarm that is not normal. */
export interface AlarmList {
  alarms: AlarmInfo[];
  flood: Flood | null;
}

/** What an operator wrote about an alarm. */
export interface AlarmNote {
  at_ms: number;
  by: string;
  text: string;
}

/** Alarms that changed, whole; one that is normal again is told once more with that state. */
export interface AlarmsMessage {
  type: "alarms";
  alarms: AlarmInfo[];
  flood: Flood | null;
}

/** Minimum, maximum, mean, count and last value in equal steps of time; null where nothing was. */
export interface BucketColumns {
  start_ms: number[];
  min: (number | null)[];
  max: (number | null)[];
  mean: (number | null)[];
  count: number[];
  last: (number | null)[];
}

/** How well a process fits between its limits; null where a limit is missing. */
export interface Capability {
  cp: number | null;
  cpk: number | null;
  pp: number | null;
  ppk: number | null;
  mean: number;
  sigma: number;
  sigma_overall: number;
  lsl: number | null;
  usl: number | null;
  n: number;
}

/** Shows models[stage] at a node while the signal `item` holds a serial number. */
export interface Carry {
  kind: "carry";
  node: string;
  item: string;
  stage: string;
  models: string[];
}

/** One panel of a control chart. ``lowers`` and ``uppers`` are given where the limits differ from point to point. */
export interface ChartPanelInfo {
  name: "c" | "mr" | "np" | "p" | "r" | "s" | "u" | "x";
  centre: number;
  lower: number;
  upper: number;
  x_ms: number[];
  values: number[];
  violations: Violation[];
  lowers: number[] | null;
  uppers: number[] | null;
}

/** One action of the platform. ``params`` is a JSON Schema. */
export interface CommandInfo {
  name: string;
  right: string;
  title: Record<string, string>;
  summary: Record<string, string>;
  undoable: boolean;
  moves_metal: boolean;
  params: Record<string, unknown>;
}

/** When the alarm is on; see IEC 62682 for the names of the alarm types. Attributes: kind: `high` and `high_high`: value above `limit`; `low` and `low_low`: below; `deviation`: further than `limit` from the reference; `rate`: changes by more than `limit` a second, up or down; `state` and `boolean`: the value is one of `states` (a boolean is 0 or 1); `bad_quality`: the source says Bad; `stale`: no new value for `seconds`. limit: in the signal's unit (for `rate`: a second). reference: what a deviation is measured from: a number, or the newest value of `reference_signal`. states: numbers of an enumeration; `boolean` takes [1] where it is left out. seconds: of `stale`. */
export interface Condition {
  kind: "bad_quality" | "boolean" | "deviation" | "high" | "high_high" | "low" | "low_low" | "rate" | "stale" | "state";
  limit: number | null;
  reference: number | null;
  reference_signal: string;
  states: number[];
  seconds: number | null;
}

/** A control chart (ISO 7870-2). ``subgroup`` values make a point. */
export interface ControlChart {
  chart: string;
  subgroup: number;
  panels: ChartPanelInfo[];
  capability: Capability | null;
}

/** A finding about something that still opens, in the asker's language. */
export interface DiagnosisInfo {
  code: string;
  place: string;
  text: string;
  repair: string;
}

/** What a change added, updated (before, after) and removed, by ``kind/id``. */
export interface DiffInfo {
  added: Record<string, unknown>;
  updated: Record<string, [unknown, unknown]>;
  removed: Record<string, unknown>;
}

/** The whole way of one product. */
export interface EngineInfo {
  serial: string;
  first_ms: number;
  last_ms: number;
  is_good: boolean;
  steps: EngineStep[];
}

/** What one station did to one product. */
export interface EngineStep {
  station: string;
  shell: string;
  at_ms: number;
  result: Record<string, unknown>;
  signal: number;
  is_good: boolean | null;
}

/** A product that went through the line. */
export interface EngineSummary {
  serial: string;
  first_ms: number;
  last_ms: number;
  steps: number;
  is_good: boolean;
  station: string;
}

/** One time the alarm would have been on; ``peak`` is the value furthest into the alarm. */
export interface Episode {
  start_ms: number;
  end_ms: number | null;
  peak: number | null;
}

/** The one shape of every error. */
export interface ErrorAnswer {
  error: ErrorBody;
}

/** What happened, why, and what to do next, in the asker's language. */
export interface ErrorBody {
  code: string;
  what: string;
  why: string;
  next: string;
}

/** A refusal; ``request`` names what was refused. */
export interface ErrorMessage {
  type: "error";
  error: ErrorBody;
  request: number | string | null;
}

/** One entry of the evidence log. */
export interface EvidenceInfo {
  number: number;
  at_ms: number;
  command: string;
  command_id: string;
  actor: string;
  state: string;
  reason: string;
  touched: string[];
  is_undoable: boolean;
  entry: Record<string, unknown>;
}

/** One step down from a figure to what it was made of: formula, clause of the standard, signal, states. */
export interface EvidenceNode {
  label: Record<string, string>;
  value: number | null;
  unit: string;
  formula: string;
  clause: string;
  note: Record<string, string>;
  signal: string | null;
  spans: StateSpan[];
  children: EvidenceNode[];
}

/** One figure to show, and where it is abnormal: below `low` or above `high`. */
export interface Figure {
  kind: "allocation" | "availability" | "energy_per_piece" | "fpy" | "mtbf" | "mttr" | "oee" | "performance" | "quality" | "throughput" | "utilization";
  low: number | null;
  high: number | null;
  title: Record<string, string>;
}

/** One key figure of a work unit, or of the line where ``shell`` is null; shares are 0…1 with the unit ``1``. */
export interface FigureInfo {
  id: string;
  kind: string;
  title: Record<string, string>;
  shell: string | null;
  value: number | null;
  unit: string;
  is_abnormal: boolean;
  low: number | null;
  high: number | null;
  trend: (number | null)[];
  why_not: Record<string, string> | null;
}

/** The key figures of a stretch of time. */
export interface FigureList {
  start_ms: number;
  end_ms: number;
  figures: FigureInfo[];
}

/** Where first-pass results are read: each value of `verdict` is one judged piece. Attributes: good: values of `verdict` that mean good; other values above 0 mean not good. attempt: key of the signal that counts how often the piece has been here; only 1 is a first pass. */
export interface FirstPass {
  verdict: string;
  good: number[];
  attempt: string;
}

/** More alarms than an operator can follow: ``count`` raised within ``window_ms``; ``held`` of them held back. */
export interface Flood {
  since_ms: number;
  count: number;
  window_ms: number;
  held: number;
}

/** Shows items on a path: array signals of positions (0…1) and of stages. */
export interface Flow {
  kind: "flow";
  positions: string;
  stages: string;
  path: [number, number, number][];
  models: string[];
}

/** Drives the place by a reported pose: `x`, `y` in m and `theta` in rad of the plant frame (VDA 5050). */
export interface FollowPose {
  kind: "pose";
  x: string;
  y: string;
  theta: string;
}

/** The result by one method of AIAG MSA; ``ndc`` distinct categories, untruncated. */
export interface GaugeMethod {
  method: "anova" | "average_range";
  parts: GaugePart[];
  ndc: number | null;
}

/** One source of variation; ``percent`` of the total variation, ``percent_tolerance`` of the tolerance. */
export interface GaugePart {
  name: "AV" | "EV" | "GRR" | "INT" | "PV" | "TV";
  value: number;
  percent: number | null;
  percent_tolerance: number | null;
}

/** A gauge study by both methods. */
export interface GaugeResult {
  methods: GaugeMethod[];
}

/** Measurements of a gauge study, ``values[part][appraiser][trial]``; ``tolerance`` is the width of the limits. */
export interface GaugeStudy {
  values: number[][][];
  tolerance?: number | null;
}

/** Suppression by design (IEC 62682, suppressed by design): while `signal` has one of `states`. */
export interface Guard {
  signal: string;
  states: number[];
}

/** Sets the language of texts on this connection. */
export interface Hello {
  type: "hello";
  language?: string;
}

/** Long work: its progress 0…1 and its result. */
export interface JobInfo {
  id: string;
  title: Record<string, string>;
  state: "cancelled" | "done" | "failed" | "running";
  progress: number;
  message: string;
  result: unknown;
  error: ErrorBody | null;
  started_ms: number;
  ended_ms: number | null;
}

/** A job that started, moved on or ended. */
export interface JobMessage {
  type: "job";
  id: string;
  title: Record<string, string>;
  state: "cancelled" | "done" | "failed" | "running";
  progress: number;
  message: string;
  result: unknown;
  error: ErrorBody | null;
  started_ms: number;
  ended_ms: number | null;
}

/** One thing that happened to an alarm; ``evidence`` is the entry's number in the evidence log, where a person acted. */
export interface JournalEntry {
  at_ms: number;
  alarm: string;
  rule: string;
  title: Record<string, string>;
  priority: "critical" | "high" | "low" | "medium";
  event: "acknowledged" | "cleared" | "noted" | "out_of_service" | "raised" | "reset" | "returned_to_service" | "shelved" | "suppressed" | "undone" | "unshelved" | "unsuppressed";
  by: string;
  reason: string;
  value: number | null;
  evidence: number | null;
}

/** The key figures of one work unit or line. Attributes: shell: id of the shell it belongs to; empty for the line as a whole. state: the machine's states, for times. good, reject, total: keys of counters; one of them may be left out where the other two give it. cycle_s: planned run time per item (PRI), s. energy: key of a counter of energy. figures: what is shown of it. */
export interface KpiDefinition {
  id: string;
  title: Record<string, string>;
  figures: Figure[];
  shell: string;
  state: StateUse | null;
  good: string;
  reject: string;
  total: string;
  cycle_s: number | null;
  first_pass: FirstPass | null;
  energy: string;
}

/** Every definition of key figures, and the JSON Schema of one. */
export interface KpiDefinitionList {
  kpis: KpiDefinition[];
  schema: Record<string, unknown>;
}

/** Writes a signal's value beside the place. */
export interface Label {
  kind: "label";
  signal: string;
}

/** Lights a node while a Boolean signal is true. */
export interface Light {
  kind: "light";
  node: string;
  signal: string;
}

/** A connection and how it is. */
export interface LinkInfo {
  id: string;
  title: Record<string, string>;
  protocol: string;
  endpoint: string;
  state: "connecting" | "live" | "lost" | "off" | "refused";
  since_ms: number;
  points: number;
  updates: number;
  error: ErrorBody | null;
}

/** Connections whose state changed. */
export interface LinksMessage {
  type: "links";
  links: LinkInfo[];
}

/** Returns to the present. */
export interface Live {
  type: "live";
  view: number;
}

/** A new token; ``token`` is shown this once. */
export interface MadeToken {
  token: string;
  info: TokenSummary;
}

/** Who is signed in. */
export interface Me {
  id: string;
  name: string;
  scopes: string[];
}

/** A request for an API token. */
export interface NewToken {
  name: string;
  scopes: string[];
  days?: number;
}

/** What became of a command. */
export interface OutcomeInfo {
  command_id: string;
  command: string;
  state: "done" | "failed" | "planned" | "unknown";
  is_undoable: boolean;
  at_ms: number;
  result: unknown;
  summary: Record<string, unknown>;
  effects: Record<string, unknown>[];
  diagnoses: DiagnosisInfo[];
  diff: DiffInfo;
  error: ErrorBody | null;
}

/** The answer to ``run`` and ``undo``. */
export interface OutcomeMessage {
  type: "outcome";
  command_id: string;
  command: string;
  state: "done" | "failed" | "planned" | "unknown";
  is_undoable: boolean;
  at_ms: number;
  result: unknown;
  summary: Record<string, unknown>;
  effects: Record<string, unknown>[];
  diagnoses: DiagnosisInfo[];
  diff: DiffInfo;
  error: ErrorBody | null;
  request: number | string;
}

/** Stops playing and stays at the instant shown. */
export interface Pause {
  type: "pause";
  view: number;
}

/** One thing in the world. Frame as in glTF 2.0 (3.4): right-handed, Y up, metres. Attributes: shell: id of the twin it shows; None for scenery. model: SHA-256 of its glTF binary; None for an empty group. rotation: unit quaternion x, y, z, w relative to the parent place. */
export interface Place {
  id: string;
  name: Record<string, string>;
  parent: string | null;
  shell: string | null;
  model: string | null;
  position: [number, number, number];
  rotation: [number, number, number, number];
  scale: [number, number, number];
  category: "agv" | "building" | "conveyor" | "other" | "product" | "rack" | "robot" | "station" | "utility";
  behaviours: (ShowState | Turn | Slide | PlayClip | FollowPose | Carry | Flow | Light | Label)[];
}

/** Plays the past from an instant, ``speed`` seconds a second. */
export interface Play {
  type: "play";
  view: number;
  timeline: string;
  from_ms: number;
  speed?: number;
}

/** Shows the instant of an animation clip that a progress signal (0…1) names. */
export interface PlayClip {
  kind: "clip";
  clip: string;
  signal: string;
}

/** Records that changed: places whole, shells, submodels and links by key only (their value is null). */
export interface RecordsMessage {
  type: "records";
  diff: DiffInfo;
}

/** One alarm. Its id is also the alarm's id. Attributes: signal: key of the signal. deadband: how far the value must come back, in the signal's unit, before the condition ends. on_delay_s, off_delay_s: how long the condition must hold, or be gone, before the alarm is raised, or clears. is_latched: the alarm stays after the condition has gone and been acknowledged, until someone resets it. text, consequence, action: what happened, what follows from it, what the operator should do; by language. */
export interface Rule {
  id: string;
  signal: string;
  condition: Condition;
  title: Record<string, string>;
  priority: "critical" | "high" | "low" | "medium";
  deadband: number;
  on_delay_s: number;
  off_delay_s: number;
  is_latched: boolean;
  is_enabled: boolean;
  suppress_while: Guard | null;
  text: Record<string, string>;
  consequence: Record<string, string>;
  action: Record<string, string>;
}

/** Every alarm rule, and the JSON Schema of one. ``revision`` changes with the rules. */
export interface RuleList {
  rules: Rule[];
  schema: Record<string, unknown>;
  revision: number;
}

/** A rule to try on a stretch of a timeline, saved or not. */
export interface RuleTest {
  rule: Rule;
  start_ms: number;
  end_ms: number;
  timeline?: string;
}

/** How often a rule would have raised its alarm; ``sampled`` values were looked at, ``active_ms`` it was on. */
export interface RuleTestResult {
  raised: number;
  episodes: Episode[];
  sampled: number;
  active_ms: number;
}

/** Runs a command; the answer carries ``request``. */
export interface Run {
  type: "run";
  request: number | string;
  command: string;
  params?: Record<string, unknown>;
  dry_run?: boolean;
  reason?: string;
}

/** A request to run a command. */
export interface RunCommand {
  params?: Record<string, unknown>;
  dry_run?: boolean;
  reason?: string;
}

/** Values of one signal in the order of time; ``more`` when the limit cut them. */
export interface SampleRows {
  times_ms: number[];
  values: unknown[];
  qualities: number[];
  more: boolean;
}

/** How likely a single sampling plan accepts a lot, by its share of nonconforming items. */
export interface SamplingCurve {
  n: number;
  accept: number;
  shares: number[];
  probabilities: number[];
}

/** Shows one past instant. */
export interface Seek {
  type: "seek";
  view: number;
  timeline: string;
  at_ms: number;
}

/** Who put an alarm aside, why, and until when. */
export interface Shelving {
  by: string;
  at_ms: number;
  until_ms: number;
  reason: string;
}

/** Shows a machine's state: `signal` is an OPC 40001-1 MachineryItemState, `detail` the reason. */
export interface ShowState {
  kind: "state";
  signal: string;
  detail: string | null;
}

/** One signal: a leaf of a twin with a live value. ``kind``: 0 double, 1 int, 2 bool, 3 enum, 4 time (ms), 5 text, 6 array. */
export interface SignalInfo {
  handle: number;
  key: string;
  kind: number;
  unit: string;
  name: Record<string, string>;
  shell: string;
  submodel: string;
  path: string;
  labels: Record<string, string>;
  low: number | null;
  high: number | null;
  writable: boolean;
  source: SourceInfo | null;
}

/** All signals. */
export interface SignalList {
  signals: SignalInfo[];
}

/** Signals were defined or changed; ask GET /api/signals again. */
export interface SignalsMessage {
  type: "signals";
  count: number;
}

/** A fresh one-time sign-in link. */
export interface SigninLink {
  url: string;
}

/** Slides a node: distance in m = value · factor + offset. */
export interface Slide {
  kind: "slide";
  node: string;
  axis: "x" | "y" | "z";
  signal: string;
  factor: number;
  offset: number;
}

/** Where a signal's value comes from. */
export interface SourceInfo {
  link: string;
  protocol: string;
  endpoint: string;
  address: string;
}

/** A stretch in one state; ``is_counted`` where it is part of the time that the node sums. */
export interface StateSpan {
  label: string;
  start_ms: number;
  end_ms: number;
  is_counted: boolean;
}

/** What the states of a machine mean for time (ISO 22400-2, time model of a work unit). Attributes: signal: key of the state signal, an enumeration or a switch. producing: states of actual production (APT). setup: states of set-up (AUST). failed: states of unplanned stop by a failure: each entry is a failure event, its length a repair time. planned_down: states that are taken out of the planned busy time (PBT). All other states are delays (ADET). */
export interface StateUse {
  signal: string;
  producing: number[];
  setup: number[];
  failed: number[];
  planned_down: number[];
}

/** How the platform is. */
export interface Status {
  version: string;
  started_ms: number;
  now_ms: number;
  signals: number;
  shells: number;
  places: number;
  viewers: number;
  updates: number;
  data_dir: string;
  memory_mb: number;
}

/** A submodel in the tree. */
export interface SubmodelSummary {
  id: string;
  idShort: string;
  semanticId: string;
}

/** Who suppressed an alarm and why; ``by`` is empty where the rule's own guard does (suppressed by design). */
export interface Suppression {
  by: string;
  at_ms: number;
  reason: string;
}

/** A run of time that can be shown. ``end_ms`` is null while it still grows. */
export interface TimelineInfo {
  id: string;
  kind: "branch" | "live" | "recorded";
  title: Record<string, string>;
  start_ms: number;
  end_ms: number | null;
}

/** An API token without its secret. */
export interface TokenSummary {
  id: string;
  name: string;
  scopes: string[];
  made_ms: number;
  expires_ms: number;
}

/** Turns a node: angle in rad = value · factor + offset. */
export interface Turn {
  kind: "turn";
  node: string;
  axis: "x" | "y" | "z";
  signal: string;
  factor: number;
  offset: number;
}

/** A shell in the tree. */
export interface TwinSummary {
  id: string;
  idShort: string;
  name: Record<string, string>;
  shell_kind: string;
  submodels: SubmodelSummary[];
}

/** Takes a command back; the answer carries ``request``. */
export interface Undo {
  type: "undo";
  request: number | string;
  command_id: string;
}

/** Ends a view. */
export interface Unwatch {
  type: "unwatch";
  view: number;
}

/** A point that breaks rules, by their numbers 1…8 in Nelson (1984). */
export interface Violation {
  index: number;
  rules: number[];
}

/** Shows signals in a view; the first answer is a full snapshot. */
export interface Watch {
  type: "watch";
  view: number;
  signals: number[] | "all";
  rate_hz?: number;
  timeline?: string;
}

/** The first message of a connection. */
export interface Welcome {
  type: "welcome";
  user: Me;
  server_time_ms: number;
  protocol: number;
}

export type ClientMessage =
  | Hello
  | Live
  | Pause
  | Play
  | Run
  | Seek
  | Undo
  | Unwatch
  | Watch;

export type ServerMessage =
  | AlarmsMessage
  | ErrorMessage
  | JobMessage
  | LinksMessage
  | OutcomeMessage
  | RecordsMessage
  | SignalsMessage
  | Welcome;
