"""What a branch starts from, packaged once at the fork: model, state, signals that the model moves, and all values."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from xushi import simulate
from xushi.kernel import Diagnosis, Record, XushiError
from xushi.runtime._planned_times import planned_times
from xushi.runtime.branches._book import book_after
from xushi.runtime.branches._material import lots_after, receipts_after
from xushi.runtime.branches._moves import Placement, placements_of
from xushi.runtime.branches._planned import BranchStop, stops_after, stops_of_line
from xushi.runtime.branches._record import Branch
from xushi.runtime.branches._roles import LINE, Labels, Roles, find_roles
from xushi.runtime.foresight import FINISHED, Estimate, Plant, changed_model, fork, plant_of, rebased
from xushi.runtime.orders import Book, JobOrder, Receipt, advanced, chosen_lots, job_orders_after, mix_of, receipts
from xushi.signals import BAD, UNCERTAIN_NOT_UPDATED, Frame, Timeline

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_S = 1e9
_LOOKED_AT = 400  # points of a stage signal that tell where a part stands after a machine


class Values(msgspec.Struct, frozen=True):
    """The values in force at the fork, as the columns of a frame."""

    signals: bytes
    times_ns: bytes
    bits: bytes
    qualities: bytes
    objects: list[Any]

    @staticmethod
    def of(frame: Frame) -> Values:
        """Return the columns of a frame."""
        return Values(
            frame.signals.tobytes(), frame.times_ns.tobytes(), frame.bits.tobytes(), frame.qualities.tobytes(),
            list(frame.objects),
        )  # fmt: skip

    def frame(self) -> Frame:
        """Return them as what was last known: nothing looks at the devices any more.

        Each keeps the time at which it was measured; what is not Bad is marked UncertainLastUsableValue
        (OPC 10000-4, 7.39; 10000-8, 6.3).
        """
        signals = np.frombuffer(self.signals, np.int32)
        qualities = np.frombuffer(self.qualities, np.uint32)
        marked = np.where(qualities < BAD, UNCERTAIN_NOT_UPDATED, qualities).astype(np.uint32)
        times_ns, bits = np.frombuffer(self.times_ns, np.int64), np.frombuffer(self.bits, np.int64)
        return Frame(signals, times_ns, bits, marked, self.objects)


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """One fork, complete: the path follows from it and from the record alone.

    Attributes:
        model, state: of the plant at `at_ns`; of a branch, with the changes made on it before.
        factors: the set-points in force: the cycle-time factor by machine, each speed factor by its signal.
        base_kw: what the line's meter counts beside the machines of the model.
        estimates, diagnoses: how good the model is, and what is doubtful.
        placements: where everything stood at the fork from the plant; the moves of branches are not among them.
        book: the order book with what was made of it until the fork; empty where nobody knows what was wanted then.
        job_orders: those of the line's controller at the fork from the plant.
        stops: the planned stops that the model was made with, by id.
        receipts, lots: what was ordered, and how lots are sized, as they were stated when the branch was forked.
    """

    plant: Plant
    model: simulate.Model
    state: simulate.PlantState
    at_ns: int
    roles: Roles
    labels: Labels
    factors: dict[str, float]
    base_kw: float
    values: Values
    estimates: tuple[Estimate, ...]
    diagnoses: tuple[Diagnosis, ...]
    placements: dict[str, Placement] = {}
    book: Book = Book()
    job_orders: tuple[JobOrder, ...] = ()
    stops: dict[str, BranchStop] = {}
    receipts: tuple[Receipt, ...] = ()
    lots: dict[str, Record] = {}


_encode = msgspec.msgpack.encode


def write_start(start: Start, path: Path) -> None:
    """Write a package durably: its name appears only when all of it is on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(_encode(start))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_start(path: Path) -> Start | None:
    """Return a package; None where there is none, or one that cannot be read."""
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=Start)
    except (OSError, msgspec.MsgspecError):
        return None


