"""What the event kernel does, on plants small enough to work out by hand (all times constant unless said)."""

import threading

import msgspec
import numpy as np
import pytest

from xushi.kernel import XushiError
from xushi.simulate import (
    SEEN,
    Buffer,
    Calendar,
    Cancellation,
    Constant,
    Crew,
    Experiment,
    Exponential,
    Failure,
    Fleet,
    Input,
    Machine,
    MachineState,
    Make,
    Model,
    Operation,
    Order,
    PartState,
    PlantState,
    Power,
    Product,
    Road,
    Route,
    Setup,
    Simulation,
    Sink,
    Source,
    Transport,
    Uniform,
    Zone,
    run,
)

from .plants import cell, changed, serial, step

A = (Buffer(id="a"),)


def once(model, horizon_s, state=None, **more):
    """Return one replication's key figures as plain numbers."""
    outcome = run(model, Experiment(horizon_s=horizon_s, replications=1, **more), state)
    return {name: float(values[0]) for name, values in outcome.kpis.items()}


def test_a_machine_works_one_part_after_the_other():
    kpis = once(cell(Machine(id="M", operations=(step(2, "a", "out"),)), buffers=A), 11.0)
    assert kpis["out.count"] == 5  # at 3, 5, 7, 9, 11
    assert kpis["M.busy_share"] == pytest.approx(10 / 11)
    assert kpis["a.level"] == pytest.approx((0 + 1 + 1 + 2 + 2 + 3 + 3 + 4 + 4 + 5) / 11)


def test_an_assembly_takes_one_of_each_and_makes_one():
    assemble = Operation(
        duration=Constant(value_s=1.0),
        inputs=(Input(buffer="a", quantity=2), Input(buffer="b")),
        makes=(Make(product="car"),),
        to=(Route(to="out"),),
    )
    model = cell(
        Machine(id="M", operations=(assemble,)),
        buffers=(Buffer(id="a"), Buffer(id="b")),
        products=(Product(id="wheel"), Product(id="car")),
        sources=(
            Source(id="wheels", interval=Constant(value_s=1.0), to=(Route(to="a"),)),
            Source(id="bodies", interval=Constant(value_s=3.0), to=(Route(to="b"),)),
        ),
    )
    kpis = once(model, 10.5)
    assert kpis["out.count"] == 3  # bodies at 3, 6, 9
    assert kpis["wheels.arrived"] == 10


def test_a_disassembly_sends_each_piece_its_own_way():
    split = Operation(
        duration=Constant(value_s=0.5),
        inputs=(Input(buffer="a"),),
        makes=(
            Make(product="core", to=(Route(to="cores"),)),
            Make(product="screw", quantity=4, to=(Route(to="screws"),)),
        ),
    )
    model = cell(
        Machine(id="M", operations=(split,)),
        buffers=A,
        products=(Product(id="old"), Product(id="core"), Product(id="screw")),
        sinks=(Sink(id="cores"), Sink(id="screws", is_good=False)),
    )
    kpis = once(model, 5.0)
    assert (kpis["cores.count"], kpis["screws.count"], kpis["plant.good"]) == (4, 16, 4)


def test_a_batch_waits_for_its_least_number_and_takes_up_to_its_most():
    bake = Operation(
        duration=Constant(value_s=10.0), inputs=(Input(buffer="a", quantity=3, up_to=8),), to=(Route(to="out"),)
    )
    kpis = once(cell(Machine(id="oven", operations=(bake,)), buffers=A), 25.0)
    assert kpis["oven.made"] == 2  # 3 parts from 3 to 13, 8 of the 10 that came meanwhile from 13 to 23
    assert kpis["out.count"] == 11


def test_rework_comes_back_as_often_as_it_is_drawn():
    test = Operation(
        duration=Constant(value_s=0.1),
        inputs=(Input(buffer="a"),),
        to=(Route(to="out", share=0.8), Route(to="a", share=0.2)),
    )
    kpis = once(cell(Machine(id="test", operations=(test,)), buffers=A), 20_000.0)
    assert kpis["test.made"] / kpis["out.count"] == pytest.approx(1 / 0.8, rel=0.01)


