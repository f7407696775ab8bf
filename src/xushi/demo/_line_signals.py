"""Every signal of the demo plant: its path under OperationalData, type, unit, texts and its address on a protocol."""

from __future__ import annotations

from xushi.demo._line_machines import MACHINES
from xushi.demo._line_parts import BIN_PARTS
from xushi.demo._line_types import Machine, Signal, Text, ValueType

NAMESPACE = "urn:xushi:demo:plant"
GROUP, EDGE = "Demo", "Line1"
AGV_TOPIC = "uagv/v2/Xushi"
QUALITY_TOPIC = "demo/line1/quality"
KITTING_TOPIC = "demo/line1/kitting"
HEARTBEAT_TOPIC = "demo/line1/heartbeat"

# OPC 40001-1, MachineryItemState and MachineryOperationMode
STATE_LABELS = (
    Text("Not available", "不可用"),
    Text("Out of service", "停用"),
    Text("Not executing", "未执行"),
    Text("Executing", "执行中"),
)
MODE_LABELS = (
    Text("None", "无"),
    Text("Maintenance", "维护"),
    Text("Setup", "调整"),
    Text("Processing", "生产"),
)
DETAIL_LABELS = (
    Text("Running", "运行"),
    Text("Starved", "待料"),
    Text("Blocked", "堵料"),
    Text("Failed", "故障"),
    Text("Stopped", "停止"),
    Text("Set-up", "调整"),
)
VERDICT_LABELS = (Text("None", "无"), Text("Good", "合格"), Text("Not good", "不合格"))
SHIFT_LABELS = (Text("Night", "夜班"), Text("Early", "早班"), Text("Late", "中班"))
BOLTS = 10
TRACE_POINTS = 96


def opcua(
    machine: str,
    path: str,
    type: ValueType,
    en: str,
    zh: str,
    unit: str = "",
    *,
    writable: bool = False,
    labels: tuple[Text, ...] = (),
    low: float | None = None,
    high: float | None = None,
) -> Signal:
    return Signal(
        machine=machine,
        path=path,
        type=type,
        protocol="opcua",
        address=f"{machine}.{path}",
        name=Text(en, zh),
        unit=unit,
        writable=writable,
        labels=labels,
        low=low,
        high=high,
    )


def sparkplug(
    machine: str,
    path: str,
    type: ValueType,
    en: str,
    zh: str,
    unit: str = "",
    *,
    writable: bool = False,
    low: float | None = None,
    high: float | None = None,
) -> Signal:
    return Signal(
        machine=machine,
        path=path,
        type=type,
        protocol="sparkplug",
        address=f"spBv1.0/{GROUP}/DDATA/{EDGE}/{machine}",
        pointer=(path.replace(".", "/"),),
        name=Text(en, zh),
        unit=unit,
        writable=writable,
        low=low,
        high=high,
    )


def json(
    machine: str,
    path: str,
    type: ValueType,
    topic: str,
    pointer: tuple[str, ...],
    en: str,
    zh: str,
    unit: str = "",
    *,
    labels: tuple[Text, ...] = (),
    low: float | None = None,
    high: float | None = None,
    vda: bool = False,
) -> Signal:
    return Signal(
        machine=machine,
        path=path,
        type=type,
        protocol="vda5050" if vda else "json",
        address=topic,
        pointer=pointer,
        name=Text(en, zh),
        unit=unit,
        labels=labels,
        low=low,
        high=high,
    )


def _energy(machine: str) -> tuple[Signal, ...]:
    return (
        sparkplug(machine, "Energy.Power", "double", "Electric power", "有功功率", "kW", low=0.0),
        opcua(machine, "Energy.Total", "double", "Electric energy", "累计电能", "kW.h", low=0.0),
    )


