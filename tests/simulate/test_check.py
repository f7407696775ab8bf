"""A model that cannot run is refused, and the element to blame is named; JSON and data are one."""

import pytest

from xushi.kernel import XushiError
from xushi.simulate import (
    Buffer,
    Calendar,
    Constant,
    Fleet,
    Input,
    Machine,
    Operation,
    Product,
    Route,
    Sink,
    Source,
    check,
    read_model,
    write_model,
)
from xushi.simulate._compile import compile_model

from .plants import cell, changed, serial, step
from .test_kernel import full_plant, transport_plant

GOOD = cell(Machine(id="M", operations=(step(1, "a", "out"),)), buffers=(Buffer(id="a"),))


def machine(*operations, **more):
    return (Machine(id="M", operations=operations, **more),)


WRONG = {
    "two of one id": (changed(GOOD, sinks=(Sink(id="out"), Sink(id="a"))), "duplicate_id", "a"),
    "unknown buffer": (changed(GOOD, machines=machine(step(1, "b", "out"))), "unknown_element", "b"),
    "unknown target": (changed(GOOD, machines=machine(step(1, "a", "gone"))), "unknown_element", "gone"),
    "unknown calendar": (
        changed(GOOD, machines=machine(step(1, "a", "out"), calendar="night")),
        "unknown_element",
        "night",
    ),
    "no machine": (changed(GOOD, machines=()), "nothing_to_do", "cell"),
    "no operation": (changed(GOOD, machines=machine()), "nothing_to_do", "M"),
    "negative capacity": (changed(GOOD, buffers=(Buffer(id="a", capacity=-1),)), "number_invalid", "a.capacity"),
    "no machines of it": (changed(GOOD, machines=machine(step(1, "a", "out"), count=0)), "number_invalid", "M.count"),
    "needs more than fits": (
        changed(
            GOOD,
            buffers=(Buffer(id="a", capacity=2),),
            machines=machine(
                Operation(duration=Constant(value_s=1), inputs=(Input(buffer="a", quantity=3),), to=(Route(to="out"),))
            ),
        ),
        "never_fits",
        "M.operations[0]",
    ),
    "nobody empties it": (changed(GOOD, buffers=(Buffer(id="a"), Buffer(id="b"))), "dead_end", "b"),
    "a circle without exit": (changed(GOOD, machines=machine(step(1, "a", "a"))), "no_exit", "a"),
    "a circle whose exit is never taken": (
        changed(
            GOOD,
            machines=machine(
                changed(step(1, "a", "a"), to=(Route(to="a"), Route(to="out", share=0))),
            ),
        ),
        "no_exit",
        "M",
    ),
    "routes of which none is ever taken": (
        changed(GOOD, machines=machine(changed(step(1, "a", "out"), to=(Route(to="out", share=0),)))),
        "no_route",
        "M.operations[0]",
    ),
    "a product without a way": (
        changed(
            GOOD,
            products=(Product(id="x"), Product(id="y")),
            sources=(
                Source(
                    id="in", interval=Constant(value_s=1), products={"x": 1, "y": 1}, to=(Route(to="a", product="x"),)
                ),
            ),
        ),
        "no_route",
        "in",
    ),
    "a product nobody takes": (
        changed(
            GOOD,
            products=(Product(id="x"), Product(id="y")),
            sources=(Source(id="in", interval=Constant(value_s=1), products={"x": 1, "y": 1}, to=(Route(to="a"),)),),
            machines=machine(
                Operation(duration=Constant(value_s=1), inputs=(Input(buffer="a", product="x"),), to=(Route(to="out"),))
            ),
        ),
        "dead_end",
        "a (y)",
    ),
    "a source of nothing": (changed(GOOD, sources=(Source(id="in", to=(Route(to="a"),)),)), "source_invalid", "in"),
    "shifts that overlap": (
        changed(GOOD, calendars=(Calendar(id="c", period_s=10, working_s=((0, 6), (5, 9))),)),
        "calendar_invalid",
        "c",
    ),
    "a road that is missing": (
        changed(transport_plant(), roads=transport_plant().roads[:1]),
        "no_way",
        "move",
    ),
    "vehicles and machines at one buffer": (
        changed(transport_plant(), machines=machine(step(1, "b", "out"), step(1, "a", "out"))),
        "buffer_shared",
        "a",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_model_that_cannot_run_is_refused_by_name(name):
    model, code, blamed = WRONG[name]
    with pytest.raises(XushiError) as caught:
        compile_model(model)
    assert caught.value.code == f"simulate.{code}"
    assert blamed in map(str, caught.value.params.values())
    assert caught.value.text("zh-CN").what != caught.value.text("en").what


@pytest.mark.parametrize("model", [GOOD, serial(), full_plant()], ids=lambda model: model.name)
def test_a_model_is_the_same_after_json(model):
    check(model)
    assert read_model(write_model(model)) == model


@pytest.mark.parametrize(
    "text", ["", "[]", '{"name": 3}', '{"name": "x", "machine": []}', '{"name": "x", "sinks": [{}]}']
)
def test_what_is_not_a_model_is_refused_with_the_field(text):
    with pytest.raises(XushiError) as caught:
        read_model(text)
    assert caught.value.code == "simulate.model_invalid"


def test_a_fleet_without_a_known_home_is_refused():
    plant = transport_plant()
    fleet = Fleet(id="agv", count=1, speed_m_s=1.0, home=("nowhere",))
    with pytest.raises(XushiError) as caught:
        check(changed(plant, fleets=(fleet,)))
    assert caught.value.params["id"] == "nowhere"