def test_routes_may_depend_on_the_product():
    routes = (Route(to="out", product="good"), Route(to="scrap", product="bad"))
    model = cell(
        Machine(
            id="M", operations=(Operation(duration=Constant(value_s=0.5), inputs=(Input(buffer="a"),), to=routes),)
        ),
        buffers=A,
        products=(Product(id="good"), Product(id="bad")),
        sources=(Source(id="in", interval=Constant(value_s=1.0), products={"good": 3, "bad": 1}, to=(Route(to="a"),)),),
        sinks=(Sink(id="out"), Sink(id="scrap", is_good=False)),
    )
    kpis = once(model, 10_000.0)
    assert kpis["scrap.count"] / (kpis["scrap.count"] + kpis["out.count"]) == pytest.approx(0.25, abs=0.02)


def test_higher_priority_overtakes_in_a_priority_buffer():
    orders = (
        Order(id="plain", product="low", quantity=3),
        Order(id="urgent", product="high", quantity=1, release_s=0.5, due_s=3.0),
    )
    sources = (Source(id="in", orders=orders, to=(Route(to="a"),)),)
    products = (Product(id="low"), Product(id="high", priority=9))
    finish = {}
    for discipline in ("fifo", "priority"):
        model = cell(
            Machine(id="M", operations=(step(2, "a", "out"),)),
            buffers=(Buffer(id="a", discipline=discipline),),
            products=products,
            sources=sources,
        )
        finish[discipline] = once(model, 20.0)
    assert (finish["fifo"]["plain.finish_s"], finish["fifo"]["urgent.finish_s"]) == (6.0, 8.0)
    assert (finish["priority"]["plain.finish_s"], finish["priority"]["urgent.finish_s"]) == (8.0, 4.0)
    assert finish["priority"]["urgent.late_s"] == 1.0


def test_a_setup_comes_between_different_products_only():
    orders = tuple(Order(id=f"o{i}", product=name, quantity=2) for i, name in enumerate(("x", "y", "x")))
    model = cell(
        Machine(
            id="M",
            operations=(step(1, "a", "out", durations={"y": Constant(value_s=2.0)}),),
            setups=(
                Setup(before="x", after="y", duration=Constant(value_s=10.0)),
                Setup(duration=Constant(value_s=5.0)),
            ),
            power=Power(busy_kw=3.6, setup_kw=7.2),
        ),
        buffers=A,
        products=(Product(id="x"), Product(id="y")),
        sources=(Source(id="in", orders=orders, to=(Route(to="a"),)),),
    )
    kpis = once(model, 100.0)
    assert [kpis[f"o{i}.finish_s"] for i in range(3)] == [2.0, 16.0, 23.0]
    assert kpis["M.setup_share"] == pytest.approx(0.15)
    assert kpis["M.energy_kwh"] == pytest.approx((8 * 3.6 + 15 * 7.2) / 3600)


def test_work_stops_at_the_end_of_a_shift_and_goes_on_at_the_next():
    calendar = Calendar(id="day", period_s=10.0, working_s=((0.0, 4.0), (4.0, 6.0)))
    model = cell(
        Machine(id="M", operations=(step(4, "a", "out"),), calendar="day"),
        buffers=A,
        calendars=(calendar,),
        sources=(Source(id="in", interval=Constant(value_s=0.5), to=(Route(to="a"),)),),
    )
    kpis = once(model, 20.0)
    # 0.5-4.5, 4.5-6 and 10-12.5, 12.5-16 and on: half of the time off
    assert kpis["out.count"] == 2
    assert kpis["M.off_share"] == pytest.approx(8 / 20)
    assert once(model, 9.0, PlantState(calendar_s=6.0))["M.off_share"] == pytest.approx(4 / 9)


