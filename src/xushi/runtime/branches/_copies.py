"""The further machines of a branch: each stands on a free spot beside the first and has signals of its own.

They are of the branch alone: no twin has them. A key `branch:OP40+2#State` names the state of the second machine beside
OP40 on whatever branch has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from xushi.runtime._floor import Floor
from xushi.runtime._footprints import Box, Footprints
from xushi.runtime.branches._record import Branch
from xushi.runtime.branches._roles import Roles
from xushi.runtime.foresight import COPY, Plant
from xushi.scene import Carry, Place, PlayClip, ShowState, local_position, world_position
from xushi.signals import SignalDef, SignalRegistry

_SHOWN = ("State", "Mode", "Detail", "CurrentPart", "Stage", "Progress")
_PREFIX = "branch:"


def further_machines(branch: Branch) -> dict[str, list[str]]:
    """What the model calls the machines that were set beside others, on a branch or on those it comes from."""
    counts = (
        {} if branch.before is None else {one: len(more) + 1 for one, more in further_machines(branch.before).items()}
    )
    for change in branch.changes():
        if change.figure == "machines" and change.value is not None:
            counts[change.element] = change.value
    return {
        one: [f"{one}{COPY}{number}" for number in range(2, count + 1)] for one, count in counts.items() if count > 1
    }  # fmt: skip


def signal_of(unit: str, role: str) -> str:
    """The key of a signal of a further machine."""
    return f"{_PREFIX}{unit}#{role}"


def define_signals(branch: Branch, roles: Roles, registry: SignalRegistry) -> bool:
    """Give the further machines signals like those of the first; whether any is new."""
    wanted = []
    for one, units in further_machines(branch).items():
        for role, key in roles.get(one, {}).items():
            if role in _SHOWN and key in registry:
                first = registry.get(registry.handle(key))
                wanted += [_like(first, unit, role) for unit in units]
    fresh = [definition for definition in wanted if definition.key not in registry]
    registry.define(fresh)
    return bool(fresh)


def _like(first: SignalDef, unit: str, role: str) -> SignalDef:
    name = {language: f"{unit} {text}" for language, text in first.name.items()}
    return SignalDef(
        key=signal_of(unit, role), kind=first.kind, unit=first.unit, name=name, path=f"{unit}.{role}",
        labels=first.labels, low=first.low, high=first.high,
    )  # fmt: skip


def roles_of_units(branch: Branch, roles: Roles) -> Roles:
    """The roles of a branch's signals, with those of the further machines under what the model calls them."""
    more = {
        unit: {role: signal_of(unit, role) for role in roles.get(one, {}) if role in _SHOWN}
        for one, units in further_machines(branch).items()
        for unit in units
    }
    return {**roles, **more}


def place_further(
    branch: Branch, plant: Plant, places: Mapping[str, Place], roles: Roles, footprints: Footprints,
    kept_free: Sequence[Box],
) -> Iterator[Place]:  # fmt: skip
    """Yield the places of the further machines: like the first, on the nearest free spots."""
    further = further_machines(branch)
    if not further:
        return
    by_shell = {place.shell: place for place in places.values() if place.shell is not None}
    floor = Floor(dict(places), footprints)
    for one, units in further.items():
        first = by_shell.get(plant.nodes[one].shell) if one in plant.nodes else None
        if first is None:
            continue
        x, y, z = world_position(first, places)
        spots = floor.beside(first.id, len(units), kept_free)
        kept_free = [
            *kept_free,
            *(thing.box.moved(*spot) for thing in floor.things if thing.id == first.id for spot in spots),
        ]
        for unit, (east_m, north_m) in zip(units, spots, strict=False):
            suffix = unit.removeprefix(one)
            yield msgspec.structs.replace(
                first,
                id=f"{first.id}{suffix}",
                name={language: f"{text} {suffix}" for language, text in first.name.items()},
                position=local_position((x + east_m, y, z - north_m), first.parent, places),
                behaviours=tuple(_behaviours(first, unit, roles.get(one, {}))),
            )


def _behaviours(first: Place, unit: str, roles: Mapping[str, str]) -> Iterator[ShowState | PlayClip | Carry]:
    """What the model tells of a further machine: its state, its work and its part. The rest stands still."""
    own = {key: signal_of(unit, role) for role, key in roles.items() if role in _SHOWN}
    for behaviour in first.behaviours:
        match behaviour:
            case ShowState(signal=signal, detail=detail) if signal in own:
                yield ShowState(signal=own[signal], detail=own.get(detail or ""))
            case PlayClip(signal=signal) if signal in own:
                yield msgspec.structs.replace(behaviour, signal=own[signal])
            case Carry(item=item, stage=stage) if item in own and stage in own:
                yield msgspec.structs.replace(behaviour, item=own[item], stage=own[stage])
