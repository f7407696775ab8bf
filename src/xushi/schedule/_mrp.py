"""Material requirements: what to make or buy when, over a bill of materials, with lot sizes that cost least.

Periods are numbered from 0 (days, weeks: what the demand is in). A lot that is due in period t is ordered in
t - lead_time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Literal, TypeAlias

import msgspec

from xushi.kernel import XushiError

LotRule: TypeAlias = Literal["lot_for_lot", "wagner_whitin", "within_capacity"]
_LEAST_HOLDING = 1e-3  # of a unit over a period, where holding costs nothing: late lots before early ones
_LOTS_S = 5.0  # for the lots of one resource at one level


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """So many of an item in one of its parent."""

    item: str
    quantity: float


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is made or bought.

    Attributes:
        parts: its bill of materials; empty for what is bought.
        lead_time: periods from order to stock.
        stock: what is there at the start of period 0.
        receipts: what is already ordered, by period of arrival.
        lots: `lot_for_lot` orders each need by itself; `wagner_whitin` joins needs where that is cheaper;
            `within_capacity` as well, and not more in a period than its resource can do.
        order_cost: of a lot.
        holding_cost: of a unit over a period.
        resource: whose capacity its lots take, together with those of others that name it: a supplier, a machine.
    """

    id: str
    parts: tuple[Part, ...] = ()
    lead_time: int = 0
    stock: float = 0.0
    receipts: dict[int, float] = {}
    lots: LotRule = "lot_for_lot"
    order_cost: float = 0.0
    holding_cost: float = 0.0
    resource: str = ""


class Requirement(msgspec.Struct, frozen=True, kw_only=True):
    """The record of an item: gross and net need, lots by period of arrival, and orders by period of release.

    `overdue` is what would have had to be ordered before period 0. `short_from` is the period whose need the capacity
    of the resource cannot meet; the lots are the net needs then.
    """

    item: str
    gross: tuple[float, ...]
    net: tuple[float, ...]
    lots: tuple[float, ...]
    orders: tuple[float, ...]
    overdue: float
    short_from: int | None = None


def requirements(
    items: Sequence[Item], demand: Mapping[str, Sequence[float]], periods: int,
    capacity: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, Requirement]:  # fmt: skip
    """Explode a demand over the bills of materials, level by level, netted against stock and receipts.

    Parts are needed when the lot of their parent is released; those of overdue lots are needed in period 0. Items with
    the lots `within_capacity` share the capacity of their resource: those of one level are planned together, by
    HiGHS, and lower levels have what those above them leave.

    Args:
        capacity: by resource, the units that it can deliver in each period.

    Raises:
        XushiError: `schedule.bill_cycle`, `.unknown_element`, `.duplicate_id`, `.number_invalid`; `.extra_missing`
            where lots within a capacity are wanted, and HiGHS is not installed.
    """
    known = {item.id: item for item in items}
    _check(items, known, demand, periods)
    left = {name: [float(most) for most in given] for name, given in (capacity or {}).items()}
    _check_capacity(items, left, periods)
    gross = {name: [0.0] * periods for name in known}
    for name, needed in demand.items():
        for t, quantity in enumerate(needed):
            gross[name][t] += quantity
    records: dict[str, Requirement] = {}
    for level in _levels(items):
        net = {name: _net(known[name], gross[name]) for name in level}
        for name, (lots, short_from) in _lots([known[name] for name in level], net, left).items():
            record = records[name] = _record(known[name], gross[name], net[name], lots, short_from)
            for part in known[name].parts:
                for t, quantity in enumerate(record.orders):
                    gross[part.item][t] += part.quantity * (quantity + (record.overdue if t == 0 else 0.0))
    return records


def _check(
    items: Sequence[Item], known: Mapping[str, Item], demand: Mapping[str, Sequence[float]], periods: int
) -> None:
    if len(known) < len(items):
        names = [item.id for item in items]
        raise XushiError("schedule.duplicate_id", id=next(name for name in names if names.count(name) > 1))
    numbers = [("periods", float(periods), 1.0)]
    for item in items:
        numbers += [(f"{item.id}.lead_time", item.lead_time, 0.0), (f"{item.id}.stock", item.stock, 0.0),
                    (f"{item.id}.order_cost", item.order_cost, 0.0),
                    (f"{item.id}.holding_cost", item.holding_cost, 0.0)]  # fmt: skip
        numbers += [(f"{item.id}.receipts[{t}]", quantity, 0.0) for t, quantity in item.receipts.items()]
        for part in item.parts:
            numbers.append((f"{item.id}.parts[{part.item}].quantity", part.quantity, 0.0))
            if part.item not in known:
                raise XushiError("schedule.unknown_element", where=item.id, name=part.item)
    for name, needed in demand.items():
        if name not in known:
            raise XushiError("schedule.unknown_element", where="demand", name=name)
        numbers.append((f"demand[{name}] periods", float(periods - len(needed)), 0.0))
        numbers += [(f"demand[{name}][{t}]", quantity, 0.0) for t, quantity in enumerate(needed)]
    for where, number, least in numbers:
        if not least <= number <= 1e12:
            raise XushiError("schedule.number_invalid", where=where, number=number, least=least, most=1e12)


