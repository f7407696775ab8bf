"""Measures the monitor: what 10,000 alarm rules cost beside none, and how soon an alarm is in a browser."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from websockets.sync.client import connect

from xushi.kernel import SystemClock
from xushi.monitor import Engine, Rule
from xushi.signals import Board, Frame, History, Ingest, SignalDef, SignalRegistry
from xushi.testing import Served, served

RULES = 10_000
FRAME_VALUES = 1_000
FRAMES = 2_000  # four seconds at 500,000 values a second
FRAMES_TOGETHER = 5  # the monitor gathers for 10 ms
FRAMES_A_TICK = 50  # and lets time pass every 100 ms
STEP_NS = 2_000_000
ALARMS = 150
LOAD_PER_S = 100  # frames of 1,000 values
T0 = 1_780_000_000_000_000_000


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures of the monitor."""
    yield from rules_beside_none()
    yield from alarm_to_browser()


def rules_of(registry: SignalRegistry) -> list[Rule]:
    """One rule on each signal, of all conditions that compare numbers; some with delays."""
    registry.define([SignalDef(key=f"urn:bench#{i}") for i in range(RULES)])
    kinds: tuple[tuple[Any, float], ...] = (
        *(("above", 95.0), ("below", 5.0), ("deviation", 45.0)) * 3, ("rate", 1e9),
    )  # fmt: skip
    return [
        Rule(
            id=f"r{i}", signal=f"urn:bench#{i}", condition=kinds[i % 10][0], limit=kinds[i % 10][1], target=50.0,
            deadband=2.0, on_delay_s=1.0 if i % 7 == 0 else 0.0, title={"en": f"r{i}"},
        )
        for i in range(RULES)
    ]  # fmt: skip


def flow() -> list[Frame]:
    """Values around 50 with a standard deviation of 11: about one in 25,000 is an alarm."""
    random = np.random.default_rng(4)
    parts = RULES // FRAME_VALUES
    return [
        Frame.doubles(
            np.arange(FRAME_VALUES, dtype=np.int32) + FRAME_VALUES * (k % parts), T0 + k * STEP_NS,
            np.round(50 + random.normal(0, 11, FRAME_VALUES), 2),
        )
        for k in range(FRAMES)
    ]  # fmt: skip


def rules_beside_none() -> Iterator[dict[str, Any]]:
    """CPU of the rules beside that of board and history alone, in one run; the median of three runs."""
    frames = flow()
    runs = [cpu_us(frames) for _ in range(3)]
    plain, watched = (statistics.median(run[i] for run in runs) for i in (0, 1))
    added = statistics.median(run[1] / run[0] for run in runs)
    yield {"name": "monitor.cpu_of_10000_rules", "value": round(watched, 4), "unit": "µs/value",
           "baseline": round(plain, 4), "ratio": round(plain / watched, 3)}  # fmt: skip
    yield {"name": "monitor.cpu_added_by_10000_rules", "value": round(100 * added, 1), "unit": "%",
           "baseline": "target 30 %", "ratio": round(0.3 / added, 2)}  # fmt: skip


def cpu_us(frames: list[Frame]) -> tuple[float, float]:
    """(CPU of the process for one value through board and history into chunks, CPU of the rules for it), in µs.

    The connectors cost several times more than either; they are left out, which makes the rules look dearer.
    """
    with tempfile.TemporaryDirectory(prefix="xushi-bench-") as folder:
        registry = SignalRegistry(Path(folder) / "signals.sqlite")
        engine = Engine(rules_of(registry), registry)
        history = History(Path(folder) / "history", registry, SystemClock())
        ingest = Ingest(Board(registry), history)
        waiting: list[Frame] = []
        ingest.watchers.append(waiting.append)
        spent = 0.0
        began = time.process_time()
        for number, frame in enumerate(frames, 1):
            ingest.push(frame)
            if number % FRAMES_TOGETHER == 0:
                started = time.thread_time()
                engine.push(waiting)
                waiting.clear()
                if number % FRAMES_A_TICK == 0:
                    engine.advance(int(frame.times_ns[0]) - 500_000_000)
                spent += time.thread_time() - started
        history.close()
        plain = time.process_time() - began - spent
        registry.close()
    values = len(frames) * FRAME_VALUES / 1e6
    return plain / values, spent / values


def alarm_to_browser() -> Iterator[dict[str, Any]]:
    """From the value's arrival to the message at the other end of a WebSocket, beside a flow of other values."""
    with tempfile.TemporaryDirectory(prefix="xushi-bench-") as folder:
        signals = [SignalDef(key=f"urn:bench#{i}") for i in range(FRAME_VALUES + 1)]
        with served(Path(folder) / "data", signals) as one:
            rule = {"id": "hot", "signal": f"urn:bench#{FRAME_VALUES}", "condition": "above", "limit": 80, "title": {}}
            one.remote.run("rule.put", {"rule": rule})
            ended = threading.Event()
            load = threading.Thread(target=push_load, args=(one, ended))
            load.start()
            try:
                delays = sorted(delays_ms(one))
            finally:
                ended.set()
                load.join()
    for name, place in (("median", 0.5), ("p99", 0.99)):
        value = delays[min(int(place * len(delays)), len(delays) - 1)]
        yield {"name": f"monitor.alarm_to_browser_{name}", "value": round(value, 1), "unit": "ms",
               "baseline": "target 100 ms", "ratio": round(100 / value, 2)}  # fmt: skip


def push_load(one: Served, ended: threading.Event) -> None:
    """100,000 values a second of other signals."""
    handles = np.arange(FRAME_VALUES, dtype=np.int32)
    random = np.random.default_rng(1)

    async def push() -> None:
        while not ended.is_set():
            one.platform.ingest.push(Frame.doubles(handles, time.time_ns(), random.normal(50, 5, FRAME_VALUES)))
            await asyncio.sleep(1 / LOAD_PER_S)

    asyncio.run_coroutine_threadsafe(push(), one.loop).result()


def delays_ms(one: Served) -> list[float]:
    """Raise and clear one alarm again and again."""
    url = one.running.base_url.replace("http", "ws") + "/api/ws"
    found: list[float] = []
    with connect(url, additional_headers={"Authorization": f"Bearer {one.remote.token}"}) as socket:
        for number in range(2 * ALARMS):
            is_raised = number % 2 == 0
            began = time.perf_counter()
            one.push(Frame.doubles([FRAME_VALUES], time.time_ns(), [99.0 if is_raised else 10.0]))
            while True:
                message = json.loads(socket.recv(10))
                if message["type"] == "alarms" and message["alarms"][0]["is_active"] == is_raised:
                    break
            if is_raised:
                found.append((time.perf_counter() - began) * 1e3)
            time.sleep(0.01)
    return found
