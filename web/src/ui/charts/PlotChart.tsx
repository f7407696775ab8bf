// A chart with axes, bands, zoom by dragging and a readout under the pointer, drawn by uPlot in the page's colours.
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { formatClock, formatDate, formatNumber, useLanguage, type Language } from "../../i18n";
import { useUi } from "../state";
import css from "./charts.module.css";
import { openSpans } from "./_gaps";
import { drawLevelNames, drawLevels, drawPoints, withLevels } from "./_overlay";
import type { ChartData } from "./_types";

export interface PlotProps {
  data: ChartData;
  height: number;
  label: string;
  /** The shown range, in the units of x; null while it follows the data. */
  range: [number, number] | null;
  /** A vertical line at this x. */
  mark?: number | null;
  onZoom?(start: number, end: number): void;
  /** A click, in the units of x and of the first series. */
  onPick?(x: number, y: number): void;
  onPoint?(index: number | null): void;
}

/** Told apart by dash as well as by shade. */
const DASHES: number[][] = [[], [6, 3], [2, 3], [10, 3, 2, 3], [4, 2], [1, 2]];

export interface Paint {
  pens: string[];
  surface: string;
  bad: string;
  band: string;
  grid: string;
  text: string;
  accent: string;
}

function paint(): Paint {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    pens: [1, 2, 3, 4].map((pen) => read(`--x-pen-${pen}`)), surface: read("--x-surface"), bad: read("--x-bad"), band: read("--x-chart-band"), grid: read("--x-line"), text: read("--x-text-2"), accent: read("--x-accent"),
  };
}

function timeLabel(ms: number, stepMs: number, language: Language): string {
  if (stepMs >= 86_400_000) return formatDate(ms, language);
  const clock = formatClock(ms, language);
  return stepMs >= 60_000 ? clock.slice(0, 5) : clock;
}

function columns(data: ChartData): uPlot.AlignedData {
  const lists: (number | null)[][] = [data.x];
  for (const series of data.series) {
    lists.push(series.values);
    if (series.band) lists.push(series.band.max, series.band.min);
  }
  return lists as uPlot.AlignedData;
}

function seriesOf(data: ChartData, colours: Paint, latest: () => ChartData): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  data.series.forEach((each, index) => {
    const gaps: uPlot.Series.GapsRefiner = (plot) => {
      const { series, x } = latest();
      return openSpans(series[index]?.gaps ?? [], x, (value) => plot.valToPos(value, "x", true));
    };
    const stepped = each.isStepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
    series.push({
      label: each.name,
      scale: each.unit || "value",
      stroke: colours.pens[index % colours.pens.length],
      width: 1.4,
      dash: DASHES[index % DASHES.length],
      gaps,
      points: { show: false },
      ...(stepped ? { paths: stepped } : {}),
    });
    if (!each.band) return;
    const edge: uPlot.Series = { scale: each.unit || "value", width: 0, stroke: "transparent", gaps, points: { show: false } };
    series.push({ ...edge }, { ...edge });
    bands.push({ series: [series.length - 2, series.length - 1], fill: colours.band });
  });
  return { series, bands };
}

function axesOf(data: ChartData, colours: Paint, language: Language): uPlot.Axis[] {
  const base: uPlot.Axis = {
    stroke: colours.text,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1, size: 4 },
    font: "11px system-ui, sans-serif",
  };
  const x: uPlot.Axis = data.isTime
    ? { ...base, space: 70, size: 28, values: (_plot, splits, _axis, _space, step) => splits.map((ms) => timeLabel(ms, step, language)) }
    : { ...base, label: data.xName, labelSize: 16, labelFont: "11px system-ui, sans-serif", size: 28, values: (_plot, splits) => splits.map((v) => formatNumber(v, language, Number.isInteger(v) ? 0 : 1)) };
  const units = [...new Set(data.series.map((series) => series.unit || "value"))];
  const ys = units.slice(0, 2).map(
    (unit, index): uPlot.Axis => ({
      ...base,
      scale: unit,
      side: index === 0 ? 3 : 1,
      size: 46,
      gap: 4,
      grid: index === 0 ? base.grid : { show: false },
      values: (_plot, splits) => splits.map((value) => (value === null ? "" : new Intl.NumberFormat(language, { maximumSignificantDigits: 4 }).format(value))),
    }),
  );
  return [x, ...ys];
}

export default function PlotChart({ data, height, label, range, mark = null, onZoom, onPick, onPoint }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const language = useLanguage();
  const scheme = useUi((state) => state.scheme);
  const latest = useRef({ data, range, mark, onZoom, onPick, onPoint });
  latest.current = { data, range, mark, onZoom, onPick, onPoint };
  const shape = data.series.map((series) => `${series.name}/${series.unit}/${series.isStepped}/${Boolean(series.band)}`).join("|") + Boolean(data.levels);

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const colours = paint();
    const now = latest.current.data;
    const { series, bands } = seriesOf(now, colours, () => latest.current.data);
    const made = new uPlot(
      {
        width: element.clientWidth,
        height,
        ms: 1,
        legend: { show: false },
        cursor: { y: false, points: { size: 6, fill: colours.pens[0] }, drag: { x: Boolean(latest.current.onZoom), y: false, setScale: false }, bind: {} },
        select: { show: true, left: 0, top: 0, width: 0, height: 0 },
        scales: {
          x: { time: false, range: (_plot, min, max) => latest.current.range ?? [min, max] },
          ...(now.levels ? { [now.series[0]?.unit || "value"]: { range: (_plot: uPlot, min: number, max: number) => withLevels(min, max, latest.current.data.levels ?? []) } } : {}),
        },
        axes: axesOf(now, colours, language),
        series,
        bands,
        hooks: {
          drawAxes: [(u) => drawLevels(u, latest.current.data, colours)],
          setCursor: [(u) => latest.current.onPoint?.(u.cursor.idx ?? null)],
          setSelect: [
            (u) => {
              if (u.select.width < 4) return;
              latest.current.onZoom?.(u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x"));
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            },
          ],
          draw: [
            (u) => {
              drawPoints(u, latest.current.data, colours);
              drawLevelNames(u, latest.current.data, colours);
            },
            (u) => {
              const at = latest.current.mark;
              if (at === null || at === undefined) return;
              const x = u.valToPos(at, "x", true);
              if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) return;
              u.ctx.save();
              u.ctx.strokeStyle = colours.accent;
              u.ctx.lineWidth = devicePixelRatio;
              u.ctx.beginPath();
              u.ctx.moveTo(x, u.bbox.top);
              u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
              u.ctx.stroke();
              u.ctx.restore();
            },
          ],
        },
      },
      columns(now),
      element,
    );
    plot.current = made;
    const over = made.over;
    let downAt = 0;
    over.addEventListener("mousedown", (event) => (downAt = event.clientX));
    over.addEventListener("mouseup", (event) => {
      if (Math.abs(event.clientX - downAt) >= 4) return;
      const box = over.getBoundingClientRect();
      const scale = latest.current.data.series[0]?.unit || "value";
      latest.current.onPick?.(made.posToVal(event.clientX - box.left, "x"), made.posToVal(event.clientY - box.top, scale));
    });
    const observer = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, language, scheme, height, data.isTime]);

  useEffect(() => {
    plot.current?.setData(columns(data));
  }, [data, range, mark]);

  return <div ref={host} className={css.plot} role="img" aria-label={label} style={{ height }} />;
}
