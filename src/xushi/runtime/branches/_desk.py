"""The branches of one data folder: opened when somebody looks, computed as jobs, thrown away when they are deleted."""

from __future__ import annotations

import asyncio
import math
import os
import shutil
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from xushi.kernel import Diff, Job, Progress, XushiError, split_key
from xushi.runtime._timelines import TimelineCard
from xushi.runtime.branches._book import book_after
from xushi.runtime.branches._copies import define_signals
from xushi.runtime.branches._material import lots_after, receipts_after
from xushi.runtime.branches._path import PathCard, check_changes, digest_of, read_card
from xushi.runtime.branches._path_process import PathOrder, PathProcess
from xushi.runtime.branches._planned import Stops, stops_after
from xushi.runtime.branches._record import KIND, Branch, branches, read_branch
from xushi.runtime.branches._scene import BranchScene
from xushi.runtime.branches._start import Start, package_branch, package_plant, read_start, write_start
from xushi.runtime.foresight import EVERY, Fork, ModelChange, WantedOrder, take_turn
from xushi.runtime.orders import Book, MaterialRun, Receipt, job_orders_after, sequence_changes, wanted_of
from xushi.scene import Place, read_place
from xushi.signals import BAD, BranchTimeline, History, Timeline
from xushi.simulate import Cancellation

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_MOST_OPEN = 4
_MOST_PACKAGES = 2
_BEFORE_NS = 3600 * 1_000_000_000  # so much of the parent's past is shown before the fork
_KEPT_S = 30 * 86_400.0  # how long the package of a deleted branch stays, so that the deletion can be undone
_START = "start.bin"

_Progress: TypeAlias = Callable[[float], None]
PathState: TypeAlias = Literal["computing", "ready", "stopped", "failed"]


class Standing(msgspec.Struct, frozen=True):
    """How far a branch is.

    Attributes:
        state: computing (until then the path before the last change is shown, if any), ready, stopped (the path ends
            before its time), failed (there is none).
        job: that computes it.
        error: code and parameters of why it stopped or failed.
    """

    state: PathState
    job: str | None
    error: dict[str, Any] | None
    path: PathCard | None


