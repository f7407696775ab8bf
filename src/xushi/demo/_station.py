"""A station of the line: takes engines, is set up for them, works, wears, fails, waits, and stops on a wrong part."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from xushi.demo._conveyor import Conveyor
from xushi.demo._engines import Engine, EngineBook
from xushi.demo._events import Event, EventLoop, lognormal
from xushi.demo._line import PRODUCTS, QUALITY_TOPIC, Machine
from xushi.demo._line_stations import SETUP_S
from xushi.demo._line_types import IDEAL_SHARE
from xushi.demo._material import LineStock, WrongPart
from xushi.demo._panel import (
    BLOCKED,
    FAILED,
    RUNNING,
    SETUP,
    STARVED,
    STOPPED,
    Panel,
    quality_message,
)
from xushi.demo._power import PowerAccount
from xushi.demo._process import Setpoints, judge, leave_defects, measure
from xushi.demo._tool import Tool
from xushi.demo._torque import Trace
from xushi.demo._values import Values, iso_time

TESTS = ("OP60", "OP90")
CHECK_ONLY_SHARE = 0.35  # an engine that comes again from rework is only checked
_WORK = {one.id: dict(one.work) for one in PRODUCTS}  # by product and station, over that of the usual one


class Station:
    """One station. Every change ends in `advance`, which looks at the facts and does what comes next."""

    WITHOUT_WORK = STARVED

    def __init__(
        self,
        spec: Machine,
        loop: EventLoop,
        values: Values,
        rng: random.Random,
        book: EngineBook,
        inlets: Sequence[Conveyor],
        outlet: Conveyor,
        reject: Conveyor | None,
        stock: LineStock | None,
        line_speed: Callable[[], float],
        operators_answer: bool,
    ) -> None:
        self.spec = spec
        self.id = spec.id
        self.setpoints = Setpoints()
        self.power = PowerAccount(loop)
        self.engine: Engine | None = None
        self.detail = self.WITHOUT_WORK
        self.failures = 0
        self.wrong_stopped = 0
        self.results: dict[str, Any] = {}
        self.tool = Tool(spec.id, spec.tools[0] if spec.tools else "HAND", rng)
        self.panel = Panel(spec.id, values, stock is not None)
        self._loop, self._values, self._rng, self._book = loop, values, rng, book
        self._inlets, self._outlet, self._reject = inlets, outlet, reject
        self._stock, self._line_speed, self.has_operator = stock, line_speed, operators_answer
        self._is_stopped = self._is_failed = self._is_setup = self._is_changing = self._asks_poka_yoke = False
        self._set_up_for = ""
        self._cycle_s = self._left_s = 0.0
        self._has_begun = False
        self._began_ns = 0
        self._work: Event | None = None
        self._work_until_s = 0.0
        self._recovery: Event | None = None
        self._sequence = 0
        self._to_failure_s = self._draw_failure()
        self.panel.show_wear(self.tool.wear)
        self._show(self.WITHOUT_WORK)

    # -- what operators and methods do
    def stop(self) -> None:
        """Pauses at once; the cycle goes on from the same point after `start`."""
        self._is_stopped = True
        self._pause()
        self.advance()

    def start(self) -> None:
        self._is_stopped = False
        self.advance()

    def reset(self) -> None:
        """Ends a failure or set-up at once, as if the repair were done."""
        if self._recovery is not None:
            self._recovery.cancel()
            self._recover()

    def break_down(self, repair_s: float) -> None:
        """Fails now, whatever it is doing, and is repaired after so long."""
        self._pause()
        if self._recovery is not None:
            self._recovery.cancel()
        self._is_failed = True
        self.failures += 1
        self.panel.raise_alarm(200, "Drive fault")
        self._recovery = self._loop.after(repair_s, self._recover)
        self.advance()

    def mislay(self, rng: random.Random) -> None:
        """A wrong part lies ready for the next engine, and the operator is away: the stop waits for an answer."""
        self.has_operator = False
        if self._stock is not None:
            is_in_use = self._has_begun and self.engine is not None and self._is_first_time(self.engine)
            self._stock.mislay_next(rng, is_in_use)
        self.advance()

    def answer_poka_yoke(self) -> bool:
        """The wrong part was taken away and replaced; False when nothing was asked."""
        if not self._asks_poka_yoke or self._stock is None:
            return False
        self._stock.replace_wrong()
        self._asks_poka_yoke = False
        self.panel.show_right_part()
        self.panel.clear_alarm()
        self.advance()
        return True

    # -- the way of an engine
    def advance(self) -> None:
        """Does the next thing that the facts allow; safe to call at any time."""
        while True:
            if self._work is not None:
                return None
            if self._is_failed or self._is_setup or self._is_changing:
                return self._show(FAILED if self._is_failed else SETUP)
            if self._is_stopped or self._asks_poka_yoke:
                return self._show(STOPPED)
            if self.engine is None and not self._take():
                return None
            if not self._has_begun and not self._begin():
                return None
            if self._left_s > 0.0:
                return self._run()
            if not self._release():
                return self._show(BLOCKED)

    def _take(self) -> bool:
        if self.tool.is_due:
            self._change_tool_planned()
            return False
        engine = self._next_engine()
        if engine is None:
            self._show(self.WITHOUT_WORK)
            return False
        self.engine = engine
        self._has_begun = False
        self.panel.show_engine(engine)
        return True

    def _next_engine(self) -> Engine | None:
        for inlet in self._inlets:
            if inlet.is_ready():
                return inlet.leave()
        if not self._inlets and self._stock is not None and self._stock.units > 0:
            return self._book.start()
        return None

    def _is_first_time(self, engine: Engine) -> bool:
        return engine.stage < self.spec.stage

    def _begin(self) -> bool:
        assert self.engine is not None
        is_first = self._is_first_time(self.engine)
        if is_first and self._stock is not None and self._stock.parts:
            if self._stock.units == 0:
                self._show(STARVED)
                return False
            if (wrong := self._stock.next_wrong()) is not None:
                self._stop_for_wrong_part(wrong)
                return False
        if self._must_change(self.engine):
            self._change_over(self.engine)
            return False
        self._cycle_s = self._draw_cycle(is_first)
        self._left_s = self._cycle_s
        self._has_begun = True
        self._began_ns = self._loop.now_ns
        self._aim_at_tool_break()
        return True

    def _draw_cycle(self, is_first: bool) -> float:
        share = 1.0 if is_first or self.id in TESTS else CHECK_ONLY_SHARE
        work = _WORK.get(_variant(self.engine), {}).get(self.id, 1.0)
        base_s = self.spec.cycle_s * share * work * self.setpoints.cycle_factor / self._line_speed()
        return max(IDEAL_SHARE * base_s, lognormal(self._rng, base_s, self.spec.cycle_sigma))

    def _run(self) -> None:
        fails = self._to_failure_s < self._left_s
        span_s = self._to_failure_s if fails else self._left_s
        self._work_until_s = self._loop.now_s + span_s
        self._work = self._loop.after(span_s, self._fail if fails else self._finish)
        self._show(RUNNING)

    def _pause(self) -> None:
        """Stops the work in hand and keeps what is left of it."""
        if self._work is None:
            return
        done_s = self._span_done_s()
        self._work.cancel()
        self._work = None
        self._left_s = max(1e-6, self._left_s - done_s)
        self._to_failure_s = max(1e-6, self._to_failure_s - done_s)

    def _span_done_s(self) -> float:
        if self._work is None:
            return 0.0
        span_s = min(self._to_failure_s, self._left_s)
        return span_s - (self._work_until_s - self._loop.now_s)

    def progress(self) -> float:
        """Share of the cycle done, 0 to 1."""
        if not self._has_begun or self._cycle_s <= 0.0:
            return 0.0
        return min(1.0, max(0.0, 1.0 - (self._left_s - self._span_done_s()) / self._cycle_s))

    def sample_progress(self) -> None:
        """Puts out how far the cycle is; called at the rate at which the face publishes."""
        self.panel.put("Progress", round(self.progress(), 3) if self.engine is not None else 0.0)

    def sample(self) -> None:
        """Puts out what changes all the time."""
        self.sample_progress()
        self.panel.put("Energy.Total", round(self.power.energy_kwh, 3))

    def _finish(self) -> None:
        assert self.engine is not None
        engine = self.engine
        self._work = None
        self._to_failure_s = max(1e-6, self._to_failure_s - self._left_s)
        self._left_s = 0.0
        is_first = self._is_first_time(engine)
        fitted = self._stock.fit(engine) if is_first and self._stock is not None else []
        self._work_on(engine, is_first)
        faults = self._judge(engine, is_first)
        if not faults or self._reject is None:
            engine.stage = max(engine.stage, self.spec.stage)
        self.panel.show_engine(engine)
        if is_first or self.id in TESTS:  # an engine that is only looked at again was made before
            self.panel.count(not faults, self._cycle_s)
        self.panel.show_wear(self.tool.wear)
        self._report(engine, fitted, faults)
        self.advance()

    def _work_on(self, engine: Engine, is_first: bool) -> None:
        """Changes the engine and measures it."""
        if is_first:
            leave_defects(self.id, engine, self._rng)
            self.tool.use()
        is_measured = is_first or self.id in TESTS
        self.results = measure(self.id, engine, self._rng, self.tool.wear, self.setpoints) if is_measured else {}

    def _judge(self, engine: Engine, is_first: bool) -> list[str]:
        """The faults found now; the two tests also stand in for faults that were found before them."""
        is_test = self.id in TESTS
        if not is_first and not is_test:
            return []
        found = judge(self.id, self.results, self.setpoints)
        engine.faults.extend(found)
        return list(engine.faults) if is_test else found

    def _release(self) -> bool:
        """Hands the engine on: good ones to the next conveyor, found faults to rework at the two tests."""
        assert self.engine is not None
        if self._reject is not None and self.engine.faults:
            if self._reject.has_room():
                self._reject.enter(self.engine)
            else:
                self._scrap(self.engine)  # the loop is full: set aside, or the line would lock itself
        elif self._outlet.has_room():
            self._outlet.enter(self.engine)
        else:
            return False
        self._empty()
        return True

    def _scrap(self, engine: Engine) -> None:
        self._book.scrap(engine)

    def _empty(self) -> None:
        self.engine = None
        self._has_begun = False
        self.panel.clear_engine()

    def _report(self, engine: Engine, fitted: list[str], faults: list[str]) -> None:
        """The quality message of this cycle; OP40 puts its traces into the address space beside it."""
        self._sequence += 1
        engine.attempts[self.id] = engine.attempts.get(self.id, 0) + 1
        traces: list[Trace] = self.results.pop("_traces", [])
        if traces:
            self.panel.show_traces(engine, traces)
        message = quality_message(self.id, engine, self.results, traces, faults)
        cycle = {
            "sequence": self._sequence,
            "started": iso_time(self._began_ns),
            "cycle_s": round(self._cycle_s, 2),
            "tool": self.tool.id,
            "toolWear": round(self.tool.wear, 4),
            "parts": fitted,
        }
        self._values.say(f"{QUALITY_TOPIC}/{self.id}", message | cycle)

    # -- trouble
    def _stop_for_wrong_part(self, wrong: WrongPart) -> None:
        self._asks_poka_yoke = True
        self.wrong_stopped += 1
        self.panel.show_wrong_part(wrong, self.wrong_stopped)
        self._show(STOPPED)
        if self.has_operator:
            asked = self.wrong_stopped
            wait_s = lognormal(self._rng, 45.0, 0.4)
            self._loop.after(wait_s, lambda: self._answer_if_still(asked))

    def _answer_if_still(self, asked: int) -> None:
        if self.wrong_stopped == asked:
            self.answer_poka_yoke()

    def _aim_at_tool_break(self) -> None:
        """A tool past its limit breaks within this cycle; the torque traces have told so long before."""
        if self.tool.is_spent:
            self._to_failure_s = self._rng.uniform(0.2, 0.8) * self._left_s

    def _fail(self) -> None:
        self._work = None
        self._left_s = max(1e-6, self._left_s - self._to_failure_s)
        self._is_failed = True
        self.failures += 1
        failure = self.spec.failure
        assert failure is not None
        is_tool = self.tool.is_spent
        self.panel.raise_alarm(201 if is_tool else 200, "Tool worn out" if is_tool else "Drive fault")
        repair_s = lognormal(self._rng, failure.repair_mean_s * (1.6 if is_tool else 1.0), failure.repair_sigma)
        self._recovery = self._loop.after(repair_s, self._recover)
        self.advance()

    def _recover(self) -> None:
        if self._is_setup or self.tool.is_spent:
            self.tool.replace()
            self.panel.show_wear(self.tool.wear)
        self._recovery = None
        self._is_failed = self._is_setup = self._is_changing = False
        self._to_failure_s = self._draw_failure()
        self.panel.clear_alarm()
        self.advance()

    def _must_change(self, engine: Engine) -> bool:
        """Whether it is set up for another product; engines of no job order are taken as they come."""
        product = _variant(engine)
        is_other = bool(product) and product != self._set_up_for
        if is_other and not self._set_up_for:
            self._set_up_for = product  # the first one that it hears of
            return False
        return is_other and self.id in SETUP_S

    def _change_over(self, engine: Engine) -> None:
        self._is_changing = True
        self._set_up_for = _variant(engine)
        self._recovery = self._loop.after(SETUP_S[self.id], self._changed_over)
        self._show(SETUP)

    def _changed_over(self) -> None:
        self._recovery = None
        self._is_changing = False
        self.advance()

    def _change_tool_planned(self) -> None:
        self._is_setup = True
        self._recovery = self._loop.after(lognormal(self._rng, 60.0, 0.3), self._recover)
        self._show(SETUP)

    def _draw_failure(self) -> float:
        failure = self.spec.failure
        return self._rng.weibullvariate(failure.scale_s, failure.shape) if failure is not None else float("inf")

    def _show(self, detail: int) -> None:
        self.detail = detail
        power = self.spec.power
        kw = power.busy_kw if detail == RUNNING else power.failed_kw if detail == FAILED else power.idle_kw
        if kw != self.power.power_kw:
            self.power.set(kw)
        self.panel.show(detail)
        if self._stock is not None:
            self.panel.show_stock(self._stock.units)


def _variant(engine: Engine | None) -> str:
    """The product of an engine as the line knows it: the last part of what its job order names; empty for others."""
    name = "" if engine is None else engine.product.rpartition(":")[2]
    return name if name in _WORK else ""
