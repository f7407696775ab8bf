"""The forecast: many futures from one state, as figures with intervals, levels over time, warnings, the bottleneck."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi import simulate
from xushi.kernel import LANGUAGES, Diagnosis
from xushi.runtime.foresight._build import FINISHED, SCRAPPED
from xushi.runtime.foresight._build_supply import MATERIAL, ORDERS, helper
from xushi.runtime.foresight._finished import last_machines
from xushi.runtime.foresight._fork import Fork
from xushi.runtime.foresight._locks import locks_told
from xushi.runtime.foresight._order_times import (
    LateOrder,
    WantedOrder,
    find_late,
    likely_late,
    order_times,
)
from xushi.runtime.foresight._plant import Node
from xushi.runtime.foresight._warnings import Starving, find_starving, first_of_each

CONFIDENCE = 0.95  # of means
BAND = 0.9  # of a single future
_SAMPLE_S = 30.0
_INSTANTS = 480  # recorded of each future at most, which bounds the memory of a forecast
_MOST_BLAMED = 3  # machines that stand and are asked whether an order is late because of them
_SHOWN = 60  # instants of the curves at most
_S = 1_000_000_000
_IDLE = simulate.SEEN.index("idle")
_OCCUPIED = [simulate.SEEN.index(one) for one in ("busy", "blocked", "down", "waits_for_crew")]
_FIGURES: tuple[tuple[str, str, dict[str, str], str], ...] = (
    ("output", f"{FINISHED}.count", {"en": "Parts finished", "zh-CN": "完工数"}, "pcs"),
    ("throughput", "plant.throughput_per_h", {"en": "Throughput", "zh-CN": "产出率"}, "1/h"),
    ("scrap", f"{SCRAPPED}.count", {"en": "Parts scrapped", "zh-CN": "报废数"}, "pcs"),
    ("flow_time", f"{FINISHED}.flow_s", {"en": "Time in the plant", "zh-CN": "通过时间"}, "s"),
    ("energy", "plant.energy_kwh", {"en": "Energy of the machines", "zh-CN": "设备能耗"}, "kWh"),
)


def run_forecast(
    fork: Fork,
    horizon_s: float,
    replications: int,
    seed: int,
    planned_cycles_s: Mapping[str, float],
    shift_start_ns: int | None = None,
    progress: Callable[[float], None] | None = None,
    cancellation: Any = None,
    pool: simulate.Pool | None = None,
    orders: Sequence[WantedOrder] = (),
) -> dict[str, Any]:
    """Run the futures and return the forecast as plain JSON.

    Args:
        planned_cycles_s: planned run time per item of machines (by node id) that have one, for their OEE.
        shift_start_ns: where what was made so far is counted from.
        orders: what is left of the order book, in sequence.

    Raises:
        XushiError: see `simulate.run`.
    """
    experiment = simulate.Experiment(
        horizon_s=horizon_s, replications=replications, seed=seed, sample_every_s=sampled_every_s(horizon_s)
    )
    outcome = simulate.run(fork.model, experiment, fork.state, progress=progress, cancellation=cancellation, pool=pool)
    stations = [node.id for node in fork.plant.machines()]
    shown = _shown(len(outcome.sample_at_s))
    starving = first_of_each(find_starving(fork.plant, outcome))
    held_back = bottleneck(outcome, stations)
    times = order_times(outcome, orders, fork.state.calendar_s)
    if_up = {}
    if likely_late(orders, times):
        for state, node in _if_up(fork.state, stations):
            other = simulate.run(fork.model, experiment, state, cancellation=cancellation, pool=pool)
            if_up[node] = order_times(other, orders, fork.state.calendar_s)
    late = list(find_late(orders, times, if_up, held_back["machine"]))
    return {
        "at_ms": fork.at_ns / 1e6,
        "until_ms": fork.at_ns / 1e6 + horizon_s * 1e3,
        "replications": replications,
        "confidence": CONFIDENCE,
        "band": BAND,
        "so_far": _so_far(fork, shift_start_ns),
        "figures": [
            {"id": id, "title": title, "unit": unit, **figure(outcome.values(kpi))}
            for id, kpi, title, unit in _FIGURES
        ],
        "instants_ms": [round(fork.at_ns / 1e6 + at_s * 1e3) for at_s in outcome.sample_at_s[shown].tolist()],
        "output": _curve(outcome.samples[FINISHED][:, shown]),
        "buffers": [
            {"id": node.id, "capacity": int(node.facts["Capacity"]), **_curve(level_of(node, outcome)[:, shown])}
            for node in fork.plant.buffers()
        ],
        "machines": [
            _machine(node, fork, outcome, horizon_s, planned_cycles_s.get(node.id)) for node in fork.plant.machines()
        ],
        "sources": sorted(fork.plant.supply.sources),
        "fleets": [{"id": fleet.id, "vehicles": fleet.count} for fleet in fork.model.fleets],
        "crews": [{"id": crew.id, "people": crew.count} for crew in fork.model.crews],
        "bottleneck": held_back,
        "orders": [order_told(one, times[one.id], fork.at_ns / 1e6, horizon_s) for one in orders],
        "locks": locks_told(fork.plant.name, outcome),
        "warnings": [*map(_warning, late), *map(_warning, starving)],
        "calibration": [msgspec.to_builtins(one) for one in fork.calibration.estimates],
        "calibrated_from_ms": fork.records.start_ns / 1e6,
        "diagnoses": [in_words(one) for one in fork.diagnoses],
    }  # fmt: skip


def _if_up(state: simulate.PlantState, stations: Sequence[str]) -> Iterator[tuple[simulate.PlantState, str]]:
    """The state if one machine that has failed had not, for each of the first few such."""
    failed = [node for node in stations if state.machines[node].down == "failure"]
    for node in failed[:_MOST_BLAMED]:
        up = msgspec.structs.replace(state.machines[node], down=None, down_left_s=None, down_done_s=0.0)
        yield msgspec.structs.replace(state, machines={**state.machines, node: up}), node


def figure(values: NDArray[np.float64]) -> dict[str, float | None]:
    """Mean with its interval, and the band in which a single future will lie; None where there is no value."""
    found = simulate.interval(values, CONFIDENCE)
    known = values[~np.isnan(values)]
    low, _, high = simulate.band(known, BAND).tolist() if len(known) else (math.nan, math.nan, math.nan)
    given = {"mean": found.mean, "low": found.low, "high": found.high, "band_low": low, "band_high": high}
    return {name: plain(value) for name, value in given.items()}


def plain(value: float) -> float | None:
    """A number for JSON."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def in_words(one: Diagnosis) -> dict[str, Any]:
    """A diagnosis with its texts in both languages."""
    return {
        "code": one.code, "place": one.place, "text": {language: one.text(language) for language in LANGUAGES},
        "repair": {language: one.repair(language) for language in LANGUAGES},
    }  # fmt: skip


