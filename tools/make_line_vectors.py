"""Writes what the recursion in Python gives for some lines; the client's tests hold its own recursion against it.

python tools/make_line_vectors.py            # writes web/src/foresee/vectors.json
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from xushi import simulate as s
from xushi.simulate._logarithm import natural_log
from xushi.simulate._random import seed_streams, stream_key, uniform
from xushi.simulate._variates import standard_normal

FILE = Path(__file__).resolve().parent.parent / "web" / "src" / "foresee" / "vectors.json"
NAMES = ("M1/work", "", "加工/故障/after", "a name that is longer than one block of BLAKE2b, " * 4)
SEEDS = ((1, 0), (2**31, 7), (2**53 - 1, 1999))
JAM = s.Failure(id="jam", after=s.Exponential(mean_s=100.0), repair=s.Exponential(mean_s=10.0))


def line(works: list[s.Distribution], failures: tuple[s.Failure, ...], capacity: int | None) -> s.Model:
    """Return a line of these machines with equal failures and buffers."""
    last = len(works) - 1
    return s.Model(
        name="line",
        machines=tuple(
            s.Machine(
                id=f"M{i}",
                operations=(
                    s.Operation(
                        duration=work,
                        inputs=(s.Input(buffer=f"B{i}"),) if i else (),
                        to=(s.Route(to=f"B{i + 1}" if i < last else "out"),),
                    ),
                ),
                failures=failures,
                power=s.Power(busy_kw=3.0 + i, idle_kw=0.5, blocked_kw=0.7, down_kw=0.2),
            )
            for i, work in enumerate(works)
        ),
        buffers=tuple(s.Buffer(id=f"B{i}", capacity=capacity) for i in range(1, last + 1)),
        sinks=(s.Sink(id="out"),),
    )


def cases() -> list[tuple[str, s.Model, s.PlantState, dict[str, Any]]]:
    """Return name, model, state and experiment of each line."""
    works: list[s.Distribution] = [
        s.Constant(value_s=1.0), s.Exponential(mean_s=1.0), s.Uniform(low_s=0.5, high_s=1.5),
        s.Triangular(low_s=0.2, mode_s=0.9, high_s=1.9), s.Normal(mean_s=1.0, deviation_s=0.8),
        s.Lognormal(mu=-0.1, sigma=0.4), s.Gamma(shape=0.7, scale_s=1.4), s.Gamma(shape=4.0, scale_s=0.25),
        s.Weibull(shape=1.7, scale_s=1.1), s.Geometric(probability=0.5, slot_s=0.5),
        s.Empirical(values_s=(0.4, 1.9, 0.8, 1.0)),
    ]  # fmt: skip
    two = (
        s.Failure(id="jam", after=s.Weibull(shape=1.5, scale_s=40.0), repair=s.Lognormal(mu=1.0, sigma=0.5)),
        s.Failure(id="fault", after=s.Exponential(mean_s=200.0), repair=s.Gamma(shape=3.0, scale_s=5.0)),
    )
    plain: list[s.Distribution] = [s.Exponential(mean_s=1.0)] * 5
    queue = line([s.Exponential(mean_s=1.0), s.Constant(value_s=0.9)], (), 2)
    first = msgspec.structs.replace(
        queue.machines[0],
        operations=(msgspec.structs.replace(queue.machines[0].operations[0], inputs=(s.Input(buffer="a"),)),),
    )
    queue = msgspec.structs.replace(
        queue,
        sources=(s.Source(id="in", interval=s.Exponential(mean_s=1.25), to=(s.Route(to="a"),)),),
        machines=(first, *queue.machines[1:]),
        buffers=(*queue.buffers, s.Buffer(id="a")),
    )
    part = s.PartState(product="part", age_s=50.0)
    live = s.PlantState(
        buffers={
            "B1": (s.PartState(product="part", quantity=2, age_s=9.0),),
            "B3": (s.PartState(product="part", quantity=3),),
        },
        machines={
            "M0": s.MachineState(parts=(part,), work_left_s=0.5, wear={"jam": 2.0}),
            "M1": s.MachineState(parts=(part,), down="jam", down_left_s=25.0),
            "M2": s.MachineState(held={"B3": (part,)}),
            "M3": s.MachineState(down="jam"),
        },
    )
    return [
        ("unreliable machines without buffers", line(plain, (JAM,), 0), s.PlantState(), {}),
        ("unreliable machines after a warm-up", line(plain, (JAM,), 3), s.PlantState(), {"warm_up_s": 333.0}),
        ("every family and two failures", line(works, two, 2), s.PlantState(), {"seed": 2**53 - 1}),
        ("a source and a buffer without limit", queue, s.PlantState(), {"warm_up_s": 100.0}),
        ("from a live state", line(plain[:4], (JAM,), 3), live, {"horizon_s": 400.0}),
    ]


def make() -> dict[str, Any]:
    """Return everything the client must agree with."""
    keys = np.array([stream_key(name) for name in NAMES], np.uint64)
    streams = np.zeros((len(NAMES), 4), np.uint32)
    drawn = []
    for seed, replication in SEEDS:
        seed_streams(streams, keys, seed, replication)
        numbers = [[uniform(streams, i) for _ in range(5)] for i in range(len(NAMES))]
        drawn.append({"seed": seed, "replication": replication, "uniforms": numbers})
    points = [2.0**-53, 1e-9, 0.01, 0.25, 0.5, math.sqrt(0.5), 0.9, 1.0 - 2.0**-53, 1.5, 3.7e8]
    return {
        "streams": {"names": NAMES, "keys": [str(key) for key in keys.tolist()], "drawn": drawn},
        "points": points,
        "logarithms": [natural_log(x) for x in points],
        "normals": [standard_normal(x) for x in points if x < 1],
        "intervals": [
            [confidence, *msgspec.structs.astuple(s.interval([1.0, 2.0, 4.5, 8.0][:count] * times, confidence))]
            for count, times, confidence in ((2, 1, 0.95), (3, 1, 0.9), (4, 1, 0.99), (4, 25, 0.95), (3, 333, 0.95))
        ],
        "lines": [_run(*case) for case in cases()],
    }


def _run(name: str, model: s.Model, state: s.PlantState, given: dict[str, Any]) -> dict[str, Any]:
    experiment = s.Experiment(**{"horizon_s": 2_000.0, "replications": 3, "seed": 5, **given})
    outcome = s.run(model, experiment, state)
    if outcome.engine != "recursion":
        raise ValueError(name)
    kpis = {kpi: values.tolist() for kpi, values in outcome.kpis.items()}
    return {
        "name": name,
        "model": msgspec.json.decode(s.write_model(model)),
        "state": msgspec.to_builtins(state),
        "experiment": {"warm_up_s": 0.0, **msgspec.to_builtins(experiment)},
        "kpis": {kpi: [None if math.isnan(one) else one for one in values] for kpi, values in kpis.items()},
    }


def main() -> None:
    """Write the file."""
    FILE.write_text(json.dumps(make(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