def test_one_repairer_serves_the_higher_priority_first():
    fault = Failure(id="fault", after=Constant(value_s=1.0), repair=Constant(value_s=10.0), crew="crew")
    machines = [
        Machine(id=name, operations=(step(5, None, "out"),), failures=(fault,), repair_priority=priority)
        for name, priority in (("P", 0), ("Q", 1), ("R", 2))
    ]
    kpis = once(cell(*machines, buffers=(), sources=(), crews=(Crew(id="crew"),)), 21.0)
    # all fail at 1; P is first in line; then R, then Q
    assert kpis["R.waits_for_crew_share"] == pytest.approx(10 / 21)
    assert kpis["Q.waits_for_crew_share"] == pytest.approx(20 / 21)


@pytest.mark.parametrize(("waited_s", "last"), [((5.0, 9.0, 7.0), "P"), ((9.0, 7.0, 5.0), "R"), ((9.0, 5.0, 7.0), "Q")])
def test_at_the_start_who_waits_longest_for_the_crew_is_repaired_first(waited_s, last):
    fault = Failure(id="fault", after=Constant(value_s=100.0), repair=Constant(value_s=10.0), crew="crew")
    machines = [Machine(id=name, operations=(step(5, None, "out"),), failures=(fault,)) for name in "PQR"]
    model = cell(*machines, buffers=(), sources=(), crews=(Crew(id="crew"),))
    waiting = {
        name: MachineState(down="fault", waits_for_crew=True, waited_s=spent_s)
        for name, spent_s in zip("PQR", waited_s, strict=True)
    }
    kpis = once(model, 30.0, PlantState(machines=waiting))
    assert kpis[f"{last}.waits_for_crew_share"] == pytest.approx(20 / 30)
    # The order is kept where the plant is forked again on the way.
    begun = Simulation(model, PlantState(machines=waiting))
    begun.advance(4.0)
    later = begun.state().machines[last]
    assert (later.waits_for_crew, later.waited_s) == (True, 4.0 + min(waited_s))
    assert once(model, 16.0, begun.state())[f"{last}.waits_for_crew_share"] == pytest.approx(1.0)


def test_at_the_start_a_free_crew_begins_with_the_most_urgent():
    fault = Failure(id="fault", after=Constant(value_s=100.0), repair=Constant(value_s=10.0), crew="crew")
    machines = [
        Machine(id=name, operations=(step(5, None, "out"),), failures=(fault,), repair_priority=priority)
        for name, priority in (("P", 0), ("Q", 2), ("R", 1))
    ]
    state = PlantState(machines=dict.fromkeys("PQR", MachineState(down="fault", waits_for_crew=True)))
    kpis = once(cell(*machines, buffers=(), sources=(), crews=(Crew(id="crew"),)), 30.0, state)
    assert [kpis[f"{one}.waits_for_crew_share"] for one in "QRP"] == pytest.approx([0, 1 / 3, 2 / 3])


def test_a_crew_off_shift_begins_no_repair():
    fault = Failure(id="fault", after=Constant(value_s=5.0), repair=Constant(value_s=1.0), crew="crew")
    night = Calendar(id="night", period_s=100.0, working_s=((50.0, 100.0),))
    model = cell(
        Machine(id="M", operations=(step(1, None, "out"),), failures=(fault,)),
        buffers=(), sources=(), crews=(Crew(id="crew", calendar="night"),), calendars=(night,),
    )  # fmt: skip
    kpis = once(model, 51.0)
    assert kpis["M.waits_for_crew_share"] == pytest.approx(45 / 51)
    assert kpis["M.down_share"] == pytest.approx(1 / 51)


def test_busy_time_clock_time_and_parts_count_differently():
    def made(counts, after):
        failure = Failure(id="f", counts=counts, after=Constant(value_s=after), repair=Constant(value_s=3.0))
        model = cell(Machine(id="M", operations=(step(0.5, "a", "out"),), failures=(failure,)), buffers=A)
        return once(model, 12.0)

    assert made("busy", 1.9)["M.down_share"] == pytest.approx(5.7 / 12)  # from 4.4, and from 9.3
    assert made("time", 5.0)["M.down_share"] == pytest.approx(3 / 12)  # from 5; next at 13
    assert made("parts", 4)["M.down_share"] == pytest.approx(
        5.5 / 12
    )  # after the 4th part at 4.5, after the 8th at 9.5


