"""The submodel SceneBehaviour: how a machine's signals move its 3D model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xushi.demo._line_types import Machine, Signal, Text
from xushi.demo.models import rounded_route, route_of
from xushi.twins import Element, Submodel, SubmodelElementCollection, SubmodelElementList

from ._elements import file, group, outside, pointer, series, submodel_id, text, texts
from ._operational import signal_reference
from ._pictures import Pictures

NAME = "SceneBehaviour"
SEMANTIC = "urn:xushi:submodel:SceneBehaviour:1:0"
_CATEGORIES = {
    "station": "station",
    "buffer": "conveyor",
    "rework": "station",
    "store": "rack",
    "kitting": "rack",
    "agv": "agv",
    "plc": "utility",
    "meter": "utility",
    "compressor": "utility",
}
_LABELS = {
    "station": "CurrentEngine",
    "rework": "CurrentEngine",
    "kitting": "PickPart",
    "agv": "Target",
    "plc": "Engines.Finished",
    "meter": "Energy.Power",
    "compressor": "Sensors.Pressure",
}
# The stack light shines when its machine has something to say.
_LAMPS = {"station": "Alarm.Active", "rework": "Alarm.Active", "agv": "Driving", "compressor": "Loaded"}
_LOADS = ("container", "container", "kit")


def scene_behaviour(machine: Machine, signals: Sequence[Signal], stages: Sequence[str], pictures: Pictures) -> Submodel:
    """stages: the model name of the engine at each stage of assembly."""
    maker = _Maker({signal.path: signal for signal in signals}, pictures)
    maker.add("state", signal="State", detail="Detail")
    if machine.category in ("station", "rework"):
        maker.add("clip", clip="cycle", signal="Progress")
        maker.add("carry", stages, node="carrier", item="CurrentEngine", stage="Stage")
    elif machine.category == "buffer":
        route = [(x, machine.path[0][2], z) for x, z in rounded_route(route_of(machine))]
        maker.add("flow", stages, route, positions="Positions", stages="Stages")
    elif machine.category == "agv":
        maker.add("pose", PoseX="Pose.PositionX", PoseY="Pose.PositionY", theta="Pose.Theta")
        maker.add("carry", _LOADS, node="carrier", item="Load", stage="LoadKind")
    elif machine.category == "kitting":
        lights = sorted(path for path in maker.signals if path.startswith("Lights."))
        for number, path in enumerate(lights, 1):
            maker.add("light", node=f"lamp{number}", signal=path)
    lamp = _LAMPS.get(machine.category)
    if lamp:
        maker.add("light", node="lamp", signal=lamp)
    label = _LABELS.get(machine.category)
    if label:
        maker.add("label", signal=label)
    return _submodel(machine.id, _CATEGORIES[machine.category], maker.made)


def still(id: str, category: str) -> Submodel:
    """The behaviour of a thing that no signal moves."""
    return _submodel(id, category, [])


class _Maker:
    def __init__(self, signals: Mapping[str, Signal], pictures: Pictures) -> None:
        self.signals = signals
        self.made: list[SubmodelElementCollection] = []
        self._pictures = pictures

    def add(
        self, kind: str, models: Sequence[str] = (), path: Sequence[tuple[float, float, float]] = (), **fields: str
    ) -> None:
        """One behaviour; fields that name a signal become references, one that names a missing signal drops it."""
        plain = {"node", "clip"}
        if any(key not in plain and value not in self.signals for key, value in fields.items()):
            return
        elements: list[Element] = [text("kind", kind, f"{SEMANTIC}/kind")]
        for key, value in fields.items():
            meaning = f"{SEMANTIC}/{key}"
            if key in plain:
                elements.append(text(key, value, meaning))
            else:
                elements.append(pointer(key, signal_reference(self.signals[value]), meaning))
        if path:
            elements.append(
                series(
                    "path",
                    [_point(point) for point in path],
                    f"{SEMANTIC}/path",
                    f"{SEMANTIC}/point",
                    of="SubmodelElementList",
                )
            )
        if models:
            files = [
                file(None, self._pictures.path(model), "model/gltf-binary", f"{SEMANTIC}/model") for model in models
            ]
            elements.append(series("models", files, f"{SEMANTIC}/models", f"{SEMANTIC}/model", of="File"))
        self.made.append(group(None, elements, f"{SEMANTIC}/Behaviour"))


def _point(point: tuple[float, float, float]) -> SubmodelElementList:
    """x, y, z in metres of the model's own frame."""
    numbers = [text(None, repr(float(value)), f"{SEMANTIC}/coordinate", "xs:double") for value in point]
    return series(None, numbers, f"{SEMANTIC}/point", f"{SEMANTIC}/coordinate", "Property", "xs:double")


def _submodel(id: str, category: str, behaviours: Sequence[SubmodelElementCollection]) -> Submodel:
    elements: list[Element] = [text("Category", category, f"{SEMANTIC}/Category")]
    if behaviours:
        elements.append(series("Behaviours", behaviours, f"{SEMANTIC}/Behaviours", f"{SEMANTIC}/Behaviour"))
    return Submodel(
        id=submodel_id(id, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), kind="Instance",
        display_name=texts(Text("Behaviour in the scene", "场景行为")), submodel_elements=tuple(elements),
    )  # fmt: skip
