"""Turns a checked mapping into AAS records: a shell per machine with nameplate, values, interface and mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from .._aid import InterfaceProperty
from .._placement import Placement
from ._interfaces import AID, AIMC, Described, description, mapping_configuration
from ._model import OPERATIONAL_DATA, TECHNICAL_DATA, Machine, Row
from ._model import Mapping as Whole
from ._parts import Json, group, inside, qualifier, series, strings, submodel, text, words
from ._words import shown_name

NAMEPLATE = "https://admin-shell.io/idta/nameplate/3/0/Nameplate"
TECHNICAL_MEANING = "0173-1#01-AHX837#002"  # Technical Data 2.0 (IDTA 02003)
_AREAS = "TechnicalPropertyAreas"
AREA_STEP = f"{_AREAS}[0]"  # behind it stand the values of technical data in the key of a signal
_AREA = "0173-1#02-ABL358#002/0173-1#01-AHX773#002"
_VALUE_TYPES = {
    "double": "xs:double", "int": "xs:long", "bool": "xs:boolean", "enum": "xs:int", "time": "xs:dateTime",
    "string": "xs:string", "array": "xs:double",
}  # fmt: skip
# Digital Nameplate 3.0: idShort → (semanticId, whether it is a text per language)
_PLATE = {
    "URIOfTheProduct": ("0112/2///61987#ABN590#002", False),
    "ManufacturerName": ("0112/2///61987#ABA565#009", True),
    "ManufacturerProductDesignation": ("0112/2///61987#ABA567#009", True),
    "ManufacturerProductFamily": ("0112/2///61987#ABP464#002", True),
    "OrderCodeOfManufacturer": ("0112/2///61987#ABA950#008", False),
    "SerialNumber": ("0112/2///61987#ABA951#009", False),
    "YearOfConstruction": ("0112/2///61987#ABP000#002", False),
    "HardwareVersion": ("0112/2///61987#ABA926#008", False),
    "FirmwareVersion": ("0112/2///61987#ABA302#006", False),
    "SoftwareVersion": ("0112/2///61987#ABA601#008", False),
}

Forming = Callable[[str, Placement], InterfaceProperty]


def shell_id(endpoint: str, machine: str) -> str:
    """Return the id of a machine's shell: the same machine of the same endpoint is the same shell again."""
    parts = urlsplit(endpoint)
    host = re.sub(r"[^a-z0-9.]+", "-", (parts.hostname or "").lower())
    return f"urn:xushi:connect:{host}-{parts.port or 0}:{machine}"


def submodel_id(shell: str, id_short: str) -> str:
    """Return the id of one of its submodels."""
    return f"{shell}:{id_short}"


def meaning_of(id_short: str) -> str:
    """Return what a submodel of our own making means by its name: a template of the IDTA asks for more than a list."""
    return f"urn:xushi:submodel:{id_short}:1:0"


def records_of(mapping: Whole, endpoint: str, protocol: str, form: Forming, is_open: bool) -> dict[str, Json]:
    """Return records by `kind/id` for the included machines and rows of a mapping without faults."""
    rows: dict[str, list[Row]] = {}
    for row in mapping.included():
        rows.setdefault(row.machine, []).append(row)
    records: dict[str, Json] = {}
    for key, own in rows.items():
        machine = mapping.machines[key]
        shell = shell_id(endpoint, key)
        submodels = _submodels(machine, own, shell, endpoint, protocol, form, is_open)
        for one in submodels:
            records[f"submodel/{one['id']}"] = one
        records[f"shell/{shell}"] = _shell(machine, shell, submodels)
    return records


def _shell(machine: Machine, shell: str, submodels: Sequence[Json]) -> Json:
    asset: Json = {"assetKind": "Instance", "globalAssetId": machine.asset or f"{shell}:asset"}
    return {
        "modelType": "AssetAdministrationShell",
        "idShort": machine.key,
        "displayName": strings(machine.name),
        "id": shell,
        "assetInformation": asset,
        "submodels": [
            {"type": "ModelReference", "keys": [{"type": "Submodel", "value": one["id"]}]} for one in submodels
        ],
    }


def _submodels(
    machine: Machine,
    rows: Sequence[Row],
    shell: str,
    endpoint: str,
    protocol: str,
    form: Forming,
    is_open: bool,
) -> list[Json]:
    made: list[Json] = []
    if machine.nameplate:
        made.append(_nameplate(machine, submodel_id(shell, "Nameplate")))
    by_name: dict[str, list[Row]] = {}
    for row in rows:
        if row.kind != "action":
            by_name.setdefault(row.submodel, []).append(row)
    for name, members in by_name.items():
        if name == TECHNICAL_DATA:
            made.append(_technical(machine, members, submodel_id(shell, name)))
            continue
        is_usual = name == OPERATIONAL_DATA
        shown = {"en": "Operational data", "zh-CN": "运行数据"} if is_usual else {"en": name, "zh-CN": name}
        made.append(submodel(submodel_id(shell, name), name, meaning_of(name), shown, _level(members, 0)))
    described = [Described(row, form(endpoint, Placement(row.address, row.options))) for row in rows]
    title = f"{machine.name.get('en', machine.key)} {protocol}"
    interfaces, sources = description(submodel_id(shell, AID), protocol, title, described, is_open)
    pairs = [
        (sources[row.number], _sink(row, submodel_id(shell, row.submodel))) for row in rows if row.number in sources
    ]
    return [*made, interfaces, mapping_configuration(submodel_id(shell, AIMC), pairs)]


