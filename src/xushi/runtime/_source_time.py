"""Places what sources say in time: never ahead of our clock, and behind the stretch in which the platform was off."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import numpy as np

from xushi.kernel import Clock
from xushi.signals import LOOKING_AGAIN, NOBODY_LOOKED, Frame, Ingest, SignalRegistry

log = logging.getLogger("xushi.runtime")

AHEAD_NS = 10_000_000_000  # clocks of devices may differ from ours by so much


class SourceTime:
    """Stands between the connections and the ingest.

    A source time more than 10 s ahead of our clock is replaced by the time of arrival (OPC 10000-4, 7.11, leaves the
    server its own time beside the source's): the future of one run of a device would lie between the values of the
    next. Where the platform was off, two marks of ours bound the stretch in each signal's history, and what a source
    says at first, at a time before the second mark, holds from that mark on.
    """

    def __init__(self, registry: SignalRegistry, ingest: Ingest, clock: Clock, alive_ns: int) -> None:
        """`alive_ns`: by our clock, when the platform last wrote to the history; 0 for never."""
        self._registry, self._ingest, self._clock = registry, ingest, clock
        self._off_ns = max(1, clock.now_ns() - alive_ns) if alive_ns else 1
        self._again_ns = np.zeros(len(registry), np.int64)  # second mark of each signal that has not spoken since
        self._is_silent = False  # some signal has not
        self._newest: dict[str, tuple[int, int]] = {}  # by link: newest source time, and our time when it came
        self._is_told: set[str] = set()

    def look_again(self, links: Mapping[str, Iterable[int]], newest: Frame) -> None:
        """Mark, at the start, the stretch in which the platform was off.

        Args:
            links: the signals of each connection, which share a clock.
            newest: the newest value of each signal in the history.
        """
        times = dict(zip(newest.signals.tolist(), newest.times_ns.tolist(), strict=True))
        qualities = dict(zip(newest.signals.tolist(), newest.qualities.tolist(), strict=True))
        self._again_ns = np.zeros(len(self._registry), np.int64)
        for signals in links.values():
            known = [signal for signal in dict.fromkeys(signals) if signal in times]
            if not known:
                continue
            off_ns = max(times[signal] for signal in known) + 1
            if any(qualities[signal] == NOBODY_LOOKED for signal in known):
                off_ns -= 1  # noted when the platform was stopped
            self._ingest.push(Frame.gap(known, off_ns, NOBODY_LOOKED, self._clock.now_ns()))
            self._ingest.push(Frame.gap(known, off_ns + self._off_ns, LOOKING_AGAIN, self._clock.now_ns()))
            self._again_ns[known] = off_ns + self._off_ns
        self._is_silent = bool(self._again_ns.any())

    def look_away(self, links: Mapping[str, Iterable[int]]) -> None:
        """Note, at the end, up to when each connection was heard."""
        now_ns = self._clock.now_ns()
        for link, signals in links.items():
            if link in self._newest:
                newest_ns, came_ns = self._newest[link]
                at_ns = newest_ns + max(1, now_ns - came_ns)
                self._ingest.push(Frame.gap(sorted(set(signals)), at_ns, NOBODY_LOOKED, now_ns))

    def take(self, link: str, frame: Frame) -> None:
        """Hand a frame of a connection on."""
        if not len(frame):
            return
        now_ns = self._clock.now_ns()
        times_ns = frame.times_ns
        newest_ns = int(times_ns.max())
        if newest_ns > now_ns + AHEAD_NS:
            if link not in self._is_told:
                self._is_told.add(link)
                log.warning(
                    "the clock of %s is %.0f s ahead; its values get our time", link, (newest_ns - now_ns) / 1e9
                )
            is_ahead = times_ns > now_ns + AHEAD_NS
            times_ns = times_ns.copy()
            # behind what the signal had while its clock was less far ahead: else it would count as late and be lost
            times_ns[is_ahead] = np.maximum(now_ns, self._ingest.board.times_ns(frame.signals[is_ahead]) + 1)
            newest_ns = int(times_ns.max())
        if self._is_silent:
            times_ns = self._behind_marks(frame, times_ns)
        self._newest[link] = max(newest_ns, self._newest.get(link, (0, 0))[0]), now_ns
        if times_ns is not frame.times_ns:
            frame = Frame(frame.signals, times_ns, frame.bits, frame.qualities, frame.objects, frame.received_ns)
        self._ingest.push(frame)

    def _behind_marks(self, frame: Frame, times_ns: np.ndarray) -> np.ndarray:
        """The times, with those of a signal's first values moved behind its mark."""
        signals = frame.signals
        known = signals < len(self._again_ns)
        again_ns = np.where(known, self._again_ns[np.where(known, signals, 0)], 0)
        self._again_ns[signals[known]] = 0
        self._is_silent = bool(self._again_ns.any())
        return np.where(times_ns <= again_ns, again_ns + 1, times_ns)
