"""The platform under test: one link, alarm rules, history on disk, viewers over WebSocket; tells what it cost.

The first line that it is told says which link, as JSON; the second, that the viewers are there.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from xushi.connectors import Link, Point, make_connector
from xushi.monitor import Rule, write_rule_file
from xushi.runtime import SYSTEM, Platform
from xushi.server import bind, serving
from xushi.signals import Kind, SignalDef
from xushi.trust import ALL_SCOPES


def _state(platform: Platform) -> dict[str, Any]:
    """What is known without a walk over the signals, which would hold the values that are being timed."""
    return {
        "values": platform.ingest.values,
        "cpu_s": time.process_time(),
        "at_s": time.monotonic(),
        "memory_mb": psutil.Process().memory_info().rss / 1e6,
        "unrecorded": platform.ingest.unrecorded,
    }


def _account(platform: Platform) -> dict[str, Any]:
    """What was kept, once all that came is in chunks."""
    platform.history.flush()
    history = platform.history.state()
    return {
        "stored_points": history.stored_points,
        "file_bytes": history.file_bytes,
        "alarms": len(platform.monitor.alarms()),
        "unrecorded": platform.ingest.unrecorded,
        "failure": history.failure,
    }


def _rules(keys: list[str]) -> str:
    """One rule on each signal: limits, deviations, rates; one in a hundred raises an alarm, as it would in a plant."""
    kinds: tuple[Any, ...] = ("above", "below", "deviation", "rate")
    rules = []
    for number, key in enumerate(keys):
        kind, is_raising = kinds[number % 4], number % 100 == 0
        limit = 0.5 if is_raising else -1e6 if kind == "below" else 1e9
        rules.append(
            Rule(id=f"r{number}", signal=key, condition=kind, limit=limit, deadband=0.2, title={"en": f"r{number}"},
                 target=50.0 if kind == "deviation" else None)
        )  # fmt: skip
    return write_rule_file(rules, [], "json")


async def _run(folder: Path, order: dict[str, Any]) -> None:
    began_s = time.monotonic()
    with Platform.open(folder) as platform:
        keys = [f"urn:bench#s{i}" for i in range(len(order["addresses"]))]
        handles = platform.registry.define([SignalDef(key=key, kind=Kind.DOUBLE) for key in keys]).tolist()
        points = tuple(
            Point(handle, key, address) for handle, key, address in zip(handles, keys, order["addresses"], strict=True)
        )
        if order.get("has_rules"):
            await platform.bus.run("rules.import", {"text": _rules(keys)}, SYSTEM)
        link = Link("bench", order["protocol"], order["endpoint"], {}, points)
        async with serving(platform, "127.0.0.1", bind("127.0.0.1", 0)) as running:
            token, _ = platform.gate.make_token("bench", ALL_SCOPES)
            started = {"url": running.base_url, "token": token, "start_s": time.monotonic() - began_s}
            print(json.dumps(started), flush=True)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, sys.stdin.readline)  # the viewers are there
            connector = make_connector(order["protocol"], folder / "connector", platform.clock)
            task = loop.create_task(connector.run(link, platform.ingest.push, lambda status: None))
            while (line := (await loop.run_in_executor(None, sys.stdin.readline)).strip()) in ("state", "account"):
                told = _state(platform) if line == "state" else await asyncio.to_thread(_account, platform)
                print(json.dumps(told), flush=True)
            task.cancel()
            await asyncio.wait([task])


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), json.loads(sys.stdin.readline())))
