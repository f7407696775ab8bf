// The shapes of reports and backups, as the server declares them.
export type { BackupInfo, ReportFile, ReportInfo, ReportSetup, ScheduleInfo, SectionInfo, ShiftInfo } from "../../protocol/generated";

/** When a schedule makes its report. */
export interface ScheduleTimes {
  every: "shift" | "day" | "week";
  at: string;
  weekday: number;
  shifts: string[];
}

/** What a report is about and in which form. */
export interface ReportContent {
  line: string;
  languages: string[];
  formats: string[];
  signals: string[];
  sections: string[];
}
