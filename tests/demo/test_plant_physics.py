"""The rules that the plant's physics keeps, whatever the seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, pstdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi.demo._events import EventLoop, random_stream
from xushi.demo._line import PARTS, STATION_IDS, buffers, machine, parts_of
from xushi.demo._line_address import SHIFT_LABELS
from xushi.demo._line_sensors import COMMON_FAST, FAST
from xushi.demo._panel import BLOCKED, FAILED, RUNNING, STARVED, STOPPED
from xushi.demo._physics import PlantModel
from xushi.demo._power import PowerAccount
from xushi.demo._torque import tighten

START_NS = 1_780_000_000_000_000_000
HOUR = 3600.0


def run(seed: int, hours: float, step_s: float = HOUR, **options: Any) -> PlantModel:
    model = PlantModel(seed, START_NS, **options)
    at_s = 0.0
    while at_s < hours * HOUR:
        at_s = min(at_s + step_s, hours * HOUR)
        model.run_until(at_s)
    return model


@dataclass
class Shift:
    """A long run of one plant with all that it said."""

    model: PlantModel
    messages: list[tuple[str, dict[str, Any]]]
    breaks: int


@pytest.fixture(scope="module")
def shift() -> Shift:
    model = PlantModel(1, START_NS)
    messages: list[tuple[str, dict[str, Any]]] = []
    breaks = 0
    for hour in range(1, 9):
        model.run_until(hour * HOUR)
        breaks += sum(key == "OP40.Alarm.Code" and value == 201 for key, _, value in model.values.take_changes())
        messages += model.values.take_messages()
    return Shift(model, messages, breaks)


def test_a_vehicle_whose_order_was_cancelled_is_left_to_whoever_cancelled_it() -> None:
    model = PlantModel(1, START_NS)
    vehicle = model.vehicles["AGV1"]

    def until(is_so: Callable[[], bool], limit_s: float) -> float:
        begin_s = model.loop.now_s
        while not is_so() and model.loop.now_s < begin_s + limit_s:
            model.run_until(model.loop.now_s + 1.0)
        return model.loop.now_s - begin_s

    assert until(lambda: vehicle.is_driving and vehicle.load is None, 600.0) < 600.0
    assert vehicle.cancel()
    until(lambda: vehicle.is_idle, 60.0)
    stood_s = until(lambda: not vehicle.is_idle, 600.0)
    assert 60.0 < stood_s < 300.0  # long enough to send it; then it works for the line again


def quality(shift: Shift) -> list[dict[str, Any]]:
    return [message for topic, message in shift.messages if "/quality/" in topic]


def test_the_same_seed_gives_the_same_plant_to_the_last_value() -> None:
    first, second = run(7, 1.0), run(7, 1.0)
    assert first.values.take_changes() == second.values.take_changes()
    assert first.values.take_messages() == second.values.take_messages()


def test_another_seed_gives_another_plant() -> None:
    assert run(7, 0.5).values.take_changes() != run(8, 0.5).values.take_changes()


def test_how_often_the_clock_is_followed_does_not_change_what_happens() -> None:
    coarse, fine = run(7, 0.5), run(7, 0.5, step_s=0.37)
    fine.run_until(coarse.loop.now_s)
    coarse.run_until(fine.loop.now_s)
    assert coarse.values.take_changes() == fine.values.take_changes()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_engine_is_lost_or_doubled_and_no_buffer_overflows(seed: int) -> None:
    model = PlantModel(seed, START_NS)
    for minute in range(1, 121):
        model.run_until(minute * 60.0)
        book = model.book
        assert book.started == book.finished + book.scrapped + len(book.in_process)
        where = Counter(engine.serial for conveyor in model.conveyors.values() for engine in conveyor.engines)
        where.update(station.engine.serial for station in model.stations.values() if station.engine is not None)
        assert where == Counter(list(book.in_process))
        for conveyor in model.conveyors.values():
            assert len(conveyor) <= conveyor.capacity
    assert model.book.finished > 150


@pytest.mark.parametrize("seed", [1, 4])
def test_pallets_keep_their_distance_and_stay_on_the_conveyor(seed: int) -> None:
    model = PlantModel(seed, START_NS)
    for second in range(1, 2400):
        model.run_until(second * 1.7)
        for conveyor in model.conveyors.values():
            places = conveyor.positions()
            assert all(0.0 <= place <= 1.0 for place in places)
            spacing = 1.0 / conveyor.capacity
            assert all(a - b >= spacing - 2e-4 or b == 0.0 for a, b in pairwise(places))


@pytest.mark.parametrize("seed", [1, 5])
def test_a_blocked_station_has_a_full_outlet_and_a_starved_one_nothing_to_do(seed: int) -> None:
    model = PlantModel(seed, START_NS)
    seen = Counter[int]()
    for step in range(1, 3000):
        model.run_until(step * 3.1)
        for id, station in model.stations.items():
            seen[station.detail] += 1
            outlets = [model.conveyors[c.id] for c in buffers() if c.source == id]
            inlets = [model.conveyors[c.id] for c in buffers() if c.target == id]
            if station.detail == BLOCKED:
                assert any(not outlet.has_room() for outlet in outlets)
            if station.detail == STARVED and station.engine is None:
                assert not any(inlet.is_ready() for inlet in inlets)
            if station.detail == STARVED and station.engine is not None:
                assert model.stocks[id].units == 0
            if station.detail == RUNNING:
                assert station.engine is not None
    assert {RUNNING, STARVED, BLOCKED, FAILED} <= set(seen)


def test_a_worn_tool_shows_in_the_traces_before_it_breaks(shift: Shift) -> None:
    bolted = [message for message in quality(shift) if message["station"] == "OP40" and message["results"]]
    new = [message["results"] for message in bolted if message["toolWear"] < 0.3]
    worn = [message["results"] for message in bolted if message["toolWear"] > 0.85]
    assert shift.breaks >= 2, "the tool lives some two hours, so it breaks several times in eight"
    assert fmean(m["YieldAngleMean"] for m in new) - fmean(m["YieldAngleMean"] for m in worn) > 8.0
    assert fmean(m["TorqueScatter"] for m in worn) > 2.0 * fmean(m["TorqueScatter"] for m in new)


@given(wear=st.floats(0.0, 1.1), target=st.floats(60.0, 110.0), seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_trace_rises_from_snug_to_its_final_torque(wear: float, target: float, seed: int) -> None:
    trace = tighten(random_stream(seed, "bolt"), target, wear)
    assert len(trace.angles_deg) == len(trace.torques_nm) <= 256
    assert all(a < b for a, b in pairwise(trace.angles_deg))
    assert trace.torques_nm[-1] == trace.final_nm
    assert abs(trace.final_nm - target) < 8.0 * (0.7 + 2.6 * wear * wear)
    first_half, second_half = trace.torques_nm[:48], trace.torques_nm[48:]
    assert fmean(first_half) < fmean(second_half)
    assert pstdev(trace.torques_nm) > 1.0


def test_no_wrong_part_is_ever_fitted(shift: Shift) -> None:
    allowed = {id: {part.number for part in parts_of(id)} for id in (*STATION_IDS, "RWK1")}
    for message in quality(shift):
        assert {entry.split("|")[0] for entry in message["parts"]} <= allowed[message["station"]]
    stopped = sum(station.wrong_stopped for station in shift.model.stations.values())
    assert stopped > 0, "wrong parts reached stations and were stopped there"
    waiting_kit = shift.model.kitting.tray
    offered = shift.model.store.wrong_issued + shift.model.kitting.wrong_picked
    waiting = len(waiting_kit.wrong) if waiting_kit is not None else 0
    waiting += sum(len(tray.wrong) for tray in shift.model.fleet.trays())
    waiting += sum(len(tray.wrong) for stock in shift.model.stocks.values() for tray in stock.trays)
    assert offered == stopped + shift.model.kitting.wrong_stopped + waiting, "each is stopped or still to come"


def test_a_station_stands_until_somebody_answers_its_poka_yoke() -> None:
    model = PlantModel(2, START_NS, operators_answer=False)
    tray = model.stocks["OP70"].trays[0]
    tray.wrong[tray.left] = ("E15-7001", "E15-5001")
    model.run_until(0.5 * HOUR)
    station = model.stations["OP70"]
    assert station.detail == STOPPED
    assert model.values.current["OP70.PokaYoke.Found"] == "E15-5001"
    engine = station.engine
    model.run_until(1.0 * HOUR)
    assert station.engine is engine
    assert model.call("OP70", "AnswerPokaYoke")
    assert not model.call("OP70", "AnswerPokaYoke"), "nothing is left to answer"
    model.run_until(1.1 * HOUR)
    assert station.engine is not engine
    assert not model.values.current["OP70.PokaYoke.Stopped"]


@pytest.mark.parametrize("at_s", [0.0, 100.0])
def test_a_part_that_is_mislaid_stops_its_station_before_the_next_engine_and_waits_for_an_answer(at_s: float) -> None:
    model = PlantModel(1, START_NS)  # its other operators answer
    model.mislay("OP10", at_s)
    model.run_until(at_s + 300.0)
    assert model.stations["OP10"].detail == STOPPED
    assert model.values.current["OP10.PokaYoke.Found"] not in {part.number for part in parts_of("OP10")}
    assert model.call("OP10", "AnswerPokaYoke")
    model.run_until(at_s + 302.0)
    assert model.stations["OP10"].detail == RUNNING


def test_a_wrong_pick_stops_the_kitting_rack_until_answered() -> None:
    model = PlantModel(2, START_NS, operators_answer=False)
    for minute in range(1, 600):
        model.run_until(minute * 60.0)
        if model.values.current["KIT1.PokaYoke.Stopped"]:
            break
    done = model.kitting.kits_done
    model.run_until(model.loop.now_s + 600.0)
    assert model.kitting.kits_done == done
    assert model.call("KIT1", "AnswerPokaYoke")
    model.run_until(model.loop.now_s + 120.0)
    assert model.values.current["KIT1.PokaYoke.Count"] >= 1


def test_only_the_light_of_the_bin_to_pick_from_is_on() -> None:
    model = PlantModel(2, START_NS)
    for step in range(1, 400):
        model.run_until(step * 5.0)
        current = model.values.current
        lit = [n for n in range(1, 11) if current[f"KIT1.Lights.Bin{n:02d}"]]
        assert lit == ([current["KIT1.PickBin"]] if current["KIT1.PickBin"] else [])


@given(st.lists(st.tuples(st.floats(0.0, 500.0), st.floats(0.0, 50.0)), max_size=20))
def test_energy_is_the_integral_of_power(steps: list[tuple[float, float]]) -> None:
    loop = EventLoop(0)
    account = PowerAccount(loop)
    expected_kws = 0.0
    for duration_s, power_kw in steps:
        account.set(power_kw)
        loop.run_until(loop.now_s + duration_s)
        expected_kws += duration_s * power_kw
    assert account.energy_kwh == pytest.approx(expected_kws / 3600.0)


def test_a_line_that_stamps_real_time_counts_energy_over_that_time() -> None:
    loop = EventLoop(0)
    account = PowerAccount(loop)
    account.set(6.0)
    loop.run_until(3_600.0)
    loop.pace(10.0)
    loop.run_until(3 * 3_600.0)
    assert account.energy_kwh == pytest.approx(6.0 * (1.0 + 0.2))
    assert loop.now_ns == pytest.approx(1.2 * 3_600e9)


def test_the_lines_energy_agrees_with_its_sampled_power() -> None:
    model = PlantModel(1, START_NS)
    sampled_kwh = 0.0
    for step in range(1, 7201):
        model.run_until(step * 0.5)
        sampled_kwh += model.power_kw * 0.5 / 3600.0
    assert model.energy_kwh == pytest.approx(sampled_kwh, rel=0.005)


def test_no_sensor_at_rest_shows_less_than_its_range_begins_with() -> None:
    model = PlantModel(1, START_NS)
    for station, sensors in model.sensors.items():
        lows = [row[4] for row in (*FAST[station], *COMMON_FAST)]
        for _ in range(200):
            below = [
                (path, value)
                for path, value, low in zip(sensors.paths, sensors.sample(), lows, strict=True)
                if value < low
            ]
            assert below == [], station


def test_a_finished_engine_tells_its_whole_way_and_all_its_parts(shift: Shift) -> None:
    way: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for message in quality(shift):
        way.setdefault(message["engine"], {}).setdefault(message["station"], []).append(message)
    finished = [serial for serial in way if serial not in shift.model.book.in_process and "OP100" in way[serial]]
    assert len(finished) == shift.model.book.finished
    expected = Counter({p.number: p.quantity if p.tracing == "serial" else 1 for p in PARTS})
    for serial in finished:
        assert set(STATION_IDS) <= set(way[serial])
        visits = [visit for station in way[serial].values() for visit in station]
        fitted = Counter(entry.split("|")[0] for visit in visits for entry in visit["parts"])
        assert fitted == expected
        assert way[serial]["OP60"][-1]["verdict"] == 1
        assert way[serial]["OP90"][-1]["verdict"] == 1


def test_serial_numbers_of_parts_are_never_given_twice(shift: Shift) -> None:
    entries = [entry for message in quality(shift) for entry in message["parts"]]
    serials = Counter(entry for entry in entries if "-S" in entry.split("|")[1])
    assert serials
    assert max(serials.values()) == 1


def test_a_rejected_engine_goes_through_rework_and_back_to_the_leak_test(shift: Shift) -> None:
    visits: dict[str, list[str]] = {}
    for message in quality(shift):
        visits.setdefault(message["engine"], []).append(message["station"])
    reworked = [way for way in visits.values() if "RWK1" in way and way[-1] == "OP100"]
    assert reworked
    for way in reworked:
        assert way[way.index("RWK1") + 1] == "OP60"
    assert shift.model.book.scrapped > 0


def test_a_set_point_changes_what_the_line_makes() -> None:
    model = run(1, 0.5)
    assert model.write("OP40.TorqueTarget", 66.0)
    before = model.stations["OP40"].panel.rejected
    model.run_until(HOUR)
    assert model.stations["OP40"].panel.rejected > before + 20
    assert not model.write("OP40.TorqueTarget", 500.0), "out of limits"
    assert not model.write("OP40.State", 1.0), "not writable"


def test_a_slower_station_slows_the_line() -> None:
    normal, slow = PlantModel(1, START_NS), PlantModel(1, START_NS)
    slow.write("OP50.CycleTimeFactor", 2.0)
    normal.run_until(HOUR)
    slow.run_until(HOUR)
    assert slow.book.finished < 0.7 * normal.book.finished


def test_stop_holds_the_cycle_and_start_goes_on_from_there() -> None:
    model = run(1, 0.5)
    model.call("PLC1", "Stop")
    details = {station.detail for station in model.stations.values()}
    assert details <= {STOPPED, FAILED}
    progress = {id: station.progress() for id, station in model.stations.items()}
    finished = model.book.finished
    model.run_until(0.6 * HOUR)
    assert {id: station.progress() for id, station in model.stations.items()} == progress
    assert model.book.finished <= finished + 1, "only what already stood at the dock"
    model.call("PLC1", "Start")
    model.run_until(0.8 * HOUR)
    assert model.book.finished > finished + 10


def test_reset_ends_a_failure_at_once() -> None:
    model = PlantModel(1, START_NS)
    step = 0.0
    while not (failed := [id for id, s in model.stations.items() if s.detail == FAILED]):
        step += 5.0
        model.run_until(step)
    assert model.values.current[f"{failed[0]}.Alarm.Active"]
    model.call(failed[0], "Reset")
    assert model.stations[failed[0]].detail != FAILED
    assert not model.values.current[f"{failed[0]}.Alarm.Active"]


def test_the_compressor_keeps_the_pressure_between_its_limits() -> None:
    model = run(1, 0.3)
    loads = set()
    for second in range(2400):
        model.run_until(0.3 * HOUR + second)
        loads.add(model.compressor.is_loaded)
        assert 6.4 < model.compressor.pressure_bar < 7.8
    assert loads == {True, False}


def test_vehicles_never_meet_and_keep_bringing_material() -> None:
    model = PlantModel(1, START_NS)
    first, second = model.vehicles.values()
    for step in range(1, 9000):
        model.run_until(step * 0.8)
        a, b = first.pose(), second.pose()
        assert (a.x - b.x) ** 2 + (a.y - b.y) ** 2 > 1.0
        assert 0.0 < first.battery_percent <= 100.0
    assert first.trips + second.trips > 80
    assert all(stock.units > 0 for stock in model.stocks.values())


def test_the_line_makes_what_its_slowest_station_allows(shift: Shift) -> None:
    slowest_s = max(machine(id).cycle_s for id in STATION_IDS)
    assert 0.85 < shift.model.book.finished / (8 * HOUR / slowest_s) <= 1.0


@pytest.mark.parametrize(
    ("hour_utc", "label"), [(0, "Early"), (7, "Late"), (15, "Night"), (21, "Night"), (22, "Early")]
)
def test_shifts_change_at_six_fourteen_and_twenty_two_local_time(hour_utc: int, label: str) -> None:
    model = PlantModel(1, int(20_000 * 86_400 + hour_utc * HOUR) * 1_000_000_000)
    model.run_until(2.0)
    assert SHIFT_LABELS[model.values.current["PLC1.Shift.Number"]].en == label
