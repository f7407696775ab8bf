"""The commands of the scene: move, rename, hide away and bring back what stands in the world."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, Record, XushiError, diff_key

from ._places import Quaternion, Vector, check_vector, read_place, unit_quaternion

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]


class MoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a place goes: position in m and rotation as a quaternion, relative to its parent.

    A field left out stays as it is.
    """

    place: _Id
    position: Vector | None = None
    rotation: Quaternion | None = None


class RenameParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new name of a place, per language; a language left out keeps its name."""

    place: _Id
    name: dict[str, _Name]


class RemoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The place to take out of the scene, with everything that stands on it. Its twin stays."""

    place: _Id


def scene_commands() -> list[Command]:
    """Return the commands of this room."""
    return [
        Command(
            name="scene.move",
            params=MoveParams,
            right="scene:write",
            title={"en": "Move in the scene", "zh-CN": "在场景中移动"},
            summary={
                "en": "Sets the position or the rotation of a place.",
                "zh-CN": "设置场景对象的位置或朝向。",
            },
            prepare=_move,
        ),
        Command(
            name="scene.rename",
            params=RenameParams,
            right="scene:write",
            title={"en": "Rename in the scene", "zh-CN": "重命名场景对象"},
            summary={"en": "Changes the name a place shows.", "zh-CN": "更改场景对象显示的名称。"},
            prepare=_rename,
        ),
        Command(
            name="scene.remove",
            params=RemoveParams,
            right="scene:write",
            title={"en": "Take out of the scene", "zh-CN": "从场景中移除"},
            summary={
                "en": "Removes a place and what stands on it from the scene; the twin stays.",
                "zh-CN": "从场景中移除对象及其下级；孪生体保留。",
            },
            prepare=_remove,
        ),
    ]


def _find(context: CommandContext, place_id: str) -> Record:
    record = context.store.get("place", place_id)
    if record is None:
        raise XushiError("scene.place_unknown", place=place_id[:200])
    return record


def _change(before: Record, fields: dict[str, Any]) -> Change:
    after = {**before, **fields}
    read_place(after)
    summary = {"place": before["id"], "name": after["name"]}
    if after == before:
        return Change(result=after, summary=summary)
    diff = Diff(updated={diff_key("place", before["id"]): (before, after)})
    return Change(diff=diff, result=after, summary=summary)


def _move(context: CommandContext, params: MoveParams) -> Change:
    before = _find(context, params.place)
    fields: dict[str, Any] = {}
    if params.position is not None:
        check_vector(params.position, "position")
        fields["position"] = list(params.position)
    if params.rotation is not None:
        fields["rotation"] = list(unit_quaternion(params.rotation))
    return _change(before, fields)


def _rename(context: CommandContext, params: RenameParams) -> Change:
    before = _find(context, params.place)
    return _change(before, {"name": {**before["name"], **params.name}})


def _remove(context: CommandContext, params: RemoveParams) -> Change:
    _find(context, params.place)
    children: dict[str | None, list[Record]] = {}
    everything = dict(context.store.list("place"))
    for record in everything.values():
        children.setdefault(record["parent"], []).append(record)
    gone: dict[str, Record] = {}
    waiting = [everything[params.place]]
    while waiting:
        record = waiting.pop()
        if diff_key("place", record["id"]) not in gone:
            gone[diff_key("place", record["id"])] = record
            waiting.extend(children.get(record["id"], []))
    return Change(diff=Diff(removed=gone), summary={"place": params.place, "removed": len(gone)})
