"""The order book keeps its sequence, gives what was made to the orders in turn, and refuses what makes no sense."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xushi.connectors.mapping import to_csv, to_xlsx
from xushi.kernel import Diff, XushiError, diff_key
from xushi.runtime import SYSTEM, Platform
from xushi.runtime.orders import Book, JobOrder, Order, order_of, order_table, read_book, read_orders, wanted_of

from .conftest import NOW_NS, S

E15 = "urn:xushi:demo:shell:E15"
IDS = [f"CO-240{n}" for n in range(1, 9)]


async def run(platform: Platform, command: str, **params: Any) -> Any:
    return await platform.bus.run(command, params, SYSTEM)


def sequence(platform: Platform) -> list[str]:
    return [order.id for order in read_book(platform.store).orders]


async def test_orders_stay_in_the_sequence_in_which_they_came_until_it_is_changed_and_undone(book: Platform) -> None:
    assert sequence(book) == IDS
    outcome = await run(book, "order.sequence", sequence=["CO-2404", "CO-2401"])
    assert sequence(book) == ["CO-2404", "CO-2401", *(one for one in IDS if one not in ("CO-2404", "CO-2401"))]
    await book.bus.undo(outcome.command_id, SYSTEM)
    assert sequence(book) == IDS


async def test_a_change_touches_only_what_it_names_and_null_takes_a_time_away(book: Platform) -> None:
    await run(book, "order.change", id="CO-2402", quantity=40, due_ms=None)
    order = read_book(book.store).get("CO-2402")
    assert (order.quantity, order.due_ms, order.priority, order.customer) == (40, None, 3, "Donghai Auto")


async def test_a_removed_order_comes_back_in_its_place_by_undo(book: Platform) -> None:
    outcome = await run(book, "order.remove", id="CO-2403")
    assert "CO-2403" not in sequence(book)
    await book.bus.undo(outcome.command_id, SYSTEM)
    assert sequence(book) == IDS


async def test_orders_that_an_earlier_version_kept_with_fewer_fields_are_changed_and_removed_and_come_back(
    book: Platform,
) -> None:
    now = book.store.get("order", "CO-2403") or {}
    fewer = {name: now[name] for name in ("id", "product", "quantity")}
    assert fewer != now
    book.store.commit(Diff(updated={diff_key("order", "CO-2403"): (now, fewer)}))
    other = await run(book, "order.change", id="CO-2404", quantity=7)
    assert book.store.get("order", "CO-2403") == fewer
    await run(book, "order.change", id="CO-2403", quantity=7)
    removed = await run(book, "order.remove", id="CO-2403")
    await book.bus.undo(removed.command_id, SYSTEM)
    assert read_book(book.store).get("CO-2403").quantity == 7
    await book.bus.undo(other.command_id, SYSTEM)


@pytest.mark.parametrize(
    ("command", "params", "code"),
    [
        ("order.add", {"id": "CO-2401", "product": E15, "quantity": 1}, "runtime.order_taken"),
        ("order.add", {"id": "N1", "product": "urn:nobody", "quantity": 1}, "runtime.order_product_unknown"),
        ("order.add", {"id": "N1", "product": E15, "quantity": 0}, "kernel.params_invalid"),
        ("order.add", {"id": "N/1", "product": E15, "quantity": 1}, "kernel.params_invalid"),
        ("order.add", {"id": "N1", "product": E15, "quantity": 1, "release_ms": 5, "due_ms": 5},
         "runtime.order_times_wrong"),
        ("order.change", {"id": "CO-9", "quantity": 1}, "runtime.order_unknown"),
        ("order.sequence", {"sequence": ["CO-9"]}, "runtime.order_unknown"),
        ("order.import", {"content": "no base 64!"}, "runtime.orders_not_base64"),
    ],
)  # fmt: skip
async def test_what_makes_no_sense_is_refused_and_changes_nothing(
    book: Platform, command: str, params: dict[str, Any], code: str
) -> None:
    before = read_book(book.store)
    with pytest.raises(XushiError) as caught:
        await run(book, command, **params)
    assert caught.value.code == code
    assert read_book(book.store) == before


def test_what_was_made_goes_to_the_orders_in_their_sequence() -> None:
    orders = tuple(Order(id=one, product=E15, quantity=10) for one in ("a", "b", "c"))
    book = Book(orders, {"b": 4}, 0)
    assert book.done({}) == {"a": 0, "b": 4, "c": 0}
    assert book.done({"": 13}) == {"a": 10, "b": 7, "c": 0}
    assert book.done({"": 1000}) == {"a": 10, "b": 10, "c": 10}


def test_what_the_plant_made_for_an_order_counts_for_that_and_what_is_too_much_for_the_first_in_sequence() -> None:
    orders = tuple(Order(id=one, product=E15, quantity=10) for one in ("a", "b", "c"))
    book = Book(orders, {"b": 4}, 0)
    assert book.done({"c": 3, "": 2}) == {"a": 2, "b": 4, "c": 3}
    assert book.done({"b": 9, "gone": 5}) == {"a": 3, "b": 10, "c": 0}
    assert order_of("CO-1/2") == order_of("CO-1") == "CO-1"


def test_job_orders_come_behind_what_is_on_the_line_in_the_sequence_of_the_controller() -> None:
    orders = tuple(Order(id=one, product=E15, quantity=10) for one in ("a", "b", "c"))
    queue = (JobOrder("c", 6, 1), JobOrder("a", 8), JobOrder("b", 9, is_started=False), JobOrder("c/2", 2))
    wanted = {one.id: (one.pieces, one.through) for one in wanted_of(Book(orders, {"b": 4}, 0), queue)}
    # beside the queue 2 of a, 6 of b and 3 of c; then 5 of c, 8 of a, 2 of c
    assert wanted == {"a": (10, 24), "b": (6, 8), "c": (10, 26)}
    assert [one.through for one in wanted_of(Book(orders, {}, 0))] == [None] * 3


async def test_pieces_that_left_the_line_are_counted_and_stay_with_their_order_when_the_sequence_changes(
    book: Platform,
) -> None:
    made = book.orders.made_since(NOW_NS - 3600 * S, NOW_NS)
    hour = made[""]
    assert 80 < hour < 125  # a takt of 30 s
    kept = read_book(book.store)
    early = Book(kept.orders, {}, NOW_NS - 3600 * S)
    assert sum(early.done(made).values()) == hour
    record = book.store.get("order_book", "main")
    assert record is not None
    key = diff_key("order_book", "main")
    book.store.commit(Diff(updated={key: (record, {**record, "since_ns": NOW_NS - 3600 * S})}))
    with pytest.raises(XushiError, match="CO-2401") as caught:
        await run(book, "order.change", id="CO-2401", quantity=1)
    assert caught.value.code == "runtime.order_done_more"
    await run(book, "order.sequence", sequence=["CO-2408"])
    after = read_book(book.store)
    assert after.made["CO-2401"] == 48  # done before it went back in the sequence
    assert sum(after.made.values()) == hour


def sheets(book: Platform) -> list[bytes]:
    lines = list(order_table(read_book(book.store), {}, "Asia/Shanghai"))
    return [to_csv(lines), to_xlsx(lines, "Orders")]


async def test_an_exported_sheet_comes_back_as_the_same_orders(book: Platform) -> None:
    orders = read_book(book.store).orders
    for content in sheets(book):
        found = read_orders(content, book.twins, "Asia/Shanghai")
        assert [one.id for one in found] == IDS
        for one, before in zip(found, orders, strict=True):
            assert (one.product, one.quantity, one.priority) == (before.product, before.quantity, before.priority)
            assert before.due_ms is not None
            assert one.due_ms == pytest.approx(before.due_ms, abs=60_000)


async def test_a_sheet_of_a_spreadsheet_program_with_dates_and_chinese_heads_is_read(book: Platform) -> None:
    import openpyxl

    sheet = openpyxl.Workbook()
    page = sheet.active
    assert page is not None
    page.append(["订单号", "产品", "数量", "交期"])
    from datetime import datetime

    page.append(["X1", "E15 发动机", 12, datetime(2027, 1, 15, 14, 30)])  # noqa: DTZ001
    page.append([])
    page.append(["X2", "E15H", 3, "2027-01-16 08:00"])
    out = io.BytesIO()
    sheet.save(out)
    one, two = read_orders(out.getvalue(), book.twins, "Asia/Shanghai")
    assert (one.id, one.product, one.quantity) == ("X1", E15, 12)
    assert one.due_ms == datetime.fromisoformat("2027-01-15T14:30+08:00").timestamp() * 1e3
    assert two.due_ms == datetime.fromisoformat("2027-01-16T08:00+08:00").timestamp() * 1e3


async def test_an_imported_sheet_replaces_adds_and_can_be_undone(book: Platform) -> None:
    text = "Order;Product;Quantity\nCO-2401;E15;50\nNEW-1;E15S;5\n"
    content = base64.b64encode(text.encode()).decode()
    outcome = await run(book, "order.import", content=content)
    assert sequence(book) == [*IDS, "NEW-1"]
    assert read_book(book.store).get("CO-2401").quantity == 50
    await book.bus.undo(outcome.command_id, SYSTEM)
    await run(book, "order.import", content=content, replace=True)
    assert sequence(book) == ["CO-2401", "NEW-1"]


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("Order,Quantity\na,1\n", "runtime.orders_columns", "Product"),
        ("Order,Product,Quantity\na,Zeppelin,1\n", "runtime.orders_faulty", "Zeppelin"),
        ("Order,Product,Quantity\na,E15,1.5\n", "runtime.orders_faulty", "2: 1.5"),
        ("Order,Product,Quantity\na,E15,1\na,E15,1\n", "runtime.orders_faulty", "twice"),
        ("Order,Product,Quantity,Latest end\na,E15,1,someday\n", "runtime.orders_faulty", "2:"),
        ("Order,Product,Quantity\n", "runtime.orders_faulty", "0"),
        ("Order,Product,Quantity\n" + "=cmd|' /C calc'!A0,E15,1\n", "runtime.orders_faulty", "2:"),
    ],
)
async def test_a_faulty_sheet_is_refused_with_line_and_reason(book: Platform, text: str, code: str, told: str) -> None:
    with pytest.raises(XushiError) as caught:
        read_orders(text.encode(), book.twins, "UTC")
    assert caught.value.code == code
    assert told in str(caught.value)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: f"Order,Product,Quantity\n{text}".encode()))
def test_no_sheet_however_hostile_ends_in_anything_but_a_plain_refusal(recorded: Any, content: bytes) -> None:
    try:
        read_orders(content, recorded[0].twins, "UTC")
    except XushiError as error:
        told = error.text("zh-CN").what
        assert told != error.code  # noqa: PT017 - most of it is refused, some of it is read