def bottleneck(outcome: simulate.Outcome, stations: list[str]) -> dict[str, Any]:
    """Who holds the plant back: a machine, or who supplies these; buffers that carry parts are not asked.

    With the crew that repairs it; None where whoever is needed is there.
    """
    kpis = {name: values for name, values in outcome.kpis.items() if name.rpartition(".")[0] in stations}
    kpis |= _supply_shares(outcome)
    found = simulate.find_bottleneck(dataclasses.replace(outcome, kpis=kpis))
    told: dict[str, Any] = msgspec.to_builtins(found)
    return told | {
        "waiting": _interval(found.waiting), "lead": _interval(found.lead),
        "crew": _crew_of(outcome.model, found.machine),
    }  # fmt: skip


def _crew_of(model: simulate.Model, unit: str) -> str | None:
    """The crew that repairs a machine, or one of several equal ones."""
    machine = next((one for one in model.machines if unit in simulate.unit_names(one)), None)
    return next((one.crew for one in machine.failures if one.crew), None) if machine is not None else None


def _interval(found: simulate.Interval) -> dict[str, float | None]:
    return {"mean": plain(found.mean), "low": plain(found.low), "high": plain(found.high)}


def _supply_shares(outcome: simulate.Outcome) -> dict[str, NDArray[np.float64]]:
    """What sources and fleets spend their time with, over all places and vehicles of each."""
    model = outcome.model
    ordered = {buffer.id for buffer in model.buffers}
    found = {}
    for machine in model.machines:
        if helper(machine.id, ORDERS) in ordered:
            places = [machine.id] if machine.count == 1 else [f"{machine.id}-{n}" for n in range(1, machine.count + 1)]
            for seen in simulate.SEEN:
                kpi = f"{seen}_share"
                found[f"{machine.id}.{kpi}"] = np.mean([outcome.values(f"{one}.{kpi}") for one in places], axis=0)
    for fleet in model.fleets:
        idle = [outcome.values(f"{fleet.id}-{number}.idle_share") for number in range(1, fleet.count + 1)]
        stands = np.mean(idle, axis=0)
        for seen in simulate.SEEN:
            share = {"idle": stands, "busy": 1.0 - stands}.get(seen, np.zeros_like(stands))
            found[f"{fleet.id}.{seen}_share"] = share
    return found


