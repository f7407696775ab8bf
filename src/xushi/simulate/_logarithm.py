"""The natural logarithm in plain arithmetic: the same digits on every processor and in a browser, and no call.

Source: FreeBSD msun e_log.c (Sun Microsystems, 1993): argument reduction to [sqrt(1/2), sqrt(2)] and the polynomial of
log((1 + s) / (1 - s)); the error is below one unit in the last place.
"""

from __future__ import annotations

import numpy as np

from ._compiled import inlined

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_HALF_STEP = np.int64(0x00095F6400000000)  # carries into the exponent from sqrt(2) on
_EXPONENT_BIT = np.int64(0x0010000000000000)
_ONE = np.int64(0x3FF0000000000000)


@inlined
def natural_log(x: float) -> float:
    """Return log(x) for a normal number above 0."""
    bits = np.float64(x).view(np.int64)
    fraction = bits & _MANTISSA
    carry = (fraction + _HALF_STEP) & _EXPONENT_BIT
    k = float((bits >> np.int64(52)) - np.int64(1023) + (carry >> np.int64(52)))
    f = np.int64(fraction | (carry ^ _ONE)).view(np.float64) - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    odd = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
    even = z * (
        0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591))
    )
    half_square = 0.5 * f * f
    return k * _LN2_HIGH - ((half_square - (s * (half_square + even + odd) + k * _LN2_LOW)) - f)