def _station_state(op: str) -> tuple[Signal, ...]:
    return (
        opcua(op, "State", "enum", "Machine state", "机器状态", labels=STATE_LABELS),
        opcua(op, "OperationMode", "enum", "Operation mode", "运行模式", labels=MODE_LABELS),
        opcua(op, "Detail", "enum", "Running detail", "运行细分状态", labels=DETAIL_LABELS),
        opcua(op, "Progress", "double", "Progress of the cycle", "循环进度", low=0.0, high=1.0),
        opcua(op, "CurrentEngine", "string", "Engine in the station", "在位发动机"),
        opcua(op, "Stage", "int", "Stage of assembly of that engine", "装配阶段", low=0, high=10),
        opcua(op, "Counters.Good", "int", "Good engines", "合格数"),
        opcua(op, "Counters.Reject", "int", "Rejected engines", "不合格数"),
        opcua(op, "Counters.Total", "int", "All engines", "总数"),
        opcua(op, "CycleTime", "double", "Last cycle time", "上次节拍时间", "s", low=0.0, high=90.0),
        opcua(op, "ToolWear", "double", "Tool wear", "工具磨损", low=0.0, high=1.0),
        opcua(
            op, "CycleTimeFactor", "double", "Cycle-time factor", "节拍系数", writable=True, low=0.5, high=2.0
        ),
        opcua(op, "Alarm.Active", "bool", "Alarm present", "有报警"),
        opcua(op, "Alarm.Code", "int", "Alarm code", "报警代码"),
        opcua(op, "Alarm.Text", "string", "Alarm text", "报警文本"),
        opcua(op, "PokaYoke.Stopped", "bool", "Stopped by poka-yoke", "防错停机"),
        opcua(op, "PokaYoke.Expected", "string", "Expected part", "应装零件"),
        opcua(op, "PokaYoke.Found", "string", "Part found", "实扫零件"),
        opcua(op, "PokaYoke.Count", "int", "Wrong parts stopped", "防错拦截数"),
        opcua(
            op,
            "Material.Stock",
            "int",
            "Engines served by parts at the line",
            "线边物料可装台数",
            low=0,
            high=24,
        ),
        *_energy(op),
    )