def test_a_full_buffer_blocks_or_loses_arrivals():
    for when_full, arrived, lost in (("wait", 7, 0), ("lose", 10, 4)):
        source = Source(id="in", interval=Constant(value_s=1.0), to=(Route(to="a"),), when_full=when_full)
        slow = Machine(id="M", operations=(step(2.7, "a", "out"),))
        kpis = once(cell(slow, buffers=(Buffer(id="a", capacity=2),), sources=(source,)), 10.5)
        assert (kpis["in.arrived"], kpis["in.lost"]) == (arrived, lost)


def transport_plant(vehicles=1, zone=None):
    roads = (
        Road(start="P", end="Q", length_m=10.0, zone=zone),
        Road(start="Q", end="P", length_m=10.0, zone=zone),
    )
    return cell(
        Machine(id="M", operations=(step(0.1, "b", "out"),)),
        buffers=(Buffer(id="a"), Buffer(id="b", capacity=5)),
        roads=roads,
        zones=(Zone(id=zone),) if zone else (),
        fleets=(Fleet(id="agv", count=vehicles, speed_m_s=1.0, home=("P",), busy_kw=3.6),),
        transports=(
            Transport(
                id="move", fleet="agv", source="a", destination="b", start="P", end="Q",
                load=Constant(value_s=2.0), unload=Constant(value_s=3.0),
            ),
        ),
    )  # fmt: skip


def test_a_vehicle_loads_drives_unloads_and_comes_back():
    kpis = once(transport_plant(), 41.5)
    # part at 1; loading to 3, driving to 13, unloading to 16; back at 26, loading 28, 38, 41
    assert kpis["agv-1.trips"] == 2
    assert kpis["out.count"] == 2
    assert kpis["agv-1.distance_m"] == 30.0 + 10.0
    assert kpis["agv-1.loaded_share"] == pytest.approx(20 / 41.5)
    assert kpis["agv-1.energy_kwh"] == pytest.approx(40.5 * 3.6 / 3600)


def test_a_closed_road_is_not_driven_on_and_a_delay_is_lost_at_any_speed():
    plant = transport_plant()
    bend = tuple(Road(start=one.start, end=one.end, length_m=10.0, delay_s=1.0) for one in plant.roads)
    assert once(msgspec.structs.replace(plant, roads=bend), 44.5)["agv-1.trips"] == 2  # three roads, 1 s more on each
    assert once(msgspec.structs.replace(plant, roads=bend), 43.5)["agv-1.trips"] == 1
    detour = (Road(start="P", end="R", length_m=10.0), Road(start="R", end="Q", length_m=10.0))
    closed = tuple(msgspec.structs.replace(one, is_open=one.start != "P") for one in plant.roads)
    kpis = once(msgspec.structs.replace(plant, roads=(*closed, *detour)), 27.0)
    assert (kpis["agv-1.trips"], kpis["agv-1.distance_m"]) == (1, 30.0)  # it is on its way back since 26
    with pytest.raises(XushiError, match="P"):
        once(msgspec.structs.replace(plant, roads=closed), 1.0)


def test_material_that_becomes_a_workpiece_is_as_old_as_that():
    def flow_s(begins: bool) -> float:
        first = Operation(
            duration=Constant(value_s=5.0), inputs=(Input(buffer="shelf"),), to=(Route(to="out"),), begins=begins
        )
        model = cell(Machine(id="M", operations=(first,)), buffers=(Buffer(id="shelf"),), sources=())
        state = PlantState(buffers={"shelf": (PartState(product="part", quantity=4, age_s=1000.0),)})
        return float(run(model, Experiment(horizon_s=30.0, replications=1), state).values("out.flow_s")[0])

    assert flow_s(True) == 5.0
    assert flow_s(False) > 1000.0


def test_vehicles_wait_for_each_other_where_a_zone_has_room_for_one():
    free, single = once(transport_plant(2), 200.0), once(transport_plant(2, "track"), 200.0)
    assert free["agv-2.traffic_share"] == 0
    assert single["agv-2.traffic_share"] > 0.1
    assert single["out.count"] < free["out.count"]


