"""Checks a whole mapping: every fault with its row, column, what and repair; nothing is half-taken."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from contextlib import suppress

from xushi.kernel import XushiError
from xushi.signals import Kind

from .._aid import InterfaceProperty
from .._placement import Placement
from ._check_actions import check_actions
from ._interfaces import AID
from ._model import Fault, Mapping, Row
from ._options import options_text

ID_SHORT = re.compile(r"[A-Za-z][A-Za-z0-9_]{1,127}")
MOST_FAULTS = 1_000
_LONGEST_NAME = 128
_RESERVED = frozenset({
    "Nameplate", "Models3D", "AssetInterfacesDescription", "AssetInterfacesMappingConfiguration",
})  # fmt: skip

Placing = Callable[[InterfaceProperty], Placement]
Proving = Callable[[Placement, Kind], None]
Settable = Callable[[Placement], None]
Forming = Callable[[str, Placement], InterfaceProperty]


def check(
    mapping: Mapping, endpoint: str, form: Forming | None, place: Placing | None, prove: Proving | None = None,
    settable: Settable | None = None,
) -> list[Fault]:  # fmt: skip
    """Return the faults of the rows that are to be imported; empty where all is well.

    Args:
        form, place: the connector's ways between an address and its description; an address must survive both.
        prove: the connector's own check of an address, where it has one.
        settable: and of one that is to be written.
    """
    faults: list[Fault] = []
    paths: dict[tuple[str, str], dict[str, int]] = {}
    addresses: dict[tuple[str, str, str], int] = {}
    included = mapping.included()
    for row in included:
        faults.extend(_fields(row))
        if row.machine not in mapping.machines:
            faults.append(Fault(row.number + 1, "Machine", row.machine, "connectors.sheet_machine"))
        known = paths.setdefault(_holder(row), {})
        if row.property in known:
            faults.append(Fault(
                row.number + 1, "Property", row.property, "connectors.sheet_property_twice",
                {"other": known[row.property] + 1},
            ))  # fmt: skip
        known.setdefault(row.property, row.number)
        if form is not None and place is not None:
            faults.extend(_described(row, endpoint, form, place, prove))
        if settable is not None and row.is_writable and row.kind != "action":
            faults.extend(_settable(row, settable))
        first = addresses.setdefault((row.address, row.machine, options_text(row.options)), row.number)
        if first != row.number:
            faults.append(Fault(
                row.number + 1, "Address", row.address, "connectors.sheet_address_twice", {"other": first + 1}
            ))  # fmt: skip
    faults.extend(_groups(included, paths))
    faults.extend(check_actions(mapping.rows, included))
    return sorted(faults, key=lambda fault: (fault.row, fault.column))


def _holder(row: Row) -> tuple[str, str]:
    """Machine and submodel in which a name must be the only one; actions stand in the interface."""
    return row.machine, AID if row.kind == "action" else row.submodel


def _fields(row: Row) -> list[Fault]:
    faults: list[Fault] = []

    def tell(column: str, value: object, code: str) -> None:
        faults.append(Fault(row.number + 1, column, str(value)[:200], f"connectors.{code}"))

    if not row.address or len(row.address) > 4_096:
        tell("Address", row.address, "sheet_address")
    if not ID_SHORT.fullmatch(row.machine):
        tell("Machine", row.machine, "sheet_id_short")
    if row.kind != "action" and (not ID_SHORT.fullmatch(row.submodel) or row.submodel in _RESERVED):
        tell("Submodel", row.submodel, "sheet_submodel")
    steps = [row.property] if row.kind == "action" else row.property.split(".")
    if not all(ID_SHORT.fullmatch(step) for step in steps) or len(steps) > 41:
        tell("Property", row.property, "sheet_id_short")
    for language, column in (("en", "Name (en)"), ("zh-CN", "Name (zh-CN)")):
        if len(row.name.get(language, "")) > _LONGEST_NAME:
            tell(column, row.name[language], "sheet_name")
    if not row.name.get("en"):
        tell("Name (en)", "", "sheet_name")
    if len(row.unit) > 50:
        tell("Unit", row.unit, "sheet_unit")
    for column, number in (("Low", row.low), ("High", row.high)):
        if number is not None and not math.isfinite(number):
            tell(column, number, "sheet_number")
    if row.low is not None and row.high is not None and row.low >= row.high:
        tell("High", row.high, "sheet_range")
    if len(row.semantic_id) > 2_000:
        tell("Semantic id", row.semantic_id, "sheet_semantic")
    return faults


def _described(row: Row, endpoint: str, form: Forming, place: Placing, prove: Proving | None) -> list[Fault]:
    """An address with its options must survive being written in an interface description and read back."""
    placed = None
    if row.address.isprintable():
        with suppress(ValueError, KeyError, IndexError, TypeError, AttributeError):  # an outsider's code, any input
            placed = place(form(endpoint, Placement(row.address, {**row.options})))
    if placed is None or placed.address != row.address:
        return [Fault(row.number + 1, "Address", row.address[:200], "connectors.sheet_address")]
    lost = [name for name, value in row.options.items() if _plain(placed.options.get(name)) != _plain(value)]
    if not lost and prove is not None and row.kind != "action":
        try:
            prove(placed, Kind[row.kind.upper()])
        except ValueError as error:
            reason = {"reason": str(error)[:300]}
            return [
                Fault(row.number + 1, "Options", options_text(row.options), "connectors.sheet_option_wrong", reason)
            ]
    return [
        Fault(row.number + 1, "Options", f"{name}={row.options[name]}"[:200], "connectors.sheet_option_unknown")
        for name in lost
    ]


def _settable(row: Row, settable: Settable) -> list[Fault]:
    try:
        settable(Placement(row.address, {**row.options}))
    except XushiError as error:
        return [Fault(row.number + 1, "Options", options_text(row.options), error.code, error.params)]
    return []


def _plain(value: object) -> str:
    """An option as text: descriptions hold all of them as texts."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _groups(rows: list[Row], paths: dict[tuple[str, str], dict[str, int]]) -> list[Fault]:
    """An element is a value or a group of values, not both."""
    faults: list[Fault] = []
    for row in rows:
        known = paths[_holder(row)]
        path = row.property
        while "." in path:
            path = path.rpartition(".")[0]
            if path in known:
                faults.append(Fault(
                    known[path] + 1, "Property", path, "connectors.sheet_property_group", {"other": row.number + 1}
                ))  # fmt: skip
    return faults
