"""The states of an alarm after ISA-18.2 and IEC 62682: what the plant did and what people did give one state."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from xushi.monitor._rules import Rule

AlarmState: TypeAlias = Literal[
    "normal", "unacknowledged", "acknowledged", "returned", "latched", "shelved", "suppressed", "out_of_service"
]


class Occurred(msgspec.Struct, frozen=True):
    """What the plant did: the condition of an alarm, as its rule's signal shows it.

    Attributes:
        is_active: the condition holds.
        count: how often it has come, from 1; people's answers name the count they answer.
        settled: the count up to which nothing is to be done: it came and went while shelved or suppressed.
        raised_ns, cleared_ns: when it last came and went, 0 for never.
        value: what began it.
        guarded_ns: since when the rule's guard has suppressed it by design, 0 while it does not.
    """

    is_active: bool = False
    count: int = 0
    settled: int = 0
    raised_ns: int = 0
    cleared_ns: int = 0
    value: float | None = None
    guarded_ns: int = 0


class Aside(msgspec.Struct, frozen=True):
    """Who took an alarm out of the list, when and why; `until_ns` is 0 for until further notice."""

    by: str
    at_ns: int
    reason: str
    until_ns: int = 0


class Note(msgspec.Struct, frozen=True):
    """An operator's note."""

    at_ns: int
    by: str
    text: str


class Handled(msgspec.Struct, frozen=True):
    """What people did: the record of an alarm, changed by commands alone.

    Attributes:
        acknowledged: the count up to which it is acknowledged.
        reset: the count up to which a latched alarm was reset.
    """

    id: str
    acknowledged: int = 0
    acked_ns: int = 0
    acked_by: str = ""
    reset: int = 0
    shelved: Aside | None = None
    suppressed: Aside | None = None
    notes: list[Note] = []


def is_shelved(handled: Handled, at_ns: int) -> bool:
    """Whether a shelf holds the alarm at an instant; it lets go by itself (IEC 62682, 11.7)."""
    return handled.shelved is not None and at_ns < handled.shelved.until_ns


def is_acknowledged(occurred: Occurred, handled: Handled) -> bool:
    """Whether nobody has to acknowledge the last occurrence any more."""
    return max(handled.acknowledged, occurred.settled) >= occurred.count


def is_latched(rule: Rule, occurred: Occurred, handled: Handled) -> bool:
    """Whether a latching alarm stands although its condition has gone, until its reset."""
    return rule.is_latched and not occurred.is_active and max(handled.reset, occurred.settled) < occurred.count


def state_of(rule: Rule, occurred: Occurred, handled: Handled, at_ns: int) -> AlarmState:
    """The state of an alarm at an instant (IEC 62682, figure 3): the states out of the list go first."""
    if not rule.is_enabled:
        return "out_of_service"
    if handled.suppressed is not None or occurred.guarded_ns:
        return "suppressed"
    if is_shelved(handled, at_ns):
        return "shelved"
    is_acked = is_acknowledged(occurred, handled)
    if occurred.is_active:
        return "acknowledged" if is_acked else "unacknowledged"
    if is_latched(rule, occurred, handled):
        return "latched"
    return "normal" if is_acked else "returned"


def since_of(occurred: Occurred, handled: Handled, state: AlarmState) -> int:
    """Since when an alarm is in its state, ns since the Unix epoch; 0 where nothing has happened yet."""
    match state:
        case "shelved":
            return handled.shelved.at_ns if handled.shelved else 0
        case "suppressed":
            return handled.suppressed.at_ns if handled.suppressed else occurred.guarded_ns
        case "acknowledged":
            return max(handled.acked_ns, occurred.raised_ns)
        case "unacknowledged":
            return occurred.raised_ns
    return max(occurred.cleared_ns, handled.acked_ns if state == "normal" else 0)


def come(occurred: Occurred, at_ns: int, value: float | None) -> Occurred:
    """The condition came."""
    return msgspec.structs.replace(occurred, is_active=True, count=occurred.count + 1, raised_ns=at_ns, value=value)


def go(occurred: Occurred, at_ns: int, is_aside: bool) -> Occurred:
    """The condition went; while the alarm is shelved or suppressed, that settles it (IEC 62682, figure 3, G to A)."""
    settled = occurred.count if is_aside else occurred.settled
    return msgspec.structs.replace(occurred, is_active=False, cleared_ns=at_ns, settled=settled)


def begin_guard(rule: Rule, occurred: Occurred, handled: Handled, at_ns: int) -> Occurred:
    """The guard began: an alarm that is there is put away and settled; a latched one waits for its reset behind it."""
    settled = occurred.settled if is_latched(rule, occurred, handled) else occurred.count
    cleared_ns = at_ns if occurred.is_active else occurred.cleared_ns
    return msgspec.structs.replace(occurred, is_active=False, settled=settled, cleared_ns=cleared_ns, guarded_ns=at_ns)


def end_guard(occurred: Occurred) -> Occurred:
    """The guard ended; what is still there will come anew."""
    return msgspec.structs.replace(occurred, guarded_ns=0)
