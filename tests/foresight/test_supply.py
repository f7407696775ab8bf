"""Material comes to the stations in trays, on vehicles and roads that the twins describe, as it does in the plant."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import XushiError
from xushi.runtime import Platform
from xushi.runtime._materials import Material, Used, pieces_at
from xushi.runtime.foresight import (
    Calibration,
    FleetFacts,
    Flow,
    Fork,
    ModelChange,
    Node,
    Plant,
    Records,
    Supply,
    SupplyChain,
    build_model,
    build_state,
    changed_model,
    check_room,
    fork,
    helper,
    main_line,
    plant_of,
    run_forecast,
)
from xushi.runtime.foresight._records import MachineRecord, read_machine
from xushi.runtime.foresight._start_supply import SupplyRecords
from xushi.runtime.foresight._supply import RoadFacts
from xushi.twins import AnnotatedRelationshipElement, Entity, Submodel, SubmodelElement

from .conftest import START_NS, S

AT_NS = START_NS + 3 * 3600 * S
STRUCTURE = "urn:xushi:demo:submodel:LINE1:HierarchicalStructures"
BILL = "urn:xushi:demo:submodel:E15:HierarchicalStructures"
SUPPLIED = ("OP10", "OP20", "OP30", "OP40", "OP50", "OP70", "OP80", "OP100")
FLEET = "XD-AGV"


@pytest.fixture(scope="module")
def forked(recorded: Platform) -> Fork:
    return fork(plant_of(recorded), recorded.timelines.get("live"), START_NS, AT_NS)


# ---- out of the twins
def test_the_twins_tell_who_fills_whose_trays_and_who_brings_them(recorded: Platform) -> None:
    chain = plant_of(recorded).supply
    assert {one.station: one.source for one in chain.supplies} == {
        station: "KIT1" if station in ("OP30", "OP50", "OP70") else "PS1" for station in SUPPLIED
    }
    assert {(one.tray_units, one.reorder_at) for one in chain.supplies} == {(12, 12)}
    assert [one.station for one in chain.supplies if not one.fleet] == ["OP100"]
    (fleet,) = chain.fleets
    assert (fleet.id, fleet.speed_m_s, fleet.load_s, fleet.unload_s) == (FLEET, 1.4, 8.0, 8.0)
    assert [vehicle.id for vehicle in fleet.vehicles] == ["AGV1", "AGV2"]
    assert fleet.homes == ("N_CHG1", "N_CHG2")
    assert len(chain.roads) == 27
    assert plant_of(recorded).diagnoses == ()


def changed_structure(
    platform: Platform, change: Callable[[AnnotatedRelationshipElement], AnnotatedRelationshipElement | None]
) -> Plant:
    """The plant as it is read when the relations of supply are others."""

    def kept(one: SubmodelElement) -> SubmodelElement | None:
        is_supply = isinstance(one, AnnotatedRelationshipElement) and (one.id_short or "").startswith("Supply_")
        return change(one) if is_supply else one  # type: ignore[arg-type]

    return with_statements(platform, STRUCTURE, kept)


def with_statements(
    platform: Platform, structure: str, change: Callable[[SubmodelElement], SubmodelElement | None]
) -> Plant:  # fmt: skip
    """The plant as it is read when the statements of a structure's entry node are others."""
    twins = platform.twins
    whole = twins.submodel(structure)
    assert whole is not None
    entry, *rest = whole.submodel_elements
    assert isinstance(entry, Entity)
    statements = [kept for one in entry.statements if (kept := change(one)) is not None]
    other: Submodel = msgspec.structs.replace(
        whole, submodel_elements=(msgspec.structs.replace(entry, statements=tuple(statements)), *rest)
    )
    key = ("submodel", structure)
    known = twins._parsed[key]
    try:
        twins._parsed[key] = (known[0], other)
        twins.edition += 1
        return plant_of(platform)
    finally:
        twins._parsed[key] = known
        twins.edition += 1


def without(*names: str) -> Callable[[AnnotatedRelationshipElement], AnnotatedRelationshipElement]:
    def change(one: AnnotatedRelationshipElement) -> AnnotatedRelationshipElement:
        kept = tuple(fact for fact in one.annotations if fact.id_short not in names)
        return msgspec.structs.replace(one, annotations=kept)

    return change


def with_fact(name: str, value: str) -> Callable[[AnnotatedRelationshipElement], AnnotatedRelationshipElement]:
    def change(one: AnnotatedRelationshipElement) -> AnnotatedRelationshipElement:
        facts = tuple(
            msgspec.structs.replace(fact, value=value) if fact.id_short == name else fact  # type: ignore[call-arg]
            for fact in one.annotations
        )
        return msgspec.structs.replace(one, annotations=facts)

    return change


