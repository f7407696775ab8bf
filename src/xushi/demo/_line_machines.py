"""Every machine of the demo plant with its place, nameplate, technical data, cycle, failures and power."""

from __future__ import annotations

from xushi.demo._line_floor import CONVEYORS, ROW_A_Y, ROW_B_Y, STATION_X
from xushi.demo._line_types import (
    Category,
    Failure,
    Machine,
    Nameplate,
    PowerByState,
    TechnicalValue,
    Text,
)

_BUILDER = Text("Xushi Demo Machinery", "虚实示范装备")
_PRESS = Text("Nanshan Press Technology", "南山压装技术")
_TIGHT = Text("Beihai Tightening Systems", "北海拧紧系统")
_TEST = Text("Dongting Test Benches", "洞庭试验台")
_MOVE = Text("Xushi Mobile Robots", "虚实移动机器人")


def _plate(maker: Text, en: str, zh: str, type_code: str, serial: str, year: int = 2025) -> Nameplate:
    return Nameplate(
        manufacturer=maker,
        product=Text(en, zh),
        family="Engine assembly",
        type_code=type_code,
        serial=serial,
        year=year,
    )


def _fact(id_short: str, value: float | int | str, unit: str, en: str, zh: str) -> TechnicalValue:
    return TechnicalValue(id_short, value, unit, Text(en, zh))


def _cycle(seconds: float) -> TechnicalValue:
    return _fact("NominalCycleTime", seconds, "s", "Nominal cycle time", "标准节拍时间")


def _station(
    op: str,
    stage: int,
    en: str,
    zh: str,
    maker: Text,
    type_code: str,
    cycle_s: float,
    failure: Failure,
    power: PowerByState,
    tools: tuple[str, ...],
    facts: tuple[TechnicalValue, ...],
    height: float = 2.6,
    robot: bool = False,
) -> Machine:
    in_row_a = stage <= 5
    return Machine(
        id=op,
        category="station",
        name=Text(f"{op} {en}", f"{op} {zh}"),
        x=STATION_X[op],
        y=ROW_A_Y if in_row_a else ROW_B_Y,
        rotation_deg=0.0 if in_row_a else 180.0,
        size=(2.6, 3.0, height),
        nameplate=_plate(maker, en, zh, type_code, f"{type_code}-25{stage:03d}"),
        technical=(
            _cycle(cycle_s),
            *facts,
            _fact("RatedPower", power.busy_kw, "kW", "Rated power", "额定功率"),
        ),
        cycle_s=cycle_s,
        failure=failure,
        power=power,
        tools=tools,
        stage=stage,
        robot=robot,
    )


