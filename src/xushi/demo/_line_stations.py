"""The ten stations of the demo line: place, nameplate, technical data, cycle, failures and power."""

from __future__ import annotations

from xushi.demo._line_floor import ROW_A_Y, ROW_B_Y, STATION_X
from xushi.demo._line_types import Failure, Machine, Nameplate, PowerByState, TechnicalValue, Text

BUILDER = Text("Xushi Demo Machinery", "虚实示范装备")
PRESS = Text("Nanshan Press Technology", "南山压装技术")
TIGHT = Text("Beihai Tightening Systems", "北海拧紧系统")
TEST = Text("Dongting Test Benches", "洞庭试验台")
MOVE = Text("Xushi Mobile Robots", "虚实移动机器人")
# Of a change from one engine to another: new grippers, press tools and test programs.
SETUP_S = {"OP10": 30, "OP20": 45, "OP30": 120, "OP40": 60, "OP50": 90, "OP60": 45, "OP70": 60, "OP80": 30, "OP90": 60,
           "OP100": 15}  # fmt: skip


def plate(maker: Text, en: str, zh: str, type_code: str, serial: str, year: int = 2025) -> Nameplate:
    return Nameplate(
        manufacturer=maker,
        product=Text(en, zh),
        family="Engine assembly",
        type_code=type_code,
        serial=serial,
        year=year,
    )


def fact(id_short: str, value: float | int | str, unit: str, en: str, zh: str) -> TechnicalValue:
    return TechnicalValue(id_short, value, unit, Text(en, zh))


def cycle(seconds: float) -> TechnicalValue:
    return fact("NominalCycleTime", seconds, "s", "Nominal cycle time", "标准节拍时间")


def spread(share: float) -> TechnicalValue:
    return fact("CycleTimeVariation", share, "", "Variation of the cycle time, deviation over mean", "节拍时间变异系数")


def setup(seconds: float) -> TechnicalValue:
    return fact("SetupTime", seconds, "s", "Set-up time between products", "产品换型时间")


def standby(kw: float) -> TechnicalValue:
    return fact("StandbyPower", kw, "kW", "Standby power", "待机功率")


def _reliability(failure: Failure) -> tuple[TechnicalValue, ...]:
    """Characteristic life and shape after IEC 61649, counted in busy time."""
    return (
        fact("CharacteristicLife", failure.scale_s, "s", "Characteristic life in busy time", "特征寿命（运行时间）"),
        fact("WeibullShape", failure.shape, "", "Weibull shape of the life", "寿命威布尔形状参数"),
        fact("MeanTimeToRestore", failure.repair_mean_s, "s", "Mean time to restore", "平均恢复时间"),
    )


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
        nameplate=plate(maker, en, zh, type_code, f"{type_code}-25{stage:03d}"),
        technical=(
            cycle(cycle_s),
            *facts,
            fact("RatedPower", power.busy_kw, "kW", "Rated power", "额定功率"),
            standby(power.idle_kw),
            spread(0.05),
            setup(SETUP_S[op]),
            *_reliability(failure),
        ),
        cycle_s=cycle_s,
        failure=failure,
        power=power,
        tools=tools,
        stage=stage,
        robot=robot,
    )