def test_a_tray_lasts_as_long_as_the_bill_of_materials_says(recorded: Platform) -> None:
    def twice(one: SubmodelElement) -> SubmodelElement:
        facts = {fact.id_short: fact for fact in one.statements} if isinstance(one, Entity) else {}
        if "BulkCount" not in facts or facts["Station"].value != "OP10":  # type: ignore[union-attr]
            return one
        count = facts["BulkCount"]
        facts["BulkCount"] = msgspec.structs.replace(count, value=str(2 * int(count.value)))  # type: ignore[union-attr]
        return msgspec.structs.replace(one, statements=tuple(facts.values()))

    supplies = with_statements(recorded, BILL, twice).supply.supplies
    assert {one.station: one.tray_units for one in supplies if one.tray_units != 12} == {"OP10": 6}


def test_pieces_are_counted_through_assemblies_and_for_the_product_that_needs_the_most() -> None:
    def made_of(name: str, *parts: Used) -> Material:
        return Material(id=name, name={}, parts=parts)

    materials = [
        made_of("engine", Used("head", 2.0, "OP2"), Used("bolt", 3.0, "OP1")),
        made_of("head", Used("valve", 4.0, "OP1"), Used("spring", 1.0)),
        made_of("small engine", Used("bolt", 5.0, "OP2")),
        *(made_of(name) for name in ("valve", "spring", "bolt")),
    ]
    assert pieces_at({one.id: one for one in materials}) == {"OP1": 3.0 + 2 * 4.0, "OP2": 5.0}


@pytest.mark.parametrize(
    ("change", "code", "supplied"),
    [
        (without("TrayPieces"), "runtime.supply_tray_missing", 0),
        (with_fact("TrayPieces", "NaN"), "runtime.supply_tray_missing", 0),
        (with_fact("VehicleType", "another"), "runtime.supply_no_vehicles", 1),
        (without("PreparationTime"), "runtime.supply_assumed", 8),
        (with_fact("ReorderPoint", "-3"), "runtime.supply_assumed", 8),
        (lambda one: msgspec.structs.replace(one, second=one.first), "runtime.supply_end_wrong", 0),
        (lambda one: msgspec.structs.replace(one, first=None), "runtime.supply_end_unknown", 0),
    ],
)
def test_what_the_twins_do_not_tell_is_said_and_the_rest_still_forecasts(
    recorded: Platform, change: Callable[..., Any], code: str, supplied: int
) -> None:
    plant = changed_structure(recorded, change)
    assert {one.code for one in plant.diagnoses} == {code}
    assert len(plant.supply.supplies) == supplied
    for one in plant.diagnoses:
        assert all(one.text(language) and "{" not in one.text(language) for language in ("en", "zh-CN"))
    begun = fork(plant, recorded.timelines.get("live"), START_NS, AT_NS)
    assert bool(begun.model.transports) == (supplied > 1)


def test_a_plant_without_supply_has_the_model_it_always_had(recorded: Platform) -> None:
    plant = changed_structure(recorded, lambda one: None)
    begun = fork(plant, recorded.timelines.get("live"), START_NS, AT_NS)
    assert plant.supply == SupplyChain()
    assert all("Stock" not in node.signals for node in plant.nodes.values())
    assert not begun.model.fleets
    assert [product.id for product in begun.model.products] == ["part"]
    assert all(not operation.makes for machine in begun.model.machines for operation in machine.operations)


