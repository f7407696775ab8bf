// How the value went around the moment of the alarm, with the limit it broke.
import { Suspense, useMemo } from "react";
import { localName, useLanguage, useText } from "../../i18n";
import { PlotChart, type ChartData } from "../charts";
import { KIND, toEdges, unitText, useAnswer, usePlant, useSession, useTime, type AlarmInfo, type BucketColumns } from "../live";
import { LoadingNote } from "../notes";

const BEFORE_MS = 180_000;
const AFTER_MS = 120_000;
const POINTS = 240;
const STEP_MS = 5000;

export function AlarmTrend({ alarm }: { alarm: AlarmInfo }) {
  const text = useText();
  const language = useLanguage();
  const { feed } = useSession();
  const timeline = useTime((time) => time.timeline);
  const signal = usePlant((plant) => plant.byKey.get(alarm.signal));
  const at = alarm.raised_ms ?? alarm.since_ms;
  const start = Math.floor((at - BEFORE_MS) / STEP_MS) * STEP_MS;
  const end = start + BEFORE_MS + AFTER_MS;
  const path = signal ? `/api/timelines/${encodeURIComponent(timeline)}/signals/${signal.handle}/buckets?start_ms=${start}&end_ms=${end}&count=${POINTS}` : null;
  const { data } = useAnswer<BucketColumns>(path);
  const chart = useMemo<ChartData | null>(() => {
    if (!data || !signal) return null;
    const isStepped = signal.kind !== KIND.DOUBLE;
    return {
      x: data.start_ms,
      isTime: true,
      series: [{ name: localName(signal.name, language, signal.path), unit: unitText(signal.unit), isStepped, gaps: data.gaps, values: toEdges(isStepped ? data.last : data.mean, end <= Date.now() ? data : { ...data, at_end: null }), ...(isStepped ? {} : { band: { min: data.min, max: data.max } }) }],
      ...(alarm.limit === null ? {} : { levels: [{ name: text("alarms.limit"), value: alarm.limit, tone: "limit" as const }] }),
    };
  }, [data, signal, language, alarm.limit, text, end]);
  if (!signal) return null;
  if (!chart) return <LoadingNote />;
  return (
    <Suspense fallback={<LoadingNote />}>
      <PlotChart
        data={chart}
        height={170}
        range={[start, end]}
        mark={at}
        label={text("alarms.trendLabel", { name: localName(signal.name, language, signal.path) })}
        onPick={(ms) => feed.seek(timeline, ms)}
      />
    </Suspense>
  );
}
