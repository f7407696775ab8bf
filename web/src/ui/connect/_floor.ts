// Rectangles on the floor, in m: x east, y north.
export interface Box {
  west: number;
  south: number;
  east: number;
  north: number;
}

const MARGIN_M = 4;
const LEAST_M = 20;

/** The floor that a machine covers when it stands at a spot. */
export function boxAt(machine: { width_m: number; depth_m: number }, x: number, y: number): Box {
  return { west: x - machine.width_m / 2, south: y - machine.depth_m / 2, east: x + machine.width_m / 2, north: y + machine.depth_m / 2 };
}

export function holds(outer: Box, inner: Box): boolean {
  return outer.west <= inner.west && outer.south <= inner.south && inner.east <= outer.east && inner.north <= outer.north;
}

export function meets(a: Box, b: Box): boolean {
  return a.west < b.east && b.west < a.east && a.south < b.north && b.south < a.north;
}

/** What the plan shows: the floor where it is known, and everything that stands there, with some room around. */
export function viewOf(bounds: Box | null, things: readonly Box[]): Box {
  const all = bounds ? [bounds, ...things] : things;
  const shown = {
    west: Math.min(...all.map((box) => box.west)) - MARGIN_M,
    south: Math.min(...all.map((box) => box.south)) - MARGIN_M,
    east: Math.max(...all.map((box) => box.east)) + MARGIN_M,
    north: Math.max(...all.map((box) => box.north)) + MARGIN_M,
  };
  if (all.length === 0) return { west: -LEAST_M, south: -LEAST_M, east: LEAST_M, north: LEAST_M };
  const wider = Math.max(0, LEAST_M - (shown.east - shown.west)) / 2;
  const deeper = Math.max(0, LEAST_M - (shown.north - shown.south)) / 2;
  return { west: shown.west - wider, south: shown.south - deeper, east: shown.east + wider, north: shown.north + deeper };
}