def _warning(one: Starving | LateOrder) -> dict[str, Any]:
    texts = {language: one.diagnosis(language) for language in LANGUAGES}
    first = texts[LANGUAGES[0]]
    return {
        **msgspec.to_builtins(one), "code": first.code, "place": first.place,
        "text": {language: told.text(language) for language, told in texts.items()},
        "repair": {language: told.repair(language) for language, told in texts.items()},
    }  # fmt: skip


def sampled_every_s(horizon_s: float) -> float:
    """How often a future is recorded, so that its output over time is known and its memory bounded."""
    return max(min(_SAMPLE_S, horizon_s / 4), horizon_s / _INSTANTS)


def order_told(order: WantedOrder, done_s: NDArray[np.float64], at_ms: float, horizon_s: float) -> dict[str, Any]:
    """When an order is done; `within` is the share of the futures in which that lies within the horizon."""
    finite = np.where(np.isfinite(done_s), done_s, np.nan)
    return {
        "id": order.id, "pieces": order.pieces, "done_s": figure(finite),
        "due_ms": None if order.due_s is None else at_ms + order.due_s * 1e3,
        "late_share": None if order.due_s is None else plain(float((done_s > order.due_s).mean())),
        "within": plain(float((done_s <= horizon_s).mean())),
    }  # fmt: skip


def _shown(count: int) -> NDArray[np.int64]:
    """Indices of the instants to show, the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _SHOWN)).round().astype(np.int64))


def _curve(values: NDArray[np.float32]) -> dict[str, list[float]]:
    low, middle, high = simulate.band(values, BAND)
    return {"low": low.tolist(), "middle": middle.tolist(), "high": high.tolist()}


def level_of(node: Node, outcome: simulate.Outcome) -> NDArray[np.float32]:
    """Parts in a buffer: of one that carries, its places that are taken."""
    if node.id in outcome.samples and f"{node.id}.in" not in outcome.samples:
        return outcome.samples[node.id]
    places = [name for name in outcome.samples if name.rpartition("-")[0] == node.id or name == node.id]
    taken: NDArray[np.float32] = sum(
        (np.isin(outcome.samples[name], _OCCUPIED).astype(np.float32) for name in places),
        np.zeros_like(outcome.samples[FINISHED]),
    )
    return taken


def _machine(
    node: Node, fork: Fork, outcome: simulate.Outcome, horizon_s: float, planned_cycle_s: float | None
) -> dict[str, Any]:
    shares = {seen: plain(float(outcome.values(f"{node.id}.{seen}_share").mean())) for seen in simulate.SEEN}
    batch = fork.plant.batches.get(node.id)
    is_whole = batch is None or batch.least == batch.size
    made = outcome.values(f"{node.id}.made") * (fork.plant.pieces_on(node.id) if is_whole else 1)
    told: dict[str, Any] = {"id": node.id, "shares": shares, "made": figure(made)}
    if fork.plant.supply.of(node.id) is not None:
        lacks = (outcome.samples[node.id] == _IDLE) & (outcome.samples[helper(node.id, MATERIAL)] == 0)
        told["lacks_material_share"] = plain(float(lacks.mean()))
    if planned_cycle_s is not None and is_whole:  # of smaller batches the model counts only how many they are
        flows = fork.plant.out_of(node.id)
        good = fork.calibration.shares.get((node.id, flows[0].behind), 1.0) if flows else 1.0
        not_planned = outcome.values(f"{node.id}.setup_share") + outcome.values(f"{node.id}.off_share")
        planned_s = horizon_s * (1.0 - not_planned)
        # OEE index of ISO 22400-2: good quantity by planned run time per item, over planned busy time
        value_s = good * made * planned_cycle_s
        told["oee"] = figure(np.divide(value_s, planned_s, out=np.full_like(value_s, np.nan), where=planned_s > 1.0))
    return told


def _so_far(fork: Fork, shift_start_ns: int | None) -> dict[str, Any] | None:
    """What left the last machines since the shift began; None where that lies before the records."""
    if shift_start_ns is None or shift_start_ns < fork.records.start_ns:
        return None
    count = 0
    for node in last_machines(fork.plant):
        record = fork.records.machines[node.id]
        for at_ns, pieces in zip(record.left_ns, record.left_pieces, strict=True):
            count += fork.plant.pieces_on(node.id, pieces) if at_ns >= shift_start_ns else 0
    return {"since_ms": shift_start_ns / 1e6, "count": count}
