"""Every signal of the demo plant: its path under OperationalData, type, unit, texts and address."""

from __future__ import annotations

from xushi.demo._line_address import (
    AGV_TOPIC,
    DETAIL_LABELS,
    HEARTBEAT_TOPIC,
    KITTING_TOPIC,
    SHIFT_LABELS,
    STATE_LABELS,
    json,
    opcua,
    sparkplug,
)
from xushi.demo._line_machines import MACHINES
from xushi.demo._line_parts import BIN_PARTS
from xushi.demo._line_station_signals import energy, rework, station
from xushi.demo._line_types import Machine, Signal, ValueType


def _buffer(machine: Machine) -> tuple[Signal, ...]:
    id = machine.id
    return (
        opcua(id, "Count", "int", "Engines on it", "在线台数", low=0, high=machine.capacity),
        opcua(id, "Positions", "double[]", "Positions along the path, 0 to 1", "沿路径位置 0–1"),
        opcua(id, "Stages", "int[]", "Stages of assembly", "各台装配阶段"),
        opcua(id, "Engines", "string[]", "Engine numbers", "发动机编号"),
        opcua(id, "Running", "bool", "Belt runs", "输送运行"),
    )


def _kitting() -> tuple[Signal, ...]:
    id, topic = "KIT1", KITTING_TOPIC
    lights = tuple(
        opcua(id, f"Lights.Bin{n:02d}", "bool", f"Light of bin {n} ({number})", f"{n} 号料箱指示灯（{number}）")
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
        *energy(id),
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
        return json(id, path, type, topic, tuple(pointer.split("/")), en, zh, unit, low=low, high=high, vda=True)

    look = f"{AGV_TOPIC}/{id}/visualization"
    return (
        json(id, "Pose.PositionX", "double", look, ("agvPosition", "x"), "Position x", "位置 x", "m", vda=True),
        json(id, "Pose.PositionY", "double", look, ("agvPosition", "y"), "Position y", "位置 y", "m", vda=True),
        json(id, "Pose.Theta", "double", look, ("agvPosition", "theta"), "Heading", "航向角", "rad", vda=True),
        json(id, "Velocity", "double", look, ("velocity", "vx"), "Speed", "速度", "m/s", vda=True),
        state("Battery", "double", "batteryState/batteryCharge", "Battery charge", "电池电量", "%", 0.0, 100.0),
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
        *energy("PS1"),
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
        sparkplug(id, "Sensors.Pressure", "double", "Receiver pressure", "储气罐压力", "bar", low=0.0, high=10.0),
        sparkplug(id, "Sensors.Flow", "double", "Air flow", "排气流量", "m3/min", low=0.0, high=4.0),
        sparkplug(id, "Sensors.OilTemperature", "double", "Oil temperature", "油温", "Cel", low=20.0, high=110.0),
        sparkplug(id, "Sensors.VibrationX", "double", "Vibration X", "X 向振动", "mm/s", low=0.0, high=20.0),
        sparkplug(id, "PressureLow", "double", "Load below", "加载压力", "bar", writable=True, low=5.0, high=7.5),
        sparkplug(id, "PressureHigh", "double", "Unload above", "卸载压力", "bar", writable=True, low=6.0, high=9.0),
    )


def _meter() -> tuple[Signal, ...]:
    id = "EM1"
    return (
        sparkplug(id, "Energy.Power", "double", "Total electric power", "总有功功率", "kW", low=0.0),
        opcua(id, "Energy.Total", "double", "Total electric energy", "总电能", "kW.h"),
        sparkplug(id, "Sensors.VoltageL1", "double", "Voltage L1", "L1 电压", "V", low=200.0, high=260.0),
        sparkplug(id, "Sensors.VoltageL2", "double", "Voltage L2", "L2 电压", "V", low=200.0, high=260.0),
        sparkplug(id, "Sensors.VoltageL3", "double", "Voltage L3", "L3 电压", "V", low=200.0, high=260.0),
        sparkplug(id, "Sensors.Frequency", "double", "Mains frequency", "电网频率", "Hz", low=49.5, high=50.5),
        sparkplug(id, "Sensors.PowerFactor", "double", "Power factor", "功率因数", low=0.0, high=1.0),
        opcua(id, "EnergyPerEngine", "double", "Energy per finished engine", "单台电耗", "kW.h"),
    )


def _job_orders(id: str) -> tuple[Signal, ...]:
    """The list of job orders in columns, one row each, and what is released next."""
    return (
        opcua(id, "JobOrders.Current", "string", "Job order that engines are released for", "当前投放的作业订单"),
        opcua(id, "JobOrders.Remaining", "int", "Engines of it still to be released", "该订单待投放台数", low=0),
        opcua(id, "JobOrders.LastStored", "string", "Job order stored last", "最近下达的作业订单"),
        opcua(id, "JobOrders.List", "string[]", "Job orders in sequence", "作业订单列表（按次序）"),
        opcua(id, "JobOrders.Quantities", "int[]", "Quantity of each", "各订单数量"),
        opcua(id, "JobOrders.Released", "int[]", "Engines of each on the line or finished", "各订单在制与完工台数"),
        opcua(id, "JobOrders.Finished", "int[]", "Engines of each finished", "各订单完工台数"),
        opcua(
            id, "JobOrders.States", "int[]",
            "State of each: 1 not allowed to start, 2 allowed, 3 running, 4 interrupted, 5 ended",
            "各订单状态：1 不可开始 2 可开始 3 执行中 4 中断 5 结束",
        ),
    )  # fmt: skip


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
        *_job_orders(id),
        opcua(id, "ClockTime", "time", "Plant clock", "工厂时钟"),
        opcua(id, "Heartbeat", "int", "Heartbeat, one more every second", "心跳，每秒加一"),
        opcua(id, "Published.OpcUa", "int", "Values written to OPC UA", "OPC UA 写出值数"),
        opcua(id, "Published.Sparkplug", "int", "Sparkplug metrics published", "Sparkplug 发布指标数"),
        opcua(id, "Published.Json", "int", "JSON messages published", "JSON 消息数"),
        opcua(id, "Published.Vda5050", "int", "VDA 5050 messages published", "VDA 5050 消息数"),
        sparkplug(id, "Soak.Sequence", "int", "Sequence, one more in every round", "序号，每轮加一"),
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
        return station(machine.id)
    if machine.category == "buffer":
        return _buffer(machine)
    if machine.category == "agv":
        return _agv(machine.id)
    return {
        "rework": rework,
        "kitting": _kitting,
        "store": _store,
        "compressor": _compressor,
        "meter": _meter,
        "plc": _controller,
    }[machine.category]()


SIGNALS: tuple[Signal, ...] = tuple(signal for machine in MACHINES for signal in _signals_of(machine))
