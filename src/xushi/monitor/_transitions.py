"""Finds where conditions begin and end in a batch of values: hysteresis and rates, without a loop over values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Int64s = NDArray[np.int64]
Doubles = NDArray[np.float64]
Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Transitions:
    """Entry i: the condition of rule `rules[i]` began (or ended) at `times_ns[i]`, at `values[i]`; in time order."""

    rules: Numbers
    times_ns: Int64s
    is_on: Flags
    values: Doubles


def group_starts(ordered: Numbers) -> tuple[Flags, NDArray[np.intp]]:
    """For a sorted column: whether each entry begins a group of equals, and where its group begins."""
    is_first = np.ones(len(ordered), bool)
    is_first[1:] = ordered[1:] != ordered[:-1]
    places = np.arange(len(ordered))
    return is_first, np.maximum.accumulate(np.where(is_first, places, 0))


def find_transitions(
    rules: Numbers, times_ns: Int64s, begins: Flags, ends: Flags, values: Doubles, state: Flags
) -> Transitions:
    """Return where conditions change, and bring `state` (by rule) up to date.

    Entries may be in any order; of two with the same rule and time the later one counts. An entry that neither
    begins nor ends a condition leaves it as it is.
    """
    order = np.lexsort((times_ns, rules))
    ordered, at_ns = rules[order], times_ns[order]
    is_last = np.ones(len(rules), bool)
    is_last[:-1] = (ordered[1:] != ordered[:-1]) | (at_ns[1:] != at_ns[:-1])
    order = order[is_last]
    rules, times_ns, begins, ends, values = rules[order], times_ns[order], begins[order], ends[order], values[order]
    is_first, start = group_starts(rules)
    places = np.arange(len(rules))
    decisive = np.maximum.accumulate(np.where(begins | ends, places, -1))
    before = state[rules]
    now = np.where(decisive >= start, begins[decisive], before)
    previous = np.where(is_first, before, np.roll(now, 1))
    is_last_of_rule = np.roll(is_first, -1)
    state[rules[is_last_of_rule]] = now[is_last_of_rule]
    changed = now != previous
    return Transitions(rules[changed], times_ns[changed], now[changed], values[changed])


def rates(
    rules: Numbers, times_ns: Int64s, values: Doubles, last_time: Int64s, last_value: Doubles
) -> tuple[NDArray[np.intp], Doubles]:
    """Return (order by rule and time, change a second) of usable values; remembers each rule's last one.

    The first value that a rule ever sees has no rate: NaN.
    """
    order = np.lexsort((times_ns, rules))
    rules, times_ns, values = rules[order], times_ns[order], values[order]
    is_first, _ = group_starts(rules)
    before_time = np.where(is_first, last_time[rules], np.roll(times_ns, 1))
    before_value = np.where(is_first, last_value[rules], np.roll(values, 1))
    spent_s = (times_ns - before_time) / 1e9
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(spent_s > 0, (values - before_value) / spent_s, np.nan)
    is_last = np.roll(is_first, -1)
    last_time[rules[is_last]] = times_ns[is_last]
    last_value[rules[is_last]] = values[is_last]
    return order, found
