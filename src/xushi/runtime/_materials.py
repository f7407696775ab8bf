"""Reads products and parts out of the twins: bills of materials, stock, lead times, lots, work at the stations.

A bill of materials is a Hierarchical Structures submodel (IDTA 02011) in which nodes have a `BulkCount`; figures are
Properties with a meaning `urn:xushi:Material:1:0/…` in the Technical Data (IDTA 02003) of the product or the part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from xushi.runtime._signals_of_twins import texts
from xushi.runtime._twins import TwinIndex
from xushi.twins import Entity, Property, Submodel, walk

MATERIAL = "urn:xushi:Material:1:0"
_STRUCTURE = "HierarchicalStructures"
_COUNT = "BulkCount"
_DEEPEST = 32


class Used(msgspec.Struct, frozen=True):
    """So many of a material in one of its parent, and the station that mounts them, where one is named."""

    material: str
    quantity: float
    station: str = ""


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """A product or a part.

    Attributes:
        id: of its shell, or of the asset where it has none.
        name: by language.
        parts: its bill of materials.
        facts: figures and words by the last part of their meaning: Stock, LeadTime (h), LotPolicy, OrderCost,
            HoldingCost (of a piece and day), Capacity (pieces a day), Supplier (those of one share it), Family.
        work: by station, the work over what the station takes usually.
        stock_key: of the signal that its stock is, where that is mapped to one.
    """

    id: str
    name: dict[str, str]
    parts: tuple[Used, ...] = ()
    facts: dict[str, str] = {}
    work: dict[str, float] = {}
    stock_key: str = ""

    @property
    def family(self) -> str:
        """What a machine must be set up for: as the twin says, else the product itself."""
        return self.facts.get("Family") or self.id

    def number(self, fact: str, default: float = 0.0) -> float:
        """A figure; the default where it is not told or no number."""
        try:
            return float(self.facts[fact])
        except (KeyError, ValueError):
            return default


def find_materials(twins: TwinIndex) -> dict[str, Material]:
    """Return every product with a bill of materials, and all that goes into one, by id."""
    shells = {shell.id: shell for shell in twins.shells()}
    by_asset = {
        shell.asset_information.global_asset_id: shell.id
        for shell in shells.values()
        if shell.asset_information.global_asset_id
    }
    told: dict[str, tuple[dict[str, str], dict[str, float]]] = {}
    stock_keys: dict[str, str] = {}
    bills: dict[str, list[Used]] = {}
    names: dict[str, dict[str, str]] = {}
    for submodel in twins.submodels():
        if submodel.kind == "Template":
            continue
        shell = twins.shell_of_submodel.get(submodel.id)
        if _is_bill(submodel):
            for node in submodel.submodel_elements:
                if isinstance(node, Entity):
                    _read_node(node, submodel.id, by_asset, bills, names)
        elif shell is not None and _says_material(submodel):
            facts, work = told.setdefault(shell, ({}, {}))
            _read_facts(submodel, facts, work)
            for path, element in walk(submodel):
                if isinstance(element, Property) and _role(_meaning(element)) == "Stock":
                    stock_keys[shell] = f"{submodel.id}#{path}"
    wanted = dict.fromkeys([*bills, *(used.material for parts in bills.values() for used in parts)])
    found = {}
    for material in wanted:
        shell_names = texts(shells[material].display_name) if material in shells else {}
        facts, work = told.get(material, ({}, {}))
        named = shell_names or names.get(material) or {"en": material}
        found[material] = Material(
            id=material, name=named, parts=tuple(bills.get(material, ())), facts=facts, work=work,
            stock_key=stock_keys.get(material, ""),
        )  # fmt: skip
    return found


def products_of(materials: dict[str, Material]) -> list[Material]:
    """The materials that are made and go into nothing else."""
    used = {one.material for material in materials.values() for one in material.parts}
    return [material for material in materials.values() if material.parts and material.id not in used]


class Kind(msgspec.Struct, frozen=True):
    """In what a product differs for the machines: its set-up family, and its work over the usual one by machine."""

    family: str
    work: dict[str, float] = {}


def kinds_of(materials: dict[str, Material]) -> dict[str, Kind]:
    """Return the products as the machines see them, by id."""
    return {product.id: Kind(product.family, product.work) for product in products_of(materials)}


def pieces_at(materials: dict[str, Material]) -> dict[str, float]:
    """Return how many pieces of material each station mounts on one workpiece, of the product that needs the most."""
    found: dict[str, float] = {}
    for product in products_of(materials):
        for station, pieces in _mounted(materials, product, 1.0, ()).items():
            found[station] = max(pieces, found.get(station, 0.0))
    return found


def _mounted(
    materials: dict[str, Material], whole: Material, count: float, above: tuple[str, ...]
) -> dict[str, float]:  # fmt: skip
    """The pieces by station in so many of a material, with all that they are made of."""
    found: dict[str, float] = {}
    for one in whole.parts:
        if one.material in above or len(above) > _DEEPEST:
            continue  # a circle, which the requirements planning refuses
        pieces = count * one.quantity
        if one.station:
            found[one.station] = found.get(one.station, 0.0) + pieces
        for station, more in _mounted(materials, materials[one.material], pieces, (*above, whole.id)).items():
            found[station] = found.get(station, 0.0) + more
    return found


def _meaning(element: Any) -> str:
    reference = element.semantic_id
    return reference.keys[-1].value if reference is not None and reference.keys else ""


def _is_bill(submodel: Submodel) -> bool:
    if _STRUCTURE not in f"{_meaning(submodel)} {submodel.id_short}":
        return False
    return any(isinstance(one, Property) and one.id_short == _COUNT for _, one in walk(submodel))


def _says_material(submodel: Submodel) -> bool:
    return any(_meaning(one).startswith(f"{MATERIAL}/") for _, one in walk(submodel) if isinstance(one, Property))


def _role(meaning: str) -> str:
    """What a meaning says of material; empty where it is about something else."""
    is_own = meaning.startswith(f"{MATERIAL}/")
    return meaning.removeprefix(f"{MATERIAL}/").partition(":")[0] if is_own else ""


def _read_facts(submodel: Submodel, facts: dict[str, str], work: dict[str, float]) -> None:
    for _, element in walk(submodel):
        meaning = _meaning(element)
        if not isinstance(element, Property) or not meaning.startswith(f"{MATERIAL}/") or not element.value:
            continue
        role = _role(meaning)
        if role != "WorkFactor":
            facts[role] = element.value
            continue
        try:
            factor = float(element.value)
        except ValueError:
            continue
        if 0.01 <= factor <= 100:
            work[str(element.id_short)] = factor


def _read_node(
    node: Entity, owner: str, by_asset: dict[str, str], bills: dict[str, list[Used]], names: dict[str, dict[str, str]],
    depth: int = 0,
) -> str:  # fmt: skip
    """Read a node and those below it; return what it stands for."""
    asset = node.global_asset_id or ""
    name = by_asset.get(asset) or asset or f"{owner}#{node.id_short}"
    names.setdefault(name, texts(node.display_name) or {"en": str(node.id_short)})
    children = [one for one in node.statements if isinstance(one, Entity)]
    if children and depth < _DEEPEST and name not in bills:
        parts = bills.setdefault(name, [])
        for child in children:
            used = _read_node(child, owner, by_asset, bills, names, depth + 1)
            parts.append(Used(used, *_usage(child)))
    return name


def _usage(node: Entity) -> tuple[float, str]:
    quantity, station = 1.0, ""
    for one in _properties(node):
        if one.id_short == _COUNT:
            try:
                quantity = max(0.0, float(one.value or 1))
            except ValueError:
                quantity = 1.0
        elif _meaning(one) == f"{MATERIAL}/Station":
            station = one.value or ""
    return quantity, station


def _properties(node: Entity) -> Iterator[Property]:
    return (one for one in node.statements if isinstance(one, Property))
