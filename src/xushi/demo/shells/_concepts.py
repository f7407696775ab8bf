"""The concept descriptions of the plant's own signals and figures, after IEC 61360, in both languages."""

from __future__ import annotations

from xushi.demo._line_types import Signal, TechnicalValue, Text
from xushi.twins import (
    ConceptDescription,
    DataSpecificationIec61360,
    EmbeddedDataSpecification,
    ValueList,
    ValueReferencePair,
)

from ._elements import ROOT, outside, texts

_SPECIFICATION = "https://admin-shell.io/DataSpecificationTemplates/DataSpecificationIec61360/3/1"
_MEASURED = {"double": "REAL_MEASURE", "double[]": "REAL_MEASURE", "int": "INTEGER_MEASURE", "int[]": "INTEGER_MEASURE"}
_COUNTED = {
    "double": "REAL_COUNT",
    "double[]": "REAL_COUNT",
    "int": "INTEGER_COUNT",
    "int[]": "INTEGER_COUNT",
    "enum": "INTEGER_COUNT",
    "bool": "BOOLEAN",
    "time": "TIMESTAMP",
}
# A group of signals that says what a station did to one engine, and its two fields that the platform looks for.
RESULT = "urn:xushi:ProductionResult:1:0"
# What the platform needs to know to simulate a plant: how machines work, and which signals tell how far they are.
PROCESS = "urn:xushi:Process:1:0"
# How material comes to the stations, and the vehicles that bring it.
SUPPLY = "urn:xushi:MaterialSupply:1:0"
TRANSPORT = "urn:xushi:Transport:1:0"
# What planning needs to know of a product or a part: stock, lead time, lots, and what it asks of the stations.
MATERIAL = "urn:xushi:Material:1:0"
# For which job order a line releases its pieces, after OPC 10031-4 (OPC UA for ISA-95, job control).
JOB_CONTROL = "urn:xushi:JobControl:1:0"
_FIXED = {
    "JobOrder": f"{PROCESS}/JobOrder",
    **{
        f"JobOrders.{name}": f"{JOB_CONTROL}/{name}"
        for name in ("Current", "Remaining", "LastStored", "List", "Quantities", "Released", "Finished", "States")
    },
    "Quality.Engine": f"{RESULT}/Serial", "Quality.Verdict": f"{RESULT}/Verdict",
    "CurrentEngine": f"{PROCESS}/CurrentPart", "CycleTimeFactor": f"{PROCESS}/CycleTimeFactor",
    "LineSpeed": f"{PROCESS}/SpeedFactor", "ToolWear": f"{PROCESS}/Wear",
    "Count": f"{PROCESS}/Level", "Engines": f"{PROCESS}/Parts",
    "Counters.Good": f"{PROCESS}/Good", "Counters.Reject": f"{PROCESS}/Reject", "Counters.Total": f"{PROCESS}/Total",
    "CycleTime": f"{PROCESS}/LastCycleTime", "Energy.Power": f"{PROCESS}/Power", "Energy.Total": f"{PROCESS}/Energy",
    "Material.Stock": f"{SUPPLY}/Stock", "KitFor": f"{SUPPLY}/Preparing", "Technical.Places": f"{SUPPLY}/Places",
    "LastNode": f"{TRANSPORT}/LastNode", "Load": f"{TRANSPORT}/Load", "Target": f"{TRANSPORT}/Target",
    "Driving": f"{TRANSPORT}/Driving", "Velocity": f"{TRANSPORT}/Velocity",
    **{f"Pose.{name}": f"{TRANSPORT}/{name}" for name in ("PositionX", "PositionY", "Theta")},
    "Technical.SpeedMax": f"{TRANSPORT}/Speed",
    **{
        f"Technical.{name}": f"{TRANSPORT}/{name}"
        for name in ("VehicleType", "LoadTime", "UnloadTime", "TurnSpeed", "Range", "ChargeTime")
    },
    "Technical.NominalCycleTime": f"{PROCESS}/CycleTime",
    "Technical.RatedPower": f"{PROCESS}/BusyPower", "Technical.StandbyPower": f"{PROCESS}/IdlePower",
    **{
        f"Technical.{name}": f"{PROCESS}/{name}"
        for name in ("Capacity", "TransferTime", "CycleTimeVariation", "CharacteristicLife", "WeibullShape",
                     "MeanTimeToRestore", "ScrapShare", "SetupTime", "StandsInFor", "StandInFactor")
    },
    **{
        f"Technical.{name}": f"{MATERIAL}/{name}"
        for name in ("Stock", "LeadTime", "LotPolicy", "OrderCost", "HoldingCost", "Family", "WorkFactor")
    },
}  # fmt: skip


class Concepts:
    """Gives every distinct meaning one concept description and hands out its id."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[object, ...]] = {}
        self._made: dict[str, ConceptDescription] = {}

    def of_signal(self, signal: Signal) -> str:
        return self._define(signal.path, signal.machine, signal.name, signal.type, signal.unit, signal.labels)

    def of_figure(self, figure: TechnicalValue, machine: str) -> str:
        kind = "string" if isinstance(figure.value, str) else "double"
        path = figure.meaning or figure.id_short
        return self._define(f"Technical.{path}", machine, figure.name, kind, figure.unit, ())

    def all(self) -> tuple[ConceptDescription, ...]:
        return tuple(self._made[key] for key in sorted(self._made))

    def _define(self, path: str, machine: str, name: Text, kind: str, unit: str, labels: tuple[Text, ...]) -> str:
        meaning = (name, kind, unit, labels)
        plain = _FIXED.get(path, f"{ROOT}:concept:{path}")
        for id in (plain, f"{plain}:{machine}"):
            if self._known.setdefault(id, meaning) == meaning:
                if id not in self._made:
                    self._made[id] = _describe(id, path, name, kind, unit, labels)
                return id
        raise ValueError(f"{machine}.{path} has two meanings in one machine")


def _describe(id: str, path: str, name: Text, kind: str, unit: str, labels: tuple[Text, ...]) -> ConceptDescription:
    content = DataSpecificationIec61360(
        preferred_name=texts(name),
        short_name=(),
        unit=unit or None,
        data_type=(_MEASURED if unit else _COUNTED).get(kind, "STRING"),  # type: ignore[arg-type]
        definition=texts(_definition(name, unit, labels)),
        value_list=_values(labels) if labels else None,
    )
    return ConceptDescription(
        id=id,
        id_short=path.replace(".", "_"),
        display_name=texts(name),
        embedded_data_specifications=(
            EmbeddedDataSpecification(data_specification=outside(_SPECIFICATION), data_specification_content=content),
        ),
    )


def _definition(name: Text, unit: str, labels: tuple[Text, ...]) -> Text:
    if labels:
        en = ", ".join(f"{number} {label.en}" for number, label in enumerate(labels))
        zh = "，".join(f"{number} {label.zh}" for number, label in enumerate(labels))
        return Text(f"{name.en}: {en}.", f"{name.zh}：{zh}。")
    if unit:
        return Text(f"{name.en}, in {unit}.", f"{name.zh}，单位 {unit}。")
    return Text(f"{name.en}, as the machine reports it.", f"{name.zh}，由设备上报。")


def _values(labels: tuple[Text, ...]) -> ValueList:
    """The allowed values; what each means is named by its English label, the definition holds both languages."""
    pairs = (ValueReferencePair(value=str(number), value_id=outside(label.en)) for number, label in enumerate(labels))
    return ValueList(value_reference_pairs=tuple(pairs))