def package_plant(platform: Platform, branch: Branch, timeline: Timeline) -> Start:
    """Package the plant as its records tell it at the fork.

    Raises:
        XushiError: see `xushi.runtime.foresight.fork`.
    """
    plant = plant_of(platform)
    book = platform.orders.book_at(plant, branch.parent, branch.fork_ns)
    job_orders = platform.orders.job_orders(branch.parent, branch.fork_ns)
    mix = mix_of(book, job_orders, platform.orders.is_told())
    begun = fork(plant, timeline, branch.look_back_ns, branch.fork_ns, planned_times(platform.store), mix)
    roles = find_roles(platform, plant)
    reader = _Reader(timeline, branch.look_back_ns, branch.fork_ns)
    return Start(
        plant=msgspec.structs.replace(plant, diagnoses=()),
        model=begun.model,
        state=begun.state,
        at_ns=branch.fork_ns,
        roles=roles,
        labels=reader.labels(plant, roles, begun.state),
        factors=begun.set_points(),
        base_kw=reader.base_kw(roles),
        values=Values.of(timeline.snapshot(branch.fork_ns)),
        estimates=begun.calibration.estimates,
        diagnoses=begun.diagnoses,
        placements=placements_of(platform.store),
        book=book,
        job_orders=job_orders,
        stops=stops_of_line(platform.store),
        receipts=tuple(receipts(platform.store)),
        lots=chosen_lots(platform.store),
    )


def package_branch(platform: Platform, parent: Start, before: Branch, branch: Branch, timeline: Timeline) -> Start:
    """Package a branch at an instant of its own path: the model goes on from exactly where it stands there.

    Args:
        parent, before: the package and the record of the branch that is forked.
        timeline: its timeline.
    """
    model = changed_model(parent.model, before.changes(), parent.state.calendar_s, parent.at_ns)
    run = simulate.Simulation(model, parent.state, seed=before.seed)
    run.advance((branch.fork_ns - before.fork_ns) / _S)
    model, state = rebased(model, run.state())
    reader = _Reader(timeline, branch.fork_ns, branch.fork_ns)
    factors = {
        node: reader.number(roles["CycleTimeFactor"], parent.factors.get(node, 1.0))
        for node, roles in parent.roles.items()
        if "CycleTimeFactor" in roles
    }
    speeds = {roles["SpeedFactor"] for roles in parent.roles.values() if "SpeedFactor" in roles}
    factors |= {key: reader.number(key, parent.factors.get(key, 1.0)) for key in speeds}
    labels = reader.labels(parent.plant, parent.roles, state)
    book = book_after(platform, parent.book, before.commands())
    made = run.finished()[FINISHED]
    return msgspec.structs.replace(
        parent, model=model, state=state, at_ns=branch.fork_ns, factors=factors,
        labels=msgspec.structs.replace(labels, stage_after=parent.labels.stage_after),
        values=Values.of(timeline.snapshot(branch.fork_ns)),
        book=msgspec.structs.replace(book, made=book.done({"": made}), since_ns=branch.fork_ns),
        job_orders=advanced(job_orders_after(platform, parent.job_orders, before.commands()), made),
        stops=stops_after(platform, parent.stops, before.commands()),
        receipts=receipts_after(platform, parent.receipts, before.commands()),
        lots=lots_after(platform, parent.lots, before.commands()),
    )  # fmt: skip


