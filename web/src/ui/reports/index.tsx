// The reports: made for a shift or a span, listed with their files and seals, and made by themselves on schedule.
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { useText } from "../../i18n";
import { useAnswer, useAnswerWhile, useChangedRecords, useShownBranch, type ReportInfo, type ReportSetup } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { MakeForm } from "./_MakeForm";
import { ReportList } from "./_ReportList";
import { Schedules } from "./_Schedules";
import { Shifts } from "./_Shifts";
import css from "./reports.module.css";

const isBeingMade = (reports: ReportInfo[]) => reports.some((report) => report.state === "ordered");

export default function ReportsPanel() {
  const text = useText();
  const [count, again] = useChangedRecords(["report", "report_schedule", "shift_calendar", "branch"]);
  const reports = useAnswerWhile<ReportInfo[]>("/api/reports", count, isBeingMade);
  const setup = useAnswer<ReportSetup>("/api/report-setup", count);
  const branch = useShownBranch();
  // A branch has shifts of its own; reports and their schedules are those of the plant.
  const ofBranch = useAnswer<ReportSetup>(branch === null ? null : `/api/report-setup?timeline=${encodeURIComponent(branch.id)}`, count);
  const worked = branch === null ? setup.data : ofBranch.data;
  const [page, setPage] = useState<"make" | "setup">("make");
  const error = reports.error ?? setup.error ?? ofBranch.error;
  if (error) return <ErrorNote error={error} onRetry={again} />;
  if (!reports.data || !setup.data) return <LoadingNote />;
  return (
    <section className={css.panel} aria-label={text("reports.title")}>
      <div className={css.side}>
        <SegmentedControl
          className={css.pages}
          aria-label={text("reports.title")}
          value={page}
          onChange={(value) => setPage(value as typeof page)}
          data={[
            { value: "make", label: text("reports.make") },
            { value: "setup", label: text("reports.setup") },
          ]}
        />
        {page === "make" ? (
          <MakeForm setup={setup.data} onOrdered={again} />
        ) : (
          <>
            <Schedules setup={setup.data} onChange={again} />
            {worked ? <Shifts key={`${branch?.id ?? ""} ${JSON.stringify(worked.shifts)} ${worked.zone}`} setup={worked} onSaved={again} /> : <LoadingNote />}
          </>
        )}
      </div>
      <div className={css.main} tabIndex={0} role="region" aria-label={text("reports.made")}>
        {reports.data.length === 0 ? (
          <EmptyNote icon="file" title={text("reports.empty")}>
            {text("reports.emptyHint")}
          </EmptyNote>
        ) : (
          <ReportList reports={reports.data} onChange={again} />
        )}
        <p className={css.key}>
          {text("reports.key")}
          <br />
          {text("reports.fingerprint")} <code>{setup.data.fingerprint}</code>
        </p>
      </div>
    </section>
  );
}
