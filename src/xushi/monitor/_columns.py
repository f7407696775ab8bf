"""Turns rules into columns, so that one batch of values meets all of them in a few numpy steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xushi.monitor._guards import Guards
from xushi.monitor._layers import make_layers
from xushi.monitor._pairs import Pairs
from xushi.monitor._rules import Rule
from xushi.signals import SignalRegistry

NS_PER_S = 1_000_000_000
_INF = float("inf")


class Columns:
    """All rules as parallel columns, by rule number.

    A condition is a test of one number against a closed interval: it begins where the number leaves the interval
    [low, high], and ends where it is back inside [low_off, high_off], which the dead-band makes narrower. For
    `equal`, the two are swapped. A NaN does neither: a value of Bad quality leaves the condition as it is.

    Attributes:
        signals: int32[n], handle of each rule's signal.
        layers: the rules of each signal one after another: layer k gives the k-th rule by handle, -1 for none.
            Rules with a target signal are in `pairs` instead, stale ones in `stale_layers`.
        is_watched: bool by handle, whether any rule looks at the signal.
        is_equal, is_quality, is_rate, is_stale: bool[n].
        on_delay_ns, off_delay_ns, stale_ns: int64[n].
    """

    def __init__(self, rules: Sequence[Rule], registry: SignalRegistry) -> None:
        self.rules = [rule for rule in rules if rule.is_enabled and _is_known(rule, registry)]
        total = len(registry)
        self.signals = np.array([registry.handle(rule.signal) for rule in self.rules], np.int32)
        bounds = [_bounds(rule) for rule in self.rules]
        self.low, self.high, self.low_off, self.high_off = (
            np.array([bound[i] for bound in bounds], np.float64) for i in range(4)
        )
        self.is_equal = self._flags("equal", "is_true")
        self.is_quality = self._flags("bad_quality")
        self.is_rate = self._flags("rate")
        self.is_stale = self._flags("stale")
        self.has_quality, self.has_rate = bool(self.is_quality.any()), bool(self.is_rate.any())
        self.on_delay_ns = np.array([round(rule.on_delay_s * NS_PER_S) for rule in self.rules], np.int64)
        self.off_delay_ns = np.array([round(rule.off_delay_s * NS_PER_S) for rule in self.rules], np.int64)
        seconds = [(rule.limit or 0.0) if rule.condition == "stale" else 0.0 for rule in self.rules]
        self.stale_ns = np.array([round(each * NS_PER_S) for each in seconds], np.int64)
        self.guards = Guards(self.rules, registry)
        self.pairs = Pairs(self.rules, registry)
        self.is_watched = np.zeros(total, bool)
        watched = {key for rule in self.rules for key in rule.signals if key in registry}
        self.is_watched[np.array([registry.handle(key) for key in watched], np.intp)] = True
        plain = ~self.is_stale & ~self.pairs.is_pair
        self.layers = make_layers(self.signals, np.flatnonzero(plain).tolist(), total)
        self.stale_layers = make_layers(self.signals, np.flatnonzero(self.is_stale).tolist(), total)

    def __len__(self) -> int:
        return len(self.rules)

    def test(
        self, rules: NDArray[np.int32], numbers: NDArray[np.float64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(begins, ends): whether each number begins the condition of its rule, and whether it ends it."""
        is_out = (numbers > self.high[rules]) | (numbers < self.low[rules])
        is_in = (numbers <= self.high_off[rules]) & (numbers >= self.low_off[rules])
        swap = self.is_equal[rules]
        return np.where(swap, is_in, is_out), np.where(swap, is_out, is_in)

    def _flags(self, *conditions: str) -> NDArray[np.bool_]:
        return np.array([rule.condition in conditions for rule in self.rules], bool)


def _is_known(rule: Rule, registry: SignalRegistry) -> bool:
    return rule.signal in registry and (rule.target_signal is None or rule.target_signal in registry)


def _bounds(rule: Rule) -> tuple[float, float, float, float]:
    """(low, high, low_off, high_off) of a rule, see `Columns`."""
    limit, band = rule.limit or 0.0, rule.deadband
    match rule.condition:
        case "above":
            return -_INF, limit, -_INF, limit - band
        case "below":
            return limit, _INF, limit + band, _INF
        case "deviation":
            middle = rule.target or 0.0  # with a target signal, the number is how far the value is from it
            inner = max(limit - band, 0.0)
            return middle - limit, middle + limit, middle - inner, middle + inner
        case "rate":
            inner = max(limit - band, 0.0)
            return -limit, limit, -inner, inner
        case "equal" | "not_equal":
            return limit, limit, limit, limit
        case "is_true":  # equal to 1
            return 1.0, 1.0, 1.0, 1.0
        case "is_false":  # not equal to 1
            return 1.0, 1.0, 1.0, 1.0
        case _:  # bad_quality: the number is 1 where it is bad; stale has its own way
            return 0.0, 0.0, 0.0, 0.0
