"""Contingency plans: what could be done about a machine that stands, each rehearsed from the live state and ranked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.runtime.foresight import (
    CONFIDENCE,
    Fork,
    Mix,
    ModelChange,
    Run,
    WantedOrder,
    changed_model,
    figure,
    inside,
    lateness_min,
    locks_told,
    order_times,
    plain,
    runs_of_model,
    sequence_of,
    still_to_come,
)

WAIT = "wait"
REPLICATIONS = 40
SEED = 1
_SAMPLE_S = 30.0
BREAKDOWN = "breakdown"  # one that a person supposes
_NEVER_S = 1e9
_LEAST = 8  # repairs, below which a quantile of them says little
_QUICKEST = 25.0  # percent: as quick as the quickest quarter of its repairs


class Assumptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the plant does not tell and a person may state; what is left out is taken from the plant, or assumed.

    Attributes:
        repair_min: of a repair of which neither records nor the twin say how long it takes, in minutes.
        second_fitter: the repair with a second fitter over the usual one. As recorded: the quickest quarter of repairs.
        quicker: cycle time over the present one, where set-points allow it.
        places: room for so many more parts before the machine.
    """

    repair_min: Annotated[float, msgspec.Meta(gt=0, le=24 * 60)] | None = None
    second_fitter: Annotated[float, msgspec.Meta(ge=0.05, le=1)] | None = None
    quicker: Annotated[float, msgspec.Meta(ge=0.1, lt=1)] | None = None
    places: Annotated[int, msgspec.Meta(ge=1, le=1_000)] | None = None


_ASSUMED = Assumptions(repair_min=10.0, second_fitter=0.5, quicker=0.9, places=4)


class Assumed(msgspec.Struct, frozen=True):
    """One figure that options are made with, and who says so."""

    value: float
    source: Literal["given", "recorded", "assumed"]


