// Where the line of a chart stays open.
/** From the last known point to the next: where a line stays open, in pixels of the canvas. Silence alone is bridged. */
export function openSpans(gaps: readonly (readonly [number, number])[], x: readonly number[], toPixel: (value: number) => number): [number, number][] {
  return gaps.flatMap(([from, to]): [number, number][] => {
    const start = x[Math.max(0, from - 1)];
    const end = x[Math.min(x.length - 1, to)];
    return start === undefined || end === undefined ? [] : [[Math.floor(toPixel(start)), Math.floor(toPixel(end))]];
  });
}
