"""A line of time that is read: the live one, or a branch of it with models in the devices' place."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from xushi.kernel import XushiError
from xushi.remote import Remote
from xushi.runtime import decode_frame

from ._commands import Outcome
from ._twins import Shell, Signal, Value
from ._watching import Alarm, Alarms, Figure, Figures

_LOOK_S = 0.2
_BAD = 0x8000_0000


class Line(ABC):
    """What a line of time shows: shells, signals, values, alarms, figures.

    Attributes:
        timeline: id of the line: `live`, or that of a branch.
    """

    def __init__(self, remote: Remote, timeline: str = "live") -> None:
        self.remote = remote
        self.timeline = timeline
        self._signals: dict[str, Signal] = {}

    @property
    def end_ms(self) -> float:
        """The end of what can be read, in ms since 1970: now."""
        return time.time() * 1e3

    @property
    def _usual_minutes(self) -> float:
        return 480.0

    @abstractmethod
    def run(self, command: str, params: dict[str, Any], *, dry_run: bool = False, reason: str = "") -> Outcome:
        """Run a command on this line and return its outcome."""

    def _instant(self, timeline: str | None, at_ms: float | None) -> tuple[str, dict[str, float]]:
        return timeline or self.timeline, {} if at_ms is None else {"at_ms": at_ms}

    @property
    def signals(self) -> dict[str, Signal]:
        """Every signal by key."""
        if not self._signals:
            self.refresh()
        return self._signals

    def refresh(self) -> None:
        """Ask for the signals anew, after an import."""
        found = self.remote.get("/api/signals")["signals"]
        self._signals = {info["key"]: Signal(self, info) for info in found}

    def signal(self, name: str) -> Signal:
        """Return a signal by key, or by the end of its key where only one fits (`OP40.…#State` or `State`).

        Raises:
            XushiError: `sdk.signal_unknown`, `sdk.signal_ambiguous`.
        """
        if name in self.signals:
            return self.signals[name]
        found = [signal for key, signal in self.signals.items() if key.endswith(name)]
        if not found:
            raise XushiError("sdk.signal_unknown", name=name)
        if len(found) > 1:
            raise XushiError("sdk.signal_ambiguous", name=name, count=len(found), first=found[0].key)
        return found[0]

    def shells(self) -> list[Shell]:
        """Return every shell with its signals."""
        by_shell: dict[str, list[Signal]] = {}
        for signal in self.signals.values():
            by_shell.setdefault(signal.info["shell"], []).append(signal)
        return [Shell(self, info, by_shell.get(info["id"], [])) for info in self.remote.get("/api/twins")]

    def shell(self, name: str) -> Shell:
        """Return a shell by id, idShort, or name in either language.

        Raises:
            XushiError: `sdk.shell_unknown`.
        """
        for shell in self.shells():
            if name in (shell.id, shell.id_short, *shell.name.values()):
                return shell
        raise XushiError("sdk.shell_unknown", name=name)

    def values(self, signals: Iterable[Signal] | None = None, *, timeline: str | None = None,
               at_ms: float | None = None) -> dict[str, Value]:  # fmt: skip
        """Return values by key: the newest, or those in force at an instant of a timeline (this line by default)."""
        line, instant = self._instant(timeline, at_ms)
        message = self.remote.raw("GET", f"/api/timelines/{quote(line, safe='')}/snapshot", query=instant)
        wanted = None if signals is None else {signal.handle for signal in signals}
        return self._values(message, wanted)

    def _values(self, message: bytes, wanted: set[int] | None) -> dict[str, Value]:
        frame = decode_frame(message)
        by_handle = {signal.handle: signal for signal in self.signals.values()}
        found = {}
        for index, handle in enumerate(frame.handles.tolist()):
            signal = by_handle.get(handle)
            if signal is None or (wanted is not None and handle not in wanted):
                continue
            quality = int(frame.qualities[index])
            value = None if quality >= _BAD else _typed(frame.value(index), signal.info["kind"])
            found[signal.key] = Value(value, signal.unit, quality, float(frame.times_ms[index]))
        return found

    def alarms(self, *, timeline: str | None = None, at_ms: float | None = None) -> Alarms:
        """Return the alarms that are not normal, the most urgent first: now, or at an instant of a timeline."""
        line, instant = self._instant(timeline, at_ms)
        found = self.remote.get("/api/alarms", timeline=line, **instant)["alarms"]
        return Alarms((Alarm(self, info) for info in found), self.remote.language)

    def figures(self, minutes: float | None = None, *, timeline: str | None = None,
                end_ms: float | None = None) -> Figures:  # fmt: skip
        """Return every key performance indicator over the last `minutes` before `end_ms` (the end by default).

        Without a number these are eight hours, of a branch all from its fork on.
        """
        end = end_ms if end_ms is not None else self.end_ms
        start = end - (self._usual_minutes if minutes is None else minutes) * 60e3
        span = {"start_ms": start, "end_ms": end, "timeline": timeline or self.timeline}
        found = self.remote.get("/api/kpis", **span)["kpis"]
        return Figures((Figure(self, info, span) for info in found), self.remote.language)

    def actions(self) -> list[dict[str, Any]]:
        """Return what machines can be told to do, as their interfaces list it."""
        found: list[dict[str, Any]] = self.remote.get("/api/actions")
        return found

    def undo(self, command_id: str) -> Outcome:
        """Take a command back."""
        return Outcome(self, self.remote.undo(command_id))

    def wait(self, job_id: str | None, timeout_s: float = 600.0) -> Any:
        """Wait for long work, and return its result; None where there is none to wait for.

        Raises:
            XushiError: `sdk.job_unfinished` with what ended it.
        """
        end_s = time.monotonic() + timeout_s
        while job_id:
            job = self.remote.get(f"/api/jobs/{quote(job_id, safe='')}")
            if job["state"] == "done":
                return job["result"]
            if job["state"] != "running" or time.monotonic() > end_s:
                why = (job.get("error") or {}).get("what") or job["state"]
                raise XushiError("sdk.job_unfinished", job=job_id, reason=why)
            time.sleep(_LOOK_S)
        return None


class Branch(Line):
    """A branch: read as the plant is, up to the end of its path; what is done to it touches no device.

    Attributes:
        id, title: as the list of branches tells them.
        fork_ms: when it left its parent, ms since 1970.
    """

    def __init__(self, remote: Remote, info: dict[str, Any]) -> None:
        super().__init__(remote, info["id"])
        self.info = info
        self.id: str = info["id"]
        self.title: dict[str, str] = info["title"]
        self.fork_ms: float = info["fork_ms"]

    def __repr__(self) -> str:
        return f"Branch({next(iter(self.title.values()), self.id)!r})"

    @property
    def end_ms(self) -> float:
        """Where its path ends, in ms since 1970."""
        end = self.info["end_ms"]
        return self.fork_ms if end is None else float(end)

    @property
    def _usual_minutes(self) -> float:
        return (self.end_ms - self.fork_ms) / 60e3

    def run(self, command: str, params: dict[str, Any], *, dry_run: bool = False, reason: str = "") -> Outcome:
        """Rehearse a command of the live line on this branch, from its fork on; no device is touched."""
        wrapped = {"branch": self.id, "command": command, "params": params}
        return Outcome(self, self.remote.run("branch.run", wrapped, dry_run=dry_run, reason=reason))

    def _instant(self, timeline: str | None, at_ms: float | None) -> tuple[str, dict[str, float]]:
        return timeline or self.timeline, {"at_ms": self.end_ms if at_ms is None else at_ms}


def _typed(value: Any, kind: int) -> Any:
    if kind in (1, 3) and isinstance(value, float):
        return int(value)
    return bool(value) if kind == 2 else value
