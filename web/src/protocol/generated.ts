// Written by `python -m xushi.server.typegen` from the Python types; do not edit.

/** Something a machine offers to do, for ``device.act``. ``inverse`` is the key of what takes it back. */
export interface ActionInfo {
  key: string;
  id_short: string;
  name: Record<string, string>;
  summary: Record<string, string>;
  shell: string;
  submodel: string;
  link: string;
  protocol: string;
  inputs: ActionInputInfo[];
  inverse: string;
  is_safe: boolean;
}

/** One input of an action; ``type`` is a JSON Schema type; ``summary``: what the device says about it. */
export interface ActionInputInfo {
  name: string;
  type: string;
  title: Record<string, string>;
  unit: string;
  minimum: number | null;
  maximum: number | null;
  summary: Record<string, string>;
}

/** Nodes by address; none means everything. */
export interface Addresses {
  addresses?: string[];
}

/** One alarm (IEC 62682, figure 3). ``since_ms``: since when in this state; ``is_active``: the condition holds now. ``acked_ms`` is set while the last raise is acknowledged: a latched alarm with it only waits for its reset. */
export interface AlarmInfo {
  id: string;
  rule: string;
  title: Record<string, string>;
  text: Record<string, string>;
  priority: "critical" | "high" | "low" | "medium";
  state: "acknowledged" | "latched" | "normal" | "out_of_service" | "returned" | "shelved" | "suppressed" | "unacknowledged";
  is_active: boolean;
  since_ms: number;
  raised_ms: number | null;
  cleared_ms: number | null;
  acked_ms: number | null;
  acked_by: string | null;
  shell: string;
  signal: string;
  condition: string;
  value: number | null;
  limit: number | null;
  unit: string;
  count: number;
  shelved: ShelvedInfo | null;
  suppressed: SuppressedInfo | null;
  consequence: Record<string, string>;
  action: Record<string, string>;
  notes: NoteInfo[];
}

/** The alarms that are not normal, the most urgent first; ``truncated`` when only the first 5,000 are shown. */
export interface AlarmList {
  alarms: AlarmInfo[];
  flood: FloodInfo | null;
  truncated: boolean;
}

/** Alarms that changed, whole; one in state ``normal`` leaves the list, as do those in ``removed``. */
export interface AlarmsMessage {
  type: "alarms";
  alarms: AlarmInfo[];
  flood: FloodInfo | null;
  removed: string[];
}

/** The answer to ``ask``: the JSON that the route answers with. */
export interface AnswerMessage {
  type: "answer";
  request: number | string;
  answer: unknown;
}

/** Reads a GET route that answers with JSON, ``path`` with its query; the answer carries ``request``. */
export interface Ask {
  type: "ask";
  request: number | string;
  path: string;
}

/** A figure that options are made with: stated by a person, as recorded, or as is usually assumed. */
export interface AssumedFigure {
  value: number;
  source: "assumed" | "given" | "recorded";
}

/** A backup file. `is_locked` when its secrets need a passphrase; not `is_readable` when it is damaged. */
export interface BackupInfo {
  name: string;
  bytes: number;
  made_ms: number;
  program: string;
  has_secrets: boolean;
  is_locked: boolean;
  is_readable: boolean;
}

/** What is usual of a figure: below `low` or above `high` it is abnormal; null for no bound. */
export interface Band {
  low: number | null;
  high: number | null;
}

/** One change of a branch: a command of the live line with its title, or changes of the model alone. ``words`` says a move in one sentence per language, with what it does to the conveyors; empty for all else. */
export interface BranchEdit {
  index: number;
  command: string | null;
  params: Record<string, unknown>;
  title: Record<string, string>;
  changes: ModelChange[];
  words: Record<string, string>;
}

/** What one path comes to; one future among many, so nothing to decide by alone. */
export interface BranchFigures {
  finished: number;
  scrapped: number;
  throughput_per_h: number | null;
  energy_kwh: number;
  machines: BranchMachine[];
}

/** A branch with its changes, what can be changed and is now, and what its path comes to. */
export interface BranchInfo {
  branch: BranchSummary;
  edits: BranchEdit[];
  elements: Changeable[];
  figures: BranchFigures | null;
  estimates: Estimate[];
  diagnoses: DiagnosisInfo[];
}

/** What a machine of the model did on a path: parts made, and the share of time by what it was seen doing. */
export interface BranchMachine {
  id: string;
  made: number;
  shares: Record<string, number>;
}

/** A branch in the list. ``end_ms`` is where its path ends: before ``until_ms`` where it was stopped. ``state``: computing (until then its last path is shown), ready, stopped (it ends before its time), failed. */
export interface BranchSummary {
  id: string;
  title: string;
  parent: string;
  fork_ms: number;
  until_ms: number;
  end_ms: number | null;
  seed: number;
  edits: number;
  created_by: string;
  created_ms: number;
  state: "computing" | "failed" | "ready" | "stopped";
  job: string | null;
  error: ErrorBody | null;
}

/** Minimum, maximum, mean, count and last value in equal steps of time; null where nothing was. `at_start` and `at_end` are the values in force at the edges, since one that does not change is not said again; null where it is no number, or not to be trusted. `gaps`: places [from, to) of steps in which nothing was known, since the connection was lost or the value bad. */
export interface BucketColumns {
  start_ms: number[];
  min: (number | null)[];
  max: (number | null)[];
  mean: (number | null)[];
  count: number[];
  last: (number | null)[];
  at_start: number | null;
  at_end: number | null;
  gaps: [number, number][];
}

/** Shows models[stage] at a node while the signal `item` holds a serial number. */
export interface Carry {
  kind: "carry";
  node: string;
  item: string;
  stage: string;
  models: string[];
}

