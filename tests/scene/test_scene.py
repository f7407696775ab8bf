"""Rules of places: moving, renaming and removing are reversible; new things find a free spot."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi.kernel import (
    Actor,
    BlobStore,
    CommandBus,
    CommandTable,
    Diff,
    ManualClock,
    SqliteStore,
    XushiError,
)
from xushi.scene import (
    Place,
    ShowState,
    free_spots,
    from_plant_frame,
    place_record,
    read_place,
    scene_commands,
)
from xushi.trust import EvidenceLog, ScopePolicy

ANN = Actor("ann", "Ann", frozenset({"scene:write"}))


@pytest.fixture
def world(tmp_path):
    store, table = SqliteStore(tmp_path / "r.sqlite"), CommandTable()
    for command in scene_commands():
        table.register(command)
    bus = CommandBus(store, BlobStore(tmp_path / "b"), table, ManualClock(1), ScopePolicy(), EvidenceLog(store), {})
    line = Place(id="line", name={"en": "Line", "zh-CN": "产线"})
    station = Place(id="op10", name={"en": "OP10"}, parent="line", behaviours=(ShowState("sm#State"),))
    robot = Place(id="robot", name={"en": "Robot"}, parent="op10")
    store.commit(Diff(added={f"place/{place.id}": place_record(place) for place in (line, station, robot)}))
    yield store, bus
    store.close()


async def test_a_place_moves_and_moves_back(world):
    store, bus = world
    outcome = await bus.run("scene.move", {"place": "op10", "position": [1, 0, 2], "rotation": [0, 2, 0, 0]}, ANN)
    moved = read_place(store.get("place", "op10"))
    assert moved.position == (1, 0, 2)
    assert moved.rotation == (0, 1, 0, 0)
    assert moved.behaviours == (ShowState("sm#State"),)
    await bus.undo(outcome.command_id, ANN)
    assert read_place(store.get("place", "op10")).position == (0, 0, 0)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"place": "nowhere", "position": [0, 0, 0]}, "scene.place_unknown"),
        ({"place": "op10", "position": [1e9, 0, 0]}, "scene.number_invalid"),
        ({"place": "op10", "position": [math.nan, 0, 0]}, "scene.number_invalid"),
        ({"place": "op10", "rotation": [0, 0, 0, 0]}, "scene.number_invalid"),
        ({"place": "op10", "position": [1, 2]}, "kernel.params_invalid"),
    ],
)
async def test_an_impossible_move_is_refused(world, params, code):
    _, bus = world
    with pytest.raises(XushiError) as caught:
        await bus.run("scene.move", params, ANN)
    assert caught.value.code == code


async def test_a_new_name_in_one_language_keeps_the_other(world):
    store, bus = world
    await bus.run("scene.rename", {"place": "line", "name": {"en": "Line 2"}}, ANN)
    assert store.get("place", "line")["name"] == {"en": "Line 2", "zh-CN": "产线"}


async def test_removing_takes_what_stands_on_it_and_undo_brings_all_back(world):
    store, bus = world
    outcome = await bus.run("scene.remove", {"place": "op10"}, ANN)
    assert list(store.ids("place")) == ["line"]
    await bus.undo(outcome.command_id, ANN)
    assert list(store.ids("place")) == ["line", "op10", "robot"]


COORDINATE = st.floats(-50, 50, allow_nan=False)


@given(st.lists(st.tuples(COORDINATE, COORDINATE), max_size=30), st.integers(1, 20))
def test_new_things_never_share_a_cell_with_each_other(positions, count):
    taken = [Place(id=str(i), name={}, position=(x, 0, z)) for i, (x, z) in enumerate(positions)]
    spots = free_spots(taken, count)
    assert len(set(spots)) == count
    for i, one in enumerate(spots):
        assert all(math.dist(one, other) > 3.9 for other in spots[:i])


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=1, max_size=30), st.floats(-3, 3), st.integers(1, 20))
def test_new_things_keep_clear_of_what_stands_on_a_moved_and_turned_line(positions, turn, count):
    rotation = (0.0, math.sin(turn / 2), 0.0, math.cos(turn / 2))
    line = Place(id="line", name={}, position=(5, 0, -7), rotation=rotation)
    own = [Place(id=str(i), name={}, parent="line", position=(x, 0, z)) for i, (x, z) in enumerate(positions)]
    cosine, sine = math.cos(turn), math.sin(turn)  # a turn about Y takes x to (cos, -sin) in x and z
    stands = [(5 + x * cosine + z * sine, -7 - x * sine + z * cosine) for x, z in positions]
    for x, _, z in free_spots([line, *own], count):
        assert all(max(abs(x - other_x), abs(z - other_z)) > 3.99 for other_x, other_z in stands)


def test_a_thing_is_put_beside_what_stands_there():
    taken = [Place(id="a", name={}, position=(10, 0, 10))]
    (spot,) = free_spots(taken, 1)
    assert 3.9 < math.dist(spot, (10, 0, 10)) < 6


def test_north_of_the_plant_is_minus_z_of_the_scene_and_turns_keep_their_sense():
    position, rotation = from_plant_frame(1, 2, 3, math.pi / 2)
    assert position == (1, 3, -2)
    assert rotation == pytest.approx((0, math.sqrt(0.5), 0, math.sqrt(0.5)))
