"""The platform of the soak: counts every good value a connection hands over, before board and history have it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from xushi.runtime import Platform
from xushi.server import bind, serving
from xushi.signals import Frame

IS_BAD = 0x8000_0000


class Tally:
    """How many values of each signal came, and what came of those that count up by one."""

    def __init__(self, platform: Platform, counters: Iterable[str]) -> None:
        self._platform = platform
        self._arrived: Counter[int] = Counter()
        self._names = tuple(counters)
        self._counters: dict[str, tuple[int, list[int]]] = {}

    def watch(self, frame: Frame) -> None:
        """Count a frame; also what has the same source time as what came before."""
        is_good = frame.qualities < IS_BAD
        signals = frame.signals[is_good]
        self._arrived.update(
            dict(zip(*(each.tolist() for each in np.unique(signals, return_counts=True)), strict=True))
        )
        for handle, counts in self._counters.values():
            of_it = is_good & (frame.signals == handle)
            counts += frame.bits[of_it].tolist()

    def begin(self) -> None:
        """Forget what came until now."""
        self._arrived.clear()
        registry = self._platform.registry
        keys = [definition.key for definition in registry.all()]
        for name in self._names:
            key = next(key for key in keys if key.endswith(f":PLC1:OperationalData#{name}"))
            self._counters[name] = registry.handle(key), []

    def told(self) -> dict[str, Any]:
        """What has arrived: values of each protocol, messages of each topic, and what the counters did."""
        values: Counter[str] = Counter()
        messages: dict[str, int] = {}
        for handle, definition in enumerate(self._platform.registry.all()):
            source = definition.source
            if source is None:
                continue
            count = self._arrived[handle]
            topic = source.address.partition("#/")[0]
            if source.protocol == "opcua":
                values["OpcUa"] += count
            elif topic.startswith("spBv1.0/"):
                values["Sparkplug"] += count
            else:  # the fields of one message arrive together; the one that is in every message tells their number
                messages[topic] = max(messages.get(topic, 0), count)
        steps = {name: np.diff(counts) for name, (_, counts) in self._counters.items()}
        return {
            "total": sum(self._arrived.values()),
            "values": values,
            "messages": messages,
            "counters": {
                name: {
                    "lost": int(np.sum(step[step > 1] - 1)), "doubled": int(np.sum(step == 0)),
                    "backwards": int(np.sum(step < 0)),
                } for name, step in steps.items()
            },
            "unrecorded": self._platform.ingest.unrecorded,
        }  # fmt: skip


async def _run(folder: Path, endpoints: dict[str, str], counters: list[str]) -> None:
    with Platform.open(folder, endpoints=endpoints) as platform:
        tally = Tally(platform, counters)
        platform.ingest.watchers.append(tally.watch)
        async with serving(platform, "127.0.0.1", bind("127.0.0.1", 0)) as running:
            print(json.dumps({"url": running.base_url}), flush=True)
            loop = asyncio.get_running_loop()
            while line := (await loop.run_in_executor(None, sys.stdin.readline)).strip():
                if line == "begin":
                    tally.begin()
                print(json.dumps(tally.told()), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3].split(",")))
