"""A process killed with SIGKILL under load loses no value that it appended more than 100 ms before."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from xushi.kernel import SystemClock
from xushi.signals import History, HistoryLimits, SignalDef, SignalRegistry

WINDOW_NS = 100_000_000
SIGNALS = 50

# Appends frames of 50 signals about 500 times a second; value and time of all are the frame's number. Every
# frame's number and instant of acknowledgement go to standard output.
WRITER = """
import sys, time
import numpy as np
from xushi.kernel import SystemClock
from xushi.signals import Frame, History, HistoryLimits, SignalRegistry
folder = sys.argv[1]
registry = SignalRegistry(folder + "/signals.sqlite")
limits = HistoryLimits(chunk_points=256, segment_bytes=100_000, log_bytes=400_000, tick_s=0.02)
history = History(folder, registry, SystemClock(), limits)
known = history.bounds()
number = known[1] + 1 if known else 0
handles = np.arange(len(registry), dtype=np.int32)
print("ready", flush=True)
while True:
    history.append(Frame.doubles(handles, number, np.full(len(handles), float(number))))
    sys.stdout.write(f"{number} {time.monotonic_ns()}\\n")
    sys.stdout.flush()
    number += 1
    time.sleep(0.002)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_nothing_acknowledged_100_ms_before_a_kill_is_lost(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key=f"k{i}") for i in range(SIGNALS)])
    random = np.random.default_rng(5)
    must_be_there: set[int] = set()  # a frame of the last 100 ms may be there for some of its signals only
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(float(random.uniform(0.4, 1.2)))
        killed_ns = time.monotonic_ns()
        process.send_signal(signal.SIGKILL)
        told = process.stdout.read()
        process.wait()
        # the pipe may end in the middle of a line
        lines = told[: told.rindex("\n")].split("\n")
        acknowledged = [tuple(map(int, line.split())) for line in lines]
        safe = [number for number, instant in acknowledged if instant < killed_ns - WINDOW_NS]
        assert safe
        must_be_there.update(range(min(safe), max(safe) + 1))
        began = time.monotonic()
        history = History(tmp_path, registry, SystemClock(), HistoryLimits(chunk_points=256))
        assert time.monotonic() - began < 3
        for handle in (0, SIGNALS - 1):
            found = history.range(handle, 0, 2**62)
            numbers = found.times_ns.tolist()
            assert numbers == sorted(set(numbers))
            assert must_be_there <= set(numbers)
            assert found.numbers(registry.kinds).tolist() == [float(number) for number in numbers]
        history.close()
