"""A small discrete-event loop: things happen at plant times, and in the same order for the same seed."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable


class Event:
    """Something that will happen; `cancel` makes the loop skip it."""

    __slots__ = ("action", "at_s", "is_cancelled")

    def __init__(self, at_s: float, action: Callable[[], None]) -> None:
        self.at_s = at_s
        self.action = action
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class EventLoop:
    """Runs events by plant time. `now_s` counts from zero; `start_ns` is the epoch time of that zero."""

    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns
        self.now_s = 0.0
        self._paced_from_s, self._speed = float("inf"), 1.0
        self._queue: list[tuple[float, int, Event]] = []
        self._count = 0

    @property
    def now_ns(self) -> int:
        """The plant's clock, nanoseconds since the Unix epoch: plant time, or, once paced, real time."""
        return self.start_ns + round(self.clock_s * 1e9)

    @property
    def clock_s(self) -> float:
        """Seconds since the start by the plant's clock: what a meter that adds up over time goes by."""
        paced_s = max(0.0, self.now_s - self._paced_from_s)
        return self.now_s - paced_s + paced_s / self._speed

    def pace(self, speed: float) -> None:
        """From now on the plant's clock runs as real time does where the plant runs `speed` times as fast."""
        self._paced_from_s, self._speed = self.now_s, speed

    def after(self, delay_s: float, action: Callable[[], None]) -> Event:
        """Runs `action` once, `delay_s` seconds of plant time from now (never in the past)."""
        event = Event(self.now_s + max(0.0, delay_s), action)
        self._count += 1
        heapq.heappush(self._queue, (event.at_s, self._count, event))
        return event

    def every(self, period_s: float, action: Callable[[], None]) -> None:
        """Runs `action` each `period_s` seconds of plant time, for ever."""

        def again() -> None:
            action()
            self.after(period_s, again)

        self.after(period_s, again)

    def run_until(self, until_s: float) -> int:
        """Runs all events up to `until_s` (seconds of plant time); returns how many ran."""
        ran = 0
        queue = self._queue
        while queue and queue[0][0] <= until_s:
            at_s, _, event = heapq.heappop(queue)
            if event.is_cancelled:
                continue
            self.now_s = at_s
            event.action()
            ran += 1
        self.now_s = max(self.now_s, until_s)
        return ran


def random_stream(seed: int, name: str) -> random.Random:
    """An own random stream for one machine, so that a change in one does not disturb the others."""
    return random.Random(f"{seed}/{name}")  # noqa: S311 - a model, not a secret


def lognormal(rng: random.Random, mean: float, sigma: float) -> float:
    """A lognormal draw with the given mean and shape sigma (of the logarithm)."""
    return mean * rng.lognormvariate(-sigma * sigma / 2.0, sigma)
