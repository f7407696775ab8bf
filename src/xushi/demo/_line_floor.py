"""The floor of the demo plant: areas, AGV road map and the paths of the conveyors."""

from __future__ import annotations

from itertools import pairwise

from xushi.demo._line_types import Area, Edge, Node, Text

FLOOR_X = 60.0
FLOOR_Y = 25.0
ROW_A_Y = 18.0  # OP10 … OP50, flow to the east
ROW_B_Y = 8.0  # OP60 … OP100, flow to the west
NORTH_LANE_Y = 14.6
SOUTH_LANE_Y = 11.4
CONVEYOR_Z = 0.85  # height of the engine pallet above the floor
HALF_STATION = 1.3

STATION_X: dict[str, float] = {
    "OP10": 20.0,
    "OP20": 26.0,
    "OP30": 32.0,
    "OP40": 38.0,
    "OP50": 44.0,
    "OP60": 44.0,
    "OP70": 38.0,
    "OP80": 32.0,
    "OP90": 26.0,
    "OP100": 20.0,
}

Path = tuple[tuple[float, float, float], ...]


def _path(*points: tuple[float, float]) -> Path:
    return tuple((x, y, CONVEYOR_Z) for x, y in points)


def _between(before: str, behind: str) -> Path:
    """The straight conveyor between two neighbours of one row."""
    x0, x1 = STATION_X[before], STATION_X[behind]
    y, sign = (ROW_A_Y, 1.0) if x1 > x0 else (ROW_B_Y, -1.0)
    return _path((x0 + sign * HALF_STATION, y), (x1 - sign * HALF_STATION, y))


# id -> (station before, station behind, capacity, path)
CONVEYORS: dict[str, tuple[str, str, int, Path]] = {
    "B10": ("OP10", "OP20", 4, _between("OP10", "OP20")),
    "B20": ("OP20", "OP30", 4, _between("OP20", "OP30")),
    "B30": ("OP30", "OP40", 4, _between("OP30", "OP40")),
    "B40": ("OP40", "OP50", 4, _between("OP40", "OP50")),
    "B50": ("OP50", "OP60", 12, _path((45.3, 18.0), (49.0, 18.0), (49.0, 8.5), (45.3, 8.5))),
    "B60": ("OP60", "OP70", 4, _between("OP60", "OP70")),
    "B70": ("OP70", "OP80", 4, _between("OP70", "OP80")),
    "B80": ("OP80", "OP90", 4, _between("OP80", "OP90")),
    "B90": ("OP90", "OP100", 4, _between("OP90", "OP100")),
    "B100": ("OP100", "", 6, _path((18.7, 8.0), (12.5, 8.0))),
    "B61": ("OP60", "RWK1", 4, _path((44.0, 6.4), (44.0, 3.4), (39.4, 3.4))),
    "B91": ("OP90", "RWK1", 6, _path((26.0, 6.4), (26.0, 3.4), (36.6, 3.4))),
    "B95": ("RWK1", "OP60", 8, _path((38.0, 2.0), (38.0, 1.4), (47.2, 1.4), (47.2, 7.1), (45.3, 7.1))),
}


def _nodes() -> tuple[Node, ...]:
    stops = [
        Node(f"N_{op}", STATION_X[op], NORTH_LANE_Y, op, "stop") for op in ("OP10", "OP20", "OP30", "OP40", "OP50")
    ]
    stops += [
        Node(f"N_{op}", STATION_X[op], SOUTH_LANE_Y, op, "stop") for op in ("OP60", "OP70", "OP80", "OP90", "OP100")
    ]
    return (
        Node("N_W0", 11.0, SOUTH_LANE_Y),
        Node("N_KIT1", 11.0, 13.0, "KIT1", "stop"),
        Node("N_W2", 11.0, NORTH_LANE_Y),
        Node("N_PS1", 11.0, 18.6, "PS1", "stop"),
        Node("N_PS2", 14.5, 18.6),
        Node("N_A0", 14.5, NORTH_LANE_Y),
        Node("N_X1", 29.0, NORTH_LANE_Y),
        Node("N_X2", 29.0, SOUTH_LANE_Y),
        Node("N_E1", 47.0, NORTH_LANE_Y),
        Node("N_E2", 47.0, SOUTH_LANE_Y),
        Node("N_B9", 14.5, SOUTH_LANE_Y),
        Node("N_CHG1", 7.6, 10.2, "AGV1", "charge"),
        Node("N_CHG2", 7.6, 8.4, "AGV2", "charge"),
        *stops,
    )


# One-way roads, so that two vehicles can never stand nose to nose; only the charger spurs run both ways.
_ROUTES = (
    (
        "N_W0",
        "N_KIT1",
        "N_W2",
        "N_A0",
        "N_OP10",
        "N_OP20",
        "N_X1",
        "N_OP30",
        "N_OP40",
        "N_OP50",
        "N_E1",
        "N_E2",
    ),
    ("N_E2", "N_OP60", "N_OP70", "N_OP80", "N_X2", "N_OP90", "N_OP100", "N_B9", "N_W0"),
    ("N_W2", "N_PS1", "N_PS2", "N_A0"),
    ("N_X1", "N_X2"),
    ("N_W0", "N_CHG1", "N_W0"),
    ("N_W0", "N_CHG2", "N_W0"),
)

NODES: tuple[Node, ...] = _nodes()
EDGES: tuple[Edge, ...] = tuple(Edge(start, end) for route in _ROUTES for start, end in pairwise(route))

AREAS: tuple[Area, ...] = (
    Area("FLOOR", "floor", 0.0, 0.0, FLOOR_X, FLOOR_Y, Text("Assembly hall", "装配车间")),
    Area("LANE_N", "agv_lane", 10.2, 13.9, 47.8, 15.3, Text("AGV lane north", "北侧 AGV 通道")),
    Area("LANE_S", "agv_lane", 10.2, 10.7, 47.8, 12.1, Text("AGV lane south", "南侧 AGV 通道")),
    Area("LANE_W", "agv_lane", 10.2, 12.1, 11.8, 19.4, Text("AGV lane west", "西侧 AGV 通道")),
    Area("LANE_E", "agv_lane", 46.3, 12.1, 47.7, 13.9, Text("AGV lane east", "东侧 AGV 通道")),
    Area("WALK_N", "walkway", 1.0, 20.4, 59.0, 21.6, Text("North walkway", "北侧人行道")),
    Area("WALK_M", "walkway", 13.0, 12.4, 46.0, 13.6, Text("Centre walkway", "中央人行道")),
    Area("WALK_E", "walkway", 55.0, 1.0, 56.2, 20.4, Text("East walkway", "东侧人行道")),
    Area("STORE", "storage", 1.5, 15.9, 9.4, 20.0, Text("Parts store", "零件库")),
)
