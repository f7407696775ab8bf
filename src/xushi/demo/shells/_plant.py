"""Puts the shells of the whole plant together: line, machines, tools and product, with every file they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xushi.demo._line import LINE, MACHINES, PARTS, STAGES, signals_of
from xushi.demo._line_methods import methods_of
from xushi.demo._line_types import Machine, Nameplate, TechnicalValue, Text
from xushi.demo.models import model_of_buffer
from xushi.twins import (
    AssetAdministrationShell,
    AssetInformation,
    Environment,
    Key,
    Reference,
    SpecificAssetId,
    Submodel,
)

from ._behaviour import scene_behaviour, still
from ._concepts import Concepts
from ._documents import document_path, handover, operating_note
from ._elements import ROOT, asset_id, shell_id, texts
from ._history import time_series
from ._identity import nameplate, technical
from ._interfaces import interfaces
from ._layout import layout_file, road_map
from ._mapping import mapping
from ._operational import operational
from ._pictures import Pictures, models_3d
from ._structure import bill_of_material, layout

PRODUCT = "E15"
_PRODUCT_NAME = Text("Engine E15", "E15 发动机")
_STAND = (10.2, 5.2, 0.0, 25.0)  # where the engine on show stands, beside the dispatch end of the line
_MAKER = Text("Xushi Demo Machinery", "虚实示范装备")
_TYPES = {
    "station": "Station",
    "buffer": "Conveyor",
    "rework": "Station",
    "store": "Store",
    "kitting": "KittingRack",
    "agv": "AutomatedGuidedVehicle",
    "plc": "Controller",
    "meter": "EnergyMeter",
    "compressor": "Compressor",
}
_TOOLS = {
    "GRIPPER": Text("Gripper", "夹爪"),
    "SPINDLE": Text("Tightening spindle", "拧紧轴"),
    "PRESS": Text("Press ram", "压头"),
    "LEAK": Text("Leak-test unit", "气密仪"),
    "SEALER": Text("Sealant dispenser", "涂胶枪"),
    "FILLER": Text("Oil filler", "加油枪"),
    "DRIVE": Text("Test drive", "拖动电机"),
    "VISION": Text("Camera", "相机"),
}


class _Plant:
    def __init__(self) -> None:
        self.concepts = Concepts()
        self.pictures = Pictures()
        self.shells: list[AssetAdministrationShell] = []
        self.submodels: list[Submodel] = []
        self.files: dict[str, bytes] = {}
        self.engines = [f"engine-{stage.number:02d}" for stage in STAGES]

    def shell(
        self,
        id: str,
        name: Text,
        kind: str,
        submodels: Sequence[Submodel | None],
        serial: str = "",
        is_type: bool = False,
    ) -> None:
        held = [submodel for submodel in submodels if submodel is not None]
        references = tuple(
            Reference(type="ModelReference", keys=(Key(type="Submodel", value=submodel.id),)) for submodel in held
        )
        self.shells.append(
            AssetAdministrationShell(
                id=shell_id(id), id_short=id.replace("-", "_"), display_name=texts(name), submodels=references,
                asset_information=AssetInformation(
                    asset_kind="Type" if is_type else "Instance", global_asset_id=asset_id(id),
                    asset_type=f"{ROOT}:type:{kind}",
                    specific_asset_ids=(SpecificAssetId(name="serialNumber", value=serial),) if serial else (),
                ),
            )
        )  # fmt: skip
        self.submodels.extend(held)

    def line(self) -> None:
        path, content = layout_file()
        self.files[path] = content
        plate = Nameplate(
            manufacturer=_MAKER,
            product=Text("Engine assembly line", "发动机装配线"),
            family="Engine assembly",
            type_code="XD-LN10",
            serial="XD-LN10-25001",
            year=2025,
        )
        figures = (
            TechnicalValue("TaktTime", LINE.takt_s, "s", Text("Takt time", "生产节拍")),
            TechnicalValue("Stations", float(len(STAGES) - 1), "", Text("Stations", "工位数")),
        )
        self.shell(LINE.id, LINE.name, "Line", (
            nameplate(LINE.id, plate), technical(LINE.id, plate, figures, self.concepts),
            layout(LINE.id, LINE.name, MACHINES),
            models_3d(LINE.id, [("hall", Text("Assembly hall", "装配车间"))], self.pictures),
            still(LINE.id, "building"), road_map(LINE.id),
        ), plate.serial)  # fmt: skip

    def machine(self, machine: Machine) -> None:
        signals = signals_of(machine.id)
        model = model_of_buffer(machine) if machine.category == "buffer" else machine.id.lower()
        self.files[document_path(machine.id)] = operating_note(machine, signals)
        self.shell(machine.id, machine.name, _TYPES[machine.category], (
            nameplate(machine.id, machine.nameplate),
            technical(machine.id, machine.nameplate, machine.technical, self.concepts),
            operational(machine.id, signals, self.concepts),
            interfaces(machine.id, signals, methods_of(machine)),
            mapping(machine.id, signals),
            time_series(machine.id, signals, self.concepts),
            models_3d(machine.id, [(model, machine.name)], self.pictures),
            handover(machine),
            scene_behaviour(machine, signals, self.engines, self.pictures),
        ), machine.nameplate.serial)  # fmt: skip

    def tool(self, id: str, machine: Machine) -> None:
        name = _TOOLS[id.split("-", maxsplit=1)[0]]
        named = Text(f"{name.en} {id}", f"{name.zh} {id}")
        plate = Nameplate(
            manufacturer=machine.nameplate.manufacturer,
            product=name,
            family="Engine assembly",
            type_code=f"XT-{id.split('-')[0]}",
            serial=f"XT-{id}",
            year=machine.nameplate.year,
        )
        figures = (TechnicalValue("UsedAt", machine.id, "", Text("Used at", "所在工位")),)
        self.shell(
            id, named, "Tool", (nameplate(id, plate), technical(id, plate, figures, self.concepts)), plate.serial
        )

    def product(self) -> None:
        plate = Nameplate(
            manufacturer=_MAKER, product=_PRODUCT_NAME, family="E15", type_code="E15-1.5T", serial="E15", year=2026
        )
        figures = (
            TechnicalValue("Displacement", 1.5, "l", Text("Displacement", "排量")),
            TechnicalValue("Cylinders", 4.0, "", Text("Cylinders", "气缸数")),
            TechnicalValue(
                "Mass", round(sum(part.mass_kg * part.quantity for part in PARTS), 2), "kg", Text("Mass", "质量")
            ),
        )
        titles = [("engine-on-show", _PRODUCT_NAME)]
        titles += [(model, stage.name) for model, stage in zip(self.engines, STAGES, strict=True)]
        self.shell(PRODUCT, _PRODUCT_NAME, "Product", (
            nameplate(PRODUCT, plate), technical(PRODUCT, plate, figures, self.concepts),
            bill_of_material(PRODUCT, _PRODUCT_NAME, PARTS, _STAND),
            models_3d(PRODUCT, titles, self.pictures), still(PRODUCT, "product"),
        ), is_type=True)  # fmt: skip


def build_plant() -> tuple[Environment, Mapping[str, bytes]]:
    """The environment of the demo plant and its files by package path; the same every time."""
    plant = _Plant()
    plant.line()
    for machine in MACHINES:
        plant.machine(machine)
    for machine in MACHINES:
        for tool in machine.tools:
            plant.tool(tool, machine)
    plant.product()
    environment = Environment(
        asset_administration_shells=tuple(plant.shells), submodels=tuple(plant.submodels),
        concept_descriptions=plant.concepts.all(),
    )  # fmt: skip
    return environment, {**plant.pictures.files(), **plant.files}
