// Reproducible random streams, one for each source of randomness: xoshiro128++ seeded by SplitMix64, as in Python.
// Sources: D. Blackman, S. Vigna, ACM TOMS 47(4), 2021; G. Steele, D. Lea, C. Flood, OOPSLA 2014.
// src/xushi/simulate/_random.py is its twin. Words of 64 bits are pairs of 32: a BigInt costs thirty times as much.
import { streamKey } from "./_digest";

const GAMMA_HIGH = 0x9e3779b9;
const GAMMA_LOW = 0x7f4a7c15;
const TO_UNIT = 1 / 9007199254740992;

let high = 0;
let low = 0;

function add(byHigh: number, byLow: number): void {
  const sum = (low >>> 0) + (byLow >>> 0);
  high = (high + byHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
  low = sum | 0;
}

function multiply(byHigh: number, byLow: number): void {
  const a = low & 0xffff;
  const b = low >>> 16;
  const c = byLow & 0xffff;
  const d = byLow >>> 16;
  const inner = a * d + (((a * c) / 65536) | 0);
  const middle = b * c + (inner & 0xffff);
  const carried = b * d + Math.floor(inner / 65536) + Math.floor(middle / 65536);
  high = (Math.imul(high, byLow) + Math.imul(low, byHigh) + (carried | 0)) | 0;
  low = Math.imul(low, byLow);
}

function scatter(by: number): void {
  low ^= (low >>> by) | (high << (32 - by));
  high ^= high >>> by;
}

/** Finishes SplitMix64: scatters the bits of the word in `high` and `low`. */
function mix(): void {
  scatter(30);
  multiply(0xbf58476d, 0x1ce4e5b9);
  scatter(27);
  multiply(0x94d049bb, 0x133111eb);
  scatter(31);
}

/** Random streams by number; a stream is named after what draws from it, never after its place in the model. */
export class Streams {
  readonly words: Uint32Array;
  private readonly keys: Int32Array;

  constructor(names: readonly string[]) {
    this.words = new Uint32Array(4 * names.length);
    this.keys = new Int32Array(2 * names.length);
    names.forEach((name, i) => {
      const key = streamKey(name);
      this.keys[2 * i] = Number(key >> 32n) | 0;
      this.keys[2 * i + 1] = Number(key & 0xffffffffn) | 0;
    });
  }

  /** Sets every stream to the start of its sequence for this seed (a whole number up to 2^53) and replication. */
  seed(seed: number, replication: number): void {
    high = Math.floor(seed / 4294967296) | 0;
    low = seed | 0;
    add(GAMMA_HIGH, GAMMA_LOW);
    mix();
    const firstHigh = high;
    const firstLow = low;
    high = 0;
    low = replication;
    multiply(GAMMA_HIGH, GAMMA_LOW);
    add(firstHigh, firstLow);
    add(GAMMA_HIGH, GAMMA_LOW);
    mix();
    const rootHigh = high;
    const rootLow = low;
    for (let i = 0; i < this.keys.length; i += 2) {
      high = rootHigh ^ (this.keys[i] as number);
      low = rootLow ^ (this.keys[i + 1] as number);
      mix();
      for (let half = 0; half < 2; half += 1) {
        add(GAMMA_HIGH, GAMMA_LOW);
        const wordHigh = high;
        const wordLow = low;
        mix();
        this.words[2 * i + 2 * half] = low;
        this.words[2 * i + 2 * half + 1] = high;
        high = wordHigh;
        low = wordLow;
      }
      this.words[2 * i] = (this.words[2 * i] as number) | 1; // all zero is the one state it cannot leave
    }
  }

  /** Draws from stream `i` a number strictly between 0 and 1, in steps of 2^-53. */
  uniform(i: number): number {
    const words = this.words;
    const at = 4 * i;
    let a = (words[at] as number) | 0;
    let b = (words[at + 1] as number) | 0;
    let c = (words[at + 2] as number) | 0;
    let d = (words[at + 3] as number) | 0;
    let sum = (a + d) | 0;
    const top = (((sum << 7) | (sum >>> 25)) + a) | 0;
    let t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    sum = (a + d) | 0;
    const bottom = (((sum << 7) | (sum >>> 25)) + a) | 0;
    t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    words[at] = a;
    words[at + 1] = b;
    words[at + 2] = c;
    words[at + 3] = (d << 11) | (d >>> 21);
    return ((top >>> 5) * 67108864 + (bottom >>> 6) + 0.5) * TO_UNIT;
  }
}