# The fast sensors of each station: path, unit, texts, low, high.
FAST: dict[str, tuple[tuple[str, str, str, str, float, float], ...]] = {
    "OP10": (
        ("Sensors.GripperForce", "N", "Gripper force", "夹爪力", 0, 1600),
        ("Sensors.Axis1Current", "A", "Axis 1 current", "一轴电流", 0, 20),
        ("Sensors.Axis2Current", "A", "Axis 2 current", "二轴电流", 0, 20),
        ("Sensors.Axis3Current", "A", "Axis 3 current", "三轴电流", 0, 20),
    ),
    "OP20": (
        ("Sensors.SpindleTorqueA", "N.m", "Spindle A torque", "A 轴力矩", 0, 90),
        ("Sensors.SpindleTorqueB", "N.m", "Spindle B torque", "B 轴力矩", 0, 90),
        ("Sensors.BreakawayTorque", "N.m", "Crankshaft turning torque", "曲轴转动力矩", 0, 12),
    ),
    "OP30": (
        ("Sensors.PressForce", "kN", "Press force", "压装力", 0, 12),
        ("Sensors.PressPosition", "mm", "Press position", "压装位移", 0, 160),
        ("Sensors.HydraulicPressure", "bar", "Hydraulic pressure", "液压压力", 0, 180),
    ),
    "OP40": (
        ("Sensors.SpindleTorque", "N.m", "Spindle torque", "拧紧轴力矩", 0, 180),
        ("Sensors.SpindleAngle", "deg", "Spindle angle", "拧紧轴角度", 0, 360),
        ("Sensors.SpindleCurrent", "A", "Spindle current", "拧紧轴电流", 0, 30),
        ("Sensors.SpindleTemperature", "Cel", "Spindle temperature", "拧紧轴温度", 15, 90),
    ),
    "OP50": (
        ("Sensors.SpindleTorque", "N.m", "Spindle torque", "拧紧轴力矩", 0, 40),
        ("Sensors.VisionScore", "%", "Vision score", "视觉评分", 0, 100),
        ("Sensors.Axis1Current", "A", "Axis 1 current", "一轴电流", 0, 20),
    ),
    "OP60": (
        ("Sensors.TestPressure", "bar", "Test pressure", "试验压力", 0, 4),
        ("Sensors.DifferentialPressure", "Pa", "Differential pressure", "差压", -20, 200),
        ("Sensors.FixtureTemperature", "Cel", "Fixture temperature", "夹具温度", 10, 50),
    ),
    "OP70": (
        ("Sensors.SpindleTorque", "N.m", "Spindle torque", "拧紧轴力矩", 0, 40),
        ("Sensors.SealantFlow", "ml/min", "Sealant flow", "涂胶流量", 0, 80),
        ("Sensors.SealantPressure", "bar", "Sealant pressure", "涂胶压力", 0, 60),
    ),
    "OP80": (
        ("Sensors.OilFlow", "l/min", "Oil flow", "机油流量", 0, 30),
        ("Sensors.OilFilled", "l", "Oil filled", "已加注机油", 0, 5),
        ("Sensors.OilTemperature", "Cel", "Oil temperature", "机油温度", 10, 70),
    ),
    "OP90": (
        ("Sensors.DriveSpeed", "1/min", "Drive speed", "驱动转速", 0, 1400),
        ("Sensors.DriveTorque", "N.m", "Drive torque", "驱动力矩", 0, 60),
        ("Sensors.OilPressure", "bar", "Oil pressure", "机油压力", 0, 6),
        ("Sensors.ExhaustPressure", "mbar", "Exhaust pressure", "排气压力", -80, 80),
    ),
    "OP100": (
        ("Sensors.VisionScore", "%", "Vision score", "视觉评分", 0, 100),
        ("Sensors.LabelContrast", "%", "Label contrast", "标签对比度", 0, 100),
    ),
}
# Sensors that every station has.
COMMON_FAST = (
    ("Sensors.VibrationX", "mm/s", "Vibration X", "X 向振动", 0, 20),
    ("Sensors.VibrationY", "mm/s", "Vibration Y", "Y 向振动", 0, 20),
    ("Sensors.AirPressure", "bar", "Air pressure", "气源压力", 0, 10),
    ("Sensors.AirFlow", "l/min", "Air flow", "用气流量", 0, 400),
    ("Sensors.MotorCurrent", "A", "Motor current", "电机电流", 0, 40),
    ("Sensors.MotorTemperature", "Cel", "Motor temperature", "电机温度", 15, 110),
    ("Sensors.CabinetTemperature", "Cel", "Cabinet temperature", "电柜温度", 15, 60),
)

# The measured results in each station's quality message: path, type, unit, texts, low, high (limits of good).
RESULTS: dict[str, tuple[tuple[str, str, str, str, float, float], ...]] = {
    "OP10": (("SeatGap", "mm", "Seat gap", "贴合间隙", 0.0, 0.10),),
    "OP20": (
        ("CapTorque", "N.m", "Bearing-cap torque", "轴承盖力矩", 57.0, 63.0),
        ("EndPlay", "mm", "Crankshaft end play", "曲轴轴向间隙", 0.08, 0.25),
        ("TurningTorque", "N.m", "Turning torque", "转动力矩", 0.0, 6.0),
    ),
    "OP30": (
        ("PressForceMax", "kN", "Largest press force", "最大压装力", 3.0, 8.0),
        ("ProtrusionMax", "mm", "Piston protrusion", "活塞凸出量", -0.10, 0.30),
    ),
    "OP40": (
        ("TorqueMean", "N.m", "Mean final torque", "平均最终力矩", 72.0, 100.0),
        ("TorqueScatter", "N.m", "Scatter of final torque", "最终力矩离散度", 0.0, 5.0),
        ("YieldAngleMean", "deg", "Mean yield-point angle", "平均屈服点角度", 60.0, 130.0),
    ),
    "OP50": (
        ("FollowersSeated", "", "Followers seated", "就位摇臂数", 16, 16),
        ("ChainTension", "N", "Chain tension", "链条张力", 180.0, 260.0),
    ),
    "OP60": (("LeakRate", "cm3/min", "Leak rate", "泄漏率", 0.0, 12.0),),
    "OP70": (
        ("CoverTorque", "N.m", "Cover torque", "罩盖力矩", 9.0, 13.0),
        ("BeadWidth", "mm", "Bead width", "胶条宽度", 2.5, 3.5),
    ),
    "OP80": (("OilVolume", "l", "Oil volume", "机油加注量", 4.1, 4.3),),
    "OP90": (
        ("TorqueMean", "N.m", "Mean drive torque", "平均驱动力矩", 18.0, 34.0),
        ("OilPressure", "bar", "Oil pressure", "机油压力", 2.6, 4.4),
        ("Vibration", "mm/s", "Vibration", "振动", 0.0, 7.1),
    ),
    "OP100": (("VisionScore", "%", "Vision score", "视觉评分", 85.0, 100.0),),
    "RWK1": (("RepairTime", "s", "Repair time", "返修时间", 0.0, 600.0),),
}


