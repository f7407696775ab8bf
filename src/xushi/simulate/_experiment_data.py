"""What an experiment is, and how it is stopped; needs no compiler."""

from __future__ import annotations

from typing import Literal

import numpy as np

from xushi.kernel import XushiError

from ._model import _Data


class Experiment(_Data, frozen=True, kw_only=True):
    """How long, how often, and from which random numbers.

    Attributes:
        horizon_s: where each replication ends.
        warm_up_s: what happens before is not counted (0 when it starts from the state of a live plant).
        replications: independent runs; the same seed gives alternatives the same numbers in replication 1, 2, ….
        seed: 0 to 2^63 - 1.
        sample_every_s: records levels and output at these intervals; never, where absent.
        engine: `auto` takes the recursion where the model allows it; `kernel` always the event kernel.
    """

    horizon_s: float
    warm_up_s: float = 0.0
    replications: int = 30
    seed: int = 1
    sample_every_s: float | None = None
    engine: Literal["auto", "kernel"] = "auto"

    def check(self) -> None:
        """Refuse an experiment that cannot be run.

        Raises:
            XushiError: `simulate.experiment_invalid`.
        """
        is_sound = (
            0 <= self.warm_up_s < self.horizon_s < np.inf
            and self.replications >= 1
            and 0 <= self.seed < 2**63
            and (self.sample_every_s is None or self.horizon_s / 1e6 <= self.sample_every_s)
        )
        if not is_sound:
            raise XushiError("simulate.experiment_invalid")


class Cancellation:
    """Stops an experiment from another thread."""

    def __init__(self) -> None:
        self.flag = np.zeros(1, np.int8)

    def cancel(self) -> None:
        """Let every replication stop within a few thousand events."""
        self.flag[0] = 1

    def check(self) -> None:
        """Go on only where nobody has stopped it.

        Raises:
            XushiError: `simulate.cancelled`.
        """
        if self.flag[0]:
            raise XushiError("simulate.cancelled")
