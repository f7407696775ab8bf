// Rules of labels: none lies on another, the important come first, the chosen is always shown.
import { describe, expect, it } from "vitest";
import { layOutLabels, type LabelWish } from "./_label_layout";

const wish = (key: number, x: number, y: number, more: Partial<LabelWish> = {}): LabelWish => ({ key, x, y, width: 80, height: 20, importance: 0, isForced: false, ...more });

describe("layOutLabels", () => {
  it("lets no label cover another", () => {
    const wishes = Array.from({ length: 300 }, (_, i) => wish(i, (i * 37) % 900, (i * 53) % 600, { importance: i % 7 }));
    const spots = layOutLabels(wishes, 900, 600, 500);
    expect(spots.length).toBeGreaterThan(20);
    for (const a of spots) for (const b of spots) {
      if (a.key === b.key) continue;
      expect(a.left + 80 <= b.left || b.left + 80 <= a.left || a.top + 20 <= b.top || b.top + 20 <= a.top).toBe(true);
    }
  });
  it("prefers the important", () => {
    expect(layOutLabels([wish(1, 100, 100), wish(2, 110, 105, { importance: 5 })], 500, 500, 9).map((spot) => spot.key)).toEqual([2]);
  });
  it("shows the chosen one though it covers another", () => {
    expect(layOutLabels([wish(1, 100, 100, { importance: 9 }), wish(2, 110, 105, { isForced: true }), wish(3, 112, 100, { isForced: true })], 500, 500, 9).map((spot) => spot.key)).toEqual([2, 3]);
  });
  it("keeps labels at the edge whole", () => {
    expect(layOutLabels([wish(1, 3, 4), wish(2, 499, 300)], 500, 500, 9)).toEqual([{ key: 1, left: 2, top: 2 }, { key: 2, left: 418, top: 274 }]);
  });
  it("leaves out what is off the screen and what is too much", () => {
    expect(layOutLabels([wish(1, -200, 100), wish(2, 100, 900)], 500, 500, 9)).toEqual([]);
    expect(layOutLabels([wish(1, 50, 50), wish(2, 300, 50)], 500, 500, 1)).toHaveLength(1);
  });
});