def _quality(op: str) -> tuple[Signal, ...]:
    topic = f"{QUALITY_TOPIC}/{op}"
    fixed: tuple[Signal, ...] = (
        json(op, "Quality.Engine", "string", topic, ("engine",), "Engine", "发动机编号"),
        json(op, "Quality.Verdict", "enum", topic, ("verdict",), "Verdict", "判定", labels=VERDICT_LABELS),
        json(op, "Quality.Stage", "int", topic, ("stage",), "Stage reached", "完成阶段"),
        json(op, "Quality.Sequence", "int", topic, ("sequence",), "Message sequence", "消息序号"),
        json(op, "Quality.Attempt", "int", topic, ("attempt",), "Attempt at this station", "本站加工次数"),
        json(op, "Quality.CycleTime", "double", topic, ("cycle_s",), "Cycle time", "节拍时间", "s"),
        json(op, "Quality.Tool", "string", topic, ("tool",), "Tool used", "所用工具"),
        json(
            op,
            "Quality.Parts",
            "string[]",
            topic,
            ("parts",),
            "Parts fitted: number|identity|supplier",
            "装入零件：件号|编号|供方",
        ),
        json(op, "Quality.Faults", "string[]", topic, ("faults",), "Faults found", "发现缺陷"),
    )
    results = tuple(
        json(
            op,
            f"Quality.Results.{path}",
            "double",
            topic,
            ("results", path),
            en,
            zh,
            unit,
            low=low,
            high=high,
        )
        for path, unit, en, zh, low, high in RESULTS[op]
    )
    return fixed + results


def _special(op: str) -> tuple[Signal, ...]:
    if op == "OP40":
        bolts = tuple(
            signal
            for bolt in range(1, BOLTS + 1)
            for signal in (
                opcua(
                    op,
                    f"TorqueAngle.Bolt{bolt:02d}.Angle",
                    "double[]",
                    f"Bolt {bolt} angle",
                    f"{bolt} 号螺栓角度",
                    "deg",
                ),
                opcua(
                    op,
                    f"TorqueAngle.Bolt{bolt:02d}.Torque",
                    "double[]",
                    f"Bolt {bolt} torque",
                    f"{bolt} 号螺栓力矩",
                    "N.m",
                ),
            )
        )
        return (
            opcua(
                op,
                "TorqueTarget",
                "double",
                "Torque target",
                "目标力矩",
                "N.m",
                writable=True,
                low=60.0,
                high=110.0,
            ),
            opcua(op, "TorqueAngle.Engine", "string", "Engine of the traces", "曲线所属发动机"),
            opcua(
                op,
                "TorqueAngle.FinalTorque",
                "double[]",
                "Final torque of each bolt",
                "各螺栓最终力矩",
                "N.m",
            ),
            opcua(
                op,
                "TorqueAngle.YieldAngle",
                "double[]",
                "Yield-point angle of each bolt",
                "各螺栓屈服点角度",
                "deg",
            ),
            *bolts,
        )
    if op == "OP60":
        return (
            opcua(
                op,
                "LeakLimit",
                "double",
                "Leak-rate limit",
                "泄漏率上限",
                "cm3/min",
                writable=True,
                low=4.0,
                high=30.0,
            ),
        )
    if op == "OP80":
        return (
            opcua(
                op, "OilTarget", "double", "Oil target", "机油加注目标", "l", writable=True, low=3.5, high=5.0
            ),
        )
    return ()


