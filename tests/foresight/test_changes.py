"""Each change of a model does what it says, to the element it names, or is refused with that element."""

from __future__ import annotations

from typing import Any

import pytest

from xushi import simulate
from xushi.kernel import XushiError
from xushi.runtime.foresight import ModelChange, changed_model, check_room
from xushi.simulate import Buffer, Constant, Failure, Input, Machine, MachineState, Model, Operation, PartState, Route

WORK = Constant(value_s=10.0)


def two_ways() -> Model:
    """A: from the belt X or the box Y, to Z (0.9) or back to Y (0.1); S feeds X."""
    to = (Route(to="Z", share=0.9), Route(to="Y", share=0.1))
    a = Machine(
        id="A",
        operations=tuple(
            Operation(duration=WORK, inputs=(Input(buffer=place),), to=to) for place in ("X.out", "Y")
        ),
        failures=(Failure(id="failure", after=Constant(value_s=100.0), repair=Constant(value_s=20.0)),),
    )  # fmt: skip
    carry = Operation(duration=Constant(value_s=5.0), inputs=(Input(buffer="X.in"),), to=(Route(to="X.out"),))
    x = Machine(id="X", count=4, operations=(carry,))
    s = Machine(id="S", operations=(Operation(duration=WORK, to=(Route(to="X.in"),)),))
    e = Machine(
        id="E", operations=(Operation(duration=WORK, inputs=(Input(buffer="Z"),), to=(Route(to="finished"),)),)
    )  # fmt: skip
    return Model(
        name="two ways", machines=(s, a, e, x),
        buffers=(Buffer(id="X.in", capacity=0), Buffer(id="X.out", capacity=0), Buffer(id="Y", capacity=3),
                 Buffer(id="Z", capacity=5)),
        sinks=(simulate.Sink(id="finished"),),
    )  # fmt: skip


def changed(calendar_s: float = 0.0, **change: Any) -> Model:
    model = changed_model(two_ways(), [ModelChange(**change)], calendar_s)
    simulate.check(model)
    return model


def machine(model: Model, name: str) -> Machine:
    return next(one for one in model.machines if one.id == name)


def test_machines_beside_one_begin_with_its_working_times_and_take_every_later_change_of_them() -> None:
    def working(*changes: ModelChange) -> dict[str, Any]:
        model = changed_model(two_ways(), changes, at_ns=0)
        simulate.check(model)
        times = {one.id: one.working_s for one in model.calendars}
        return {one.id: times[one.calendar] for one in model.machines if one.id in ("A", "A+2") and one.calendar}

    more = ModelChange(element="A", figure="machines", value=2)
    pause = ModelChange(element="A", figure="pause", from_min=400.0, to_min=410.0)
    for before in (
        ModelChange(element="A", figure="pause", from_min=420.0, to_min=430.0),
        ModelChange(element="A", figure="shifts", shifts=("06:00-14:00",), zone="UTC"),
    ):
        for changes in ((before, more), (before, more, pause), (more, before, pause)):
            times = working(*changes)
            assert times["A+2"] == times["A"]
        assert working(before, more, pause) == working(before, pause, more) != working(before, more)


def test_times_are_multiplied() -> None:
    assert machine(changed(element="A", figure="cycle_time", factor=1.5), "A").operations[1].duration.mean_s == 15
    assert machine(changed(element="A", figure="repair_time", factor=0.5), "A").failures[0].repair.mean_s == 10
    assert machine(changed(element="A", figure="time_to_failure", factor=2), "A").failures[0].after.mean_s == 200
    assert machine(changed(element="X", figure="transfer_time", factor=2), "X").operations[0].duration.mean_s == 10


def test_capacities_become_the_value() -> None:
    assert machine(changed(element="X", figure="capacity", value=7), "X").count == 7
    assert next(one for one in changed(element="Y", figure="capacity", value=9).buffers if one.id == "Y").capacity == 9


def test_machines_are_set_beside_one_and_taken_away_again_and_follow_its_changes() -> None:
    more = changed(element="A", figure="machines", value=3)
    assert [one.id for one in more.machines] == ["S", "A", "A+2", "A+3", "E", "X"]
    assert machine(more, "A+2").operations == machine(more, "A").operations
    slower = changed_model(more, [ModelChange(element="A", figure="cycle_time", factor=2.0)])
    assert machine(slower, "A+3").operations[0].duration.mean_s == 20
    fewer = changed_model(slower, [ModelChange(element="A", figure="machines", value=1)])
    assert [one.id for one in fewer.machines] == ["S", "A", "E", "X"]


