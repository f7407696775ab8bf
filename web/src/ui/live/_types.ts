// The JSON shapes that the panels read, as the server declares them, and the codes of signal kinds.
export type {
  ActionInfo,
  ActionInputInfo,
  BranchEdit,
  BranchFigures,
  BranchInfo,
  BranchSummary,
  BucketColumns,
  CertificateCard,
  CertificateList,
  Changeable,
  CommandInfo,
  ContingencyInfo,
  ConnectNode,
  ConnectNodes,
  ConnectProtocol,
  ConnectSetting,
  ConnectorInfo,
  DiagnosisInfo,
  DiffInfo,
  DraftInfo,
  EditResult,
  EditStep,
  ElementInfo,
  ElementPage,
  EngineInfo,
  EngineStep,
  EngineSummary,
  ErrorBody,
  EvidenceInfo,
  GanttBar,
  GanttInfo,
  GoalInfo,
  FigureInfo,
  FloorPlan,
  FoundMachine,
  ImportPlan,
  JobInfo,
  LinkInfo,
  MachineChange,
  MachinePlan,
  MappingRow,
  MaterialPlan,
  Me,
  OrderBook,
  OrderInfo,
  OutcomeInfo,
  Place,
  PlannedPlace,
  PreviewValue,
  RowChange,
  RowPage,
  QueuedWriteInfo,
  ProposalInfo,
  SampleRows,
  ScheduleAnswer,
  ServerCertificateInfo,
  SheetFault,
  SignalInfo,
  SignalList,
  Status,
  SubmodelSummary,
  TimelineInfo,
  TwinSummary,
  LatestForecast,
  VehicleInfo,
  VehicleList,
  WarningInfo,
} from "../../protocol/generated";

export const KIND = { DOUBLE: 0, INT: 1, BOOL: 2, ENUM: 3, TIME: 4, STRING: 5, ARRAY: 6 } as const;

/** What the panels understand of a command's JSON Schema (2020-12). */
export interface JsonSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  writeOnly?: boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
}