def _check_capacity(items: Sequence[Item], capacity: Mapping[str, Sequence[float]], periods: int) -> None:
    for item in items:
        if item.lots == "within_capacity" and item.resource not in capacity:
            raise XushiError("schedule.unknown_element", where=item.id, name=item.resource)
    for name, given in capacity.items():
        if len(given) != periods or min(given) < 0:
            raise XushiError(
                "schedule.number_invalid", where=f"capacity[{name}]", number=min(given, default=0), least=0, most=1e12
            )


def _levels(items: Sequence[Item]) -> list[list[str]]:
    """The items, those first that go into nothing else; what goes into another is on a later level than that."""
    users: dict[str, set[str]] = {item.id: set() for item in items}
    for item in items:
        for part in item.parts:
            users[part.item].add(item.id)
    sorter = TopologicalSorter(users)
    try:
        sorter.prepare()
    except CycleError as error:
        raise XushiError("schedule.bill_cycle", items=" → ".join(error.args[1])) from None
    levels: list[list[str]] = []
    while sorter.is_active():
        levels.append(list(sorter.get_ready()))
        sorter.done(*levels[-1])
    return levels


def _net(item: Item, gross: Sequence[float]) -> list[float]:
    stock, net = item.stock, []
    for t, needed in enumerate(gross):
        stock += item.receipts.get(t, 0.0) - needed
        net.append(max(0.0, -stock))
        stock = max(0.0, stock)
    return net


def _lots(
    items: Sequence[Item], net: Mapping[str, list[float]], left: dict[str, list[float]]
) -> dict[str, tuple[list[float], int | None]]:
    """Return the lots of the items of one level, and from when their resource is short; take them out of `left`."""
    found: dict[str, tuple[list[float], int | None]] = {}
    sharing: dict[str, list[Item]] = {}
    for item in items:
        needs = net[item.id]
        if item.lots == "within_capacity" and any(needs):
            sharing.setdefault(item.resource, []).append(item)
        elif item.lots == "wagner_whitin":
            found[item.id] = (wagner_whitin(needs, item.order_cost, item.holding_cost)[1], None)
        else:
            found[item.id] = (needs, None)
    for resource, group in sharing.items():
        found |= _shared_lots(group, net, left[resource])
        taken = [sum(found[item.id][0][t] for item in group) for t in range(len(left[resource]))]
        left[resource] = [max(0.0, most - used) for most, used in zip(left[resource], taken, strict=True)]
    return found


def _shared_lots(
    group: Sequence[Item], net: Mapping[str, list[float]], capacity: Sequence[float]
) -> dict[str, tuple[list[float], int | None]]:
    """Lots within a capacity; the net needs, with the period from which on it is short, where there are none."""
    priced = [msgspec.structs.replace(item, holding_cost=max(item.holding_cost, _LEAST_HOLDING)) for item in group]
    each, lot = {item.id: 1.0 for item in group}, {item.id: 0.0 for item in group}
    try:
        _, lots = lots_within(priced, net, capacity, each, lot, limit_s=_LOTS_S)
    except XushiError as error:
        if error.code != "schedule.lots_infeasible":
            raise
        return {item.id: (net[item.id], error.params["period"]) for item in group}
    return {name: (one, None) for name, one in lots.items()}


def _record(
    item: Item, gross: Sequence[float], net: Sequence[float], lots: Sequence[float], short_from: int | None
) -> Requirement:
    orders = [*lots[item.lead_time :], *[0.0] * min(item.lead_time, len(lots))]
    return Requirement(
        item=item.id, gross=tuple(gross), net=tuple(net), lots=tuple(lots), orders=tuple(orders),
        overdue=sum(lots[: item.lead_time]), short_from=short_from,
    )  # fmt: skip


