// What a control chart draws over the lines: the levels that values are held against, and the points themselves.
import uPlot from "uplot";
import type { Paint } from "./PlotChart";
import type { ChartData, ChartLevel } from "./_types";

const LEVEL_DASH: Record<ChartLevel["tone"], number[]> = { centre: [], limit: [7, 4] };
const LABEL_GAP_PX = 4;
const LEAST_LABEL_PX = 12;

function valuesOf(level: ChartLevel): readonly (number | null)[] {
  return typeof level.value === "number" ? [level.value] : level.value;
}

/** The range that shows the values and every level, with a little air. */
export function withLevels(min: number | null, max: number | null, levels: readonly ChartLevel[]): [number, number] {
  const known = [min, max, ...levels.flatMap(valuesOf)].filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return [0, 1];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - air, high + air];
}

function clipped(plot: uPlot, draw: (ctx: CanvasRenderingContext2D) => void): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top - 1, bbox.width, bbox.height + 2);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

/** A level of one value crosses the whole chart; one that varies goes in steps, each around its point. */
function pathOf(plot: uPlot, data: ChartData, level: ChartLevel, scale: string): Path2D {
  const path = new Path2D();
  const right = plot.bbox.left + plot.bbox.width;
  const values = valuesOf(level);
  const isFlat = typeof level.value === "number";
  const xs = data.x.map((at) => plot.valToPos(at, "x", true));
  const middle = (a: number | undefined, b: number | undefined, edge: number) => (a === undefined || b === undefined ? edge : (a + b) / 2);
  values.forEach((value, index) => {
    if (value === null) return;
    const y = plot.valToPos(value, scale, true);
    path.moveTo(isFlat ? plot.bbox.left : middle(xs[index - 1], xs[index], plot.bbox.left), y);
    path.lineTo(isFlat ? right : middle(xs[index], xs[index + 1], right), y);
  });
  return path;
}

export function drawLevels(plot: uPlot, data: ChartData, colours: Paint): void {
  const scale = data.series[0]?.unit || "value";
  clipped(plot, (ctx) => {
    for (const level of data.levels ?? []) {
      ctx.strokeStyle = colours.text;
      ctx.lineWidth = devicePixelRatio * (level.tone === "centre" ? 1 : 1.2);
      ctx.setLineDash(LEVEL_DASH[level.tone].map((step) => step * devicePixelRatio));
      ctx.stroke(pathOf(plot, data, level, scale));
    }
  });
}

/** Names at the newest value of their lines, above them where there is room; where two lie close, the first keeps its name. */
export function drawLevelNames(plot: uPlot, data: ChartData, colours: Paint): void {
  const scale = data.series[0]?.unit || "value";
  const pixel = devicePixelRatio;
  const { left, top, width, height } = plot.bbox;
  const right = left + width - LABEL_GAP_PX * pixel;
  const written: number[] = [];
  const { ctx } = plot;
  ctx.save();
  ctx.font = `${11 * pixel}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  // A halo keeps the name readable over the line of values.
  ctx.lineWidth = 4 * pixel;
  ctx.lineJoin = "round";
  ctx.strokeStyle = colours.surface;
  ctx.fillStyle = colours.text;
  for (const level of data.levels ?? []) {
    const newest = valuesOf(level).findLast((value) => value !== null);
    if (newest === undefined || newest === null) continue;
    const y = plot.valToPos(newest, scale, true);
    if (y < top - 1 || y > top + height + 1 || written.some((other) => Math.abs(other - y) < LEAST_LABEL_PX * pixel)) continue;
    written.push(y);
    const isAbove = y - LEAST_LABEL_PX * pixel > top;
    ctx.textBaseline = isAbove ? "bottom" : "top";
    const at = y + (isAbove ? -1 : 2) * pixel;
    ctx.strokeText(level.name, right, at);
    ctx.fillText(level.name, right, at);
  }
  ctx.restore();
}

export function drawPoints(plot: uPlot, data: ChartData, colours: Paint): void {
  const { ctx } = plot;
  const pixel = devicePixelRatio;
  const right = plot.bbox.left + plot.bbox.width;
  data.series.forEach((series, number) => {
    if (!series.points) return;
    const scale = series.unit || "value";
    const marked = new Set(series.points.marked);
    ctx.save();
    ctx.lineWidth = 1.5 * pixel;
    series.values.forEach((value, index) => {
      const at = data.x[index];
      if (value === null || at === undefined) return;
      const x = plot.valToPos(at, "x", true);
      if (x < plot.bbox.left - pixel || x > right + pixel) return;
      const y = plot.valToPos(value, scale, true);
      ctx.beginPath();
      if (marked.has(index)) {
        // A square, so that it is told apart without colour.
        const half = 4.5 * pixel;
        ctx.rect(x - half, y - half, 2 * half, 2 * half);
        ctx.fillStyle = colours.bad;
        ctx.fill();
        ctx.strokeStyle = colours.surface;
        ctx.stroke();
      } else {
        ctx.arc(x, y, 2.2 * pixel, 0, 2 * Math.PI);
        ctx.fillStyle = colours.pens[number % colours.pens.length] ?? colours.text;
        ctx.fill();
      }
    });
    ctx.restore();
  });
}
