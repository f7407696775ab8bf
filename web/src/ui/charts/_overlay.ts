// What a control chart draws over the lines: the levels that values are held against, and the points themselves.
import uPlot from "uplot";
import type { Paint } from "./PlotChart";
import type { ChartData, ChartLevel } from "./_types";

const LEVEL_DASH: Record<ChartLevel["tone"], number[]> = { centre: [], limit: [7, 4], bound: [2, 4] };
const LABEL_GAP_PX = 4;
const LEAST_LABEL_PX = 12;

/** The range that shows the values and every level, with a little air. */
export function withLevels(min: number | null, max: number | null, levels: readonly ChartLevel[]): [number, number] {
  const known = [min, max, ...levels.map((level) => level.value)].filter((value): value is number => value !== null && Number.isFinite(value));
  if (known.length === 0) return [0, 1];
  const low = Math.min(...known);
  const high = Math.max(...known);
  const air = (high - low || Math.abs(high) || 1) * 0.08;
  return [low - air, high + air];
}

/** The levels that lie inside the plot, with their heights on the canvas. */
function seenLevels(plot: uPlot, data: ChartData): { level: ChartLevel; y: number }[] {
  const scale = data.series[0]?.unit || "value";
  const { top, height } = plot.bbox;
  return (data.levels ?? []).map((level) => ({ level, y: plot.valToPos(level.value, scale, true) })).filter(({ y }) => y >= top - 1 && y <= top + height + 1);
}

export function drawLevels(plot: uPlot, data: ChartData, colours: Paint): void {
  const { left, width } = plot.bbox;
  const { ctx } = plot;
  ctx.save();
  for (const { level, y } of seenLevels(plot, data)) {
    ctx.strokeStyle = level.tone === "bound" ? colours.line : colours.text;
    ctx.lineWidth = devicePixelRatio * (level.tone === "centre" ? 1 : 1.2);
    ctx.setLineDash(LEVEL_DASH[level.tone].map((step) => step * devicePixelRatio));
    ctx.beginPath();
    ctx.moveTo(left, y);
    ctx.lineTo(left + width, y);
    ctx.stroke();
  }
  ctx.restore();
}

/** Names over the lines; where two levels lie close, the first keeps its name. */
export function drawLevelNames(plot: uPlot, data: ChartData, colours: Paint): void {
  const { left, width } = plot.bbox;
  const { ctx } = plot;
  const pixel = devicePixelRatio;
  const written: number[] = [];
  ctx.save();
  ctx.font = `${11 * pixel}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  // A halo keeps the name readable over the line of values.
  ctx.lineWidth = 4 * pixel;
  ctx.strokeStyle = colours.surface;
  ctx.fillStyle = colours.text;
  for (const { level, y } of seenLevels(plot, data)) {
    if (written.some((other) => Math.abs(other - y) < LEAST_LABEL_PX * pixel)) continue;
    written.push(y);
    ctx.strokeText(level.name, left + width - LABEL_GAP_PX * pixel, y - pixel);
    ctx.fillText(level.name, left + width - LABEL_GAP_PX * pixel, y - pixel);
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
