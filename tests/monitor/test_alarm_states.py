"""The life of an alarm after IEC 62682, figure 3: a model of the figure against the product, restarts included."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from alarm_bench import PERSON, T0, Bench, S, rule
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from hypothesis.stateful import rule as step

from xushi.kernel import ManualClock, XushiError
from xushi.monitor import Guard
from xushi.signals import Kind

GUARD = Guard("urn:t#1", [1])


class AlarmLife(RuleBasedStateMachine):
    """One alarm, driven by its signal, by people, by time and by restarts; `expected` follows the figure's arrows."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="xushi-alarm-"))
        self.clock = ManualClock(T0)
        self.bench = Bench(self.folder, self.clock, [Kind.DOUBLE, Kind.BOOL])
        self.is_active = self.is_latching = False
        self.is_there = False  # the bare condition, also while a guard hides it
        self.is_guarded = self.is_in_band = False
        self.expected = "normal"
        self.below = "normal"  # the state behind a shelf or a suppression
        self.shelf_ends: int | None = None
        self.is_suppressed = False
        self.events: list[str] = []
        self.commands: list[tuple[str, Any]] = []

    def teardown(self) -> None:
        self.bench.close()
        shutil.rmtree(self.folder)

    def run(self, name: str, **params: Any) -> Any:
        self.clock.advance(1)
        return asyncio.run(self.bench.run(name, **params))

    @property
    def is_aside(self) -> bool:
        return self.is_suppressed or self.shelf_ends is not None

    @initialize(latching=st.booleans())
    def make(self, latching: bool) -> None:
        self.is_latching = latching
        self.run("rule.put", rule=rule("a", is_latched=latching, deadband=2.0, suppress_while=GUARD))
        self.events.append("rule_changed")

    @step(seconds=st.integers(1, 30))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds * S)
        self.bench.monitor.tick()
        if self.shelf_ends is not None and self.clock.now_ns() >= self.shelf_ends:
            self.shelf_ends = None
            self.events.append("unshelved")

    @step()
    def comes(self) -> None:
        self.clock.advance(1)
        self.bench.see(90)
        self.is_in_band = False
        if not self.is_there:
            self.is_there = True
            if not self.is_guarded:
                self.raised()

    def raised(self) -> None:
        self.is_active = True
        self.events.append("raised")
        self.below = "unacknowledged"

    @precondition(lambda self: not self.is_guarded)
    @step()
    def guard_begins(self) -> None:
        self.clock.advance(1)
        self.bench.see(True, 1)
        self.is_guarded, self.is_active = True, False
        self.events.append("suppressed")
        if self.below not in ("latched", "latched_acknowledged"):
            self.below = "normal"

    @precondition(lambda self: self.is_guarded)
    @step()
    def guard_ends(self) -> None:
        self.clock.advance(1)
        self.bench.see(False, 1)
        self.is_guarded = False
        self.events.append("unsuppressed")
        if self.is_there:
            self.raised()

    @step()
    def goes(self) -> None:
        self.clock.advance(1)
        self.bench.see(50)
        self.is_there = self.is_in_band = False
        if self.is_active:
            self.is_active = False
            self.events.append("cleared")
            if self.is_aside:
                self.below = "normal"
            elif self.is_latching:
                self.below = "latched" if self.below == "unacknowledged" else "latched_acknowledged"
            else:
                self.below = {"unacknowledged": "returned", "acknowledged": "normal"}[self.below]

    @step()
    def stays(self) -> None:
        self.clock.advance(1)
        self.bench.see(79.0 if self.is_there else 79.5)  # inside of the dead-band
        self.is_in_band = True

    @step()
    def acknowledge(self) -> None:
        self.run("alarm.acknowledge", alarms=["a"])
        self.acted(
            "acknowledged", {"unacknowledged": "acknowledged", "returned": "normal", "latched": "latched_acknowledged"}
        )

    def acted(self, event: str, arrows: dict[str, str]) -> None:
        """A command moved the alarm along an arrow; where there is none, nothing is noted."""
        if self.below in arrows:
            self.below = arrows[self.below]
            self.events.append(event)

    @step()
    def reset(self) -> None:
        if self.is_latching and self.is_active:
            with pytest.raises(XushiError, match="cannot be reset"):
                self.run("alarm.reset", alarms=["a"])
            return
        self.run("alarm.reset", alarms=["a"])
        self.acted("reset", {"latched": "returned", "latched_acknowledged": "normal"})

    @step(minutes=st.sampled_from([0.1, 1]))
    def shelve(self, minutes: float) -> None:
        self.run("alarm.shelve", alarms=["a"], minutes=minutes, reason="calibration")
        self.shelf_ends = self.clock.now_ns() + round(minutes * 60 * S)
        self.set_aside("shelved")

    def set_aside(self, event: str) -> None:
        self.events.append(event)
        if self.is_active:
            self.below = "unacknowledged"
        elif self.below not in ("latched", "latched_acknowledged"):
            self.below = "normal"

    @precondition(lambda self: self.shelf_ends is not None)
    @step()
    def unshelve(self) -> None:
        self.run("alarm.unshelve", alarms=["a"])
        self.shelf_ends = None
        self.events.append("unshelved")

    @precondition(lambda self: not self.is_suppressed)
    @step()
    def suppress(self) -> None:
        self.run("alarm.suppress", alarms=["a"], reason="machine is off")
        self.is_suppressed = True
        self.set_aside("suppressed")

    @precondition(lambda self: self.is_suppressed)
    @step()
    def unsuppress(self) -> None:
        self.run("alarm.unsuppress", alarms=["a"])
        self.is_suppressed = False
        self.events.append("unsuppressed")

    @step()
    def restart(self) -> None:
        self.bench.close()
        self.bench = Bench(self.folder, self.clock, [Kind.DOUBLE, Kind.BOOL])
        if self.is_guarded and self.is_in_band:
            self.is_there = False  # behind a guard only the last value tells; it alone would not begin the condition

    @step(text=st.text(min_size=1, max_size=20))
    def note(self, text: str) -> None:
        self.run("alarm.note", alarm="a", text=text)
        self.events.append("noted")
        assert self.bench.monitor.view("a").handled.notes[-1].text == text

    @precondition(lambda self: self.below in ("unacknowledged", "returned"))
    @step()
    def acknowledge_and_undo(self) -> None:
        outcome = self.run("alarm.acknowledge", alarms=["a"])
        asyncio.run(self.bench.bus.undo(outcome.command_id, PERSON))
        self.events += ["acknowledged", "undone"]

    @invariant()
    def the_state_is_that_of_the_figure(self) -> None:
        if "a" not in self.bench.monitor.rules:
            return
        view = self.bench.monitor.view("a")
        if self.is_suppressed or self.is_guarded:
            expected = "suppressed"
        elif self.shelf_ends is not None:
            expected = "shelved"
        else:
            expected = "latched" if self.below == "latched_acknowledged" else self.below
            if self.below.startswith("latched"):
                assert view.is_acknowledged == (self.below == "latched_acknowledged")
        assert view.state == expected
        assert view.occurred.is_active == self.is_active

    @invariant()
    def the_journal_has_everything_once(self) -> None:
        assert sorted(entry.event for entry in self.bench.journal()) == sorted(self.events)


TestAlarmLife = AlarmLife.TestCase
TestAlarmLife.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
