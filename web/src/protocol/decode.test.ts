// Rules of the binary frame: it reads what the server writes, copies nothing, and refuses what is damaged.
import { describe, expect, it } from "vitest";
import { decodeFrame, encodeFrame, FrameError } from ".";

/** Written by `xushi.runtime` for signals 0…5: 21.5, −7, a bad quality, a text, an array, 2^60+1. */
const GOLDEN =
  "010007000600000000b88756febc78423c0000000900000000000000008035400000000000001cc0000000000000f87f000000000000f87f000000000000f87f" +
  "000000000000f87f00008056febc784200108056febc7842ff1f8056febc784200308056febc784200408056febc784200508056febc7842" +
  "0000000001000000020000000300000004000000050000000000000000000000000031800000000000000040000000005b5b332c22e8999ae5ae9e20452d3030" +
  "3432225d2c5b342c5b302e32352c302e355d5d2c5b352c313135323932313530343630363834363937375d5d";

function bytes(hex: string): ArrayBuffer {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16)).buffer;
}

/** A small generator of repeatable random numbers (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe("decodeFrame", () => {
  it("reads a frame as the server writes it", () => {
    const frame = decodeFrame(bytes(GOLDEN));
    expect(frame).toMatchObject({ isFull: true, view: 7, count: 6, timeMs: 1700000000123.5, sequence: 9 });
    expect([...frame.values]).toEqual([21.5, -7, NaN, NaN, NaN, NaN]);
    expect([...frame.handles]).toEqual([0, 1, 2, 3, 4, 5]);
    expect([...frame.qualities]).toEqual([0, 0, 0x80310000, 0, 0x40000000, 0]);
    expect(frame.timesMs[1]).toBe(1700000000001);
    expect(frame.objects.slice(0, 2)).toEqual([[3, "虚实 E-0042"], [4, [0.25, 0.5]]]);
    expect(String(frame.objects[2]?.[1])).toBe("1152921504606846977");
  });

  it("gives views into the message and copies nothing", () => {
    const data = bytes(GOLDEN);
    const { values, timesMs, handles, qualities } = decodeFrame(data);
    for (const column of [values, timesMs, handles, qualities]) expect(column.buffer).toBe(data);
  });

  it("returns what was written, for 200 random frames", () => {
    const next = random(7);
    for (let round = 0; round < 200; round += 1) {
      const count = Math.floor(next() * 40);
      const column = (scale: number) => Array.from({ length: count }, () => next() * scale);
      const parts = {
        isFull: next() > 0.5,
        view: Math.floor(next() * 65536),
        timeMs: next() * 1e13,
        sequence: Math.floor(next() * 2 ** 32),
        handles: column(2 ** 31).map(Math.floor),
        values: column(1e6),
        timesMs: column(1e13),
        qualities: column(2 ** 32).map(Math.floor),
        objects: count > 2 ? ([[1, "文字 ✓"], [2, [1, "b", null]]] as const) : [],
      };
      const frame = decodeFrame(encodeFrame(parts));
      const values = parts.values.map((value, i) => (count > 2 && (i === 1 || i === 2) ? NaN : value));
      expect({ ...frame, values: [...frame.values], timesMs: [...frame.timesMs], handles: [...frame.handles], qualities: [...frame.qualities] }).toEqual({ ...parts, count, values });
    }
  });

  it("refuses every cut-off frame", () => {
    const data = bytes(GOLDEN);
    for (let length = 0; length < data.byteLength; length += 1) expect(() => decodeFrame(data.slice(0, length))).toThrow(FrameError);
  });

  it("refuses another version and a text part that names no value", () => {
    const other = bytes(GOLDEN);
    new Uint8Array(other)[0] = 2;
    expect(() => decodeFrame(other)).toThrow(FrameError);
    const wrong = encodeFrame({ timeMs: 0, handles: [1], values: [1], objects: [[0, "a"]] });
    new Uint8Array(wrong)[wrong.byteLength - 7] = "9".charCodeAt(0);
    expect(() => decodeFrame(wrong)).toThrow(FrameError);
  });

  it("never does anything but read or refuse when bytes are changed", () => {
    const next = random(11);
    for (let round = 0; round < 500; round += 1) {
      const data = bytes(GOLDEN);
      new Uint8Array(data)[Math.floor(next() * data.byteLength)] = Math.floor(next() * 256);
      try {
        decodeFrame(data);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
  });
});
