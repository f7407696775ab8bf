"""Carries plans out: a job each, every step noted durably before it goes out, the conditions watched all the time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec

from xushi.kernel import Actor, Job, Progress, XushiError
from xushi.runtime.plans._conditions import Watch
from xushi.runtime.plans._content import CommandStep, ManualStep, PlanGuard, Step
from xushi.runtime.plans._measuring import Measurer
from xushi.runtime.plans._records import UNDER_WAY, Measurement, Plan, PlanState, Reason, Run, StepRun, plan_of, plans
from xushi.trust import OWN_HAND

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

log = logging.getLogger("xushi.runtime")

_LOOK_S = 0.1
_RUNNING = {"en": "Plan", "zh-CN": "计划"}
_ROLLING_BACK = {"en": "Roll back", "zh-CN": "回滚"}
_NS = 1_000_000_000


class PlanDesk:
    """All plans that are under way, and the measuring of those that have run."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._jobs: dict[str, str] = {}
        self._measurer = Measurer(platform, OWN_HAND)

    async def start(self) -> None:
        """Note what was interrupted as paused, with the step whose outcome nobody knows; nothing is sent again."""
        for plan in plans(self._platform.store):
            if plan.state in UNDER_WAY and plan.run is not None:
                await self._interrupted(plan, plan.run)
        self._measurer.start()

    async def stop(self) -> None:
        """Measure nothing more; what runs is a job, and ends with the jobs."""
        await self._measurer.stop()

    def begin(self, plan_id: str, actor: Actor) -> Job:
        """Start the job of a plan that was just noted as running or rolling back."""
        plan = plan_of(self._platform.store, plan_id)
        words = _ROLLING_BACK if plan.state == "rolling_back" else _RUNNING
        title = {language: f"{word}: {plan.content.title}" for language, word in words.items()}
        run = _Execution(self._platform, plan_id, actor)
        job = self._platform.jobs.start(
            title, actor.id, run.roll_back if plan.state == "rolling_back" else run.carry_out
        )
        self._jobs[plan_id] = job.id
        return job

    def job_of(self, plan_id: str) -> str:
        """The job that carries a plan out or did so last; empty where there was none since the start."""
        return self._jobs.get(plan_id, "")

    async def measure(self, plan_id: str) -> Measurement:
        """Measure the promise of a plan and keep the result; see `Measurer.measure`."""
        return await self._measurer.measure(plan_id)

    async def _interrupted(self, plan: Plan, run: Run) -> None:
        for number, step in enumerate(run.steps, 1):
            if step.state == "sending":
                unknown = msgspec.structs.replace(step, state="unknown")
            elif step.undo == "sending":
                unknown = msgspec.structs.replace(step, undo="unknown")
            else:
                continue
            await note(self._platform, plan.id, run.attempt, (plan.state,), step=number, stands=unknown)
            run = plan_of(self._platform.store, plan.id).run or run
        state: PlanState = "paused" if plan.state == "running" else "stopped"
        number_open = next(
            (n for n, step in enumerate(run.steps, 1) if step.state == "unknown" or step.undo == "unknown"), None
        )
        reason = Reason(code="runtime.plan_interrupted")
        if number_open is not None:
            reason = Reason(code="runtime.plan_interrupted_at", params={"step": number_open})
        await note(self._platform, plan.id, run.attempt, (plan.state,), state=state, reason=reason)


async def note(
    platform: Platform, plan_id: str, attempt: int, expected: tuple[PlanState, ...], **what: Any
) -> None:  # fmt: skip
    """Make a note of a plan durable, with its evidence.

    Raises:
        XushiError: `runtime.plan_state_wrong` where the plan is in none of the expected states any more.
    """
    more = {key: msgspec.to_builtins(one) for key, one in what.items()}
    params = {"plan": plan_id, "attempt": attempt, "expected": list(expected), **more}
    await platform.bus.run("plan.note", params, OWN_HAND)


class _Left(Exception):
    """The plan is not running any more: a person or a condition saw to that."""


