"""Contingency plans: what could be done about a machine that stands, each rehearsed from the live state and ranked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.runtime.foresight import (
    CONFIDENCE,
    Fork,
    ModelChange,
    WantedOrder,
    changed_model,
    figure,
    lateness_min,
    order_times,
    plain,
)

WAIT = "wait"
REPLICATIONS = 40
_SAMPLE_S = 30.0
_QUICKER = 0.9
_MORE_PLACES = 4
_SECOND_FITTER = 0.5
BREAKDOWN = "breakdown"  # one that a person supposes
_UNKNOWN_S = 600.0  # of a repair of which neither records nor the twin say how long it takes
_NEVER_S = 1e9


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One way to answer a breakdown.

    Attributes:
        title: by language.
        steps: commands (`command`, `params`), or what a person has to do (`text` by language, with the `changes` that
            it makes to the model, where it has such).
        changes: what it means to the model; `model` the model itself where changes do not say it.
        sequence: of the order book, where it is another one.
    """

    id: str
    title: dict[str, str]
    steps: tuple[dict[str, Any], ...] = ()
    changes: tuple[ModelChange, ...] = ()
    model: simulate.Model | None = None
    sequence: tuple[str, ...] = ()


def broken(fork: Fork, machine: str, minutes: float | None) -> Fork:
    """Return the fork with a machine down: for so long from now, or as long as its repairs usually take."""
    state = fork.state.machines.get(machine, simulate.MachineState())
    model = fork.model
    kinds = [failure.id for one in model.machines if one.id == machine for failure in one.failures]
    if minutes is None and kinds:
        usual = "failure" if "failure" in kinds else kinds[0]
        kind = state.down if state.down in kinds else usual
    else:
        kind = BREAKDOWN
        lasts_s = _UNKNOWN_S if minutes is None else minutes * 60
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
    fork: Fork, machine: str, wanted: Sequence[WantedOrder], helpers: Mapping[str, float]
) -> Iterator[Option]:
    """Yield what could be done about a machine that stands.

    Args:
        helpers: machines that can do its work, and the work there over the work here.
    """
    yield Option(id=WAIT, title={"en": f"Wait for the repair of {machine}", "zh-CN": f"等待 {machine} 修复"})
    text = {
        "en": f"Send a second fitter to {machine}; the repair is taken to last half as long.",
        "zh-CN": f"派第二名维修人员到 {machine}；按维修时间减半计算。",
    }
    quick = ModelChange(element=machine, figure="repair_time", factor=_SECOND_FITTER)
    yield Option(
        id="second_fitter", title={"en": f"Second fitter at {machine}", "zh-CN": f"{machine} 增派维修人员"},
        steps=({"text": text, "changes": [msgspec.to_builtins(quick)]},), changes=(quick,),
    )  # fmt: skip
    sequence = urgent_first(wanted)
    if sequence != [one.id for one in wanted]:
        yield Option(
            id="resequence", title={"en": "Most urgent orders first", "zh-CN": "紧急订单优先"},
            steps=({"command": "order.sequence", "params": {"sequence": sequence}},), sequence=tuple(sequence),
        )  # fmt: skip
    for helper, factor in helpers.items():
        model = with_stand_in(fork.model, machine, helper, factor)
        if model is not None:
            told = {
                "en": f"Do the work of {machine} at {helper}: there it takes {factor:g} times as long.",
                "zh-CN": f"将 {machine} 的作业移到 {helper}：在那里用时为 {factor:g} 倍。",
            }
            yield Option(
                id=f"stand_in.{helper}", title={"en": f"Work at {helper} meanwhile", "zh-CN": f"暂由 {helper} 作业"},
                steps=({"text": told},), model=model,
            )  # fmt: skip
    yield from _quicker(fork, machine)
    yield from _more_room(fork, machine)


def urgent_first(wanted: Sequence[WantedOrder]) -> list[str]:
    """The orders by due date, weightier first at the same one; those without come last."""
    return [
        one.id
        for one in sorted(wanted, key=lambda one: (np.inf if one.due_s is None else one.due_s, -one.weight))
    ]  # fmt: skip


