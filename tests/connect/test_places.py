"""A connected machine stands where a person wants it, by number, area or sheet; never outside or in another."""

from __future__ import annotations

import io
import math
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wizard import Wizard

from xushi.connectors.mapping import Machine, Mapping, Row, read_sheet, read_table, table, to_csv
from xushi.remote import RemoteError
from xushi.runtime._floor import Floor, footprint_of
from xushi.runtime._footprints import Box, Footprints, footprint
from xushi.scene import Place, local_position, place_record, world_position
from xushi.scene.modelling import model_of_kind
from xushi.testing import NodeOpcua


class _Models(Footprints):
    """Footprints that are told."""

    def __init__(self, boxes: dict[str, Box]) -> None:
        self._known = dict(boxes)


def _floor(*places: Place, **boxes: Box) -> Floor:
    return Floor({place.id: place_record(place) for place in places}, _Models(boxes))


def _hall(**more: Any) -> Place:
    return Place(id="hall", name={"en": "Hall", "zh-CN": "车间"}, model="hall", category="building", **more)


def _machine(key: str = "M", **more: Any) -> Machine:
    return Machine(key, {"en": key}, **more)


HALL = Box(0, 0, 40, 20)
PRESS = Box(-2, -2, 2, 2)


def test_a_model_tells_how_much_floor_it_covers() -> None:
    box = footprint(model_of_kind("machine"))
    assert box is not None
    assert 2.3 < box.east - box.west < 2.6
    assert 1.4 < box.north - box.south < 2.0


def test_a_spot_outside_the_floor_is_a_fault_and_one_inside_is_none() -> None:
    floor = _floor(_hall(), hall=HALL)
    outside = floor.fault(_machine(x_m=39.5, y_m=10.0), 7)
    assert outside is not None
    assert (outside.row, outside.column, outside.code) == (7, "X (m)", "runtime.machine_outside")
    assert outside.params == {"west": "0", "south": "0", "east": "40", "north": "20"}
    assert floor.fault(_machine(x_m=20.0, y_m=10.0), 7) is None
    assert floor.fault(_machine(x_m=math.inf, y_m=10.0), 7) is not None
    assert _floor().fault(_machine(x_m=900.0, y_m=-900.0), 7) is None  # nothing says how large the floor is


def test_an_area_is_named_in_any_language_or_by_its_id_and_an_unknown_one_is_a_fault() -> None:
    floor = _floor(_hall(), hall=HALL)
    for word in ("Hall", "车间", "hall"):
        area = floor.area(word)
        assert area is not None
        assert area.id == "hall"
    fault = floor.fault(_machine(area="Attic"), 3)
    assert fault is not None
    assert (fault.column, fault.code) == ("Area", "runtime.area_unknown")
    twins = _floor(_hall(), Place(id="b", name={"en": "Hall", "zh-CN": "二"}, category="building"), hall=HALL)
    assert twins.area("Hall") is None
    assert set(twins.areas) == {"hall", "b"}


def test_a_machine_on_another_is_moved_to_the_nearest_free_spot_and_the_move_is_told() -> None:
    press = Place(id="p", name={"en": "Press"}, shell="s:p", model="press", position=(20.0, 0.0, -10.0))
    floor = _floor(_hall(), press, hall=HALL, press=PRESS)
    spot = floor.spots({"s:m": _machine(x_m=20.5, y_m=10.0)}, frozenset())["s:m"]
    assert spot.beside == {"en": "Press"}
    assert 0 < spot.shifted_m < 5
    own = footprint_of(_machine()).moved(spot.x_m, spot.y_m)
    assert not own.meets(PRESS.moved(20.0, 10.0))
    assert HALL.holds(own)


@given(st.lists(st.tuples(st.floats(2, 38), st.floats(2, 18)), min_size=1, max_size=12))
def test_chosen_machines_never_stand_in_each_other_nor_outside(wanted: list[tuple[float, float]]) -> None:
    floor = _floor(_hall(), hall=HALL)
    machines = {f"s{at}": _machine(f"M{at}", x_m=x, y_m=y) for at, (x, y) in enumerate(wanted)}
    spots = floor.spots(machines, frozenset())
    boxes = [footprint_of(machines[shell]).moved(spot.x_m, spot.y_m) for shell, spot in spots.items()]
    assert len(boxes) == len(wanted)
    for at, box in enumerate(boxes):
        assert HALL.grown(1e-9).holds(box)
        assert not any(box.meets(other) for other in boxes[:at])


def test_a_full_floor_is_told() -> None:
    floor = _floor(_hall(), hall=Box(0, 0, 3, 3))
    machines = {f"s{at}": _machine(f"M{at}", area="Hall") for at in range(2)}
    with pytest.raises(Exception, match="no room"):
        floor.spots(machines, frozenset())


