"""Follows the guards of rules on frames: when alarms are suppressed by design, and when no more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xushi.monitor._layers import Followers, make_layers
from xushi.monitor._rules import Guard, Rule
from xushi.monitor._transitions import Doubles, Int64s, Numbers, Transitions, find_transitions
from xushi.signals import SignalRegistry


class Guards:
    """The guards of all rules, each one once however many rules it guards.

    A guard holds from a value that is one of its states to one that is not. A value of Bad quality ends it: what
    nobody knows must not hide an alarm.

    Attributes:
        signals: int32[m], the signal of each guard.
        of_rule: int32[n], the guard of each rule, -1 for none.
        is_on: bool[m], whether each guard holds.
    """

    def __init__(self, rules: Sequence[Rule], registry: SignalRegistry) -> None:
        self._numbers: dict[tuple[int, tuple[int, ...]], int] = {}
        total = len(registry)
        self.of_rule = np.array([self._number(rule.suppress_while, registry) for rule in rules], np.int32)
        self.signals = np.array([handle for handle, _ in self._numbers], np.int32)
        self.is_on = np.zeros(len(self.signals), bool)
        most = max((len(states) for _, states in self._numbers), default=0)
        self._states = np.full((len(self.signals), most), np.nan)
        for number, (_, states) in enumerate(self._numbers):
            self._states[number, : len(states)] = states
        self._layers = make_layers(self.signals, range(len(self.signals)), total)
        guarded = np.flatnonzero(self.of_rule >= 0)
        self._rules = Followers(self.of_rule[guarded], guarded, len(self.signals))

    def _number(self, guard: Guard | None, registry: SignalRegistry) -> int:
        if guard is None or guard.signal not in registry:
            return -1
        key = (registry.handle(guard.signal), tuple(sorted(set(guard.states))))
        return self._numbers.setdefault(key, len(self._numbers))

    def inherit(self, before: Guards) -> None:
        """Go on where other guards stood."""
        for key, number in self._numbers.items():
            at = before._numbers.get(key)
            if at is not None:
                self.is_on[number] = before.is_on[at]

    def holds(self, rules: np.ndarray) -> np.ndarray:
        """Whether the guard of each rule holds."""
        guards = self.of_rule[rules]
        return (guards >= 0) & self.is_on[guards] if len(self.is_on) else np.zeros(len(guards), bool)

    def meet(self, signals: Numbers, times_ns: Int64s, numbers: Doubles) -> Transitions | None:
        """Take values of guards' signals; return for which rules a guard began or ended to hold, None for none."""
        parts = []
        for layer in self._layers:
            guards = layer[signals]
            entries = np.flatnonzero(guards >= 0)
            guards = guards[entries]
            is_in = (numbers[entries, None] == self._states[guards]).any(axis=1)
            if bool((is_in == self.is_on[guards]).all()):
                continue
            found = find_transitions(guards, times_ns[entries], is_in, ~is_in, numbers[entries], self.is_on)
            places, rules = self._rules.of(found.rules)
            parts.append(Transitions(rules, found.times_ns[places], found.is_on[places], found.values[places]))
        return joined(parts) if parts else None


def joined(parts: Sequence[Transitions]) -> Transitions:
    """Several parts as one."""
    if len(parts) == 1:
        return parts[0]
    return Transitions(
        np.concatenate([part.rules for part in parts]),
        np.concatenate([part.times_ns for part in parts]),
        np.concatenate([part.is_on for part in parts]),
        np.concatenate([part.values for part in parts]),
    )
