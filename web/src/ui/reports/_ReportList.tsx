// The reports: being made with their progress, made with their files and seal, failed with the reason.
import { ActionIcon, Progress } from "@mantine/core";
import { formatBytes, formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { actorName, stopJob, useConnection, useSession, type ReportInfo } from "../live";
import { languageName, zonedSpan } from "./_words";
import css from "./reports.module.css";

function Row({ report, onChange }: { report: ReportInfo; onChange(): void }) {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const { api } = useSession();
  const job = useConnection((connection) => connection.jobs.find((each) => each.id === report.job));
  const title = localName(report.title, language, report.id);
  const percent = Math.round((job?.progress ?? 0) * 100);
  const isWaiting = report.state === "ordered";
  const state = isWaiting && job ? text("reports.state.running", { percent }) : text(`reports.state.${report.state}`);
  const address = `/api/reports/${encodeURIComponent(report.id)}`;
  const cancel = () => {
    if (report.job) stopJob(api, report.job).then(onChange, tools.tellError);
  };
  return (
    <li className={css.report}>
      <div className={css.reportText}>
        <b>{title}</b>
        <span>{zonedSpan(report.start_ms, report.end_ms, report.zone)}</span>
        <span>
          {report.schedule ? text("reports.bySchedule", { at: formatDateTime(report.ordered_ms, language) }) : text("reports.by", { name: actorName(report.ordered_by, text), at: formatDateTime(report.ordered_ms, language) })}
        </span>
        {report.error ? (
          <span className={css.bad}>
            <Icon name="error" size={13} /> {report.error.what} {report.error.why} {report.error.next}
          </span>
        ) : null}
        {isWaiting ? <Progress value={Math.max(3, percent)} aria-label={`${title}: ${state}`} /> : null}
      </div>
      <div className={css.reportTools}>
        <span className={css.state} data-bad={report.state === "failed" || undefined}>
          {state}
        </span>
        {isWaiting ? (
          <ActionIcon aria-label={text("reports.cancel", { title })} onClick={cancel} disabled={!report.job}>
            <Icon name="close" size={14} />
          </ActionIcon>
        ) : (
          <ActionIcon aria-label={text("reports.remove", { title })} onClick={() => void tools.run("report.remove", { id: report.id }).then(onChange)}>
            <Icon name="trash" size={14} />
          </ActionIcon>
        )}
      </div>
      {report.files.length > 0 ? (
        <div className={css.files}>
          {report.files.map((file) => (
            <a key={file.sha256 + file.name} className={css.file} href={`${address}/files/${file.sha256}`} download={file.name}>
              <Icon name="download" size={13} />
              {file.format.toUpperCase()} {languageName(file.language)}
              <span>{formatBytes(file.size, language)}</span>
              <span className="x-visually-hidden">{title}</span>
            </a>
          ))}
          <a className={css.file} href={`${address}/seal`} download aria-label={text("reports.sealOf", { title })}>
            <Icon name="seal" size={13} />
            {text("reports.seal")}
          </a>
        </div>
      ) : null}
    </li>
  );
}

export function ReportList({ reports, onChange }: { reports: readonly ReportInfo[]; onChange(): void }) {
  const text = useText();
  return (
    <ul className={css.list} aria-label={text("reports.title")}>
      {reports.map((report) => (
        <Row key={report.id} report={report} onChange={onChange} />
      ))}
    </ul>
  );
}
