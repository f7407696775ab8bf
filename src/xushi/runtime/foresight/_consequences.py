"""What a real command does to the model of a plant: a set-point, a machine stopped or started; others are refused.

The meanings `urn:xushi:Process:1:0/CycleTimeFactor` and `…/SpeedFactor` of a signal and `…/Stop`, `…/Start` of an
action tell what a command does, whatever the protocol; whose work a speed factor quickens is told by relations of the
layout, see `_plant`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xushi.connectors import DeviceAction
from xushi.kernel import XushiError
from xushi.runtime._devices import CallParams, WriteParams, check_value
from xushi.runtime.foresight._change import ModelChange
from xushi.runtime.foresight._plant import PROCESS, Plant

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_FACTOR, _SPEED, _STOPPED = "CycleTimeFactor", "SpeedFactor", "Stopped"
_STOPS = {f"{PROCESS}/Stop": 1.0, f"{PROCESS}/Start": 0.0}


def consequences(
    platform: Platform,
    plant: Plant,
    command: str,
    params: Any,
    in_force: Mapping[str, float] | None = None,
) -> tuple[ModelChange, ...]:
    """Return what one command changes in the model; a command that takes effect on nothing it knows is refused.

    Args:
        params: the command's Struct, or plain JSON of that shape.
        in_force: the set-points when the model was made (`Fork.set_points`): a write sets one, a model change
            multiplies. The present ones of the live line when left out.

    Raises:
        XushiError: `runtime.not_modelled` with the command and why; what the command itself refuses with.
    """
    return consequences_of_all(platform, plant, [(command, params)], in_force)


def consequences_of_all(
    platform: Platform,
    plant: Plant,
    commands: Sequence[tuple[str, Any]],
    in_force: Mapping[str, float] | None = None,
) -> tuple[ModelChange, ...]:
    """Return what commands in this order change together: a later write or start takes the place of an earlier one.

    Args and raises: as `consequences`.
    """
    becomes: dict[tuple[str, str], float] = {}
    for command, params in commands:
        node, figure, value = _effect(platform, plant, command, params)
        becomes[node, figure] = value
    changes = []
    for (node, figure), value in becomes.items():
        if figure == _STOPPED:
            if value:
                changes.append(ModelChange(element=node, figure="stopped"))
            continue
        key = node if figure == _SPEED else plant.nodes[node].signals[_FACTOR]
        present = _present(platform, key) if in_force is None else in_force.get(node, 1.0)
        if value == present:
            continue
        if figure == _SPEED:
            quickened = [one.id for one in plant.machines() if one.signals.get(_SPEED) == key]
            changes += [ModelChange(element=one, figure="cycle_time", factor=present / value) for one in quickened]
        else:
            changes.append(ModelChange(element=node, figure="cycle_time", factor=value / present))
    return tuple(changes)


def _effect(platform: Platform, plant: Plant, command: str, params: Any) -> tuple[str, str, float]:
    """(machine, or the signal of a speed, figure, what it becomes) of one command."""
    parsed: Any = platform.commands.parse(command, params)
    if isinstance(parsed, WriteParams):
        return _write(platform, plant, command, parsed)
    actions = platform.links.actions
    action: DeviceAction | None = None
    if isinstance(parsed, CallParams):
        action = next(
            (one for one in actions.values() if (one.link, one.address) == (parsed.link, parsed.address)), None
        )
    elif command == "device.act":
        action = actions.get(parsed.action)
        if action is None:
            raise XushiError("runtime.action_unknown", action=parsed.action[:200])
    if action is None:
        raise XushiError("runtime.not_modelled", command=command, what=command)
    node = next((node.id for node in plant.machines() if node.shell == action.shell), None)
    stops = next((_STOPS[one] for one in action.meanings if one in _STOPS), None)
    if node is None or stops is None:
        raise XushiError("runtime.not_modelled", command=command, what=action.key)
    return node, _STOPPED, stops


def _write(platform: Platform, plant: Plant, command: str, params: WriteParams) -> tuple[str, str, float]:
    definition = platform.registry.get(platform.registry.handle(params.signal))
    check_value(definition, params.value)
    if isinstance(params.value, int | float) and params.value > 0:
        for node in plant.machines():
            for figure, name in ((_FACTOR, node.id), (_SPEED, params.signal)):
                if node.signals.get(figure) == params.signal:
                    return name, figure, float(params.value)
    raise XushiError("runtime.not_modelled", command=command, what=params.signal)


def _present(platform: Platform, key: str) -> float:
    seen = platform.board.value(platform.registry.handle(key))
    return float(seen.value) if seen is not None and seen.value else 1.0
