"""What an alarm rule says: which signal, which condition, how patient, how urgent, and what to do about it."""

from __future__ import annotations

import math
from typing import Annotated, Literal, TypeAlias

import msgspec

from xushi.kernel import XushiError
from xushi.signals import SignalRegistry

Id: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
SignalKey: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
Words: TypeAlias = dict[str, Annotated[str, msgspec.Meta(max_length=1_000)]]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=7 * 86_400)]
States: TypeAlias = Annotated[
    list[Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]], msgspec.Meta(min_length=1, max_length=32)
]
Priority: TypeAlias = Literal["critical", "high", "medium", "low"]
Condition: TypeAlias = Literal[
    "above", "below", "deviation", "rate", "equal", "not_equal", "is_true", "is_false", "bad_quality", "stale"
]
RuleSource: TypeAlias = Literal["browser", "file"]

PRIORITIES: tuple[Priority, ...] = ("critical", "high", "medium", "low")
_WITH_LIMIT = frozenset({"above", "below", "deviation", "rate", "equal", "not_equal", "stale"})
_ON_ANY_KIND = frozenset({"bad_quality", "stale"})


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a rule means nothing: while a signal is in one of some states ("suppressed by design" of IEC 62682).

    Attributes:
        signal: key of a state, a switch (0 off, 1 on) or a whole number.
        states: the numbers in which the alarm is suppressed.
    """

    signal: SignalKey
    states: States


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One alarm rule on one signal; its alarm has the same id.

    Attributes:
        signal: key of the signal, `{submodel id}#{idShort path}`.
        condition: `above`, `below` the limit; `deviation` from the target by more than the limit; `rate` of change
            beyond the limit, in units a second; `equal`, `not_equal` to the limit (a state's number);
            `is_true`, `is_false`; `bad_quality`; `stale` for longer than the limit in seconds.
        limit: in the signal's unit; null where the condition needs none.
        target: the set value of `deviation`.
        target_signal: key of the signal that is the set value of `deviation`, instead of `target`.
        suppress_while: while it holds, the alarm is suppressed by design and raises nothing; afterwards a condition
            that is still there raises it, once the on-delay has passed.
        deadband: how far back the value must come before the condition ends (IEC 62682, 10.5), in the signal's unit.
        on_delay_s, off_delay_s: how long the condition must hold, or be gone, before it counts.
        is_latched: the alarm stays until a person resets it, also after the condition has gone.
        is_enabled: a rule that is not enabled is out of service.
    """

    id: Id
    signal: SignalKey
    condition: Condition
    title: Words
    limit: float | None = None
    target: float | None = None
    target_signal: SignalKey | None = None
    suppress_while: Guard | None = None
    deadband: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    on_delay_s: Seconds = 0.0
    off_delay_s: Seconds = 0.0
    priority: Priority = "medium"
    is_latched: bool = False
    is_enabled: bool = True
    text: Words = {}
    consequence: Words = {}
    action: Words = {}
    source: RuleSource = "browser"

    @property
    def signals(self) -> list[str]:
        """Keys of all signals that the rule looks at, its own first."""
        guard = self.suppress_while
        others = (self.target_signal, guard.signal if guard else None)
        return [self.signal, *(key for key in others if key is not None)]


def check_rule(rule: Rule, registry: SignalRegistry) -> None:
    """Tell what is wrong with a rule.

    Raises:
        XushiError: `monitor.limit_missing`, `monitor.target_unclear`, `monitor.signal_missing`,
            `monitor.signal_not_a_number`.
    """
    if rule.condition in _WITH_LIMIT and (rule.limit is None or not math.isfinite(rule.limit)):
        raise XushiError("monitor.limit_missing", rule=rule.id, condition=rule.condition)
    if rule.condition in ("rate", "stale", "deviation") and (rule.limit or 0.0) <= 0:
        raise XushiError("monitor.limit_missing", rule=rule.id, condition=rule.condition)
    if rule.target_signal is not None:
        if rule.condition != "deviation" or rule.target is not None or rule.target_signal == rule.signal:
            raise XushiError("monitor.target_unclear", rule=rule.id)
    elif rule.condition == "deviation" and (rule.target is None or not math.isfinite(rule.target)):
        raise XushiError("monitor.limit_missing", rule=rule.id, condition=rule.condition)
    for place, signal in enumerate(rule.signals):
        if signal not in registry:
            raise XushiError("monitor.signal_missing", rule=rule.id, signal=signal[:300])
        kind = registry.get(registry.handle(signal)).kind
        if kind.is_object and (place > 0 or rule.condition not in _ON_ANY_KIND):
            raise XushiError("monitor.signal_not_a_number", rule=rule.id, signal=signal[:300], kind=kind.name)
