// What a chart is given.
export interface ChartSeries {
  name: string;
  unit: string;
  values: (number | null)[];
  /** Smallest and largest value behind each point, drawn as a band. */
  band?: { min: (number | null)[]; max: (number | null)[] };
  isStepped: boolean;
  /** Places [from, to) of points at which nothing was known: the line stays open there. */
  gaps?: readonly (readonly [number, number])[];
  /** Draws each point; those at `marked` (indices) larger and in the colour of the abnormal. */
  points?: { marked: readonly number[] };
}

/** A horizontal line across the chart: what the values are held against. */
export interface ChartLevel {
  name: string;
  /** The same everywhere, or one for each point. */
  value: number | readonly (number | null)[];
  tone: "centre" | "limit";
}

export interface ChartData {
  /** Times in ms since 1970, or plain numbers where `isTime` is false. */
  x: number[];
  isTime: boolean;
  xName?: string;
  series: ChartSeries[];
  /** In the unit of the first series. */
  levels?: readonly ChartLevel[];
}
