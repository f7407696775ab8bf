// How values went: a window that follows the shown time, and finer data the closer one looks.
import { Button, Chip, SegmentedControl } from "@mantine/core";
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { formatDateTime, formatNumber, listText, localName, useLanguage, useText } from "../../i18n";
import { PlotChart, type ChartData, type ChartSeries } from "../charts";
import { KIND, toEdges, unitText, useCoarseInstant, useSession, useTime, type BucketColumns, type SignalInfo } from "../live";
import { EmptyNote, ErrorNote, LoadingNote } from "../notes";
import type { Selected } from "../state";
import css from "./inspector.module.css";

const WINDOWS_MS = { minute: 60_000, ten: 600_000, hour: 3_600_000, shift: 28_800_000 } as const;
type WindowName = keyof typeof WINDOWS_MS;
const POINTS = 320;
const MOST_LINES = 4;

function isTrendable(signal: SignalInfo): boolean {
  return signal.kind <= KIND.ENUM;
}

interface Fetched {
  range: [number, number];
  columns: Map<number, BucketColumns>;
}

/** Buckets of several signals over one range; the same count for all, so that their times agree. */
function useBuckets(signals: readonly SignalInfo[], range: [number, number] | null) {
  const { api } = useSession();
  const timeline = useTime((time) => time.timeline);
  const [fetched, setFetched] = useState<Fetched | null>(null);
  const [error, setError] = useState<unknown>(null);
  const handles = signals.map((signal) => signal.handle).join(",");
  const [start, end] = range ?? [NaN, NaN];
  useEffect(() => {
    if (!handles || !Number.isFinite(start)) return;
    const abort = new AbortController();
    const ask = async (handle: number) => {
      const path = `/api/timelines/${encodeURIComponent(timeline)}/signals/${handle}/buckets`;
      const query = `start_ms=${Math.floor(start)}&end_ms=${Math.ceil(end)}&count=${POINTS}`;
      return [handle, await api.get<BucketColumns>(`${path}?${query}`, abort.signal)] as const;
    };
    Promise.all(handles.split(",").map((handle) => ask(Number(handle))))
      .then((columns) => {
        setFetched({ range: [start, end], columns: new Map(columns) });
        setError(null);
      })
      .catch((problem: unknown) => {
        if (!abort.signal.aborted) setError(problem);
      });
    return () => abort.abort();
  }, [api, timeline, handles, start, end]);
  return { fetched, error };
}

function chartOf(signals: readonly SignalInfo[], fetched: Fetched, name: (signal: SignalInfo) => string): ChartData {
  const x = fetched.columns.get(signals[0]?.handle ?? -1)?.start_ms ?? [];
  const series = signals.flatMap((signal): ChartSeries[] => {
    const columns = fetched.columns.get(signal.handle);
    if (!columns || columns.start_ms.length !== x.length) return [];
    const isStepped = signal.kind !== KIND.DOUBLE;
    return [
      {
        name: name(signal),
        unit: unitText(signal.unit),
        isStepped,
        gaps: columns.gaps,
        values: toEdges(isStepped ? columns.last : columns.mean, columns),
        ...(isStepped ? {} : { band: { min: columns.min, max: columns.max } }),
      },
    ];
  });
  return { x, isTime: true, series };
}

function extremes(columns: BucketColumns | undefined): { low: number; high: number } | null {
  if (!columns) return null;
  let low = Infinity;
  let high = -Infinity;
  for (const value of [...columns.min, columns.at_start, columns.at_end]) if (value !== null && value < low) low = value;
  for (const value of [...columns.max, columns.at_start, columns.at_end]) if (value !== null && value > high) high = value;
  return high >= low ? { low, high } : null;
}

