"""Where the values of an endpoint live already: a mapping made anew leaves them there, with their history and rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from .._link import Point
from ._model import TECHNICAL_DATA, Reason, Row
from ._model import Mapping as Whole
from ._shells import AREA_STEP, shell_id
from ._words import free_name


class Spot(msgspec.Struct, frozen=True):
    """The property that a node fills: machine, submodel and idShort path, as a row names them."""

    machine: str
    submodel: str
    property: str
    options: dict[str, Any] = {}


Standing = Mapping[str, list[Spot]]


def standing(points: Iterable[Point], endpoint: str) -> Standing:
    """Return by address what the points of the connections fill in the shells that an import of `endpoint` made."""
    found: dict[str, list[Spot]] = {}
    whose = shell_id(endpoint, "")
    for point in points:
        submodel, _, path = point.key.partition("#")
        machine, _, name = submodel.removeprefix(whose).partition(":")
        if submodel.startswith(whose) and machine and name:
            own = path.removeprefix(f"{AREA_STEP}.") if name == TECHNICAL_DATA else path
            found.setdefault(point.address, []).append(Spot(machine, name, own, point.options))
    return found


def spot_of(row: Row, spots: Standing) -> Spot | None:
    """Return where the value of a row lives already, first in its own machine; None where nowhere or in several."""
    if row.kind == "action":
        return None
    found = [
        one for one in spots.get(row.address, ())
        if all(one.options.get(name) == value for name, value in row.options.items())
    ]  # fmt: skip
    found = [one for one in found if one.machine == row.machine] or found
    return found[0] if len(found) == 1 else None


def left_standing(mapping: Whole, spots: Standing) -> Whole:
    """Return a suggested mapping in which every value that lives somewhere keeps its place; new ones make room."""
    mapping = _under_known_machines(mapping, spots)
    kept = {row.number: spot for row in mapping.rows if (spot := spot_of(row, spots)) is not None}
    taken: dict[tuple[str, str], dict[str, int]] = {}
    for spot in kept.values():
        free_name(spot.property, taken.setdefault((spot.machine, spot.submodel), {}))
    rows = []
    for row in mapping.rows:
        spot = kept.get(row.number)
        if spot is None and row.kind != "action" and taken.get((row.machine, row.submodel)):
            row = msgspec.structs.replace(row, property=free_name(row.property, taken[row.machine, row.submodel]))
        elif spot is not None and (spot.submodel, spot.property) != (row.submodel, row.property):
            reason = Reason("connectors.reason_standing", {"place": f"{spot.submodel}.{spot.property}"})
            row = msgspec.structs.replace(
                row, submodel=spot.submodel, property=spot.property, reasons=(*row.reasons, reason)
            )
        rows.append(row)
    return msgspec.structs.replace(mapping, rows=tuple(rows))


def _under_known_machines(mapping: Whole, spots: Standing) -> Whole:
    """Give every row the machine that its value lives in; what is new goes with the rest of its machine."""
    homes = {row.number: spot.machine for row in mapping.rows if (spot := spot_of(row, spots)) is not None}
    gone: dict[str, set[str]] = {}
    for row in mapping.rows:
        if row.number in homes:
            gone.setdefault(row.machine, set()).add(homes[row.number])
    machines, rows = {}, []
    for row in mapping.rows:
        whole = gone.get(row.machine, set())
        key = homes.get(row.number) or (min(whole) if len(whole) == 1 else row.machine)
        if key not in machines:
            known = mapping.machines.get(key)
            machines[key] = known or msgspec.structs.replace(mapping.machines[row.machine], key=key)
        rows.append(row if key == row.machine else msgspec.structs.replace(row, machine=key))
    return msgspec.structs.replace(mapping, machines=machines, rows=tuple(rows))


def moves(mapping: Whole, spots: Standing) -> dict[str, list[dict[str, str]]]:
    """Return by machine the values that an import would take from where they live: `from` and `to`.

    Both are `Submodel.path`, with `Machine: ` before where that changes.
    """
    found: dict[str, list[dict[str, str]]] = {}
    for row in mapping.included():
        spot = spot_of(row, spots)
        if spot is None or (spot.machine, spot.submodel, spot.property) == (row.machine, row.submodel, row.property):
            continue
        is_own = spot.machine == row.machine
        before, after = ("", "") if is_own else (f"{spot.machine}: ", f"{row.machine}: ")
        told = {"from": f"{before}{spot.submodel}.{spot.property}", "to": f"{after}{row.submodel}.{row.property}"}
        found.setdefault(row.machine, []).append(told)
    return found
