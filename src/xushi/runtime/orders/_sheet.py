"""The order book as a sheet that people edit, CSV or XLSX, and back; what cannot be read is refused with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from xushi.connectors.mapping import read_sheet
from xushi.kernel import XushiError
from xushi.reports import zone_of
from xushi.runtime._signals_of_twins import texts
from xushi.runtime._twins import TwinIndex
from xushi.runtime.orders._book import MOST_ORDERS, Book, Order

COLUMNS = ("Order", "Product", "Quantity", "Earliest start", "Latest end", "Priority", "Customer", "Made")
_HEADS = {  # in lower case, English and Chinese
    "order": "id", "订单": "id", "订单号": "id", "product": "product", "产品": "product", "quantity": "quantity",
    "数量": "quantity", "earliest start": "release_ms", "最早开始": "release_ms", "latest end": "due_ms",
    "最晚完成": "due_ms", "交期": "due_ms", "due": "due_ms", "priority": "priority", "优先级": "priority",
    "customer": "customer", "客户": "customer",
}  # fmt: skip
_NEEDED = {"id": "Order", "product": "Product", "quantity": "Quantity"}
_MOST_TOLD = 5
_DAYS_OF_SHEETS = datetime(1899, 12, 30)  # noqa: DTZ001 - a date of a sheet has no zone


def order_table(book: Book, done: Mapping[str, int], zone: str) -> Iterator[list[str]]:
    """Yield the header and one line of texts per order, in sequence; times are local, with their offset."""
    yield list(COLUMNS)
    for order in book.orders:
        times = (
            "" if ms is None else datetime.fromtimestamp(ms / 1e3, zone_of(zone)).isoformat(timespec="minutes")
            for ms in (order.release_ms, order.due_ms)
        )  # fmt: skip
        yield [
            order.id, order.product, str(order.quantity), *times, str(order.priority), order.customer,
            str(done.get(order.id, 0)),
        ]  # fmt: skip


def read_orders(content: bytes, twins: TwinIndex, zone: str) -> list[Order]:
    """Read the orders of a sheet, in the sequence of its lines.

    A product is named by the id, the idShort or a name of its shell. Times are ISO 8601 (`zone` where they name none),
    `YYYY-MM-DD HH:MM`, or a date of the spreadsheet.

    Raises:
        XushiError: `connectors.sheet_unreadable`, `runtime.orders_columns`, `runtime.orders_faulty` with the first
            faults, `runtime.orders_many`.
    """
    lines = read_sheet(content)
    header = [_HEADS.get(cell.strip().lower(), "") for cell in next(lines, [])]
    missing = [title for field, title in _NEEDED.items() if field not in header]
    if missing:
        raise XushiError("runtime.orders_columns", missing=", ".join(missing))
    products = _products(twins)
    found: list[Order] = []
    faults: list[str] = []
    seen: set[str] = set()
    for number, line in enumerate(lines, 2):
        cells = {field: cell.strip() for field, cell in zip(header, line, strict=False) if field}
        if not any(cells.values()):
            continue
        if len(found) + len(faults) >= MOST_ORDERS:
            raise XushiError("runtime.orders_many", most=MOST_ORDERS)
        try:
            order = _order(cells, products, zone)
            if order.id in seen:
                raise ValueError(f"{order.id} twice")
            seen.add(order.id)
            found.append(order)
        except (ValueError, msgspec.ValidationError) as error:
            faults.append(f"{number}: {str(error)[:120]}")
    if faults:
        more = f" … (+{len(faults) - _MOST_TOLD})" if len(faults) > _MOST_TOLD else ""
        raise XushiError("runtime.orders_faulty", count=len(faults), faults="; ".join(faults[:_MOST_TOLD]) + more)
    if not found:
        raise XushiError("runtime.orders_faulty", count=0, faults="–")
    return found


def _products(twins: TwinIndex) -> dict[str, str]:
    found: dict[str, str] = {}
    for shell in twins.shells():
        for name in (*texts(shell.display_name).values(), shell.id_short or "", shell.id):
            if name:
                found[name] = shell.id
    return found


def _order(cells: Mapping[str, str], products: Mapping[str, str], zone: str) -> Order:
    product = cells.get("product", "")
    if product not in products:
        raise ValueError(f"no product {product[:60]!r}")
    given = {
        "id": cells.get("id", ""), "product": products[product], "quantity": _whole(cells.get("quantity", "")),
        "release_ms": _instant(cells.get("release_ms", ""), zone), "due_ms": _instant(cells.get("due_ms", ""), zone),
        "priority": _whole(cells.get("priority") or "0"), "customer": cells.get("customer", ""),
    }  # fmt: skip
    return msgspec.convert(given, Order)


def _whole(text: str) -> int:
    number = float(text)
    if not number.is_integer():
        raise ValueError(f"{text[:20]} is not a whole number")
    return int(number)


def _instant(text: str, zone: str) -> float | None:
    if not text:
        return None
    try:
        days = float(text)
    except ValueError:
        at = datetime.fromisoformat(text)
    else:
        if not 1.0 <= days < 80_000.0:
            raise ValueError(f"{text[:20]} is not a date")
        at = _DAYS_OF_SHEETS + timedelta(seconds=round(days * 86_400))
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone_of(zone))
    try:
        return at.timestamp() * 1e3
    except OverflowError as error:
        raise ValueError(f"{text[:20]} is not a date") from error