class BranchDesk:
    """Keeps every branch's path in step with its record. Questions may come from any thread."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self._platform = platform
        self._folder = folder
        self._lock = threading.RLock()
        self._open: OrderedDict[tuple[str, str], BranchTimeline] = OrderedDict()
        self._packages: OrderedDict[str, Start] = OrderedDict()
        self._process = PathProcess()
        self._jobs: dict[str, Job] = {}
        self._failures: dict[str, tuple[str, dict[str, Any]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    # ---- what there is
    def has(self, timeline_id: str) -> bool:
        """Whether there is a branch of that name."""
        return self._platform.store.get(KIND, timeline_id) is not None

    def get(self, branch_id: str) -> Branch:
        """Return a branch. Raises ``runtime.branch_unknown``."""
        return read_branch(self._platform.store, branch_id)

    def all(self) -> list[Branch]:
        """Return every branch, the oldest first."""
        return list(branches(self._platform.store))

    def cards(self) -> list[TimelineCard]:
        """What every branch is as a timeline."""
        return [self._card(branch) for branch in self.all()]

    def card(self, timeline_id: str) -> TimelineCard:
        """What a branch is as a timeline."""
        return self._card(self.get(timeline_id))

    def _card(self, branch: Branch) -> TimelineCard:
        path = self._path(branch)
        first_ns = self._reach_ns(branch)
        start_ns = max(first_ns, branch.fork_ns - _BEFORE_NS) if first_ns <= branch.fork_ns else branch.fork_ns
        title = {"en": branch.title, "zh-CN": branch.title}
        end_ns = branch.until_ns if path is None else path.end_ns
        return TimelineCard(branch.id, "branch", title, start_ns, end_ns, branch.parent, branch.fork_ns)

    def _reach_ns(self, branch: Branch) -> int:
        """How far back a branch's past is known, through its parents."""
        if branch.before is not None:
            return self._reach_ns(branch.before)
        first_ns = self._platform.timelines.reaches_back_to(branch.parent)
        return branch.fork_ns if first_ns is None else first_ns

    def standing(self, branch: Branch) -> Standing:
        """Return how far a branch is."""
        digest = digest_of(branch)
        path = read_card(self._path_folder(branch.id, digest))
        job = self._jobs.get(branch.id)
        if path is not None:
            return Standing("ready" if path.stopped is None else "stopped", None, path.stopped, path)
        if job is not None and job.state == "running":
            return Standing("computing", job.id, None, None)
        failed = self._failures.get(branch.id)
        if failed is not None and failed[0] == digest:
            return Standing("failed", None if job is None else job.id, failed[1], None)
        return Standing("computing", None, None, None)

    # ---- opening
    def open(self, timeline_id: str) -> Timeline:
        """Return a branch's timeline; it stays open while anyone holds it, and the last few a little longer.

        Raises:
            XushiError: `runtime.branch_unknown`, `runtime.branch_not_ready`.
        """
        branch = self.get(timeline_id)
        digest = digest_of(branch)
        if read_card(self._path_folder(branch.id, digest)) is None:
            digest = self._latest(branch.id) or digest
        found = self._timeline(branch, digest)
        if found is None:
            raise XushiError("runtime.branch_not_ready", branch=branch.title)
        return found

    def _timeline(self, branch: Branch, digest: str) -> BranchTimeline | None:
        with self._lock:
            known = self._open.get((branch.id, digest))
            if known is not None and known.title == branch.title:
                self._open.move_to_end((branch.id, digest))
                return known
            folder = self._path_folder(branch.id, digest)
            path = read_card(folder)
            if path is None:
                return None
            history = History(folder, self._platform.registry, self._platform.clock, is_read_only=True)
            parent = self._parent(branch)
            opened = BranchTimeline(branch.id, branch.title, parent, branch.fork_ns, None, history, path.end_ns)
            weakref.finalize(opened, history.close)
            self._open[branch.id, digest] = opened
            while len(self._open) > _MOST_OPEN:
                self._open.popitem(last=False)
            return opened

    def _parent(self, branch: Branch) -> Timeline | None:
        """The timeline that tells the past; None where it is gone or no longer reaches back to the fork."""
        if branch.before is not None:
            return self._timeline(branch.before, digest_of(branch.before))
        try:
            parent = self._platform.timelines.get(branch.parent)
        except XushiError:
            return None
        first_ns, last_ns = parent.bounds()
        return parent if first_ns <= branch.fork_ns and (last_ns is None or branch.fork_ns <= last_ns) else None

    def close(self) -> None:
        """End what computes, and let go of every branch that nobody holds."""
        self._process.close()
        with self._lock:
            self._open.clear()
            self._packages.clear()

    # ---- packages
    def start_of(self, branch: Branch) -> Start | None:
        """Return the package of a branch's fork; None while it is not made."""
        with self._lock:
            known = self._packages.get(branch.id)
            if known is None:
                known = read_start(self._folder / branch.id / _START)
                if known is None:
                    return None
                self._packages[branch.id] = known
                while len(self._packages) > _MOST_PACKAGES:
                    self._packages.popitem(last=False)
            self._packages.move_to_end(branch.id)
            return known

    def package(self, branch_id: str) -> Start:
        """Return the package of a branch, made where it is missing.

        Raises:
            XushiError: `runtime.branch_unknown`, and see `package_plant` and `package_branch`.
        """
        return self._package(self.get(branch_id))

    def _package(self, branch: Branch) -> Start:
        known = self.start_of(branch)
        if known is not None:
            return known
        if branch.before is None:
            made = package_plant(self._platform, branch, self._platform.timelines.get(branch.parent))
        else:
            before = self._package(branch.before)
            timeline = self._timeline(branch.before, digest_of(branch.before))
            if timeline is None:
                self._compute_path(before, branch.before, lambda _: None, Cancellation())
                timeline = self._timeline(branch.before, digest_of(branch.before))
            if timeline is None:
                raise XushiError("runtime.branch_not_ready", branch=branch.before.title)
            made = package_branch(self._platform, before, branch.before, branch, timeline)
        write_start(made, self._folder / branch.id / _START)
        return made

    # ---- orders
    def book(self, branch: Branch, start: Start) -> Book:
        """Return the order book of a branch, with what of it was made until its fork.

        Raises:
            XushiError: see `xushi.runtime.orders.edited`.
        """
        return book_after(self._platform, start.book, branch.commands())

    def sequence(self, branch: Branch, start: Start) -> tuple[ModelChange, ...]:
        """Return how the orders and job orders of a branch change what is made next.

        Raises:
            XushiError: see `book`.
        """
        book = self.book(branch, start)
        job_orders = job_orders_after(self._platform, start.job_orders, branch.commands())
        if (book, job_orders) == (start.book, start.job_orders):
            return ()
        return sequence_changes(start, book, job_orders, self._platform.orders.is_told())

    def wanted(self, branch: Branch | None, start: Start) -> list[WantedOrder]:
        """Return what is left of the orders of a branch at its fork; without one, of the book before any edit."""
        if branch is None:
            return wanted_of(start.book, start.job_orders)
        job_orders = job_orders_after(self._platform, start.job_orders, branch.commands())
        return wanted_of(self.book(branch, start), job_orders)

    def begun(self, branch: Branch, recorded: Fork) -> tuple[Fork, list[WantedOrder]]:
        """Return a branch at its fork with all that was changed on it, and what is wanted there.

        Args:
            recorded: the fork of its records: what they tell counts, its model and state do not.

        Raises:
            XushiError: as `package` and `check_changes`.
        """
        start = self.package(branch.id)
        changes = [one for one in branch.consequences if one.figure == "cycle_time" and one.factor is not None]
        for name, machine in recorded.records.machines.items():
            factors = [one.factor for one in changes if one.element in (name, EVERY)]
            machine.factor = start.factors.get(name, 1.0) * math.prod(one for one in factors if one is not None)
        model = check_changes(start, branch)
        begun = msgspec.structs.replace(recorded, model=model, state=start.state, diagnoses=start.diagnoses)
        return begun, self.wanted(branch, start)

    def stops(self, branch: Branch, start: Start) -> Stops:
        """Return the planned stops of a branch: those of the line at the fork, with what was changed on it.

        Raises:
            XushiError: see `stops_after`.
        """
        return stops_after(self._platform, start.stops, branch.commands())

    # ---- material
    def receipts(self, branch: Branch, start: Start) -> tuple[Receipt, ...]:
        """Return what was ordered and when it comes on a branch: as at the fork, with what was stated on it.

        Raises:
            XushiError: see `receipts_after`.
        """
        return receipts_after(self._platform, start.receipts, branch.commands())

    def material_run(self, branch: Branch, start: Start, period_h: float) -> MaterialRun:
        """Run the bills of materials for the orders of a branch, from its fork on.

        Raises:
            XushiError: `runtime.branch_not_ready`, and see `OrderDesk.material_of`.
        """
        self.open(branch.id)  # how long an order takes is read there
        book = self.book(branch, start)
        lots = lots_after(self._platform, start.lots, branch.commands())
        return self._platform.orders.material_of(
            book, book.made, lots, self.receipts(branch, start), self._numbers(start).get, branch.fork_ns, period_h,
            branch.id,
        )  # fmt: skip

    def _numbers(self, start: Start) -> dict[str, float]:
        """The numbers that signals had at the fork, by key; what was Bad there is left out."""
        registry = self._platform.registry
        return {
            registry.get(signal).key: float(value)
            for signal, _, value, quality in start.values.frame().rows(registry)
            if quality < BAD and isinstance(value, int | float)
        }

    # ---- the scene
    def places(self, branch_id: str) -> list[Place]:
        """Return everything that stands on a branch; while it is being packaged, what stands in the plant.

        Raises:
            XushiError: `runtime.branch_unknown`.
        """
        branch = self.get(branch_id)
        start = self.start_of(branch)
        if start is None:
            return [read_place(record) for _, record in self._platform.store.list("place")]
        return self.scene(branch, start).places()

    def scene(self, branch: Branch, start: Start) -> BranchScene:
        """Return where things stand on a branch, which may have other edits than its record."""
        return BranchScene(self._platform, branch, start)

    # ---- paths
    def _path_folder(self, branch_id: str, digest: str) -> Path:
        return self._folder / branch_id / f"path-{digest}"

    def _path(self, branch: Branch) -> PathCard | None:
        return read_card(self._path_folder(branch.id, digest_of(branch)))

    def _latest(self, branch_id: str) -> str | None:
        """The path shown before the last change."""
        kept = [path for path in (self._folder / branch_id).glob("path-*") if read_card(path) is not None]
        newest = max(kept, key=lambda path: path.stat().st_mtime_ns, default=None)
        return None if newest is None else newest.name.removeprefix("path-")

    def _compute_path(self, start: Start, branch: Branch, progress: _Progress, cancellation: Cancellation) -> None:
        folder = self._path_folder(branch.id, digest_of(branch))
        if read_card(folder) is None:
            if define_signals(branch, start.roles, self._platform.registry) and self._loop is not None:
                self._loop.call_soon_threadsafe(self._platform.tell_signals)
            package, registry = self._folder / branch.id / _START, self._platform.registry.path
            order = PathOrder(str(package), branch, str(folder), str(registry))
            self._process.compute(order, progress, cancellation)

    def compute(
        self, branch_id: str, progress: _Progress = lambda _: None, cancellation: Cancellation | None = None
    ) -> None:
        """Bring the path of a branch up to date with its record; the same record gives the same path.

        Raises:
            XushiError: see `package_plant`, `package_branch`, `compute_path`, `PathProcess.compute`.
        """
        self._process.prepare()
        while self.has(branch_id):
            branch = self.get(branch_id)
            try:
                self._compute_path(self._package(branch), branch, progress, cancellation or Cancellation())
            except XushiError as error:
                if not self._is_current(branch):
                    continue
                self._fail(branch, error)
                raise
            if self._is_current(branch):
                self._failures.pop(branch_id, None)
                self._clear(branch_id)
                return

    def _is_current(self, branch: Branch) -> bool:
        """Whether a path computed from this record is still the one that is wanted."""
        return not self.has(branch.id) or digest_of(self.get(branch.id)) == digest_of(branch)

    def _fail(self, branch: Branch, error: XushiError) -> None:
        self._failures[branch.id] = digest_of(branch), {"code": error.code, "params": error.params}

    def _clear(self, branch_id: str) -> None:
        """Remove the paths that nothing shows any more; those that a fork came from stay for its past."""
        wanted = {
            digest_of(before)
            for one in self.all()
            for before in _ancestors(one)
            if before.id == branch_id
        }  # fmt: skip
        if self.has(branch_id):
            wanted.add(digest_of(self.get(branch_id)))
        for path in (self._folder / branch_id).glob("path-*"):
            if path.name.removeprefix("path-") not in wanted:
                shutil.rmtree(path, ignore_errors=True)
                with self._lock:
                    self._open.pop((branch_id, path.name.removeprefix("path-")), None)

    # ---- running
    def start(self) -> None:
        """Compute in the running event loop what was cut short; throw away what was deleted long ago."""
        self._loop = asyncio.get_running_loop()
        known = self.all()
        for branch in known:
            if self._path(branch) is None:
                self._begin(branch)
        names = {branch.id for branch in known} | {before.id for one in known for before in _ancestors(one)}
        for folder in self._folder.glob("*"):
            now_s = self._platform.clock.now_ns() / 1e9
            if folder.name not in names and folder.stat().st_mtime < now_s - _KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, diff: Diff) -> None:
        """Follow a committed change of the records."""
        for key in diff.touched():
            kind, branch_id = split_key(key)
            if kind != KIND:
                continue
            record = diff.after(key)
            if record is None:
                self._stop(branch_id)
                self._clear(branch_id)
                folder = self._folder / branch_id
                if folder.exists():
                    os.utime(folder)
                continue
            branch = msgspec.convert(record, Branch)
            if self._path(branch) is None:
                self._begin(branch)

    def _stop(self, branch_id: str) -> None:
        """End the job of a branch that is gone: whoever forks next would wait for a path that nobody will see."""
        job = self._jobs.pop(branch_id, None)
        if self._loop is not None and job is not None and job.state == "running":
            self._loop.call_soon_threadsafe(self._platform.jobs.cancel, job.id)

    def _begin(self, branch: Branch) -> None:
        """Start the job; one that is running already goes on to the newest record by itself."""
        job = self._jobs.get(branch.id)
        if self._loop is None or (job is not None and job.state == "running"):
            return

        async def work(told: Progress) -> dict[str, Any]:
            def compute(progress: Any, cancellation: Any) -> None:
                self.compute(branch.id, progress, cancellation)

            try:
                # A change that comes after the last look of the thread finds this job still running.
                while self.has(branch.id) and self._path(self.get(branch.id)) is None:
                    await take_turn(self._platform, told, compute)
            except asyncio.CancelledError:
                if self.has(branch.id):
                    self._fail(self.get(branch.id), XushiError("simulate.cancelled"))
                raise
            except XushiError:
                raise  # told already
            except Exception as defect:
                if self.has(branch.id):
                    reason = f"{type(defect).__name__}: {defect}"
                    self._fail(self.get(branch.id), XushiError("kernel.job_broken", reason=reason))
                raise
            return {"branch": branch.id}

        title = {"en": f"Branch: {branch.title}", "zh-CN": f"分支：{branch.title}"}
        self._jobs[branch.id] = self._platform.jobs.start(title, branch.created_by, work)


def _ancestors(branch: Branch) -> list[Branch]:
    """The branches that one comes from, as they were at each fork."""
    return [] if branch.before is None else [branch.before, *_ancestors(branch.before)]
