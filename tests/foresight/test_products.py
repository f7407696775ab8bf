"""Products in the model of a plant: their work and their set-ups, in the sequence in which they are made."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import msgspec
import pytest

from xushi import simulate
from xushi.demo._physics import PlantModel
from xushi.kernel import ManualClock, XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.runtime._materials import Kind
from xushi.runtime.branches import changeable
from xushi.runtime.foresight import (
    FINISHED,
    NOW,
    Alternative,
    Calibration,
    Flow,
    Mix,
    ModelChange,
    Node,
    Plant,
    Run,
    WantedOrder,
    changed_model,
    inside,
    order_times,
    plant_of,
    rebased,
    run_comparison,
    runs_of_model,
)
from xushi.runtime.foresight import fork as fork_plant
from xushi.runtime.foresight._build import build_model
from xushi.runtime.foresight._products import begun, still_to_come, usual_works_s
from xushi.runtime.orders import JobOrder, mix_of
from xushi.runtime.orders._book import Book, Order
from xushi.runtime.orders._job_control import verb_of
from xushi.runtime.plans import ManualStep
from xushi.runtime.plans._from_branch import _product_names, steps_of
from xushi.testing import import_plant, record_plant

from .branching import fork, run
from .conftest import START_NS, S

SETUP_S = {"M1": 20.0, "M2": 60.0}
KINDS = {"x": Kind("light"), "y": Kind("heavy", {"M2": 1.5}), "z": Kind("heavy")}
WORK_S = {"M1": 10.0, "M2": 12.0}


def line(setup_s: dict[str, float] = SETUP_S, kinds: dict[str, Kind] = KINDS) -> tuple[Plant, simulate.Model]:
    """Two machines with one place between them, all times constant."""
    nodes = {name: Node(name, name, {"CycleTime": work_s}, {}) for name, work_s in WORK_S.items()}
    for name, seconds in setup_s.items():
        nodes[name].facts["SetupTime"] = seconds
    nodes["B"] = Node("B", "B", {"Capacity": 1.0}, {})
    plant = Plant("line", nodes, (Flow("M1", "B"), Flow("B", "M2")), kinds=kinds)
    works: dict[str, simulate.Distribution] = {name: simulate.Constant(value_s=s) for name, s in WORK_S.items()}
    calibration = Calibration(works, {"M1": {}, "M2": {}}, {"B": 0.0}, {("M1", "B"): 1.0}, {}, (), ())
    return plant, build_model(plant, calibration)


def runs(products: str) -> tuple[Run, ...]:
    return tuple(Run(f"{product}{number}", product, 3) for number, product in enumerate(products))


def done_s(products: str, *changes: ModelChange) -> list[float]:
    """When each order of three pieces is done, as the changed model tells it."""
    plant, model = line()
    model, state = begun(model, plant, simulate.PlantState(), Mix(runs(products)))
    model = changed_model(model, changes)
    experiment = simulate.Experiment(horizon_s=2_000.0, replications=2, sample_every_s=1.0)
    outcome = simulate.run(model, experiment, state)
    wanted = [WantedOrder(run.order, run.pieces) for run in runs(products)]
    return [float(at_s[0]) for at_s in order_times(outcome, wanted).values()]


def done_by_hand_s(products: str, kinds: dict[str, Kind] = KINDS) -> list[float]:
    """The same by the recursion of such a line: a part leaves M1 when the one before it is on M2."""
    m1_free_s = m2_took_s = m2_free_s = 0.0
    last = products[0]
    found = []
    for product in products:
        for _ in range(3):
            is_other = kinds[last].family != kinds[product].family
            ready_s = m1_free_s + is_other * SETUP_S["M1"] + WORK_S["M1"] * kinds[product].work.get("M1", 1.0)
            m1_free_s = max(ready_s, m2_took_s)  # there is room in B from when M2 took the part before
            m2_took_s = max(m1_free_s, m2_free_s)
            work_s = WORK_S["M2"] * kinds[product].work.get("M2", 1.0)
            m2_free_s = m2_took_s + is_other * SETUP_S["M2"] + work_s
            last = product
        found.append(m2_free_s)
    return found


@pytest.mark.parametrize("products", ["xyxy", "xxyy", "yzxz", "zyyx"])
def test_orders_are_done_when_work_and_setups_of_their_products_say_worked_out_by_hand(products: str) -> None:
    # samples a second apart: an order is told as done by the next of them
    assert done_s(products) == pytest.approx(done_by_hand_s(products), abs=1.0)


def test_a_sequence_with_fewer_changes_of_family_saves_the_setups_of_the_slower_machine() -> None:
    saved_s = done_s("xyxy")[-1] - done_s("xxyy")[-1]
    assert saved_s == pytest.approx(done_by_hand_s("xyxy")[-1] - done_by_hand_s("xxyy")[-1], abs=1.0)
    assert saved_s > SETUP_S["M2"]
    assert done_by_hand_s("yz")[-1] < done_by_hand_s("yx")[-1]  # one family, no set-up


def test_a_comparison_tells_two_sequences_of_one_model_apart() -> None:
    plant, model = line()
    model, state = begun(model, plant, simulate.PlantState(), Mix(runs("xyxy")))
    origin = _Origin(plant, model, state)
    other = (runs("xyxy")[0], runs("xyxy")[2], runs("xyxy")[1], runs("xyxy")[3])
    change = ModelChange(element="M1", figure="sequence", runs=other)
    orders = {
        NOW: [WantedOrder(one.order, one.pieces, 0.0) for one in runs("xyxy")],
        "grouped": [WantedOrder(one.order, one.pieces, 0.0) for one in other],
    }
    found = run_comparison(origin, [Alternative("grouped", (change,))], 600.0, 10, 1, orders=orders)
    assert found["best"] == "grouped"
    last = [one["orders"][-1]["done_s"]["mean"] for one in found["alternatives"]]
    assert last[0] - last[1] == pytest.approx(
        done_by_hand_s("xyxy")[-1] - done_by_hand_s("xxyy")[-1], abs=15.0
    )  # sampled each 30 s


class _Origin(msgspec.Struct, frozen=True):
    plant: Plant
    model: simulate.Model
    state: simulate.PlantState
    at_ns: int = 0
    diagnoses: tuple[Any, ...] = ()


def test_a_plant_whose_products_do_not_differ_keeps_its_model() -> None:
    plant, model = line({}, {"x": Kind("light"), "z": Kind("heavy")})
    state = simulate.PlantState()
    assert begun(model, plant, state, Mix(runs("xz"))) == (model, state)


def test_a_setup_time_is_changed_by_a_factor_where_there_is_one() -> None:
    plant, model = line({"M2": 60.0})
    model, _ = begun(model, plant, simulate.PlantState(), Mix(runs("xy")))
    changed = changed_model(model, [ModelChange(element="M2", figure="setup_time", factor=0.5)])
    setups = {machine.id: machine.setups for machine in changed.machines}
    assert setups["M2"][-1].duration == simulate.Constant(value_s=30.0)
    with pytest.raises(Exception, match="M1"):
        changed_model(model, [ModelChange(element="M1", figure="setup_time", factor=0.5)])


def like(product: str, other: str) -> ModelChange:
    return ModelChange(element=product, figure="family", to=other)


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ((like("x", "y"),), {"x": Kind("heavy"), "y": KINDS["y"], "z": KINDS["z"]}),
        ((like("y", "x"),), {"x": KINDS["x"], "y": Kind("light", {"M2": 1.5}), "z": KINDS["z"]}),
        ((like("z", "z"),), {"x": KINDS["x"], "y": KINDS["y"], "z": Kind("its own")}),
        ((like("x", "y"), like("x", "x")), KINDS),
        ((like("z", "x"), like("y", "z")), {**KINDS, "y": Kind("light", {"M2": 1.5}), "z": Kind("light")}),
        (
            (ModelChange(element="M2", figure="work_factor", to="y", factor=0.5),),
            {**KINDS, "y": Kind("heavy", {"M2": 0.75})},
        ),
        (
            (ModelChange(element="M1", figure="work_factor", to="x", factor=3.0),),
            {**KINDS, "x": Kind("light", {"M1": 3.0})},
        ),
    ],
)
@pytest.mark.parametrize("products", ["xyzx", "zyyx"])
def test_orders_are_done_as_the_changed_family_or_work_of_a_product_says_worked_out_by_hand(
    changes: tuple[ModelChange, ...], kinds: dict[str, Kind], products: str
) -> None:
    assert done_s(products, *changes) == pytest.approx(done_by_hand_s(products, kinds), abs=1.0)


def test_all_that_can_be_changed_of_the_products_of_a_model_is_listed_with_what_it_is_now() -> None:
    plant, model = line()
    model, _ = begun(model, plant, simulate.PlantState(), Mix(runs("xy")))
    elements = {one.element: one for one in changeable(plant, model)}
    work = {one.to: one.present for one in elements["M2"].figures if one.figure == "work_factor"}
    assert work == {("x",): 1.0, ("y",): 1.5, ("z",): 1.0}
    assert {name: one.figures[0].to for name, one in elements.items() if one.kind == "product"} == {
        "x": ("y", "z"),
        "y": ("x", "y"),  # that of z is its own: it can leave that, or be of that of x
        "z": ("x", "z"),
    }
    plain, _ = line()
    assert not [one for one in changeable(plain, line()[1]) if one.kind == "product"]


@pytest.mark.parametrize(
    ("change", "code", "named"),
    [
        (ModelChange(element="M9", figure="work_factor", to="y", factor=2.0), "runtime.change_unknown", "M9"),
        (ModelChange(element="M2", figure="work_factor", to="q", factor=2.0), "runtime.change_unknown", "q"),
        (ModelChange(element="M2", figure="work_factor", factor=2.0), "runtime.change_wrong", "M2"),
        (ModelChange(element="M2", figure="work_factor", to="y"), "runtime.change_wrong", "M2"),
        (like("q", "x"), "runtime.change_unknown", "q"),
        (like("x", "q"), "runtime.change_unknown", "q"),
        (ModelChange(element="x", figure="family"), "runtime.change_wrong", "x"),
    ],
)
def test_a_change_of_a_product_or_station_that_is_not_there_or_without_its_value_is_refused_with_its_name(
    change: ModelChange, code: str, named: str
) -> None:
    plant, model = line()
    model, _ = begun(model, plant, simulate.PlantState(), Mix(runs("xy")))
    with pytest.raises(XushiError) as refused:
        changed_model(model, [change])
    assert (refused.value.code, refused.value.params["element"]) == (code, named)
    for language in ("en", "zh-CN"):
        assert named in refused.value.text(language).what


def test_a_model_of_one_kind_of_part_has_no_product_to_change() -> None:
    _, model = line({}, {"x": Kind("light"), "z": Kind("heavy")})
    with pytest.raises(XushiError, match="x"):
        changed_model(model, [like("x", "z")])


def test_pieces_on_the_line_are_of_the_first_orders_and_machines_are_set_up_for_them() -> None:
    plant, model = line()
    part = (simulate.PartState(product="part"),)
    state = simulate.PlantState(
        machines={"M1": simulate.MachineState(parts=part), "M2": simulate.MachineState(parts=part)},
        buffers={"B": part},
    )
    mix = Mix((Run("a", "y", 2), Run("b", "x", 5)))
    model, state = begun(model, plant, state, mix)
    assert inside(plant, model, state) == ["y", "y", "x"]
    assert [state.machines[name].product for name in ("M2", "M1")] == ["|y", "|x"]
    assert runs_of_model(model) == [Run("b", "x", 4)]
    told = Mix((Run("c", "z", 1),), (Run("b", "x", 1),))
    plant, model = line()
    plain = simulate.PlantState(machines={"M1": simulate.MachineState(parts=part)}, buffers={"B": part})
    model, state = begun(model, plant, plain, told)
    assert inside(plant, model, state) == ["", "x"]  # the controller tells of one piece only
    assert runs_of_model(model) == [Run("c", "z", 1)]


def test_in_another_sequence_pieces_on_the_line_stay_what_they_are() -> None:
    mix = Mix((Run("b", "x", 5), Run("c", "y", 2), Run("a", "y", 4)))
    assert still_to_come(mix, ["y", "y", "y"]) == [Run("b", "x", 5), Run("a", "y", 3)]


def test_a_model_that_was_run_begins_anew_with_what_was_not_released() -> None:
    plant, model = line()
    model, state = begun(model, plant, simulate.PlantState(), Mix(runs("xy")))
    whole = simulate.Simulation(model, state)
    whole.advance(45.0)
    again, there = rebased(model, whole.state())
    left = sum(run.pieces for run in runs_of_model(again))
    assert left + len(inside(plant, again, there)) + whole.finished()[FINISHED] == 6
    rest = simulate.Simulation(again, there)
    rest.advance(400.0)
    whole.advance(445.0)
    assert rest.finished()[FINISHED] == whole.finished()[FINISHED] - _made_until(model, state, 45.0)


def _made_until(model: simulate.Model, state: simulate.PlantState, at_s: float) -> int:
    begun = simulate.Simulation(model, state)
    begun.advance(at_s)
    return begun.finished()[FINISHED]


def test_recorded_work_counts_as_that_of_the_usual_product() -> None:
    plant, _ = line()
    found = usual_works_s([18.0, 12.0, 12.0], ["o1/2", "o2", ""], "M2", plant, {"o1": "y", "o2": "x"})
    assert found == [12.0, 12.0, 12.0]


def test_a_line_makes_what_its_controller_was_told_else_what_is_in_the_book() -> None:
    book = Book((Order(id="a", product="x", quantity=5), Order(id="b", product="y", quantity=4)), {"a": 2})
    assert mix_of(book, (), False).to_come == (Run("a", "x", 3), Run("b", "y", 4))
    assert mix_of(book, (), True) == Mix((), (), {"a": "x", "b": "y"})
    told = (JobOrder("b/1", 4, 3, True, 1), JobOrder("a", 3, 0), JobOrder("gone", 2, 0, False))
    assert mix_of(book, told, True).to_come == (Run("b", "y", 1), Run("a", "x", 3))
    assert mix_of(book, told, True).on_line == (Run("b", "y", 2),)


# ---- by the door of a branch, on the demo line
PRODUCTS = [f"urn:xushi:demo:shell:{name}" for name in ("E15", "E15S", "E15", "E15S")]


@pytest.fixture
def ordered(plant: Platform) -> Platform:
    """The demo line as one that makes its order book: its controller takes no job orders."""
    for key in [key for key, action in plant.links.actions.items() if verb_of(action)]:
        del plant.links.actions[key]
    for name, product in zip("ABCD", PRODUCTS, strict=True):
        run(plant, "order.add", id=name, product=product, quantity=30)
    return plant


def test_another_sequence_and_a_shorter_setup_reach_the_model_of_a_branch(ordered: Platform) -> None:
    branch = fork(ordered, at_ns=ordered.clock.now_ns(), hours=1.0)
    start = ordered.branches.package(branch)
    assert [run.order for run in runs_of_model(start.model)][-3:] == ["B", "C", "D"]
    run(ordered, "branch.run", branch=branch, command="order.sequence", params={"sequence": ["A", "C", "B", "D"]})
    record = ordered.branches.get(branch)
    model = changed_model(start.model, record.changes())
    assert [run.order for run in runs_of_model(model)][-3:] == ["C", "B", "D"]
    orders = {NOW: ordered.branches.wanted(None, start), "grouped": ordered.branches.wanted(record, start)}
    found = run_comparison(start, [Alternative("grouped", record.changes())], 2 * 3600.0, 30, 1, orders=orders)
    difference = found["alternatives"][1]["differences"]["plant.good"]
    assert difference["is_clear"]
    assert difference["low"] > 0  # two changes of product less
    quick = ModelChange(element="OP30", figure="setup_time", factor=0.5)
    run(ordered, "branch.change", branch=branch, changes=[msgspec.to_builtins(quick)])
    changed = changed_model(start.model, ordered.branches.get(branch).changes())
    setups = {machine.id: machine.setups for machine in changed.machines}
    assert setups["OP30"][-1].duration.mean_s == 60.0
    assert setups["OP20"][-1].duration.mean_s == 45.0
    ordered.branches.compute(branch)
    card = ordered.branches.standing(ordered.branches.get(branch)).path
    assert card is not None
    assert card.stopped is None
    assert card.figures["machines"]["OP30"]["shares"]["setup"] > 0


def test_work_and_family_of_a_product_are_changed_on_a_branch_compared_planned_and_taken_back(
    ordered: Platform,
) -> None:
    branch = fork(ordered, at_ns=ordered.clock.now_ns(), hours=1.0)
    start = ordered.branches.package(branch)
    e15, e15s = PRODUCTS[:2]
    family = run(ordered, "branch.change", branch=branch, changes=[msgspec.to_builtins(like(e15s, e15))])
    work = {"element": "OP30", "figure": "work_factor", "to": e15s, "factor": 2.0}
    run(ordered, "branch.change", branch=branch, changes=[work])
    record = ordered.branches.get(branch)
    model = changed_model(start.model, record.changes())
    names = f"|{e15}", f"|{e15s}"
    before, after = [next(machine for machine in one.machines if machine.id == "OP30") for one in (start.model, model)]
    free = [(one.before, one.after) for one in after.setups if one.duration.mean_s == 0 and one.before in names]
    assert sorted(free) == sorted([names, names[::-1]])
    times = [one.operations[0].durations.get(names[1], one.operations[0].duration).mean_s for one in (before, after)]
    assert times[1] == pytest.approx(2 * times[0])
    element = next(one for one in changeable(start.plant, model) if one.element == e15s)
    assert e15 not in element.figures[0].to
    assert element.figures[0].to[-1] == e15s  # back to a family of its own
    one_family = Alternative("one family", (like(e15s, e15),))
    orders = {name: ordered.branches.wanted(None, start) for name in (NOW, "one family")}
    found = run_comparison(start, [one_family], 2 * 3600.0, 30, 1, orders=orders)
    difference = found["alternatives"][1]["differences"]["plant.good"]
    assert (difference["is_clear"], difference["low"] > 0) == (True, True)
    names_of = _product_names(ordered, record)
    steps = steps_of(record, lambda one: {}, lambda stop: (), names_of)
    assert [step.text["en"] for step in steps if isinstance(step, ManualStep)] == [
        f"Make {names_of[e15s]['en']} and {names_of[e15]['en']} without a set-up between them",
        f"Change the work on {names_of[e15s]['en']} at OP30 to 200 % of what it is",
    ]
    assert names_of[e15]["zh-CN"] in steps[0].text["zh-CN"]  # type: ignore[union-attr]
    asyncio.run(ordered.bus.undo(run(ordered, "branch.revert", branch=branch, index=1).command_id, SYSTEM))
    assert ordered.branches.get(branch).changes() == record.changes()
    run(ordered, "branch.revert", branch=branch, index=1)
    asyncio.run(ordered.bus.undo(family.command_id, SYSTEM))
    assert changed_model(start.model, ordered.branches.get(branch).changes()) == start.model
    with pytest.raises(XushiError, match="factor"):
        run(ordered, "branch.change", branch=branch, changes=[{**work, "factor": 0.0}])


def test_a_line_that_was_told_of_products_is_forecast_with_the_setups_that_it_really_makes(tmp_path: Path) -> None:
    clock, at_s, ahead_s = ManualClock(START_NS), 4_500.0, 3_000.0
    with Platform.open(tmp_path / "data", clock) as platform:
        asyncio.run(import_plant(platform))
        virtual = PlantModel(1, START_NS)
        record_plant(platform, virtual, 3_600.0)
        clock.advance(3_600 * S)
        for number in range(30):
            product = PRODUCTS[number % 2]
            run(platform, "order.add", id=f"CO-{number}", product=product, quantity=5)
            virtual.job_orders.call("StoreAndStart", (f"CO-{number}", product, 5))
        record_plant(platform, virtual, at_s)
        clock.advance(int(at_s - 3_600.0) * S)
        plant, timeline, at_ns = plant_of(platform), platform.timelines.get("live"), START_NS + int(at_s) * S
        mix = platform.orders.mix(plant, "live", at_ns)
        assert mix is not None
        assert mix.on_line
        assert {one.product for one in mix.to_come} == set(PRODUCTS)
        experiment = simulate.Experiment(horizon_s=ahead_s, replications=60)

        def band(mix: Mix | None) -> list[float]:
            begun = fork_plant(plant, timeline, START_NS, at_ns, mix=mix)
            made = simulate.run(begun.model, experiment, begun.state).values(f"{FINISHED}.count")
            return [float(made.min()), float(made.max())]

        told, untold = band(mix), band(None)
        before = virtual.book.finished
        record_plant(platform, virtual, at_s + ahead_s)
        made = virtual.book.finished - before
        assert told[0] <= made <= told[1]
        assert untold[0] > made  # who knows nothing of products promises too much