# ---- the start
def test_stock_trays_and_tokens_at_the_fork_are_those_of_the_plant(recorded: Platform, forked: Fork) -> None:
    levels = {name: sum(one.quantity for one in parts) for name, parts in forked.state.buffers.items()}
    loaded = {one.transport for one in forked.state.vehicles.values() if one.part is not None}
    for supply in forked.plant.supply.supplies:
        station = supply.station
        handle = recorded.registry.handle(f"urn:xushi:demo:submodel:{station}:OperationalData#Material.Stock")
        ((_, _, stock, _),) = recorded.timelines.get("live").snapshot(AT_NS, [handle]).rows(recorded.registry)
        has_unit = any(part.product == "unit" for part in forked.state.machines[station].parts)
        assert levels.get(helper(station, "material"), 0) + has_unit == stock, station
        trays = levels.get(helper(station, "ready"), 0) + levels.get(helper(station, "tray"), 0)
        trays += f"{supply.source}→{station}" in loaded
        trays += sum(
            part.product == helper(station, "trays") for one in forked.state.machines.values() for part in one.parts
        )
        orders = forked.state.buffers.get(helper(supply.source, "orders"), ())
        trays += sum(one.product == helper(station, "trays") for one in orders)
        assert trays == (stock <= 12)
        assert levels.get(helper(station, "permit"), 0) == (0 if trays else 1)
        # A token for each unit used since the last request: all of it adds up to two trays.
        assert stock + 12 * trays + levels.get(helper(station, "used"), 0) == 24, station


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # Loaded, between two points: it comes to the next one after the rest of the way.
        (
            {"LastNode": "N_OP10", "Load": "T1", "Target": "OP20", "PositionX": 22.8, "PositionY": 14.6},
            simulate.VehicleState(
                at="N_OP20", transport="PS1→OP20", phase="to_drop", left_s=3.2 / 1.4,
                part=simulate.PartState(product=helper("OP20", "trays")),
            ),
        ),
        # Empty, on the way to the rack for a kit.
        (
            {"LastNode": "N_W0", "Load": "", "Target": "OP30"},
            simulate.VehicleState(at="N_W0", transport="KIT1→OP30", phase="to_pickup"),
        ),
        # On its way home, told by its position alone.
        ({"Target": "AGV1", "PositionX": 11.2, "PositionY": 11.0}, simulate.VehicleState(at="N_W0")),
        # Where there is no road, with a load for nobody, or with values of another kind.
        ({"LastNode": "N_NOWHERE", "Load": "T1", "Target": "OP60"}, simulate.VehicleState(at="N_CHG1")),
        ({"LastNode": 7, "PositionX": "x", "PositionY": math.nan}, simulate.VehicleState(at="N_CHG1")),
    ],
)  # fmt: skip
def test_a_vehicle_starts_where_its_signals_tell_and_goes_on_with_its_tray(
    forked: Fork, values: dict[str, Any], expected: simulate.VehicleState
) -> None:
    supply = msgspec.structs.replace(forked.records.supply, vehicles={"AGV1": values})
    records = msgspec.structs.replace(forked.records, supply=supply)
    state, _ = build_state(forked.plant, forked.calibration, records, forked.model)
    found = state.vehicles[f"{FLEET}-1"]
    assert found == msgspec.structs.replace(expected, left_s=pytest.approx(expected.left_s))
    made = simulate.run(forked.model, simulate.Experiment(horizon_s=1800.0, replications=2), state)
    assert made.values("plant.good").min() > 30


def test_a_vehicle_whose_place_is_not_told_is_said_to_be_assumed(forked: Fork) -> None:
    assumed = [one for one in forked.diagnoses if one.code == "runtime.vehicle_place_assumed"]
    assert {one.place for one in assumed} == {"AGV1", "AGV2"}  # the recording holds no VDA 5050 messages


def test_a_station_that_waits_for_material_is_not_said_to_have_stopped(recorded: Platform) -> None:
    plant = plant_of(recorded)
    node = plant.nodes["OP30"]
    timeline = recorded.timelines.get("live")
    with_stock = read_machine(timeline, node, START_NS, AT_NS)
    bare = {role: key for role, key in node.signals.items() if role != "Stock"}
    before = read_machine(timeline, msgspec.structs.replace(node, signals=bare), START_NS, AT_NS)
    assert len(with_stock.kinds["stop"].lasted_s) <= len(before.kinds["stop"].lasted_s)
    assert with_stock.works_s == before.works_s


# ---- a small plant whose supply is the constraint, or is not
def small_plant(vehicles: int, road_m: float = 60.0) -> Plant:
    """One machine, fed by trays of five from a store; the round of the roads is as long as told."""
    store, machine = Node("S", "s", {}, {}), Node("M", "m", {"CycleTime": 10.0}, {})
    carts = tuple(Node(f"V{number}", f"v{number}", {}, {}) for number in range(vehicles))
    fleet = FleetFacts(
        id="V", speed_m_s=1.0, load_s=5.0, unload_s=5.0, vehicles=carts, homes=("a",) * vehicles
    )  # fmt: skip
    supply = Supply(
        source="S", station="M", tray_units=5, reorder_at=5, prepare_s=2.0, fleet="V", start="a", end="b"
    )  # fmt: skip
    roads = (RoadFacts("there", "a", "b", road_m / 2), RoadFacts("back", "b", "a", road_m / 2))
    chain = SupplyChain(
        sources={"S": store}, supplies=(supply,), fleets=(fleet,), roads=roads,
        points={"a": (0.0, 0.0), "b": (1.0, 0.0)},
    )  # fmt: skip
    return Plant("small", {"M": machine}, (), supply=chain)