def single_track():
    """Return two sections of single track, and a task in each direction over both."""
    sections = (("P", "Q", "west"), ("Q", "P", "west"), ("Q", "R", "east"), ("R", "Q", "east"))
    tasks = (("there", "a", "b", "P", "R"), ("back", "c", "d", "R", "P"))
    return cell(
        Machine(id="M", operations=(step(1.0, "b", "out"),)), Machine(id="N", operations=(step(1.0, "d", "out"),)),
        Machine(id="O", operations=(step(1.0, None, "out"),)),
        buffers=tuple(Buffer(id=name) for name in "abcd"),
        sources=tuple(
            Source(id=f"in {name}", interval=Constant(value_s=1.0), to=(Route(to=name),)) for name in ("a", "c")
        ),
        roads=tuple(Road(start=start, end=end, length_m=10.0, zone=zone) for start, end, zone in sections),
        zones=(Zone(id="west"), Zone(id="east")),
        fleets=tuple(Fleet(id=home, count=1, speed_m_s=1.0, home=(home,)) for home in ("P", "R")),
        transports=tuple(
            Transport(id=name, fleet=start, source=source, destination=destination, start=start, end=end)
            for name, source, destination, start, end in tasks
        ),
    )  # fmt: skip


def test_opposite_vehicles_on_a_single_track_are_a_gridlock_with_names():
    track = single_track()
    with pytest.raises(XushiError) as caught:
        once(track, 100.0)  # each waits at Q for the section of the other; machine O goes on working
    assert (caught.value.code, caught.value.params["vehicles"]) == ("simulate.gridlock", "P-1, R-1")
    with pytest.raises(XushiError, match="P-1, R-1"):
        Simulation(track).advance(100.0)
    wide = changed(track, zones=(Zone(id="west", capacity=2), Zone(id="east")))
    kpis = once(wide, 200.0)
    assert min(kpis["P-1.trips"], kpis["R-1.trips"]) > 3


def test_a_vehicle_that_waits_behind_a_driving_one_is_no_gridlock():
    kpis = once(transport_plant(3, "track"), 205.0)
    assert kpis["agv-3.traffic_share"] > 0.1
    assert kpis["out.count"] > 5


def test_parts_are_handed_over_where_there_is_no_buffer():
    machines = (Machine(id="M", operations=(step(1, None, "a"),)), Machine(id="N", operations=(step(3, "a", "out"),)))
    kpis = once(cell(*machines, buffers=(Buffer(id="a", capacity=0),), sources=()), 10.0)
    assert kpis["M.blocked_share"] == pytest.approx(0.6)
    assert kpis["out.count"] == 3


def test_alternatives_differ_only_where_they_differ():
    line = serial(4, 3)
    faster = changed(line, machines=(*line.machines[:3], changed(line.machines[3], count=2)))
    experiment = Experiment(horizon_s=500.0, replications=2, engine="kernel")
    one, other = run(line, experiment), run(faster, experiment)
    # the first machine draws the same numbers in both; with infinite room behind it nothing would differ at all
    wide = changed(line, buffers=tuple(Buffer(id=buffer.id) for buffer in line.buffers))
    wide_faster = changed(faster, buffers=wide.buffers)
    assert np.array_equal(run(wide, experiment).values("M0.made"), run(wide_faster, experiment).values("M0.made"))
    assert not np.array_equal(one.values("plant.good"), other.values("plant.good"))


def test_the_same_seed_gives_the_same_figures_on_any_number_of_threads():
    experiment = Experiment(horizon_s=300.0, replications=40, engine="kernel", sample_every_s=50.0)
    one, two = run(serial(), experiment, workers=1), run(serial(), experiment, workers=3)
    for name in one.kpis:
        assert np.array_equal(one.kpis[name], two.kpis[name], equal_nan=True)
    assert np.array_equal(one.samples["out"], two.samples["out"])
    other = run(serial(), Experiment(horizon_s=300.0, replications=40, seed=2, engine="kernel"))
    assert not np.array_equal(one.values("plant.good"), other.values("plant.good"))


