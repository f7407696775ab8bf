"""The plant's own list of current values, changes not yet published, and messages waiting to be sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from xushi.demo._events import EventLoop

Change = tuple[str, int, Any]  # key, plant time in ns, value
Message = tuple[str, dict[str, Any]]  # topic, JSON payload
_ABSENT = object()


class Values:
    """Machines put values in; the protocol faces take the changes out. Only true changes are kept."""

    def __init__(self, loop: EventLoop) -> None:
        self._loop = loop
        self.current: dict[str, Any] = {}
        self._changes: list[Change] = []
        self._messages: list[Message] = []

    def put(self, key: str, value: Any) -> None:
        """Sets one value (key `machine.path`); remembers the change with the plant's time."""
        if self.current.get(key, _ABSENT) == value:
            return
        self.current[key] = value
        self._changes.append((key, self._loop.now_ns, value))

    def writer(self, machine: str) -> Callable[[str, Any], None]:
        """`put` for the paths of one machine."""
        prefix = machine + "."
        put = self.put
        return lambda path, value: put(prefix + path, value)

    def say(self, topic: str, payload: dict[str, Any]) -> None:
        """Queues one JSON message; the plant's time goes in as `timestamp`."""
        self._messages.append((topic, {"timestamp": iso_time(self._loop.now_ns), **payload}))

    def take_changes(self) -> list[Change]:
        changes, self._changes = self._changes, []
        return changes

    def take_messages(self) -> list[Message]:
        messages, self._messages = self._messages, []
        return messages


def iso_time(at_ns: int) -> str:
    """ISO 8601 in UTC with milliseconds, as VDA 5050 asks (YYYY-MM-DDTHH:mm:ss.fffZ)."""
    whole_s, rest_ns = divmod(at_ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(whole_s, UTC):%Y-%m-%dT%H:%M:%S}.{rest_ns // 1_000_000:03d}Z"