def test_a_share_of_a_way_leaves_the_rest_to_the_others() -> None:
    routes = machine(changed(element="A", figure="share", to="Y", share=0.25), "A").operations[0].to
    assert {route.to: route.share for route in routes} == {"Z": 0.75, "Y": 0.25}
    alone = machine(changed(element="A", figure="share", to="Y", share=0.0), "A").operations[0].to
    assert [route.to for route in alone] == ["Z"]


def test_an_input_is_served_first() -> None:
    first = machine(changed(element="A", figure="first_input", to="Y"), "A").operations
    assert [one.inputs[0].buffer for one in first] == ["Y", "X.out"]
    back = machine(changed(element="A", figure="first_input", to="X"), "A").operations
    assert [one.inputs[0].buffer for one in back] == ["X.out", "Y"]


def test_pauses_add_up_and_count_from_the_fork() -> None:
    changes = [
        ModelChange(element="A", figure="pause", from_min=10, to_min=20),
        ModelChange(element="*", figure="pause", from_min=15, to_min=30),
    ]
    model = changed_model(two_ways(), changes, calendar_s=1000.0)
    simulate.check(model)
    calendars = {one.id: one for one in model.calendars}
    assert calendars["A/calendar"].working_s == ((0.0, 1600.0), (2800.0, 1e9))
    assert calendars["S/calendar"].working_s == ((0.0, 1900.0), (2800.0, 1e9))
    assert machine(model, "X").calendar is None  # belts run on


def test_a_pause_stops_and_a_further_machine_helps() -> None:
    def made(*changes: ModelChange) -> int:
        first = ModelChange(element="A", figure="first_input", to="Y")  # or what comes back locks the plant
        run = simulate.Simulation(changed_model(two_ways(), [first, *changes]))
        run.advance(6000.0)
        return run.finished()["finished"]

    assert made(ModelChange(element="A", figure="pause", from_min=0, to_min=50)) < 0.6 * made()
    stopped = made(ModelChange(element="A", figure="stopped"))
    assert stopped == 0
    repaired = ModelChange(element="A", figure="repair_time", factor=0.01)
    assert made(ModelChange(element="A", figure="machines", value=2)) > made()
    assert made(repaired) > made()


@pytest.mark.parametrize(
    "change",
    [
        {"element": "Q", "figure": "cycle_time", "factor": 2.0},
        {"element": "X", "figure": "cycle_time", "factor": 2.0},
        {"element": "A", "figure": "transfer_time", "factor": 2.0}, {"element": "A", "figure": "capacity", "value": 2},
        {"element": "S", "figure": "share", "to": "X", "share": 0.5},
        {"element": "A", "figure": "vehicles", "value": 2},
        {"element": "E", "figure": "first_input", "to": "Z"}, {"element": "X", "figure": "machines", "value": 2},
        {"element": "*", "figure": "stopped"}, {"element": "X.in", "figure": "capacity", "value": 2},
    ],
)  # fmt: skip
def test_an_element_that_has_no_such_figure_is_named(change: dict[str, Any]) -> None:
    with pytest.raises(XushiError) as refused:
        changed(**change)
    assert refused.value.code == "runtime.change_unknown"
    assert refused.value.params["element"] == change["element"]
    assert refused.value.text("zh-CN").what


@pytest.mark.parametrize(
    "change",
    [
        {"element": "A", "figure": "cycle_time"}, {"element": "Y", "figure": "capacity"},
        {"element": "A", "figure": "share", "to": "E", "share": 0.5}, {"element": "A", "figure": "share", "to": "Y"},
        {"element": "A", "figure": "first_input", "to": "S"}, {"element": "A", "figure": "first_input"},
        {"element": "A", "figure": "pause", "from_min": 5, "to_min": 5}, {"element": "A", "figure": "pause"},
        {"element": "S", "figure": "repair_time", "factor": 2.0}, {"element": "A", "figure": "machines", "value": 21},
        {"element": "X", "figure": "capacity", "value": 1},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_the_element(change: dict[str, Any]) -> None:
    with pytest.raises(XushiError) as refused:
        changed(**change)
    assert refused.value.code == "runtime.change_wrong"
    assert refused.value.params["element"] == change["element"]


def test_what_is_in_a_buffer_must_fit() -> None:
    part = (PartState(product="part"),)
    state = simulate.PlantState(machines={f"X-{k}": MachineState(parts=part) for k in (1, 2, 3)})
    check_room(changed(element="X", figure="capacity", value=3), state)
    with pytest.raises(XushiError) as refused:
        check_room(changed(element="X", figure="capacity", value=2), state)
    assert refused.value.params["element"] == "X"
    full = simulate.PlantState(buffers={"Y": (PartState(product="part", quantity=3),)})
    with pytest.raises(XushiError) as refused:
        check_room(changed(element="Y", figure="capacity", value=2), full)
    assert refused.value.params["element"] == "Y"