@given(
    st.tuples(*[st.floats(-50, 50)] * 3), st.floats(-3.1, 3.1), st.floats(0.5, 3), st.tuples(*[st.floats(-50, 50)] * 3)
)
def test_a_position_in_an_area_is_the_position_in_the_world(
    start: tuple[float, float, float], turn: float, scale: float, wanted: tuple[float, float, float]
) -> None:
    hall = _hall(
        position=start, rotation=(0.0, math.sin(turn / 2), 0.0, math.cos(turn / 2)), scale=(scale, scale, scale)
    )
    places = {"hall": hall}
    local = local_position(wanted, "hall", places)
    there = world_position(Place(id="x", name={}, parent="hall", position=local), places)
    assert there == pytest.approx(wanted, abs=1e-6)


def test_the_sheet_says_where_machines_stand_once_for_each_and_brings_it_back() -> None:
    rows = tuple(Row(at, f"a{at}", f"M{at % 2}", f"p{at}", {"en": "n"}, "double") for at in range(1, 7))
    machines = {"M1": _machine("M1", area="Hall", x_m=-3.5, y_m=2.0), "M0": _machine("M0")}
    before = Mapping(machines, rows)
    lines = list(table(before))
    assert [line[-3:] for line in lines[1:4]] == [["Hall", "-3.5", "2"], ["", "", ""], ["", "", ""]]
    again, faults = read_table(read_sheet(to_csv(lines)), Mapping(dict(machines), rows))
    assert (faults, again) == ([], before)


def test_two_places_for_one_machine_half_a_place_and_no_number_are_faults() -> None:
    header = ["Address", "Machine", "Property", "Kind", "Area", "X (m)", "Y (m)"]
    base = [["a", "M", "p", "double", "", "1", "2"], ["b", "M", "q", "double", "", "3", "2"]]
    faults = read_table(
        [header, *base, ["c", "N", "r", "double", "", "4", ""], ["d", "O", "r", "int", "", "x", "1"]], Mapping()
    )[1]
    assert {(fault.row, fault.column, fault.code.partition(".")[2]) for fault in faults} == {
        (3, "X (m)", "sheet_place_twice"), (4, "Y (m)", "sheet_place_half"), (5, "X (m)", "sheet_number"),
        (5, "X (m)", "sheet_place_half"),
    }  # fmt: skip


def test_a_chosen_spot_is_in_the_difference_is_imported_and_undo_takes_it_back(
    wizard: Wizard, plant: NodeOpcua
) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    refused = pytest.raises(RemoteError, match="Half of the place")
    with refused:
        wizard.patch("machines", {"machine": "PaintRobot", "x_m": 3.0})
    assert wizard.patch("machines", {"machine": "PaintRobot", "x_m": 30.0, "y_m": -12.5})["is_taken"]
    book = openpyxl.load_workbook(io.BytesIO(wizard.sheet("xlsx")))
    sheet = book.active
    assert sheet is not None
    columns = {cell.value: cell.column for cell in sheet[1]}
    at = next(line[0].row for line in sheet.iter_rows(min_row=2) if line[columns["Machine"] - 1].value == "CoolantPump")
    assert at is not None
    sheet.cell(at, columns["X (m)"], 30.5)
    sheet.cell(at, columns["Y (m)"], -12.5)
    out = io.BytesIO()
    book.save(out)
    assert wizard.take(out.getvalue())["is_taken"]
    places = {one["machine"]: one["place"] for one in wizard.import_(dry_run=True)["result"]["machines"]}
    assert places["PaintRobot"] == {
        "x_m": 30.0, "y_m": -12.5, "area": None, "is_chosen": True, "is_move": False, "shifted_m": 0.0, "beside": None,
    }  # fmt: skip
    assert places["CoolantPump"]["shifted_m"] > 0
    assert places["CoolantPump"]["beside"]["en"] == "Paint robot"
    assert not places["Conveyor_01"]["is_chosen"]
    outcome = wizard.import_()
    robot = next(one for one in wizard.remote.get("/api/places") if one["shell"].endswith(":PaintRobot"))
    assert robot["position"] == [30.0, 0.0, 12.5]
    wizard.patch("machines", {"machine": "PaintRobot", "x_m": 50.0, "y_m": 0.0})
    moved = {one["machine"]: one for one in wizard.import_(dry_run=True)["result"]["machines"]}["PaintRobot"]
    assert (moved["state"], moved["place"]["is_move"]) == ("changed", True)
    again = wizard.import_()
    assert _position(wizard) == [50.0, 0.0, 0.0]
    wizard.remote.undo(again["command_id"])
    assert _position(wizard) == [30.0, 0.0, 12.5]
    wizard.patch("machines", {"machine": "PaintRobot", "is_spot_free": True})
    wizard.import_()
    assert _position(wizard) == [30.0, 0.0, 12.5]  # without a choice it stays where it stands
    assert outcome["state"] == "done"


def _position(wizard: Wizard) -> list[float]:
    found: list[float] = next(
        one["position"] for one in wizard.remote.get("/api/places") if one["shell"].endswith(":PaintRobot")
    )
    return found
