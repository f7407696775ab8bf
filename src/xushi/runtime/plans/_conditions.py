"""Follows conditions on the board: true, false, or not to be told, and since when."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from xushi.kernel import XushiError
from xushi.runtime.plans._content import PlanCondition
from xushi.signals import Board, Kind, SignalDef, SignalRegistry, is_good

Answer: TypeAlias = Literal["true", "false", "unknown"]
_NS = 1_000_000_000
_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip
_NUMBERS = (Kind.DOUBLE, Kind.INT, Kind.ENUM, Kind.TIME)


def check_condition(registry: SignalRegistry, condition: PlanCondition) -> SignalDef:
    """Return the signal of a condition, after looking whether it can be compared with the bound.

    Raises:
        XushiError: `signals.unknown_key`, `runtime.plan_condition_wrong`.
    """
    definition = registry.get(registry.handle(condition.signal))
    value = condition.value
    fits = {
        Kind.BOOL: isinstance(value, bool),
        Kind.STRING: isinstance(value, str),
        Kind.ARRAY: False,
    }.get(definition.kind, isinstance(value, float | int) and not isinstance(value, bool))
    if not fits or (definition.kind not in _NUMBERS and condition.test not in ("=", "!=")):
        raise XushiError(
            "runtime.plan_condition_wrong", signal=definition.key, test=condition.test, value=str(value)[:80],
            kind=definition.kind.name.lower(),
        )  # fmt: skip
    return definition


def answer(board: Board, condition: PlanCondition) -> Answer:
    """Compare the newest value with the bound; what is not of good quality tells nothing."""
    if condition.signal not in board.registry:
        return "unknown"
    seen = board.value(board.registry.handle(condition.signal))
    if seen is None or seen.value is None or not is_good(seen.quality):
        return "unknown"
    try:
        return "true" if _TESTS[condition.test](seen.value, condition.value) else "false"
    except TypeError:  # the signal became another one since the plan was made
        return "unknown"


class Watch:
    """One condition, looked at again and again."""

    def __init__(self, board: Board, condition: PlanCondition) -> None:
        self.condition = condition
        self._board = board
        self._answer: Answer | None = None
        self._since_ns = 0

    def look(self, now_ns: int) -> Answer:
        """Return the answer at this instant, and remember since when it is so."""
        found = answer(self._board, self.condition)
        if found != self._answer:
            self._answer, self._since_ns = found, now_ns
        return found

    def settled(self, now_ns: int) -> Answer | None:
        """Return the answer once it has held for the time of the condition; None before. `false` holds at once."""
        found = self.look(now_ns)
        if found == "false" or now_ns - self._since_ns >= self.condition.for_s * _NS:
            return found
        return None