def assumptions_of(fork: Fork, machine: str, given: Assumptions) -> dict[str, Assumed]:
    """Return every figure that options are made with: as given, else as recorded, else as is usually assumed."""
    repairs_s = fork.records.machines[machine].kinds["failure"].lasted_s
    recorded: dict[str, float] = {}
    if len(repairs_s) >= _LEAST:
        recorded["second_fitter"] = round(float(np.percentile(repairs_s, _QUICKEST) / np.mean(repairs_s)), 2)
    found = {}
    for name, usual in msgspec.structs.asdict(_ASSUMED).items():
        stated = getattr(given, name)
        if stated is not None:
            found[name] = Assumed(stated, "given")
        elif name in recorded:
            found[name] = Assumed(recorded[name], "recorded")
        else:
            found[name] = Assumed(usual, "assumed")
    return found


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One way to answer a breakdown.

    Attributes:
        title: by language.
        steps: commands (`command`, `params`), or what a person has to do (`text` by language, with the `changes` that
            it makes to the model, where it has such).
        changes: what it means to the model.
        sequence: of the order book, where it is another one.
    """

    id: str
    title: dict[str, str]
    steps: tuple[dict[str, Any], ...] = ()
    changes: tuple[ModelChange, ...] = ()
    sequence: tuple[str, ...] = ()


def broken(fork: Fork, machine: str, minutes: float | None, unknown_min: float) -> Fork:
    """Return the fork with a machine down: for so long from now, or as long as its repairs usually take.

    Args:
        unknown_min: for so long where nothing tells how long its repairs take.
    """
    state = fork.state.machines.get(machine, simulate.MachineState())
    model = fork.model
    kinds = [failure.id for one in model.machines if one.id == machine for failure in one.failures]
    if minutes is None and kinds:
        usual = "failure" if "failure" in kinds else kinds[0]
        kind = state.down if state.down in kinds else usual
    else:
        kind = BREAKDOWN
        lasts_s = (unknown_min if minutes is None else minutes) * 60
        failure = simulate.Failure(
            id=kind, after=simulate.Exponential(mean_s=_NEVER_S), repair=simulate.Constant(value_s=lasts_s)
        )
        machines = tuple(
            msgspec.structs.replace(one, failures=(*one.failures, failure)) if one.id == machine else one
            for one in model.machines
        )
        model = msgspec.structs.replace(model, machines=machines)
    done_s = state.down_done_s if state.down == kind else 0.0
    after = msgspec.structs.replace(state, down=kind, down_left_s=None, down_done_s=done_s)
    now = msgspec.structs.replace(fork.state, machines={**fork.state.machines, machine: after})
    return msgspec.structs.replace(fork, model=model, state=now)


def repair_min(fork: Fork, machine: str) -> dict[str, float | None]:
    """Return the mean of the described or recorded repairs in minutes, and how long the machine is down already."""
    state = fork.state.machines[machine]
    repair = next(
        one.repair for one in {m.id: m for m in fork.model.machines}[machine].failures if one.id == state.down
    )
    return {"mean": plain(float(repair.mean_s) / 60), "down": plain(state.down_done_s / 60)}


def options_for(
    fork: Fork, machine: str, wanted: Sequence[WantedOrder], helpers: Mapping[str, float],
    assumed: Mapping[str, Assumed], limits: Mapping[str, tuple[float, float]], rescheduled: Rescheduled | None = None,
) -> Iterator[Option]:  # fmt: skip
    """Yield what could be done about a machine that stands.

    Args:
        helpers: machines that can do its work, and the work there over the work here.
        assumed: the figures that options are made with.
        limits: of the set-points of cycle times, by machine.
        rescheduled: the schedule in force, planned anew round the machine.
    """
    yield Option(id=WAIT, title={"en": f"Wait for the repair of {machine}", "zh-CN": f"等待 {machine} 修复"})
    share = assumed["second_fitter"].value
    text = {
        "en": f"Send a second fitter to {machine}; the repair is taken to last {share * 100:g} % as long.",
        "zh-CN": f"派第二名维修人员到 {machine}；维修时间按 {share * 100:g} % 计算。",
    }
    quick = ModelChange(element=machine, figure="repair_time", factor=share)
    yield Option(
        id="second_fitter", title={"en": f"Second fitter at {machine}", "zh-CN": f"{machine} 增派维修人员"},
        steps=(by_hand(text, quick),), changes=(quick,),
    )  # fmt: skip
    sequence = urgent_first(wanted)
    if sequence != [one.id for one in wanted]:
        yield Option(
            id="resequence", title={"en": "Most urgent orders first", "zh-CN": "紧急订单优先"},
            steps=(_sequence(sequence),), sequence=tuple(sequence),
        )  # fmt: skip
    if rescheduled is not None:
        known = [one.id for one in wanted]
        order = [one for one in rescheduled.sequence if one in known]
        order += [one for one in known if one not in order]
        repair = {"machine": machine, "minutes": rescheduled.minutes}
        yield Option(
            id="reschedule", title={"en": "Plan the orders anew round it", "zh-CN": "绕开故障重新排程"},
            steps=({"command": "schedule.repair", "params": repair}, _sequence(order)), sequence=tuple(order),
        )  # fmt: skip
    for helper, factor in helpers.items():
        told = {
            "en": f"Do the work of {machine} at {helper}: there it takes {factor:g} times as long.",
            "zh-CN": f"将 {machine} 的作业移到 {helper}：在那里用时为 {factor:g} 倍。",
        }
        change = ModelChange(element=machine, figure="stand_in", to=helper, factor=factor)
        yield Option(
            id=f"stand_in.{helper}", title={"en": f"Work at {helper} meanwhile", "zh-CN": f"暂由 {helper} 作业"},
            steps=(by_hand(told, change),), changes=(change,),
        )  # fmt: skip
    yield from _quicker(fork, machine, assumed["quicker"].value, limits)
    yield from _more_room(fork, machine, int(assumed["places"].value))


class Rescheduled(msgspec.Struct, frozen=True):
    """A schedule planned anew round a machine that stands for so long: the sequence in which it begins the orders."""

    sequence: tuple[str, ...]
    minutes: float


def by_hand(text: dict[str, str], *changes: ModelChange) -> dict[str, Any]:
    """A step that a person does, with what it does to the model."""
    return {"text": text, "changes": [msgspec.to_builtins(one) for one in changes]}


def _sequence(orders: Sequence[str]) -> dict[str, Any]:
    return {"command": "order.sequence", "params": {"sequence": list(orders)}}


def urgent_first(wanted: Sequence[WantedOrder]) -> list[str]:
    """The orders by due date, weightier first at the same one; those without come last."""
    return [
        one.id
        for one in sorted(wanted, key=lambda one: (np.inf if one.due_s is None else one.due_s, -one.weight))
    ]  # fmt: skip


def _quicker(
    fork: Fork, machine: str, factor: float, limits: Mapping[str, tuple[float, float]]
) -> Iterator[Option]:  # fmt: skip
    """The broken machine and all behind it quicker, as far as their set-points for that allow it."""
    steps, changes = [], []
    for one in _from(fork, machine):
        if "CycleTimeFactor" not in fork.plant.nodes[one].signals:
            continue
        now = fork.records.machines[one].factor
        low, high = limits.get(one, (0.0, np.inf))
        becomes = min(high, max(low, round(now * factor, 3)))
        if becomes >= now:
            continue
        signal = fork.plant.nodes[one].signals["CycleTimeFactor"]
        steps.append({"command": "signal.write", "params": {"signal": signal, "value": becomes}})
        changes.append(ModelChange(element=one, figure="cycle_time", factor=becomes / now))
    if not changes:
        return
    first, percent = changes[0].element, round((1.0 - factor) * 100, 1)
    title = {
        "en": f"{first} and all behind it {percent:g} % quicker afterwards",
        "zh-CN": f"修复后 {first} 及其下游提速 {percent:g} %",
    }
    yield Option(id="quicker", title=title, steps=tuple(steps), changes=tuple(changes))


def _from(fork: Fork, machine: str) -> list[str]:
    """A machine and those behind it on the main way."""
    buffers = {node.id for node in fork.plant.buffers()}
    found, at = [machine], machine
    while flows := fork.plant.out_of(at):
        at = flows[0].behind
        if at in buffers:
            continue
        if at in found:
            break
        found.append(at)
    return found


def _more_room(fork: Fork, machine: str, more: int) -> Iterator[Option]:
    """Room for more parts before the broken machine, so that those before it go on."""
    buffers = {node.id: node for node in fork.plant.buffers()}
    before = next((flow.before for flow in reversed(fork.plant.into(machine)) if flow.before in buffers), None)
    if before is None:
        return
    places = int(buffers[before].facts["Capacity"]) + more
    change = ModelChange(element=before, figure="capacity", value=places)
    told = {
        "en": f"Set parts aside before {machine}: room for {more} more than {before} holds.",
        "zh-CN": f"在 {machine} 前临时存放：比 {before} 多 {more} 个位置。",
    }
    title = {"en": f"Set parts aside before {machine}", "zh-CN": f"{machine} 前临时存放"}
    yield Option(id="set_aside", title=title, steps=(by_hand(told, change),), changes=(change,))


def rehearse(
    fork: Fork, machine: str, options: Sequence[Option], wanted: Sequence[WantedOrder], horizon_s: float,
    replications: int = REPLICATIONS, seed: int = SEED, progress: Callable[[float], None] | None = None,
    cancellation: Any = None, pool: simulate.Pool | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Run all options from one state with the same chance and return them ranked, best first, as plain JSON.

    What counts is the weighted lateness of the orders, then the parts made; without due dates the parts alone. An
    option of which a future locks comes behind all of which none does.

    Args:
        progress: called with the share done, 0 to 1.
        cancellation: stops it from another thread.
        pool: who runs the futures; threads of this process by default.

    Raises:
        XushiError: see `simulate.run_alternatives`.
    """
    by_id = {one.id: one for one in wanted}
    makes_kinds = bool(runs_of_model(fork.model))
    models = {
        one.id: changed_model(fork.model, _in_sequence(fork, one, by_id) if one.sequence else one.changes)
        for one in options
        if makes_kinds or not one.sequence
    }
    experiment = simulate.Experiment(
        horizon_s=horizon_s, replications=replications, seed=seed, sample_every_s=min(_SAMPLE_S, horizon_s / 4)
    )
    outcomes = simulate.run_alternatives(
        models, experiment, fork.state, progress=progress, cancellation=cancellation, pool=pool
    )
    late: dict[str, NDArray[np.float64]] = {}
    good: dict[str, NDArray[np.float64]] = {}
    locks: dict[str, dict[str, Any] | None] = {}
    for one in options:
        outcome = outcomes.get(one.id, outcomes[WAIT])
        locks[one.id] = locks_told(one.id, outcome)
        # Another sequence of the book: what the line's controller was told before counts no more.
        sequence = [
            msgspec.structs.replace(by_id[name], through=None) for name in one.sequence
        ] if one.sequence else list(wanted)  # fmt: skip
        times = order_times(outcome, sequence, fork.state.calendar_s)
        late[one.id] = _finite(lateness_min(sequence, times), replications)
        good[one.id] = outcome.values("plant.good")
    is_due = any(one.due_s is not None for one in wanted)

    def rank(option: Option) -> tuple[bool, float, float]:
        late_min = float(late[option.id].mean()) if is_due else 0.0
        return locks[option.id] is not None, late_min, -float(good[option.id].mean())

    return {
        "machine": machine, "at_ms": fork.at_ns / 1e6, "until_ms": fork.at_ns / 1e6 + horizon_s * 1e3,
        "replications": replications, "confidence": CONFIDENCE, "repair_min": repair_min(fork, machine),
        "by": "lateness" if is_due else "good",
        "options": [
            {
                "id": one.id, "title": one.title, "steps": list(one.steps),
                "late_min": figure(late[one.id]) if is_due else None, "good": figure(good[one.id]),
                "late_less": _difference(late[WAIT], late[one.id]) if is_due else None,
                "good_more": _difference(good[one.id], good[WAIT]), "locks": locks[one.id],
            }
            for one in sorted(options, key=rank)
        ],
    }  # fmt: skip


def _in_sequence(fork: Fork, option: Option, wanted: Mapping[str, WantedOrder]) -> tuple[ModelChange, ...]:
    """What the sequence of an option changes in a model that knows products."""
    runs = tuple(Run(name, wanted[name].product, wanted[name].pieces) for name in option.sequence)
    found = sequence_of(fork.model)
    if found is None:
        return option.changes
    to_come = still_to_come(Mix(runs), inside(fork.plant, fork.model, fork.state))
    return (*option.changes, ModelChange(element=found[0], figure="sequence", runs=tuple(to_come)))


def _finite(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """A future that makes nothing at all is late for ever; a week stands for that."""
    return np.minimum(values, 7 * 24 * 60.0) if len(values) else np.zeros(count)


def _difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> dict[str, Any]:
    found = simulate.interval(one - other, CONFIDENCE)
    return {
        "mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high), "is_clear": not found.has(0.0),
    }  # fmt: skip
