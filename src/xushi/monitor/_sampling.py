"""The operating characteristic of a single sampling plan: how often a lot is accepted (ISO 2859-1, 12.1)."""

from __future__ import annotations

import math

from xushi.kernel import XushiError

LARGEST_SAMPLE = 100_000


def accepted_share(n: int, ac: int, nonconforming: float) -> float:
    """Share of lots accepted: at most `ac` nonconforming among n pieces of a process with that share nonconforming.

    Binomial, as ISO 2859-1 tabulates plans for the percentage nonconforming.

    Raises:
        XushiError: `monitor.plan_invalid`.
    """
    if not (1 <= n <= LARGEST_SAMPLE and 0 <= ac < n):
        raise XushiError("monitor.plan_invalid")
    if not 0 < nonconforming < 1:
        return 1.0 if nonconforming <= 0 else 0.0
    log_p, log_q = math.log(nonconforming), math.log1p(-nonconforming)
    terms = (
        math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * log_p + (n - k) * log_q)
        for k in range(ac + 1)
    )
    return min(math.fsum(terms), 1.0)
