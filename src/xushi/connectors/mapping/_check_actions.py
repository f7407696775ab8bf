"""Checks the actions of a mapping: their names, what takes them back, and inputs that a person can give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._action_input import INPUT_TYPES
from ._model import Fault, Row

MOST_INPUTS = 50


def check_actions(rows: Sequence[Row], included: Sequence[Row]) -> list[Fault]:
    """Return the faults of the included actions.

    Args:
        rows: all rows: what takes an action back may be left out, and is then not offered.
    """
    known: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row.kind == "action":
            known.setdefault(row.machine, {}).setdefault(row.property, row)
    faults: list[Fault] = []
    for row in included:
        if row.kind == "action":
            faults.extend(_inputs(row))
            faults.extend(_inverse(row, known.get(row.machine, {})))
    return faults


def _inverse(row: Row, known: Mapping[str, Row]) -> list[Fault]:
    if not row.inverse:
        return []
    other = known.get(row.inverse)
    if other is None or other is row or other.inputs:
        params = {"machine": row.machine}
        return [Fault(row.number + 1, "Undone by", row.inverse[:200], "connectors.sheet_inverse", params)]
    return []


def _inputs(row: Row) -> list[Fault]:
    names = [one.name for one in row.inputs]
    wrong = [
        one.name
        for one in row.inputs
        if one.type not in INPUT_TYPES or not one.name or names.count(one.name) > 1 or len(one.unit) > 50
    ]
    if not wrong and len(names) <= MOST_INPUTS:
        return []
    shown = ", ".join(wrong or names)[:200]
    return [Fault(row.number + 1, "Inputs", shown, "connectors.sheet_inputs", {"known": ", ".join(INPUT_TYPES)})]
