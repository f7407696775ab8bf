"""A platform under load, to be killed: alarms come, go and are handled; prints each action before it and once it holds.

Each action can be told from every other by its number: it stands in the reason of the shelf and in the note.
"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from xushi.runtime import SYSTEM, Platform
from xushi.signals import Frame, SignalDef

ALARMS = 8
TURNS = ("acknowledge", "shelve", "note", "unshelve", "note")  # for each alarm in turn; a kill meets any of them


def action(number: int) -> tuple[str, str]:
    """The action of that number, and its alarm."""
    turn, alarm = divmod(number, ALARMS)
    return TURNS[turn % len(TURNS)], f"a{alarm}"


async def work(folder: Path, number: int) -> None:
    with Platform.open(folder) as platform:
        handles = platform.registry.define([SignalDef(key=f"urn:t#{i}") for i in range(ALARMS)])
        await platform.start()
        for i in range(ALARMS):
            rule = {"id": f"a{i}", "signal": f"urn:t#{i}", "condition": "above", "limit": 50, "title": {"en": f"a{i}"}}
            await platform.bus.run("rule.put", {"rule": rule}, SYSTEM)
        print("ready", flush=True)
        while True:
            number += 1
            value = 90.0 if number % 2 else 10.0
            platform.ingest.push(Frame.doubles(handles, time.time_ns(), np.full(ALARMS, value)))
            await asyncio.sleep(0.015)
            what, alarm = action(number)
            count = platform.monitor.occurred(alarm).count
            params: dict[str, Any] = {"alarm": alarm} if what == "note" else {"alarms": [alarm]}
            if what == "shelve":
                params |= {"minutes": 60, "reason": f"number {number}"}
            elif what == "note":
                params["text"] = f"number {number}"
            print(f"asked {number} {count}", flush=True)
            await platform.bus.run(f"alarm.{what}", params, SYSTEM)
            print(f"held {number} {count}", flush=True)


if __name__ == "__main__":
    asyncio.run(work(Path(sys.argv[1]), int(sys.argv[2])))