def test_samples_show_the_levels_and_the_output_so_far():
    model = cell(Machine(id="M", operations=(step(2, "a", "out"),)), buffers=A)
    outcome = run(model, Experiment(horizon_s=10.0, replications=1, sample_every_s=2.5))
    assert outcome.sample_at_s.tolist() == [2.5, 5.0, 7.5, 10.0]
    assert outcome.samples["out"].tolist() == [[0, 2, 3, 4]]
    assert outcome.samples["a"].tolist() == [[1, 2, 3, 5]]


def circle(*more, buffers=()):
    """Return two machines that fill each other's buffers, and what else there is."""
    back = Operation(
        duration=Constant(value_s=1.0), inputs=(Input(buffer="b"),),
        to=(Route(to="a", share=1 - 1e-9), Route(to="out", share=1e-9)),
    )  # fmt: skip
    return cell(
        Machine(id="M", operations=(step(1, "a", "b"),)), Machine(id="N", operations=(back,)), *more,
        buffers=(Buffer(id="a", capacity=2), Buffer(id="b", capacity=2), *buffers),
    )  # fmt: skip


def test_blocked_machines_in_a_circle_are_a_deadlock_with_names():
    with pytest.raises(XushiError) as caught:
        once(circle(), 1000.0)
    assert caught.value.code == "simulate.deadlock"
    assert caught.value.params["machines"] == "M, N"


def test_a_circle_of_blocked_machines_is_found_while_others_work_on():
    others = (Machine(id="O", operations=(step(1, None, "c"),)), Machine(id="P", operations=(step(3, "c", "out"),)))
    with pytest.raises(XushiError) as caught:
        once(circle(*others, buffers=(Buffer(id="c", capacity=1),)), 1000.0)
    assert (caught.value.code, caught.value.params["machines"]) == ("simulate.deadlock", "M, N")


def test_an_assembly_that_waits_for_a_part_stuck_behind_another_is_a_deadlock():
    sorter = Operation(duration=Constant(value_s=1.0), to=(Route(to="a", share=0.5), Route(to="b", share=0.5)))
    both = Operation(
        duration=Constant(value_s=1.0), inputs=(Input(buffer="a", quantity=2), Input(buffer="b", quantity=2)),
        makes=(Make(product="part"),), to=(Route(to="out"),),
    )  # fmt: skip
    model = cell(
        Machine(id="S", operations=(sorter,)), Machine(id="T", operations=(both,)),
        Machine(id="O", operations=(step(1, None, "out"),)),
        buffers=(Buffer(id="a", capacity=2), Buffer(id="b", capacity=2)), sources=(),
    )  # fmt: skip
    with pytest.raises(XushiError) as caught:
        once(model, 1000.0)
    assert (caught.value.code, caught.value.params["machines"]) == ("simulate.deadlock", "S")


def test_who_waits_for_an_order_book_that_is_worked_off_is_not_locked():
    both = Operation(
        duration=Constant(value_s=1.0), inputs=(Input(buffer="a"), Input(buffer="b")),
        makes=(Make(product="part"),), to=(Route(to="out"),),
    )  # fmt: skip
    kpis = once(
        cell(
            Machine(id="S", operations=(step(1, None, "a"),)), Machine(id="T", operations=(both,)),
            Machine(id="O", operations=(step(1, None, "out"),)),
            buffers=(Buffer(id="a", capacity=2), Buffer(id="b")),
            sources=(Source(id="in", orders=(Order(id="o", product="part", quantity=3),), to=(Route(to="b"),)),),
        ),
        100.0,
    )  # fmt: skip
    assert (kpis["T.made"], kpis["O.made"]) == (3, 100)
    assert kpis["S.blocked_share"] > 0.9


def test_a_plant_that_fills_up_is_stopped_with_the_buffer_named():
    source = Source(id="in", interval=Constant(value_s=1e-3), to=(Route(to="a"),))
    model = cell(Machine(id="M", operations=(step(1, "a", "out"),)), buffers=A, sources=(source,))
    with pytest.raises(XushiError) as caught:
        once(model, 1e9, engine="kernel")
    assert (caught.value.code, caught.value.params["buffer"]) == ("simulate.diverges", "a")


