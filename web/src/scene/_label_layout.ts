// Decides which labels are shown where: by importance, without one lying on another.
export interface LabelWish {
  key: number;
  /** Point on the screen that the label belongs to, CSS pixels. */
  x: number;
  y: number;
  width: number;
  height: number;
  /** Greater goes first. */
  importance: number;
  /** Is shown whatever it covers. */
  isForced: boolean;
}

export interface LabelSpot {
  key: number;
  left: number;
  top: number;
}

const GAP_PX = 4;
const LIFT_PX = 6;
const EDGE_PX = 2;

function between(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** Places the most important labels first; one that would cover another is left out. */
export function layOutLabels(wishes: readonly LabelWish[], width: number, height: number, most: number): LabelSpot[] {
  const order = [...wishes].sort((a, b) => Number(b.isForced) - Number(a.isForced) || b.importance - a.importance || a.key - b.key);
  const taken: { left: number; top: number; right: number; bottom: number }[] = [];
  const spots: LabelSpot[] = [];
  for (const wish of order) {
    if (spots.length >= most) break;
    if (wish.x < 0 || wish.x > width || wish.y < 0 || wish.y > height) continue;
    const left = between(Math.round(wish.x - wish.width / 2), EDGE_PX, width - wish.width - EDGE_PX);
    const top = between(Math.round(wish.y - wish.height - LIFT_PX), EDGE_PX, height - wish.height - EDGE_PX);
    const [right, bottom] = [left + wish.width, top + wish.height];
    const isFree = taken.every((box) => right + GAP_PX < box.left || left - GAP_PX > box.right || bottom + GAP_PX < box.top || top - GAP_PX > box.bottom);
    if (!isFree && !wish.isForced) continue;
    taken.push({ left, top, right, bottom });
    spots.push({ key: wish.key, left, top });
  }
  return spots;
}
