"""Measures orders: from the breakdown of a station of the running plant to ranked plans; a schedule of the book."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xushi import schedule, simulate
from xushi.demo._line import CUSTOMER_ORDERS
from xushi.runtime import SYSTEM
from xushi.runtime.orders import plan_now
from xushi.testing import broken_plant

MACHINE, AFTER_S, LASTS_S = "OP70", 40.0, 600.0
SEARCH_S = 10.0


def run() -> Iterator[dict[str, Any]]:
    """Yield the time to the plans, and how good a schedule is after ten seconds."""
    simulate.prepare()
    with tempfile.TemporaryDirectory() as folder, broken_plant(Path(folder), MACHINE, AFTER_S, LASTS_S) as breakdown:
        platform = breakdown.one.platform
        now_ms = time.time() * 1e3
        for one in CUSTOMER_ORDERS:
            params = {
                "id": one.id, "product": f"urn:xushi:demo:shell:{one.product}", "quantity": one.quantity,
                "due_ms": now_ms + one.due_h * 3.6e6 / 1.5, "priority": one.priority,
            }  # fmt: skip
            breakdown.one.call(platform.bus.run("order.add", params, SYSTEM))
        plans, spent_s = breakdown.plans(120.0)
        yield {
            "name": "orders.contingency", "value": round(spent_s, 1), "goal": 15, "tolerance": 1,
            "unit": "s from the breakdown to ranked plans, 3 of them patience", "plans": len(plans["options"]),
            "best": plans["options"][0]["id"],
        }  # fmt: skip
        plan = plan_now(platform, platform.clock.now_ns())
    operations = sum(len(job.operations) for job in plan.problem.jobs)
    for engine in ("auto", "search", "cp"):
        found = schedule.solve(plan.problem, SEARCH_S, engine=engine)  # type: ignore[arg-type]
        yield {
            "name": f"orders.schedule_{engine}", "value": found.value_s, "bound": found.bound_s,
            "unit": f"s of weighted lateness, {operations} operations, {SEARCH_S:g} s", "engine": found.engine,
        }  # fmt: skip
