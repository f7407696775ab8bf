"""The list of demo models: file name to builder."""

from __future__ import annotations

from functools import partial

from xushi.demo._line import AREAS, CONVEYOR_Z, FLOOR_X, FLOOR_Y, NODES, PARTS, STAGES, buffers
from xushi.demo._line_types import Machine
from xushi.scene.modelling import Builder, standing_robot

from . import _logistics, _utilities
from ._conveyor import PALLET_M, conveyor, conveyor_curve, conveyor_route
from ._engine import engine, engine_on_show
from ._hall import Zone, charger, column, hall, luminaire
from ._person import operator
from ._stations_assembly import op10, op20, op30, op40, op50
from ._stations_test import op60, op70, op80, op90, op100

assert PALLET_M == CONVEYOR_Z, "engines must stand on the conveyors that the plant describes"


def route_of(buffer: Machine) -> tuple[tuple[float, float], ...]:
    """The path of a buffer in its own scene frame: (x, z) metres about the machine's place."""
    return tuple((round(x - buffer.x, 4), round(buffer.y - y, 4)) for x, y, _ in buffer.path)


def model_of_buffer(buffer: Machine) -> str:
    """Buffers of the same straight run share one model; each other route has its own."""
    route = route_of(buffer)
    if len(route) == 2 and route[0][1] == route[1][1]:
        return f"conveyor-{abs(route[1][0] - route[0][0]):g}m"
    return f"conveyor-{buffer.id.lower()}"


def _conveyors() -> dict[str, Builder]:
    out: dict[str, Builder] = {}
    for buffer in buffers():
        name, route = model_of_buffer(buffer), route_of(buffer)
        is_straight = name.endswith("m")
        out[name] = partial(conveyor, abs(route[1][0] - route[0][0])) if is_straight else partial(conveyor_route, route)
    return out


_DOCK_PALLETS = [(3.0, 4.0), (4.4, 4.0), (3.0, 5.1), (4.4, 5.1), (3.0, 6.2), (57.8, 16.0), (57.8, 17.3)]


def _hall() -> Builder:
    zones = [Zone(area.use, area.x0, area.y0, area.x1, area.y1) for area in AREAS]
    chargers = [(node.x, node.y) for node in NODES if node.use == "charge"]
    return partial(hall, FLOOR_X, FLOOR_Y, zones, chargers, _DOCK_PALLETS)


CATALOGUE: dict[str, Builder] = {
    **{f"engine-{stage.number:02d}": partial(engine, stage.number) for stage in STAGES},
    "engine-on-show": engine_on_show,
    "op10": op10, "op20": op20, "op30": op30, "op40": op40, "op50": op50,
    "op60": op60, "op70": op70, "op80": op80, "op90": op90, "op100": op100,
    "rwk1": _utilities.rework,
    **_conveyors(),
    "conveyor-curve": conveyor_curve,
    "agv1": partial(_logistics.agv, "AGV1"), "agv2": partial(_logistics.agv, "AGV2"),
    "container": _logistics.container, "kit": _logistics.kit, "pallet": _logistics.pallet_with_boxes,
    "ps1": _logistics.store,
    "kit1": partial(_logistics.kitting_rack, sum(part.bin >= 0 for part in PARTS)),
    "plc1": _utilities.controller, "em1": _utilities.meter, "cmp1": _utilities.compressor,
    "charger": charger, "panel": _utilities.station_panel,
    "robot": partial(standing_robot, "robot"),
    "operator": operator,
    "hall": _hall(), "column": column, "luminaire": luminaire,
}  # fmt: skip
