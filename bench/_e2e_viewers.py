"""A hundred viewers that read everything; one of them looks at the age of each value it gets."""

from __future__ import annotations

import asyncio
import json
import sys
import time

import numpy as np
from websockets.asyncio.client import connect

from xushi.runtime import DELTA, decode_frame


async def _view(url: str, token: str, rate_hz: float, ages: list[np.ndarray] | None, counts: list[int]) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    socket_url = url.replace("http", "ws") + "/api/ws"
    async with connect(socket_url, additional_headers=headers, compression=None, max_size=None) as socket:
        await socket.send(json.dumps({"type": "watch", "view": 1, "signals": "all", "rate_hz": rate_hz}))
        async for message in socket:
            if not isinstance(message, bytes):
                continue
            counts[0] += 1
            if ages is not None:
                now_ms = time.time_ns() / 1e6
                frame = decode_frame(message)
                if frame.kind == DELTA:
                    ages.append(now_ms - frame.times_ms)


async def _run(url: str, token: str, viewers: int, rate_hz: float) -> None:
    ages: list[np.ndarray] = []
    counts = [0]
    tasks = [
        asyncio.create_task(_view(url, token, rate_hz, ages if number == 0 else None, counts))
        for number in range(viewers)
    ]
    loop = asyncio.get_running_loop()
    await asyncio.sleep(1.0)
    print(json.dumps({"ready": True}), flush=True)
    while True:
        line = (await loop.run_in_executor(None, sys.stdin.readline)).strip()
        if line == "reset":
            ages.clear()
            counts[0] = 0
        elif line == "report":
            all_ages = np.concatenate(ages) if ages else np.zeros(1)
            p50, p99 = np.percentile(all_ages, [50, 99]).tolist()
            print(json.dumps({"p50_ms": p50, "p99_ms": p99, "messages": counts[0], "seen": len(all_ages)}), flush=True)
        else:
            break
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(_run(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
