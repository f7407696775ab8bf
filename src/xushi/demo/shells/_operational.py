"""The submodel OperationalData: one element per signal of a machine, in collections that follow the dotted paths."""

from __future__ import annotations

from collections.abc import Sequence

from xushi.demo._line_types import Signal, Text
from xushi.twins import Element, Qualifier, Reference, Submodel

from ._concepts import RESULT, Concepts
from ._elements import group, inside, outside, series, submodel_id, text, texts

NAME = "OperationalData"
SEMANTIC = "urn:xushi:submodel:OperationalData:1:0"
_VALUE_TYPES = {
    "double": "xs:double",
    "int": "xs:long",
    "bool": "xs:boolean",
    "enum": "xs:int",
    "string": "xs:string",
    "time": "xs:dateTime",
    "double[]": "xs:double",
    "int[]": "xs:long",
    "string[]": "xs:string",
}
_GROUPS = {
    "Alarm": Text("Alarm", "报警"), "Counters": Text("Counters", "计数"), "Energy": Text("Energy", "能源"),
    "Engines": Text("Engines", "发动机"),
    "JobOrders": Text("Job orders", "作业订单"), "LastPick": Text("Last pick", "最近拣选"),
    "Lights": Text("Lights", "指示灯"),
    "Material": Text("Material", "物料"), "PokaYoke": Text("Poka-yoke", "防错"), "Pose": Text("Pose", "位姿"),
    "Published": Text("Published values", "已发布数据"), "Quality": Text("Quality result", "质量结果"),
    "Results": Text("Measured results", "测量结果"), "Sensors": Text("Sensors", "传感器"),
    "Shift": Text("Shift", "班次"),
    "Soak": Text("Counters for endurance tests", "耐久测试计数"),
    "TorqueAngle": Text("Torque-angle traces", "力矩-角度曲线"),
}  # fmt: skip
_TITLE = Text("Operational data", "运行数据")


def operational(machine: str, signals: Sequence[Signal], concepts: Concepts) -> Submodel:
    return Submodel(
        id=submodel_id(machine, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), display_name=texts(_TITLE),
        kind="Instance", submodel_elements=_level(list(signals), 0, concepts),
    )  # fmt: skip


def _level(signals: list[Signal], depth: int, concepts: Concepts) -> tuple[Element, ...]:
    """Elements of one level, in the order in which their first signal appears."""
    buckets: dict[str, list[Signal]] = {}
    for signal in signals:
        buckets.setdefault(signal.path.split(".")[depth], []).append(signal)
    out: list[Element] = []
    for step, members in buckets.items():
        if len(members) == 1 and members[0].path.count(".") == depth:
            out.append(_leaf(members[0], step, concepts))
        else:
            name = _GROUPS.get(step) or Text(step, step.replace("Bolt", "螺栓"))
            meaning = RESULT if step == "Quality" else ""
            out.append(group(step, _level(members, depth + 1, concepts), meaning, name))
    return tuple(out)


def _leaf(signal: Signal, step: str, concepts: Concepts) -> Element:
    concept = concepts.of_signal(signal)
    value_type = _VALUE_TYPES[signal.type]
    if signal.type.endswith("[]"):
        return series(
            step, (), concept, of="Property", value_type=value_type, name=signal.name, qualifiers=_limits(signal)
        )
    return text(step, None, concept, value_type, signal.name, _limits(signal))


def _limits(signal: Signal) -> tuple[Qualifier, ...]:
    ends = (("Low", signal.low), ("High", signal.high))
    return tuple(
        Qualifier(type=name, kind="ConceptQualifier", value_type="xs:double", value=repr(float(value)))
        for name, value in ends
        if value is not None
    )


def signal_reference(signal: Signal) -> Reference:
    """The model reference to the element that a signal fills."""
    steps = signal.path.split(".")
    last = "SubmodelElementList" if signal.type.endswith("[]") else "Property"
    path = [("SubmodelElementCollection", step) for step in steps[:-1]] + [(last, steps[-1])]
    return inside(submodel_id(signal.machine, NAME), *path)
