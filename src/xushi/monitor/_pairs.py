"""Works out, for rules that compare two signals, how far one is from the other whenever either has a new value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xushi.monitor._layers import Followers
from xushi.monitor._rules import Rule
from xushi.monitor._transitions import Doubles, Int64s, Numbers, group_starts
from xushi.signals import SignalRegistry

_NEVER_NS = int(np.iinfo(np.int64).min)


class Pairs:
    """The last usable value of a rule's own signal and of its target signal, by rule number.

    Values are taken in the order of source time. One that comes when the other signal is further already counts
    from there on: the sources' clocks and links differ, and what was seen is not taken back.

    Attributes:
        is_pair: bool[n], whether the rule has a target signal.
    """

    def __init__(self, rules: Sequence[Rule], registry: SignalRegistry) -> None:
        n = len(rules)
        self.is_pair = np.array([rule.target_signal is not None for rule in rules], bool)
        handles, members = [], []
        for number, rule in enumerate(rules):
            if rule.target_signal is not None:  # an even member is a rule's own value, an odd one its target
                handles += [registry.handle(rule.signal), registry.handle(rule.target_signal)]
                members += [2 * number, 2 * number + 1]
        self._members = Followers(handles, members, len(registry)) if handles else None
        self._values = np.full((2, n), np.nan)
        self._time = np.full(n, _NEVER_NS, np.int64)

    def inherit(self, before: Pairs, new: np.ndarray, old: np.ndarray) -> None:
        """Go on, for the rules `new`, where the rules `old` of others stood."""
        self._values[:, new] = before._values[:, old]
        self._time[new] = before._time[old]

    def meet(
        self, signals: Numbers, times_ns: Int64s, numbers: Doubles, chosen: np.ndarray | None
    ) -> tuple[Numbers, Int64s, Doubles, Doubles] | None:
        """Return (rules, times, own values, differences) in the order of rule and time; None where nothing is new."""
        if self._members is None:
            return None
        entries = np.flatnonzero(self._members.has(signals) & ~np.isnan(numbers))
        if not len(entries):
            return None
        places, members = self._members.of(signals[entries])
        rules, sides = members >> 1, members & 1
        if chosen is not None:
            mine = chosen[rules]
            places, rules, sides = places[mine], rules[mine], sides[mine]
        if not len(rules):
            return None
        entries = entries[places]
        times = np.maximum(times_ns[entries], self._time[rules])
        order = np.lexsort((times, rules))
        rules, times, sides, values = rules[order], times[order], sides[order], numbers[entries[order]]
        is_first, start = group_starts(rules)
        both = [self._filled(side, rules, np.where(sides == side, values, np.nan), start) for side in (0, 1)]
        last = np.roll(is_first, -1)
        self._time[rules[last]] = times[last]
        for side in (0, 1):
            self._values[side, rules[last]] = both[side][last]
        return rules, times, both[0], both[0] - both[1]

    def _filled(self, side: int, rules: Numbers, values: Doubles, start: np.ndarray) -> Doubles:
        """The value in force at each entry: the last one up to it, else the one from before."""
        places = np.arange(len(rules))
        known = np.maximum.accumulate(np.where(np.isnan(values), -1, places))
        filled: Doubles = np.where(known >= start, values[known], self._values[side, rules])
        return filled
