"""Requirements are netted and offset level by level; lot sizes cost least; impossible bills and loads are refused."""

import subprocess
import sys
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xushi.kernel import XushiError
from xushi.schedule import Item, Part, lots_within, requirements, wagner_whitin


def test_the_example_of_wagner_and_whitin_costs_864():
    needs = [69, 29, 36, 61, 61, 26, 34, 67, 45, 67, 79, 56]
    setup = [85, 102, 102, 101, 98, 114, 105, 86, 119, 110, 98, 114]
    cost, lots = wagner_whitin(needs, setup, 1.0)
    assert cost == 864
    assert sum(lots) == sum(needs)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=6), st.integers(0, 20), st.integers(0, 3))
def test_no_set_of_lot_periods_is_cheaper(needs, setup, hold):
    cost, lots = wagner_whitin(needs, setup, hold)
    cheapest = min(
        (
            price
            for some in product((False, True), repeat=len(needs))
            if (price := priced(needs, some, setup, hold)) >= 0
        ),
        default=0,
    )
    assert cost == cheapest
    assert priced(needs, [lot > 0 for lot in lots], setup, hold) == cost


def priced(needs, is_lot, setup, hold):
    price, last = sum(is_lot) * setup, None
    for t, needed in enumerate(needs):
        last = t if is_lot[t] else last
        if needed and last is None:
            return -1
        price += hold * needed * (t - last) if needed else 0
    return price


def test_needs_are_netted_offset_and_exploded():
    items = [
        Item(id="engine", parts=(Part(item="piston", quantity=4),), lead_time=1, stock=5),
        Item(id="piston", lead_time=2, stock=10, receipts={2: 6}),
    ]
    records = requirements(items, {"engine": [0, 0, 0, 8, 0, 10]}, 6)
    assert records["engine"].net == (0, 0, 0, 3, 0, 10)
    assert records["engine"].orders == (0, 0, 3, 0, 10, 0)
    assert records["piston"].gross == (0, 0, 12, 0, 40, 0)
    assert records["piston"].net == (0, 0, 0, 0, 36, 0)
    assert records["piston"].orders == (0, 0, 36, 0, 0, 0)
    assert records["piston"].overdue == 0


def test_what_should_have_been_ordered_is_told():
    records = requirements([Item(id="a", lead_time=3)], {"a": [0, 2, 0, 5]}, 4)
    assert records["a"].overdue == 2
    assert records["a"].orders == (5, 0, 0, 0)


@pytest.mark.parametrize(
    ("items", "demand", "code", "named"),
    [
        ([Item(id="a", parts=(Part(item="b", quantity=1),)), Item(id="b", parts=(Part(item="a", quantity=1),))], {},
         "bill_cycle", "a → "),
        ([Item(id="a", parts=(Part(item="x", quantity=1),))], {}, "unknown_element", "x"),
        ([Item(id="a"), Item(id="a")], {}, "duplicate_id", "a"),
        ([Item(id="a", lead_time=-1)], {}, "number_invalid", "a.lead_time"),
        ([Item(id="a")], {"a": [-1.0]}, "number_invalid", "demand[a][0]"),
    ],
)  # fmt: skip
def test_impossible_bills_are_refused_with_the_element(items, demand, code, named):
    with pytest.raises(XushiError) as caught:
        requirements(items, demand, 3)
    assert caught.value.code == f"schedule.{code}"
    assert named in str(caught.value)


def test_without_a_limit_that_binds_highs_agrees_with_the_dynamic_program():
    needs = [3.0, 0.0, 7.0, 2.0, 9.0]
    item = Item(id="a", order_cost=10, holding_cost=1)
    cost, lots = lots_within([item], {"a": needs}, [100.0] * 5, {"a": 1}, {"a": 0})
    assert cost == pytest.approx(wagner_whitin(needs, 10, 1)[0])
    assert sum(lots["a"]) == pytest.approx(sum(needs))


def test_a_limit_moves_work_to_earlier_periods():
    item = Item(id="a", order_cost=1, holding_cost=1)
    _, lots = lots_within([item], {"a": [0.0, 10.0]}, [8.0, 8.0], {"a": 1}, {"a": 1})
    assert lots["a"][0] >= 3
    assert lots["a"][1] <= 7


def test_nothing_is_printed_not_even_by_the_first_model_of_a_process():
    code = (
        "from xushi.schedule import Item, lots_within;"
        "lots_within([Item(id='a', order_cost=1)], {'a': [1.0]}, [8.0], {'a': 1}, {'a': 0})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("", "")


def test_a_need_beyond_all_capacity_is_named():
    item = Item(id="a", order_cost=1, holding_cost=1)
    with pytest.raises(XushiError) as caught:
        lots_within([item], {"a": [0.0, 20.0]}, [8.0, 8.0], {"a": 1}, {"a": 0})
    assert caught.value.params == {"item": "a", "period": 1}


def limited(name, **more):
    return Item(id=name, lots="within_capacity", order_cost=5, holding_cost=1, **more)


def test_items_of_one_resource_share_its_capacity_and_every_need_is_met_in_time():
    items = [limited("a", resource="S"), limited("b", resource="S"), Item(id="c", resource="S")]
    demand = {"a": [0, 0, 0, 30, 0, 10], "b": [0, 0, 20, 0, 0, 0], "c": [0, 0, 99, 0, 0, 0]}
    records = requirements(items, demand, 6, {"S": [20] * 6})
    for t in range(6):
        assert records["a"].lots[t] + records["b"].lots[t] <= 20
        for name in "ab":
            assert sum(records[name].lots[: t + 1]) >= sum(records[name].net[: t + 1]) - 1e-6
    assert records["c"].lots[2] == 99  # its rule knows no capacity
    assert {one.short_from for one in records.values()} == {None}


def test_parts_have_the_capacity_that_what_they_go_into_leaves():
    items = [limited("engine", parts=(Part(item="head", quantity=1),), resource="S"), limited("head", resource="S")]
    records = requirements(items, {"engine": [0, 0, 8]}, 3, {"S": [8, 8, 8]})
    assert sum(records["head"].lots) == 8
    assert all(sum(record.lots[t] for record in records.values()) <= 8 for t in range(3))


def test_a_need_beyond_the_capacity_is_ordered_as_needed_and_told():
    records = requirements([limited("a", resource="S")], {"a": [0, 5, 40]}, 3, {"S": [8, 8, 8]})
    assert records["a"].lots == records["a"].net
    assert records["a"].short_from == 2


def test_lots_within_the_capacity_of_nobody_are_refused():
    with pytest.raises(XushiError) as caught:
        requirements([limited("a", resource="S")], {"a": [1.0]}, 1)
    assert caught.value.code == "schedule.unknown_element"