/** What a person needs to recognise a certificate: SHA-256 fingerprint and SHA-1 thumbprint in hexadecimal. */
export interface CertificateCard {
  fingerprint: string;
  thumbprint: string;
  subject: string;
  issuer: string;
  application_uri: string;
  valid_from_ms: number;
  valid_until_ms: number;
  key: string;
}

/** Our own certificate (null before it was first needed) and those of servers. */
export interface CertificateList {
  own: CertificateCard | null;
  servers: ServerCertificateInfo[];
}

/** One element of the plant, or all machines together (`*`). */
export interface Changeable {
  element: string;
  kind: "buffer" | "crew" | "fleet" | "machine" | "plant" | "product" | "road" | "source";
  shell: string;
  figures: FigureInfo[];
}

/** One action of the platform. ``params`` is a JSON Schema; ``labels``: what a form calls each parameter. */
export interface CommandInfo {
  name: string;
  right: string;
  title: Record<string, string>;
  summary: Record<string, string>;
  undoable: boolean;
  moves_metal: boolean;
  params: Record<string, unknown>;
  labels: Record<string, Record<string, string>>;
}

/** A command of the platform, with its parameters; it is run by the same bus as if a person ran it. */
export interface CommandStep {
  kind: "command";
  at_ms: number | null;
  only_when: PlanCondition | null;
  wait_until: PlanCondition | null;
  timeout_s: number;
  command: string;
  params: Record<string, unknown>;
  note: Record<string, string>;
}

/** One allowed value of a setting. */
export interface ConnectChoice {
  value: string;
  title: Record<string, string>;
}

/** A node found. ``has_children`` is null where only a look tells. ``type``: "", number, integer, boolean, … ``is_action``: the machine can be told to do it, with ``inputs`` as its arguments. */
export interface ConnectNode {
  address: string;
  parent: string;
  name: string;
  path: string[];
  is_value: boolean;
  has_children: boolean | null;
  role: "" | "component" | "identification" | "machine";
  type: string;
  data_type: string;
  unit: string;
  low: number | null;
  high: number | null;
  is_writable: boolean;
  type_name: string;
  description: string;
  is_action: boolean;
  inputs: ActionInputInfo[];
}

/** Some nodes; an empty cursor means that there are no more. ``is_whole``: the search saw everything. */
export interface ConnectNodes {
  nodes: ConnectNode[];
  cursor: string;
  is_whole: boolean;
}

/** A protocol the wizard offers. One that cannot be browsed takes its signals from an imported sheet. ``package``: who brings it; ``grade``: the quality rules it keeps, see GET /api/connectors. */
export interface ConnectProtocol {
  protocol: string;
  schemes: string[];
  title: Record<string, string>;
  summary: Record<string, string>;
  example: string;
  settings: ConnectSetting[];
  can_browse: boolean;
  package: string;
  grade: "bronze" | "gold" | "none" | "silver";
}

/** One setting to ask for before connecting; ``default`` is its text form. */
export interface ConnectSetting {
  name: string;
  title: Record<string, string>;
  help: Record<string, string>;
  kind: "choice" | "number" | "secret" | "switch" | "text";
  choices: ConnectChoice[];
  default: string;
  is_required: boolean;
}

/** A connector that is installed: its address schemes, the package it comes from, and its quality. */
export interface ConnectorInfo {
  protocol: string;
  schemes: string[];
  package: string;
  grade: "bronze" | "gold" | "none" | "silver";
  rules: ConnectorRule[];
  error: string;
}

/** One rule of quality and whether a connector keeps it; an exempt one says why. */
export interface ConnectorRule {
  rule: string;
  title: Record<string, string>;
  state: "done" | "exempt" | "open";
  reason: Record<string, string>;
}

/** Contingency plans for a machine, ranked, the best first; over once the machine is back. ``handled_by``: who said that it is seen to; empty while nobody has. ``minutes``: how long it was supposed to stand; ``evidence``: model, seed and span of the records that the futures come from. ``timeline``: ``live``, or the branch on which they were rehearsed, from its fork on. */
export interface ContingencyInfo {
  id: string;
  timeline: string;
  machine: string;
  shell: string | null;
  made_ms: number;
  at_ms: number;
  until_ms: number;
  replications: number;
  repair_min: Record<string, number | null>;
  by: string;
  is_live: boolean;
  over_ms: number | null;
  handled_by: string;
  minutes: number | null;
  assumptions: Record<string, AssumedFigure>;
  evidence: Record<string, unknown>;
  options: ContingencyOption[];
}

/** One way to answer a breakdown, with its figures and their differences to waiting. ``steps`` are commands (``command``, ``params``) or what a person does (``text`` by language). ``locks``: how many of its futures lock, and who waits for whom; None where none does, and in plans of a version that refused them. */
export interface ContingencyOption {
  id: string;
  title: Record<string, string>;
  steps: Record<string, unknown>[];
  late_min: Record<string, number | null> | null;
  good: Record<string, number | null>;
  late_less: Record<string, unknown> | null;
  good_more: Record<string, unknown>;
  locks: Record<string, unknown> | null;
}

