"""`kill -9` while alarms come, go and are handled: no acknowledged action is lost, nothing is raised twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from xushi.runtime import Platform

LOAD = Path(__file__).with_name("alarm_load.py")
ROUNDS = int(os.environ.get("XUSHI_KILL_ROUNDS", "3"))


def run_and_kill(folder: Path, seconds: float) -> list[list[str]]:
    """Words of each line that the load printed before it was killed."""
    with subprocess.Popen([sys.executable, str(LOAD), str(folder)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.kill()
        lines = [line.split() for line in process.stdout if line.endswith("\n")]
    assert lines
    return lines


def check(folder: Path, lines: list[list[str]]) -> int:
    acknowledged: dict[str, int] = defaultdict(int)
    last_shelf: dict[str, str] = {}
    for word, alarm, number in lines:
        if word == "acknowledged":
            acknowledged[alarm] = max(acknowledged[alarm], int(number))
        else:
            last_shelf[alarm] = word
    with Platform.open(folder) as platform:
        monitor = platform.monitor
        for alarm, count in acknowledged.items():
            view = monitor.view(alarm)
            assert view.handled.acknowledged >= count, "an acknowledgement is lost"
            assert view.occurred.count >= count, "an acknowledgement outlived what it acknowledged"
        for alarm, word in last_shelf.items():
            assert word == "shelved" or monitor.view(alarm).handled.shelved is None or lines[-1][1] != alarm
        monitor.flush()
        entries = monitor.journal.read(0, 2**62, limit=1_000_000)
        counts: dict[str, list[int]] = defaultdict(list)
        for entry in entries[::-1]:
            if entry.event == "raised" and entry.occurred is not None:
                counts[entry.alarm].append(entry.occurred.count)
        for alarm, seen in counts.items():
            assert sorted(seen) == list(range(1, len(seen) + 1)), f"{alarm} was raised twice or not noted"
        noted = [entry.evidence for entry in entries if entry.evidence is not None and entry.event != "rule_changed"]
        assert len(noted) == len(set(noted)), "an action is in the journal twice"
        actions = {"alarm.acknowledge", "alarm.shelve", "alarm.unshelve"}
        after, expected = 0, set()
        while statements := platform.evidence.entries(after, 1_000):
            expected |= {one["number"] for one in statements if one["command"] in actions and one["touched"]}
            after = statements[-1]["number"]
        assert set(noted) == expected, "evidence and journal differ"
    return len(noted)


def test_a_kill_loses_no_action_and_raises_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(7)
    actions = 0
    for _ in range(ROUNDS):
        lines = run_and_kill(tmp_path / "data", chance.uniform(0.3, 1.2))
        actions = check(tmp_path / "data", lines)
    assert actions > ROUNDS
