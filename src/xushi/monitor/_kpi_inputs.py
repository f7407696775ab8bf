"""Measures what KPIs are made of, over many spans of a timeline at once: time in states, counts, failures, results."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xushi.monitor._kpi_definitions import StateTest
from xushi.signals import Kind, Timeline

Int64s = NDArray[np.int64]
Doubles = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Spans:
    """Stretches of time that are asked for, start_ns <= time < end_ns each; they may overlap.

    Attributes:
        starts, ends: int64[n].
    """

    starts: Int64s
    ends: Int64s

    @classmethod
    def of(cls, spans: Sequence[tuple[int, int]]) -> Spans:
        """Spans given as pairs."""
        edges = np.array(spans, np.int64).reshape(-1, 2)
        return cls(edges[:, 0], edges[:, 1])

    def counts(self, instants: Int64s) -> Int64s:
        """int64[n]: how many of these instants, in order, lie in each."""
        return np.searchsorted(instants, self.ends) - np.searchsorted(instants, self.starts)

    def sums(self, instants: Int64s, sizes: Doubles) -> Doubles:
        """float64[n]: the sum of what belongs to the instants, in order, that lie in each."""
        first, last = np.searchsorted(instants, self.starts).tolist(), np.searchsorted(instants, self.ends).tolist()
        return np.array([sizes[low:high].sum() for low, high in zip(first, last, strict=True)])


@dataclass(frozen=True)
class Series:
    """The usable and unusable values of a signal in a span, the first the one in force at its start.

    Attributes:
        times_ns: int64[n], not falling; the first may lie before the span.
        values: float64[n], NaN where nothing is known from there on.
    """

    times_ns: Int64s
    values: Doubles


@dataclass(frozen=True)
class Intervals:
    """Stretches of time in which something was so; they do not overlap and are in order."""

    starts: Int64s
    ends: Int64s

    def seconds(self, spans: Spans) -> Doubles:
        """float64[n]: how much of this time lies in each span, in s."""
        return (self.before(spans.ends) - self.before(spans.starts)) / 1e9

    def __and__(self, other: Intervals) -> Intervals:
        """The time in both, in whole stretches."""
        edges = np.unique(np.concatenate([self.starts, self.ends, other.starts, other.ends]))
        if len(edges) < 2:
            return Intervals(edges[:0], edges[:0])
        starts, ends = edges[:-1], edges[1:]
        inside = self.covers(starts) & other.covers(starts)
        return Intervals(starts[inside], ends[inside]).joined()

    def joined(self) -> Intervals:
        """The same time, with stretches that touch made one."""
        apart = self.starts[1:] > self.ends[:-1]
        is_first, is_last = (np.ones(len(self.starts), bool) for _ in range(2))
        is_first[1:] = is_last[:-1] = apart
        return Intervals(self.starts[is_first], self.ends[is_last])

    def before(self, instants: Int64s) -> Int64s:
        """How much of this time lies before each instant, in ns."""
        if not len(self.starts):
            return np.zeros(len(instants), np.int64)
        total = np.concatenate([[0], np.cumsum(self.ends - self.starts)])
        place = np.searchsorted(self.starts, instants, "right") - 1
        into = np.minimum(instants, self.ends[np.maximum(place, 0)]) - self.starts[np.maximum(place, 0)]
        return np.where(place >= 0, total[np.maximum(place, 0)] + into, 0)

    def covers(self, instants: Int64s) -> Flags:
        """Whether each instant lies inside."""
        place = np.searchsorted(self.starts, instants, "right") - 1
        covers: Flags = (
            (place >= 0) & (instants < self.ends[np.maximum(place, 0)])
            if len(self.starts)
            else (np.zeros(len(instants), bool))
        )
        return covers


class Inputs:
    """Reads each signal of a timeline once for a whole span, and measures any part of it."""

    def __init__(self, timeline: Timeline, start_ns: int, end_ns: int, until_ns: int) -> None:
        """`until_ns` is where the timeline ends, or now: nothing is known of what comes after."""
        self._timeline = timeline
        self._until_ns = until_ns
        self._start_ns, self._end_ns = start_ns, end_ns
        self._series: dict[str, Series] = {}
        self._known: dict[tuple[str, ...], Intervals] = {}
        self._times_in: dict[tuple[str, tuple[int, ...]], Intervals] = {}
        self._risen: dict[str, tuple[Int64s, Doubles, Int64s]] = {}

    @property
    def span(self) -> tuple[int, int]:
        """The whole span, as far as time has come."""
        return self._start_ns, max(self._start_ns, min(self._end_ns, self._until_ns))

    def series(self, key: str) -> Series:
        """The values of a signal; a signal that is not there has none."""
        if key not in self._series:
            self._series[key] = self._read(key)
        return self._series[key]

    def _read(self, key: str) -> Series:
        registry = self._timeline.registry
        if key not in registry:
            return Series(np.empty(0, np.int64), np.empty(0))
        handle = registry.handle(key)
        kind = registry.get(handle).kind
        first = self._timeline.snapshot(self._start_ns - 1, [handle])
        times = [first.times_ns]
        values = [first.numbers(registry.kinds)]
        for piece in self._timeline.pieces(handle, self._start_ns, self._end_ns):
            times.append(piece.times)
            values.append(np.where(piece.usable(kind), piece.numbers(kind), np.nan))
        return Series(np.concatenate(times), np.concatenate(values))

    def unit(self, key: str) -> str:
        """Unit of a signal."""
        registry = self._timeline.registry
        return registry.get(registry.handle(key)).unit if key in registry else ""

    def kind(self, key: str) -> Kind:
        """Kind of a signal."""
        registry = self._timeline.registry
        return registry.get(registry.handle(key)).kind

    def label(self, key: str, value: int) -> str:
        """What a state's number is called."""
        registry = self._timeline.registry
        labels = registry.get(registry.handle(key)).labels if key in registry else {}
        return labels.get(str(value), str(value))

    def _runs(self, key: str, start_ns: int, end_ns: int) -> tuple[Int64s, Int64s, Doubles]:
        """(starts, ends, values) of the stretches between values, cut to a part of the whole span."""
        series = self._part(key, start_ns, end_ns)
        if not len(series.times_ns):
            return series.times_ns, series.times_ns, series.values
        starts = np.clip(series.times_ns, start_ns, end_ns)
        ends = np.append(starts[1:], max(min(end_ns, self._until_ns), starts[-1]))
        has_length = ends > starts
        return starts[has_length], ends[has_length], series.values[has_length]

    def _part(self, key: str, start_ns: int, end_ns: int) -> Series:
        """The values of a span, with the one in force at its start before them."""
        series = self.series(key)
        low, high = np.searchsorted(series.times_ns, [start_ns, end_ns]).tolist()
        part = slice(max(low - 1, 0), high)
        return Series(series.times_ns[part], series.values[part])

    def known(self, keys: Iterable[str]) -> Intervals:
        """The time in the whole span in which the values of all these signals are known."""
        chosen = tuple(keys)
        if chosen not in self._known:
            both = Intervals(*(np.array([edge], np.int64) for edge in self.span))
            for key in chosen:
                starts, ends, values = self._runs(key, *self.span)
                is_known = ~np.isnan(values)
                both = both & Intervals(starts[is_known], ends[is_known]).joined()
            self._known[chosen] = both
        return self._known[chosen]

    def time_in(self, test: StateTest) -> Intervals:
        """The time in the whole span in which a state signal had one of the values."""
        chosen = test.signal, tuple(test.values)
        if chosen not in self._times_in:
            starts, ends, values = self._runs(test.signal, *self.span)
            is_in = np.isin(values, test.values)
            self._times_in[chosen] = Intervals(starts[is_in], ends[is_in]).joined()
        return self._times_in[chosen]

    def durations(self, key: str, base: Intervals, start_ns: int, end_ns: int) -> list[tuple[int, float]]:
        """(state, s) for each value that a state signal had in a part of the span, within `base`; the longest first."""
        starts, ends, values = self._runs(key, start_ns, end_ns)
        spent_s = (base.before(ends) - base.before(starts)) / 1e9
        counts = ~np.isnan(values) & (spent_s > 0)
        states, place = np.unique(values[counts], return_inverse=True)
        totals = np.bincount(place, weights=spent_s[counts], minlength=len(states))
        rows = sorted(zip(states.tolist(), totals.tolist(), strict=True), key=lambda row: -row[1])
        return [(int(state), total) for state, total in rows]

    def entries_into(self, test: StateTest, spans: Spans) -> Int64s:
        """int64[n]: how often a state was entered in each span, from another known state or from an unknown one."""
        series = self.series(test.signal)
        is_in = np.isin(series.values, test.values)
        entered = is_in & ~np.concatenate([[True], is_in[:-1]])  # a state in force at the start was not entered
        return spans.counts(series.times_ns[entered])

    def increase(self, key: str, base: Intervals, spans: Spans) -> Doubles:
        """float64[n]: how far a counter or meter was seen to rise in each span, within `base`; NaN without a value.

        Only a step between two known values with nothing unknown between them was seen. A fall is a restart of the
        device's counter: nobody knows when it counted what it shows first.
        """
        times, sizes = self.rises(key)
        is_seen = base.covers(times)
        risen = spans.sums(times[is_seen], sizes[is_seen])
        return np.where(self.known([key]).seconds(spans) > 0, risen, np.nan)

    def rises(self, key: str) -> tuple[Int64s, Doubles]:
        """(times, sizes) of the steps up that were seen in the whole span."""
        return self._steps(key)[:2]

    def restarts(self, key: str, start_ns: int, end_ns: int) -> int:
        """How often a counter fell, in a part of the span."""
        falls = self._steps(key)[2]
        return int(((falls >= start_ns) & (falls < end_ns)).sum())

    def _steps(self, key: str) -> tuple[Int64s, Doubles, Int64s]:
        if key not in self._risen:
            series = self.series(key)
            steps = np.diff(series.values)  # NaN beside what is not known
            times = series.times_ns[1:]
            self._risen[key] = times[steps > 0], steps[steps > 0], times[steps < 0]
        return self._risen[key]

    def first_results(self, verdict: StateTest, attempt: str | None, spans: Spans) -> tuple[Int64s, Int64s]:
        """(pieces judged at the first attempt, those that were good) in each span: each value is one result."""
        judged = self.series(verdict.signal)
        counts = ~np.isnan(judged.values)
        if attempt is not None:
            attempts = self.series(attempt)
            place = np.searchsorted(attempts.times_ns, judged.times_ns, "right") - 1
            found = attempts.values[np.maximum(place, 0)] if len(attempts.values) else np.full(len(place), np.nan)
            counts &= (place >= 0) & (found == 1)
        is_good = counts & np.isin(judged.values, verdict.values)
        return spans.counts(judged.times_ns[counts]), spans.counts(judged.times_ns[is_good])


def parts(start_ns: int, end_ns: int, count: int) -> Sequence[tuple[int, int]]:
    """A span in equal parts."""
    edges = [start_ns + (end_ns - start_ns) * i // count for i in range(count + 1)]
    return list(itertools.pairwise(edges))
