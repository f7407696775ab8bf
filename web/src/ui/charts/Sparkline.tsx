// The last two minutes of a value as a small line: shape only, no axes.
interface Props {
  values: readonly (number | null)[];
  width?: number;
  height?: number;
  isStepped?: boolean;
  /** Fills the width of what it stands in. */
  isWide?: boolean;
}

/** Path through the known points; unknown points are bridged, since a subscription reports only changes. */
function pathOf(values: readonly (number | null)[], width: number, height: number, isStepped: boolean): string {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  if (known.length === 0) return "";
  const low = Math.min(...known.map((point) => point.value));
  const high = Math.max(...known.map((point) => point.value));
  const span = high - low || 1;
  const x = (index: number) => ((index / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number) => (high === low ? height / 2 : height - 1.5 - ((value - low) / span) * (height - 3)).toFixed(1);
  let path = "";
  known.forEach((point, at) => {
    if (at === 0) path = `M${x(point.index)} ${y(point.value)}`;
    else path += isStepped ? `H${x(point.index)}V${y(point.value)}` : `L${x(point.index)} ${y(point.value)}`;
  });
  return `${path}H${width}`;
}

export function Sparkline({ values, width = 48, height = 18, isStepped = false, isWide = false }: Props) {
  return (
    <svg width={isWide ? "100%" : width} height={height} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio={isWide ? "none" : undefined} aria-hidden="true" style={{ flex: "none" }}>
      <path d={pathOf(values, width, height, isStepped)} fill="none" stroke="var(--x-text-3)" strokeWidth="1.2" strokeLinejoin="round" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
