"""The steps that carry out a planned stop: the machine's own actions at their instants, else what a person does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xushi.connectors import DeviceAction
from xushi.runtime.foresight import PROCESS, ModelChange, Plant
from xushi.runtime.plans._content import CommandStep, ManualStep, Step

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_WORDS = {"Stop": ("Stop", "停止"), "Start": ("Start", "启动")}


def stop_steps(
    platform: Platform, plant: Plant, machine: str, start_ms: float, end_ms: float,
    changes: tuple[ModelChange, ...] = (),
) -> tuple[Step, Step]:  # fmt: skip
    """Return the two steps that stop a machine and start it again.

    Args:
        changes: what the stop does to the model, where a person carries it out and no command of the plan tells it.
    """
    shell = plant.nodes[machine].shell
    actions = {verb: _action(platform, shell, verb) for verb in _WORDS}
    is_by_hand = any(one is None for one in actions.values())

    def step(verb: str, at_ms: float, changed: tuple[ModelChange, ...]) -> Step:
        action = actions[verb]
        if action is not None and not is_by_hand:
            return CommandStep(command="device.act", params={"action": action.key}, at_ms=at_ms)
        en, zh = _WORDS[verb]
        told = {"en": f"{en} {machine}: it has no action for that.", "zh-CN": f"{zh} {machine}：该设备没有相应动作。"}
        return ManualStep(text=told, at_ms=at_ms, changes=changed)

    return step("Stop", start_ms, changes), step("Start", end_ms, ())


def _action(platform: Platform, shell: str, verb: str) -> DeviceAction | None:
    meaning = f"{PROCESS}/{verb}"
    return next(
        (one for one in platform.links.actions.values() if one.shell == shell and meaning in one.meanings), None
    )


def in_time(steps: list[Step]) -> tuple[Step, ...]:
    """Return the steps with those that have an instant behind the others, in the order of time."""
    return (*(one for one in steps if one.at_ms is None), *sorted(
        (one for one in steps if one.at_ms is not None), key=lambda one: one.at_ms or 0.0
    ))  # fmt: skip
