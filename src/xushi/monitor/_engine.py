"""Evaluates all alarm rules on frames, by source time alone: the same values give the same alarms live and replayed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from xushi.monitor._columns import Columns
from xushi.monitor._rules import Rule
from xushi.monitor._transitions import Doubles, Int64s, Numbers, Transitions, find_transitions, group_starts, rates
from xushi.signals import BAD, Frame, Kind, SignalRegistry

_NEVER_NS = int(np.iinfo(np.int64).min)
_NOT_DUE_NS = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Occurrence:
    """An alarm's condition came (after its on-delay) or went (after its off-delay).

    Attributes:
        at_ns: source time, ns since the Unix epoch.
        value: the value that began or ended it; None where there is no number.
    """

    at_ns: int
    rule: str
    is_raised: bool
    value: float | None


class Engine:
    """The conditions of all rules, advanced by frames and by the passing of time.

    A value older than the newest of its signal is left out, as on the board. Frames may be cut in any way: what
    comes out depends on the values only. Delays and staleness run on the time of the signal itself; `advance` says
    how far time has come where a signal is silent.
    """

    def __init__(self, rules: Sequence[Rule], registry: SignalRegistry) -> None:
        self._registry = registry
        self._kinds = registry.kinds
        self._columns = Columns(rules, registry)
        self._number = {rule.id: i for i, rule in enumerate(self._columns.rules)}
        n = len(self._columns)
        self._is_on = np.zeros(n, bool)  # the bare condition
        self._is_raised = np.zeros(n, bool)  # the condition after its delays
        self._newest = np.full(len(registry), _NEVER_NS, np.int64)  # by handle
        self._rate_time = np.full(n, _NEVER_NS, np.int64)
        self._rate_value = np.full(n, np.nan)
        self._heard = np.full(n, _NEVER_NS, np.int64)  # last usable value of a stale rule
        self._due = np.full(n, _NOT_DUE_NS, np.int64)  # when a change of the condition will count
        self._due_value = np.full(n, np.nan)
        self._stale = np.flatnonzero(self._columns.is_stale)

    @property
    def rules(self) -> list[Rule]:
        """The rules that are evaluated: enabled ones whose signal exists."""
        return self._columns.rules

    def restore(self, raised: Iterable[str]) -> None:
        """Take over which conditions were there, from a journal or from the engine before."""
        for rule in raised:
            number = self._number.get(rule)
            if number is not None:
                self._is_on[number] = self._is_raised[number] = True

    def inherit(self, before: Engine) -> list[str]:
        """Go on where another engine stood; return the rules that are new or changed, to be judged afresh."""
        known = {rule.id: (i, rule) for i, rule in enumerate(before._columns.rules)}
        shared = min(len(self._newest), len(before._newest))
        self._newest[:shared] = before._newest[:shared]
        fresh = []
        for number, rule in enumerate(self._columns.rules):
            at, old = known.get(rule.id, (-1, None))
            if old is None:
                fresh.append(rule.id)
                continue
            self._is_raised[number] = self._is_on[number] = before._is_raised[at]
            if _condition(old) != _condition(rule):
                fresh.append(rule.id)
                continue
            self._is_on[number] = before._is_on[at]
            self._rate_time[number], self._rate_value[number] = before._rate_time[at], before._rate_value[at]
            self._heard[number] = before._heard[at]
            self._due[number], self._due_value[number] = before._due[at], before._due_value[at]
        return fresh

    def judge(self, rules: Iterable[str], frame: Frame, at_ns: int) -> list[Occurrence]:
        """Judge new or changed rules by the values in force, as of `at_ns` (or the value's own time if later)."""
        chosen = np.zeros(len(self._columns), bool)
        chosen[[self._number[rule] for rule in rules if rule in self._number]] = True
        times_ns = np.maximum(frame.times_ns, at_ns)
        columns = (frame.signals, times_ns, frame.numbers(self._kinds), frame.qualities)
        found = self._evaluate(*columns, chosen)
        return self._settle(found)

    def push(self, frames: Sequence[Frame]) -> list[Occurrence]:
        """Evaluate frames as one batch; return what happened in the order of time."""
        columns = self._columns
        signals = frames[0].signals if len(frames) == 1 else np.concatenate([frame.signals for frame in frames])
        total = len(columns.is_watched)
        if len(self._kinds) < len(self._registry):
            self._kinds = self._registry.kinds  # signals have been added; nobody watches them yet
        if len(self._kinds) > total:
            known = signals < total
            watched = np.zeros(len(signals), bool)
            watched[known] = columns.is_watched[signals[known]]
        else:
            watched = columns.is_watched[signals]
        times_ns = _joined(frames, "times_ns")
        bits = _joined(frames, "bits")
        qualities = _joined(frames, "qualities")
        if not watched.all():
            signals, times_ns, bits, qualities = (c[watched] for c in (signals, times_ns, bits, qualities))
        if not len(signals):
            return []
        is_late = times_ns < self._newest[signals]
        if is_late.any():
            fresh = ~is_late
            signals, times_ns, bits, qualities = (c[fresh] for c in (signals, times_ns, bits, qualities))
        np.maximum.at(self._newest, signals, times_ns)
        numbers = _numbers(self._kinds, signals, bits, qualities)
        return self._settle(self._evaluate(signals, times_ns, numbers, qualities, None))

    def advance(self, now_ns: int) -> list[Occurrence]:
        """Let time pass for silent signals: delays run out, signals grow stale."""
        found: list[Occurrence] = []
        for number in np.flatnonzero(self._due <= now_ns).tolist():
            self._end_wait(number, found)
        found += self._grow_stale(now_ns)
        found.sort(key=lambda occurrence: (occurrence.at_ns, occurrence.rule))
        return found

    # ---- conditions
    def _evaluate(
        self, signals: Numbers, times_ns: Int64s, numbers: Doubles, qualities: np.ndarray, chosen: np.ndarray | None
    ) -> list[Transitions]:
        found = []
        for layer in self._columns.layers:
            rules = layer[signals]
            entries = rules >= 0
            if chosen is not None:
                entries &= chosen[rules]
            is_whole = bool(entries.all())
            if not is_whole:
                if not entries.any():
                    continue
                rules = rules[entries]
            if is_whole:
                found.append(self._evaluate_layer(rules, times_ns, numbers, qualities))
            else:
                found.append(self._evaluate_layer(rules, times_ns[entries], numbers[entries], qualities[entries]))
        for layer in self._columns.stale_layers:
            rules = layer[signals]
            is_usable = (qualities < BAD) & (~np.isnan(numbers) | (self._kinds[signals] >= Kind.STRING))
            entries = (rules >= 0) & is_usable
            if chosen is not None:
                entries &= chosen[rules]
            if entries.any():
                found.append(self._hear(rules[entries], times_ns[entries], numbers[entries]))
        return found

    def _evaluate_layer(self, rules: Numbers, times_ns: Int64s, values: Doubles, qualities: np.ndarray) -> Transitions:
        columns = self._columns
        if columns.is_quality.any():
            values = np.where(columns.is_quality[rules], (qualities >= BAD).astype(np.float64), values)
        tested = values
        if columns.is_rate.any():
            tested = self._with_rates(rules, times_ns, values)
        begins = (tested > columns.high[rules]) | (tested < columns.low[rules])
        ends = (tested <= columns.high_off[rules]) & (tested >= columns.low_off[rules])
        if columns.is_equal.any():
            swap = columns.is_equal[rules]
            begins, ends = np.where(swap, ends, begins), np.where(swap, begins, ends)
        # Most values change nothing: only the rules with a value that might are looked at one by one.
        may_change = np.where(self._is_on[rules], ends, begins)
        if not may_change.any():
            return Transitions(rules[:0], times_ns[:0], begins[:0], values[:0])
        is_touched = np.zeros(len(columns), bool)
        is_touched[rules[may_change]] = True
        some = is_touched[rules]
        return find_transitions(rules[some], times_ns[some], begins[some], ends[some], values[some], self._is_on)

    def _with_rates(self, rules: Numbers, times_ns: Int64s, values: Doubles) -> Doubles:
        places = np.flatnonzero(self._columns.is_rate[rules])
        tested = values.copy()
        tested[places] = np.nan
        places = places[~np.isnan(values[places])]
        if len(places):
            order, found = rates(rules[places], times_ns[places], values[places], self._rate_time, self._rate_value)
            tested[places[order]] = found
        return tested

    # ---- staleness
    def _hear(self, rules: Numbers, times_ns: Int64s, values: Doubles) -> Transitions:
        """Usable values of stale rules: a gap longer than the limit was an alarm from the limit to the value."""
        order = np.lexsort((times_ns, rules))
        rules, times_ns, values = rules[order], times_ns[order], values[order]
        is_first, _ = group_starts(rules)
        before = np.where(is_first, self._heard[rules], np.roll(times_ns, 1))
        limits = self._columns.stale_ns[rules]
        was_stale = is_first & self._is_on[rules]
        has_gap = (before != _NEVER_NS) & (times_ns - np.maximum(before, times_ns - 2 * limits) > limits) & ~was_stale
        is_last = np.roll(is_first, -1)
        self._heard[rules[is_last]] = times_ns[is_last]
        self._is_on[rules] = False
        ends = np.flatnonzero(has_gap | was_stale)
        begins = np.flatnonzero(has_gap)
        found = Transitions(
            np.concatenate([rules[begins], rules[ends]]),
            np.concatenate([before[begins] + limits[begins], times_ns[ends]]),
            np.concatenate([np.ones(len(begins), bool), np.zeros(len(ends), bool)]),
            np.concatenate([np.full(len(begins), np.nan), values[ends]]),
        )
        order = np.lexsort((~found.is_on, found.times_ns, found.rules))
        return Transitions(found.rules[order], found.times_ns[order], found.is_on[order], found.values[order])

    def _grow_stale(self, now_ns: int) -> list[Occurrence]:
        stale = self._stale
        if not len(stale):
            return []
        heard = self._heard[stale]
        is_due = (heard != _NEVER_NS) & ~self._is_on[stale] & (heard < now_ns - self._columns.stale_ns[stale])
        rules = stale[is_due].astype(np.int32)
        if not len(rules):
            return []
        self._is_on[rules] = True
        times_ns = self._heard[rules] + self._columns.stale_ns[rules]
        return self._settle([Transitions(rules, times_ns, np.ones(len(rules), bool), np.full(len(rules), np.nan))])

    # ---- delays
    def _settle(self, parts: list[Transitions]) -> list[Occurrence]:
        found: list[Occurrence] = []
        for part in parts:
            rows = zip(
                part.rules.tolist(), part.times_ns.tolist(), part.is_on.tolist(), part.values.tolist(), strict=True
            )
            for number, at_ns, is_on, value in rows:
                self._take(number, at_ns, is_on, value, found)
        for number in np.flatnonzero(self._due <= self._newest[self._columns.signals]).tolist():
            self._end_wait(number, found)
        found.sort(key=lambda occurrence: (occurrence.at_ns, occurrence.rule))
        return found

    def _take(self, number: int, at_ns: int, is_on: bool, value: float, found: list[Occurrence]) -> None:
        """The bare condition changed at an instant: begin, end or cancel a delay, or let it count at once."""
        if self._due[number] <= at_ns:
            self._end_wait(number, found)
        self._due[number] = _NOT_DUE_NS
        if is_on == self._is_raised[number]:
            return
        delays = self._columns.on_delay_ns if is_on else self._columns.off_delay_ns
        if delays[number]:
            self._due[number], self._due_value[number] = at_ns + int(delays[number]), value
        else:
            self._count(number, at_ns, value, found)

    def _end_wait(self, number: int, found: list[Occurrence]) -> None:
        at_ns = int(self._due[number])
        self._due[number] = _NOT_DUE_NS
        self._count(number, at_ns, float(self._due_value[number]), found)

    def _count(self, number: int, at_ns: int, value: float, found: list[Occurrence]) -> None:
        """What waited, or changed without a delay, counts: the alarm's condition turns over."""
        is_raised = not self._is_raised[number]
        self._is_raised[number] = is_raised
        shown = value if isfinite(value) else None
        found.append(Occurrence(at_ns, self._columns.rules[number].id, is_raised, shown))


def _joined(frames: Sequence[Frame], column: str) -> np.ndarray:
    first: np.ndarray = getattr(frames[0], column)
    return first if len(frames) == 1 else np.concatenate([getattr(frame, column) for frame in frames])


def _numbers(kinds: np.ndarray, signals: Numbers, bits: Int64s, qualities: np.ndarray) -> Doubles:
    return Frame(signals, np.zeros(1, np.int64)[0], bits, qualities).numbers(kinds)


def _condition(rule: Rule) -> tuple[object, ...]:
    """What decides when a rule is in alarm."""
    return (
        rule.signal, rule.condition, rule.limit, rule.target, rule.deadband, rule.on_delay_s, rule.off_delay_s,
    )  # fmt: skip
