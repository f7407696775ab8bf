"""Tells what a thing that is moved comes to stand on: nothing is refused, since a scene may show what is so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diagnosis
from xushi.runtime._floor import Floor
from xushi.scene import MoveParams, Place, read_place, scene_commands

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_MOST_NAMED = 5


def clearance(
    before: Mapping[str, Place], after: Mapping[str, Place], place: str, platform: Platform
) -> tuple[Diagnosis, ...]:  # fmt: skip
    """Return the finding that a place covers floor of others which it did not cover before; nothing where it is free.

    Args:
        before, after: all places before the move and after it, by id.
    """
    if place not in after:
        return ()
    moving = _with_all_on_it(after, place)
    met = Floor(dict(after), platform.footprints).met_by(moving)
    if not met:
        return ()
    stood_on = {thing.id for thing in Floor(dict(before), platform.footprints).met_by(moving)}
    fresh = [thing for thing in met if thing.id not in stood_on]
    if not fresh:
        return ()
    others = ", ".join(_short(platform, after[thing.id]) for thing in fresh[:_MOST_NAMED])
    return (Diagnosis("runtime.place_taken", _short(platform, after[place]), {"others": others}),)


def _short(platform: Platform, place: Place) -> str:
    """What a place is called in every language: the idShort of its twin, where it has one."""
    shell = platform.store.get("shell", place.shell) if place.shell is not None else None
    return str((shell or {}).get("idShort") or place.name.get("en") or place.id)


def _with_all_on_it(places: Mapping[str, Place], place: str) -> set[str]:
    found, waiting = set(), [place]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [id for id, other in places.items() if other.parent == one]
    return found


def moving_commands() -> list[Command]:
    """The commands of the scene; a move also tells what it comes to stand on."""
    return [
        replace(command, prepare=_with_clearance(command.prepare)) if command.params is MoveParams else command
        for command in scene_commands()
    ]


_Prepare = Callable[[CommandContext, Any], Change]


def _with_clearance(prepare: _Prepare) -> _Prepare:
    def prepared(context: CommandContext, params: MoveParams) -> Change:
        change, platform = prepare(context, params), context.services["platform"]
        before = {id: read_place(record) for id, record in context.store.list("place")}
        after = {**before, params.place: read_place(change.result)}
        told = clearance(before, after, params.place, platform)
        return msgspec.structs.replace(change, diagnoses=(*change.diagnoses, *told))

    return prepared
