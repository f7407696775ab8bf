"""Says how long to wait before the next attempt to connect."""

from __future__ import annotations

FIRST_DELAY_S = 0.2
LONGEST_DELAY_S = 3.0  # so that a peer that is back is found and served within five seconds


class Backoff:
    """Doubles the delay with each failure, up to three seconds; a success starts anew."""

    def __init__(self, first_s: float = FIRST_DELAY_S, longest_s: float = LONGEST_DELAY_S) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._next_s = first_s

    def next_delay_s(self) -> float:
        """Return the delay before the next attempt, in seconds."""
        delay_s = self._next_s
        self._next_s = min(delay_s * 2, self._longest_s)
        return delay_s

    def reset(self) -> None:
        """Forget earlier failures."""
        self._next_s = self._first_s
