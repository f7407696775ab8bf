"""`kill -9` while alarms come, go and are handled: no acknowledged action is lost, nothing is raised twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from alarm_load import TURNS, action
from measuring import Ledger, Record, rounds

from xushi.monitor import Handled, Occurred
from xushi.runtime import Platform

LOAD = Path(__file__).with_name("alarm_load.py")
ROUNDS = rounds(3)


def run_and_kill(folder: Path, first: int, seconds: float) -> list[list[str]]:
    """Words of each line that the load printed before it was killed."""
    command = [sys.executable, str(LOAD), str(folder), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(seconds)
        process.kill()
        lines = [line.split() for line in process.stdout if line.endswith("\n")]
    assert lines
    return lines


class Expected:
    """What the acknowledged actions make of one alarm; of the last action that was only asked for, either may hold."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self.shelf: str | None = None
        self.note: str | None = None

    def take(self, what: str, number: int, count: int) -> None:
        if what == "acknowledge":
            self.acknowledged = max(self.acknowledged, count)
        elif what == "note":
            self.note = f"number {number}"
        elif what == "shelve":  # what is active when it is put aside must be acknowledged anew (IEC 62682, figure 3)
            self.acknowledged = min(self.acknowledged, count - 1)
            self.shelf = f"number {number}"
        else:
            self.shelf = None

    def is_met(self, occurred: Occurred, handled: Handled) -> bool:
        shelf = handled.shelved.reason if handled.shelved is not None else None
        note = handled.notes[-1].text if handled.notes else None
        answered = max(handled.acknowledged, occurred.settled)  # one that came and went on the shelf needs no answer
        return answered >= self.acknowledged and (shelf, note) == (self.shelf, self.note)


def check(folder: Path, lines: list[list[str]], expected: dict[str, Expected], ledger: Ledger) -> int:
    """Account for every action; `expected` is what the rounds before have left. Return how many the journal has."""
    *_, (last_word, last_number, last_count) = lines
    for word, number, count in lines:
        if word == "held":
            what, alarm = action(int(number))
            expected[alarm].take(what, int(number), int(count))
    with Platform.open(folder) as platform:
        monitor = platform.monitor
        for alarm, one in expected.items():
            view = monitor.view(alarm)
            assert view.occurred.count >= one.acknowledged, "an answer outlived what it answers"
            if (
                not one.is_met(view.occurred, view.handled)
                and last_word == "asked"
                and action(int(last_number))[1] == alarm
            ):
                one.take(action(int(last_number))[0], int(last_number), int(last_count))
            is_met = one.is_met(view.occurred, view.handled)
            ledger.enter("states of handled alarms", is_met, f"{alarm}, {lines[-1]}")
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
        actions = {f"alarm.{turn}" for turn in TURNS}
        after, expected = 0, set()
        while statements := platform.evidence.entries(after, 1_000):
            expected |= {one["number"] for one in statements if one["command"] in actions and one["touched"]}
            after = statements[-1]["number"]
        assert set(noted) == expected, "evidence and journal differ"
    return len(noted)


def test_a_kill_loses_no_action_and_raises_nothing_twice(tmp_path: Path, record_property: Record) -> None:
    chance = random.Random(7)
    actions = 0
    ledger = Ledger()
    expected: dict[str, Expected] = defaultdict(Expected)
    for round_ in range(ROUNDS):
        lines = run_and_kill(tmp_path / "data", round_ * 100_000, chance.uniform(0.3, 1.2))
        actions = check(tmp_path / "data", lines, expected, ledger)
    ledger.kept["alarm actions in the journal"] = actions
    ledger.close(record_property, "a platform whose alarms are handled", ROUNDS)
    assert actions > ROUNDS