def _nameplate(machine: Machine, id: str) -> Json:
    elements: list[Json] = []
    for field, (meaning, is_words) in _PLATE.items():
        value = machine.nameplate.get(field)
        if value and is_words:
            elements.append(words(field, {"en": value}, meaning))
        elif value:
            type = "xs:anyURI" if field == "URIOfTheProduct" else "xs:string"
            elements.append(text(field, value, meaning, type))
    return submodel(id, "Nameplate", NAMEPLATE, {"en": "Nameplate", "zh-CN": "数字铭牌"}, elements)


def _technical(machine: Machine, rows: Sequence[Row], id: str) -> Json:
    """Technical Data 2.0 (IDTA 02003): who made the machine, and its constant figures in one area."""
    plate = machine.nameplate
    product = plate.get("ManufacturerProductDesignation")
    general = (
        text("ManufacturerName", plate.get("ManufacturerName"), "0173-1#02-AAO677#004"),
        words("ManufacturerProductDesignation", {"en": product} if product else machine.name, "0173-1#02-AAW338#003"),
        text("ManufacturerArticleNumber", plate.get("OrderCodeOfManufacturer"), "0173-1#02-AAO676#005"),
        text("ManufacturerOrderCode", plate.get("OrderCodeOfManufacturer"), "0173-1#02-AAO227#004"),
    )
    area = group(None, _level(rows, 0), _AREA)
    elements = (
        group("GeneralInformation", general, "0173-1#02-ABK161#002/0173-1#01-AHX838#002"),
        series(_AREAS, (area,), "SubmodelElementCollection", "0173-1#02-ABK163#002"),
    )
    return submodel(id, TECHNICAL_DATA, TECHNICAL_MEANING, {"en": "Technical data", "zh-CN": "技术数据"}, elements)


def _level(rows: Sequence[Row], depth: int) -> list[Json]:
    """Return the elements of one level of the dotted paths, in the order in which they first appear."""
    buckets: dict[str, list[Row]] = {}
    for row in rows:
        buckets.setdefault(row.property.split(".", depth + 1)[depth], []).append(row)
    made: list[Json] = []
    for step, members in buckets.items():
        if len(members) == 1 and members[0].property.count(".") == depth:
            made.append(_leaf(members[0], step))
        else:
            named = group(step, _level(members, depth + 1))
            made.append(named | {"displayName": strings(shown_name(step))})
    return made


def _leaf(row: Row, step: str) -> Json:
    value_type = _VALUE_TYPES[row.kind]
    if row.kind == "array":
        element = series(step, (), "Property", row.semantic_id, value_type)
    else:
        element = text(step, None, row.semantic_id, value_type)
    element["displayName"] = strings(row.name)
    said = [
        ("Unit", "xs:string", row.unit),
        ("Low", "xs:double", "" if row.low is None else repr(float(row.low))),
        ("High", "xs:double", "" if row.high is None else repr(float(row.high))),
        ("EnumLabels", "xs:string", ";".join(f"{value}={_one_line(word)}" for value, word in row.labels.items())),
    ]
    qualifiers = [qualifier(*one) for one in said if one[-1]]
    if qualifiers:
        element["qualifiers"] = qualifiers
    return element


def _one_line(word: str) -> str:
    return word.replace(";", ",").replace("=", ":")


def _sink(row: Row, id: str) -> Json:
    steps = row.property.split(".")
    last = "SubmodelElementList" if row.kind == "array" else "Property"
    is_technical = row.submodel == TECHNICAL_DATA
    area = (("SubmodelElementList", _AREAS), ("SubmodelElementCollection", "0")) if is_technical else ()
    return inside(id, *area, *(("SubmodelElementCollection", step) for step in steps[:-1]), (last, steps[-1]))


def signals_of(record: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the values of a submodel by idShort path as its rows say it, for comparing what is with what would be."""
    found: dict[str, Any] = {}

    def gather(elements: Any, prefix: str) -> None:
        for one in elements or ():
            path = f"{prefix}.{one.get('idShort')}" if prefix else str(one.get("idShort"))
            if one.get("modelType") == "SubmodelElementCollection":
                gather(one.get("value"), path)
            else:
                found[path] = one

    elements = (record or {}).get("submodelElements")
    if record is not None and record.get("idShort") == TECHNICAL_DATA:
        areas = next((one.get("value") for one in elements or () if one.get("idShort") == _AREAS), None)
        elements = [element for area in areas or () for element in area.get("value") or ()]
    gather(elements, "")
    return found
