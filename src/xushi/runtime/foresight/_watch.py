"""Forecasts the live line by itself, so that a warning comes also while nobody looks: rarely, and with little work.

The futures are run in one thread; they wait for any longer computation that somebody has asked for. The thread has the
priority of all others: at a lower one it would keep the interpreter from them while it waits for a processor.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.kernel import Diff, XushiError, give_back_memory, split_key
from xushi.runtime._planned_times import planned_times
from xushi.runtime._timelines import LIVE
from xushi.runtime.foresight._commands import ForecastParams, forecast_of, times_of
from xushi.runtime.foresight._fork import fork, need_engine
from xushi.runtime.foresight._plant import plant_of
from xushi.runtime.foresight._warning_records import WATCH, EarlyWarning, warning_of, warnings, watched_every_s
from xushi.simulate import Cancellation
from xushi.trust import OWN_HAND

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

log = logging.getLogger("xushi.runtime")

_SHIFTED_S = 120.0  # a warning that comes so much sooner or later than it was told is told anew
_MOST_ORDERS = 5
_MISSES = 2  # forecasts in a row without it that end a warning: one may be chance
_S = 1e9


class Latest(msgspec.Struct, frozen=True):
    """The last forecast that was made by itself, and when."""

    forecast: dict[str, Any]
    made_ns: int


class ForecastWatch:
    """Looks ahead every so often, and keeps early warnings in step with what it sees."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "forecast")
        self._cancellation = Cancellation()
        self._missed: dict[str, int] = {}
        self.latest: Latest | None = None

    def start(self) -> None:
        """Begin to look; needs a running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._cancellation.cancel()
        await asyncio.to_thread(self._thread.shutdown)

    def adopt(self, diff: Diff) -> None:
        """Follow a change of how often it looks."""
        if any(split_key(key)[0] == WATCH for key in diff.touched()):
            self._changed.set()

    async def _run(self) -> None:
        while True:
            every_s = watched_every_s(self._platform.store)
            if not every_s:
                await self._keep([])
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), every_s or None)
                continue
            try:
                await self.look()
            except XushiError as error:
                log.debug("no forecast by itself: %s", error)  # no plant, no engine, no records yet
            except Exception:
                log.exception("the forecast by itself failed; the next one tries again")

    async def look(self) -> None:
        """Forecast once, unless somebody waits for another computation, and raise and end warnings.

        Raises:
            XushiError: as the forecast does: no plant, no engine, no records.
        """
        platform = self._platform
        if platform.foresight_turns.is_busy or platform.orders.turn.locked():
            return
        need_engine()
        loop = asyncio.get_running_loop()
        self.latest = await loop.run_in_executor(self._thread, self._forecast)
        await loop.run_in_executor(self._thread, give_back_memory)
        at_ns = round(self.latest.forecast["at_ms"] * 1e6)
        await self._keep(_the_first([warning_of(one, at_ns) for one in self.latest.forecast["warnings"]]))

    def _forecast(self) -> Latest:
        from xushi.simulate import ThreadPool  # loads the compiler

        platform, params = self._platform, ForecastParams()
        plant = plant_of(platform)
        if not plant.flows:
            raise XushiError("runtime.forecast_no_plant")
        ahead = times_of(platform, params)
        timeline, planned = platform.timelines.get(LIVE), planned_times(platform.store)
        mix = platform.orders.mix(plant, LIVE, ahead.at_ns)
        begun = fork(plant, timeline, ahead.start_ns, ahead.at_ns, planned, mix)
        found = forecast_of(platform, begun, params, ahead, ThreadPool(1), cancellation=self._cancellation)
        return Latest(found, platform.clock.now_ns())

    async def _keep(self, seen: list[EarlyWarning]) -> None:
        """Raise what is new, tell anew what has changed in earnest, and end what is no longer seen."""
        known = {key: one for key, one in warnings(self._platform.store).items() if one.over_ns is None}
        by_subject = {one.subject: key for key, one in known.items()}
        for one in seen:
            key = by_subject.pop(one.subject, "")
            self._missed.pop(key, None)
            if not key or _has_changed(known[key], one):
                params = {"warning": msgspec.to_builtins(one), "id": key}
                await self._platform.bus.run("warning.raise", params, OWN_HAND)
        for key in by_subject.values():
            self._missed[key] = self._missed.get(key, 0) + 1
            if self._missed[key] >= _MISSES or not watched_every_s(self._platform.store):
                del self._missed[key]
                await self._platform.bus.run("warning.end", {"id": key}, OWN_HAND)


def _the_first(seen: list[EarlyWarning]) -> list[EarlyWarning]:
    """The warnings to raise: of many late orders the first in the sequence; who sees to these looks at the rest too."""
    late = [one for one in seen if one.late_s is not None]
    return [*late[:_MOST_ORDERS], *(one for one in seen if one.late_s is None)]


def _has_changed(before: EarlyWarning, now: EarlyWarning) -> bool:
    shifted_s = abs(now.at_ns - before.at_ns) / _S
    is_same = (before.culprit, before.cause, before.lacking) == (now.culprit, now.cause, now.lacking)
    return not is_same or shifted_s > max(_SHIFTED_S, before.spread_s)
