// Rules of a picture: it hears only its own view, a late delta moves nothing, and what was computed anew is asked for again.
import { describe, expect, it } from "vitest";
import { decodeFrame, encodeFrame, type Link, type WireFrame } from "../../protocol";
import { createShown } from "./_shown";

function bench(view = 2) {
  const asked: unknown[][] = [];
  let hear: (frame: WireFrame) => void = () => undefined;
  const note = (name: string) => (...args: unknown[]) => asked.push([name, ...args]);
  const link = {
    on: (_event: string, listener: (frame: WireFrame) => void) => (hear = listener),
    ...Object.fromEntries(["watch", "unwatch", "seek", "play", "pause", "live"].map((name) => [name, note(name)])),
  } as unknown as Link;
  const shown = createShown(link, view);
  const frame = (timeMs: number, value: number, more: { view?: number; isFull?: boolean } = {}) =>
    hear(decodeFrame(encodeFrame({ view, timeMs, handles: [1], values: [value], ...more })));
  return { asked, shown, frame };
}

describe("a picture of the plant", () => {
  it("hears only the frames of its own view", () => {
    const { shown, frame } = bench(2);
    frame(10, 1, { isFull: true, view: 1 });
    expect(shown.board.has(1)).toBe(false);
    frame(10, 1, { isFull: true });
    expect(shown.board.value(1)).toBe(1);
  });

  it("is not moved by what was under way before a seek", () => {
    const { shown, frame } = bench();
    frame(10, 1, { isFull: true });
    shown.seek("branch-1", 500);
    frame(20, 2);
    expect([shown.time.get().atMs, shown.board.value(1)]).toEqual([500, 1]);
    frame(500, 3, { isFull: true });
    expect([shown.time.get().atMs, shown.board.value(1), shown.time.get().isWaiting]).toEqual([500, 3, false]);
  });

  it("asks again for the same instant, or goes on playing from it", () => {
    const { asked, shown } = bench();
    shown.seek("branch-1", 500);
    shown.again();
    shown.play("branch-1", 600, 10);
    shown.again();
    expect(asked).toEqual([
      ["seek", 2, "branch-1", 500],
      ["seek", 2, "branch-1", 500],
      ["play", 2, "branch-1", 600, 10],
      ["play", 2, "branch-1", 600, 10],
    ]);
  });

  it("that is watched anew shows the instant that was set", () => {
    const { asked, shown } = bench();
    shown.time.set({ timeline: "branch-1", mode: "paused", atMs: 42 });
    shown.watch();
    expect(asked.map(([name]) => name)).toEqual(["watch", "seek"]);
  });
});
