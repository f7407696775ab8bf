// The complementary error function, which JavaScript lacks.
// Source: W. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23, 1969.

const A = [3.16112374387056560, 113.864154151050156, 377.485237685302021, 3209.37758913846947, 0.185777706184603153];
const B = [23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062];
const C = [
  0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.952221241769090,
  1712.04761263407058, 2051.07837782607147, 1230.33935479799725, 2.15311535474403846e-8,
];
const D = [
  15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963,
  4362.61909014324716, 3439.36767414372164, 1230.33935480374942,
];
const P = [0.305326634961232344, 0.360344899949804439, 0.125781726111229246, 0.0160837851487422766, 6.58749161529837803e-4, 0.0163153871373020978];
const Q = [2.56852019228982242, 1.87295284992346725, 0.527905102951428412, 0.0605183413124413191, 2.33520497626869185e-3];
const ONE_OVER_ROOT_PI = 0.56418958354775628695;

const of = (list: readonly number[], i: number) => list[i] as number;

/** The part between top and low polynomials; `last` is how many steps Horner's rule takes. */
function quotient(top: readonly number[], low: readonly number[], x: number, first: number): number {
  let up = first * x;
  let down = x;
  for (let i = 0; i < low.length - 1; i += 1) {
    up = (up + of(top, i)) * x;
    down = (down + of(low, i)) * x;
  }
  return (up + of(top, low.length - 1)) / (down + of(low, low.length - 1));
}

/** Returns erfc(x), to about 1e-15 of it. */
export function erfc(x: number): number {
  const y = Math.abs(x);
  if (y <= 0.46875) return 1 - x * quotient(A, B, y * y, of(A, 4));
  let found: number;
  if (y <= 4) found = quotient(C, D, y, of(C, 8));
  else {
    const z = 1 / (y * y);
    found = (ONE_OVER_ROOT_PI - z * quotient(P, Q, z, of(P, 5))) / y;
  }
  const cut = Math.trunc(y * 16) / 16;
  found *= Math.exp(-cut * cut) * Math.exp(-(y - cut) * (y + cut));
  return x < 0 ? 2 - found : found;
}