def test_a_loop_without_time_is_stopped():
    with pytest.raises(XushiError) as caught:
        once(cell(Machine(id="M", operations=(step(0, None, "out"),)), buffers=(), sources=()), 1.0, engine="kernel")
    assert caught.value.code == "simulate.endless"


def test_an_experiment_can_be_cancelled_from_another_thread():
    cancellation = Cancellation()
    threading.Timer(0.3, cancellation.cancel).start()
    with pytest.raises(XushiError) as caught:
        run(serial(), Experiment(horizon_s=1e12, replications=2, engine="kernel"), cancellation=cancellation)
    assert caught.value.code == "simulate.cancelled"


def full_plant():
    """Return a plant with a bit of everything and only constant times."""
    plant = transport_plant(2, "track")
    calendar = Calendar(id="day", period_s=70.0, working_s=((5.0, 60.0),))
    failures = (
        Failure(id="jam", after=Constant(value_s=7.0), repair=Constant(value_s=2.5), crew="crew"),
        Failure(id="tool", counts="parts", after=Constant(value_s=5), repair=Constant(value_s=1.0), crew="crew"),
    )
    first = Machine(id="F", operations=(step(0.8, "s", "a"),), failures=failures, calendar="day")
    orders = (Order(id="o1", product="part", quantity=20), Order(id="o2", product="part", quantity=30, release_s=40.0))
    return changed(
        plant,
        machines=(first, changed(plant.machines[0], operations=(step(6.1, "b", "out"),), failures=failures[:1])),
        buffers=(*plant.buffers[1:], Buffer(id="s", capacity=6), Buffer(id="a", capacity=1)),
        sources=(Source(id="in", orders=orders, to=(Route(to="s"),)),),
        crews=(Crew(id="crew"),),
        calendars=(calendar,),
    )


@pytest.mark.parametrize("fork_s", [0.0, 3.3, 17.9, 44.4, 60.5, 121.3])
def test_a_plant_started_from_the_state_of_another_goes_on_as_that_one_does(fork_s):
    plant = full_plant()
    original = Simulation(plant)
    original.advance(fork_s)
    before = original.finished()["out"]
    branch = Simulation(plant, original.state())
    for further_s in (10.0, 50.0, 200.0):
        original.advance(fork_s + further_s)
        branch.advance(further_s)
        assert branch.finished()["out"] == original.finished()["out"] - before
        assert branch.levels() == original.levels()


def test_a_state_that_does_not_fit_the_model_names_the_element():
    for state, where in (
        (PlantState(buffers={"B1": (PartState(product="part", quantity=9),)}), "B1"),
        (PlantState(machines={"M7": MachineState()}), "M7"),
        (PlantState(machines={"M1": MachineState(down="rust")}), ("M1", "rust")),
    ):
        with pytest.raises(XushiError) as caught:
            Simulation(serial(), state)
        assert (caught.value.code, caught.value.params["where"]) == ("simulate.state_invalid", where)


def test_exponential_times_forget_how_long_they_have_lasted():
    part = PartState(product="part")
    busy = PlantState(machines={"M": MachineState(parts=(part,))})
    model = cell(Machine(id="M", operations=(step(Exponential(mean_s=4.0), "a", "out"),)), buffers=A, sources=())
    outcome = run(model, Experiment(horizon_s=4.0, replications=4000), busy)
    assert outcome.interval("out.count", 0.999).has(1 - np.exp(-1))