export function TrendTab({ selected }: { selected: Selected }) {
  const text = useText();
  const language = useLanguage();
  const { feed } = useSession();
  const candidates = useMemo(() => selected.signals.filter(isTrendable), [selected.signals]);
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [windowName, setWindowName] = useState<WindowName>("ten");
  const [zoom, setZoom] = useState<[number, number] | null>(null);
  const [point, setPoint] = useState<number | null>(null);
  const [height, setHeight] = useState(220);
  const host = useRef<HTMLDivElement>(null);
  const span = WINDOWS_MS[windowName];
  const step = Math.max(1000, span / POINTS);
  const end = useCoarseInstant(step);
  const atMs = useTime((time) => (time.mode === "live" ? null : time.atMs));

  const shown = useMemo(() => {
    const picked = candidates.filter((signal) => chosen.includes(signal.handle));
    if (picked.length > 0) return picked;
    const first = selected.signal && isTrendable(selected.signal) ? selected.signal : (candidates.find((signal) => signal.kind === KIND.DOUBLE && signal.unit !== "") ?? candidates[0]);
    return first ? [first] : [];
  }, [candidates, chosen, selected.signal]);
  useEffect(() => setChosen([]), [selected.selection.id]);
  useEffect(() => {
    if (host.current) setHeight(Math.max(180, Math.min(320, Math.round(host.current.clientWidth * 0.62))));
  }, []);

  const range = useMemo<[number, number] | null>(() => zoom ?? (end === null ? null : [end - span, end]), [zoom, end, span]);
  const { fetched, error } = useBuckets(shown, range);
  const nameOf = (signal: SignalInfo) => localName(signal.name, language, signal.path);
  const data = useMemo(
    () => (fetched ? chartOf(shown, fetched, (signal) => localName(signal.name, language, signal.path)) : null),
    [fetched, shown, language],
  );

  if (candidates.length === 0) {
    return (
      <EmptyNote icon="value" title={text("trend.empty")}>
        {text("trend.emptyHint")}
      </EmptyNote>
    );
  }
  const toggle = (handle: number) => {
    const now = shown.map((signal) => signal.handle);
    setChosen(now.includes(handle) ? now.filter((each) => each !== handle) : [...now, handle].slice(-MOST_LINES));
  };
  const pointMs = point === null ? null : (data?.x[point] ?? null);
  return (
    <div className={css.trend} ref={host}>
      <div className={css.trendBar}>
        <SegmentedControl
          aria-label={text("trend.window")}
          value={windowName}
          onChange={(value) => {
            setWindowName(value as WindowName);
            setZoom(null);
          }}
          data={(Object.keys(WINDOWS_MS) as WindowName[]).map((value) => ({ value, label: text(`trend.window.${value}`) }))}
        />
        <Button variant="subtle" disabled={!zoom} onClick={() => setZoom(null)}>
          {text("trend.whole")}
        </Button>
      </div>
      {error ? (
        <ErrorNote error={error} />
      ) : data && range ? (
        <Suspense fallback={<LoadingNote />}>
          <PlotChart
            data={data}
            height={height}
            range={fetched?.range ?? range}
            mark={atMs}
            label={text("trend.label", { names: listText(shown.map(nameOf), language) })}
            onZoom={(from, to) => setZoom([from, to])}
            onPick={(ms) => feed.seek(feed.time.get().timeline, ms)}
            onPoint={setPoint}
          />
        </Suspense>
      ) : (
        <div style={{ height }}>
          <LoadingNote />
        </div>
      )}
      <p className={css.hint}>{pointMs === null ? text("trend.hint") : formatDateTime(pointMs, language)}</p>
      <table className={css.legend}>
        <thead>
          <tr>
            <th scope="col">{text("trend.signal")}</th>
            <th scope="col">{text(pointMs === null ? "trend.last" : "trend.at")}</th>
            <th scope="col">{text("trend.min")}</th>
            <th scope="col">{text("trend.max")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((signal, index) => {
            const columns = fetched?.columns.get(signal.handle);
            const edges = extremes(columns);
            const known = (columns ? toEdges(columns.last, columns) : []).filter((value) => value !== null);
            const value = point === null ? known.at(-1) : columns?.mean[point];
            const show = (number: number | null | undefined) => (number === null || number === undefined ? "–" : formatNumber(number, language));
            return (
              <tr key={signal.handle}>
                <th scope="row">
                  <span className={css.pen} data-pen={(index % 4) + 1} aria-hidden="true" />
                  {nameOf(signal)} <span className={css.liveUnit}>{unitText(signal.unit)}</span>
                </th>
                <td>{show(value)}</td>
                <td>{show(edges?.low)}</td>
                <td>{show(edges?.high)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {candidates.length > 1 ? (
        <div className={css.chips} role="group" aria-label={text("trend.choose")}>
          {candidates.slice(0, 40).map((signal) => (
            <Chip key={signal.handle} size="xs" variant="outline" checked={shown.includes(signal)} onChange={() => toggle(signal.handle)}>
              {nameOf(signal)}
            </Chip>
          ))}
        </div>
      ) : null}
    </div>
  );
}
