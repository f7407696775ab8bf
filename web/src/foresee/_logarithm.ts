// The natural logarithm in plain arithmetic: the same digits as in Python, where Math.log may differ in the last place.
// Source: FreeBSD msun e_log.c (Sun Microsystems, 1993); src/xushi/simulate/_logarithm.py is its twin.

const LN2_HIGH = 6.93147180369123816490e-1;
const LN2_LOW = 1.90821492927058770002e-10;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);
number[0] = 1;
const HIGH = words[1] === 0x3ff00000 ? 1 : 0; // which of the two words has sign and exponent on this machine

/** Returns log(x) for a normal number above 0. */
export function naturalLog(x: number): number {
  number[0] = x;
  const top = words[HIGH] as number;
  const fraction = top & 0xfffff;
  const carry = (fraction + 0x95f64) & 0x100000; // into the exponent from sqrt(2) on
  const k = (top >>> 20) - 1023 + (carry >>> 20);
  words[HIGH] = fraction | (carry ^ 0x3ff00000);
  const f = (number[0] as number) - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const odd = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332));
  const even = z * (0.666666666666673513 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)));
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + even + odd) + k * LN2_LOW) - f);
}
