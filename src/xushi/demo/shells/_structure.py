"""Hierarchical Structures 1.1 (IDTA 02011): the plant's layout with placements, and the engine's bill of material."""

from __future__ import annotations

from collections.abc import Sequence

from xushi.demo._line import BIN_PARTS, ISSUE_S, PICK_S, TRAY_SIZE, VEHICLE_TYPE, parts_of, source_of
from xushi.demo._line_types import Machine, Part, Text
from xushi.twins import (
    AnnotatedRelationshipElement,
    Element,
    Entity,
    Property,
    RelationshipElement,
    Submodel,
    SubmodelElementCollection,
)

from ._concepts import MATERIAL, SUPPLY
from ._elements import ROOT, asset_id, group, inside, outside, relation, submodel_id, text, texts

NAME = "HierarchicalStructures"
SEMANTIC = "https://admin-shell.io/idta/HierarchicalStructures/1/1/Submodel"
PLACEMENT = "urn:xushi:Placement:1:0"
FLOW = "urn:xushi:MaterialFlow:1:0"
SPEED = "urn:xushi:SpeedControl:1:0"
_BASE = "https://admin-shell.io/idta/HierarchicalStructures"
_REWORK = "RWK1"
_CONTROLLER, _QUICKENED = "PLC1", ("station", "rework")
_REJECTED = 0.03  # of what the two tests judge, as planned
_PICKING = 0.25  # variation of the time a kit takes


def placement(x_m: float, y_m: float, z_m: float, rotation_deg: float) -> SubmodelElementCollection:
    """Where a node stands in the frame of the node above: x east, y north, z up; the turn is about z."""
    fields = (("PositionX", x_m), ("PositionY", y_m), ("PositionZ", z_m), ("RotationZ", rotation_deg))
    name = Text("Placement", "安装位置")
    return group(
        "Placement",
        [text(key, repr(float(value)), f"{PLACEMENT}/{key}", "xs:double") for key, value in fields],
        PLACEMENT,
        name,
    )


def _node(id_short: str, asset: str, statements: Sequence[Element], name: Text, is_entry: bool = False) -> Entity:
    return Entity(
        id_short=id_short, entity_type="SelfManagedEntity", global_asset_id=asset, statements=tuple(statements),
        semantic_id=outside(f"{_BASE}/EntryNode/1/0" if is_entry else f"{_BASE}/Node/1/0"), display_name=texts(name),
    )  # fmt: skip


def _supply(line: str, station: str) -> AnnotatedRelationshipElement:
    """How a station gets its material: from whom, in trays of how many pieces, asked for at which stock, by whom."""
    source = source_of(station)
    pieces = sum(part.quantity for part in parts_of(station))
    picks = sum(part.number in BIN_PARTS for part in parts_of(station))
    at_station = station == "OP100"  # nameplates are printed there
    prepare_s = 0.0 if at_station else PICK_S * picks if source == "KIT1" else ISSUE_S
    facts = [
        text("TrayPieces", TRAY_SIZE * pieces, f"{SUPPLY}/TrayPieces", "xs:int"),
        text("ReorderPoint", TRAY_SIZE, f"{SUPPLY}/ReorderPoint", "xs:int"),
        text("PreparationTime", prepare_s, f"{SUPPLY}/PreparationTime", "xs:double"),
    ]
    if source == "KIT1":
        facts.append(text("PreparationTimeVariation", _PICKING, f"{SUPPLY}/PreparationTimeVariation", "xs:double"))
    if not at_station:
        facts.append(text("VehicleType", VEHICLE_TYPE, f"{SUPPLY}/VehicleType"))
    first, second = (
        inside(submodel_id(line, NAME), ("Entity", "EntryNode"), ("Entity", one)) for one in (source, station)
    )
    return AnnotatedRelationshipElement(
        id_short=f"Supply_{source}_{station}", first=first, second=second, semantic_id=outside(SUPPLY),
        annotations=tuple(facts),
    )  # fmt: skip


def _flow(owner: str, before: str, behind: str, facts: Sequence[Property]) -> AnnotatedRelationshipElement:
    """Parts go from one node of the layout to another."""
    nodes = (inside(submodel_id(owner, NAME), ("Entity", "EntryNode"), ("Entity", each)) for each in (before, behind))
    first, second = nodes
    return AnnotatedRelationshipElement(
        id_short=f"Flow_{before}_{behind}", first=first, second=second, semantic_id=outside(FLOW),
        annotations=tuple(facts),
    )  # fmt: skip