def _station(op: str) -> tuple[Signal, ...]:
    fast = tuple(
        sparkplug(op, path, "double", en, zh, unit, low=low, high=high)
        for path, unit, en, zh, low, high in (*FAST[op], *COMMON_FAST)
    )
    return (*_station_state(op), *_special(op), *fast, *_quality(op))


def _buffer(machine: Machine) -> tuple[Signal, ...]:
    id = machine.id
    return (
        opcua(id, "Count", "int", "Engines on it", "在线台数", low=0, high=machine.capacity),
        opcua(id, "Positions", "double[]", "Positions along the path, 0 to 1", "沿路径位置 0–1"),
        opcua(id, "Stages", "int[]", "Stages of assembly", "各台装配阶段"),
        opcua(id, "Engines", "string[]", "Engine numbers", "发动机编号"),
        opcua(id, "Running", "bool", "Belt runs", "输送运行"),
    )


def _rework() -> tuple[Signal, ...]:
    id = "RWK1"
    return (
        *(signal for signal in _station_state(id) if not signal.path.startswith(("Material", "PokaYoke"))),
        opcua(id, "Scrapped", "int", "Engines scrapped", "报废台数"),
        *_quality(id),
    )


def _kitting() -> tuple[Signal, ...]:
    id, topic = "KIT1", KITTING_TOPIC
    lights = tuple(
        opcua(
            id, f"Lights.Bin{n:02d}", "bool", f"Light of bin {n} ({number})", f"{n} 号料箱指示灯（{number}）"
        )
        for n, number in enumerate(BIN_PARTS, start=1)
    )
    levels = opcua(id, "BinLevels", "int[]", "Parts left in each bin", "各料箱余量")
    return (
        opcua(id, "State", "enum", "Machine state", "机器状态", labels=STATE_LABELS),
        opcua(id, "Detail", "enum", "Running detail", "运行细分状态", labels=DETAIL_LABELS),
        *lights,
        levels,
        opcua(
            id,
            "PickBin",
            "int",
            "Bin to pick from, 0 none",
            "当前拣选料箱，0 为无",
            low=0,
            high=len(BIN_PARTS),
        ),
        opcua(id, "PickPart", "string", "Part to pick", "当前拣选零件"),
        opcua(id, "PickQuantity", "int", "Pieces to pick", "拣选数量"),
        opcua(id, "Confirmed", "bool", "Pick confirmed", "拣选已确认"),
        opcua(id, "KitFor", "string", "Station that the kit is for", "套件目标工位"),
        opcua(id, "KitsDone", "int", "Kits finished", "完成套件数"),
        opcua(id, "PokaYoke.Stopped", "bool", "Stopped by poka-yoke", "防错停止"),
        opcua(id, "PokaYoke.Expected", "string", "Expected part", "应拣零件"),
        opcua(id, "PokaYoke.Found", "string", "Part found", "实拣零件"),
        opcua(id, "PokaYoke.Count", "int", "Wrong picks stopped", "防错拦截数"),
        json(id, "LastPick.Kit", "string", topic, ("kit",), "Kit number", "套件编号"),
        json(id, "LastPick.Part", "string", topic, ("part",), "Part picked", "拣出零件"),
        json(id, "LastPick.Batch", "string", topic, ("batch",), "Batch picked", "拣出批次"),
        json(id, "LastPick.Correct", "bool", topic, ("correct",), "Pick correct", "拣选正确"),
        json(id, "LastPick.Sequence", "int", topic, ("sequence",), "Message sequence", "消息序号"),
        *_energy(id),
    )


