"""What a station shows: state, counters, engine, alarm and poka-yoke, as values of its description."""

from __future__ import annotations

from typing import Any

from xushi.demo._engines import Engine
from xushi.demo._material import WrongPart
from xushi.demo._torque import Trace
from xushi.demo._values import Values

# Starved is a loss of the line; idle is having no order, which is normal for whoever serves it.
RUNNING, STARVED, BLOCKED, FAILED, STOPPED, SETUP, IDLE = range(7)
_ITEM_STATE = {RUNNING: 3, STARVED: 2, BLOCKED: 2, FAILED: 1, STOPPED: 2, SETUP: 2, IDLE: 2}  # OPC 40001-1
_MODE = {RUNNING: 3, STARVED: 3, BLOCKED: 3, FAILED: 1, STOPPED: 0, SETUP: 2, IDLE: 3}


class Panel:
    """Puts a station's values out under its name; `has_parts` when it mounts parts and so checks them."""

    def __init__(self, station: str, values: Values, has_parts: bool) -> None:
        self.good = self.rejected = self.total = 0
        self.put = values.writer(station)
        self._has_parts = has_parts
        for path in ("Counters.Good", "Counters.Reject", "Counters.Total"):
            self.put(path, 0)
        self.put("CycleTime", 0.0)
        self.put("CycleTimeFactor", 1.0)
        self.clear_engine()
        self.clear_alarm()
        if has_parts:
            self.show_right_part()
            self.put("PokaYoke.Expected", "")
            self.put("PokaYoke.Found", "")
            self.put("PokaYoke.Count", 0)

    def show(self, detail: int) -> None:
        self.put("State", _ITEM_STATE[detail])
        self.put("Detail", detail)
        self.put("OperationMode", _MODE[detail])

    def show_stock(self, units: int) -> None:
        self.put("Material.Stock", units)

    def show_engine(self, engine: Engine) -> None:
        self.put("CurrentEngine", engine.serial)
        self.put("JobOrder", engine.job_order)
        self.put("Stage", engine.stage)

    def clear_engine(self) -> None:
        self.put("CurrentEngine", "")
        self.put("JobOrder", "")
        self.put("Stage", 0)
        self.put("Progress", 0.0)

    def show_wear(self, wear: float) -> None:
        self.put("ToolWear", round(wear, 4))

    def count(self, is_good: bool, cycle_s: float) -> None:
        """One more engine worked on."""
        self.total += 1
        self.good += is_good
        self.rejected += not is_good
        self.put("Counters.Total", self.total)
        self.put("Counters.Good", self.good)
        self.put("Counters.Reject", self.rejected)
        self.put("CycleTime", round(cycle_s, 2))

    def show_wrong_part(self, wrong: WrongPart, count: int) -> None:
        self.put("PokaYoke.Stopped", True)
        self.put("PokaYoke.Expected", wrong.expected)
        self.put("PokaYoke.Found", wrong.found)
        self.put("PokaYoke.Count", count)
        self.raise_alarm(300, f"Wrong part {wrong.found}, expected {wrong.expected}")

    def show_right_part(self) -> None:
        self.put("PokaYoke.Stopped", False)

    def show_traces(self, engine: Engine, traces: list[Trace]) -> None:
        self.put("TorqueAngle.Engine", engine.serial)
        self.put("TorqueAngle.FinalTorque", [trace.final_nm for trace in traces])
        self.put("TorqueAngle.YieldAngle", [trace.yield_deg for trace in traces])
        for bolt, trace in enumerate(traces, start=1):
            self.put(f"TorqueAngle.Bolt{bolt:02d}.Angle", trace.angles_deg)
            self.put(f"TorqueAngle.Bolt{bolt:02d}.Torque", trace.torques_nm)

    def raise_alarm(self, code: int, text: str) -> None:
        self.put("Alarm.Code", code)
        self.put("Alarm.Text", text)
        self.put("Alarm.Active", True)

    def clear_alarm(self) -> None:
        self.put("Alarm.Active", False)
        self.put("Alarm.Code", 0)
        self.put("Alarm.Text", "")


def quality_message(
    station: str, engine: Engine, results: dict[str, Any], traces: list[Trace], faults: list[str]
) -> dict[str, Any]:
    """The part of a quality message that speaks of the engine and its results."""
    message: dict[str, Any] = {
        "station": station,
        "engine": engine.serial,
        "attempt": engine.attempts[station],
        "stage": engine.stage,
        "verdict": 2 if faults else 1,
        "faults": faults,
        "results": {name: round(value, 4) for name, value in results.items()},
    }
    if traces:
        message["finalTorque"] = [trace.final_nm for trace in traces]
        message["yieldAngle"] = [trace.yield_deg for trace in traces]
    return message