_STATIONS: tuple[Machine, ...] = (
    _station(
        "OP10",
        1,
        "Crankcase load",
        "曲轴箱上线",
        _BUILDER,
        "XD-GL120",
        26.0,
        Failure(5400, 1.4, 90, 0.5),
        PowerByState(0.1, 0.9, 4.2, 0.6),
        ("GRIPPER-1",),
        (_fact("Payload", 120, "kg", "Payload", "额定负载"), _fact("Reach", 2.4, "m", "Reach", "臂展")),
        robot=True,
    ),
    _station(
        "OP20",
        2,
        "Crankshaft fit",
        "曲轴装配",
        _PRESS,
        "NP-CF30",
        28.0,
        Failure(4800, 1.6, 110, 0.5),
        PowerByState(0.1, 1.1, 5.5, 0.8),
        ("SPINDLE-20A", "SPINDLE-20B"),
        (_fact("TighteningTorqueMax", 90, "N.m", "Largest tightening torque", "最大拧紧力矩"),),
    ),
    _station(
        "OP30",
        3,
        "Piston insertion",
        "活塞装入",
        _PRESS,
        "NP-PI12",
        29.0,
        Failure(3900, 1.7, 120, 0.5),
        PowerByState(0.1, 1.2, 6.0, 0.9),
        ("PRESS-30",),
        (_fact("PressForceMax", 12, "kN", "Largest press force", "最大压装力"),),
        robot=True,
    ),
    _station(
        "OP40",
        4,
        "Head bolting",
        "缸盖拧紧",
        _TIGHT,
        "BH-TA10",
        30.0,
        Failure(7200, 1.5, 100, 0.5),
        PowerByState(0.1, 1.4, 7.5, 1.0),
        ("SPINDLE-40",),
        (
            _fact("Spindles", 10, "", "Spindles", "拧紧轴数"),
            _fact("TorqueMax", 180, "N.m", "Largest torque", "最大力矩"),
            _fact("ToolLifeCycles", 240, "", "Tool life in cycles", "刀具寿命（循环）"),
        ),
        height=3.0,
    ),
    _station(
        "OP50",
        5,
        "Valve train",
        "配气机构装配",
        _BUILDER,
        "XD-VT16",
        28.5,
        Failure(4500, 1.5, 110, 0.5),
        PowerByState(0.1, 1.0, 4.8, 0.7),
        ("SPINDLE-50",),
        (_fact("Followers", 16, "", "Followers per engine", "每机摇臂数"),),
        robot=True,
    ),
    _station(
        "OP60",
        6,
        "Valve-train leak test",
        "配气气密试验",
        _TEST,
        "DT-LT06",
        27.0,
        Failure(6600, 1.6, 80, 0.5),
        PowerByState(0.1, 1.3, 3.2, 0.8),
        ("LEAK-60",),
        (
            _fact("TestPressure", 3.0, "bar", "Test pressure", "试验压力"),
            _fact("LeakRateLimit", 12.0, "cm3/min", "Leak-rate limit", "泄漏率上限"),
        ),
    ),
    _station(
        "OP70",
        7,
        "Timing cover",
        "正时罩盖装配",
        _BUILDER,
        "XD-TC08",
        27.5,
        Failure(5000, 1.5, 90, 0.5),
        PowerByState(0.1, 0.9, 4.0, 0.6),
        ("SPINDLE-70", "SEALER-70"),
        (_fact("SealantBead", 3.0, "mm", "Sealant bead", "胶条直径"),),
        robot=True,
    ),
    _station(
        "OP80",
        8,
        "Sump and oil fill",
        "油底壳与机油加注",
        _BUILDER,
        "XD-OF05",
        28.0,
        Failure(5600, 1.5, 90, 0.5),
        PowerByState(0.1, 1.0, 3.8, 0.6),
        ("FILLER-80",),
        (_fact("OilVolume", 4.2, "l", "Oil volume", "机油加注量"),),
    ),
    _station(
        "OP90",
        9,
        "Cold test",
        "冷试",
        _TEST,
        "DT-CT20",
        30.0,
        Failure(6000, 1.6, 120, 0.5),
        PowerByState(0.1, 2.0, 14.0, 1.5),
        ("DRIVE-90",),
        (
            _fact("TestSpeed", 1200, "1/min", "Test speed", "试验转速"),
            _fact("DrivePower", 15, "kW", "Drive power", "驱动功率"),
        ),
        height=2.8,
    ),
    _station(
        "OP100",
        10,
        "End of line",
        "下线检验",
        _BUILDER,
        "XD-EL01",
        25.0,
        Failure(9000, 1.3, 60, 0.5),
        PowerByState(0.1, 0.7, 2.4, 0.5),
        ("VISION-100",),
        (_fact("Cameras", 4, "", "Cameras", "相机数"),),
        robot=True,
    ),
)


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
        nameplate=_plate(_MOVE, "Pallet conveyor", "托盘输送线", "XM-PC09", f"XM-PC09-25{index:03d}"),
        technical=(
            _fact("Capacity", capacity, "", "Capacity in pallets", "托盘容量"),
            _fact("Speed", 0.25, "m/s", "Speed", "速度"),
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
        _plate(_MOVE, "Kit vehicle", "配送小车", "XM-KV400", f"XM-KV400-25{number:03d}"),
        (
            _fact("SpeedMax", 1.4, "m/s", "Largest speed", "最高速度"),
            _fact("Payload", 400, "kg", "Payload", "额定负载"),
            _fact("BatteryCapacity", 2.4, "kW.h", "Battery capacity", "电池容量"),
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
        _plate(_BUILDER, "Rework bench", "返修台", "XD-RW02", "XD-RW02-25001"),
        (_cycle(75.0),),
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
        _plate(_BUILDER, "Parts store", "零件库", "XD-PS40", "XD-PS40-24001", 2024),
        (_fact("Locations", 40, "", "Storage locations", "库位数"),),
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
        _plate(_BUILDER, "Pick-to-light rack", "亮灯拣选料架", "XD-PL10", "XD-PL10-25001"),
        (_fact("Bins", 10, "", "Bins", "料箱数"),),
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
        _plate(_BUILDER, "Line controller", "产线控制器", "XD-LC01", "XD-LC01-25001"),
        (_fact("FirmwareVersion", "3.2.1", "", "Firmware version", "固件版本"),),
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
        _plate(_BUILDER, "Energy meter", "电能表", "XD-EM63", "XD-EM63-25001"),
        (_fact("RatedCurrent", 630, "A", "Rated current", "额定电流"),),
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
        _plate(_BUILDER, "Screw compressor", "螺杆空压机", "XD-SC15", "XD-SC15-24001", 2024),
        (
            _fact("RatedFlow", 2.4, "m3/min", "Rated flow", "额定排气量"),
            _fact("ReceiverVolume", 1.5, "m3", "Receiver volume", "储气罐容积"),
        ),
        PowerByState(0.2, 4.5, 15.5, 0.2),
    ),
)

MACHINES: tuple[Machine, ...] = (
    *_STATIONS,
    *(_conveyor(id, index) for index, id in enumerate(CONVEYORS, start=1)),
    *_OTHERS,
)
STATION_IDS: tuple[str, ...] = tuple(machine.id for machine in _STATIONS)
