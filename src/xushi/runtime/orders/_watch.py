"""Watches the live line for machines that go out of service, and has contingency plans rehearsed at once."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from xushi import simulate
from xushi.kernel import (
    OWN_RIGHT,
    Change,
    Command,
    CommandContext,
    Diff,
    Progress,
    Record,
    XushiError,
    canonical_json,
    diff_key,
    new_id,
    to_its_end,
)
from xushi.runtime._planned_times import planned_times
from xushi.runtime._timelines import LIVE
from xushi.runtime.foresight import (
    OUT_OF_SERVICE,
    Fork,
    Plant,
    WantedOrder,
    fork,
    has_states,
    in_thread,
    need_engine,
    plant_of,
)
from xushi.runtime.orders._contingency import (
    SEED,
    Assumptions,
    Rescheduled,
    assumptions_of,
    broken,
    options_for,
    rehearse,
    repair_min,
)
from xushi.runtime.orders._route import stand_ins
from xushi.runtime.orders._schedule import need_solver, read_schedule, repaired, runs_of
from xushi.signals import Frame
from xushi.trust import OWN_HAND

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

log = logging.getLogger("xushi.runtime")

KIND = "contingency"
PATIENCE_S = 3.0  # a machine that is back sooner is no breakdown to plan for
_S = 1_000_000_000
_MS = 1_000_000
_LOOK_BACK_NS = 4 * 3600 * _S
_HORIZON_S = 4 * 3600.0
_MOST_KEPT = 50
_MOST_WAITING = 4


class RehearseParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The machine that stands, and how long it will, in minutes; as its repairs usually take when left out.

    Attributes:
        timeline: the live line as it is now, or a branch as it is at its fork.
        assumptions: what the plant does not tell; the answer says which figures were given, recorded or assumed.
    """

    machine: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    minutes: Annotated[float, msgspec.Meta(gt=0, le=24 * 60)] | None = None
    assumptions: Assumptions = Assumptions()
    timeline: Annotated[str, msgspec.Meta(min_length=1, max_length=60)] = LIVE


class OfferParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was rehearsed: the platform's own note."""

    plans: dict[str, Any]
    is_live: bool = True


class HandleParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contingency that somebody has seen to, so that nobody else needs to be told of it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class CloseParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The contingency that is over: the machine works again."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


