"""Evaluates all alarm rules on frames, by source time alone: the same values give the same alarms live and replayed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xushi.monitor._columns import Columns
from xushi.monitor._guards import joined
from xushi.monitor._rules import Rule
from xushi.monitor._transitions import Doubles, Int64s, Numbers, Transitions, find_transitions, group_starts, rates
from xushi.signals import BAD, LOOKING_AGAIN, Frame, Kind, SignalRegistry, is_own_mark

_NEVER_NS = int(np.iinfo(np.int64).min)
_NOT_DUE_NS = int(np.iinfo(np.int64).max)


Event: TypeAlias = Literal["raised", "cleared", "suppressed", "unsuppressed"]


@dataclass(frozen=True)
class Occurrence:
    """An alarm's condition came (after its on-delay) or went (after its off-delay), or its guard began or ended.

    While an alarm is suppressed it is neither raised nor cleared; where it was raised, its suppression ends that.

    Attributes:
        at_ns: source time, ns since the Unix epoch.
        value: the value that began or ended it; None where there is no number.
    """

    at_ns: int
    rule: str
    event: Event
    value: float | None

    @property
    def is_raised(self) -> bool:
        """Whether the alarm is there from now on."""
        return self.event == "raised"


class Engine:
    """The conditions of all rules, advanced by frames and by the passing of time.

    A value older than the newest of its signal is left out, as on the board. Frames may be cut in any way: what
    comes out depends on the values only. Delays and staleness run on the time of the signal itself; `advance` says
    how far time has come where a signal is silent. Where a rule looks at several signals, their values are taken in
    the order of source time as far as they come in it: what came out is not taken back for one that comes later.
    """

    def __init__(self, rules: Sequence[Rule], registry: SignalRegistry) -> None:
        self._registry = registry
        self._kinds = registry.kinds
        self._columns = Columns(rules, registry)
        self._number = {rule.id: i for i, rule in enumerate(self._columns.rules)}
        n = len(self._columns)
        self._is_on = np.zeros(n, bool)  # the bare condition
        self._is_raised = np.zeros(n, bool)  # the condition after its delays, never while suppressed
        self._is_there = np.zeros(n, bool)  # the bare condition up to the instant that is being looked at
        self._there_value = np.full(n, np.nan)
        self._is_guarded = np.zeros(n, bool)  # suppressed by design
        self._last_event = np.full(n, _NEVER_NS, np.int64)
        # A number outside of [quick_low, quick_high] may change the condition: the one comparison that most values meet
        self._quick_low = np.where(self._columns.is_equal, np.inf, self._columns.low)
        self._quick_high = np.where(self._columns.is_equal, -np.inf, self._columns.high)
        self._newest = np.full(len(registry), _NEVER_NS, np.int64)  # source time, by handle
        self._arrived = np.zeros(len(registry), np.int64)  # our clock when the newest value came, by handle
        self._rate_time = np.full(n, _NEVER_NS, np.int64)
        self._rate_value = np.full(n, np.nan)
        self._heard = np.full(n, _NEVER_NS, np.int64)  # last usable value of a stale rule
        self._due = np.full(n, _NOT_DUE_NS, np.int64)  # when a change of the condition will count
        self._due_value = np.full(n, np.nan)
        self._is_waiting = False
        self._stale = np.flatnonzero(self._columns.is_stale)

    @property
    def rules(self) -> list[Rule]:
        """The rules that are evaluated: enabled ones whose signal exists."""
        return self._columns.rules

    def restore(self, raised: Iterable[str], suppressed: Iterable[str] = ()) -> None:
        """Take over which conditions were there and which were suppressed, from a journal or the engine before."""
        numbers = self._numbers_of(raised)
        self._is_raised[numbers] = self._is_there[numbers] = True
        self._set_on(numbers, np.ones(len(numbers), bool))
        self._is_guarded[self._numbers_of(suppressed)] = True

    def _numbers_of(self, rules: Iterable[str]) -> NDArray[np.intp]:
        return np.array([self._number[rule] for rule in rules if rule in self._number], np.intp)

    def waits(self) -> list[Occurrence]:
        """What will happen where delays run, unless they are cut short."""
        return [
            Occurrence(
                int(self._due[i]),
                self._columns.rules[i].id,
                "cleared" if self._is_raised[i] else "raised",
                float(self._due_value[i]),
            )
            for i in np.flatnonzero(self._due != _NOT_DUE_NS).tolist()
        ]

    def hasten(self, waits: Mapping[str, Occurrence]) -> None:
        """Let delays that run here run out as early as those of another engine, which saw more of the past."""
        for rule, one in waits.items():
            number = self._number[rule]
            if one.at_ns < self._due[number] != _NOT_DUE_NS and one.is_raised != self._is_raised[number]:
                self._due[number] = one.at_ns
                self._due_value[number] = np.nan if one.value is None else one.value

    def inherit(self, before: Engine) -> list[str]:
        """Go on where another engine stood; return the rules that are new or changed, to be judged afresh."""
        known = {rule.id: (i, rule) for i, rule in enumerate(before._columns.rules)}
        shared = min(len(self._newest), len(before._newest))
        self._newest[:shared] = before._newest[:shared]
        self._arrived[:shared] = before._arrived[:shared]
        fresh, kept, old_places, places = [], [], [], []
        for number, rule in enumerate(self._columns.rules):
            at, old = known.get(rule.id, (-1, None))
            is_same = old is not None and _condition(old) == _condition(rule)
            if not is_same:
                fresh.append(rule.id)
            if old is not None:
                places.append(number)
                old_places.append(at)
                kept.append(is_same)
        new, at_before, same = np.array(places, np.intp), np.array(old_places, np.intp), np.array(kept, bool)
        for name in ("_is_raised", "_is_guarded", "_last_event"):
            getattr(self, name)[new] = getattr(before, name)[at_before]
        self._set_on(new, np.where(same, before._is_on[at_before], before._is_raised[at_before]))
        self._is_there[new] = np.where(same, before._is_there[at_before], before._is_raised[at_before])
        for name in ("_there_value", "_rate_time", "_rate_value", "_heard", "_due", "_due_value"):
            getattr(self, name)[new[same]] = getattr(before, name)[at_before[same]]
        self._columns.pairs.inherit(before._columns.pairs, new[same], at_before[same])
        self._columns.guards.inherit(before._columns.guards)
        self._is_waiting = before._is_waiting
        return fresh

    def judge(self, rules: Iterable[str], frame: Frame, now_ns: int) -> list[Occurrence]:
        """Judge new or changed rules by the values in force, as of now."""
        chosen = np.zeros(len(self._columns), bool)
        chosen[[self._number[rule] for rule in rules if rule in self._number]] = True
        signals = frame.signals
        unheard = signals[self._newest[signals] == _NEVER_NS]
        self._newest[unheard] = self._arrived[unheard] = frame.times_ns[self._newest[signals] == _NEVER_NS]
        at_ns = np.maximum(self._newest[signals] + (now_ns - self._arrived[signals]), frame.times_ns)
        numbers = frame.numbers(self._kinds)
        guards = self._columns.guards.meet(*_without_marks(signals, at_ns, numbers, frame.qualities))
        found = self.sync_guards(now_ns, np.flatnonzero(chosen))
        found += self._settle(self._evaluate(signals, at_ns, numbers, frame.qualities, chosen), guards)
        return found

    def sync_guards(self, now_ns: int, rules: NDArray[np.intp] | None = None) -> list[Occurrence]:
        """Suppress exactly the rules whose guard holds: after a restart, or where guards were given or taken away."""
        if rules is None:
            rules = np.arange(len(self._columns))
        found: list[Occurrence] = []
        holds = self._columns.guards.holds(rules)
        reached = self.reached(now_ns)[rules]
        for place in np.flatnonzero(holds != self._is_guarded[rules]).tolist():
            at_ns = int(reached[place])
            self._take_guard(int(rules[place]), now_ns if at_ns == _NEVER_NS else at_ns, bool(holds[place]), found)
        return found

    def push(self, frames: Sequence[Frame], now_ns: int = 0) -> list[Occurrence]:
        """Evaluate frames as one batch; return what happened in the order of time.

        Args:
            now_ns: our clock, for `reached`; a replay has none.
        """
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
        self._arrived[signals] = now_ns
        numbers = _numbers(self._kinds, signals, bits, qualities)
        guards = columns.guards.meet(*_without_marks(signals, times_ns, numbers, qualities))
        parts = self._evaluate(signals, times_ns, numbers, qualities, None)
        if guards is not None and not now_ns and len(self._stale):
            parts.append(self._stale_before(guards))
        return self._settle(parts, guards)

    def reached(self, now_ns: int) -> Int64s:
        """How far the time of each rule's signal has come: its newest source time, and what our clock ran since.

        The clock of a device may be off by seconds; only what passes on ours counts.
        """
        newest = self._newest[self._columns.signals]
        passed = now_ns - self._arrived[self._columns.signals]
        return np.where(newest == _NEVER_NS, _NEVER_NS, newest + np.maximum(passed, 0))

    def forgive(self, missed_ns: int) -> None:
        """Take off what our clock ran while we did not listen: it is no silence of the devices."""
        self._arrived += missed_ns

    def advance(self, reached_ns: int | Int64s) -> list[Occurrence]:
        """Let time pass for silent signals up to an instant, or one for each rule: they grow stale, delays run out."""
        found: list[Occurrence] = []
        if len(self._stale):
            reached = np.broadcast_to(np.asarray(reached_ns, np.int64), (len(self._columns),))
            found = self._settle([self._grow_stale(reached)])
        for number in np.flatnonzero(self._due <= reached_ns).tolist():
            self._end_wait(number, found)
        found.sort(key=lambda occurrence: (occurrence.at_ns, occurrence.rule))
        return found

    # ---- conditions
    def _evaluate(
        self, signals: Numbers, times_ns: Int64s, numbers: Doubles, qualities: np.ndarray, chosen: np.ndarray | None
    ) -> list[Transitions]:
        found: list[Transitions] = []
        has_marks = len(qualities) and int(qualities.max()) >= BAD and bool(is_own_mark(qualities).any())
        if has_marks:  # nobody looked: nothing is known of conditions, and silence is not the device's
            is_mark = is_own_mark(qualities)
            found += self._hear_around_marks(signals, times_ns, numbers, qualities, chosen)
            heard = np.unique(signals[is_mark])
            kept = ~is_mark
            signals, times_ns, numbers, qualities = signals[kept], times_ns[kept], numbers[kept], qualities[kept]
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
            if has_marks:
                entries &= ~np.isin(signals, heard)
            if entries.any():
                found.append(self._hear(rules[entries], times_ns[entries], numbers[entries]))
        pairs = self._columns.pairs.meet(signals, times_ns, numbers, chosen)
        if pairs is not None:
            found.append(self._find_changes(*pairs))
        return found

    def _evaluate_layer(self, rules: Numbers, times_ns: Int64s, values: Doubles, qualities: np.ndarray) -> Transitions:
        columns = self._columns
        if columns.has_quality:
            values = np.where(columns.is_quality[rules], (qualities >= BAD).astype(np.float64), values)
        tested = self._with_rates(rules, times_ns, values) if columns.has_rate else values
        return self._find_changes(rules, times_ns, values, tested)

    def _find_changes(self, rules: Numbers, times_ns: Int64s, values: Doubles, tested: Doubles) -> Transitions:
        """Where conditions begin and end, by the number `tested` of each entry; `values` are what is shown."""
        columns = self._columns
        # Most values change nothing: only the rules with a value that might are looked at more closely.
        quick = (tested > self._quick_high[rules]) | (tested < self._quick_low[rules])
        nothing = Transitions(rules[:0], times_ns[:0], quick[:0], values[:0])
        if not quick.any():
            return nothing
        begins, ends = columns.test(rules[quick], tested[quick])
        suspects = rules[quick][np.where(self._is_on[rules[quick]], ends, begins)]
        if not len(suspects):
            return nothing
        is_touched = np.zeros(len(columns), bool)
        is_touched[suspects] = True
        some = is_touched[rules]
        begins, ends = columns.test(rules[some], tested[some])
        is_on = self._is_on.copy()
        found = find_transitions(rules[some], times_ns[some], begins, ends, values[some], is_on)
        touched = np.flatnonzero(is_touched)
        self._set_on(touched, is_on[touched])
        return found

    def _set_on(self, rules: np.ndarray, is_on: np.ndarray) -> None:
        """Note conditions; every number may end one that holds."""
        self._is_on[rules] = is_on
        is_close = is_on | self._columns.is_equal[rules]
        self._quick_low[rules] = np.where(is_close, np.inf, self._columns.low[rules])
        self._quick_high[rules] = np.where(is_close, -np.inf, self._columns.high[rules])

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

    def _hear_around_marks(
        self, signals: Numbers, times_ns: Int64s, numbers: Doubles, qualities: np.ndarray, chosen: np.ndarray | None
    ) -> list[Transitions]:
        """As `_hear`, for signals with marks of ours: silence counts up to the first mark, and anew from the last.

        A mark is no value: it ends nothing.
        """
        found = []
        is_mark = is_own_mark(qualities)
        is_usable = is_mark | ((qualities < BAD) & (~np.isnan(numbers) | (self._kinds[signals] >= Kind.STRING)))
        entries = np.flatnonzero(is_usable & np.isin(signals, signals[is_mark]))
        entries = entries[np.argsort(times_ns[entries], kind="stable")]
        for layer in self._columns.stale_layers:
            rows: list[tuple[int, int, bool, float]] = []
            for entry in entries.tolist():
                rule, at_ns = int(layer[signals[entry]]), int(times_ns[entry])
                if rule < 0 or (chosen is not None and not chosen[rule]):
                    continue
                heard, limit = int(self._heard[rule]), int(self._columns.stale_ns[rule])
                is_silence = heard != _NEVER_NS and at_ns - heard > limit and qualities[entry] != LOOKING_AGAIN
                if is_silence and not self._is_on[rule]:
                    rows.append((rule, heard + limit, True, np.nan))
                    self._is_on[rule] = True
                if self._is_on[rule] and not is_mark[entry]:
                    rows.append((rule, at_ns, False, float(numbers[entry])))
                    self._is_on[rule] = False
                self._heard[rule] = at_ns
            if rows:
                rules, times, is_on, values = zip(*sorted(rows, key=lambda row: row[0]), strict=True)
                found.append(Transitions(np.array(rules, np.int32), np.array(times), np.array(is_on), np.array(values)))
        return found

    def _grow_stale(self, reached_ns: Int64s) -> Transitions:
        stale = self._stale
        heard = self._heard[stale]
        is_due = (
            (heard != _NEVER_NS) & ~self._is_on[stale] & (heard < reached_ns[stale] - self._columns.stale_ns[stale])
        )
        rules = stale[is_due].astype(np.int32)
        self._is_on[rules] = True
        times_ns = self._heard[rules] + self._columns.stale_ns[rules]
        return Transitions(rules, times_ns, np.ones(len(rules), bool), np.full(len(rules), np.nan))

    def _stale_before(self, guards: Transitions) -> Transitions:
        """In a replay nothing else says that time passes: what grew stale before its guard changed was so then."""
        reached = np.full(len(self._columns), _NEVER_NS + int(self._columns.stale_ns.max()), np.int64)
        np.maximum.at(reached, guards.rules, guards.times_ns)
        return self._grow_stale(reached)

    # ---- delays
    def _settle(self, parts: Sequence[Transitions], guards: Transitions | None = None) -> list[Occurrence]:
        found: list[Occurrence] = []
        if guards is not None and len(guards.rules):
            self._take_with_guards(parts, guards, found)
        else:
            for part in parts:
                for number, at_ns, is_on, value in _rows(part):
                    self._take(number, at_ns, is_on, value, found)
        if self._is_waiting:
            for number in np.flatnonzero(self._due <= self._newest[self._columns.signals]).tolist():
                self._end_wait(number, found)
            self._is_waiting = bool((self._due != _NOT_DUE_NS).any())
        found.sort(key=lambda occurrence: (occurrence.at_ns, occurrence.rule))
        return found

    def _take_with_guards(self, parts: Sequence[Transitions], guards: Transitions, found: list[Occurrence]) -> None:
        """Take changes of conditions and guards in the order of time; at the same instant a guard hides what it can."""
        whole = joined([*parts, guards])
        is_guard = np.arange(len(whole.rules)) >= len(whole.rules) - len(guards.rules)
        order = np.lexsort((np.where(is_guard, np.where(whole.is_on, 0, 2), 1), whole.times_ns))
        rows = list(_rows(whole))
        for place in order.tolist():
            number, at_ns, is_on, value = rows[place]
            if is_guard[place]:
                self._take_guard(number, at_ns, is_on, found)
            else:
                self._take(number, at_ns, is_on, value, found)

    def _take_guard(self, number: int, at_ns: int, is_on: bool, found: list[Occurrence]) -> None:
        """A guard began: the alarm is put away. It ended: a condition that is there begins its on-delay now."""
        if is_on == self._is_guarded[number]:
            return
        if self._due[number] <= at_ns:
            self._end_wait(number, found)
        self._due[number] = _NOT_DUE_NS
        self._is_guarded[number] = is_on
        self._add(number, at_ns, "suppressed" if is_on else "unsuppressed", None, found)
        if is_on:
            self._is_raised[number] = False
        elif self._is_there[number]:
            self._change(number, at_ns, True, float(self._there_value[number]), found)

    def _take(self, number: int, at_ns: int, is_on: bool, value: float, found: list[Occurrence]) -> None:
        """The bare condition changed at an instant."""
        if self._due[number] <= at_ns:
            self._end_wait(number, found)
        self._due[number] = _NOT_DUE_NS
        self._is_there[number], self._there_value[number] = is_on, value
        if not self._is_guarded[number] and is_on != self._is_raised[number]:
            self._change(number, at_ns, is_on, value, found)

    def _change(self, number: int, at_ns: int, is_on: bool, value: float, found: list[Occurrence]) -> None:
        """Begin a delay, or let a change count at once."""
        delays = self._columns.on_delay_ns if is_on else self._columns.off_delay_ns
        if delays[number]:
            self._due[number], self._due_value[number] = at_ns + int(delays[number]), value
            self._is_waiting = True
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
        self._add(number, at_ns, "raised" if is_raised else "cleared", value if isfinite(value) else None, found)

    def _add(self, number: int, at_ns: int, event: Event, value: float | None, found: list[Occurrence]) -> None:
        """Note an event, never before the one that was noted last."""
        at_ns = max(at_ns, int(self._last_event[number]))
        self._last_event[number] = at_ns
        found.append(Occurrence(at_ns, self._columns.rules[number].id, event, value))


def _without_marks(
    signals: Numbers, times_ns: Int64s, numbers: Doubles, qualities: np.ndarray
) -> tuple[Numbers, Int64s, Doubles]:
    """Leave out our own marks: that nobody looked says nothing about a machine, and ends no guard."""
    if not len(qualities) or int(qualities.max()) < BAD:
        return signals, times_ns, numbers
    kept = ~is_own_mark(qualities)
    return signals[kept], times_ns[kept], numbers[kept]


def _rows(part: Transitions) -> Iterator[tuple[int, int, bool, float]]:
    return zip(part.rules.tolist(), part.times_ns.tolist(), part.is_on.tolist(), part.values.tolist(), strict=True)


def _joined(frames: Sequence[Frame], column: str) -> np.ndarray:
    first: np.ndarray = getattr(frames[0], column)
    return first if len(frames) == 1 else np.concatenate([getattr(frame, column) for frame in frames])


def _numbers(kinds: np.ndarray, signals: Numbers, bits: Int64s, qualities: np.ndarray) -> Doubles:
    """The values as numbers, NaN where there is none; nothing is copied where all are good float64s."""
    if kinds[signals].any() or (qualities.any() and bool((qualities >= BAD).any())):
        return Frame(signals, 0, bits, qualities).numbers(kinds)
    return bits.view(np.float64)


def _condition(rule: Rule) -> tuple[object, ...]:
    """What decides when a rule is in alarm."""
    return (
        rule.signal, rule.condition, rule.limit, rule.target, rule.target_signal, rule.deadband, rule.on_delay_s,
        rule.off_delay_s, rule.suppress_while,
    )  # fmt: skip
