// What a chart is given.
export interface ChartSeries {
  name: string;
  unit: string;
  values: (number | null)[];
  /** Smallest and largest value behind each point, drawn as a band. */
  band?: { min: (number | null)[]; max: (number | null)[] };
  isStepped: boolean;
}

export interface ChartData {
  /** Times in ms since 1970, or plain numbers where `isTime` is false. */
  x: number[];
  isTime: boolean;
  xName?: string;
  series: ChartSeries[];
}
