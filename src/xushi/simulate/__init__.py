"""Simulation: a plant as data, run ahead of the clock by a compiled event kernel or an exact recursion.

Nothing here imports the compiler before the first run; models are read, written and checked without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._check import check
from ._compute import DEFAULT_COMPUTE, make_pool, read_compute
from ._distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Geometric,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    Weibull,
    scaled,
)
from ._model import (
    Buffer,
    Calendar,
    Crew,
    Failure,
    Fleet,
    Input,
    Machine,
    Make,
    Model,
    Operation,
    Order,
    Power,
    Product,
    Road,
    Route,
    Setup,
    Sink,
    Source,
    Transport,
    Zone,
    read_model,
    unit_names,
    write_model,
)
from ._state import SEEN, MachineState, OrderState, PartState, PlantState, VehicleState
from ._statistics import Interval, band, interval, ratio_interval, share_interval

if TYPE_CHECKING:
    from ._bottleneck import Bottleneck, find_bottleneck
    from ._experiment import prepare, run, run_alternatives
    from ._experiment_data import Cancellation, Experiment
    from ._fit import Fit, fit, fit_best
    from ._locks import Lock
    from ._outcome import Outcome, difference
    from ._pools import Pool, ProcessPool, ThreadPool
    from ._simulation import Simulation
    from ._stages import Stage
    from ._trace import Trace, trace

_COMPILED = {
    "Bottleneck": "_bottleneck",
    "Cancellation": "_experiment_data",
    "Experiment": "_experiment_data",
    "Fit": "_fit",
    "Lock": "_locks",
    "Outcome": "_outcome",
    "Pool": "_pools",
    "ProcessPool": "_pools",
    "Simulation": "_simulation",
    "Stage": "_stages",
    "Trace": "_trace",
    "ThreadPool": "_pools",
    "difference": "_outcome",
    "find_bottleneck": "_bottleneck",
    "fit": "_fit",
    "fit_best": "_fit",
    "prepare": "_experiment",
    "run": "_experiment",
    "run_alternatives": "_experiment",
    "trace": "_trace",
}

__all__ = [
    "DEFAULT_COMPUTE",
    "SEEN",
    "Bottleneck",
    "Buffer",
    "Calendar",
    "Cancellation",
    "Constant",
    "Crew",
    "Distribution",
    "Empirical",
    "Experiment",
    "Exponential",
    "Failure",
    "Fit",
    "Fleet",
    "Gamma",
    "Geometric",
    "Input",
    "Interval",
    "Lock",
    "Lognormal",
    "Machine",
    "MachineState",
    "Make",
    "Model",
    "Normal",
    "Operation",
    "Order",
    "OrderState",
    "Outcome",
    "PartState",
    "PlantState",
    "Pool",
    "Power",
    "ProcessPool",
    "Product",
    "Road",
    "Route",
    "Setup",
    "Simulation",
    "Sink",
    "Source",
    "Stage",
    "ThreadPool",
    "Trace",
    "Transport",
    "Triangular",
    "Uniform",
    "VehicleState",
    "Weibull",
    "Zone",
    "band",
    "check",
    "difference",
    "find_bottleneck",
    "fit",
    "fit_best",
    "interval",
    "make_pool",
    "prepare",
    "ratio_interval",
    "read_compute",
    "read_model",
    "run",
    "run_alternatives",
    "scaled",
    "share_interval",
    "trace",
    "unit_names",
    "write_model",
]


def __getattr__(name: str) -> Any:
    """Load what needs the compiler when it is first asked for."""
    if name not in _COMPILED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f".{_COMPILED[name]}", __name__), name)