class _Reader:
    """Reads what the model does not need and the picture does."""

    def __init__(self, timeline: Timeline, start_ns: int, at_ns: int) -> None:
        self._timeline = timeline
        self._registry = timeline.registry
        self._start_ns = start_ns
        self._at_ns = at_ns

    def _value(self, key: str, at_ns: int) -> Any:
        if key not in self._registry:
            return None
        frame = self._timeline.snapshot(at_ns, [self._registry.handle(key)])
        return next((value for _, _, value, _ in frame.rows(self._registry)), None)

    def number(self, key: str, default: float) -> float:
        """The value of a signal at the fork, or what to take where it has none."""
        value = self._value(key, self._at_ns)
        return default if value is None else float(value)

    def labels(self, plant: Plant, roles: Roles, state: simulate.PlantState) -> Labels:
        """What the parts are called and how far they are, as the plant shows them."""
        parts: dict[str, list[str]] = {}
        stages: dict[str, list[int]] = {}
        after = {node.id: self._stage_after(plant, roles, node.id) for node in plant.machines()}
        after |= self._stages_of_loads(plant, roles)
        for node in plant.nodes.values():
            mine = roles[node.id]
            if node.is_buffer:
                parts[node.id] = [str(one) for one in self._value(mine.get("Parts", ""), self._at_ns) or []]
                stages[node.id] = [int(one) for one in self._value(mine.get("Stages", ""), self._at_ns) or []]
                continue
            part = self._value(mine.get("CurrentPart", ""), self._at_ns)
            parts[node.id] = [str(part)] if part else []
            stage = self._value(mine.get("Stage", ""), self._at_ns)
            stages[node.id] = [int(stage or 0)] if part else []
        return Labels(parts, stages, after)

    def _stage_after(self, plant: Plant, roles: Roles, machine: str) -> int:
        """The stage that parts have most often when they come in behind a machine; 0 where that is not shown."""
        seen: Counter[int] = Counter()
        for flow in plant.out_of(machine)[:1]:
            mine = roles[flow.behind]
            seen.update(int(one[-1]) for one in self._last(mine.get("Stages", "")) if one)
            seen.update(int(one) for one in self._last(mine.get("Stage", "")) if one)
        return seen.most_common(1)[0][0] if seen else 0

    def _stages_of_loads(self, plant: Plant, roles: Roles) -> dict[str, int]:
        """As what each source's trays are shown on vehicles: the picture they had most often."""
        sources = {one.station: one.source for one in plant.supply.supplies}
        seen: dict[str, Counter[int]] = {}
        for fleet in plant.supply.fleets:
            for vehicle in fleet.vehicles:
                mine = roles.get(vehicle.id, {})
                targets = self._points(mine.get("Target", ""))
                times = [at_ns for at_ns, _ in targets]
                for at_ns, stage in self._points(mine.get("Stage", "")):
                    place = bisect_right(times, at_ns) - 1
                    if stage and place >= 0 and targets[place][1] in sources:
                        seen.setdefault(sources[targets[place][1]], Counter())[int(stage)] += 1
        return {source: found.most_common(1)[0][0] for source, found in seen.items()}

    def _last(self, key: str) -> list[Any]:
        """The last values of a signal before the fork."""
        return [value for _, value in self._points(key)]

    def _points(self, key: str) -> list[tuple[int, Any]]:
        """The last values of a signal before the fork, each with its time."""
        if key not in self._registry:
            return []
        handle = self._registry.handle(key)
        rows: list[tuple[int, Any]] = []
        for piece in self._timeline.pieces(handle, self._start_ns, self._at_ns):
            rows += [(row[1], row[2]) for row in piece.frame(handle).rows(self._registry)]
        return [one for one in rows[-_LOOKED_AT:] if one[1] is not None]

    def base_kw(self, roles: Roles) -> float:
        """The mean power that the line's meter counted beside the machines."""
        hours = (self._at_ns - self._start_ns) / _S / 3600
        meters = {node: mine["Energy"] for node, mine in roles.items() if "Energy" in mine}
        if LINE not in meters or hours <= 0:
            return 0.0
        risen = {node: self._rise(key) for node, key in meters.items()}
        return max(0.0, risen.pop(LINE) - sum(risen.values())) / hours

    def _rise(self, key: str) -> float:
        first, last = self._value(key, self._start_ns), self._value(key, self._at_ns)
        return max(0.0, float(last) - float(first)) if first is not None and last is not None else 0.0


def need_start(start: Start | None, branch: Branch) -> Start:
    """The package, or the refusal that it is not there.

    Raises:
        XushiError: `runtime.branch_not_ready`.
    """
    if start is None:
        raise XushiError("runtime.branch_not_ready", branch=branch.title)
    return start
