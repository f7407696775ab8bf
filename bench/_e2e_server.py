"""The platform under test: one link, its history on disk, viewers over WebSocket; tells what it cost on request."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from xushi.connectors import Link, Point, make_connector
from xushi.runtime import Platform
from xushi.server import bind, serving
from xushi.signals import Kind, SignalDef
from xushi.trust import ALL_SCOPES


def _state(platform: Platform) -> dict[str, Any]:
    history = platform.history.state()
    memory = psutil.Process().memory_info()
    return {
        "values": platform.ingest.values,
        "cpu_s": time.process_time(),
        "at_s": time.monotonic(),
        "memory_mb": memory.rss / 1e6,
        "stored_points": history.stored_points,
        "file_bytes": history.file_bytes,
        "unrecorded": platform.ingest.unrecorded,
        "failure": history.failure,
    }


async def _run(folder: Path, order: dict[str, Any]) -> None:
    began_s = time.monotonic()
    with Platform.open(folder) as platform:
        keys = [f"urn:bench#s{i}" for i in range(len(order["addresses"]))]
        handles = platform.registry.define([SignalDef(key=key, kind=Kind.DOUBLE) for key in keys]).tolist()
        points = tuple(
            Point(handle, key, address) for handle, key, address in zip(handles, keys, order["addresses"], strict=True)
        )
        link = Link("bench", order["protocol"], order["endpoint"], {}, points)
        async with serving(platform, "127.0.0.1", bind("127.0.0.1", 0)) as running:
            token, _ = platform.gate.make_token("bench", ALL_SCOPES)
            started = {"url": running.base_url, "token": token, "start_s": time.monotonic() - began_s}
            print(json.dumps(started), flush=True)
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, sys.stdin.readline)  # the viewers are there
            connector = make_connector(order["protocol"], folder / "connector", platform.clock)
            task = loop.create_task(connector.run(link, platform.ingest.push, lambda status: None))
            while (await loop.run_in_executor(None, sys.stdin.readline)).strip() == "state":
                print(json.dumps(_state(platform)), flush=True)
            task.cancel()
            await asyncio.wait([task])


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), json.loads(sys.argv[2])))
