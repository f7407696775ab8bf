"""Shows an alarm whole: its rule, what the plant did, what people did, and the state that follows."""

from __future__ import annotations

import msgspec

from xushi.monitor._alarm import AlarmState, Handled, Occurred, is_acknowledged
from xushi.monitor._rules import PRIORITIES, Rule

_ORDER: tuple[AlarmState, ...] = (
    "unacknowledged", "latched", "returned", "acknowledged", "shelved", "suppressed", "out_of_service", "normal",
)  # fmt: skip


class AlarmView(msgspec.Struct, frozen=True):
    """One alarm at one instant; `since_ns` says since when it is in its state."""

    rule: Rule
    occurred: Occurred
    handled: Handled
    state: AlarmState
    since_ns: int

    @property
    def is_acknowledged(self) -> bool:
        """Whether the last occurrence was acknowledged by somebody."""
        return self.occurred.count > 0 and is_acknowledged(self.occurred, self.handled)


def by_urgency(view: AlarmView) -> tuple[int, int, int, str]:
    """Order of a list of alarms: what must be acknowledged, then by priority, then the newest."""
    return (
        _ORDER.index(view.state), PRIORITIES.index(view.rule.priority), -view.occurred.raised_ns, view.rule.id,
    )  # fmt: skip
