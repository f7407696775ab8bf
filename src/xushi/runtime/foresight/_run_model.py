"""Runs a simulation model that was packaged or read from a file: its key figures with their intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import numpy as np

from xushi import simulate
from xushi.kernel import Change, Command, CommandContext, Progress, XushiError
from xushi.runtime.foresight._build_supply import is_helper
from xushi.runtime.foresight._change import carriers_of
from xushi.runtime.foresight._forecast import BAND, CONFIDENCE, bottleneck, figure, plain
from xushi.runtime.foresight._fork import need_engine
from xushi.runtime.foresight._locks import locks_told
from xushi.runtime.foresight._packaging import Packaged, open_package
from xushi.runtime.foresight._turn import take_turn

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

DEFAULT_HOURS = 8.0
MOST_HOURS = 250_000.0  # of all futures together; about half a minute of a line of ten machines on two processors
_TITLE = {"en": "Simulation", "zh-CN": "仿真"}
_OF_PLANT = ("plant.good", "plant.throughput_per_h", "plant.energy_kwh")
_SHARES = ("busy", "idle", "setup", "blocked", "down", "waits_for_crew", "off")


class RunModelParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which packaged model to run, how far and how often.

    Attributes:
        submodel: id of the submodel that describes it (IDTA 02005).
        version: number of the version; the newest when left out.
        hours: how far; as the submodel says when left out.
    """

    submodel: Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
    version: Annotated[int, msgspec.Meta(ge=1)] | None = None
    hours: Annotated[float, msgspec.Meta(gt=0, le=8_760)] | None = None
    replications: Annotated[int, msgspec.Meta(ge=2, le=1_000)] = 30
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)] = 1


def run_model_commands() -> list[Command]:
    """The command of this file."""
    return [
        Command(
            "foresight.run_model", RunModelParams, "view",
            {"en": "Run a packaged model", "zh-CN": "运行打包的模型"},
            {"en": "Runs a packaged simulation model from the state that it starts from, and tells its key figures.",
             "zh-CN": "从打包的起始状态运行仿真模型，并给出其关键指标。"},
            _prepare, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare(context: CommandContext, params: RunModelParams) -> Change:
    need_engine()
    platform: Platform = context.services["platform"]
    platform.foresight_turns.check()
    packaged = open_package(context.store, context.blobs, params.submodel, params.version)
    simulate.check(packaged.model)
    hours = params.hours or packaged.default_hours or DEFAULT_HOURS
    check_length(hours, params.replications)
    summary = {"submodel": params.submodel, "version": packaged.version.id, "hours": hours}
    return Change(effects=(_Start(platform, packaged, hours, params, context.actor.id),), summary=summary)


def check_length(hours: float, replications: int) -> None:
    """Refuse what would take too long.

    Raises:
        XushiError: `runtime.comparison_too_long`.
    """
    if hours * replications > MOST_HOURS:
        raise XushiError("runtime.comparison_too_long", hours=round(hours * replications), limit=round(MOST_HOURS))


@dataclass(frozen=True)
class _Start:
    """Starts the job; the futures are run after the command is done."""

    platform: Platform
    packaged: Packaged
    hours: float
    params: RunModelParams
    owner: str

    def describe(self) -> dict[str, Any]:
        return {"kind": "simulation", "submodel": self.params.submodel, "version": self.packaged.version.id}

    async def apply(self) -> dict[str, Any]:
        job = self.platform.jobs.start(_TITLE, self.owner, self._work)
        return {**self.describe(), "job": job.id}

    async def _work(self, told: Progress) -> dict[str, Any]:
        def work(progress: Callable[[float], None], cancellation: Any) -> dict[str, Any]:
            return run_model(
                self.packaged.model, self.packaged.state, self.hours, self.params.replications, self.params.seed,
                progress, cancellation, self.platform.pool,
            )  # fmt: skip

        return {"version": self.packaged.version.id, **await take_turn(self.platform, told, work)}


def run_model(
    model: simulate.Model,
    state: simulate.PlantState,
    hours: float,
    replications: int,
    seed: int,
    progress: Callable[[float], None] | None = None,
    cancellation: Any = None,
    pool: simulate.Pool | None = None,
) -> dict[str, Any]:
    """Return the key figures of a model from a state on, as plain JSON: of the plant, its sinks and its machines.

    Raises:
        XushiError: what `simulate.check` and `simulate.run` refuse, with the element.
    """
    simulate.check(model)
    experiment = simulate.Experiment(horizon_s=hours * 3600.0, replications=replications, seed=seed)
    outcome = simulate.run(model, experiment, state, progress=progress, cancellation=cancellation, pool=pool)
    carriers = carriers_of(model)
    stations = [one for one in model.machines if one.id not in carriers and not is_helper(one.id)]
    units = [name for one in stations for name in simulate.unit_names(one)]
    return {
        "model": model.name,
        "hours": hours,
        "replications": replications,
        "seed": seed,
        "engine": outcome.engine,
        "confidence": CONFIDENCE,
        "band": BAND,
        "plant": {kpi: figure(outcome.values(kpi)) for kpi in _OF_PLANT},
        "sinks": [
            {
                "id": sink.id, "is_good": sink.is_good, "count": figure(outcome.values(f"{sink.id}.count")),
                "flow_s": figure(outcome.values(f"{sink.id}.flow_s")),
            }
            for sink in model.sinks
        ],
        "machines": [_machine(one, outcome) for one in stations],
        "bottleneck": bottleneck(outcome, units) if units else None,
        "locks": locks_told(model.name, outcome),
    }  # fmt: skip


def _machine(machine: simulate.Machine, outcome: simulate.Outcome) -> dict[str, Any]:
    """One machine of the model; equal ones side by side count as one."""
    units = simulate.unit_names(machine)
    made = np.sum([outcome.values(f"{unit}.made") for unit in units], axis=0)
    shares = {
        share: plain(float(np.mean([outcome.values(f"{unit}.{share}_share") for unit in units]))) for share in _SHARES
    }
    return {"id": machine.id, "count": machine.count, "made": figure(made), "shares": shares}
