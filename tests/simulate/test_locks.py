"""Futures that lock themselves: counted, named, and refused only where hardly any does not lock."""

import msgspec
import pytest

from xushi.kernel import XushiError
from xushi.simulate import (
    Buffer,
    Constant,
    Experiment,
    Input,
    Machine,
    Make,
    Model,
    Operation,
    Route,
    Sink,
    Stage,
    Zone,
    run,
    run_alternatives,
    share_interval,
)
from xushi.simulate._chunks import answer, ask, cut, read_answer
from xushi.simulate._state import PlantState

from .test_kernel import circle, single_track, step


def sorter(room: int = 3) -> Model:
    """Return a machine that sorts by chance before an assembly that takes two of each sort; a run of one sort locks."""
    to = (Route(to="a", share=0.5), Route(to="b", share=0.5))
    both = Operation(
        duration=Constant(value_s=1.0), inputs=(Input(buffer="a", quantity=2), Input(buffer="b", quantity=2)),
        makes=(Make(product="part"),), to=(Route(to="out"),),
    )  # fmt: skip
    machines = (
        Machine(id="S", operations=(Operation(duration=Constant(value_s=1.0), to=to),)),
        Machine(id="T", operations=(both,)),
        Machine(id="O", operations=(Operation(duration=Constant(value_s=1.0), to=(Route(to="out"),)),)),
    )
    buffers = (Buffer(id="a", capacity=room), Buffer(id="b", capacity=room))
    return Model(name="sorter", machines=machines, buffers=buffers, sinks=(Sink(id="out"),))


SHORT = Experiment(horizon_s=20.0, replications=40)


def test_futures_that_lock_are_counted_and_named_and_stay_among_the_others() -> None:
    found = run(sorter(), SHORT)
    assert 0 < len(found.locks) < 40
    assert {who for lock in found.locks for who, _ in lock.waits} == {"S"}
    assert {what for lock in found.locks for _, what in lock.waits} == {"a", "b"}
    made = found.values("T.made")
    locked = [lock.replication for lock in found.locks]
    free = [number for number in range(40) if number not in locked]
    assert found.interval("T.made").count == 40
    assert made[locked].mean() < made[free].mean()  # those that do not lock alone would promise too much
    assert found.values("O.made").tolist() == [20.0] * 40  # what is not in the circle goes on to the end


def test_another_process_tells_the_same_locks() -> None:
    (chunk, *_) = cut({"": sorter()}, SHORT, PlantState(), {})
    there = read_answer(answer(ask(chunk))).locks
    assert there
    assert there == tuple(lock for lock in run(sorter(), SHORT).locks if lock.replication < chunk.count)


def test_a_model_of_which_nearly_every_future_locks_is_refused_by_name() -> None:
    with pytest.raises(XushiError) as caught:
        run(sorter(), Experiment(horizon_s=5_000.0, replications=40))
    assert (caught.value.code, caught.value.params["machines"]) == ("simulate.deadlock", "S")


def test_an_alternative_that_always_locks_stands_beside_those_that_do_not() -> None:
    experiment = Experiment(horizon_s=2_000.0, replications=10)
    found = run_alternatives({"tight": sorter(), "wide": sorter(2_000)}, experiment)
    assert (len(found["tight"].locks), len(found["wide"].locks)) == (10, 0)


def test_vehicles_say_which_vehicle_they_wait_for() -> None:
    track = single_track()
    wide = msgspec.structs.replace(track, zones=(Zone(id="west", capacity=2), Zone(id="east")))
    found = run_alternatives({"single": track, "wide": wide}, Experiment(horizon_s=100.0, replications=2))
    (first, _) = found["single"].locks
    assert (first.kind, first.waits) == ("gridlock", (("P-1", "R-1"), ("R-1", "P-1")))
    assert found["wide"].locks == ()


def test_who_only_queues_up_behind_the_circle_is_not_named() -> None:
    before = Machine(id="before", operations=(step(1.0, None, "a"),))
    with pytest.raises(XushiError) as caught:
        run(circle(before), Experiment(horizon_s=1_000.0, replications=1))
    assert caught.value.params["machines"] == "M, N"


def test_what_a_later_stage_frees_is_not_locked() -> None:
    later = {"": [Stage(at_s=40.0, model=sorter(2_000))], "tight": [Stage(at_s=40.0, model=sorter())]}
    found = run_alternatives(
        {"": sorter(), "tight": sorter()}, Experiment(horizon_s=60.0, replications=20), later=later
    )
    assert len(found["tight"].locks) > 0
    assert found[""].locks == ()


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"), [(0, 30, 0.0, 0.11351), (15, 30, 0.33154, 0.66846), (30, 30, 0.88649, 1.0)]
)
def test_a_share_has_wilsons_interval(hits: int, count: int, low: float, high: float) -> None:
    assert share_interval(hits, count) == pytest.approx((low, high), abs=1e-5)
