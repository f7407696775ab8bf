"""Every machine of the demo plant: the stations, and all that carries, stores, supplies and meters."""

from __future__ import annotations

import itertools
import math

from xushi.demo._line_floor import CONVEYORS
from xushi.demo._line_stations import BUILDER, MOVE, STATIONS, cycle, fact, plate, spread
from xushi.demo._line_types import Category, Machine, Nameplate, PowerByState, TechnicalValue, Text

_SPEED = 0.25
VEHICLE_TYPE = "XD-AGV"  # as the road map calls it
VEHICLE_SPEED_MPS = 1.4
BATTERY_USE_PERCENT_PER_M = 0.012
CHARGE_PERCENT_PER_S = 0.06
TURN_RAD_PER_S = 1.6
HANDLING_S = 8.0  # to take a tray over, or to hand it over


def _length_m(path: tuple[tuple[float, float, float], ...]) -> float:
    return sum(math.dist(a, b) for a, b in itertools.pairwise(path))


def _conveyor(id: str, index: int) -> Machine:
    source, target, capacity, path = CONVEYORS[id]
    xs, ys = [p[0] for p in path], [p[1] for p in path]
    behind = target or "the dock"
    return Machine(
        id=id,
        category="buffer",
        name=Text(f"{id} conveyor {source} to {behind}", f"{id} 输送线 {source}→{target or '发运口'}"),
        x=(min(xs) + max(xs)) / 2,
        y=(min(ys) + max(ys)) / 2,
        rotation_deg=0.0,
        size=(max(max(xs) - min(xs), 0.9), max(max(ys) - min(ys), 0.9), 0.85),
        nameplate=plate(MOVE, "Pallet conveyor", "托盘输送线", "XM-PC09", f"XM-PC09-25{index:03d}"),
        technical=(
            fact("Capacity", capacity, "", "Capacity in pallets", "托盘容量"),
            fact("Speed", _SPEED, "m/s", "Speed", "速度"),
            fact(
                "TransferTime", round(_length_m(path) / _SPEED, 2), "s", "Time from inlet to outlet", "入口到出口时间"
            ),
        ),
        power=PowerByState(0.0, 0.15, 0.45, 0.1),
        path=path,
        capacity=capacity,
        source=source,
        target=target,
    )


def _other(
    id: str,
    category: Category,
    en: str,
    zh: str,
    x: float,
    y: float,
    rotation_deg: float,
    size: tuple[float, float, float],
    plate: Nameplate,
    facts: tuple[TechnicalValue, ...],
    power: PowerByState,
    cycle_s: float = 0.0,
) -> Machine:
    return Machine(
        id=id,
        category=category,
        name=Text(f"{id} {en}", f"{id} {zh}"),
        x=x,
        y=y,
        rotation_deg=rotation_deg,
        size=size,
        nameplate=plate,
        technical=facts,
        power=power,
        cycle_s=cycle_s,
    )


def _agv(number: int, y: float, x: float) -> Machine:
    return _other(
        f"AGV{number}",
        "agv",
        f"vehicle {number}",
        f"{number} 号小车",
        x,
        y,
        0.0,
        (1.6, 0.9, 0.9),
        plate(MOVE, "Kit vehicle", "配送小车", "XM-KV400", f"XM-KV400-25{number:03d}"),
        (
            fact("SpeedMax", VEHICLE_SPEED_MPS, "m/s", "Largest speed", "最高速度"),
            fact("VehicleType", VEHICLE_TYPE, "", "Type on the road map", "路网中的车型"),
            fact("TurnSpeed", TURN_RAD_PER_S, "rad/s", "Speed of turning on the spot", "原地转向速度"),
            fact(
                "Range", round(100 / BATTERY_USE_PERCENT_PER_M), "m", "Way driven with a full battery", "满电行驶里程"
            ),
            fact(
                "ChargeTime", round(100 / CHARGE_PERCENT_PER_S), "s", "Time to charge an empty battery", "空电充满时间"
            ),
            fact("LoadTime", HANDLING_S, "s", "Time to take a tray over", "取料盘时间"),
            fact("UnloadTime", HANDLING_S, "s", "Time to hand a tray over", "交料盘时间"),
            fact("Payload", 400, "kg", "Payload", "额定负载"),
            fact("BatteryCapacity", 2.4, "kW.h", "Battery capacity", "电池容量"),
        ),
        PowerByState(0.02, 0.06, 0.7, 0.05),
    )


