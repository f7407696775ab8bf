// What was done: every command with who, when, why and what came of it, and the way to take it back.
import { ActionIcon, Button } from "@mantine/core";
import { Fragment, useState } from "react";
import { formatDateTime, localName, useLanguage, useText, type TextKey } from "../../i18n";
import { useActionTools } from "../actions";
import { Icon } from "../icons";
import { actorName, useAnswer, useAnyChange, usePlant, type EvidenceInfo } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { fits, NO_FILTER, useLines, type Filter } from "./_entries";
import { Filters } from "./_Filters";
import { Proposals } from "./_Proposals";
import css from "./activity.module.css";

const REFRESH_MS = 10_000;
const MOST_ENTRIES = 1000;
const MOST_ROWS = 300;

const KNOWN_STATES = ["done", "failed", "unknown", "started", "planned"];

function StateText({ state }: { state: string }) {
  const text = useText();
  const isBad = state === "failed" || state === "unknown";
  return (
    <span className={css.state} data-bad={isBad || undefined}>
      {isBad ? <Icon name={state === "failed" ? "error" : "uncertain"} size={13} /> : null}
      {KNOWN_STATES.includes(state) ? text(`activity.state.${state}` as TextKey) : state}
    </span>
  );
}

export default function ActivityPanel() {
  const text = useText();
  const language = useLanguage();
  const tools = useActionTools();
  const commands = usePlant((plant) => plant.commands);
  const [refresh, again] = useAnyChange(REFRESH_MS);
  const { data, error, isLoading } = useAnswer<EvidenceInfo[]>(`/api/evidence?limit=${MOST_ENTRIES}`, refresh);
  const [opened, setOpened] = useState<number | null>(null);
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const lines = useLines(data);
  const shown = lines.filter((line) => fits(line, filter));
  const titleOf = (entry: EvidenceInfo) => localName(commands.find((command) => command.name === entry.command)?.title, language, entry.command);
  const undo = async (entry: EvidenceInfo) => {
    await tools.undoOne(entry.command_id);
    again();
  };

  if (error) return <ErrorNote error={error} onRetry={again} />;
  if (!data && isLoading) return <LoadingNote />;
  if (lines.length === 0) {
    return (
      <EmptyNote icon="activity" title={text("activity.empty")}>
        {text("activity.emptyHint")}
      </EmptyNote>
    );
  }
  return (
    <section className={css.panel} aria-label={text("activity.title")} tabIndex={0}>
      <Proposals />
      <Filters lines={lines} filter={filter} onChange={setFilter} />
      <p className={css.count} role="status">
        {shown.length === 0 ? text("activity.noneFits") : text("activity.count", { count: shown.length, all: lines.length })}
      </p>
      <table className={css.table}>
        <thead>
          <tr>
            <th scope="col">{text("activity.when")}</th>
            <th scope="col">{text("activity.who")}</th>
            <th scope="col">{text("activity.what")}</th>
            <th scope="col">{text("activity.why")}</th>
            <th scope="col">{text("activity.outcome")}</th>
            <th scope="col">
              <span className="x-visually-hidden">{text("activity.tools")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.slice(0, MOST_ROWS).map(({ entry, reason, state, why, target, endedBy }) => (
            <Fragment key={entry.number}>
              <tr>
                <td className={css.when}>{formatDateTime(entry.at_ms, language)}</td>
                <td className={css.who}>{actorName(entry.actor, text)}</td>
                <td className={css.what}>
                  <span>
                    {entry.entry["undoes"] ? text("activity.undoOf", { command: titleOf(entry) }) : titleOf(entry)}
                    <span className={css.target}> {target}</span>
                  </span>
                </td>
                <td data-empty={reason ? undefined : true}>{reason || "–"}</td>
                <td>
                  <StateText state={state} />
                  {why ? <span className={css.refusal}>{why}</span> : null}
                </td>
                <td className={css.tools}>
                  {entry.is_undoable ? (
                    <Button variant="subtle" size="compact-sm" onClick={() => void undo(entry)} aria-label={text("activity.undoOne", { command: titleOf(entry), number: entry.number })}>
                      {text("command.undo")}
                    </Button>
                  ) : null}
                  <ActionIcon
                    aria-label={text("activity.details", { number: entry.number })}
                    aria-expanded={opened === entry.number}
                    onClick={() => setOpened(opened === entry.number ? null : entry.number)}
                  >
                    <Icon name="down" size={13} />
                  </ActionIcon>
                </td>
              </tr>
              {opened === entry.number ? (
                <tr className={css.detail}>
                  <td colSpan={6}>
                    <p>{text("activity.number", { number: entry.number })}</p>
                    <pre tabIndex={0}>{JSON.stringify(entry.entry, null, 2)}</pre>
                    <a href={`/api/evidence/${entry.number}/proof`} target="_blank" rel="noreferrer">
                      {text("activity.proof")}
                    </a>
                    {endedBy === null ? null : (
                      <a href={`/api/evidence/${endedBy}/proof`} target="_blank" rel="noreferrer">
                        {text("activity.proofOfOutcome")}
                      </a>
                    )}
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}