def made_in_an_hour(plant: Plant, cycle_s: float, changes: tuple[ModelChange, ...] = ()) -> simulate.Outcome:
    """What the machine makes from a stock of ten; `build_model` wants a flow, and a buffer behind it is one."""
    calibration = Calibration({"M": simulate.Constant(value_s=cycle_s)}, {"M": {}}, {"B": 1.0}, {}, {}, (), ())
    nodes = {**plant.nodes, "B": Node("B", "b", {"Capacity": 1.0}, {})}
    model = build_model(msgspec.structs.replace(plant, nodes=nodes, flows=(Flow("M", "B"),)), calibration)
    records = Records({"M": MachineRecord()}, {}, 0, 3600 * S, SupplyRecords({"M": 10}))
    state, _ = build_state(plant, calibration, records, model)
    experiment = simulate.Experiment(horizon_s=3600.0, replications=2)
    return simulate.run(changed_model(model, changes), experiment, state)


def test_vehicles_limit_what_is_made_only_where_they_are_the_constraint() -> None:
    # A round of 60 s and ten seconds of handling for five parts: one tray under way lasts for five of ten seconds.
    slow = float(made_in_an_hour(small_plant(1, road_m=200.0), 10.0).values("plant.good").mean())
    quick = float(made_in_an_hour(small_plant(1, road_m=20.0), 10.0).values("plant.good").mean())
    assert quick == pytest.approx(359, abs=2)
    assert slow < 0.6 * quick


def test_a_change_of_speed_or_way_changes_what_is_made() -> None:
    plant = small_plant(1, road_m=200.0)
    now = made_in_an_hour(plant, 10.0).values("plant.good").mean()
    faster = ModelChange(element="V", figure="vehicle_speed", factor=4.0)
    longer = ModelChange(element="there", figure="travel_time", factor=3.0)
    assert made_in_an_hour(plant, 10.0, (faster,)).values("plant.good").mean() > 1.5 * now
    assert made_in_an_hour(plant, 10.0, (longer,)).values("plant.good").mean() < 0.7 * now
    with pytest.raises(XushiError) as caught:
        made_in_an_hour(plant, 10.0, (ModelChange(element="back", figure="closed"),))
    assert (caught.value.code, caught.value.params["element"]) == ("runtime.road_needed", "back")


# ---- the demo plant
def good(fork: Fork, *changes: ModelChange, hours: float = 4.0) -> Any:
    model = changed_model(fork.model, changes)
    check_room(model, fork.state)
    return simulate.run(model, simulate.Experiment(horizon_s=hours * 3600, replications=20), fork.state)


def test_one_vehicle_holds_the_line_back_and_a_third_gains_nothing(forked: Fork) -> None:
    outcome = {
        count: good(forked, ModelChange(element=FLEET, figure="vehicles", value=count)) for count in (1, 2, 3)
    }  # fmt: skip
    made = {count: float(one.values("plant.good").mean()) for count, one in outcome.items()}
    assert made[1] < 0.9 * made[2]
    assert made[3] == pytest.approx(made[2], rel=0.02)
    assert float(outcome[1].values(f"{FLEET}-1.idle_share").mean()) < 0.05


def test_the_plant_itself_loses_as_much_with_one_vehicle(forked: Fork) -> None:
    plant = PlantModel(3, START_NS)
    plant.fleet.vehicles.pop("AGV2")
    plant.run_until(3600.0)
    before = plant.book.finished
    plant.run_until(5 * 3600.0)
    made = plant.book.finished - before
    one = good(forked, ModelChange(element=FLEET, figure="vehicles", value=1)).values("plant.good")
    assert made == pytest.approx(float(one.mean()), rel=0.1)


def test_with_one_vehicle_the_forecast_names_the_fleet_and_the_stations_without_material(forked: Fork) -> None:
    model = changed_model(forked.model, [ModelChange(element=FLEET, figure="vehicles", value=1)])
    slow = changed_model(model, [ModelChange(element=FLEET, figure="vehicle_speed", factor=0.5)])
    told = run_forecast(msgspec.structs.replace(forked, model=slow), 3 * 3600.0, 30, 1, {})
    assert told["bottleneck"]["machine"] == FLEET
    lacking = {one["id"]: one.get("lacks_material_share") for one in told["machines"]}
    assert max(lacking[station] for station in SUPPLIED) > 0.2
    assert "lacks_material_share" not in next(one for one in told["machines"] if one["id"] == "OP60")
    warnings = [one for one in told["warnings"] if one["code"] == "runtime.will_lack_material"]
    assert warnings
    assert {one["culprit"] for one in warnings} <= {FLEET, "KIT1", "PS1"}
    assert {one["lacking"] for one in warnings} <= set(SUPPLIED)
    assert FLEET in warnings[0]["text"]["en"]
    usual = run_forecast(forked, 3600.0, 30, 1, {})
    assert usual["bottleneck"]["machine"] in ("OP40", "OP90", "OP60", "OP30")
    assert not [one for one in usual["warnings"] if one["code"] == "runtime.will_lack_material"]