class _Execution:
    """One run of one plan, until it is done or leaves the state `running`."""

    def __init__(self, platform: Platform, plan_id: str, actor: Actor) -> None:
        self._platform = platform
        self._id = plan_id
        self._actor = actor
        plan = plan_of(platform.store, plan_id)
        content = plan.content
        self._attempt = plan.run.attempt if plan.run is not None else 0
        self._steps: tuple[Step, ...] = content.steps
        self._title = content.title
        self._guards = [(number, guard, self._watch(guard)) for number, guard in enumerate(content.guards, 1)]
        self._clock = platform.clock

    def _watch(self, guard: PlanGuard) -> Watch:
        return Watch(self._platform.board, guard.condition)

    async def _keep(self, expected: tuple[PlanState, ...], **what: Any) -> None:
        await note(self._platform, self._id, self._attempt, expected, **what)

    # ---- forwards
    async def carry_out(self, told: Progress) -> dict[str, Any]:
        """The work of the job."""
        try:
            with contextlib.suppress(_Left):
                while (number := self._run().next_step()) is not None:
                    told(number / len(self._steps), f"{number + 1}/{len(self._steps)}")
                    await self._step(number)
                await self._leave("done")
        except asyncio.CancelledError:
            await asyncio.shield(self._broken_off("runtime.plan_cancelled"))
            raise
        except Exception as defect:  # of ours, or a full disk: the plan must not look as if it went on
            await self._broken_off("kernel.job_broken", reason=f"{type(defect).__name__}: {defect}")
            raise
        return {"plan": self._id, "state": plan_of(self._platform.store, self._id).state}

    async def _broken_off(self, code: str, **params: Any) -> None:
        with contextlib.suppress(_Left):
            await self._leave("paused", code, **params)

    def _run(self) -> Run:
        """The run as it stands now. Raises `_Left` where it was paused or ended."""
        plan = plan_of(self._platform.store, self._id)
        if plan.state != "running" or plan.run is None or plan.run.attempt != self._attempt:
            raise _Left
        return plan.run

    async def _step(self, number: int) -> None:
        """Bring one step as far as it goes; what was done of it before is not done again."""
        step, stands = self._steps[number], self._run().steps[number]
        await self._look()
        while stands.state == "pending" and step.at_ms is not None and self._clock.now_ns() < step.at_ms * 1e6:
            await self._tick()
        if stands.state == "pending" and not await self._applies(step):
            now_ns = self._clock.now_ns()
            await self._note(number, StepRun(state="skipped", began_ns=now_ns, ended_ns=now_ns))
            return
        if stands.state == "pending":
            await self._until_clear()
            if isinstance(step, CommandStep):
                await self._send(number, step)
            else:
                await self._note(number, StepRun(state="asked", began_ns=self._clock.now_ns()))
        while self._run().steps[number].state == "asked":
            await self._tick()
        stands = self._run().steps[number]
        if stands.state == "waiting":
            await self._wait(number, step)
            done = msgspec.structs.replace(stands, state="done", ended_ns=self._clock.now_ns())
            await self._note(number, done)
        elif stands.state not in ("done", "skipped"):
            await self._pause("runtime.plan_step_open", step=number + 1, state=stands.state, plan=self._title)

    async def _applies(self, step: Step) -> bool:
        """Whether the step is to be done; where that cannot be told the plan pauses."""
        if step.only_when is None:
            return True
        watch = Watch(self._platform.board, step.only_when)
        while (found := watch.settled(self._clock.now_ns())) is None:
            await self._tick()
        if found == "unknown":
            await self._pause("runtime.plan_cannot_tell", signal=self._name(step.only_when.signal))
        return found == "true"

    async def _wait(self, number: int, step: Step) -> None:
        if step.wait_until is None:
            return
        watch = Watch(self._platform.board, step.wait_until)
        until_ns = self._clock.now_ns() + int(step.timeout_s * _NS)
        while watch.settled(self._clock.now_ns()) != "true":
            if self._clock.now_ns() > until_ns:
                await self._pause(
                    "runtime.plan_waited",
                    step=number + 1,
                    signal=self._name(step.wait_until.signal),
                    timeout_s=step.timeout_s,
                )
            await self._tick()

    async def _send(self, number: int, step: CommandStep) -> None:
        """Run a command; cancelling the job waits for its answer, which is then noted."""
        sending = asyncio.get_running_loop().create_task(self._sent(number, step))
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            await asyncio.wait([sending])
            with contextlib.suppress(_Left, XushiError):
                sending.result()
            raise

    async def _sent(self, number: int, step: CommandStep) -> None:
        began = StepRun(state="sending", began_ns=self._clock.now_ns())
        await self._note(number, began)
        error: Reason | None = None
        command_id, is_undoable, state = "", False, "done"
        try:
            # Names and numbers alone: it is read in every language.
            why = f"{self._title} · {number + 1}/{len(self._steps)} · {self._id}"
            outcome = await self._platform.bus.run(step.command, step.params, self._actor, reason=why)
            command_id, is_undoable, state = outcome.command_id, outcome.is_undoable, outcome.state
            if outcome.error is not None:
                error = Reason(code=outcome.error["code"], params=_plain(outcome.error["params"]))
        except XushiError as refusal:
            state, error = "failed", Reason(code=refusal.code, params=_plain(refusal.params))
        if state == "done" and step.wait_until is not None:
            state = "waiting"
        stands = msgspec.structs.replace(
            began, state=state, command_id=command_id, is_undoable=is_undoable, error=error,
            ended_ns=self._clock.now_ns(),
        )  # fmt: skip
        # The answer of a device is noted whatever became of the plan meanwhile.
        states: tuple[PlanState, ...] = ("running", "paused", "stopped", "aborted")
        await self._keep(states, step=number + 1, stands=stands)

    # ---- what is watched
    def _name(self, key: str) -> str:
        """A signal as a person knows it: machine and path."""
        registry = self._platform.registry
        if key not in registry:
            return key
        definition = registry.get(registry.handle(key))
        shell = self._platform.store.get("shell", definition.shell) or {}
        return f"{shell.get('idShort') or definition.shell} · {definition.path}" if definition.path else key

    async def _tick(self) -> None:
        await asyncio.sleep(_LOOK_S)
        self._run()
        await self._look()

    async def _look(self) -> bool:
        """Look at all guards; raises `_Left` where one of them ends or suspends the plan. True where all are clear."""
        now_ns = self._clock.now_ns()
        is_clear = True
        for number, guard, watch in self._guards:
            is_clear = watch.look(now_ns) == "false" and is_clear
            found = watch.settled(now_ns)
            if found == "unknown":
                await self._pause("runtime.plan_guard_unknown", guard=number, signal=self._name(guard.condition.signal))
            elif found == "true":
                state: PlanState = "aborted" if guard.effect == "abort" else "paused"
                bound = f"{guard.condition.test} {guard.condition.value}"
                await self._leave(
                    state,
                    "runtime.plan_guard_true",
                    guard=number,
                    signal=self._name(guard.condition.signal),
                    bound=bound,
                )
        return is_clear

    async def _until_clear(self) -> None:
        """Nothing goes out while a guard is true or cannot be told, though not for its whole time yet."""
        while not await self._look():
            await self._tick()

    async def _note(self, number: int, stands: StepRun) -> None:
        try:
            await self._keep(("running",), step=number + 1, stands=stands)
        except XushiError as refusal:
            raise _left(refusal) from refusal

    async def _pause(self, code: str, **params: Any) -> NoReturn:
        await self._leave("paused", code, **params)

    async def _leave(self, state: PlanState, code: str = "", **params: Any) -> NoReturn:
        reason = Reason(code=code, params=_plain(params)) if code else None
        try:
            await self._keep(("running",), state=state, reason=reason)
        except XushiError as refusal:  # it was paused or stopped meanwhile
            raise _left(refusal) from refusal
        raise _Left

    # ---- backwards
    async def roll_back(self, told: Progress) -> dict[str, Any]:
        """The work of the job that takes a plan back: inverses in reverse order, each noted before it goes out."""
        run = plan_of(self._platform.store, self._id).run
        count = len(self._steps)
        try:
            for back, number in enumerate(reversed(range(count))):
                told(back / count, f"{number + 1}/{count}")
                if run is not None:
                    await asyncio.shield(self._undo(number, run.steps[number]))
        except asyncio.CancelledError:
            await asyncio.shield(self._end_roll_back("stopped", Reason(code="runtime.plan_cancelled")))
            raise
        except Exception as defect:
            reason = Reason(code="kernel.job_broken", params={"reason": f"{type(defect).__name__}: {defect}"})
            await self._end_roll_back("stopped", reason)
            raise
        stands = plan_of(self._platform.store, self._id).run
        left = [n for n, one in enumerate(stands.steps if stands else (), 1) if one.undo not in ("", "done")]
        told_left = Reason(code="runtime.plan_not_all_back", params={"steps": ", ".join(map(str, left))})
        await self._end_roll_back("rolled_back", told_left if left else None)
        return {"plan": self._id, "state": "rolled_back", "left": left}

    async def _end_roll_back(self, state: PlanState, reason: Reason | None) -> None:
        await self._keep(("rolling_back",), state=state, reason=reason)

    async def _undo(self, number: int, stands: StepRun) -> None:
        """Take one step back, where it was done and was not taken back yet."""

        async def noted(undo: str, error: Reason | None = None) -> None:
            after = msgspec.structs.replace(stands, undo=undo, error=error or stands.error)
            await self._keep(("rolling_back",), step=number + 1, stands=after)

        if stands.state in ("pending", "skipped", "asked", "failed") or stands.undo == "done":
            return
        if isinstance(self._steps[number], ManualStep):
            await noted("by_hand")
        elif not stands.is_undoable and stands.state != "unknown":
            await noted("none")
        elif not stands.command_id:
            await noted("unknown")
        else:
            await noted("sending")
            try:
                outcome = await self._platform.bus.undo(stands.command_id, self._actor)
            except XushiError as refusal:
                is_none = refusal.code == "kernel.undo_unknown"
                await noted("none" if is_none else "failed", Reason(code=refusal.code, params=_plain(refusal.params)))
                return
            error = outcome.error
            reason = None if error is None else Reason(code=error["code"], params=_plain(error["params"]))
            await noted(outcome.state, reason)


def _left(refusal: XushiError) -> Exception:
    return _Left() if refusal.code == "runtime.plan_state_wrong" else refusal


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    """The parameters of a reason as JSON that can be kept."""
    return {
        key: one if isinstance(one, str | int | float | bool | None) else str(one)[:500] for key, one in params.items()
    }
