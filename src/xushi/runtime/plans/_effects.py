"""Tells what the steps of a plan change in the model, and when: as soon as the waits that it states are over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.kernel import XushiError
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.foresight import ModelChange, Plant, consequences_of_all, in_zone
from xushi.runtime.plans._content import CommandStep, Step

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform


class Effects(msgspec.Struct, frozen=True):
    """What a plan does to the model.

    Attributes:
        stages: seconds after the start, and all that is changed in the model from then on; the first at the start.
        not_modelled: numbers of the steps, from 1, whose effect the model does not know.
    """

    stages: tuple[tuple[float, tuple[ModelChange, ...]], ...]
    not_modelled: tuple[int, ...]


def effects_of(
    platform: Platform, plant: Plant, steps: Sequence[Step], in_force: Mapping[str, float], horizon_s: float
) -> Effects:  # fmt: skip
    """Return the effects of steps, each together with all before it.

    Args:
        in_force: the set-points that the model was made with, see `Fork.set_points`.
        horizon_s: how far it is rehearsed; what comes later is no part of it.
    """
    not_modelled = tuple(
        number for number, step in enumerate(steps, 1) if not _is_modelled(platform, plant, step, in_force)
    )  # fmt: skip
    known = [
        (at_s, step)
        for number, (at_s, step) in enumerate(zip(_earliest_s(steps), steps, strict=True), 1)
        if number not in not_modelled
    ]
    instants = [0.0, *(at_s for at_s in dict.fromkeys(at_s for at_s, _ in known) if 0 < at_s < horizon_s)]
    stages = []
    for instant in instants:
        done = [step for at_s, step in known if at_s <= instant]
        stages.append((instant, _changes(platform, plant, done, in_force)))
    return Effects(tuple(stages), not_modelled)


def _earliest_s(steps: Sequence[Step]) -> Iterator[float]:
    """When each step can take effect at the earliest: a condition that must hold for a time keeps it waiting so long.

    How soon a condition comes true, and how long a person takes, no plan states: that counts as at once.
    """
    at_s = 0.0
    for step in steps:
        at_s += step.only_when.for_s if step.only_when is not None else 0.0
        yield at_s
        at_s += step.wait_until.for_s if step.wait_until is not None else 0.0


def _is_modelled(platform: Platform, plant: Plant, step: Step, in_force: Mapping[str, float]) -> bool:
    if not isinstance(step, CommandStep):
        return bool(step.changes)
    try:
        consequences_of_all(platform, plant, [(step.command, step.params)], in_force)
    except XushiError:
        return False
    return True


def _changes(
    platform: Platform, plant: Plant, steps: Sequence[Step], in_force: Mapping[str, float]
) -> tuple[ModelChange, ...]:  # fmt: skip
    """What steps change together: a later write takes the place of an earlier one."""
    commands: list[tuple[str, Any]] = [(step.command, step.params) for step in steps if isinstance(step, CommandStep)]
    by_hand = [change for step in steps if not isinstance(step, CommandStep) for change in step.changes]
    zone = calendar_of(platform.store).zone
    return (*in_zone(by_hand, zone), *consequences_of_all(platform, plant, commands, in_force))
