"""The platform looks ahead by itself: a warning comes while nobody looks, stays calm, and ends when it is over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from xushi.runtime import SYSTEM, Platform
from xushi.runtime.foresight import warnings

from .conftest import S


async def ran(platform: Platform, name: str, **params: Any) -> Any:
    outcome = await platform.bus.run(name, params, SYSTEM)
    assert outcome.state == "done", outcome.error
    return outcome


def has_open(platform: Platform) -> bool:
    return any(one.is_open for one in warnings(platform.store).values())


async def until(platform: Platform, holds: Callable[[], bool]) -> None:
    """Wait until something holds that a command brings about."""
    ran = asyncio.Event()
    stop = platform.bus.subscribe(lambda outcome, diff: ran.set())
    while not holds():
        ran.clear()
        await ran.wait()
    stop()


async def order(platform: Platform, quantity: int, due_min: float) -> None:
    product = next(iter(platform.orders.materials().values()))
    due_ms = (platform.clock.now_ns() + due_min * 60 * S) / 1e6
    await ran(platform, "order.add", id="A1", product=product.id, quantity=quantity, due_ms=due_ms)


def test_a_late_order_is_told_with_nobody_looking_and_no_more_when_there_is_time_for_it(plant: Platform) -> None:
    async def all_of_it() -> None:
        await order(plant, 100, 30.0)  # 50 minutes at a takt of 30 s
        await ran(plant, "foresight.watch", every_s=1)
        plant.forecasts.start()
        try:
            await until(plant, lambda: has_open(plant))
            ((key, late),) = ((key, one) for key, one in warnings(plant.store).items() if one.late_s is not None)
            assert late.about == "A1"
            in_min = (late.at_ns - plant.clock.now_ns()) / 60 / S
            assert 40 < in_min < 70
            words = late.told(plant.clock.now_ns())["text"]
            assert f"{round(in_min)} ±" in words["en"]
            assert f"{round(in_min)} ±" in words["zh-CN"]
            later = late.told(plant.clock.now_ns() + 600 * S)["text"]["en"]
            assert f"{round(in_min - 10)} ±" in later  # it counts down without a new forecast
            await plant.forecasts.look()
            assert warnings(plant.store)[key] == late  # the same is not written twice
            await ran(plant, "warning.hide", id=key)
            assert not warnings(plant.store)[key].is_open
            await plant.forecasts.look()
            assert not warnings(plant.store)[key].is_open  # who has seen to it is not told again
            await ran(plant, "order.remove", id="A1")
            await plant.forecasts.look()
            await plant.forecasts.look()
            assert warnings(plant.store)[key].over_ns is not None
        finally:
            await plant.forecasts.stop()

    asyncio.run(asyncio.wait_for(all_of_it(), 120))


def test_it_does_not_look_while_somebody_computes_and_not_at_all_when_it_is_switched_off(plant: Platform) -> None:
    async def all_of_it() -> None:
        async with plant.foresight_turns.turn():
            await plant.forecasts.look()
        assert plant.forecasts.latest is None
        await order(plant, 100, 30.0)
        await plant.forecasts.look()
        assert has_open(plant)
        await ran(plant, "foresight.watch", every_s=0)
        plant.forecasts.start()
        try:
            await until(plant, lambda: not has_open(plant))
        finally:
            await plant.forecasts.stop()

    asyncio.run(asyncio.wait_for(all_of_it(), 120))
