"""Puts the shells of the whole plant together: line, machines, tools and product, with every file they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xushi.demo._line import (
    LINE,
    MACHINES,
    PARTS,
    PRODUCTS,
    STAGES,
    VARIANT_PARTS,
    parts_in,
    signals_of,
    supply_of,
)
from xushi.demo._line_methods import methods_of
from xushi.demo._line_types import Machine, Nameplate, Part, Product, TechnicalValue, Text
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

SHOWN = "E15"  # the engine that stands on show
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

    def product(self, product: Product) -> None:
        parts = parts_in(product)
        plate = Nameplate(
            manufacturer=_MAKER, product=product.name, family="E15", type_code=product.type_code, serial=product.id,
            year=2026,
        )  # fmt: skip
        figures = (
            TechnicalValue("Displacement", 1.5, "l", Text("Displacement", "排量")),
            TechnicalValue("Cylinders", 4.0, "", Text("Cylinders", "气缸数")),
            TechnicalValue(
                "Mass", round(sum(part.mass_kg * part.quantity for part in parts), 2), "kg", Text("Mass", "质量")
            ),
            TechnicalValue("Family", product.id, "", Text("Set-up family", "换型族")),
            *(
                TechnicalValue(
                    station, factor, "", Text("Work over that of the E15", "作业时间相对 E15 的倍数"), "WorkFactor"
                )
                for station, factor in product.work
            ),
        )
        held: list[Submodel] = [nameplate(product.id, plate), technical(product.id, plate, figures, self.concepts)]
        if product.id == SHOWN:
            titles = [("engine-on-show", product.name)]
            titles += [(model, stage.name) for model, stage in zip(self.engines, STAGES, strict=True)]
            held += [
                bill_of_material(product.id, product.name, parts, _STAND),
                models_3d(product.id, titles, self.pictures), still(product.id, "product"),
            ]  # fmt: skip
        else:
            held.append(bill_of_material(product.id, product.name, parts))
        self.shell(product.id, product.name, "Product", held, is_type=True)

    def part(self, part: Part) -> None:
        supply = supply_of(part)
        plate = Nameplate(
            manufacturer=Text(part.supplier, part.supplier), product=part.name, family="E15", type_code=part.number,
            serial=part.number, year=2026,
        )  # fmt: skip
        figures = (
            TechnicalValue("Stock", float(supply.stock), "", Text("In stock", "库存")),
            TechnicalValue("LeadTime", supply.lead_time_h, "h", Text("Lead time of an order", "采购提前期")),
            TechnicalValue("LotPolicy", supply.policy, "", Text("Lot sizing", "批量策略")),
            TechnicalValue("OrderCost", supply.order_cost, "", Text("Cost of an order", "订货成本")),
            TechnicalValue(
                "HoldingCost", supply.holding_cost, "", Text("Cost of holding a piece for a day", "单件日持有成本")
            ),
        )
        self.shell(
            part.number, part.name, "Part", (technical(part.number, plate, figures, self.concepts),), is_type=True
        )


def build_plant() -> tuple[Environment, Mapping[str, bytes]]:
    """The environment of the demo plant and its files by package path; the same every time."""
    plant = _Plant()
    plant.line()
    for machine in MACHINES:
        plant.machine(machine)
    for machine in MACHINES:
        for tool in machine.tools:
            plant.tool(tool, machine)
    for product in PRODUCTS:
        plant.product(product)
    for part in (*PARTS, *VARIANT_PARTS):
        plant.part(part)
    environment = Environment(
        asset_administration_shells=tuple(plant.shells), submodels=tuple(plant.submodels),
        concept_descriptions=plant.concepts.all(),
    )  # fmt: skip
    return environment, {**plant.pictures.files(), **plant.files}