def test_what_has_lasted_is_drawn_on_condition_that_it_has():
    part = PartState(product="part")
    work = Uniform(low_s=0.0, high_s=10.0)
    failure = Failure(id="jam", after=Uniform(low_s=0.0, high_s=10.0), repair=Uniform(low_s=0.0, high_s=10.0))
    machine = Machine(id="M", operations=(step(work, "a", "out"),), failures=(failure,))
    model = cell(machine, buffers=A, sources=())
    ahead = Experiment(horizon_s=1.0, replications=4000)
    busy = MachineState(parts=(part,), work_done_s=8.0, wear={"jam": 99.0})
    assert run(model, ahead, PlantState(machines={"M": busy})).interval("out.count", 0.999).has(0.5)
    used = MachineState(parts=(part,), work_left_s=99.0, used={"jam": 8.0})
    down = run(model, ahead, PlantState(machines={"M": used})).values("M.down_share")
    assert abs(float((down > 0).mean()) - 0.5) < 0.03
    stopped = MachineState(parts=(part,), work_left_s=99.0, down="jam", down_done_s=8.0)
    busy_share = run(model, ahead, PlantState(machines={"M": stopped})).values("M.busy_share")
    assert abs(float((busy_share > 0).mean()) - 0.5) < 0.03


def test_samples_show_what_each_machine_is_doing():
    model = cell(Machine(id="M", operations=(step(2.0, "a", "out"),)), buffers=A)
    outcome = run(model, Experiment(horizon_s=4.0, replications=1, sample_every_s=0.9))
    assert [SEEN[int(one)] for one in outcome.samples["M"][0]] == ["idle", "busy", "busy", "busy"]


def two_stations(*products: str) -> Model:
    """Return a line of two stations, the first of which fits a unit, for orders of one piece each in this sequence."""
    orders = tuple(Order(id=f"o{number}", product=product, quantity=1) for number, product in enumerate(products))
    fit = Operation(
        duration=Constant(value_s=2.0),
        inputs=(Input(buffer="a"), Input(buffer="units")),
        makes=(Make(to=(Route(to="b"),)),),
        begins=True,
    )
    setups = (Setup(duration=Constant(value_s=10.0)),)
    first = Machine(id="M1", operations=(fit,), setups=setups)
    second = Machine(id="M2", operations=(step(3, "b", "out", durations={"y": Constant(value_s=4.5)}),), setups=setups)
    return cell(
        first,
        second,
        buffers=(Buffer(id="a", capacity=0), Buffer(id="units"), Buffer(id="b", capacity=1)),
        products=(Product(id="x"), Product(id="y"), Product(id="unit")),
        sources=(Source(id="in", orders=orders, to=(Route(to="a"),)),),
    )


UNITS = PlantState(buffers={"units": (PartState(product="unit", quantity=9),)})


def makespan_by_hand(products: str) -> float:
    """When the last piece leaves: a machine is free for the next when this one has found room behind it."""
    one_s = two_s = left_s = 0.0
    before = products[0]
    for product in products:
        setup_s = 10.0 * (product != before)
        done_s = one_s + setup_s + 2.0
        begin_s = max(done_s, left_s)  # one place between them: the piece before is on the second machine by then
        one_s = max(done_s, two_s)
        two_s = begin_s
        left_s = begin_s + setup_s + (4.5 if product == "y" else 3.0)
        before = product
    return left_s


def test_a_part_that_is_fitted_keeps_its_product_and_a_sequence_with_fewer_changes_saves_their_setups():
    """Two sequences of the same orders, worked out by hand: x x y y saves two of the three changes of x y x y."""
    made_s = {}
    for products in ("xyxy", "xxyy"):
        kpis = once(two_stations(*products), 100.0, UNITS)
        made_s[products] = max(kpis[f"o{number}.finish_s"] for number in range(4))
        assert made_s[products] == pytest.approx(makespan_by_hand(products))
    assert made_s["xyxy"] - made_s["xxyy"] == pytest.approx(makespan_by_hand("xyxy") - makespan_by_hand("xxyy"))
    assert made_s["xyxy"] > made_s["xxyy"] + 15.0


def test_a_part_that_a_source_holds_is_released_again_by_who_starts_from_there():
    model = two_stations("x", "x", "y", "y")
    begun = Simulation(model, UNITS)
    begun.advance(3.0)  # the first is on M2, the second on M1, the third waits for room at the source
    state = begun.state()
    assert [state.orders[f"o{number}"].released for number in range(4)] == [1, 1, 0, 0]
    begun.advance(100.0)
    later = Simulation(model, state)
    later.advance(97.0)
    assert later.finished() == {"out": 3 + 1} == begun.finished()
