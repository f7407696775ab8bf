"""The mapping as a table that people edit in a spreadsheet, and back: every fault is told, nothing is half-taken."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from .._action_input import ActionInput
from ._model import KINDS, MOST_ROWS, Fault, KindName, Machine, Reason, Row
from ._model import Mapping as Whole
from ._options import options_of, options_text
from ._words import machine_kind, shown_name

COLUMNS = (
    "Include", "Address", "Source", "Machine", "Submodel", "Property", "Name (en)", "Name (zh-CN)", "Kind", "Unit",
    "Low", "High", "Writable", "Semantic id", "Inputs", "Undone by", "Options", "Area", "X (m)", "Y (m)",
)  # fmt: skip
_REQUIRED = ("Address", "Machine", "Property", "Kind")
_PLACE = {"Area": "area", "X (m)": "x_m", "Y (m)": "y_m"}
LONGEST_AREA = 500
_OWN = (Reason("connectors.reason_sheet"),)
_YES = frozenset({"yes", "true", "1", "x", "y", "是", "√", "✓", "✔"})
_NO = frozenset({"no", "false", "0", "", "n", "否", "-"})
# A cell that a spreadsheet would take for a formula gets an apostrophe in front, which goes away on the way back
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(mapping: Whole) -> Iterator[list[str]]:
    """Yield the header and one line of texts per row; where a machine stands is said in the first row of it."""
    yield list(COLUMNS)
    told: set[str] = set()
    for row in mapping.rows:
        machine = None if row.machine in told else mapping.machines.get(row.machine)
        told.add(row.machine)
        place = ["", "", ""] if machine is None else [machine.area, _number(machine.x_m), _number(machine.y_m)]
        yield [
            "yes" if row.is_included else "no", row.address, row.source, row.machine, row.submodel, row.property,
            row.name.get("en", ""), row.name.get("zh-CN", ""), row.kind, row.unit, _number(row.low), _number(row.high),
            "yes" if row.is_writable else "no", row.semantic_id, _inputs_text(row.inputs), row.inverse,
            options_text(row.options), *place,
        ]  # fmt: skip


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula (CWE-1236).

    Numbers stay as they are; an apostrophe that was there already is doubled, so that the way back is exact.
    """
    if text.startswith("'"):
        return "'" + text
    return "'" + text if text.startswith(_FORMULA) and not _is_number(text) else text


def unguarded(text: str) -> str:
    """Return what `guarded` was given."""
    return text[1:] if text.startswith(("''", *("'" + sign for sign in _FORMULA))) else text


def read_table(lines: Iterable[Sequence[str]], before: Whole) -> tuple[Whole, list[Fault]]:
    """Return the mapping that a table says, and its faults; columns are found by their header, in any order.

    What the table has no column for (labels, reasons) stays as in `before`, by address. A row that is
    left out of the table is left out of the mapping; a machine that is new is made.
    """
    source = iter(lines)
    header = [cell.strip().lower() for cell in next(source, [])]
    places = {column: header.index(column.lower()) for column in COLUMNS if column.lower() in header}
    missing = [column for column in _REQUIRED if column not in places]
    if missing:
        return before, [Fault(1, column, "", "connectors.sheet_column") for column in missing]
    known: dict[tuple[str, str], Row] = {}
    for row in before.rows:
        known.setdefault((row.address, row.machine), row)
        known.setdefault((row.address, ""), row)
    faults: list[Fault] = []
    rows: list[Row] = []
    machines = dict(before.machines)
    spots = _Spots(places.keys() & set(_PLACE))
    for at, line in enumerate(source, 2):
        cells = {column: line[place] if place < len(line) else "" for column, place in places.items()}
        if not any(cell.strip() for cell in cells.values()):
            continue
        if len(rows) >= MOST_ROWS:
            faults.append(Fault(at, "Address", "", "connectors.sheet_too_long", {"limit": MOST_ROWS}))
            break
        rows.append(_read_row(cells, at, known, faults))
        key = rows[-1].machine
        if key and key not in machines:
            kind = machine_kind(key)
            machines[key] = Machine(key, shown_name(key), kind[0] if kind else "machine")
        spots.read(key, cells, at, faults)
    machines = {key: spots.placed(machine, faults) for key, machine in machines.items()}
    used = {row.machine for row in rows}
    return Whole({key: one for key, one in machines.items() if key in used}, tuple(rows)), faults


