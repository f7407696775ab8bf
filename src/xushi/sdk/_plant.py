"""A connection to a running server: twins, values, history, commands, import, and a live watch."""

from __future__ import annotations

import html
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from xushi.kernel import XushiError, nearest_language, shown_parameter
from xushi.remote import Remote, local_access
from xushi.runtime import decode_frame

from ._commands import Commands, Outcome
from ._rehearsal import Contingency, Material, Plan, Schedule
from ._twins import Shell, Signal, Value
from ._watching import Alarm, Alarms, Figure, Figures
from ._words import table, word

_LOOK_S = 0.2
_BAD = 0x8000_0000


def connect(url: str = "", token: str = "", *, language: str = "en", data: str | Path = "xushi-data") -> Plant:
    """Return a client of a running server, acting with an API token.

    Args:
        url: the server's address; the one that has `data` open where it is left out.
        token: an API token; that of this computer's user where it is left out (the server leaves it in `data`).
        language: in which objects show themselves and errors are told: "en" or "zh-CN".
        data: the data folder of a server on this computer.

    Raises:
        XushiError: `sdk.server_unnamed` where neither is given and none runs on `data`; the server does not answer,
            or does not accept the token.
    """
    if not (url and token):
        access = local_access(Path(data))
        if access is None or (url and Remote(url, "").url != access.url):
            raise XushiError("sdk.server_unnamed", folder=str(data))
        url, token = url or access.url, token or access.token
    plant = Plant(Remote(url, token, nearest_language(language)))
    plant.me = plant.remote.get("/api/me")
    return plant


class Plant:
    """One plant as its server shows it."""

    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.me: dict[str, Any] = {}
        self._signals: dict[str, Signal] = {}
        self._commands: Commands | None = None

    @property
    def commands(self) -> Commands:
        """Every command of the server as a method with signature and docstring: `plant.commands.scene.move(…)`."""
        if self._commands is None:
            self._commands = Commands(self, self.remote.get("/api/commands"))
        return self._commands

    def actions(self) -> list[dict[str, Any]]:
        """Return what machines can be told to do, as their interfaces list it."""
        found: list[dict[str, Any]] = self.remote.get("/api/actions")
        return found

    def warnings(self) -> list[dict[str, Any]]:
        """Return the early warnings that hold now and that nobody has hidden, the newest first."""
        found: list[dict[str, Any]] = self.remote.get("/api/warnings", is_open="true")
        return found

    def _repr_html_(self) -> str:
        """Show what there is and how the connections are, in Jupyter and its kin."""
        status = self.remote.get("/api/status")
        language = self.remote.language
        counted = ", ".join(word(name, language).format(count=status[name]) for name in ("shells", "signals", "places"))
        rows = (
            (
                link["endpoint"],
                link["protocol"],
                shown_parameter("state", link["state"], language),
                f"{link['updates']}",
            )
            for link in self.remote.get("/api/links")
        )
        links = table(word("link-head", language).split("|"), rows)
        return f"<h4>{html.escape(self.remote.url)}</h4><p>{counted}</p>{links}"

    def __repr__(self) -> str:
        return f"Plant({self.remote.url!r}, {len(self.signals)} signals)"

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

    def values(self, signals: Iterable[Signal] | None = None, *, timeline: str = "live",
               at_ms: float | None = None) -> dict[str, Value]:  # fmt: skip
        """Return values by key: the newest, or those in force at an instant of a timeline."""
        query = {} if at_ms is None else {"at_ms": at_ms}
        message = self.remote.raw("GET", f"/api/timelines/{quote(timeline, safe='')}/snapshot", query=query)
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

    def alarms(self, *, timeline: str = "live", at_ms: float | None = None) -> Alarms:
        """Return the alarms that are not normal, the most urgent first: now, or at an instant of a timeline."""
        query = {"timeline": timeline} | ({} if at_ms is None else {"at_ms": at_ms})
        found = self.remote.get("/api/alarms", **query)["alarms"]
        return Alarms((Alarm(self, info) for info in found), self.remote.language)

    def figures(self, minutes: float = 480.0, *, timeline: str = "live", end_ms: float | None = None) -> Figures:
        """Return every key performance indicator over the last `minutes` before `end_ms` (now by default)."""
        end = end_ms if end_ms is not None else time.time() * 1e3
        span = {"start_ms": end - minutes * 60e3, "end_ms": end, "timeline": timeline}
        found = self.remote.get("/api/kpis", **span)["kpis"]
        return Figures((Figure(self, info, span) for info in found), self.remote.language)

    def schedule(self) -> Schedule | None:
        """Return the schedule in force; None before one was made."""
        found = self.remote.get("/api/orders/schedule")["schedule"]
        return None if found is None else Schedule(found, self.remote.language)

    def material(self, period_h: float = 1.0) -> Material:
        """Return what the open orders need and what must be ordered by when, in periods of so many hours."""
        return Material(self.remote.get("/api/orders/requirements", period_h=period_h), self.remote.language)

    def contingencies(self) -> list[Contingency]:
        """Return what was rehearsed for machines that stand, the newest first."""
        return [Contingency(one, self.remote.language) for one in self.remote.get("/api/contingencies")]

    def plan(self, plan: str) -> Plan:
        """Return a plan by its id: steps, promise, and what happened."""
        return Plan(self.remote.get(f"/api/plans/{quote(plan, safe='')}"), self.remote.language)

    def run(self, command: str, params: dict[str, Any], *, dry_run: bool = False, reason: str = "") -> Outcome:
        """Run a command and return its outcome."""
        return Outcome(self, self.remote.run(command, params, dry_run=dry_run, reason=reason))

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

    def open_files(self, paths: Sequence[str | Path], *, dry_run: bool = False) -> Outcome:
        """Import files, all of them or none, and return the outcome."""
        outcome = self.remote.import_files([Path(path) for path in paths], dry_run=dry_run)
        self._signals = {}
        return Outcome(self, outcome)

    def watch(self, signals: Iterable[Signal] | None = None, *, rate_hz: float = 20.0) -> Iterator[dict[str, Value]]:
        """Yield what changed, by key, as it changes; the first is the whole present. Ends when the server does."""
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect as open_socket

        handles = "all" if signals is None else [signal.handle for signal in signals]
        url = self.remote.url.replace("http", "ws", 1) + "/api/ws"
        headers = {"Authorization": f"Bearer {self.remote.token}"}
        try:
            with open_socket(url, additional_headers=headers, max_size=None, compression=None) as socket:
                socket.send(json.dumps({"type": "watch", "view": 1, "signals": handles, "rate_hz": rate_hz}))
                for message in socket:
                    if isinstance(message, bytes):
                        yield self._values(message, None)
                    elif json.loads(message)["type"] == "signals":
                        self.refresh()
        except ConnectionClosed:
            return


def _typed(value: Any, kind: int) -> Any:
    if kind in (1, 3) and isinstance(value, float):
        return int(value)
    return bool(value) if kind == 2 else value