STATIONS: tuple[Machine, ...] = (
    _station(
        "OP10",
        1,
        "Crankcase load",
        "曲轴箱上线",
        BUILDER,
        "XD-GL120",
        26.0,
        Failure(5400, 1.4, 90, 0.5),
        PowerByState(0.1, 0.9, 4.2, 0.6),
        ("GRIPPER-1",),
        (fact("Payload", 120, "kg", "Payload", "额定负载"), fact("Reach", 2.4, "m", "Reach", "臂展")),
        robot=True,
    ),
    _station(
        "OP20",
        2,
        "Crankshaft fit",
        "曲轴装配",
        PRESS,
        "NP-CF30",
        28.0,
        Failure(4800, 1.6, 110, 0.5),
        PowerByState(0.1, 1.1, 5.5, 0.8),
        ("SPINDLE-20A", "SPINDLE-20B"),
        (fact("TighteningTorqueMax", 90, "N.m", "Largest tightening torque", "最大拧紧力矩"),),
    ),
    _station(
        "OP30",
        3,
        "Piston insertion",
        "活塞装入",
        PRESS,
        "NP-PI12",
        29.0,
        Failure(3900, 1.7, 120, 0.5),
        PowerByState(0.1, 1.2, 6.0, 0.9),
        ("PRESS-30",),
        (fact("PressForceMax", 12, "kN", "Largest press force", "最大压装力"),),
        robot=True,
    ),
    _station(
        "OP40",
        4,
        "Head bolting",
        "缸盖拧紧",
        TIGHT,
        "BH-TA10",
        30.0,
        Failure(7200, 1.5, 100, 0.5),
        PowerByState(0.1, 1.4, 7.5, 1.0),
        ("SPINDLE-40",),
        (
            fact("Spindles", 10, "", "Spindles", "拧紧轴数"),
            fact("TorqueMax", 180, "N.m", "Largest torque", "最大力矩"),
            fact("ToolLifeCycles", 240, "", "Tool life in cycles", "刀具寿命（循环）"),
        ),
        height=3.0,
    ),
    _station(
        "OP50",
        5,
        "Valve train",
        "配气机构装配",
        BUILDER,
        "XD-VT16",
        28.5,
        Failure(4500, 1.5, 110, 0.5),
        PowerByState(0.1, 1.0, 4.8, 0.7),
        ("SPINDLE-50",),
        (fact("Followers", 16, "", "Followers per engine", "每机摇臂数"),),
        robot=True,
    ),
    _station(
        "OP60",
        6,
        "Valve-train leak test",
        "配气气密试验",
        TEST,
        "DT-LT06",
        27.0,
        Failure(6600, 1.6, 80, 0.5),
        PowerByState(0.1, 1.3, 3.2, 0.8),
        ("LEAK-60",),
        (
            fact("TestPressure", 3.0, "bar", "Test pressure", "试验压力"),
            fact("LeakRateLimit", 12.0, "cm3/min", "Leak-rate limit", "泄漏率上限"),
        ),
    ),
    _station(
        "OP70",
        7,
        "Timing cover",
        "正时罩盖装配",
        BUILDER,
        "XD-TC08",
        27.5,
        Failure(5000, 1.5, 90, 0.5),
        PowerByState(0.1, 0.9, 4.0, 0.6),
        ("SPINDLE-70", "SEALER-70"),
        (fact("SealantBead", 3.0, "mm", "Sealant bead", "胶条直径"),),
        robot=True,
    ),
    _station(
        "OP80",
        8,
        "Sump and oil fill",
        "油底壳与机油加注",
        BUILDER,
        "XD-OF05",
        28.0,
        Failure(5600, 1.5, 90, 0.5),
        PowerByState(0.1, 1.0, 3.8, 0.6),
        ("FILLER-80",),
        (fact("OilVolume", 4.2, "l", "Oil volume", "机油加注量"),),
    ),
    _station(
        "OP90",
        9,
        "Cold test",
        "冷试",
        TEST,
        "DT-CT20",
        30.0,
        Failure(6000, 1.6, 120, 0.5),
        PowerByState(0.1, 2.0, 14.0, 1.5),
        ("DRIVE-90",),
        (
            fact("TestSpeed", 1200, "1/min", "Test speed", "试验转速"),
            fact("DrivePower", 15, "kW", "Drive power", "驱动功率"),
        ),
        height=2.8,
    ),
    _station(
        "OP100",
        10,
        "End of line",
        "下线检验",
        BUILDER,
        "XD-EL01",
        25.0,
        Failure(9000, 1.3, 60, 0.5),
        PowerByState(0.1, 0.7, 2.4, 0.5),
        ("VISION-100",),
        (fact("Cameras", 4, "", "Cameras", "相机数"),),
        robot=True,
    ),
)