def test_helpers_of_the_model_are_shown_to_nobody(forked: Fork) -> None:
    told = msgspec.json.encode(run_forecast(forked, 3600.0, 10, 1, {})).decode()
    assert "|" not in told


def test_a_closed_road_makes_trips_longer_and_one_that_is_needed_stays_open(forked: Fork) -> None:
    now = good(forked, hours=2.0)
    closed = good(forked, ModelChange(element="N_X1-N_X2", figure="closed"), hours=2.0)

    def metres_a_trip(outcome: simulate.Outcome) -> float:
        trips = sum(outcome.values(f"{FLEET}-{n}.trips") for n in (1, 2))
        distance = sum(outcome.values(f"{FLEET}-{n}.distance_m") for n in (1, 2))
        return float(np.mean(distance / trips))

    assert metres_a_trip(closed) > 1.05 * metres_a_trip(now)
    with pytest.raises(XushiError) as caught:
        changed_model(forked.model, [ModelChange(element="N_OP10-N_OP20", figure="closed")])
    assert caught.value.code == "runtime.road_needed"
    assert caught.value.params["element"] == "N_OP10-N_OP20"
    changes = [ModelChange(element="N_X1-N_X2", figure=figure) for figure in ("closed", "opened")]
    assert changed_model(forked.model, changes) == forked.model


def test_a_vehicle_that_stands_where_no_road_leads_on_is_named(forked: Fork) -> None:
    stuck = simulate.VehicleState(at="N_CHG1")
    state = msgspec.structs.replace(forked.state, vehicles={**forked.state.vehicles, f"{FLEET}-1": stuck})
    roads = tuple(
        msgspec.structs.replace(road, is_open=road.start != "N_CHG1") for road in forked.model.roads
    )  # fmt: skip
    with pytest.raises(XushiError) as caught:
        check_room(msgspec.structs.replace(forked.model, roads=roads), state)
    assert caught.value.code == "runtime.vehicle_cut_off"
    assert caught.value.params["vehicle"] == f"{FLEET}-1"


def test_the_store_and_the_rack_can_be_changed_and_their_helpers_cannot(forked: Fork) -> None:
    slow = good(forked, ModelChange(element="KIT1", figure="cycle_time", factor=8.0), hours=3.0)
    assert slow.values("plant.good").mean() < 0.9 * good(forked, hours=3.0).values("plant.good").mean()
    for element, figure in ((helper("OP20", "kanban"), "cycle_time"), (helper("OP20", "material"), "capacity")):
        with pytest.raises(XushiError) as caught:
            changed_model(forked.model, [ModelChange(element=element, figure=figure, factor=2.0, value=2)])  # type: ignore[arg-type]
        assert caught.value.code == "runtime.change_unknown"
        assert "|" not in caught.value.params["known"]


def test_fewer_vehicles_than_at_the_fork_lose_no_tray(forked: Fork) -> None:
    whole = simulate.Simulation(forked.model, forked.state)
    state = whole.state()
    while (second := state.vehicles[f"{FLEET}-2"]).part is None:
        whole.advance(whole.now_s + 5.0)
        assert whole.now_s < 3600.0
        state = whole.state()
    assert second.transport is not None
    station = second.transport.partition("→")[2]
    model = changed_model(forked.model, [ModelChange(element=FLEET, figure="vehicles", value=1)])
    run = simulate.Simulation(model, state)
    assert run.levels()[helper(station, "ready")] == whole.levels()[helper(station, "ready")] + 1
    run.advance(4 * 3600.0)
    assert run.finished()["finished"] > 200  # it does not stand still for want of that tray


def test_the_main_line_says_that_it_has_material_at_all_times(forked: Fork) -> None:
    line = main_line(forked)
    told = [one for one in line.left_out if one.code == "runtime.line_without_supply"]
    assert [one.place for one in told] == [", ".join(SUPPLIED)]
    assert (
        simulate.run(line.model, simulate.Experiment(horizon_s=600.0, replications=2), line.state).engine == "recursion"
    )