def wagner_whitin(
    needs: Sequence[float], order_cost: float | Sequence[float], holding_cost: float | Sequence[float]
) -> tuple[float, list[float]]:
    """Return the least cost and the lots that meet the needs of all periods, without limit on a lot.

    Wagner and Whitin, Dynamic Version of the Economic Lot Size Model, Management Science 5 (1), 1958.
    Costs may differ from period to period; what is used in its period is not held.
    """
    n = len(needs)
    setup = list(order_cost) if isinstance(order_cost, Sequence) else [order_cost] * n
    hold = list(holding_cost) if isinstance(holding_cost, Sequence) else [holding_cost] * n
    cost, first = [0.0] + [float("inf")] * n, [0] * (n + 1)
    for t in range(n):
        if needs[t] == 0 and cost[t] <= cost[t + 1]:
            cost[t + 1], first[t + 1] = cost[t], -1
        total, carried = cost[t] + setup[t], 0.0
        for u in range(t, n):
            total += carried * needs[u]
            if total < cost[u + 1]:
                cost[u + 1], first[u + 1] = total, t
            carried += hold[u]
    lots, u = [0.0] * n, n
    while u > 0:
        t = first[u]
        if t < 0:
            u -= 1
            continue
        lots[t] = float(sum(needs[t:u]))
        u = t
    return cost[n], lots


def lots_within(
    items: Sequence[Item], needs: Mapping[str, Sequence[float]], capacity: Sequence[float],
    time_each: Mapping[str, float], time_lot: Mapping[str, float], *, limit_s: float = 10.0,
) -> tuple[float, dict[str, list[float]]]:  # fmt: skip
    """Return the least cost and the lots of items that share a resource of limited capacity, by HiGHS.

    Args:
        items: with their costs.
        needs: net need by item and period.
        capacity: of the shared resource, by period, in units of time.
        time_each: of one unit, by item.
        time_lot: of the set-up for a lot, by item.
        limit_s: the best found until then is returned.

    Raises:
        XushiError: `schedule.lots_infeasible` names the first need that no plan meets; `schedule.extra_missing`.
    """
    model = _silent_highs()
    model.setOptionValue("time_limit", limit_s)
    made: dict[tuple[str, int], Any] = {}
    ordered: dict[tuple[str, int], Any] = {}
    objective: Any = 0.0
    for item in items:
        stock: Any = 0.0
        left = float(sum(needs[item.id]))
        for t, needed in enumerate(needs[item.id]):
            lot = made[item.id, t] = model.addVariable(lb=0.0)
            is_ordered = ordered[item.id, t] = model.addBinary()
            held = model.addVariable(lb=0.0)
            model.addConstr(stock + lot - held == needed)
            model.addConstr(lot - left * is_ordered <= 0)
            objective += item.order_cost * is_ordered + item.holding_cost * held
            stock, left = held, left - needed
    for t, most in enumerate(capacity):
        model.addConstr(
            sum(time_each[item.id] * made[item.id, t] + time_lot[item.id] * ordered[item.id, t] for item in items)
            <= most
        )
    model.minimize(objective)
    if model.getInfo().primal_solution_status != 2:
        item_id, period = _first_too_much(items, needs, capacity, time_each, time_lot)
        raise XushiError("schedule.lots_infeasible", item=item_id, period=period)
    periods = range(len(capacity))
    lots = {item.id: [max(0.0, round(float(model.val(made[item.id, t])), 9)) for t in periods] for item in items}
    return float(model.getObjectiveValue()), lots


def _silent_highs() -> Any:
    """Return an empty model that prints nothing: `--json` doors share the standard output with it.

    Highs prints its banner while it is made, with its callbacks: by then it has to be silent.
    """
    try:
        from highspy import Highs
    except ImportError:
        raise XushiError("schedule.extra_missing", package="highspy") from None

    class Silent(Highs):
        def enableCallbacks(self) -> None:
            self.silent()
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    return Silent()  # type: ignore[no-untyped-call]


def _first_too_much(
    items: Sequence[Item], needs: Mapping[str, Sequence[float]], capacity: Sequence[float],
    time_each: Mapping[str, float], time_lot: Mapping[str, float],
) -> tuple[str, int]:  # fmt: skip
    """Return the first need at which the work of all so far is more than the capacity so far."""
    room = work = 0.0
    seen: set[str] = set()
    for t, most in enumerate(capacity):
        room += most
        for item in items:
            work += time_each[item.id] * needs[item.id][t]
            if needs[item.id][t] > 0 and item.id not in seen:
                work += time_lot[item.id]
                seen.add(item.id)
            if work > room:
                return item.id, t
    return items[-1].id, len(capacity) - 1
