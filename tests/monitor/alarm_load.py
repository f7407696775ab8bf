"""A platform under load, to be killed: alarms come, go and are handled; prints each action once it is acknowledged."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import numpy as np

from xushi.runtime import SYSTEM, Platform
from xushi.signals import Frame, SignalDef

ALARMS = 8


async def work(folder: Path) -> None:
    with Platform.open(folder) as platform:
        handles = platform.registry.define([SignalDef(key=f"urn:t#{i}") for i in range(ALARMS)])
        await platform.start()
        for i in range(ALARMS):
            rule = {"id": f"a{i}", "signal": f"urn:t#{i}", "condition": "above", "limit": 50, "title": {"en": f"a{i}"}}
            await platform.bus.run("rule.put", {"rule": rule}, SYSTEM)
        print("ready", flush=True)
        number = 0
        while True:
            number += 1
            value = 90.0 if number % 2 else 10.0
            platform.ingest.push(Frame.doubles(handles, time.time_ns(), np.full(ALARMS, value)))
            await asyncio.sleep(0.015)
            alarm = f"a{number % ALARMS}"
            count = platform.monitor.occurred(alarm).count
            if number % 3:
                await platform.bus.run("alarm.acknowledge", {"alarms": [alarm]}, SYSTEM)
                print(f"acknowledged {alarm} {count}", flush=True)
            else:
                params = {"alarms": [alarm], "minutes": 60, "reason": f"number {number}"}
                await platform.bus.run("alarm.shelve", params, SYSTEM)
                print(f"shelved {alarm} {number}", flush=True)
                await platform.bus.run("alarm.unshelve", {"alarms": [alarm]}, SYSTEM)
                print(f"unshelved {alarm} {number}", flush=True)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1])))
