"""Runs rules over the recorded past of a timeline: the same engine as live, fed from the history."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from xushi.monitor._alarm import Occurred, come, go
from xushi.monitor._engine import Engine, Occurrence
from xushi.monitor._rules import Rule
from xushi.signals import BAD, Frame, History, Timeline

_MOST_EPISODES = 1_000
_MOST_UNUSABLE = 100  # so many bad values in a row hide what was before them


class Episode(msgspec.Struct, frozen=True):
    """One time in alarm; `end_ns` is None where it goes on at the end, `peak` the value farthest from normal."""

    start_ns: int
    end_ns: int | None
    peak: float | None


class Trial(msgspec.Struct, frozen=True):
    """What a rule would have done over a stretch of time, from `sampled` values; the first 1,000 episodes."""

    raised: int
    episodes: list[Episode]
    sampled: int


def replay(rules: Sequence[Rule], timeline: Timeline, start_ns: int, end_ns: int) -> list[Occurrence]:
    """Return what happens in start_ns <= time < end_ns, in the order of time.

    A condition that the values in force at the start already meet is raised at the start.
    """
    engine = Engine(rules, timeline.registry)
    handles = np.unique([timeline.registry.handle(rule.signal) for rule in engine.rules]).astype(np.int32)
    if not len(handles):
        return []
    found = [one for frame in last_values(timeline, handles, start_ns - 1) for one in engine.push([frame])]
    for handle in handles.tolist():
        for piece in timeline.pieces(handle, start_ns, end_ns):
            found += engine.push([piece.frame(handle)])
    found += engine.advance(end_ns - 1)
    found.sort(key=lambda occurrence: (occurrence.at_ns, occurrence.rule))
    begun = _last_before(found, start_ns)
    return [*begun, *(occurrence for occurrence in found if start_ns <= occurrence.at_ns < end_ns)]


def last_values(source: Timeline | History, handles: np.ndarray, at_ns: int) -> tuple[Frame, Frame]:
    """(the last usable values up to an instant, what came after them: bad values, and marks that nobody looked)."""
    kinds = source.registry.kinds
    ask = source.value_as_of if isinstance(source, History) else lambda some, at: source.snapshot(at, some)
    usable, others = [], []
    newest = ask(handles, at_ns)
    for _ in range(_MOST_UNUSABLE):
        is_usable = newest.qualities < BAD
        usable.append(newest.take(is_usable))
        others.append(newest.take(~is_usable))
        rows = zip(others[-1].signals.tolist(), others[-1].times_ns.tolist(), strict=True)
        newest = Frame.concat([ask([handle], time_ns - 1) for handle, time_ns in rows], kinds)
        if not len(newest):
            break
    return Frame.concat(usable, kinds), Frame.concat(others[::-1], kinds)


def waits_before(rules: Sequence[Rule], history: History, values: Frame) -> dict[str, Occurrence]:
    """By rule, what comes of the delays that had begun before the last `values`, or has just come."""
    engine = Engine([rule for rule in rules if rule.on_delay_s or rule.off_delay_s], history.registry)
    back_ns: dict[int, int] = {}
    for rule in engine.rules:
        handle = history.registry.handle(rule.signal)
        back_ns[handle] = max(back_ns.get(handle, 0), round(2e9 * (rule.on_delay_s + rule.off_delay_s)))
    found: list[Occurrence] = []
    for handle, last_ns in zip(values.signals.tolist(), values.times_ns.tolist(), strict=True):
        if handle not in back_ns:
            continue
        start_ns = last_ns - back_ns[handle]
        for frame in last_values(history, np.array([handle], np.int32), start_ns - 1):
            found += engine.push([frame])
        for piece in history.pieces(handle, start_ns, last_ns + 1):
            found += engine.push([piece.frame(handle)])
    return {one.rule: one for one in [*found, *engine.waits()]}


def _last_before(found: list[Occurrence], start_ns: int) -> list[Occurrence]:
    """Conditions that hold at the start, as raised there."""
    last = {occurrence.rule: occurrence for occurrence in found if occurrence.at_ns < start_ns}
    return [
        Occurrence(start_ns, occurrence.rule, True, occurrence.value)
        for _, occurrence in sorted(last.items())
        if occurrence.is_raised
    ]


def fold(occurrences: Sequence[Occurrence], at_ns: int) -> dict[str, Occurred]:
    """The condition of each alarm at an instant, from what happened up to it.

    Nobody answers alarms in a recording: there, one that has gone is settled.
    """
    conditions: dict[str, Occurred] = {}
    for occurrence in occurrences:
        if occurrence.at_ns > at_ns:
            break
        before = conditions.get(occurrence.rule, Occurred())
        if occurrence.is_raised:
            conditions[occurrence.rule] = come(before, occurrence.at_ns, occurrence.value)
        else:
            conditions[occurrence.rule] = go(before, occurrence.at_ns, is_aside=True)
    return conditions


def try_rule(rule: Rule, timeline: Timeline, start_ns: int, end_ns: int) -> Trial:
    """Return when a rule would have been in alarm, before it is put to use."""
    rule = msgspec.structs.replace(rule, is_enabled=True)
    happened = replay([rule], timeline, start_ns, end_ns)
    handle = timeline.registry.handle(rule.signal)
    kind = timeline.registry.get(handle).kind
    pieces = list(timeline.pieces(handle, start_ns, end_ns))
    times = np.concatenate([piece.times for piece in pieces]) if pieces else np.empty(0, np.int64)
    values = [np.where(piece.usable(kind), piece.numbers(kind), np.nan) for piece in pieces]
    numbers = np.concatenate(values) if values else np.empty(0)
    episodes: list[Episode] = []
    for occurrence in happened:
        if occurrence.is_raised:
            episodes.append(Episode(occurrence.at_ns, None, occurrence.value))
        elif episodes and episodes[-1].end_ns is None:
            episodes[-1] = msgspec.structs.replace(episodes[-1], end_ns=occurrence.at_ns)
    shown = [_with_peak(rule, episode, times, numbers, end_ns) for episode in episodes[:_MOST_EPISODES]]
    return Trial(len(episodes), shown, len(times))


def _with_peak(rule: Rule, episode: Episode, times: np.ndarray, numbers: np.ndarray, end_ns: int) -> Episode:
    low, high = np.searchsorted(times, [episode.start_ns, episode.end_ns or end_ns]).tolist()
    inside = numbers[low:high]
    inside = inside[np.isfinite(inside)]
    if not len(inside):
        return episode
    match rule.condition:
        case "above":
            peak = inside.max()
        case "below":
            peak = inside.min()
        case "deviation":
            peak = inside[np.abs(inside - (rule.target or 0.0)).argmax()]
        case _:
            return episode
    return msgspec.structs.replace(episode, peak=float(peak))