def _quicker(fork: Fork, machine: str) -> Iterator[Option]:
    """The broken machine and all behind it 10 % quicker, where they have a set-point for that."""
    behind = [one for one in _from(fork, machine) if "CycleTimeFactor" in fork.plant.nodes[one].signals]
    if not behind:
        return
    steps, changes = [], []
    for one in behind:
        now = fork.records.machines[one].factor
        steps.append(
            {
                "command": "signal.write",
                "params": {
                    "signal": fork.plant.nodes[one].signals["CycleTimeFactor"], "value": round(now * _QUICKER, 3),
                },
            }
        )  # fmt: skip
        changes.append(ModelChange(element=one, figure="cycle_time", factor=_QUICKER))
    title = {
        "en": f"{behind[0]} and all behind it 10 % quicker afterwards",
        "zh-CN": f"修复后 {behind[0]} 及其下游提速 10 %",
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


def _more_room(fork: Fork, machine: str) -> Iterator[Option]:
    """Room for more parts before the broken machine, so that those before it go on."""
    buffers = {node.id: node for node in fork.plant.buffers()}
    before = next((flow.before for flow in reversed(fork.plant.into(machine)) if flow.before in buffers), None)
    if before is None:
        return
    places = int(buffers[before].facts["Capacity"]) + _MORE_PLACES
    change = ModelChange(element=before, figure="capacity", value=places)
    told = {
        "en": f"Set parts aside before {machine}: room for {_MORE_PLACES} more than {before} holds.",
        "zh-CN": f"在 {machine} 前临时存放：比 {before} 多 {_MORE_PLACES} 个位置。",
    }
    title = {"en": f"Set parts aside before {machine}", "zh-CN": f"{machine} 前临时存放"}
    step = {"text": told, "changes": [msgspec.to_builtins(change)]}
    yield Option(id="set_aside", title=title, steps=(step,), changes=(change,))


def with_stand_in(model: simulate.Model, machine: str, helper: str, factor: float) -> simulate.Model | None:
    """Return the model with a place at `helper` that takes the parts of `machine` and gives them where it does.

    The work of the helper itself goes on beside it: it is not held up in the model. None where the machine is unknown.
    """
    original = next((one for one in model.machines if one.id == machine), None)
    if original is None:
        return None
    operations = tuple(
        msgspec.structs.replace(one, duration=simulate.scaled(one.duration, factor)) for one in original.operations
    )
    place = simulate.Machine(id=f"{machine}@{helper}", operations=operations, power=original.power)
    return msgspec.structs.replace(model, machines=(*model.machines, place))


def rehearse(
    fork: Fork, machine: str, options: Sequence[Option], wanted: Sequence[WantedOrder], horizon_s: float,
    replications: int = REPLICATIONS, seed: int = 1, cancellation: Any = None, pool: simulate.Pool | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Run all options from one state with the same chance and return them ranked, best first, as plain JSON.

    What counts is the weighted lateness of the orders, then the parts made; without due dates the parts alone.

    Args:
        pool: who runs the futures; threads of this process by default.

    Raises:
        XushiError: see `simulate.run_alternatives`.
    """
    models = {one.id: one.model or changed_model(fork.model, one.changes) for one in options if not one.sequence}
    experiment = simulate.Experiment(
        horizon_s=horizon_s, replications=replications, seed=seed, sample_every_s=min(_SAMPLE_S, horizon_s / 4)
    )
    outcomes = simulate.run_alternatives(models, experiment, fork.state, cancellation=cancellation, pool=pool)
    by_id = {one.id: one for one in wanted}
    late: dict[str, NDArray[np.float64]] = {}
    good: dict[str, NDArray[np.float64]] = {}
    for one in options:
        outcome = outcomes[WAIT if one.sequence else one.id]
        sequence = [by_id[name] for name in one.sequence] if one.sequence else list(wanted)
        late[one.id] = _finite(lateness_min(sequence, order_times(outcome, sequence)), replications)
        good[one.id] = outcome.values("plant.good")
    is_due = any(one.due_s is not None for one in wanted)

    def rank(option: Option) -> tuple[float, float]:
        return float(late[option.id].mean()) if is_due else 0.0, -float(good[option.id].mean())

    return {
        "machine": machine, "at_ms": fork.at_ns / 1e6, "until_ms": fork.at_ns / 1e6 + horizon_s * 1e3,
        "replications": replications, "confidence": CONFIDENCE, "repair_min": repair_min(fork, machine),
        "by": "lateness" if is_due else "good",
        "options": [
            {
                "id": one.id, "title": one.title, "steps": list(one.steps),
                "late_min": figure(late[one.id]) if is_due else None, "good": figure(good[one.id]),
                "late_less": _difference(late[WAIT], late[one.id]) if is_due else None,
                "good_more": _difference(good[one.id], good[WAIT]),
            }
            for one in sorted(options, key=rank)
        ],
    }  # fmt: skip


def _finite(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """A future that makes nothing at all is late for ever; a week stands for that."""
    return np.minimum(values, 7 * 24 * 60.0) if len(values) else np.zeros(count)


def _difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> dict[str, Any]:
    found = simulate.interval(one - other, CONFIDENCE)
    return {
        "mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high), "is_clear": not found.has(0.0),
    }  # fmt: skip