/** One approval or rejection; `is_own` where the maker decided, being the only one who can. */
export interface DecisionInfo {
  by: string;
  at_ms: number;
  is_approval: boolean;
  is_current: boolean;
  note: string;
  is_own: boolean;
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

/** A connection being prepared: who answers, what was read so far, how much is mapped. ``settings`` are without secrets. ``nodes``: read by a scan; ``rows``: in the mapping; ``job``: the one at work. ``link``: the connection into which it was brought as it stands now, "" while that is still to be done. ``undo``, ``redo``: the edits that can be taken back and done again; not told in a list of drafts. */
export interface DraftInfo {
  id: string;
  protocol: string;
  endpoint: string;
  settings: Record<string, string>;
  owner: string;
  made_ms: number;
  peer: string;
  details: Record<string, string>;
  can_browse: boolean;
  nodes: number;
  is_scanned: boolean;
  is_cut: boolean;
  machines: number;
  rows: number;
  included: number;
  link: string;
  job: string | null;
  undo: EditStep | null;
  redo: EditStep | null;
}

/** What became of an edit or of a sheet: taken over as a whole, or not at all where there are faults. ``fault_count`` counts all; ``faults`` shows the first 1,000. */
export interface EditResult {
  is_taken: boolean;
  changed: number;
  faults: SheetFault[];
  fault_count: number;
}

/** One edit of a mapping; ``count``: the rows or machines that it changed. */
export interface EditStep {
  kind: "machine" | "rows" | "sheet" | "suggestion";
  count: number;
}

/** An element of a submodel in a tree: its idShort path, how many are below it, and its live value if it has one. */
export interface ElementInfo {
  path: string;
  id_short: string;
  model_type: string;
  name: Record<string, string>;
  children: number;
  signal: SignalInfo | null;
}

/** Some of the elements below one; ``offset`` counts those before them, ``total`` all. */
export interface ElementPage {
  elements: ElementInfo[];
  offset: number;
  total: number;
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

/** One figure of one element, and how good it is. Attributes: element: machine, buffer or flow. figure: work, transfer, share, scrap; failure, stop, setup, tool_break, tool_change, and each with `.repair`. source: fitted (a family that no test rejects), records (the data themselves), described (the twin's figures), weighed (both). records: how many were seen. mean: in s, parts, or a share. ks_p, ad_p: of the family that was chosen, or of the best that was rejected; see `simulate.Fit`. low, high: where the mean of a life lies with 95 %. */
export interface Estimate {
  element: string;
  figure: string;
  source: "described" | "fitted" | "records" | "weighed";
  records: number;
  mean: number;
  family: string;
  ks_p: number | null;
  ad_p: number | null;
  low: number | null;
  high: number | null;
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

/** One figure that a `ModelChange` of an element may name. Attributes: figure: its name. takes: the field to give: `factor` of the present value, `value`, `share`, a choice (`to`), a `window` (`from_min`, `to_min`), `shifts`, or nothing. present: in `unit`; None where it has no single number. unit: UCUM code; empty for a count. to: of a share: what of; of a choice: among which; of a factor: on what product. */
export interface FigureInfo {
  figure: "capacity" | "closed" | "cycle_time" | "family" | "first_input" | "machines" | "opened" | "pause" | "people" | "repair_time" | "sequence" | "setup_time" | "share" | "shifts" | "stand_in" | "stopped" | "time_to_failure" | "transfer_time" | "travel_time" | "unpaused" | "vehicle_speed" | "vehicles" | "work_factor" | "worked";
  takes: "choice" | "factor" | "nothing" | "share" | "shifts" | "value" | "window";
  present: number | null;
  unit: string;
  to: string[];
}

/** An alarm flood (ISA-18.2): more than 10 alarms in 10 minutes; ``grouped`` priorities belong behind one line each. */
export interface FloodInfo {
  since_ms: number;
  count: number;
  window_ms: number;
  grouped: ("critical" | "high" | "low" | "medium")[];
}

/** A place on which machines may stand; ``key`` is what a machine's area says. */
export interface FloorArea {
  key: string;
  name: Record<string, string>;
  box: FloorBox | null;
}

/** A rectangle on the floor in m: x east, y north. */
export interface FloorBox {
  west: number;
  south: number;
  east: number;
  north: number;
}

/** The floor seen from above. ``bounds`` is null where no building tells how large it is. */
export interface FloorPlan {
  bounds: FloorBox | null;
  areas: FloorArea[];
  things: FloorThing[];
}

/** What stands on the floor; ``machine``: the machine of this draft that it is, "" for another thing. */
export interface FloorThing {
  name: Record<string, string>;
  machine: string;
  box: FloorBox;
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

/** A machine that becomes a shell. Attributes: machine: short name, unique in the draft; rows name it. shell: id of the shell. kind: what its 3D model looks like. nameplate: what its identification says, by field of the Digital Nameplate (IDTA 02006). reason: why it is taken for a machine, in the asker's language. */
export interface FoundMachine {
  machine: string;
  shell: string;
  name: Record<string, string>;
  kind: "cabinet" | "conveyor" | "machine" | "pump" | "robot" | "sensor" | "tank" | "vehicle";
  address: string;
  nameplate: Record<string, string>;
  is_included: boolean;
  rows: number;
  actions: number;
  reason: string;
  area: string;
  x_m: number | null;
  y_m: number | null;
  width_m: number;
  depth_m: number;
}

/** What an order does on a machine without a break. ``machines`` could do it, ``setup_ms`` lies before it. */
export interface GanttBar {
  id: string;
  order: string;
  machine: string;
  start_ms: number;
  end_ms: number;
  quantity: number;
  setup_ms: number;
  operations: string[];
  is_frozen: boolean;
  machines: string[];
}

/** The schedule in force. ``value_s`` of the objective; no schedule is better than ``bound_s``; ``gap`` is their share. */
export interface GanttInfo {
  made_ms: number;
  made_by: string;
  start_ms: number;
  end_ms: number;
  now_ms: number;
  objective: string;
  value_s: number;
  bound_s: number | null;
  gap: number | null;
  engine: string;
  lot_size: number;
  operations: number;
  frozen_until_ms: number | null;
  machines: GanttMachine[];
  bars: GanttBar[];
  orders: GanttOrder[];
}

/** A machine of the schedule; ``closed`` are the times in which it does not work. */
export interface GanttMachine {
  id: string;
  shell: string | null;
  closed: [number, number][];
}

/** When an order ends by the schedule. */
export interface GanttOrder {
  id: string;
  end_ms: number;
  due_ms: number | null;
}

/** Measurements of a gauge study: ``values[appraiser][part][trial]``. */
export interface GaugeStudy {
  values: number[][][];
}

/** A point of the vehicles' road map; ``station`` names what is served there. */
export interface GoalInfo {
  node: string;
  x_m: number;
  y_m: number;
  station: string;
  name: string;
}

/** When a rule means nothing: while a signal is in one of some states ("suppressed by design" of IEC 62682). Attributes: signal: key of a state, a switch (0 off, 1 on) or a whole number. states: the numbers in which the alarm is suppressed. */
export interface Guard {
  signal: string;
  states: number[];
}

/** Sets the language of texts on this connection. */
export interface Hello {
  type: "hello";
  language?: string;
}

/** What an import would do or did, machine by machine: the result of the command ``connect.import``. */
export interface ImportPlan {
  machines: MachinePlan[];
  signals: number;
  actions: number;
  added: number;
  changed: number;
  removed: number;
}

/** Long work: its progress 0…1 and its result. */
export interface JobInfo {
  id: string;
  title: Record<string, string>;
  state: "cancelled" | "done" | "failed" | "interrupted" | "running";
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
  state: "cancelled" | "done" | "failed" | "interrupted" | "running";
  progress: number;
  message: string;
  result: unknown;
  error: ErrorBody | null;
  started_ms: number;
  ended_ms: number | null;
}

/** Something that happened to an alarm; ``evidence`` is the number of the evidence entry where a person did it. */
export interface JournalEntry {
  number: number;
  at_ms: number;
  alarm: string;
  event: string;
  by: string;
  reason: string;
  value: number | null;
  evidence: number | null;
  title: Record<string, string>;
  priority: "critical" | "high" | "low" | "medium";
}

/** A work unit and its figures after ISO 22400-2; the figure's id is `{id}.{kind}`. Attributes: shell: id of the shell it belongs to; null for a whole line. producing: when the unit produces: actual production time (APT). planned: when it is planned to: planned busy time (PBT); null for all time that is known. failed: when it is down by a failure: time to restore. good, reject: rising counters of good and rejected pieces; produced quantity (PQ) is their sum. cycle_s: planned run time per item (PRI), in s. verdict: the signal that judges each piece; its values are the good ones. attempt: counts the attempts at a piece from 1 (first-pass yield looks at first attempts only). energy: a rising meter; its unit is the figure's unit per piece. figures: the figures to show, each with what is usual of it. */
export interface KpiDefinition {
  id: string;
  title: Record<string, string>;
  figures: Record<string, Band>;
  shell: string | null;
  producing: StateTest | null;
  planned: StateTest | null;
  failed: StateTest | null;
  good: string | null;
  reject: string | null;
  cycle_s: number | null;
  verdict: StateTest | null;
  attempt: string | null;
  energy: string | null;
  source: "browser" | "file";
}

/** One figure over a stretch of time. ``why_not``: why there is no value; ``trend``: the stretch in equal parts. */
export interface KpiInfo {
  id: string;
  definition: string;
  kind: string;
  title: Record<string, string>;
  shell: string | null;
  value: number | null;
  unit: string;
  is_abnormal: boolean;
  low: number | null;
  high: number | null;
  why_not: Record<string, string> | null;
  trend: (number | null)[];
}

/** Every figure over a stretch of time. */
export interface KpiList {
  kpis: KpiInfo[];
  start_ms: number;
  end_ms: number;
}

/** One figure in equal parts of a stretch of time. */
export interface KpiTrend {
  start_ms: number[];
  values: (number | null)[];
  unit: string;
}

/** One step of the reason for a figure: formula, value, the clause it follows, and what it is made of. */
export interface KpiWhy {
  label: Record<string, string>;
  value: number | null;
  unit: string;
  formula: string;
  clause: string;
  note: Record<string, string>;
  signal: string | null;
  start_ms: number;
  end_ms: number;
  children: KpiWhy[];
}

/** Writes a signal's value beside the place. */
export interface Label {
  kind: "label";
  signal: string;
}

/** The last forecast of the live line that was made by itself, as `foresight.forecast` answers; None before one. */
export interface LatestForecast {
  every_s: number;
  made_ms: number | null;
  forecast: Record<string, unknown> | null;
}

/** Lights a node while a Boolean signal is true. */
export interface Light {
  kind: "light";
  node: string;
  signal: string;
}

/** A connection and how it is; `ready` of its points are subscribed while it comes up. */
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
  ready: number;
}

/** All connections, where one of them has changed. */
export interface LinksMessage {
  type: "links";
  links: LinkInfo[];
}

/** Returns to the present. */
export interface Live {
  type: "live";
  view: number;
}

/** What to change in a machine; fields left out (null) stay. ``is_spot_free``: the chosen spot is given up for a free one; ``x_m`` and ``y_m`` choose one, both together. */
export interface MachineChange {
  machine: string;
  name?: Record<string, string> | null;
  kind?: "cabinet" | "conveyor" | "machine" | "pump" | "robot" | "sensor" | "tank" | "vehicle" | null;
  is_included?: boolean | null;
  area?: string | null;
  x_m?: number | null;
  y_m?: number | null;
  is_spot_free?: boolean;
}

/** One machine of an import. ``removed``: what is there now and would go. Actions end in ``()``. ``moved``: values that leave the key by which history and rules know them; told as removed and added as well. */
export interface MachinePlan {
  machine: string;
  shell: string;
  name: Record<string, string>;
  state: "changed" | "new" | "same";
  added: string[];
  changed: string[];
  removed: string[];
  moved: MovedValue[];
  signals: number;
  actions: number;
  has_model: boolean;
  place: PlannedPlace | null;
}

/** A new token; ``token`` is shown this once. */
export interface MadeToken {
  token: string;
  info: TokenSummary;
}

/** What a person does and confirms. Attributes: text: what to do, in both languages. changes: what it does to the model, for the rehearsal. */
export interface ManualStep {
  kind: "manual";
  at_ms: number | null;
  only_when: PlanCondition | null;
  wait_until: PlanCondition | null;
  timeout_s: number;
  text: Record<string, string>;
  changes: ModelChange[];
}

/** One row of the mapping: a node and the property that it fills; also one line of the sheet. ``number`` is the row's number, from 1; ``reasons`` say why it is suggested so, in the asker's language. A row of kind ``action`` is something to tell the machine: ``inputs`` are its arguments, ``inverse`` is the ``property`` of the action that takes it back. */
export interface MappingRow {
  number: number;
  is_included: boolean;
  address: string;
  source: string;
  machine: string;
  submodel: string;
  property: string;
  name: Record<string, string>;
  kind: "action" | "array" | "bool" | "double" | "enum" | "int" | "string" | "time";
  unit: string;
  low: number | null;
  high: number | null;
  is_writable: boolean;
  semantic_id: string;
  inputs: ActionInputInfo[];
  inverse: string;
  reasons: string[];
}

/** A product or part: gross and net need and what must be ordered, by period; what is left, and ordered already. From ``short_ms`` on its supplier, with that capacity, cannot deliver what is needed in time; null where it can. */
export interface MaterialItem {
  id: string;
  name: Record<string, string>;
  is_made: boolean;
  stock: number;
  to_come: number;
  lead_time_h: number;
  lots: string;
  capacity_per_day: number | null;
  supplier: string;
  short_ms: number | null;
  gross: number[];
  net: number[];
  orders: number[];
  overdue: number;
}

/** What must be ordered by when; an overdue one would have had to go out before now. */
export interface MaterialOrder {
  item: string;
  name: Record<string, string>;
  quantity: number;
  order_ms: number;
  arrives_ms: number;
  is_overdue: boolean;
}

/** Material requirements of the order book, in periods of ``period_h`` from ``now_ms``. */
export interface MaterialPlan {
  now_ms: number;
  period_h: number;
  periods: number;
  items: MaterialItem[];
  orders: MaterialOrder[];
  receipts: ReceiptInfo[];
}

/** Who is signed in. */
export interface Me {
  id: string;
  name: string;
  scopes: string[];
}

/** One promised figure and what happened; with `is_least` so much or more: it was not over at the end. */
export interface MeasuredInfo {
  id: string;
  happened: number | null;
  state: "broken" | "kept" | "not_yet" | "unknown";
  is_least: boolean;
}

/** The promise beside what happened, over a span of the plant's time. */
export interface MeasurementInfo {
  at_ms: number;
  from_ms: number;
  until_ms: number;
  state: "broken" | "kept" | "not_yet" | "unknown";
  figures: MeasuredInfo[];
}

/** One change of one element. Attributes: element: machine, buffer, fleet, road, repair crew or product; `*` stands for every machine in a pause, in work and in shifts. figure: what changes. A time (cycle, set-up, repair, failure, transfer; travel time of a road) and the speed of vehicles is multiplied by `factor`. A capacity, and a number of vehicles, of people in a crew or of equal machines side by side, becomes `value`. `share` (0 to 1) of what leaves the element goes `to` another. `first_input`: what comes from `to` is served first. `pause`: it does not work from `from_min` to `to_min` minutes after the fork (maintenance, a break); `worked`: it works then, whatever shifts, pauses and planned stops say; `unpaused`: pauses and planned stops in this time are taken away, and shifts stay. `shifts`: it works in these hours of every day ("06:00-14:00") by the clock of the time zone `zone`, that of the plant when left out, and pauses stay. `stopped` needs nothing more: it works no more, and what is on it waits. Nor does `closed` (nobody drives on a road, where there is another way) and `opened`. `stand_in`: the machine `to` does its work as well, which takes `factor` times as long there. `sequence`: at the machine at which pieces are begun, these `runs` are begun next. `work_factor`: the machine works `factor` times as long on the product `to` as it did. `family`: the product is of the set-up family of the product `to`, and of one of its own where that is itself. */
export interface ModelChange {
  element: string;
  figure: "capacity" | "closed" | "cycle_time" | "family" | "first_input" | "machines" | "opened" | "pause" | "people" | "repair_time" | "sequence" | "setup_time" | "share" | "shifts" | "stand_in" | "stopped" | "time_to_failure" | "transfer_time" | "travel_time" | "unpaused" | "vehicle_speed" | "vehicles" | "work_factor" | "worked";
  factor: number | null;
  value: number | null;
  share: number | null;
  to: string | null;
  from_min: number | null;
  to_min: number | null;
  shifts: string[] | null;
  zone: string | null;
  runs: Run[] | null;
}

/** A value that would live elsewhere: `Submodel.path` now and after the import. */
export interface MovedValue {
  from: string;
  to: string;
}

/** Where to connect, and the settings of the protocol by name; secrets are kept in a file of the server's owner alone until the draft is discarded. */
export interface NewDraft {
  endpoint: string;
  settings?: Record<string, string>;
}

/** A request for an API token. */
export interface NewToken {
  name: string;
  scopes: string[];
  days?: number;
}

/** An operator's note on an alarm. */
export interface NoteInfo {
  at_ms: number;
  by: string;
  text: string;
}

/** The order book, the products that can be ordered, the machines of the line and their planned stops. ``is_told``: the line's controller takes job orders, and makes those that it was told rather than the book. */
export interface OrderBook {
  now_ms: number;
  orders: OrderInfo[];
  products: OrderedProduct[];
  machines: string[];
  stops: StopInfo[];
  is_told: boolean;
}

/** One order of the book, in its sequence; ``done`` pieces of it are made. Times in ms since 1970. */
export interface OrderInfo {
  id: string;
  product: string;
  quantity: number;
  done: number;
  release_ms: number | null;
  due_ms: number | null;
  priority: number;
  customer: string;
}

/** A product that can be ordered. */
export interface OrderedProduct {
  id: string;
  name: Record<string, string>;
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

/** The operating characteristic of a single sampling plan (ISO 2859-1): accepted share by share nonconforming. */
export interface PlanAnswer {
  n: number;
  ac: number;
  nonconforming: number[];
  accepted: number[];
}

/** A signal compared with a bound: `signal` `test` `value`, for a time without a break. A value that is not of good quality (uncertain, bad, or none yet) makes the condition neither true nor false. Attributes: signal: key of the signal, `{submodel id}#{idShort path}`. value: in the signal's own unit; texts and truth values are only equal or not. for_s: how long it must have held. */
export interface PlanCondition {
  signal: string;
  test: "!=" | "<" | "<=" | "=" | ">" | ">=";
  value: boolean | number | string;
  for_s: number;
}

/** One plan, as it is stored, approved and exchanged. */
export interface PlanContent {
  title: string;
  steps: (CommandStep | ManualStep)[];
  format: "xushi-plan/1";
  description: string;
  guards: PlanGuard[];
  promise: PlanPromise | null;
  origin: PlanOrigin | null;
}

/** A condition that must not come true while the plan runs, like an interlock. Attributes: condition: once it held for its time, or could not be told for that time, the plan reacts. effect: `suspend` pauses the plan; `abort` ends it. Where it cannot be told, the plan only pauses. */
export interface PlanGuard {
  condition: PlanCondition;
  effect: "abort" | "suspend";
  note: Record<string, string>;
}

/** A whole plan; `digest` is what a decision pins, `job` carries it out. */
export interface PlanInfo {
  line: PlanLine;
  content: PlanContent;
  digest: string;
  revision: number;
  made_ms: number;
  changed_by: string;
  decisions: DecisionInfo[];
  approval: ErrorBody | null;
  steps: StepRunInfo[];
  run_by: string;
  began_ms: number | null;
  ended_ms: number | null;
  reason: ErrorBody | null;
  job: string;
  measurement: MeasurementInfo | null;
}

/** A plan in the list. */
export interface PlanLine {
  id: string;
  title: string;
  state: "aborted" | "approved" | "done" | "draft" | "paused" | "rejected" | "rolled_back" | "rolling_back" | "running" | "stopped";
  steps: number;
  settled: number;
  made_by: string;
  changed_ms: number;
  promise: "" | "broken" | "kept" | "not_yet" | "promised" | "unknown";
  can_approve: boolean;
}

/** Where the promise comes from: fork, model, chance and data. Attributes: timeline: the timeline that was forked. fork_ms: the instant of the fork, ms since 1970, UTC. branch: the branch that the plan was made from; empty for none. schedule: the schedule that it was made from. contingency: the rehearsed breakdown that it answers; empty for none. model_sha256: of the canonical JSON of the model without the plan's changes. data_from_ms, data_until_ms: span of the records that the model was estimated from. not_modelled: numbers of the steps, from 1, whose effect the model does not know. */
export interface PlanOrigin {
  timeline: string;
  fork_ms: number;
  branch: string;
  schedule: ScheduleOrigin | null;
  contingency: string;
  model_sha256: string;
  seed: number;
  data_from_ms: number | null;
  data_until_ms: number | null;
  not_modelled: number[];
}

/** What the plan will bring over `span_s` seconds from the start of its execution on. Attributes: level: with what probability all figures are kept together, by the rehearsed futures; None where nobody said. locks: left out where no future locked, so that a plan that was approved before this was told stays approved. */
export interface PlanPromise {
  span_s: number;
  replications: number;
  level: number | null;
  figures: PromisedFigure[];
  locks?: PromisedLocks;
}

/** Where a machine comes to stand: on the floor in m, x east, y north. ``beside``: names of what stood at the chosen spot; the machine was then moved away by ``shifted_m``. ``is_move``: it stands somewhere else now. */
export interface PlannedPlace {
  x_m: number;
  y_m: number;
  area: Record<string, string> | null;
  is_chosen: boolean;
  is_move: boolean;
  shifted_m: number;
  beside: Record<string, string> | null;
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

/** The nodes whose present values are asked for. */
export interface PreviewOf {
  addresses: string[];
}

/** A value as it is now; ``text`` says why there is none. ``is_good``: its status code is of severity Good. */
export interface PreviewValue {
  address: string;
  value: unknown;
  time_ms: number | null;
  quality: number;
  is_good: boolean;
  text: string;
}

/** One figure that is promised. Attributes: id: as in a comparison, e.g. `plant.good`. mean, low, high: over the replications, with the 95 % interval of the mean. band_low, band_high: what happens is measured against the worse of these ends. They are as far out as it takes for all figures of the promise together to hold with its `level`. without: the mean without the plan. gain, gain_low, gain_high: what the plan changes, with its 95 % interval (common random numbers). */
export interface PromisedFigure {
  id: string;
  mean: number | null;
  low: number | null;
  high: number | null;
  band_low: number | null;
  band_high: number | null;
  without: number | null;
  gain: number | null;
  gain_low: number | null;
  gain_high: number | null;
}

/** In how many of the rehearsed futures something can never go on by itself. Attributes: count, futures: so many of all of them. low, high: 95 % interval of the share, 0 to 1. text, repair: that with who waits for whom, and what could be done, in both languages. */
export interface PromisedLocks {
  count: number;
  futures: number;
  low: number;
  high: number;
  text: Record<string, string>;
  repair: Record<string, string>;
}

/** A command that waits for a person with the right to confirm or reject it. */
export interface ProposalInfo {
  id: string;
  command: string;
  params: Record<string, unknown>;
  why: string;
  by: string;
  made_ms: number;
  expires_ms: number;
  state: "confirmed" | "expired" | "pending" | "rejected";
  decided_by: string;
  decided_ms: number | null;
  plan: Record<string, unknown>;
  outcome: string;
  error: ErrorBody | null;
  right: string;
  can_decide: boolean;
}

/** A write that waits, or waited, for its machine. */
export interface QueuedWriteInfo {
  id: string;
  signal: string;
  link: string;
  value: unknown;
  actor: string;
  queued_ms: number;
  until_ms: number;
  state: "delivered" | "expired" | "queued" | "refused" | "sending" | "unknown";
  ended_ms: number;
  error: ErrorBody | null;
}

/** So many pieces of a material come, or came: somebody stated it. */
export interface ReceiptInfo {
  id: string;
  material: string;
  quantity: number;
  at_ms: number;
  note: string;
}

/** Records that changed: places whole, shells, submodels and links by key only (their value is null). */
export interface RecordsMessage {
  type: "records";
  diff: DiffInfo;
}

/** One file of a report, to be fetched from `/api/reports/{id}/files/{sha256}`. */
export interface ReportFile {
  name: string;
  language: string;
  format: string;
  sha256: string;
  size: number;
}

/** A report: ordered, made, failed or cancelled. `job` is the long work that makes it. */
export interface ReportInfo {
  id: string;
  title: Record<string, string>;
  state: "cancelled" | "failed" | "made" | "ordered";
  start_ms: number;
  end_ms: number;
  zone: string;
  timeline: string;
  line: string;
  ordered_ms: number;
  ordered_by: string;
  made_ms: number | null;
  schedule: string;
  job: string | null;
  files: ReportFile[];
  error: ErrorBody | null;
}

/** Shift calendar, schedules, chapters, and the fingerprint of the key that signs. */
export interface ReportSetup {
  zone: string;
  shifts: ShiftInfo[];
  is_calendar_set: boolean;
  schedules: ScheduleInfo[];
  sections: SectionInfo[];
  fingerprint: string;
}

/** What to change in rows; fields left out (null) stay. ``numbers`` empty: every row that fits ``q``/``machine``. What an action does not have (submodel, kind, unit, writing) stays as it is there; only actions have ``inverse``. */
export interface RowChange {
  numbers?: number[];
  q?: string;
  machine?: string;
  is_included?: boolean | null;
  to_machine?: string | null;
  submodel?: string | null;
  property?: string | null;
  name?: Record<string, string> | null;
  kind?: "array" | "bool" | "double" | "enum" | "int" | "string" | "time" | null;
  unit?: string | null;
  is_writable?: boolean | null;
  semantic_id?: string | null;
  inverse?: string | null;
}

/** Some rows; ``total`` counts those that fit the question, ``included`` those to be imported of all. */
export interface RowPage {
  rows: MappingRow[];
  total: number;
  included: number;
}

/** A JSON-RPC 2.0 answer: a result or an error. */
export interface RpcAnswer {
  jsonrpc: string;
  id: number | string | null;
  result: Record<string, unknown> | null;
  error: RpcError | null;
}

/** A JSON-RPC 2.0 error; ``data`` may hold what, why and what to do next. */
export interface RpcError {
  code: number;
  message: string;
  data: unknown;
}

/** One alarm rule on one signal; its alarm has the same id. Attributes: signal: key of the signal, `{submodel id}#{idShort path}`. condition: `above`, `below` the limit; `deviation` from the target by more than the limit; `rate` of change beyond the limit, in units a second; `equal`, `not_equal` to the limit (a state's number); `is_true`, `is_false`; `bad_quality`; `stale` for longer than the limit in seconds. limit: in the signal's unit; null where the condition needs none. target: the set value of `deviation`. target_signal: key of the signal that is the set value of `deviation`, instead of `target`. suppress_while: while it holds, the alarm is suppressed by design and raises nothing; afterwards a condition that is still there raises it, once the on-delay has passed. deadband: how far back the value must come before the condition ends (IEC 62682, 10.5), in the signal's unit. on_delay_s, off_delay_s: how long the condition must hold, or be gone, before it counts. is_latched: the alarm stays until a person resets it, also after the condition has gone. is_enabled: a rule that is not enabled is out of service. */
export interface Rule {
  id: string;
  signal: string;
  condition: "above" | "bad_quality" | "below" | "deviation" | "equal" | "is_false" | "is_true" | "not_equal" | "rate" | "stale";
  title: Record<string, string>;
  limit: number | null;
  target: number | null;
  target_signal: string | null;
  suppress_while: Guard | null;
  deadband: number;
  on_delay_s: number;
  off_delay_s: number;
  priority: "critical" | "high" | "low" | "medium";
  is_latched: boolean;
  is_enabled: boolean;
  text: Record<string, string>;
  consequence: Record<string, string>;
  action: Record<string, string>;
  source: "browser" | "file";
}

/** One time a rule would have been in alarm; ``peak`` is the value farthest from normal. */
export interface RuleEpisode {
  start_ms: number;
  end_ms: number | null;
  peak: number | null;
}

/** A rule to try on the recorded past. */
export interface RuleTrial {
  rule: Rule;
  start_ms: number;
  end_ms: number;
  timeline?: string;
}

/** What a rule would have done: how often raised, the episodes (first 1,000), over how many values. */
export interface RuleTrialAnswer {
  raised: number;
  episodes: RuleEpisode[];
  sampled: number;
}

/** Every alarm rule and KPI definition. */
export interface RulesAnswer {
  rules: Rule[];
  kpis: KpiDefinition[];
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

/** The schedule in force; null before one was made. */
export interface ScheduleAnswer {
  schedule: GanttInfo | null;
}

/** A schedule of reports, and when the next is due. */
export interface ScheduleInfo {
  id: string;
  when: Record<string, unknown>;
  content: Record<string, unknown>;
  enabled: boolean;
  next_ms: number | null;
}

/** The schedule that a plan was made from. Attributes: made_ms, made_by: when it was found, and by whom. problem_sha256: of the canonical JSON of the problem that was solved. solver: the engine that found it. value_s, bound_s: of its objective; no schedule of the problem is better than the bound, where one is known. data_from_ms, data_until_ms: span of the records that its times were estimated from. */
export interface ScheduleOrigin {
  made_ms: number;
  made_by: string;
  problem_sha256: string;
  solver: string;
  value_s: number;
  bound_s: number | null;
  data_from_ms: number | null;
  data_until_ms: number | null;
}

/** A chapter that a report can have. */
export interface SectionInfo {
  id: string;
  title: Record<string, string>;
}

/** Shows one past instant. */
export interface Seek {
  type: "seek";
  view: number;
  timeline: string;
  at_ms: number;
}

/** A server's certificate, where it was first met, and what was decided. */
export interface ServerCertificateInfo {
  card: CertificateCard;
  place: string;
  first_seen_ms: number;
  state: "held" | "rejected" | "trusted";
}

/** A fault in a sheet or an edit: row (as the spreadsheet counts, header is 1), column, what, how to repair. */
export interface SheetFault {
  row: number;
  column: string;
  value: string;
  what: string;
  repair: string;
}

/** Who put an alarm aside, until when and why. */
export interface ShelvedInfo {
  by: string;
  at_ms: number;
  until_ms: number;
  reason: string;
}

/** A shift of every day, by its local times. */
export interface ShiftInfo {
  id: string;
  name: Record<string, string>;
  start: string;
  end: string;
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

/** Signals; ``total`` counts those that fit the question, ``registered`` those that there are. */
export interface SignalList {
  signals: SignalInfo[];
  total: number;
  registered: number;
}

/** Signals asked for by their key or handle; unknown ones are left out of the answer. */
export interface SignalNames {
  keys?: string[];
  handles?: number[];
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

/** Control charts of one signal and its capability. ``used`` values went in; ``why_not`` where there are too few. */
export interface SpcAnswer {
  chart: string;
  subgroup: number;
  unit: string;
  used: number;
  panels: SpcPanel[];
  capability: SpcCapability | null;
  why_not: Record<string, string> | null;
  truncated: boolean;
}

/** Capability of the process; ``sigma`` is within subgroups, ``sigma_total`` over all; null without limits. */
export interface SpcCapability {
  cp: number | null;
  cpk: number | null;
  pp: number | null;
  ppk: number | null;
  mean: number;
  sigma: number;
  sigma_total: number;
  lsl: number | null;
  usl: number | null;
  n: number;
}

/** One control chart: a limit for every point (they vary where subgroups do); null where a limit is undefined. */
export interface SpcPanel {
  name: string;
  centre: (number | null)[];
  lower: (number | null)[];
  upper: (number | null)[];
  x_ms: number[];
  values: (number | null)[];
  violations: SpcViolation[];
}

/** A point that breaks Nelson's rules 1 to 8. */
export interface SpcViolation {
  index: number;
  rules: number[];
}

/** Import a draft, or show what that would do. */
export interface StartImport {
  dry_run?: boolean;
  reason?: string;
}

/** A state signal and the values that count, e.g. MachineryItemState (OPC 40001-1) with 3, Executing. */
export interface StateTest {
  signal: string;
  values: number[];
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

/** How far one step is, and how its inverse went. */
export interface StepRunInfo {
  state: "asked" | "done" | "failed" | "pending" | "sending" | "skipped" | "unknown" | "waiting";
  began_ms: number | null;
  ended_ms: number | null;
  command_id: string;
  is_undoable: boolean;
  error: ErrorBody | null;
  undo: "" | "by_hand" | "done" | "failed" | "none" | "sending" | "unknown";
  confirmed_by: string;
  note: string;
}

/** A planned stop of a machine. */
export interface StopInfo {
  id: string;
  machine: string;
  start_ms: number;
  end_ms: number;
  reason: string;
}

/** A submodel in the tree; its name is empty where it has none beside its idShort. */
export interface SubmodelSummary {
  id: string;
  idShort: string;
  semanticId: string;
  name: Record<string, string>;
}

/** Who suppressed an alarm, and why; ``guard`` is set, and nobody is named, where its rule's design did. */
export interface SuppressedInfo {
  by: string;
  at_ms: number;
  reason: string;
  guard: Guard | null;
}

/** A run of time that can be shown. ``end_ms`` is null while it still grows; a branch has a parent. */
export interface TimelineInfo {
  id: string;
  kind: "branch" | "live" | "recorded";
  title: Record<string, string>;
  start_ms: number;
  end_ms: number | null;
  parent: string | null;
  fork_ms: number | null;
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

/** A vehicle that speaks VDA 5050, for ``agv.order``. ``signal_node`` tells where it stands, -1 for unknown. */
export interface VehicleInfo {
  shell: string;
  serial: string;
  manufacturer: string;
  link: string;
  signal_node: number;
  signal_order: number;
}

/** All vehicles and where they can be sent. */
export interface VehicleList {
  vehicles: VehicleInfo[];
  goals: GoalInfo[];
}

/** An early warning: `place` (an order or a machine), when it will come, and the reason. ``text`` and ``repair`` read as of now, in every language; ``over_ms`` is None while it holds. */
export interface WarningInfo {
  id: string;
  code: string;
  place: string;
  text: Record<string, string>;
  repair: Record<string, string>;
  at_ms: number;
  spread_s: number;
  probability: number;
  culprit: string;
  cause: string;
  raised_ms: number;
  over_ms: number | null;
  hidden_by: string;
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
  | Ask
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
  | AnswerMessage
  | ErrorMessage
  | JobMessage
  | LinksMessage
  | OutcomeMessage
  | RecordsMessage
  | SignalsMessage
  | Welcome;