class _Spots:
    """Where the rows of a table say that machines stand: any row of a machine may say it, once."""

    def __init__(self, columns: Iterable[str]) -> None:
        self._columns = tuple(columns)
        self._found: dict[tuple[str, str], tuple[str, int]] = {}

    def read(self, machine: str, cells: Mapping[str, str], at: int, faults: list[Fault]) -> None:
        for column in self._columns:
            word = cells[column].strip()
            if not word:
                continue
            known, row = self._found.setdefault((machine, column), (word, at))
            if known != word:
                other = {"other": row, "machine": machine}
                faults.append(Fault(at, column, word[:200], "connectors.sheet_place_twice", other))

    def placed(self, machine: Machine, faults: list[Fault]) -> Machine:
        """Return the machine where the table says; a column that it has not leaves the machine as it is."""
        given: dict[str, Any] = {}
        for column in self._columns:
            word, at = self._found.get((machine.key, column), ("", 0))
            if column == "Area":
                if len(word) > LONGEST_AREA:
                    faults.append(Fault(at, column, word[:200], "connectors.sheet_area"))
                given["area"] = word
            elif not word:
                given[_PLACE[column]] = None
            elif _is_number(word):
                given[_PLACE[column]] = float(word)
            else:
                faults.append(Fault(at, column, word[:200], "connectors.sheet_number"))
        placed = msgspec.structs.replace(machine, **given)
        if (placed.x_m is None) != (placed.y_m is None):
            column = "X (m)" if placed.x_m is None else "Y (m)"
            _, at = self._found.get((machine.key, "Y (m)" if placed.x_m is None else "X (m)"), ("", 0))
            faults.append(Fault(at, column, "", "connectors.sheet_place_half", {"machine": machine.key}))
        return placed


def _read_row(cells: Mapping[str, str], at: int, known: Mapping[tuple[str, str], Row], faults: list[Fault]) -> Row:
    def text(column: str, default: str = "") -> str:
        return cells[column].strip() if column in cells else default

    address, machine = cells["Address"].strip(), text("Machine")
    base = known.get((address, machine)) or known.get((address, "")) or Row(
        0, address, machine, "", {}, "double", reasons=_OWN
    )  # fmt: skip
    kind = text("Kind", base.kind).lower()
    if kind not in KINDS:
        faults.append(Fault(at, "Kind", kind[:200], "connectors.sheet_kind", {"known": ", ".join(KINDS)}))
        kind = base.kind
    if base.reasons != _OWN and (kind == "action") != (base.kind == "action"):
        faults.append(Fault(at, "Kind", kind, "connectors.sheet_kind_action", {"kind": base.kind}))
        kind = base.kind
    chosen: KindName = kind  # type: ignore[assignment]
    name = {"en": text("Name (en)", base.name.get("en", "")), "zh-CN": text("Name (zh-CN)", base.name.get("zh-CN", ""))}
    if not name["en"]:
        name["en"] = name["zh-CN"] or shown_name(text("Property").rpartition(".")[2])["en"]
    return msgspec.structs.replace(
        base,
        number=at - 1,
        address=address,
        machine=machine,
        property=text("Property"),
        submodel=text("Submodel", base.submodel) or base.submodel,
        source=text("Source", base.source),
        name={language: word for language, word in name.items() if word},
        kind=chosen,
        unit=text("Unit", base.unit),
        low=_limit(cells, "Low", base.low, at, faults),
        high=_limit(cells, "High", base.high, at, faults),
        is_included=_truth(cells, "Include", base.is_included, at, faults),
        is_writable=_truth(cells, "Writable", base.is_writable, at, faults),
        semantic_id=text("Semantic id", base.semantic_id),
        labels=base.labels if chosen == "enum" else {},
        options=_options(cells, base.options, at, faults),
        inputs=_inputs(cells, base.inputs, at, faults),
        inverse=text("Undone by", base.inverse),
    )


def _truth(cells: Mapping[str, str], column: str, default: bool, at: int, faults: list[Fault]) -> bool:
    if column not in cells:
        return default
    word = cells[column].strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    faults.append(Fault(at, column, word[:200], "connectors.sheet_truth"))
    return default


def _limit(cells: Mapping[str, str], column: str, default: float | None, at: int, faults: list[Fault]) -> float | None:
    if column not in cells:
        return default
    word = cells[column].strip()
    if not word:
        return None
    if _is_number(word):
        return float(word)
    faults.append(Fault(at, column, word[:200], "connectors.sheet_number"))
    return default


def _options(cells: Mapping[str, str], default: dict[str, Any], at: int, faults: list[Fault]) -> dict[str, Any]:
    if "Options" not in cells:
        return default
    try:
        return options_of(cells["Options"])
    except ValueError as error:
        faults.append(Fault(at, "Options", str(error)[:200], "connectors.sheet_options"))
        return default


def _inputs_text(inputs: Sequence[ActionInput]) -> str:
    """Return arguments as `name=type unit; …`."""
    return options_text({one.name: f"{one.type} {one.unit}".strip() for one in inputs})


def _inputs(
    cells: Mapping[str, str], default: tuple[ActionInput, ...], at: int, faults: list[Fault]
) -> tuple[ActionInput, ...]:
    """Return the arguments that a cell says; titles and limits stay as they were, by name."""
    if "Inputs" not in cells:
        return default
    known = {one.name: one for one in default}
    found = []
    try:
        for name, said in options_of(cells["Inputs"]).items():
            type, _, unit = str(said).strip().partition(" ")
            base = known.get(name) or ActionInput(name, title=shown_name(name))
            found.append(msgspec.structs.replace(base, type=type, unit=unit.strip()))
    except ValueError as error:
        faults.append(Fault(at, "Inputs", str(error)[:200], "connectors.sheet_options"))
        return default
    return tuple(found)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text)) and "_" not in text
    except ValueError:
        return False


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
