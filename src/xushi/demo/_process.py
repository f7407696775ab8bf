"""What each station measures on an engine: results, faults found, and hidden defects left behind."""

from __future__ import annotations

import random
from statistics import fmean, pstdev
from typing import Any

from xushi.demo._engines import Engine
from xushi.demo._events import lognormal
from xushi.demo._line import BOLTS, RESULTS
from xushi.demo._torque import Trace, tighten

# Chance that a station leaves a defect which only the named test finds.
_HIDDEN: dict[str, tuple[str, float]] = {
    "OP20": ("bearing tight", 0.006),
    "OP30": ("ring damaged", 0.005),
    "OP50": ("valve leaks", 0.022),
    "OP70": ("imbalance", 0.005),
    "OP80": ("oil pump dry", 0.006),
}
REPAIR_LEAVES_DEFECT = 0.08  # share of repairs that do not cure


class Setpoints:
    """The values an operator may change at a station; faces write them, the process reads them."""

    def __init__(self) -> None:
        self.cycle_factor = 1.0
        self.torque_target_nm = 85.0
        self.leak_limit = 12.0
        self.oil_target_l = 4.2


def measure(op: str, engine: Engine, rng: random.Random, wear: float, setpoints: Setpoints) -> dict[str, Any]:
    """The numbers that station `op` measures, by result name; OP40 adds its traces under `_traces`."""
    g = rng.gauss
    hidden = engine.hidden
    if op == "OP10":
        return {"SeatGap": abs(g(0.03, 0.014))}
    if op == "OP20":
        tight = 2.2 if "bearing tight" in hidden else 0.0
        return {
            "CapTorque": g(60.0, 0.6 + 0.5 * wear),
            "EndPlay": g(0.16, 0.015),
            "TurningTorque": g(3.2 + 0.5 * tight, 0.25),
        }
    if op == "OP30":
        return {"PressForceMax": g(5.2 + 0.5 * wear, 0.45), "ProtrusionMax": g(0.1, 0.04)}
    if op == "OP40":
        return _bolt(rng, wear, setpoints)
    if op == "OP50":
        return {"FollowersSeated": 15.0 if rng.random() < 0.004 else 16.0, "ChainTension": g(218.0, 8.0)}
    if op == "OP60":
        leak = lognormal(rng, 4.2, 0.28)
        return {"LeakRate": leak + (lognormal(rng, 24.0, 0.3) if "valve leaks" in hidden else 0.0)}
    if op == "OP70":
        return {"CoverTorque": g(11.0, 0.3 + 0.3 * wear), "BeadWidth": g(3.0, 0.1)}
    if op == "OP80":
        return {"OilVolume": g(setpoints.oil_target_l, 0.018)}
    if op == "OP90":
        return _cold_test(rng, hidden)
    if op == "OP100":
        return {"VisionScore": min(100.0, g(95.5, 1.6))}
    return {}


def _bolt(rng: random.Random, wear: float, setpoints: Setpoints) -> dict[str, Any]:
    traces: list[Trace] = [tighten(rng, setpoints.torque_target_nm, wear) for _ in range(BOLTS)]
    finals = [trace.final_nm for trace in traces]
    return {
        "TorqueMean": fmean(finals),
        "TorqueScatter": pstdev(finals),
        "YieldAngleMean": fmean(trace.yield_deg for trace in traces),
        "_traces": traces,
    }


def _cold_test(rng: random.Random, hidden: set[str]) -> dict[str, Any]:
    torque = rng.gauss(26.0, 1.3)
    if "bearing tight" in hidden or "ring damaged" in hidden:
        torque += abs(rng.gauss(12.0, 1.2))
    pressure = rng.gauss(3.5, 0.14) - (1.6 if "oil pump dry" in hidden else 0.0)
    vibration = lognormal(rng, 3.1, 0.18) + (5.5 if "imbalance" in hidden else 0.0)
    return {"TorqueMean": torque, "OilPressure": pressure, "Vibration": vibration}


def judge(op: str, results: dict[str, Any], setpoints: Setpoints) -> list[str]:
    """The names of the results that lie outside their limits."""
    faults = []
    for name, _unit, _en, _zh, low, high in RESULTS[op]:
        upper = setpoints.leak_limit if name == "LeakRate" else high
        if name in results and not low <= results[name] <= upper:
            faults.append(f"{op} {name}")
    return faults


def leave_defects(op: str, engine: Engine, rng: random.Random) -> None:
    """Now and then a station leaves a defect that nobody sees until a test."""
    if op in _HIDDEN:
        defect, chance = _HIDDEN[op]
        if rng.random() < chance:
            engine.hidden.add(defect)
