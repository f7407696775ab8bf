"""The plant's description is complete and agrees with what the physics puts out."""

from __future__ import annotations

from collections import Counter

import pytest

from xushi.demo._line import EDGES, LINE, NODES, PARTS, Machine, Signal, buffers, machine, signals_of
from xushi.demo._physics import PlantModel

_TYPES = {
    "double": float, "int": int, "bool": bool, "enum": int, "string": str, "time": int,
    "double[]": list, "int[]": list, "string[]": list,
}  # fmt: skip


@pytest.fixture(scope="module")
def used_model() -> PlantModel:
    model = PlantModel(3, 0)
    model.run_until(4 * 3600.0)
    model.sample()
    return model


def test_every_signal_has_its_own_key_and_its_own_address() -> None:
    assert max(Counter(signal.key for signal in LINE.signals).values()) == 1
    places = Counter((signal.protocol, signal.address, signal.pointer) for signal in LINE.signals)
    assert max(places.values()) == 1


def test_every_signal_has_texts_in_both_languages_and_limits_in_order() -> None:
    for signal in LINE.signals:
        assert signal.name.en
        assert any("一" <= character <= "鿿" for character in signal.name.zh), signal.key
        if signal.low is not None and signal.high is not None:
            assert signal.low <= signal.high, signal.key


def test_every_machine_of_the_contract_is_there() -> None:
    ids = {each.id for each in LINE.machines}
    wanted = {f"OP{n}0" for n in range(1, 11)} | {f"B{n}0" for n in range(1, 10)}
    assert wanted | {"PS1", "KIT1", "AGV1", "AGV2", "RWK1", "PLC1", "EM1", "CMP1"} <= ids


def test_more_than_a_hundred_metrics_travel_by_sparkplug() -> None:
    assert sum(signal.protocol == "sparkplug" for signal in LINE.signals) >= 100


@pytest.mark.parametrize("spec", LINE.machines, ids=lambda spec: spec.id)
def test_every_machine_stands_on_the_floor_and_reports_something(spec: Machine) -> None:
    assert 0.0 < spec.x < 60.0
    assert 0.0 < spec.y < 25.0
    assert signals_of(spec.id)


def test_stations_do_not_overlap() -> None:
    stations = [each for each in LINE.machines if each.category == "station"]
    for a in stations:
        for b in stations:
            assert a is b or abs(a.x - b.x) >= 4.0 or abs(a.y - b.y) >= 4.0


def test_conveyors_join_machines_that_exist() -> None:
    for conveyor in buffers():
        assert machine(conveyor.source)
        assert not conveyor.target or machine(conveyor.target)
        assert conveyor.capacity > 0
        assert len(conveyor.path) >= 2


def test_every_road_point_can_be_left_and_reached() -> None:
    names = {node.id for node in NODES}
    assert {edge.start for edge in EDGES} == names
    assert {edge.end for edge in EDGES} == names


def test_the_bill_of_material_fills_ten_bins() -> None:
    assert sorted(part.bin for part in PARTS if part.bin >= 0) == list(range(10))


def test_the_physics_puts_out_only_described_values_of_the_described_type(used_model: PlantModel) -> None:
    by_key: dict[str, Signal] = {signal.key: signal for signal in LINE.signals}
    for key, value in used_model.values.current.items():
        assert key in by_key, key
        assert isinstance(value, _TYPES[by_key[key].type]), (key, value)


def test_every_opcua_signal_gets_a_value_from_the_physics_or_the_faces(used_model: PlantModel) -> None:
    silent = {s.key for s in LINE.signals if s.protocol == "opcua"} - set(used_model.values.current)
    from_faces = {key for key in silent if key.startswith("PLC1.Published.")}
    assert silent - from_faces == set()
