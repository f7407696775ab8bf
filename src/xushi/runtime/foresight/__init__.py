"""Foresight: a model built from the twins, calibrated by the records, started from any instant, and run ahead."""

from xushi.runtime.foresight._build import FINISHED, SCRAPPED, build_model, build_state
from xushi.runtime.foresight._build_supply import MATERIAL, helper, is_helper, takes_material
from xushi.runtime.foresight._calibrate import Calibration, Estimate, Records, calibrate, read_records
from xushi.runtime.foresight._change import (
    COPY,
    EVERY,
    Figure,
    ModelChange,
    can_be_closed,
    changed_model,
    check_room,
    ends_of,
    in_zone,
)
from xushi.runtime.foresight._commands import (
    Ahead,
    AheadParams,
    CompareParams,
    ForecastParams,
    foresight_commands,
    times_of,
)
from xushi.runtime.foresight._compare import (
    NOW,
    Alternative,
    Origin,
    make_alternatives,
    run_comparison,
    tell_comparison,
)
from xushi.runtime.foresight._consequences import consequences, consequences_of_all
from xushi.runtime.foresight._finished import finished_parts, last_machines
from xushi.runtime.foresight._forecast import (
    CONFIDENCE,
    figure,
    in_words,
    level_of,
    plain,
    run_forecast,
    sampled_every_s,
)
from xushi.runtime.foresight._fork import Fork, fork, need_engine
from xushi.runtime.foresight._kept_times import pause_of, shifts_of
from xushi.runtime.foresight._line import MainLine, main_line
from xushi.runtime.foresight._locks import locks_told
from xushi.runtime.foresight._order_times import WantedOrder, lateness_min, order_times
from xushi.runtime.foresight._packaging import (
    Packaged,
    PackageParams,
    open_package,
    open_packaged,
    package,
    packaging_commands,
)
from xushi.runtime.foresight._plant import (
    FLOW,
    OUT_OF_SERVICE,
    PROCESS,
    Flow,
    Node,
    Plant,
    find_plant,
    has_states,
    plant_of,
)
from xushi.runtime.foresight._products import Mix, Run, inside, rebased, runs_of_model, sequence_of, still_to_come
from xushi.runtime.foresight._records import read_machine
from xushi.runtime.foresight._run_model import (
    DEFAULT_HOURS,
    RunModelParams,
    check_length,
    run_model,
    run_model_commands,
)
from xushi.runtime.foresight._submodel import read_versions
from xushi.runtime.foresight._supply import FleetFacts, Supply, SupplyChain
from xushi.runtime.foresight._turn import Turns, in_thread, take_turn
from xushi.runtime.foresight._warning_records import EarlyWarning, warning_commands, warnings, watched_every_s
from xushi.runtime.foresight._watch import ForecastWatch

__all__ = [
    "CONFIDENCE",
    "COPY",
    "DEFAULT_HOURS",
    "EVERY",
    "FINISHED",
    "FLOW",
    "MATERIAL",
    "NOW",
    "OUT_OF_SERVICE",
    "PROCESS",
    "SCRAPPED",
    "Ahead",
    "AheadParams",
    "Alternative",
    "Calibration",
    "CompareParams",
    "EarlyWarning",
    "Estimate",
    "Figure",
    "FleetFacts",
    "Flow",
    "ForecastParams",
    "ForecastWatch",
    "Fork",
    "MainLine",
    "Mix",
    "ModelChange",
    "Node",
    "Origin",
    "PackageParams",
    "Packaged",
    "Plant",
    "Records",
    "Run",
    "RunModelParams",
    "Supply",
    "SupplyChain",
    "Turns",
    "WantedOrder",
    "build_model",
    "build_state",
    "calibrate",
    "can_be_closed",
    "changed_model",
    "check_length",
    "check_room",
    "consequences",
    "consequences_of_all",
    "ends_of",
    "figure",
    "find_plant",
    "finished_parts",
    "foresight_commands",
    "fork",
    "has_states",
    "helper",
    "in_thread",
    "in_words",
    "in_zone",
    "inside",
    "is_helper",
    "last_machines",
    "lateness_min",
    "level_of",
    "locks_told",
    "main_line",
    "make_alternatives",
    "need_engine",
    "open_package",
    "open_packaged",
    "order_times",
    "package",
    "packaging_commands",
    "pause_of",
    "plain",
    "plant_of",
    "read_machine",
    "read_records",
    "read_versions",
    "rebased",
    "run_comparison",
    "run_forecast",
    "run_model",
    "run_model_commands",
    "runs_of_model",
    "sampled_every_s",
    "sequence_of",
    "shifts_of",
    "still_to_come",
    "take_turn",
    "takes_material",
    "tell_comparison",
    "times_of",
    "warning_commands",
    "warnings",
    "watched_every_s",
]
