// What happened to alarms and who did what, each with the way to its evidence.
import { useMemo } from "react";
import { formatDateTime, localName, useLanguage, useText } from "../../i18n";
import { actorName, useAnswer, useCoarseInstant, usePlant, useSteadyAnswer, useTime, type JournalEntry, type RulesAnswer } from "../live";
import { PriorityMark } from "../marks";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import { RANGES_MS, useUi } from "../state";
import css from "./alarms.module.css";
import { readingText } from "./_model";
import { useEventText } from "./_words";

const REFRESH_MS = 5000;
const MOST = 500;

/** The newest first; of one alarm where `alarm` names it. */
export function useJournal(alarm: string | null) {
  const range = useUi((state) => state.range);
  const timeline = useTime((time) => time.timeline);
  const end = useCoarseInstant(REFRESH_MS);
  const only = alarm === null ? "" : `&alarm=${encodeURIComponent(alarm)}`;
  const path = end === null ? null : `/api/alarms/journal?timeline=${encodeURIComponent(timeline)}&start_ms=${end - RANGES_MS[range]}&end_ms=${end}&limit=${MOST}${only}`;
  return useSteadyAnswer<JournalEntry[]>(path);
}

/** The value of an entry as its signal says it; as a number where the rule is gone. */
function useEntryValue(): (entry: JournalEntry) => string | null {
  const text = useText();
  const language = useLanguage();
  const rules = useAnswer<RulesAnswer>("/api/rules").data?.rules;
  const byKey = usePlant((plant) => plant.byKey);
  return useMemo(() => {
    const ruleOf = new Map((rules ?? []).map((rule) => [rule.id, rule]));
    return ({ alarm, value }) => {
      const rule = ruleOf.get(alarm);
      return value === null ? null : readingText(value, rule?.condition, rule && byKey.get(rule.signal), language, text);
    };
  }, [rules, byKey, language, text]);
}

export function JournalTable({ entries, isOfOne = false }: { entries: readonly JournalEntry[]; isOfOne?: boolean }) {
  const text = useText();
  const language = useLanguage();
  const eventText = useEventText();
  const valueOf = useEntryValue();
  return (
    <table className={css.journal}>
      <thead>
        <tr>
          <th scope="col">{text("alarms.column.since")}</th>
          {isOfOne ? null : <th scope="col">{text("alarms.column.text")}</th>}
          <th scope="col">{text("alarms.event")}</th>
          <th scope="col">{text("alarms.who")}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry, index) => (
          <tr key={`${entry.at_ms}-${entry.alarm}-${entry.event}-${index}`}>
            <td className={css.when}>{formatDateTime(entry.at_ms, language)}</td>
            {isOfOne ? null : (
              <td>
                <span className={css.journalTitle}>
                  <PriorityMark priority={entry.priority} isQuiet size={14} />
                  {localName(entry.title, language, entry.alarm)}
                </span>
              </td>
            )}
            <td>
              {eventText(entry)}
              {entry.value === null ? null : <span className={css.unit}> {valueOf(entry)}</span>}
              {entry.reason ? <span className={css.reason}>{entry.reason}</span> : null}
            </td>
            <td>
              {actorName(entry.by, text) || text("alarms.bySystem")}
              {entry.evidence === null ? null : (
                <a className={css.evidence} href={`/api/evidence/${entry.evidence}/proof`} target="_blank" rel="noreferrer">
                  {text("alarms.evidence", { number: entry.evidence })}
                </a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Journal() {
  const text = useText();
  const { data, error } = useJournal(null);
  if (error && !data) return <ErrorNote error={error} />;
  if (!data) return <LoadingNote />;
  if (data.length === 0) {
    return (
      <EmptyNote icon="activity" title={text("alarms.journalEmpty")}>
        {text("alarms.journalEmptyHint")}
      </EmptyNote>
    );
  }
  return (
    <div className={css.journalScroller} tabIndex={0} role="group" aria-label={text("alarms.journal")}>
      <JournalTable entries={data} />
    </div>
  );
}
