"""What a planner is told of futures that lock: how many and why, loudly; they never make an alternative the best."""

from __future__ import annotations

import msgspec
import pytest

from xushi.runtime import Platform
from xushi.runtime.foresight import (
    Alternative,
    Fork,
    ModelChange,
    WantedOrder,
    changed_model,
    fork,
    plant_of,
    run_comparison,
    run_forecast,
)

from .conftest import START_NS, S

AT_NS = START_NS + 3 * 3600 * S
QUARTER_S = 900.0  # in which some of the futures lock, and later all
LOCKING = (
    ModelChange(element="OP60", figure="share", to="B61", share=0.5),
    ModelChange(element="OP60", figure="first_input", to="B50"),
)


@pytest.fixture(scope="module")
def forked(recorded: Platform) -> Fork:
    return fork(plant_of(recorded), recorded.timelines.get("live"), START_NS, AT_NS)


def test_a_forecast_tells_that_some_of_its_futures_lock(forked: Fork) -> None:
    assert run_forecast(forked, QUARTER_S, 10, 1, {})["locks"] is None
    locking = msgspec.structs.replace(forked, model=changed_model(forked.model, LOCKING))
    orders = [WantedOrder("long", 1_000, due_s=86_400.0)]
    told = run_forecast(locking, QUARTER_S, 30, 1, {}, orders=orders)
    locks = told["locks"]
    assert 0 < locks["count"] < locks["futures"] == 30
    assert locks["low"] < locks["share"] == locks["count"] / 30 < locks["high"]
    assert {"who": "OP60", "what": "B61"} in locks["waits"]
    assert {"who": "RWK1", "what": "B95"} in locks["waits"]
    assert f"{locks['count']} of 30 futures lock" in locks["text"]["en"]
    assert "OP60 waits for B61" in locks["text"]["en"]
    assert "OP60 等待 B61" in locks["text"]["zh-CN"]
    assert told["figures"][0]["mean"] is not None
    assert told["orders"][0]["late_share"] >= locks["share"]  # where the line is locked, no order is ever done


def test_what_locks_is_never_called_the_best_though_it_takes_the_least_energy(forked: Fork) -> None:
    quicker = ModelChange(element="OP40", figure="cycle_time", factor=0.95)
    alternatives = [Alternative("locking", LOCKING), Alternative("quicker", (quicker,))]
    told = run_comparison(forked, alternatives, 3_600.0, 10, 1, judge_by="energy")
    by_name = {one["name"]: one for one in told["alternatives"]}
    energy = {name: one["figures"]["plant.energy_kwh"]["mean"] for name, one in by_name.items()}
    assert energy["locking"] == min(energy.values()) < energy["now"]
    assert told["locking"] == ["locking"]
    assert by_name["locking"]["locks"]["count"] == 10
    assert by_name["now"]["locks"] is None
    for verdict in told["verdicts"].values():
        assert verdict["best"] != "locking"
        assert "locking" not in verdict["not_told_apart"]
