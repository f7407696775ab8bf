"""Compares alternatives: each a list of changes of the model, all run from one state with common random numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from xushi import simulate
from xushi.kernel import XushiError
from xushi.runtime.foresight._build import FINISHED
from xushi.runtime.foresight._forecast import CONFIDENCE, bottleneck, figure, in_words, plain
from xushi.runtime.foresight._fork import Fork

NOW = "now"
Figure: TypeAlias = Literal["cycle_time", "repair_time", "time_to_failure", "capacity", "vehicles"]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
_COMPARED = ("plant.good", "plant.throughput_per_h", f"{FINISHED}.flow_s", "plant.energy_kwh")
_MOST_PLACES = 1_000


class ModelChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change: a time is multiplied by `factor`, a capacity or a number of vehicles becomes `value`."""

    element: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    figure: Figure
    factor: Annotated[float, msgspec.Meta(ge=0.01, le=100)] | None = None
    value: Annotated[int, msgspec.Meta(ge=1, le=_MOST_PLACES)] | None = None


class Alternative(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named list of changes."""

    name: _Name
    changes: Annotated[tuple[ModelChange, ...], msgspec.Meta(min_length=1, max_length=100)]


def changed_model(model: simulate.Model, changes: Sequence[ModelChange]) -> simulate.Model:
    """Return the model with the changes, in their order.

    Raises:
        XushiError: `runtime.change_unknown`, `runtime.change_wrong`, each with the element.
    """
    for change in changes:
        model = _apply(model, change)
    return model


def _apply(model: simulate.Model, change: ModelChange) -> simulate.Model:
    buffers = {buffer.id: buffer for buffer in model.buffers}
    carriers = {machine.id for machine in model.machines if f"{machine.id}.in" in buffers}
    if change.figure == "vehicles":
        known = [fleet.id for fleet in model.fleets]
        fleets = [
            msgspec.structs.replace(one, count=_value(change)) if one.id == change.element else one
            for one in model.fleets
        ]
        return msgspec.structs.replace(_known(model, change, known), fleets=tuple(fleets))
    if change.figure == "capacity" and change.element not in carriers:
        known = [*carriers, *(one.id for one in model.buffers if one.capacity != 0)]
        kept = [
            msgspec.structs.replace(one, capacity=_value(change)) if one.id == change.element else one
            for one in model.buffers
        ]
        return msgspec.structs.replace(_known(model, change, known), buffers=tuple(kept))
    known = [one.id for one in model.machines if (one.id in carriers) == (change.figure == "capacity")]
    machines = [_machine(one, change) if one.id == change.element else one for one in model.machines]
    return msgspec.structs.replace(_known(model, change, known), machines=tuple(machines))


def _known(model: simulate.Model, change: ModelChange, known: Sequence[str]) -> simulate.Model:
    if change.element not in known:
        raise XushiError(
            "runtime.change_unknown",
            element=change.element,
            figure=change.figure,
            known=", ".join(sorted(known)) or "–",
        )
    return model


def _value(change: ModelChange) -> int:
    if change.value is None:
        raise XushiError("runtime.change_wrong", element=change.element, figure=change.figure, value="–")
    return change.value


def _machine(machine: simulate.Machine, change: ModelChange) -> simulate.Machine:
    if change.figure == "capacity":
        # A row of one place would be called otherwise than its state; a row of two loses little.
        if (value := _value(change)) < 2 <= machine.count:
            raise XushiError("runtime.change_wrong", element=change.element, figure=change.figure, value=value)
        return msgspec.structs.replace(machine, count=value)
    if change.factor is None:
        raise XushiError("runtime.change_wrong", element=change.element, figure=change.figure, value="–")
    factor = change.factor
    if change.figure == "cycle_time":
        operations = [
            msgspec.structs.replace(one, duration=simulate.scaled(one.duration, factor)) for one in machine.operations
        ]
        return msgspec.structs.replace(machine, operations=tuple(operations))
    name = "repair" if change.figure == "repair_time" else "after"
    failures = [
        msgspec.structs.replace(one, **{name: simulate.scaled(getattr(one, name), factor)}) for one in machine.failures
    ]
    return msgspec.structs.replace(machine, failures=tuple(failures))


def make_alternatives(fork: Fork, alternatives: Sequence[Alternative]) -> dict[str, simulate.Model]:
    """Return the models by name, with the unchanged one as `now` first.

    Raises:
        XushiError: as `changed_model`; `runtime.alternative_taken`; `runtime.change_wrong` where what is in a
            buffer now would not fit.
    """
    models = {NOW: fork.model}
    for one in alternatives:
        if one.name in models:
            raise XushiError("runtime.alternative_taken", name=one.name)
        models[one.name] = changed_model(fork.model, one.changes)
        for change in one.changes:
            record = fork.records.buffers.get(change.element)
            if change.value is not None and record is not None and len(record.inside_s) > change.value:
                raise XushiError(
                    "runtime.change_wrong", element=change.element, figure=change.figure, value=change.value
                )
    return models


def run_comparison(
    fork: Fork,
    alternatives: Sequence[Alternative],
    horizon_s: float,
    replications: int,
    seed: int,
    progress: Callable[[float], None] | None = None,
    cancellation: Any = None,
    pool: simulate.Pool | None = None,
) -> dict[str, Any]:
    """Run all alternatives and return figures, differences to `now`, and bottlenecks as plain JSON.

    Raises:
        XushiError: as `make_alternatives` and `simulate.run_alternatives`.
    """
    models = make_alternatives(fork, alternatives)
    experiment = simulate.Experiment(horizon_s=horizon_s, replications=replications, seed=seed)
    outcomes = simulate.run_alternatives(
        models, experiment, fork.state, progress=progress, cancellation=cancellation, pool=pool
    )  # fmt: skip
    stations = [node.id for node in fork.plant.machines()]
    told = [_told(name, outcome, outcomes[NOW], stations) for name, outcome in outcomes.items()]
    best = max(outcomes, key=lambda name: float(outcomes[name].values("plant.good").mean()))
    return {
        "at_ms": fork.at_ns / 1e6,
        "until_ms": fork.at_ns / 1e6 + horizon_s * 1e3,
        "replications": replications,
        "confidence": CONFIDENCE,
        "alternatives": told,
        "best": best,
        "not_told_apart": [
            name
            for name, outcome in outcomes.items()
            if name != best and simulate.difference(outcomes[best], outcome, "plant.good").has(0.0)
        ],
        "diagnoses": [in_words(one) for one in fork.diagnoses],
    }  # fmt: skip


def _told(name: str, outcome: simulate.Outcome, now: simulate.Outcome, stations: list[str]) -> dict[str, Any]:
    differences = {}
    for kpi in _COMPARED:
        found = simulate.difference(outcome, now, kpi, CONFIDENCE)
        differences[kpi] = {
            "mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high),
            "is_clear": not found.has(0.0),
        }  # fmt: skip
    return {
        "name": name,
        "figures": {kpi: figure(outcome.values(kpi)) for kpi in _COMPARED},
        "differences": differences,
        "bottleneck": bottleneck(outcome, stations),
    }
