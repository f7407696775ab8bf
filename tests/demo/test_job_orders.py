"""The line controller releases engines for its job orders in their sequence, and knows how far each one is."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from xushi.demo._engines import EngineBook
from xushi.demo._job_orders import (
    ALLOWED_TO_START,
    ENDED,
    INTERRUPTED,
    MOST_JOB_ORDERS,
    NOT_ALLOWED_TO_START,
    RUNNING,
    JobOrders,
)
from xushi.demo._line_stations import SETUP_S
from xushi.demo._panel import SETUP
from xushi.demo._physics import PlantModel


class Line:
    """The controller with the engines that it releases, and what it shows."""

    def __init__(self) -> None:
        self.shown: dict[str, Any] = {}
        self.orders = JobOrders(lambda path, value: self.shown.update({path.removeprefix("JobOrders."): value}))
        self.book = EngineBook(self.orders)

    def call(self, method: str, *arguments: Any) -> bool:
        return self.orders.call(method, arguments)

    def release(self, count: int) -> list[str]:
        return [self.book.start().job_order for _ in range(count)]


def test_engines_are_released_for_job_orders_in_sequence_and_for_none_behind_them() -> None:
    line = Line()
    assert line.release(1) == [""]
    assert line.call("StoreAndStart", "CO-1", "E15", 2)
    assert line.call("Store", "CO-2", "E15", 5)
    assert line.call("StoreAndStart", "CO-3", "E15H", 1)
    assert (line.shown["Current"], line.shown["Remaining"], line.shown["LastStored"]) == ("CO-1", 2, "CO-3")
    assert line.release(4) == ["CO-1", "CO-1", "CO-3", ""]  # one that may not start is passed over
    assert line.call("Start", "CO-2")
    assert line.release(1) == ["CO-2"]
    assert line.shown["Released"] == [2, 1, 1]
    assert line.shown["States"] == [RUNNING, RUNNING, RUNNING]


def test_a_scrapped_engine_is_made_again_and_with_the_last_good_one_the_job_order_ends() -> None:
    line = Line()
    line.call("StoreAndStart", "CO-1", "E15", 1)
    first = line.book.start()
    line.book.scrap(first)
    second = line.book.start()
    assert second.job_order == "CO-1"
    line.book.finish(second)
    assert (line.shown["States"], line.shown["Finished"]) == ([ENDED], [1])
    assert line.release(1) == [""]


def test_stop_and_start_hold_a_job_order_and_let_it_go_on_where_it_was() -> None:
    line = Line()
    for name in ("CO-1", "CO-2"):
        line.call("StoreAndStart", name, "E15", 3)
    line.release(1)
    assert line.call("Stop", "CO-1")
    assert line.call("Stop", "CO-2")
    assert line.shown["States"] == [INTERRUPTED, NOT_ALLOWED_TO_START]
    assert line.release(1) == [""]
    assert line.call("Start", "CO-2")
    assert line.call("Start", "CO-1")
    assert line.shown["States"] == [RUNNING, ALLOWED_TO_START]
    assert line.release(3) == ["CO-1", "CO-1", "CO-2"]
    assert line.call("Clear", "CO-2")
    assert line.shown["List"] == ["CO-1"]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("StoreAndStart", ("CO-1", "E15", 5)), ("Store", ("", "E15", 5)), ("Store", ("X", "", 5)),
        ("Store", ("X", "E15", 0)), ("Store", ("X", "E15", 10**6)), ("Store", ("X" * 65, "E15", 1)),
        ("Store", ("X", "E15")), ("Start", ("CO-1",)), ("Stop", ("none",)), ("Clear", ("none",)), ("Pause", ("CO-1",)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(method: str, arguments: tuple[Any, ...]) -> None:
    line = Line()
    line.call("StoreAndStart", "CO-1", "E15", 5)
    before = dict(line.shown)
    assert not line.call(method, *arguments)
    assert line.shown == before


def test_a_full_list_forgets_what_has_ended_and_refuses_where_nothing_has() -> None:
    line = Line()
    for number in range(MOST_JOB_ORDERS):
        assert line.call("StoreAndStart", f"CO-{number}", "E15", 1)
    assert not line.call("StoreAndStart", "more", "E15", 1)
    line.book.finish(line.book.start())
    assert line.call("StoreAndStart", "more", "E15", 1)
    assert "CO-0" not in line.shown["List"]


def test_stations_are_set_up_for_another_product_and_work_on_it_as_long_as_it_takes() -> None:
    plant = PlantModel(1, 0)
    plant.run_until(1_200.0)
    for id, product in (("CO-1", "E15"), ("CO-2", "urn:xushi:demo:shell:E15S")):
        plant.job_orders.call("StoreAndStart", (id, product, 12))
    plant.values.take_changes()
    plant.run_until(4_000.0)
    shown: dict[str, list[tuple[float, Any]]] = {}
    for path, at_ns, value in plant.values.take_changes():
        shown.setdefault(path, []).append((at_ns / 1e9, value))
    details = shown["OP30.Detail"]
    setups_s = [end_s - start_s for (start_s, value), (end_s, _) in pairwise(details) if value == SETUP]
    assert SETUP_S["OP30"] in [round(one, 6) for one in setups_s]
    cycles = [(at_s, "", value) for at_s, value in shown["OP30.CycleTime"]]
    begun = [(at_s, value, 0.0) for at_s, value in shown["OP30.JobOrder"] if value]
    of_each: dict[str, list[float]] = {"": []}
    job_order = ""
    for _, name, cycle_s in sorted(cycles + begun):  # a piece is done before the next one comes
        job_order = name or job_order
        if cycle_s:
            of_each.setdefault(job_order, []).append(cycle_s)
    # Behind the last of them come engines of no job order.
    usual, sport = (sum(of_each[name][:12]) / 12 for name in ("CO-1", "CO-2"))
    assert sport / usual == pytest.approx(1.15, abs=0.05)