_NONE = PowerByState(0.0, 0.0, 0.0, 0.0)

_OTHERS: tuple[Machine, ...] = (
    _other(
        "RWK1",
        "rework",
        "rework bench",
        "返修工位",
        38.0,
        3.4,
        0.0,
        (2.4, 2.4, 2.2),
        plate(BUILDER, "Rework bench", "返修台", "XD-RW02", "XD-RW02-25001"),
        (
            cycle(75.0),
            spread(0.35),
            fact("ScrapShare", 0.05, "", "Share of parts that cannot be cured", "无法修复的比例"),
            fact("StandsInFor", "OP70 OP80 OP100", "", "Stations whose work can be done here", "可代替的工位"),
            fact("StandInFactor", 1.8, "", "Work here over work there", "代替作业的时间倍数"),
        ),
        PowerByState(0.05, 0.2, 1.1, 0.2),
        cycle_s=75.0,
    ),
    _other(
        "PS1",
        "store",
        "parts store",
        "零件库",
        5.4,
        18.0,
        90.0,
        (3.6, 7.4, 3.2),
        plate(BUILDER, "Parts store", "零件库", "XD-PS40", "XD-PS40-24001", 2024),
        (
            fact("Locations", 40, "", "Storage locations", "库位数"),
            fact("Places", 10, "", "Trays made ready at once", "可同时备料的料盘数"),
        ),
        PowerByState(0.0, 0.3, 0.9, 0.1),
    ),
    _other(
        "KIT1",
        "kitting",
        "kitting rack",
        "拣选料架",
        8.4,
        13.6,
        90.0,
        (4.0, 1.2, 2.2),
        plate(BUILDER, "Pick-to-light rack", "亮灯拣选料架", "XD-PL10", "XD-PL10-25001"),
        (fact("Bins", 10, "", "Bins", "料箱数"),),
        PowerByState(0.0, 0.12, 0.2, 0.1),
    ),
    _agv(1, 10.2, 7.6),
    _agv(2, 8.4, 7.6),
    _other(
        "PLC1",
        "plc",
        "line controller",
        "产线控制器",
        33.0,
        23.2,
        0.0,
        (1.6, 0.6, 2.1),
        plate(BUILDER, "Line controller", "产线控制器", "XD-LC01", "XD-LC01-25001"),
        (fact("FirmwareVersion", "3.2.1", "", "Firmware version", "固件版本"),),
        PowerByState(0.1, 0.5, 0.5, 0.5),
    ),
    _other(
        "EM1",
        "meter",
        "main energy meter",
        "总电表",
        36.0,
        23.2,
        0.0,
        (0.8, 0.6, 2.1),
        plate(BUILDER, "Energy meter", "电能表", "XD-EM63", "XD-EM63-25001"),
        (fact("RatedCurrent", 630, "A", "Rated current", "额定电流"),),
        _NONE,
    ),
    _other(
        "CMP1",
        "compressor",
        "compressor",
        "空压机",
        52.0,
        23.0,
        0.0,
        (2.4, 1.4, 1.8),
        plate(BUILDER, "Screw compressor", "螺杆空压机", "XD-SC15", "XD-SC15-24001", 2024),
        (
            fact("RatedFlow", 2.4, "m3/min", "Rated flow", "额定排气量"),
            fact("ReceiverVolume", 1.5, "m3", "Receiver volume", "储气罐容积"),
        ),
        PowerByState(0.2, 4.5, 15.5, 0.2),
    ),
)

MACHINES: tuple[Machine, ...] = (
    *STATIONS,
    *(_conveyor(id, index) for index, id in enumerate(CONVEYORS, start=1)),
    *_OTHERS,
)
STATION_IDS: tuple[str, ...] = tuple(machine.id for machine in STATIONS)