def _flows(line: str, machines: Sequence[Machine]) -> list[Element]:
    """The way of the material: into each buffer and out of it; engines from rework go first."""
    flows: list[Element] = []
    for buffer in machines:
        if not buffer.source:
            continue
        reject = buffer.target == _REWORK
        share = text("Share", _REJECTED if reject else 1.0 - _REJECTED, f"{FLOW}/Share", "xs:double")
        has_choice = any(one.target == _REWORK and one.source == buffer.source for one in machines)
        flows.append(_flow(line, buffer.source, buffer.id, (share,) if has_choice else ()))
        if buffer.target:
            first = buffer.source == _REWORK or (buffer.target == _REWORK and buffer.id == "B91")
            facts = (text("Precedence", 1, f"{FLOW}/Precedence", "xs:int"),) if first else ()
            flows.append(_flow(line, buffer.id, buffer.target, facts))
    return flows


def _speed(line: str, controller: str, station: str) -> RelationshipElement:
    """The controller's set-point of speed counts for a station."""
    submodel = submodel_id(line, NAME)
    first, second = (inside(submodel, ("Entity", "EntryNode"), ("Entity", one)) for one in (controller, station))
    return relation(f"Speed_{controller}_{station}", first, second, SPEED)


def _has_part(owner: str, *path: str) -> RelationshipElement:
    """The last step of the path is part of what the steps before it name."""
    steps = [("Entity", step) for step in path]
    submodel = submodel_id(owner, NAME)
    return relation(
        f"HasPart_{path[-1]}", inside(submodel, *steps[:-1]), inside(submodel, *steps), f"{_BASE}/HasPart/1/0"
    )


def _submodel(owner: str, entry: Entity, name: Text) -> Submodel:
    return Submodel(
        id=submodel_id(owner, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), kind="Instance",
        display_name=texts(name),
        submodel_elements=(entry, text("ArcheType", "Full", f"{_BASE}/ArcheType/1/0")),
    )  # fmt: skip


def layout(line: str, name: Text, machines: Sequence[Machine]) -> Submodel:
    """The line's entry node, one node per machine with its placement, and each station's tools below it."""
    statements: list[Element] = [placement(0, 0, 0, 0)]
    for machine in machines:
        below: list[Element] = [placement(machine.x, machine.y, machine.z, machine.rotation_deg)]
        for tool in machine.tools:
            part = _id_short(tool)
            below.append(_node(part, asset_id(tool), (), Text(tool, tool)))
            below.append(_has_part(line, "EntryNode", machine.id, part))
        statements.append(_node(machine.id, asset_id(machine.id), below, machine.name))
    statements += [_has_part(line, "EntryNode", machine.id) for machine in machines]
    statements += _flows(line, machines)
    statements += [_speed(line, _CONTROLLER, machine.id) for machine in machines if machine.category in _QUICKENED]
    statements += [_supply(line, machine.id) for machine in machines if parts_of(machine.id)]
    return _submodel(
        line, _node("EntryNode", asset_id(line), statements, name, is_entry=True), Text("Layout", "布局结构")
    )


def bill_of_material(
    product: str, name: Text, parts: Sequence[Part], stand: tuple[float, float, float, float] | None = None
) -> Submodel:
    """What one engine is made of; `stand` is the placement of the engine on show."""
    statements: list[Element] = [placement(*stand)] if stand is not None else []
    for part in parts:
        facts = (
            text("BulkCount", part.quantity, f"{_BASE}/BulkCount/1/0", "xs:unsignedLong"),
            text("PartNumber", part.number, f"{ROOT}:concept:Part.Number"),
            text("Station", part.station, f"{MATERIAL}/Station"),
            text("Supplier", part.supplier, f"{ROOT}:concept:Part.Supplier"),
            text("Tracing", part.tracing, f"{ROOT}:concept:Part.Tracing"),
            text("Mass", repr(part.mass_kg), f"{ROOT}:concept:Part.Mass", "xs:double"),
        )
        statements.append(_node(_part_id(part), asset_id(part.number), facts, part.name))
    statements += [_has_part(product, "EntryNode", _part_id(part)) for part in parts]
    entry = _node("EntryNode", asset_id(product), statements, name, is_entry=True)
    return _submodel(product, entry, Text("Bill of material", "物料清单"))


def _id_short(text_: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in text_)


def _part_id(part: Part) -> str:
    return f"Part_{_id_short(part.number)}"
