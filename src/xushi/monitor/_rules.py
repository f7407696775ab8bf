"""What an alarm rule is: one condition on one signal, with the texts and the handling of the alarm it raises."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import msgspec

from xushi.kernel import XushiError
from xushi.signals import Kind, SignalDef, SignalRegistry

Priority = Literal["critical", "high", "medium", "low"]
PRIORITIES: tuple[Priority, ...] = ("critical", "high", "medium", "low")
ConditionKind = Literal[
    "high", "high_high", "low", "low_low", "deviation", "rate", "state", "boolean", "bad_quality", "stale"
]
WITH_LIMIT = frozenset({"high", "high_high", "low", "low_low", "deviation", "rate"})

RuleId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@+-]{0,119}$")]
SignalKey = Annotated[str, msgspec.Meta(max_length=4_096)]
Words = dict[str, Annotated[str, msgspec.Meta(max_length=1_000)]]
Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the alarm is on; see IEC 62682 for the names of the alarm types.

    Attributes:
        kind: `high` and `high_high`: value above `limit`; `low` and `low_low`: below; `deviation`: further than
            `limit` from the reference; `rate`: changes by more than `limit` a second, up or down; `state` and
            `boolean`: the value is one of `states` (a boolean is 0 or 1); `bad_quality`: the source says Bad;
            `stale`: no new value for `seconds`.
        limit: in the signal's unit (for `rate`: a second).
        reference: what a deviation is measured from: a number, or the newest value of `reference_signal`.
        states: numbers of an enumeration; `boolean` takes [1] where it is left out.
        seconds: of `stale`.
    """

    kind: ConditionKind
    limit: float | None = None
    reference: float | None = None
    reference_signal: SignalKey = ""
    states: Annotated[list[int], msgspec.Meta(max_length=100)] = []
    seconds: Annotated[float, msgspec.Meta(gt=0, le=31_536_000)] | None = None


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Suppression by design (IEC 62682, suppressed by design): while `signal` has one of `states`."""

    signal: SignalKey
    states: Annotated[list[int], msgspec.Meta(min_length=1, max_length=100)]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One alarm. Its id is also the alarm's id.

    Attributes:
        signal: key of the signal.
        deadband: how far the value must come back, in the signal's unit, before the condition ends.
        on_delay_s, off_delay_s: how long the condition must hold, or be gone, before the alarm is raised, or clears.
        is_latched: the alarm stays after the condition has gone and been acknowledged, until someone resets it.
        text, consequence, action: what happened, what follows from it, what the operator should do; by language.
    """

    id: RuleId
    signal: Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
    condition: Condition
    title: Words
    priority: Priority = "medium"
    deadband: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    on_delay_s: Seconds = 0.0
    off_delay_s: Seconds = 0.0
    is_latched: bool = False
    is_enabled: bool = True
    suppress_while: Guard | None = None
    text: Words = {}
    consequence: Words = {}
    action: Words = {}


def check_rule(rule: Rule, registry: SignalRegistry | None = None) -> Rule:
    """Return the rule where it is whole; with a `registry` its signals must exist and fit.

    Raises:
        XushiError: `monitor.rule_invalid` naming what is missing or does not fit, `monitor.signal_unknown`.
    """
    condition = rule.condition
    if not any(text.strip() for text in rule.title.values()):
        _refuse(rule, "title", "a title in at least one language is needed")
    if condition.kind in WITH_LIMIT and condition.limit is None:
        _refuse(rule, "condition.limit", f"a rule of the kind {condition.kind} needs a limit")
    if condition.kind in ("deviation", "rate") and (condition.limit or 0.0) < 0:
        _refuse(rule, "condition.limit", "it must not be negative")
    if condition.kind == "deviation" and (condition.reference is None) == (not condition.reference_signal):
        _refuse(rule, "condition.reference", "a deviation needs either a reference or a reference signal")
    if condition.kind == "state" and not condition.states:
        _refuse(rule, "condition.states", "at least one state is needed")
    if condition.kind == "stale" and condition.seconds is None:
        _refuse(rule, "condition.seconds", "a rule of the kind stale needs a number of seconds")
    for name in ("limit", "reference"):
        number = getattr(condition, name)
        if number is not None and not math.isfinite(number):
            _refuse(rule, f"condition.{name}", "it must be a finite number")
    if not math.isfinite(rule.deadband):
        _refuse(rule, "deadband", "it must be a finite number")
    if registry is not None:
        _check_signals(rule, registry)
    return rule


def _check_signals(rule: Rule, registry: SignalRegistry) -> None:
    definition = _known(rule, rule.signal, registry)
    needs_number = rule.condition.kind not in ("bad_quality", "stale")
    if needs_number and definition.kind.is_object:
        _refuse(rule, "signal", f"its values are {definition.kind.name}, not numbers")
    if rule.condition.kind == "boolean" and definition.kind is not Kind.BOOL:
        _refuse(rule, "condition.kind", f"the signal is {definition.kind.name}, not BOOL")
    guard = rule.suppress_while
    for key in (rule.condition.reference_signal, guard.signal if guard is not None else ""):
        if key and _known(rule, key, registry).kind.is_object:
            _refuse(rule, "condition.reference_signal" if guard is None else "suppress_while", "it has no numbers")


def _known(rule: Rule, key: str, registry: SignalRegistry) -> SignalDef:
    if key not in registry:
        raise XushiError("monitor.signal_unknown", rule=rule.id, key=key[:300])
    return registry.get(registry.handle(key))


def _refuse(rule: Rule, place: str, reason: str) -> None:
    raise XushiError("monitor.rule_invalid", rule=rule.id, place=place, reason=reason)
