"""Foresight: a model built from the twins, calibrated by the records, started from any instant, and run ahead."""

from xushi.runtime.foresight._build import FINISHED, build_model, build_state
from xushi.runtime.foresight._calibrate import Calibration, Estimate, Records, calibrate, read_records
from xushi.runtime.foresight._commands import CompareParams, ForecastParams, foresight_commands
from xushi.runtime.foresight._compare import Alternative, ModelChange, changed_model, run_comparison
from xushi.runtime.foresight._finished import finished_ns, last_machines
from xushi.runtime.foresight._forecast import CONFIDENCE, figure, in_words, plain, run_forecast
from xushi.runtime.foresight._fork import Fork, fork, need_engine
from xushi.runtime.foresight._order_times import WantedOrder, lateness_min, order_times
from xushi.runtime.foresight._plant import FLOW, OUT_OF_SERVICE, PROCESS, Flow, Node, Plant, find_plant, has_states

__all__ = [
    "CONFIDENCE",
    "FINISHED",
    "FLOW",
    "OUT_OF_SERVICE",
    "PROCESS",
    "Alternative",
    "Calibration",
    "CompareParams",
    "Estimate",
    "Flow",
    "ForecastParams",
    "Fork",
    "ModelChange",
    "Node",
    "Plant",
    "Records",
    "WantedOrder",
    "build_model",
    "build_state",
    "calibrate",
    "changed_model",
    "figure",
    "find_plant",
    "finished_ns",
    "foresight_commands",
    "fork",
    "has_states",
    "in_words",
    "last_machines",
    "lateness_min",
    "need_engine",
    "order_times",
    "plain",
    "read_records",
    "run_comparison",
    "run_forecast",
]
