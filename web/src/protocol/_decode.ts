// Reads the binary frames of the server: columns become views into the message, nothing is copied.
export const HEADER_BYTES = 24;
export const FRAME_VERSION = 1;
export const FRAME_FULL = 0;
export const FRAME_DELTA = 1;

/** One message of values. Columns have `count` entries; a value that no float carries is NaN and stands in `objects`. */
export interface WireFrame {
  isFull: boolean;
  view: number;
  count: number;
  /** Instant of the timeline, ms since 1970 UTC. */
  timeMs: number;
  sequence: number;
  values: Float64Array;
  timesMs: Float64Array;
  handles: Uint32Array;
  qualities: Uint32Array;
  /** [index in the columns, value] of texts, arrays and integers beyond 2^53. */
  objects: readonly (readonly [number, unknown])[];
}

export class FrameError extends Error {}

const NOTHING: readonly (readonly [number, unknown])[] = [];
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Integers beyond 2^53 become bigint where the browser tells how they were written; else the nearest number. */
function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !context?.source) return value;
  return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value;
}

/** Checks that the text part is a list of [index below `count`, value]. */
function readObjects(text: string, count: number): readonly (readonly [number, unknown])[] {
  const rows: unknown = JSON.parse(text, exactIntegers);
  if (!Array.isArray(rows)) throw new FrameError("text part is not a list");
  for (const row of rows as unknown[]) {
    const index: unknown = Array.isArray(row) ? row[0] : undefined;
    if (!Array.isArray(row) || row.length !== 2 || !Number.isInteger(index) || (index as number) < 0 || (index as number) >= count) {
      throw new FrameError("text part has a row that names no value");
    }
  }
  return rows as [number, unknown][];
}

/**
 * Decodes one message (little-endian; layout in `xushi.runtime`).
 * Throws FrameError when version or length do not fit.
 */
export function decodeFrame(data: ArrayBuffer): WireFrame {
  if (data.byteLength < HEADER_BYTES) throw new FrameError(`${data.byteLength} bytes are no frame`);
  const head = new DataView(data);
  if (head.getUint8(0) !== FRAME_VERSION) throw new FrameError(`frame version ${head.getUint8(0)} is unknown`);
  const count = head.getUint32(4, true);
  const textBytes = head.getUint32(16, true);
  const expected = HEADER_BYTES + 24 * count + textBytes;
  if (data.byteLength !== expected) throw new FrameError(`${data.byteLength} bytes where ${expected} were announced`);
  const textAt = HEADER_BYTES + 24 * count;
  return {
    isFull: head.getUint8(1) === FRAME_FULL,
    view: head.getUint16(2, true),
    count,
    timeMs: head.getFloat64(8, true),
    sequence: head.getUint32(20, true),
    values: new Float64Array(data, HEADER_BYTES, count),
    timesMs: new Float64Array(data, HEADER_BYTES + 8 * count, count),
    handles: new Uint32Array(data, HEADER_BYTES + 16 * count, count),
    qualities: new Uint32Array(data, HEADER_BYTES + 20 * count, count),
    objects: textBytes === 0 ? NOTHING : readObjects(utf8.decode(new Uint8Array(data, textAt, textBytes)), count),
  };
}

/** What a frame is made of; the mirror of `decodeFrame`, used by tests, samples and recordings in the browser. */
export interface FrameParts {
  isFull?: boolean;
  view?: number;
  timeMs: number;
  sequence?: number;
  handles: ArrayLike<number>;
  values: ArrayLike<number>;
  timesMs?: ArrayLike<number>;
  qualities?: ArrayLike<number>;
  objects?: readonly (readonly [number, unknown])[];
}

export function encodeFrame(parts: FrameParts): ArrayBuffer {
  const count = parts.handles.length;
  const text = parts.objects?.length ? new TextEncoder().encode(JSON.stringify(parts.objects)) : new Uint8Array(0);
  const data = new ArrayBuffer(HEADER_BYTES + 24 * count + text.length);
  const head = new DataView(data);
  head.setUint8(0, FRAME_VERSION);
  head.setUint8(1, parts.isFull ? FRAME_FULL : FRAME_DELTA);
  head.setUint16(2, parts.view ?? 1, true);
  head.setUint32(4, count, true);
  head.setFloat64(8, parts.timeMs, true);
  head.setUint32(16, text.length, true);
  head.setUint32(20, parts.sequence ?? 0, true);
  const values = new Float64Array(data, HEADER_BYTES, count);
  values.set(parts.values);
  for (const [index] of parts.objects ?? []) values[index] = NaN;
  const times = new Float64Array(data, HEADER_BYTES + 8 * count, count);
  if (parts.timesMs) times.set(parts.timesMs);
  else times.fill(parts.timeMs);
  new Uint32Array(data, HEADER_BYTES + 16 * count, count).set(parts.handles);
  if (parts.qualities) new Uint32Array(data, HEADER_BYTES + 20 * count, count).set(parts.qualities);
  new Uint8Array(data, HEADER_BYTES + 24 * count).set(text);
  return data;
}
