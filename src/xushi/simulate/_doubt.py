"""What is not known of a failure's rate: each replication draws a rate of its own from what was observed.

The rate (the inverse of the scale to the power of the shape) of a Weibull life seen `evidence` times has a gamma
distribution with that shape (R. Soland, "Bayesian analysis of the Weibull process with unknown scale parameter and its
application to acceptance sampling", IEEE Transactions on Reliability R-17(2), 1968).
"""

from __future__ import annotations

from typing import Any

from ._compiled import compiled
from ._random import seed_stream
from ._variates import gamma

_STAGES_APART = 0xFFFFFFFF  # a stage on the way has another number above these bits, and is the same plant
_WEIBULL = 7


@compiled
def draw_scales(w: Any, seed: int, replication: int) -> None:
    """Draw by what the lives of each failure are multiplied in this replication; the streams must have been seeded.

    The stream is named after the failure, so alternatives share the rate as they share all other numbers.
    """
    for f in range(len(w.modes)):
        mode = w.modes[f]
        if mode.evidence > 0.0:
            seed_stream(w.streams, w.keys, mode.scale_stream, seed, replication & _STAGES_APART)
            rate = gamma(mode.evidence, w.streams, mode.scale_stream) / mode.evidence
            dist = w.dists[mode.after]
            mode.stretch = rate ** (-1.0 / (dist.a if dist.family == _WEIBULL else 1.0))
