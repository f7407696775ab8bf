"""Forks a plant: its model and its state at an instant of a timeline, ready to be run ahead."""

from __future__ import annotations

import importlib.util

import msgspec

from xushi import simulate
from xushi.kernel import Diagnosis, XushiError
from xushi.runtime._planned_times import AROUND_THE_CLOCK, PlannedTimes
from xushi.runtime.foresight._build import build_model, build_state
from xushi.runtime.foresight._calibrate import Calibration, Records, calibrate, read_records
from xushi.runtime.foresight._change import changed_model
from xushi.runtime.foresight._kept_times import kept_times
from xushi.runtime.foresight._plant import Plant
from xushi.runtime.foresight._products import Mix, begun
from xushi.signals import Timeline


class Fork(msgspec.Struct, frozen=True):
    """A plant at one instant, with the model that goes on from there."""

    plant: Plant
    records: Records
    calibration: Calibration
    model: simulate.Model
    state: simulate.PlantState
    at_ns: int
    diagnoses: tuple[Diagnosis, ...]

    def set_points(self) -> dict[str, float]:
        """What is in force: the cycle-time factor by machine, and each speed factor by its signal."""
        found = {name: record.factor for name, record in self.records.machines.items()}
        for node in self.plant.machines():
            if "SpeedFactor" in node.signals:
                found[node.signals["SpeedFactor"]] = self.records.machines[node.id].speed
        return found


def need_engine() -> None:
    """Refuse where the extra is not installed, before anything is begun.

    Raises:
        XushiError: `simulate.numba_missing`.
    """
    if any(importlib.util.find_spec(name) is None for name in ("numba", "scipy")):
        raise XushiError("simulate.numba_missing")


def fork(
    plant: Plant, timeline: Timeline, start_ns: int, at_ns: int, planned: PlannedTimes = AROUND_THE_CLOCK,
    mix: Mix | None = None,
) -> Fork:  # fmt: skip
    """Fork at `at_ns`, calibrated by what was recorded from `start_ns` on; nothing after `at_ns` is looked at.

    Args:
        planned: when the line is to work; what of it the line keeps to counts. Around the clock when left out.
        mix: what the line makes; one kind of part when left out.

    Raises:
        XushiError: `runtime.forecast_no_plant`, `runtime.forecast_blind`, `simulate.numba_missing`, and what
            `simulate.check` finds.
    """
    need_engine()
    kept = kept_times(plant, timeline, planned, at_ns)
    records = read_records(timeline, plant, start_ns, at_ns, kept.planned, {} if mix is None else mix.products)
    calibration = calibrate(plant, records)
    model = changed_model(build_model(plant, calibration), tuple(kept.changes(plant, at_ns)), at_ns=at_ns)
    state, told = build_state(plant, calibration, records, model)
    if mix is not None:
        model, state = begun(model, plant, state, mix)
    simulate.check(model)
    return Fork(
        plant, records, calibration, model, state, at_ns,
        (*plant.diagnoses, *calibration.diagnoses, *told, *kept.diagnoses),
    )  # fmt: skip
