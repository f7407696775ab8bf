"""Edits of a mapping can be taken back and done again, whatever they were, and outlive the server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wizard import Wizard

from xushi.connectors import FoundNode, PeerCard
from xushi.connectors.mapping import Machine, Mapping, Row, to_csv
from xushi.remote import RemoteError
from xushi.runtime._draft_edits import Edits, Step, backward, forward, step_between
from xushi.runtime._draft_store import DraftCard, DraftStore
from xushi.testing import NodeOpcua
from xushi.testing import served as serving

_names = st.sampled_from(["A", "B", "C", "D"])
_rows = st.builds(
    Row, number=st.integers(1, 9), address=_names, machine=_names, property=_names, name=st.just({"en": "n"}),
    kind=st.sampled_from(["double", "int"]), is_included=st.booleans(),
)  # fmt: skip
_machines = st.builds(Machine, key=_names, name=st.just({"en": "n"}), x_m=st.none() | st.floats(-9, 9))
_mappings = st.builds(
    Mapping, st.lists(_machines, max_size=4).map(lambda all: {one.key: one for one in all}),
    st.lists(_rows, max_size=6).map(tuple),
)  # fmt: skip


def _same(a: Mapping, b: Mapping) -> bool:
    return a == b and list(a.machines) == list(b.machines)


@given(_mappings, _mappings)
def test_a_step_leads_from_one_mapping_to_the_other_and_back(before: Mapping, after: Mapping) -> None:
    step = step_between(before, after, "rows", 1)
    if step is None:
        assert _same(before, after)
    else:
        assert _same(forward(before, step), after)
        assert _same(backward(after, step), before)


@settings(max_examples=200)
@given(_mappings, st.lists(_mappings | st.sampled_from(["undo", "redo"]), max_size=12))
def test_undo_of_all_gives_the_start_and_redo_of_all_the_end(start: Mapping, acts: list[Mapping | str]) -> None:
    edits = Edits(start)
    for act in acts:
        if act == "undo":
            edits.undo()
        elif act == "redo":
            edits.redo()
        elif isinstance(act, Mapping):
            edits.take(act, "rows", 1)
    while edits.redo():
        pass
    end = edits.mapping
    count = 0
    while edits.undo():
        count += 1
    assert _same(edits.mapping, start)
    while edits.redo():
        count -= 1
    assert _same(edits.mapping, end)
    assert count == 0


@given(_mappings, st.lists(_mappings, max_size=12), st.integers(1, 4))
def test_the_oldest_steps_are_forgotten_first_and_the_rest_still_goes_both_ways(
    start: Mapping, maps: list[Mapping], most: int
) -> None:
    edits = Edits(start)
    for one in maps:
        edits.take(one, "sheet", 1)
    end = edits.mapping
    edits.forget(edits.surplus(most))
    first = edits.first()
    assert len(edits.steps) <= most
    while edits.undo():
        pass
    assert _same(edits.mapping, first)
    while edits.redo():
        pass
    assert _same(edits.mapping, end)


@settings(max_examples=50, deadline=None)
@given(start=_mappings, maps=st.lists(_mappings, max_size=6), undone=st.integers(0, 3))
def test_what_is_kept_on_disk_is_what_was(
    tmp_path_factory: pytest.TempPathFactory, start: Mapping, maps: list[Mapping], undone: int
) -> None:
    path: Path = tmp_path_factory.mktemp("drafts") / "drafts.sqlite"
    store, card = DraftStore(path), DraftCard("d", "opcua", "opc.tcp://a", {}, "o", "O", 1, 1, PeerCard("t"))
    edits = Edits(start)
    store.put_base(card, edits)
    for one in maps:
        step = edits.take(one, "rows", 1)
        if step is not None:
            store.put_step(card, edits.done, step)
    for _ in range(undone):
        edits.undo()
    store.put(card, edits.done)
    store.close()
    again = DraftStore(path)
    kept = again.edits("d")
    assert _same(kept.mapping, edits.mapping)
    assert (kept.steps, kept.done) == (edits.steps, edits.done)
    assert again.cards() == [card]
    again.remove("d")
    assert again.cards() == []
    again.close()


def test_a_node_with_any_plain_sample_is_kept(tmp_path: Path) -> None:
    store, card = DraftStore(tmp_path / "d.sqlite"), DraftCard("d", "p", "e", {}, "o", "O", 1, 1, PeerCard("t"))
    nodes = [FoundNode("a", "A", sample=2**70), FoundNode("b", "B", sample=[1.5, None, {"k": "v"}])]
    store.put_nodes(card, 0, nodes)
    assert [one.sample for one in store.nodes("d")] == [str(2**70), [1.5, None, {"k": "v"}]]
    store.close()


def test_one_cell_many_rows_a_machine_and_a_sheet_are_undone_one_by_one_and_redone(
    wizard: Wizard, plant: NodeOpcua
) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    states: list[object] = [_state(wizard)]

    def then(change: Callable[[], object]) -> None:
        change()
        states.append(_state(wizard))
        assert states[-1] != states[-2]

    number = wizard.row("SprayPressure")["number"]
    then(lambda: wizard.patch("rows", {"numbers": [number], "unit": "mbar"}))
    then(lambda: wizard.patch("rows", {"machine": "PaintRobot", "is_included": False}))
    then(lambda: wizard.patch("machines", {"machine": "PaintRobot", "kind": "cabinet"}))
    then(lambda: wizard.take(wizard.sheet("csv").replace(b"mbar", b"kPa")))
    then(lambda: wizard.suggest())
    kinds = ["rows", "rows", "machine", "sheet", "suggestion"]
    for at in range(5, 0, -1):
        assert _info(wizard)["undo"]["kind"] == kinds[at - 1]
        wizard.post("undo", {})
        assert _state(wizard) == states[at - 1]
    assert _info(wizard)["undo"] is None
    with pytest.raises(RemoteError, match="no edit to take back"):
        wizard.post("undo", {})
    for at in range(1, 5):
        wizard.post("redo", {})
        assert _state(wizard) == states[at]
    wizard.patch("rows", {"numbers": [number], "unit": "bar"})
    assert _info(wizard)["redo"] is None
    with pytest.raises(RemoteError, match="no edit to do again"):
        wizard.post("redo", {})


def test_a_refused_edit_is_no_step(wizard: Wizard, plant: NodeOpcua) -> None:
    wizard.connect(plant.url)
    wizard.suggest()
    number = wizard.row("SprayPressure")["number"]
    refused = wizard.patch("rows", {"numbers": [number], "property": "no spaces please"})
    assert not refused["is_taken"]
    assert not wizard.take(to_csv([["Address", "Machine", "Property", "Kind"], ["x", "1", "2", "3"]]))["is_taken"]
    assert _info(wizard)["undo"] is None


def test_drafts_edits_and_found_nodes_outlive_the_server(tmp_path: Path, plant: NodeOpcua) -> None:
    with serving(tmp_path / "data") as served:
        wizard = Wizard(served)
        wizard.connect(plant.url)
        wizard.suggest()
        first = _state(wizard)
        number = wizard.row("SprayPressure")["number"]
        wizard.patch("rows", {"numbers": [number], "unit": "mbar"})
        wizard.patch("rows", {"numbers": [number], "unit": "kPa"})
        wizard.post("undo", {})
        before, found = _info(wizard), wizard.get("search", q="SprayPressure")
        path = wizard.draft
    with serving(tmp_path / "data") as served:
        wizard = Wizard(served)
        wizard.draft = path
        (listed,) = served.remote.get("/api/connect/drafts")
        assert (listed["rows"], listed["nodes"]) == (before["rows"], before["nodes"])
        assert {**_info(wizard), "job": None} == {**before, "job": None}
        assert wizard.row("SprayPressure")["unit"] == "mbar"
        assert wizard.get("search", q="SprayPressure") == found
        wizard.post("undo", {})
        assert _state(wizard) == first
        wizard.post("redo", {})
        wizard.post("redo", {})
        assert wizard.row("SprayPressure")["unit"] == "kPa"
        assert wizard.import_()["state"] == "done"
        served.remote.request("DELETE", path)
    with serving(tmp_path / "data") as served:
        assert served.remote.get("/api/connect/drafts") == []


def test_a_draft_is_finished_while_the_plant_holds_it_as_it_stands(tmp_path: Path, plant: NodeOpcua) -> None:
    def is_finished(wizard: Wizard) -> bool:
        (listed,) = wizard.remote.get("/api/connect/drafts")
        return bool(listed["link"])

    with serving(tmp_path / "data") as served:
        wizard = Wizard(served)
        wizard.connect(plant.url)
        wizard.suggest()
        wizard.import_(dry_run=True)
        assert not is_finished(wizard)
        done = wizard.import_()
        (link,) = served.remote.get("/api/links")
        assert _info(wizard)["link"] == link["id"]
        path = wizard.draft
    with serving(tmp_path / "data") as served:
        wizard = Wizard(served)
        wizard.draft = path
        assert is_finished(wizard)
        undone = served.remote.undo(done["command_id"])
        assert not is_finished(wizard)
        served.remote.undo(undone["command_id"])
        assert is_finished(wizard)
        wizard.patch("rows", {"numbers": [wizard.row("SprayPressure")["number"]], "unit": "mbar"})
        assert not is_finished(wizard)
        wizard.import_()
        assert is_finished(wizard)


def test_a_finished_draft_makes_room_for_a_new_one_and_an_unfinished_one_does_not(
    wizard: Wizard, plant: NodeOpcua, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xushi.runtime._drafts.MOST_DRAFTS", 2)
    finished = wizard.connect(plant.url)
    wizard.suggest("nsu=http://foreign.example/paintshop;s=CoolantPump")
    wizard.import_()
    others = [wizard.connect(plant.url)["id"] for _ in range(2)]
    assert {one["id"] for one in wizard.remote.get("/api/connect/drafts")} == set(others)
    assert finished["id"] not in others
    with pytest.raises(RemoteError) as refused:
        wizard.connect(plant.url)
    assert refused.value.code == "runtime.drafts_full"


def test_the_password_of_a_draft_outlives_the_server_in_the_secret_file_alone(tmp_path: Path, plant: NodeOpcua) -> None:
    with serving(tmp_path / "data") as served:
        wizard = Wizard(served)
        wizard.connect(plant.url, username="line", password="secret-1")
        path = wizard.draft
    holders = [file for file in (tmp_path / "data").rglob("*") if file.is_file() and b"secret-1" in file.read_bytes()]
    assert [file.stat().st_mode & 0o077 for file in holders] == [0]
    with serving(tmp_path / "data") as served:
        wizard = Wizard(served)
        wizard.draft = path
        assert wizard.get("nodes")["nodes"]
        served.remote.request("DELETE", path)
    assert not any(b"secret-1" in file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())


def _info(wizard: Wizard) -> dict[str, object]:
    info: dict[str, object] = wizard.remote.get(wizard.draft)
    return info


def _state(wizard: Wizard) -> object:
    machines = {key: {**one, "reason": ""} for key, one in wizard.machines().items()}
    return machines, wizard.rows()


def test_a_step_of_a_long_mapping_holds_only_what_was_changed() -> None:
    rows = tuple(Row(at + 1, f"a{at}", "M", f"p{at}", {"en": "n"}, "double") for at in range(10_000))
    before = Mapping({"M": Machine("M", {"en": "M"})}, rows)
    edited = (*rows[:5_000], msgspec.structs.replace(rows[5_000], unit="bar"), *rows[5_001:])
    step = step_between(before, msgspec.structs.replace(before, rows=edited), "rows", 1)
    assert isinstance(step, Step)
    assert step.size == 2
