// BLAKE2b with 8 bytes of output: turns the name of a random stream into its key, as Python's hashlib does.
// Source: RFC 7693.

const WORD = (1n << 64n) - 1n;
const INITIAL = [
  0x6a09e667f3bcc908n, 0xbb67ae8584caa73bn, 0x3c6ef372fe94f82bn, 0xa54ff53a5f1d36f1n,
  0x510e527fade682d1n, 0x9b05688c2b3e6c1fn, 0x1f83d9abfb41bd6bn, 0x5be0cd19137e2179n,
];
const ORDER = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];
const MIXED = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
] as const;
const BLOCK = 128;
const BYTES = 8;

const turned = (word: bigint, by: bigint) => ((word >> by) | (word << (64n - by))) & WORD;

function compress(state: bigint[], block: Uint8Array, counted: number, isLast: boolean): void {
  const view = new DataView(block.buffer, block.byteOffset, BLOCK);
  const v = [...state, ...INITIAL];
  v[12] = (v[12] as bigint) ^ BigInt(counted);
  if (isLast) v[14] = (v[14] as bigint) ^ WORD;
  const at = (i: number) => v[i] as bigint;
  for (let round = 0; round < 12; round += 1) {
    const order = ORDER[round % 10] as number[];
    MIXED.forEach(([a, b, c, d], i) => {
      const x = view.getBigUint64(8 * (order[2 * i] as number), true);
      const y = view.getBigUint64(8 * (order[2 * i + 1] as number), true);
      v[a] = (at(a) + at(b) + x) & WORD;
      v[d] = turned(at(d) ^ at(a), 32n);
      v[c] = (at(c) + at(d)) & WORD;
      v[b] = turned(at(b) ^ at(c), 24n);
      v[a] = (at(a) + at(b) + y) & WORD;
      v[d] = turned(at(d) ^ at(a), 16n);
      v[c] = (at(c) + at(d)) & WORD;
      v[b] = turned(at(b) ^ at(c), 63n);
    });
  }
  for (let i = 0; i < 8; i += 1) state[i] = (state[i] as bigint) ^ at(i) ^ at(i + 8);
}

/** Returns the 64-bit key of the random stream called `name`. */
export function streamKey(name: string): bigint {
  const text = new TextEncoder().encode(name);
  const state = [...INITIAL];
  state[0] = (state[0] as bigint) ^ 0x01010000n ^ BigInt(BYTES);
  const blocks = Math.max(1, Math.ceil(text.length / BLOCK));
  for (let i = 0; i < blocks; i += 1) {
    const block = new Uint8Array(BLOCK);
    block.set(text.subarray(i * BLOCK, (i + 1) * BLOCK));
    compress(state, block, Math.min(text.length, (i + 1) * BLOCK), i === blocks - 1);
  }
  return state[0] as bigint;
}
