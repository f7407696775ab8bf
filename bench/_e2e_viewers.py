"""A hundred viewers that read everything; some of them look at the age of each value they get."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

import numpy as np
from websockets.asyncio.client import connect

from xushi.runtime import DELTA, decode_frame

AGED = 10  # to take the age of every value at all of them would keep a core busy


class Viewer:
    """What one viewer got: messages, and, where it looks at them, the age in ms of each value when it came."""

    def __init__(self, is_aged: bool) -> None:
        self.is_aged = is_aged
        self.reset()

    def reset(self) -> None:
        """Forget what came until now."""
        self.messages = 0
        self.ages_ms: list[np.ndarray] = []


async def _view(url: str, token: str, rate_hz: float, viewer: Viewer) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    socket_url = url.replace("http", "ws") + "/api/ws"
    async with connect(socket_url, additional_headers=headers, compression=None, max_size=None) as socket:
        await socket.send(json.dumps({"type": "watch", "view": 1, "signals": "all", "rate_hz": rate_hz}))
        async for message in socket:
            if not isinstance(message, bytes):
                continue
            viewer.messages += 1
            if viewer.is_aged:
                now_ms = time.time_ns() / 1e6
                frame = decode_frame(message)
                if frame.kind == DELTA:
                    viewer.ages_ms.append(now_ms - frame.times_ms)


def _report(viewers: list[Viewer]) -> dict[str, Any]:
    """Percentiles over all values of those that look, and of the worst. Raises where one of a hundred got nothing."""
    idle = [number for number, viewer in enumerate(viewers) if not viewer.messages]
    if idle:
        raise RuntimeError(f"viewers without a single message: {idle}")
    ages = [np.concatenate(viewer.ages_ms) for viewer in viewers if viewer.is_aged]
    p50, p99 = np.percentile(np.concatenate(ages), [50, 99]).tolist()
    return {
        "p50_ms": p50, "p99_ms": p99, "worst_p99_ms": max(float(np.percentile(one, 99)) for one in ages),
        "aged": len(ages), "messages": sum(viewer.messages for viewer in viewers),
        "fewest": min(viewer.messages for viewer in viewers), "seen": sum(map(len, ages)),
    }  # fmt: skip


async def _run(url: str, token: str, count: int, rate_hz: float) -> None:
    viewers = [Viewer(number % (count // AGED) == 0) for number in range(count)]
    tasks = [asyncio.create_task(_view(url, token, rate_hz, viewer)) for viewer in viewers]
    loop = asyncio.get_running_loop()
    await asyncio.sleep(1.0)
    print(json.dumps({"ready": True}), flush=True)
    while True:
        line = (await loop.run_in_executor(None, sys.stdin.readline)).strip()
        if line == "reset":
            for viewer in viewers:
                viewer.reset()
        elif line == "report":
            print(json.dumps(_report(viewers)), flush=True)
        else:
            break
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
