"""Foresight: a model built from the twins, calibrated by the records, started from any instant, and run ahead."""

from xushi.runtime.foresight._build import build_model, build_state
from xushi.runtime.foresight._calibrate import Calibration, Estimate, Records, calibrate, read_records
from xushi.runtime.foresight._commands import CompareParams, ForecastParams, foresight_commands
from xushi.runtime.foresight._compare import Alternative, ModelChange, changed_model, run_comparison
from xushi.runtime.foresight._forecast import run_forecast
from xushi.runtime.foresight._fork import Fork, fork, need_engine
from xushi.runtime.foresight._plant import FLOW, PROCESS, Flow, Node, Plant, find_plant
from xushi.runtime.foresight._turns import Turns

__all__ = [
    "FLOW",
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
    "Turns",
    "build_model",
    "build_state",
    "calibrate",
    "changed_model",
    "find_plant",
    "foresight_commands",
    "fork",
    "need_engine",
    "read_records",
    "run_comparison",
    "run_forecast",
]