def contingency_commands() -> list[Command]:
    """The commands of contingency plans."""
    return [
        Command(
            "contingency.rehearse", RehearseParams, "view",
            {"en": "Rehearse a breakdown", "zh-CN": "预演故障预案"},
            {"en": "Takes a machine to stand, from now on or from the fork of a branch, and ranks what could be done.",
             "zh-CN": "假定某设备从现在或分支的分叉点起停机，对可行预案排名。"},
            _prepare_rehearse, is_undoable=False,
        ),
        Command(
            "contingency.handle", HandleParams, "plan:write",
            {"en": "Mark a breakdown as handled", "zh-CN": "标记故障已处理"},
            {"en": "Takes the notice of a machine that stands away: somebody sees to it.",
             "zh-CN": "撤下设备停机提示：已有人处理。"},
            _prepare_handle,
        ),
        Command(
            "contingency.offer", OfferParams, OWN_RIGHT,
            {"en": "Offer contingency plans", "zh-CN": "提供预案"},
            {"en": "The platform's own note of rehearsed contingency plans.", "zh-CN": "平台对已预演预案的记录。"},
            _prepare_offer, is_undoable=False,
        ),
        Command(
            "contingency.close", CloseParams, OWN_RIGHT,
            {"en": "End contingency plans", "zh-CN": "结束预案"},
            {"en": "The platform's own note that a machine is back.", "zh-CN": "平台对设备恢复的记录。"},
            _prepare_close, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare_rehearse(context: CommandContext, params: RehearseParams) -> Change:
    need_engine()
    platform: Platform = context.services["platform"]
    if params.timeline != LIVE:
        platform.branches.get(params.timeline)  # refuses one that is none
    known = [node.id for node in plant_of(platform).machines()]
    if params.machine not in known:
        raise XushiError("runtime.schedule_machine_unknown", machine=params.machine, known=", ".join(known) or "–")
    return Change(effects=(_Rehearse(platform, params, context.actor.id),), summary={"machine": params.machine})


@dataclass(frozen=True)
class _Rehearse:
    """Starts the job."""

    platform: Platform
    params: RehearseParams
    owner: str

    def describe(self) -> dict[str, Any]:
        return {"kind": "contingency", "machine": self.params.machine, "timeline": self.params.timeline}

    async def apply(self) -> dict[str, Any]:
        title = {"en": f"Contingency plans for {self.params.machine}", "zh-CN": f"{self.params.machine} 的预案"}
        job = self.platform.jobs.start(title, self.owner, self._work)
        return {**self.describe(), "job": job.id}

    async def _work(self, told: Progress) -> dict[str, Any]:
        return await self.platform.orders.contingencies.rehearse(self.params, told, is_live=False)


def _prepare_offer(context: CommandContext, params: OfferParams) -> Change:
    now_ns = context.clock.now_ns()
    key = new_id(now_ns)
    record: Record = {**params.plans, "made_ns": now_ns, "is_live": params.is_live, "over_ns": None, "handled_by": ""}
    record = msgspec.json.decode(msgspec.json.encode(record))
    kept = list(context.store.ids(KIND))
    removed = {}
    for old in kept[: max(0, len(kept) - _MOST_KEPT + 1)]:
        before = context.store.get(KIND, old)
        if before is not None:
            removed[diff_key(KIND, old)] = before
    return Change(
        diff=Diff(added={diff_key(KIND, key): record}, removed=removed), result={"id": key},
        summary={"machine": record["machine"], "best": record["options"][0]["id"]},
    )  # fmt: skip


def _prepare_handle(context: CommandContext, params: HandleParams) -> Change:
    before = contingency_of(context.store, params.id)
    after = {**before, "handled_by": context.actor.name}
    return Change(
        diff=Diff(updated={diff_key(KIND, params.id): (before, after)}), summary={"machine": before["machine"]}
    )  # fmt: skip


def _prepare_close(context: CommandContext, params: CloseParams) -> Change:
    before = context.store.get(KIND, params.id)
    if before is None or before["over_ns"] is not None:
        return Change()
    after = {**before, "over_ns": context.clock.now_ns()}
    return Change(
        diff=Diff(updated={diff_key(KIND, params.id): (before, after)}), summary={"machine": before["machine"]}
    )  # fmt: skip


def contingency_of(store: Any, key: str) -> dict[str, Any]:
    """A rehearsed contingency.

    Raises:
        XushiError: `runtime.contingency_unknown`.
    """
    record = store.get(KIND, key)
    if record is None:
        raise XushiError("runtime.contingency_unknown", id=key[:100])
    return dict(record)


def contingencies(store: Any, timeline: str | None = None) -> list[dict[str, Any]]:
    """Rehearsed contingencies with their ids, the newest first: those of one timeline, or all."""
    found = [{"id": key, "handled_by": "", "timeline": LIVE, **record} for key, record in store.list(KIND)][::-1]
    return [one for one in found if timeline in (None, one["timeline"])]


def is_open(contingency: dict[str, Any]) -> bool:
    """Whether a machine of the live line stands and nobody has said that it is seen to."""
    return contingency["is_live"] and contingency["over_ns"] is None and not contingency["handled_by"]


def _untold(share: float, message: str) -> None:
    """Nobody looks on while the platform itself has plans rehearsed."""


class ContingencyDesk:
    """Sees breakdowns in the frames of the live line: one look into a table per value, no object per value."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._is_state = np.zeros(0, bool)
        self._down: dict[int, str] = {}  # state signals that tell out of service, and the contingency offered for them
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._turn = asyncio.Semaphore(1)
        self._stop_listening: Any = None
        self._warming: asyncio.Task[Any] | None = None

    def start(self) -> None:
        """Begin to watch; needs a running event loop."""
        self._loop = asyncio.get_running_loop()
        self._adopt()
        self._stop_listening = self._platform.on_signals(self._adopt)
        for record in contingencies(self._platform.store):
            if record["is_live"] and record["over_ns"] is None:
                self._spawn(self._close(record["id"]))  # nobody watched meanwhile; what still stands is seen anew

    async def stop(self) -> None:
        """Stop watching; what is being rehearsed is given up."""
        if self._stop_listening is not None:
            self._stop_listening()
        self._loop = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def watch(self, frame: Frame) -> None:
        """Look at a frame of the live line; called in the event loop's thread."""
        known = self._is_state
        if self._loop is None or not known.any():
            return
        signals = frame.signals
        mask = known[np.minimum(signals, len(known) - 1)] & (signals < len(known))
        if not mask.any():
            return
        for signal, bits, quality in zip(
            signals[mask].tolist(), frame.bits[mask].tolist(), frame.qualities[mask].tolist(), strict=True
        ):
            is_down = bits == OUT_OF_SERVICE and quality < 0x8000_0000
            if is_down and signal not in self._down:
                self._down[signal] = ""
                self._loop.call_later(PATIENCE_S, self._look, signal)
                self._warm_up()
            elif not is_down and signal in self._down:
                offered = self._down.pop(signal)
                if offered:
                    self._spawn(self._close(offered))

    def _adopt(self) -> None:
        """Learn which signals tell a machine's state."""
        definitions = self._platform.registry.all()
        self._is_state = np.array([bool(one.labels) and has_states(one.labels) for one in definitions], bool)

    def _look(self, signal: int) -> None:
        if self._loop is None or signal not in self._down or self._down[signal]:
            return
        if len(self._tasks) < _MOST_WAITING:
            self._spawn(self._answer(signal))

    def _warm_up(self) -> None:
        """Let the pool start its workers while the machine may still come back: the plans come so much the sooner."""
        if self._warming is None or self._warming.done():
            self._warming = self._spawn(asyncio.to_thread(self._make_ready))

    def _make_ready(self) -> None:
        with contextlib.suppress(XushiError):  # without the engine there are no plans; who asks for them is told
            need_engine()
            simulate.prepare(self._platform.pool)

    def _spawn(self, work: Any) -> asyncio.Task[Any]:
        assert self._loop is not None
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _close(self, offered: str) -> None:
        await self._platform.bus.run("contingency.close", {"id": offered}, OWN_HAND)

    async def _answer(self, signal: int) -> None:
        key = self._platform.registry.get(signal).key
        try:
            need_engine()
            plant = await asyncio.to_thread(plant_of, self._platform)
            machine = next((node.id for node in plant.machines() if node.signals.get("State") == key), None)
            if machine is None or signal not in self._down:
                return
            made = await self.rehearse(RehearseParams(machine), _untold, is_live=True)
            if signal in self._down:
                self._down[signal] = made["id"]
            else:
                await self._close(made["id"])
        except XushiError as error:
            log.info("no contingency plans for %s: %s", key, error)

    async def rehearse(self, asked: RehearseParams, told: Progress, *, is_live: bool) -> dict[str, Any]:
        """Rehearse what could be done about a machine that stands, and keep the answer as a record.

        Raises:
            XushiError: `simulate.numba_missing`, `runtime.forecast_no_plant`, `runtime.forecast_blind`; of a branch
                `runtime.branch_unknown`, `runtime.branch_not_ready`.
        """
        async with self._turn:
            plans = await in_thread(told, partial(self._work, asked))
        params = {"plans": plans, "is_live": is_live}
        outcome = await to_its_end(self._platform.bus.run("contingency.offer", params, OWN_HAND))
        return {**plans, "id": outcome.result["id"]}

    def _work(self, asked: RehearseParams, progress: Callable[[float], None], cancellation: Any) -> dict[str, Any]:
        platform, machine, minutes = self._platform, asked.machine, asked.minutes
        usual, start_ns, wanted = self._begin(asked.timeline)
        plant, now_ns = usual.plant, usual.at_ns
        cancellation.check()
        assumed = assumptions_of(usual, machine, asked.assumptions)
        begun = broken(usual, machine, minutes, assumed["repair_min"].value)
        helpers = {
            helper: plant.nodes[helper].facts.get("StandInFactor", 1.0)
            for helper in stand_ins(plant, platform.twins).get(machine, ())
        }
        rescheduled = self._rescheduled(begun, machine, minutes, now_ns) if asked.timeline == LIVE else None
        cancellation.check()
        options = list(options_for(begun, machine, wanted, helpers, assumed, self._limits(plant), rescheduled))
        found = rehearse(
            begun, machine, options, wanted, _HORIZON_S, progress=progress, cancellation=cancellation,
            pool=platform.pool,
        )  # fmt: skip
        # Whoever makes a plan of it has the same futures again: from this model, these records, this chance.
        evidence = {
            "model_sha256": hashlib.sha256(canonical_json(begun.model)).hexdigest(), "seed": SEED,
            "data_from_ms": start_ns / 1e6, "data_until_ms": now_ns / 1e6,
        }  # fmt: skip
        assumptions = msgspec.to_builtins(assumed)
        return {
            **found, "minutes": minutes, "assumptions": assumptions, "evidence": evidence, "timeline": asked.timeline,
        }  # fmt: skip

    def _begin(self, name: str) -> tuple[Fork, int, Sequence[WantedOrder]]:
        """The live line now, or a branch at its fork: from when on its records were used, and what is wanted there."""
        platform = self._platform
        timeline, planned = platform.timelines.get(name), planned_times(platform.store)
        plant = plant_of(platform)
        if name != LIVE:
            branch = platform.branches.get(name)
            recorded = fork(plant, timeline, branch.look_back_ns, branch.fork_ns, planned)
            begun, wanted = platform.branches.begun(branch, recorded)
            return begun, branch.look_back_ns, wanted
        _, first_ns, last_ns = platform.timelines.span(LIVE)
        # Whole milliseconds, as they are kept: a plan made of this forks at exactly the same instants.
        now_ns = last_ns - last_ns % _MS
        start_ns = max(first_ns + -first_ns % _MS, now_ns - _LOOK_BACK_NS)
        begun = fork(plant, timeline, start_ns, now_ns, planned, platform.orders.mix(plant, LIVE, now_ns))
        return begun, start_ns, platform.orders.wanted(plant, LIVE, now_ns)

    def _limits(self, plant: Plant) -> dict[str, tuple[float, float]]:
        """What the interfaces allow as cycle-time factors, by machine."""
        registry = self._platform.registry
        found = {}
        for node in plant.machines():
            key = node.signals.get("CycleTimeFactor")
            if key is not None:
                signal = registry.get(registry.handle(key))
                found[node.id] = (signal.low or 0.0, math.inf if signal.high is None else signal.high)
        return found

    def _rescheduled(self, begun: Fork, machine: str, minutes: float | None, now_ns: int) -> Rescheduled | None:
        """The schedule in force, planned anew round the machine; None where there is none that could be."""
        kept = read_schedule(self._platform.store)
        if kept is None:
            return None
        told = repair_min(begun, machine)
        lasts_min = minutes or max(1.0, (told["mean"] or 0.0) - (told["down"] or 0.0))
        try:
            need_solver()
            after = repaired(kept, machine, lasts_min, now_ns)
        except XushiError as refusal:
            log.info("the schedule cannot be planned anew round %s: %s", machine, refusal)
            return None
        sequence = tuple(dict.fromkeys(order for order, _ in runs_of(after)))
        return Rescheduled(sequence, round(lasts_min, 1))
