"""Assembles the platform over one data folder: storage, signals, twins, connections, commands and jobs."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi.backups import bring_up_to_date, finish_swap
from xushi.kernel import (
    Actor,
    BlobStore,
    Clock,
    CommandBus,
    CommandTable,
    Diff,
    JobTable,
    Outcome,
    SqliteStore,
    SystemClock,
    XushiError,
    split_key,
)
from xushi.monitor import Monitor, alarm_commands, rule_commands
from xushi.runtime._acting import acting_commands, make_fleet
from xushi.runtime._backups import PROGRAM, backup_commands
from xushi.runtime._certificates import CertificateShelf, certificate_commands
from xushi.runtime._clearance import moving_commands
from xushi.runtime._command_plugins import register_installed
from xushi.runtime._connect_import import connect_commands, imported_link
from xushi.runtime._devices import device_commands
from xushi.runtime._draft_store import DraftStore
from xushi.runtime._drafts import DraftDesk
from xushi.runtime._floor import Floor
from xushi.runtime._footprints import Footprints
from xushi.runtime._importing import ImporterTable, import_commands
from xushi.runtime._layouts import LayoutFinder
from xushi.runtime._links import Derived, LinkKeeper
from xushi.runtime._lock import FolderLock
from xushi.runtime._products import ProductLog
from xushi.runtime._proposals import proposal_commands
from xushi.runtime._queued_writes import WriteQueue
from xushi.runtime._recording import recording_commands
from xushi.runtime._report_desk import ReportDesk
from xushi.runtime._report_orders import report_commands
from xushi.runtime._sign_in import sign_in_commands
from xushi.runtime._source_time import SourceTime
from xushi.runtime._timelines import TimelineShelf
from xushi.runtime._twins import TwinIndex, TwinSnapshot, twin_commands
from xushi.runtime.branches import BranchDesk, branch_commands
from xushi.runtime.foresight import (
    ForecastWatch,
    Plant,
    Turns,
    foresight_commands,
    packaging_commands,
    run_model_commands,
    warning_commands,
)
from xushi.runtime.orders import (
    OrderDesk,
    contingency_commands,
    lot_commands,
    maintenance_commands,
    order_commands,
    receipt_commands,
    schedule_commands,
)
from xushi.runtime.plans import (
    PlanDesk,
    from_branch_commands,
    from_contingency_commands,
    from_schedule_commands,
    measure_commands,
    plan_commands,
    rehearse_commands,
    run_commands,
)
from xushi.signals import Board, History, Ingest, SignalRegistry
from xushi.simulate import DEFAULT_COMPUTE, make_pool, read_compute
from xushi.trust import ALL_SCOPES, EvidenceLog, Gatekeeper, InstallationKey, ScopePolicy

if TYPE_CHECKING:
    from xushi.simulate import Pool  # loads the compiler

log = logging.getLogger("xushi.runtime")

SYSTEM = Actor("system", "Xushi", ALL_SCOPES)
_COMMANDS = (
    moving_commands, import_commands, twin_commands, device_commands, acting_commands, recording_commands,
    proposal_commands, certificate_commands, sign_in_commands, alarm_commands, rule_commands,
    report_commands, backup_commands, connect_commands, foresight_commands, branch_commands,
    plan_commands, from_branch_commands, from_contingency_commands, from_schedule_commands, run_commands,
    rehearse_commands, measure_commands, packaging_commands, run_model_commands, warning_commands,
    order_commands, receipt_commands, lot_commands, schedule_commands, maintenance_commands, contingency_commands,
)  # fmt: skip
_HOUSEKEEPING_S = 3600.0
_SETTLE_S = 10.0
KEEP_DAYS = 30.0
_NS_PER_DAY = 86_400_000_000_000


class Platform:
    """One data folder as a running platform; the doors are built on it.

    Open it with :meth:`open`; storage, commands and reading work at once. :meth:`start` brings the connections
    up and needs a running event loop; :meth:`stop` takes them down.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        keep_days: float = KEEP_DAYS,
        endpoints: Mapping[str, str] | None = None,
        compute: str = DEFAULT_COMPUTE,
    ) -> None:
        self.folder = folder
        read_compute(compute)
        self._compute = compute
        self._endpoints = dict(endpoints or {})
        self._keep_ns = int(keep_days * _NS_PER_DAY)
        self.clock = clock
        self.started_ns = clock.now_ns()
        with ExitStack() as stack:
            self._open(stack)
            self._files = stack.pop_all()

    def _open(self, files: ExitStack) -> None:
        """Open every file in order; ``files`` closes what is open, in reverse, also where a later one fails."""
        folder, clock = self.folder, self.clock
        finish_swap(folder)
        files.callback(FolderLock(folder).release)
        bring_up_to_date(folder, PROGRAM, clock.now_ns(), told=_tell_snapshot)
        self.store = SqliteStore(folder / "records.sqlite")
        files.callback(self.store.close)
        self.blobs = BlobStore(folder / "blobs")
        self.registry = SignalRegistry(folder / "signals.sqlite")
        files.callback(self.registry.close)
        self.board = Board(self.registry)
        alive_ns = _last_written_ns(folder / "history")
        self.history = History(folder / "history", self.registry, clock)
        files.callback(self.history.close)
        self.ingest = Ingest(self.board, self.history)
        self.gate = Gatekeeper(self.store, clock)
        self.evidence = EvidenceLog(self.store)
        self.policy = ScopePolicy()
        self.jobs = JobTable(clock, self.store)
        self.importers = ImporterTable.installed()
        self.twins = TwinIndex(self.store)
        self.certificates = CertificateShelf(self.store, folder / "connectors" / "opcua", clock)
        self.certificates.adopt()
        source_time = SourceTime(self.registry, self.ingest, clock, alive_ns)
        self.links = LinkKeeper(self.registry, self.history, source_time, clock, folder / "connectors", self._endpoints)
        self.fleet = make_fleet(self.links, LayoutFinder(self.store, self.blobs), clock)
        self.timelines = TimelineShelf(folder / "recordings", self.board, self.history, self.registry, clock)
        files.callback(self.timelines.close)
        self.branches = BranchDesk(self, folder / "branches")
        files.callback(self.branches.close)
        self.timelines.branches = self.branches
        self.recordings_under_way: set[str] = set()
        self.foresight_turns = Turns()
        self._pool: Pool | None = None
        files.callback(self._close_pool)
        self.products = ProductLog(self.registry)
        self.key = InstallationKey(folder / "keys" / "installation.pem")
        self.monitor = Monitor(
            folder / "alarms.sqlite", self.store, self.registry, self.board, self.history, self.evidence, clock
        )
        files.callback(self.monitor.close)
        self.ingest.watchers.append(self.monitor.watch)
        self.orders = OrderDesk(self)
        self.ingest.watchers.append(self.orders.contingencies.watch)
        self.forecasts = ForecastWatch(self)
        self.footprints = Footprints(self.blobs)
        drafts = DraftStore(folder / "drafts.sqlite")
        files.callback(drafts.close)
        self.drafts = DraftDesk(
            folder / "connectors", clock, lambda: self.twins.records["concept"], drafts, self.links.secrets,
            lambda: Floor(dict(self.store.list("place")), self.footprints),
            lambda draft: bool(imported_link(self.store, draft)),
            lambda: (point for link, _ in self.links.links() for point in link.points),
        )  # fmt: skip
        self.bus = self._make_bus()
        self.queue = WriteQueue(self.store, self.bus, self.links, clock, SYSTEM)
        self.reports = ReportDesk(self)
        self.plans = PlanDesk(self)
        self.restart: Callable[[], None] | None = None  # how a restored folder is opened in place of this one
        self._signal_listeners: list[Callable[[], None]] = []
        self._deriving = threading.Lock()
        self._following = asyncio.Lock()
        self.known_plant: tuple[tuple[int, int], Plant] | None = None  # kept by `plant_of`
        self._changes = self._followed = 0
        self._housekeeper: asyncio.Task[None] | None = None
        self.twins.reload()
        self.refresh()

    def _make_bus(self) -> CommandBus:
        self.commands = CommandTable()
        for make in _COMMANDS:
            for command in make():
                self.commands.register(command)
        self.command_refusals = register_installed(self.commands)
        self.services: dict[str, Any] = {
            "importers": self.importers,
            "registry": self.registry,
            "links": self.links,
            "certificates": self.certificates,
            "secrets": self.links.secrets,
            "fleet": self.fleet,
            "drafts": self.drafts,
            "board": self.board,
            "monitor": self.monitor,
            "platform": self,
        }
        bus = CommandBus(self.store, self.blobs, self.commands, self.clock, self.policy, self.evidence, self.services)
        bus.subscribe(self._on_change)
        return bus

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        clock: Clock | None = None,
        keep_days: float = KEEP_DAYS,
        endpoints: Mapping[str, str] | None = None,
        compute: str = DEFAULT_COMPUTE,
    ) -> Iterator[Platform]:
        """Open a data folder, made where it does not exist, and close it at the end.

        Args:
            keep_days: how long the live history keeps values.
            endpoints: address to use by described address, where the shells were written for another place.
            compute: where simulations are computed, see `simulate.read_compute`.

        Raises:
            XushiError: ``runtime.folder_locked`` with the process id of whoever has it open;
                ``simulate.compute_unknown``, ``simulate.ray_missing``.
        """
        platform = cls(Path(folder), clock or SystemClock(), keep_days, endpoints, compute)
        try:
            yield platform
        finally:
            platform.close()

    def refresh(self) -> None:
        """Derive signals and connections anew from the twins; what has not changed keeps its handle and its link."""
        self._take(self._derive(self.twins.snapshot()))

    async def _follow(self) -> None:
        """Do what `refresh` does, with the event loop free for everybody else; once for changes that wait together."""
        wanted = self._changes = self._changes + 1
        async with self._following:
            if self._followed >= wanted:
                return
            now, twins = self._changes, self.twins.snapshot()
            self.twins.signal_submodels = None
            self._take(await asyncio.to_thread(self._derive, twins))
            self._followed = now

    def _derive(self, twins: TwinSnapshot) -> Derived:
        with self._deriving:
            derived = self.links.derive(twins)
            self.products.adopt(twins)
            return derived

    def _take(self, derived: Derived) -> None:
        self.links.take(derived)
        self.twins.signal_submodels = derived.signal_submodels
        self.monitor.adopt_signals()
        self.tell_signals()

    def tell_signals(self) -> None:
        """Tell every listener that signals or connections were defined anew; from the event loop."""
        for listener in list(self._signal_listeners):
            listener()

    def on_signals(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener()`` after signals or connections were defined anew; returns how to stop that."""
        self._signal_listeners.append(listener)
        return lambda: self._signal_listeners.remove(listener)

    async def start(self) -> None:
        """Bring the connections up and keep house in the background."""
        self.queue.start()
        self.monitor.start()
        self.links.start()
        self.reports.start()
        self.orders.contingencies.start()
        self.forecasts.start()
        await self.plans.start()
        self.branches.start()
        self._housekeeper = asyncio.get_running_loop().create_task(self._keep_house())

    async def stop(self) -> None:
        """Take jobs and connections down; what was acknowledged is on disk already."""
        if self._housekeeper is not None:
            self._housekeeper.cancel()
            await asyncio.wait([self._housekeeper])
        await self.forecasts.stop()
        await self.orders.contingencies.stop()
        await self.reports.stop()
        await self.plans.stop()
        await self.jobs.close()
        await self.bus.settle(_SETTLE_S)
        async with self._following:  # a thread that derives needs the files that are closed next
            pass
        await self.drafts.close()
        await self.queue.stop()
        await self.links.stop()
        await self.monitor.stop()

    @property
    def pool(self) -> Pool:
        """Who computes simulations; made when it is first wanted."""
        if self._pool is None:
            self._pool = make_pool(self._compute)
        return self._pool

    def _close_pool(self) -> None:
        if self._pool is not None:
            self._pool.close()

    def close(self) -> None:
        """Close every file; the lock goes last."""
        self._files.close()

    def _on_change(self, outcome: Outcome, diff: Diff) -> Awaitable[None] | None:
        if any(split_key(key)[0] == "certificate" for key in diff.touched()):
            self.certificates.adopt()
        are_signals_other = self.twins.apply(diff)
        self.monitor.on_change(outcome, diff)
        self.branches.adopt(diff)
        self.forecasts.adopt(diff)
        return self._follow() if are_signals_other else None

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(_HOUSEKEEPING_S)
            try:
                await asyncio.to_thread(self.gate.forget_expired)
                await asyncio.to_thread(self.history.retention, self._keep_ns)
            except (XushiError, OSError, sqlite3.Error):  # a full disk: the next round tries again
                log.exception("the hourly housekeeping failed")


def _tell_snapshot(name: str) -> None:
    log.warning("another version wrote the data folder; first a snapshot is made of it: %s", name)


def _last_written_ns(folder: Path) -> int:
    """When anything in a folder was last written; 0 where it is empty or missing."""
    return max((path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()), default=0)
