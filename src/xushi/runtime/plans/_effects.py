"""Tells what the steps of a plan change in the model, and when: as soon as the waits that it states are over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from xushi.kernel import XushiError
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.branches import STOP, Issued, model_changes, shifts_set, stops_of_line
from xushi.runtime.foresight import ModelChange, Plant, in_zone
from xushi.runtime.plans._content import CommandStep, Step

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform


class Effects(msgspec.Struct, frozen=True):
    """What a plan does to the model.

    Attributes:
        stages: seconds after the start, and all that is changed in the model from then on; the first at the start.
        not_modelled: numbers of the steps, from 1, whose effect the model does not know.
        commands: all that are modelled; those of orders change what is made when, and nothing in the model.
    """

    stages: tuple[tuple[float, tuple[ModelChange, ...]], ...]
    not_modelled: tuple[int, ...]
    commands: tuple[Issued, ...] = ()


def effects_of(
    platform: Platform, plant: Plant, steps: Sequence[Step], in_force: Mapping[str, float], horizon_s: float,
    fork_ns: int,
) -> Effects:  # fmt: skip
    """Return the effects of steps, each together with all before it.

    Args:
        in_force: the set-points that the model was made with, see `Fork.set_points`.
        horizon_s: how far it is rehearsed; what comes later is no part of it.
        fork_ns: the instant at which it starts, ns since 1970.
    """
    translator = _Translator(platform, plant, steps, in_force, fork_ns)
    not_modelled = tuple(number for number, step in enumerate(steps, 1) if not translator.is_modelled(step))
    known = [
        (at_s, step)
        for number, (at_s, step) in enumerate(zip(_earliest_s(steps, fork_ns), steps, strict=True), 1)
        if number not in not_modelled and not translator.is_told_already(step)
    ]
    instants = [0.0, *(at_s for at_s in dict.fromkeys(at_s for at_s, _ in known) if 0 < at_s < horizon_s)]
    stages = [(instant, translator.changes([step for at_s, step in known if at_s <= instant])) for instant in instants]
    return Effects(tuple(stages), not_modelled, tuple(_issued([step for _, step in known])))


def _earliest_s(steps: Sequence[Step], fork_ns: int) -> Iterator[float]:
    """When each step can take effect at the earliest: at its instant, and when conditions have held for their time.

    How soon a condition comes true, and how long a person takes, no plan states: that counts as at once.
    """
    at_s = 0.0
    for step in steps:
        if step.at_ms is not None:
            at_s = max(at_s, (step.at_ms * 1e6 - fork_ns) / 1e9)
        at_s += step.only_when.for_s if step.only_when is not None else 0.0
        yield at_s
        at_s += step.wait_until.for_s if step.wait_until is not None else 0.0


def _issued(steps: Sequence[Step]) -> list[Issued]:
    return [(step.command, step.params) for step in steps if isinstance(step, CommandStep) and not _is_on_paper(step)]


def _is_on_paper(step: Step) -> bool:
    """Whether a step changes the schedule alone: that is what is meant to be, not what is."""
    return isinstance(step, CommandStep) and step.command.startswith("schedule.")


class _Translator:
    """Turns the steps of one plan into changes of one model, as branches do it."""

    def __init__(
        self, platform: Platform, plant: Plant, steps: Sequence[Step], in_force: Mapping[str, float], fork_ns: int
    ) -> None:  # fmt: skip
        self._platform, self._plant, self._in_force, self._fork_ns = platform, plant, in_force, fork_ns
        stops = [step.params for step in steps if isinstance(step, CommandStep) and step.command == STOP]
        self._stops_ms = {stop.get(name) for stop in stops for name in ("start_ms", "end_ms")}

    def is_told_already(self, step: Step) -> bool:
        """Whether a step only does, at its instant, what a planned stop of the same plan says: that is the pause."""
        return step.at_ms is not None and step.at_ms in self._stops_ms

    def is_modelled(self, step: Step) -> bool:
        if self.is_told_already(step) or _is_on_paper(step):
            return True
        if not isinstance(step, CommandStep):
            return bool(step.changes)
        try:
            self._in_place(step)
            self._of_commands([step])
        except XushiError:
            return False
        return True

    def changes(self, steps: Sequence[Step]) -> tuple[ModelChange, ...]:
        """What steps change together: a later write takes the place of an earlier one."""
        in_place = [change for step in steps for change in self._in_place(step)]
        zone = calendar_of(self._platform.store).zone
        return (*in_zone(in_place, zone), *self._of_commands(steps))

    def _in_place(self, step: Step) -> tuple[ModelChange, ...]:
        """What a step changes in its place of the sequence: what a person does, or the shifts that a command sets."""
        if isinstance(step, CommandStep):
            return shifts_set(self._platform, step.command, step.params)
        return step.changes

    def _of_commands(self, steps: Sequence[Step]) -> tuple[ModelChange, ...]:
        stops = stops_of_line(self._platform.store)
        return model_changes(self._platform, self._plant, _issued(steps), self._in_force, self._fork_ns, stops)
