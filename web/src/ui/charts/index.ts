// The one door to charts; the chart library itself arrives when the first big chart is shown.
import { lazy } from "react";

export { Sparkline } from "./Sparkline";
export type { ChartData, ChartLevel, ChartSeries } from "./_types";
export const PlotChart = lazy(() => import("./PlotChart"));
