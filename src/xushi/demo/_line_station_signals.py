"""The signals of a station and of the rework bench."""

from __future__ import annotations

from xushi.demo._line_address import (
    BOLTS,
    DETAIL_LABELS,
    MODE_LABELS,
    QUALITY_TOPIC,
    STATE_LABELS,
    VERDICT_LABELS,
    json,
    opcua,
    sparkplug,
)
from xushi.demo._line_parts import parts_of
from xushi.demo._line_sensors import COMMON_FAST, FAST, RESULTS
from xushi.demo._line_types import Signal


def energy(machine: str) -> tuple[Signal, ...]:
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
        opcua(op, "JobOrder", "string", "Job order of that engine", "该发动机的作业订单"),
        opcua(op, "Stage", "int", "Stage of assembly of that engine", "装配阶段", low=0, high=10),
        opcua(op, "Counters.Good", "int", "Good engines", "合格数"),
        opcua(op, "Counters.Reject", "int", "Rejected engines", "不合格数"),
        opcua(op, "Counters.Total", "int", "All engines", "总数"),
        opcua(op, "CycleTime", "double", "Last cycle time", "上次节拍时间", "s", low=0.0, high=90.0),
        opcua(op, "ToolWear", "double", "Tool wear", "工具磨损", low=0.0, high=1.0),
        opcua(op, "CycleTimeFactor", "double", "Cycle-time factor", "节拍系数", writable=True, low=0.5, high=2.0),
        opcua(op, "Alarm.Active", "bool", "Alarm present", "有报警"),
        opcua(op, "Alarm.Code", "int", "Alarm code", "报警代码"),
        opcua(op, "Alarm.Text", "string", "Alarm text", "报警文本"),
        *energy(op),
    )


def _part_check(op: str) -> tuple[Signal, ...]:
    """What a station that mounts parts tells of them."""
    return (
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
    )


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
        return (opcua(op, "OilTarget", "double", "Oil target", "机油加注目标", "l", writable=True, low=3.5, high=5.0),)
    return ()


def station(op: str) -> tuple[Signal, ...]:
    fast = tuple(
        sparkplug(op, path, "double", en, zh, unit, low=low, high=high)
        for path, unit, en, zh, low, high in (*FAST[op], *COMMON_FAST)
    )
    parts = _part_check(op) if parts_of(op) else ()
    return (*_station_state(op), *parts, *_special(op), *fast, *_quality(op))


def rework() -> tuple[Signal, ...]:
    id = "RWK1"
    return (
        *_station_state(id),
        opcua(id, "Scrapped", "int", "Engines scrapped", "报废台数"),
        *_quality(id),
    )
