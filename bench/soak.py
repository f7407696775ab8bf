"""Runs the demo plant fast for a long time and accounts for every value by the plant's own counters."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from xushi.testing import RunningDemo, running_demo

# Signals that the plant counts up by one with every message, one a protocol.
COUNTERS = {"OPC UA": "Heartbeat", "Sparkplug B": "Soak.Sequence", "MQTT JSON": "Soak.JsonSequence"}
# Until then the open points of every signal grow towards their first full chunk.
WARM_UP_S = 600.0
_PAGE = 50_000


def main() -> int:
    """Print one JSON object a minute, then one a protocol; the exit status is 1 where a value was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--speed", type=float, default=10.0)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "data", "--speed", str(options.speed)) as running,
    ):
        memory_mb = _watch(running, options.minutes * 60)
        verdicts = [_account(running, protocol, name) for protocol, name in COUNTERS.items()]
    growth = memory_mb[-1] / memory_mb[0] - 1
    print(json.dumps({"name": "memory growth after warm-up", "value": round(100 * growth, 1), "unit": "%"}))
    return 0 if all(verdicts) and growth < 0.1 else 1


def _watch(running: RunningDemo, duration_s: float) -> list[float]:
    """Return the memory in MB once a minute after warm-up."""
    started = time.monotonic()
    memory_mb: list[float] = []
    while (passed_s := time.monotonic() - started) < duration_s:
        time.sleep(min(60.0, max(1.0, duration_s - passed_s)))
        status = running.remote.get("/api/status")
        figure = {
            "minute": round((time.monotonic() - started) / 60, 1),
            "memory_mb": round(running.memory_mb(), 1),
            "updates": status["updates"],
        }
        print(json.dumps(figure), flush=True)
        if time.monotonic() - started >= min(WARM_UP_S, duration_s / 2):
            memory_mb.append(running.memory_mb())
    return memory_mb


def _account(running: RunningDemo, protocol: str, path: str) -> bool:
    """Print how many counts were recorded, lost and doubled; return whether all is well.

    A connection that comes back states the value in force anew, behind the gap: that is no doubled count.
    """
    counts, is_after_gap = _history(running, path)
    is_restated = np.zeros(len(counts), bool)
    is_restated[1:] = (np.diff(counts) == 0) & is_after_gap[1:]
    steps = np.diff(counts[~is_restated])
    figure = {
        "name": f"counts of {protocol}",
        "value": len(counts),
        "unit": "values",
        "lost": int(np.sum(steps[steps > 1] - 1)),
        "doubled": int(np.sum(steps == 0)),
        "backwards": int(np.sum(steps < 0)),
        "restated_after_gaps": int(np.sum(is_restated)),
    }
    print(json.dumps(figure), flush=True)
    return len(counts) > 1 and bool(np.all(steps == 1))


def _history(
    running: RunningDemo, path: str
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return every recorded value of the signal whose path ends in `path`, and whether a gap lies right before it."""
    signals = running.remote.get("/api/signals")["signals"]
    handle = next(one["handle"] for one in signals if one["path"].endswith(path))
    timeline = "/api/timelines/live"
    bounds = next(one for one in running.remote.get("/api/timelines") if one["id"] == "live")
    start_ms, end_ms = bounds["start_ms"], 4_102_444_800_000.0
    values: list[int] = []
    after_gap: list[bool] = []
    is_gap = False
    while True:
        rows = running.remote.get(f"{timeline}/signals/{handle}/range", start_ms=start_ms, end_ms=end_ms, limit=_PAGE)
        for value, quality in zip(rows["values"], rows["qualities"], strict=True):
            if not quality >> 31:
                values.append(value)
                after_gap.append(is_gap)
            is_gap = bool(quality >> 31)
        if not rows["more"]:
            return np.array(values, np.int64), np.array(after_gap, bool)
        start_ms = rows["times_ms"][-1] + 0.001


if __name__ == "__main__":
    sys.exit(main())