def _agv(id: str) -> tuple[Signal, ...]:
    topic = f"{AGV_TOPIC}/{id}/state"

    def state(
        path: str,
        type: ValueType,
        pointer: str,
        en: str,
        zh: str,
        unit: str = "",
        low: float | None = None,
        high: float | None = None,
    ) -> Signal:
        return json(
            id, path, type, topic, tuple(pointer.split("/")), en, zh, unit, low=low, high=high, vda=True
        )

    look = f"{AGV_TOPIC}/{id}/visualization"
    return (
        json(id, "Pose.X", "double", look, ("agvPosition", "x"), "Position x", "位置 x", "m", vda=True),
        json(id, "Pose.Y", "double", look, ("agvPosition", "y"), "Position y", "位置 y", "m", vda=True),
        json(
            id, "Pose.Theta", "double", look, ("agvPosition", "theta"), "Heading", "航向角", "rad", vda=True
        ),
        json(id, "Velocity", "double", look, ("velocity", "vx"), "Speed", "速度", "m/s", vda=True),
        state(
            "Battery", "double", "batteryState/batteryCharge", "Battery charge", "电池电量", "%", 0.0, 100.0
        ),
        state("Charging", "bool", "batteryState/charging", "Charging", "充电中"),
        state("Driving", "bool", "driving", "Driving", "行驶中"),
        state("Paused", "bool", "paused", "Paused", "暂停"),
        state("OperatingMode", "string", "operatingMode", "Operating mode", "运行模式"),
        state("OrderId", "string", "orderId", "Order", "订单号"),
        state("LastNode", "string", "lastNodeId", "Last node", "上一节点"),
        state("HeaderId", "int", "headerId", "Message counter", "消息计数"),
        opcua(id, "State", "enum", "Machine state", "机器状态", labels=STATE_LABELS),
        opcua(id, "Detail", "enum", "Running detail", "运行细分状态", labels=DETAIL_LABELS),
        opcua(id, "Load", "string", "Load carried, empty for none", "载荷，空为无"),
        opcua(
            id,
            "LoadKind",
            "int",
            "Load kind: 0 none, 1 container, 2 kit",
            "载荷类型：0 无 1 料箱 2 套件",
            low=0,
            high=2,
        ),
        opcua(id, "Target", "string", "Machine to serve", "服务目标"),
        opcua(id, "Trips", "int", "Trips done", "完成趟数"),
        opcua(id, "Distance", "double", "Distance driven", "行驶里程", "m"),
    )


def _store() -> tuple[Signal, ...]:
    return (
        opcua("PS1", "State", "enum", "Machine state", "机器状态", labels=STATE_LABELS),
        opcua("PS1", "Detail", "enum", "Running detail", "运行细分状态", labels=DETAIL_LABELS),
        opcua("PS1", "ContainersOut", "int", "Containers issued", "出库料箱数"),
        opcua("PS1", "OpenOrders", "int", "Transport orders open", "未完成运输任务"),
        opcua("PS1", "Levels", "int[]", "Stock of each part of the bill of material", "各零件库存"),
        *_energy("PS1"),
    )


def _compressor() -> tuple[Signal, ...]:
    id = "CMP1"
    return (
        opcua(id, "State", "enum", "Machine state", "机器状态", labels=STATE_LABELS),
        opcua(id, "Detail", "enum", "Running detail", "运行细分状态", labels=DETAIL_LABELS),
        opcua(id, "Loaded", "bool", "Delivers air", "加载运行"),
        opcua(id, "OperatingHours", "double", "Operating hours", "运行小时", "h"),
        opcua(id, "Energy.Total", "double", "Electric energy", "累计电能", "kW.h"),
        sparkplug(id, "Energy.Power", "double", "Electric power", "有功功率", "kW", low=0.0),
        sparkplug(
            id, "Sensors.Pressure", "double", "Receiver pressure", "储气罐压力", "bar", low=0.0, high=10.0
        ),
        sparkplug(id, "Sensors.Flow", "double", "Air flow", "排气流量", "m3/min", low=0.0, high=4.0),
        sparkplug(
            id, "Sensors.OilTemperature", "double", "Oil temperature", "油温", "Cel", low=20.0, high=110.0
        ),
        sparkplug(id, "Sensors.VibrationX", "double", "Vibration X", "X 向振动", "mm/s", low=0.0, high=20.0),
        sparkplug(
            id, "PressureLow", "double", "Load below", "加载压力", "bar", writable=True, low=5.0, high=7.5
        ),
        sparkplug(
            id, "PressureHigh", "double", "Unload above", "卸载压力", "bar", writable=True, low=6.0, high=9.0
        ),
    )


