"""Runs rules over the recorded past of a timeline: the same engine as live, fed from the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from xushi.monitor._alarm import Handled, Occurred, begin_guard, come, end_guard, go
from xushi.monitor._engine import Engine, Occurrence
from xushi.monitor._rules import Rule
from xushi.monitor._transitions import Doubles, Int64s
from xushi.signals import BAD, Frame, History, Kind, Points, SignalRegistry, Timeline

_MOST_EPISODES = 1_000
_MOST_UNUSABLE = 100  # so many bad values in a row hide what was before them
_WINDOW_NS = 600 * 1_000_000_000  # rules on several signals are fed so much of all of them at once


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
    together = _handles([rule for rule in engine.rules if len(rule.signals) > 1], timeline.registry)
    apart = _handles(engine.rules, timeline.registry) - together
    handles = np.array(sorted(together | apart), np.int32)
    if not len(handles):
        return []
    found = [one for frame in last_values(timeline, handles, start_ns - 1) for one in engine.push([frame])]
    for handle in sorted(apart):
        for piece in timeline.pieces(handle, start_ns, end_ns):
            found += engine.push([piece.frame(handle)])
    for low_ns in range(start_ns, end_ns, _WINDOW_NS) if together else ():
        high_ns = min(low_ns + _WINDOW_NS, end_ns)
        frames = [piece.frame(each) for each in sorted(together) for piece in timeline.pieces(each, low_ns, high_ns)]
        if frames:
            found += engine.push(frames)
    found += engine.advance(end_ns - 1)
    found.sort(key=lambda occurrence: (occurrence.at_ns, occurrence.rule))
    begun = _last_before(found, start_ns)
    return [*begun, *(occurrence for occurrence in found if start_ns <= occurrence.at_ns < end_ns)]


def _handles(rules: Sequence[Rule], registry: SignalRegistry) -> set[int]:
    return {registry.handle(key) for rule in rules for key in rule.signals if key in registry}


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
    changed = (one for one in found if one.event in ("raised", "cleared"))
    return {one.rule: one for one in [*changed, *engine.waits()]}


def _last_before(found: list[Occurrence], start_ns: int) -> list[Occurrence]:
    """What holds at the start, as raised or suppressed there."""
    last = {occurrence.rule: occurrence for occurrence in found if occurrence.at_ns < start_ns}
    return [
        Occurrence(start_ns, occurrence.rule, occurrence.event, occurrence.value)
        for _, occurrence in sorted(last.items())
        if occurrence.event in ("raised", "suppressed")
    ]


def fold(occurrences: Sequence[Occurrence], at_ns: int, rules: Mapping[str, Rule]) -> dict[str, Occurred]:
    """The condition of each alarm at an instant, from what happened up to it.

    Nobody answers alarms in a recording: there, one that has gone is settled.
    """
    conditions: dict[str, Occurred] = {}
    for occurrence in occurrences:
        if occurrence.at_ns > at_ns:
            break
        before = conditions.get(occurrence.rule, Occurred())
        match occurrence.event:
            case "raised":
                after = come(before, occurrence.at_ns, occurrence.value)
            case "cleared":
                after = go(before, occurrence.at_ns, is_aside=True)
            case "suppressed":
                after = begin_guard(rules[occurrence.rule], before, Handled(occurrence.rule), occurrence.at_ns)
            case "unsuppressed":
                after = end_guard(before)
        conditions[occurrence.rule] = after
    return conditions


def try_rule(rule: Rule, timeline: Timeline, start_ns: int, end_ns: int) -> Trial:
    """Return when a rule would have been in alarm, before it is put to use."""
    rule = msgspec.structs.replace(rule, is_enabled=True)
    happened = replay([rule], timeline, start_ns, end_ns)
    handle = timeline.registry.handle(rule.signal)
    kind = timeline.registry.get(handle).kind
    pieces = list(timeline.pieces(handle, start_ns, end_ns))
    times, numbers = _series(pieces, kind)
    targets = _targets(rule, timeline, start_ns, end_ns, times)
    episodes: list[Episode] = []
    for occurrence in happened:
        if occurrence.is_raised:
            episodes.append(Episode(occurrence.at_ns, None, occurrence.value))
        elif occurrence.event != "unsuppressed" and episodes and episodes[-1].end_ns is None:
            episodes[-1] = msgspec.structs.replace(episodes[-1], end_ns=occurrence.at_ns)
    shown = [_with_peak(rule, episode, times, numbers, targets, end_ns) for episode in episodes[:_MOST_EPISODES]]
    return Trial(len(episodes), shown, len(times))


def _series(pieces: Sequence[Points], kind: Kind) -> tuple[Int64s, Doubles]:
    """(times, numbers) of a signal; NaN where a value is not usable."""
    times = np.concatenate([piece.times for piece in pieces]) if pieces else np.empty(0, np.int64)
    values = [np.where(piece.usable(kind), piece.numbers(kind), np.nan) for piece in pieces]
    return times, np.concatenate(values) if values else np.empty(0)


def _targets(rule: Rule, timeline: Timeline, start_ns: int, end_ns: int, times: Int64s) -> Doubles:
    """The set value in force at each of `times`."""
    if rule.target_signal is None:
        return np.full(len(times), rule.target or 0.0)
    handle = timeline.registry.handle(rule.target_signal)
    kind = timeline.registry.get(handle).kind
    at, values = _series(list(timeline.pieces(handle, start_ns, end_ns)), kind)
    before = timeline.snapshot(start_ns - 1, [handle]).numbers(timeline.registry.kinds)
    is_usable = np.isfinite(values)
    known = np.concatenate([before if len(before) else [np.nan], values[is_usable]])
    targets: Doubles = known[np.searchsorted(at[is_usable], times, "right")]
    return targets


def _with_peak(rule: Rule, episode: Episode, times: Int64s, numbers: Doubles, targets: Doubles, end_ns: int) -> Episode:
    low, high = np.searchsorted(times, [episode.start_ns, episode.end_ns or end_ns]).tolist()
    is_known = np.isfinite(numbers[low:high]) & np.isfinite(targets[low:high])
    inside, targets = numbers[low:high][is_known], targets[low:high][is_known]
    if not len(inside):
        return episode
    match rule.condition:
        case "above":
            peak = inside.max()
        case "below":
            peak = inside.min()
        case "deviation":
            peak = inside[np.abs(inside - targets).argmax()]
        case _:
            return episode
    return msgspec.structs.replace(episode, peak=float(peak))
