// Rules of the board: it holds the newest picture, and tells each listener once per picture what concerns it.
import { describe, expect, it } from "vitest";
import { decodeFrame, encodeFrame, type FrameParts } from "../protocol";
import { SignalBoard } from ".";

function bench() {
  const waiting: (() => void)[] = [];
  const board = new SignalBoard((callback) => waiting.push(callback));
  const apply = (parts: Partial<FrameParts> & Pick<FrameParts, "handles" | "values">) => board.apply(decodeFrame(encodeFrame({ timeMs: 1, ...parts })));
  const paint = () => waiting.splice(0).forEach((callback) => callback());
  return { board, apply, paint };
}

describe("SignalBoard", () => {
  it("holds value, time, quality and text of every signal it has heard of", () => {
    const { board, apply } = bench();
    apply({ handles: [3, 9000], values: [1.5, NaN], timesMs: [10, 20], qualities: [0, 0x80310000], objects: [[1, "E1"]], timeMs: 99 });
    expect([board.has(3), board.value(3), board.timeMs(3), board.quality(9000)]).toEqual([true, 1.5, 10, 0x80310000]);
    expect(board.object(9000)).toBe("E1");
    expect([board.has(4), board.value(4), board.object(3)]).toEqual([false, NaN, undefined]);
    expect(board.instantMs).toBe(99);
  });

  it("keeps what a delta does not name, and forgets everything at a full frame", () => {
    const { board, apply } = bench();
    apply({ handles: [1, 2], values: [1, NaN], objects: [[1, "a"]] });
    apply({ handles: [1], values: [5] });
    expect([board.value(1), board.object(2)]).toEqual([5, "a"]);
    apply({ isFull: true, handles: [1], values: [6] });
    expect([board.value(1), board.has(2), board.object(2)]).toEqual([6, false, undefined]);
  });

  it("drops a text when a number takes its place", () => {
    const { board, apply } = bench();
    apply({ handles: [1], values: [NaN], objects: [[0, "a"]] });
    apply({ handles: [1], values: [2] });
    expect(board.object(1)).toBeUndefined();
  });

  it("calls a cell once per picture, and only when its signal changed", () => {
    const { board, apply, paint } = bench();
    let [one, two, all] = [0, 0, 0];
    board.subscribeSignal(1, () => (one += 1));
    const stop = board.subscribeSignal(2, () => (two += 1));
    board.subscribe(() => (all += 1));
    apply({ handles: [1], values: [1] });
    apply({ handles: [1], values: [2] });
    expect([one, two, all]).toEqual([0, 0, 0]);
    paint();
    expect([one, two, all]).toEqual([1, 0, 1]);
    stop();
    apply({ isFull: true, handles: [], values: [] });
    paint();
    expect([one, two, all]).toEqual([2, 0, 2]);
  });

  it("tells frame listeners at once which handles changed and whether it is a jump", () => {
    const { board, apply } = bench();
    const heard: [number[], boolean][] = [];
    board.onFrame(({ handles, isJump }) => heard.push([[...handles], isJump]));
    apply({ isFull: true, handles: [7], values: [1] });
    apply({ handles: [8, 9], values: [1, 2] });
    expect(heard).toEqual([[[7], true], [[8, 9], false]]);
  });
});
