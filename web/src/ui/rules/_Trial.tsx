// Tries a rule against the recorded past: how often it would have raised, and when; the limit is set by clicking into the trend.
import { Suspense, useEffect, useMemo, useState } from "react";
import { formatDateTime, formatDuration, formatNumber, localName, useLanguage, useText } from "../../i18n";
import { PlotChart, type ChartData } from "../charts";
import { KIND, toEdges, unitText, useAnswer, useCoarseInstant, usePlant, useSession, useTime, type BucketColumns, type RuleTrialAnswer } from "../live";
import { ErrorNote, LoadingNote } from "../notes";
import { RANGES_MS, useUi } from "../state";
import { hasDeadband, problemsOf, readNumber, ruleOf, type Draft } from "./_draft";
import css from "./rules.module.css";

const POINTS = 320;
const STEP_MS = 10_000;
const CALM_MS = 400;
const MOST_EPISODES = 30;
const PICKED_DIGITS = 4;

/** Asks once the form has been left alone for a moment. */
function useTrial(draft: Draft, start: number | null, end: number | null) {
  const { api } = useSession();
  const timeline = useTime((time) => time.timeline);
  const [state, setState] = useState<{ data: RuleTrialAnswer | null; error: unknown }>({ data: null, error: null });
  const isSound = Object.keys(problemsOf({ ...draft, titleEn: draft.titleEn || "-" })).length === 0;
  const rule = isSound ? JSON.stringify({ ...ruleOf({ ...draft, id: draft.id || "trial" }), title: {}, consequence: {}, action: {} }) : null;
  useEffect(() => {
    if (rule === null || start === null || end === null) {
      setState({ data: null, error: null });
      return;
    }
    let isGone = false;
    const timer = setTimeout(() => {
      api
        .post<RuleTrialAnswer>("/api/rules/test", { rule: JSON.parse(rule) as unknown, timeline, start_ms: start, end_ms: end })
        .then((data) => !isGone && setState({ data, error: null }))
        .catch((error: unknown) => !isGone && setState({ data: null, error }));
    }, CALM_MS);
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [api, rule, timeline, start, end]);
  return { ...state, isSound };
}

export function Trial({ draft, onLimit }: { draft: Draft; onLimit(limit: number): void }) {
  const text = useText();
  const language = useLanguage();
  const { feed } = useSession();
  const range = useUi((state) => state.range);
  const timeline = useTime((time) => time.timeline);
  const signal = usePlant((plant) => (draft.signal ? plant.byKey.get(draft.signal) : undefined));
  const end = useCoarseInstant(STEP_MS);
  const start = end === null ? null : end - RANGES_MS[range];
  const path = signal && end !== null ? `/api/timelines/${encodeURIComponent(timeline)}/signals/${signal.handle}/buckets?start_ms=${start}&end_ms=${end}&count=${POINTS}` : null;
  const { data: buckets } = useAnswer<BucketColumns>(path);
  const { data, error, isSound } = useTrial(draft, start, end);
  const canPoint = hasDeadband(draft.condition) && draft.condition !== "deviation";
  const limit = canPoint ? readNumber(draft.limit) : NaN;
  const chart = useMemo<ChartData | null>(() => {
    if (!buckets || !signal) return null;
    const isStepped = signal.kind !== KIND.DOUBLE;
    return {
      x: buckets.start_ms,
      isTime: true,
      series: [
        {
          name: localName(signal.name, language, signal.path), unit: unitText(signal.unit), isStepped, gaps: buckets.gaps, values: toEdges(isStepped ? buckets.last : buckets.mean, buckets),
          ...(isStepped ? {} : { band: { min: buckets.min, max: buckets.max } }),
        },
      ],
      levels: Number.isFinite(limit) ? [{ name: text("rules.limit"), value: limit, tone: "limit" }] : [],
    };
  }, [buckets, signal, language, limit, text]);
  if (!signal) return <p className={css.hint}>{text("rules.trialNoSignal")}</p>;
  return (
    <div className={css.trial}>
      {chart && start !== null && end !== null ? (
        <Suspense fallback={<LoadingNote />}>
          <PlotChart
            data={chart}
            height={180}
            range={[start, end]}
            label={text("rules.trialLabel", { name: localName(signal.name, language, signal.path) })}
            {...(canPoint ? { onPick: (_ms: number, value: number) => onLimit(Number(value.toPrecision(PICKED_DIGITS))) } : {})}
          />
        </Suspense>
      ) : (
        <LoadingNote />
      )}
      {canPoint ? <p className={css.hint}>{text("rules.pointLimit")}</p> : null}
      <div role="status">
        {data ? <p className={css.verdict}>{text(data.raised === 0 ? "rules.trialNone" : "rules.trialSome", { count: data.raised, range: text(`range.${range}`) })}</p> : null}
        {isSound || error ? null : <p className={css.hint}>{text("rules.trialIncomplete")}</p>}
      </div>
      {error ? <ErrorNote error={error} /> : null}
      {data && data.episodes.length > 0 ? (
        <ul className={css.episodes}>
          {data.episodes.slice(0, MOST_EPISODES).map((episode) => (
            <li key={episode.start_ms}>
              <button type="button" onClick={() => feed.seek(timeline, episode.start_ms)}>
                {formatDateTime(episode.start_ms, language)}
              </button>
              <span>{episode.end_ms === null ? text("rules.stillOn") : formatDuration(episode.end_ms - episode.start_ms, language)}</span>
              <span>{episode.peak === null ? "" : text("rules.peak", { value: `${formatNumber(episode.peak, language)} ${unitText(signal.unit)}` })}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
