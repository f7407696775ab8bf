"""Reads from the evidence log what people did to alarms, so that the journal misses none of it, whatever crashed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xushi.kernel import split_key
from xushi.monitor._alarm import Handled
from xushi.monitor._journal import Entry
from xushi.trust import EvidenceLog

EVENTS = {
    "alarm.acknowledge": "acknowledged",
    "alarm.shelve": "shelved",
    "alarm.unshelve": "unshelved",
    "alarm.suppress": "suppressed",
    "alarm.unsuppress": "unsuppressed",
    "alarm.reset": "reset",
    "alarm.note": "noted",
}
RULE_COMMANDS = frozenset({"rule.put", "rule.remove", "rules.import"})
_PAGE = 1_000


def entries_of_evidence(
    evidence: EvidenceLog, after: int, handled: Callable[[str], Handled]
) -> tuple[list[Entry], int | None]:
    """Return the journal entries for evidence with number > `after`, and the last number read (None for no news).

    Args:
        handled: gives what people have done to an alarm by now.
    """
    found: list[Entry] = []
    last: int | None = None
    while statements := evidence.entries(last if last is not None else after, _PAGE):
        for statement in statements:
            found += _entries(statement, handled)
        last = statements[-1]["number"]
    return found, last


def _entries(statement: dict[str, Any], handled: Callable[[str], Handled]) -> list[Entry]:
    command = statement.get("command", "")
    is_rule = command in RULE_COMMANDS
    if command not in EVENTS and not is_rule:
        return []
    params = statement.get("params") or {}
    event = "undone" if "undoes" in statement else "rule_changed" if is_rule else EVENTS[command]
    kinds = ("rule",) if is_rule else ("alarm",)
    touched = [split_key(key) for key in statement.get("touched", ())]
    alarms = [record_id for kind, record_id in touched if kind in kinds]
    reason = params.get("reason") or params.get("note") or params.get("text") or statement.get("reason", "")
    return [
        Entry(
            statement["at_ns"], alarm, event,
            by=statement.get("actor_name", ""), reason="" if is_rule else str(reason)[:1_000],
            evidence=statement["number"], handled=handled(alarm),
        )
        for alarm in alarms
    ]  # fmt: skip
