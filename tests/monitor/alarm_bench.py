"""A monitor over real stores, with a clock that is moved by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xushi.kernel import Actor, BlobStore, CommandBus, CommandTable, ManualClock, Outcome, SqliteStore
from xushi.monitor import Entry, Monitor, Rule, alarm_commands, rule_commands
from xushi.signals import Board, Frame, History, Ingest, Kind, LiveTimeline, SignalDef, SignalRegistry
from xushi.trust import ALL_SCOPES, EvidenceLog, ScopePolicy

S = 1_000_000_000
T0 = 1_790_000_000 * S
PERSON = Actor("anna", "Anna", ALL_SCOPES)


def rule(id: str, condition: str = "above", limit: float | None = 80.0, **more: Any) -> Rule:
    fields = {"id": id, "signal": "urn:t#0", "condition": condition, "limit": limit, "title": {"en": id}, **more}
    return Rule(**fields)


class Bench:
    """Everything the monitor stands on, in one folder; `reopen` is a restart."""

    def __init__(self, folder: Path, clock: ManualClock, kinds: list[Kind]) -> None:
        self.folder, self.clock = folder, clock
        self.store = SqliteStore(folder / "records.sqlite")
        self.registry = SignalRegistry(folder / "signals.sqlite")
        self.registry.define([SignalDef(key=f"urn:t#{i}", kind=kind) for i, kind in enumerate(kinds)])
        self.board = Board(self.registry)
        self.history = History(folder / "history", self.registry, clock)
        self.ingest = Ingest(self.board, self.history)
        self.evidence = EvidenceLog(self.store)
        self.monitor = Monitor(
            folder / "alarms.sqlite", self.store, self.registry, self.board, self.history, self.evidence, clock
        )
        self.ingest.watchers.append(self.monitor.watch)
        table = CommandTable()
        for command in (*alarm_commands(), *rule_commands()):
            table.register(command)
        services = {"monitor": self.monitor, "registry": self.registry}
        blobs = BlobStore(folder / "blobs")
        self.bus = CommandBus(self.store, blobs, table, clock, ScopePolicy(), self.evidence, services)
        self.bus.subscribe(self.monitor.on_change)

    @property
    def timeline(self) -> LiveTimeline:
        return LiveTimeline(self.board, self.history, self.clock)

    async def run(self, name: str, **params: Any) -> Outcome:
        return await self.bus.run(name, params, PERSON)

    def see(self, value: float, handle: int = 0, at_ns: int | None = None) -> None:
        """A value arrives and is evaluated at once."""
        frame = Frame.from_rows(self.registry, [(handle, self.clock.now_ns() if at_ns is None else at_ns, value, 0)])
        self.ingest.push(frame)
        self.monitor.evaluate()

    def state(self, alarm: str) -> str:
        return self.monitor.view(alarm).state

    def journal(self) -> list[Entry]:
        """All entries, oldest first."""
        self.monitor.flush()
        return self.monitor.journal.read(0, 2**62, limit=100_000)[::-1]

    def close(self) -> None:
        self.monitor.close()
        self.history.close()
        self.registry.close()
        self.store.close()
