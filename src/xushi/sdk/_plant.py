"""A connection to a running server: twins, values, history, commands, import, and a live watch."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from xushi.kernel import XushiError, environment_language, nearest_language, shown_parameter
from xushi.remote import Remote, branch_named, local_access

from ._commands import Commands, Outcome
from ._line import Branch, Line
from ._rehearsal import Contingency, Material, Plan, Schedule
from ._twins import Signal, Value
from ._words import table, word


def connect(url: str = "", token: str = "", *, language: str = "", data: str | Path = "xushi-data") -> Plant:
    """Return a client of a running server, acting with an API token.

    Args:
        url: the server's address; the one that has `data` open where it is left out.
        token: an API token; that of this computer's user where it is left out (the server leaves it in `data`).
        language: in which objects show themselves and errors are told: "en" or "zh-CN"; that of the environment
            (LANG) where it is left out.
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
    plant = Plant(Remote(url, token, nearest_language(language) if language else environment_language()))
    plant.me = plant.remote.get("/api/me")
    return plant


class Plant(Line):
    """One plant as its server shows it; what it reads is the live line."""

    def __init__(self, remote: Remote) -> None:
        super().__init__(remote)
        self.me: dict[str, Any] = {}
        self._commands: Commands | None = None

    @property
    def commands(self) -> Commands:
        """Every command of the server as a method with signature and docstring: `plant.commands.scene.move(…)`."""
        if self._commands is None:
            self._commands = Commands(self, self.remote.get("/api/commands"))
        return self._commands

    def branch(self, name: str) -> Branch:
        """Return a branch by its title or id: its shells, values, alarms, figures, read as those of the plant.

        Raises:
            XushiError: `remote.branch_unknown`, `remote.branch_ambiguous`.
        """
        return Branch(self.remote, branch_named(self.remote, name))

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