def _meter() -> tuple[Signal, ...]:
    id = "EM1"
    return (
        sparkplug(id, "Energy.Power", "double", "Total electric power", "总有功功率", "kW", low=0.0),
        opcua(id, "Energy.Total", "double", "Total electric energy", "总电能", "kW.h"),
        sparkplug(id, "Sensors.VoltageL1", "double", "Voltage L1", "L1 电压", "V", low=200.0, high=260.0),
        sparkplug(id, "Sensors.VoltageL2", "double", "Voltage L2", "L2 电压", "V", low=200.0, high=260.0),
        sparkplug(id, "Sensors.VoltageL3", "double", "Voltage L3", "L3 电压", "V", low=200.0, high=260.0),
        sparkplug(
            id, "Sensors.Frequency", "double", "Mains frequency", "电网频率", "Hz", low=49.5, high=50.5
        ),
        sparkplug(id, "Sensors.PowerFactor", "double", "Power factor", "功率因数", low=0.0, high=1.0),
        opcua(id, "EnergyPerEngine", "double", "Energy per finished engine", "单台电耗", "kW.h"),
    )


def _controller() -> tuple[Signal, ...]:
    id = "PLC1"
    return (
        opcua(id, "State", "enum", "Line state", "产线状态", labels=STATE_LABELS),
        opcua(id, "Detail", "enum", "Running detail", "运行细分状态", labels=DETAIL_LABELS),
        opcua(id, "LineSpeed", "double", "Line speed", "线速系数", writable=True, low=0.3, high=1.5),
        opcua(id, "Shift.Number", "enum", "Shift", "班次", labels=SHIFT_LABELS),
        opcua(id, "Shift.Plan", "int", "Engines planned by now", "当前计划产量"),
        opcua(id, "Shift.Actual", "int", "Engines finished in the shift", "当班实际产量"),
        opcua(id, "Engines.Started", "int", "Engines started", "上线台数"),
        opcua(id, "Engines.Finished", "int", "Engines finished", "下线台数"),
        opcua(id, "Engines.Scrapped", "int", "Engines scrapped", "报废台数"),
        opcua(id, "Engines.InProcess", "int", "Engines in process", "在制台数"),
        opcua(id, "Engines.LastFinished", "string", "Last finished engine", "最近下线发动机"),
        opcua(id, "ClockTime", "time", "Plant clock", "工厂时钟"),
        opcua(id, "Heartbeat", "int", "Heartbeat, one more every second", "心跳，每秒加一"),
        opcua(id, "Published.OpcUa", "int", "Values written to OPC UA", "OPC UA 写出值数"),
        opcua(id, "Published.Sparkplug", "int", "Sparkplug metrics published", "Sparkplug 发布指标数"),
        opcua(id, "Published.Json", "int", "JSON messages published", "JSON 消息数"),
        opcua(id, "Published.Vda5050", "int", "VDA 5050 messages published", "VDA 5050 消息数"),
        sparkplug(id, "Soak.Sequence", "int", "Sequence, one more in every message", "序号，每条消息加一"),
        json(
            id,
            "Soak.JsonSequence",
            "int",
            HEARTBEAT_TOPIC,
            ("sequence",),
            "Sequence of the JSON heartbeat",
            "JSON 心跳序号",
        ),
    )


def _signals_of(machine: Machine) -> tuple[Signal, ...]:
    if machine.category == "station":
        return _station(machine.id)
    if machine.category == "buffer":
        return _buffer(machine)
    if machine.category == "agv":
        return _agv(machine.id)
    return {
        "rework": _rework,
        "kitting": _kitting,
        "store": _store,
        "compressor": _compressor,
        "meter": _meter,
        "plc": _controller,
    }[machine.category]()


SIGNALS: tuple[Signal, ...] = tuple(signal for machine in MACHINES for signal in _signals_of(machine))
