"""The commands of branches: fork, change, run a command, revert, extend, rename, delete. None touches the plant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi.kernel import (
    Change,
    Command,
    CommandContext,
    XushiError,
    build_diff,
    canonical_json,
    diff_key,
    new_id,
)
from xushi.runtime._report_orders import calendar_of
from xushi.runtime.branches._book import ORDERS
from xushi.runtime.branches._material import NO_RECEIPT
from xushi.runtime.branches._moves import MOVE
from xushi.runtime.branches._path import check_changes
from xushi.runtime.branches._planned import NO_STOP, shifts_set
from xushi.runtime.branches._record import (
    KIND,
    LONGEST_H,
    MOST_BRANCHES,
    MOST_DEPTH,
    MOST_EDITS,
    Branch,
    BranchId,
    Edit,
    Title,
    branch_record,
    branches,
    read_branch,
)
from xushi.runtime.branches._start import need_start
from xushi.runtime.branches._translation import model_changes
from xushi.runtime.foresight import (
    AheadParams,
    ModelChange,
    in_zone,
    need_engine,
    plant_of,
    times_of,
)
from xushi.scene import MoveParams, check_vector

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_RIGHT = "propose"
_LARGEST_PARAMS = 16_384
_HOUR_NS = 3_600_000_000_000
_Hours = Annotated[float, msgspec.Meta(gt=0, le=LONGEST_H)]


class ForkParams(AheadParams, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From where to fork, how far to run ahead, and what to call it."""

    title: Title | None = None


class BranchParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch."""

    branch: BranchId


class RenameParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch, and its new name."""

    branch: BranchId
    title: Title


class ChangeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch, and what to change in its model from the fork on."""

    branch: BranchId
    changes: Annotated[tuple[ModelChange, ...], msgspec.Meta(min_length=1, max_length=100)]


class RunParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch, and the command as it would be run on the live line."""

    branch: BranchId
    command: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    params: dict[str, Any] = {}


class RevertParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch, and the number of the change to take back, from 0."""

    branch: BranchId
    index: Annotated[int, msgspec.Meta(ge=0, lt=MOST_EDITS)]


class ExtendParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which branch, and how many hours further it runs."""

    branch: BranchId
    hours: _Hours


def branch_commands() -> list[Command]:
    """The commands of this room."""
    return [
        Command(
            "branch.fork", ForkParams, _RIGHT, {"en": "Fork here", "zh-CN": "在此分叉"},
            {"en": "Begins a branch at an instant of any timeline: models go on from there in the devices' place.",
             "zh-CN": "在任一时间线的某一时刻开始一个分支：由模型代替设备继续运行。"},
            _fork,
        ),
        Command(
            "branch.change", ChangeParams, _RIGHT, {"en": "Change the model of a branch", "zh-CN": "更改分支模型"},
            {"en": "Changes times, capacities, machines, routes, products or shifts on a branch, from its fork on.",
             "zh-CN": "自分叉点起更改分支上的时间、容量、设备数量、路线、产品、班次或停机。"},
            _change,
        ),
        Command(
            "branch.run", RunParams, _RIGHT, {"en": "Run a command on a branch", "zh-CN": "在分支上执行命令"},
            {"en": "Rehearses a command of the live line on a branch, from its fork on; no device is touched.",
             "zh-CN": "在分支上自分叉点起预演实际产线的命令；不触及任何设备。"},
            _run,
        ),
        Command(
            "branch.revert", RevertParams, _RIGHT, {"en": "Take back a change", "zh-CN": "撤回更改"},
            {"en": "Takes one change of a branch back.", "zh-CN": "撤回分支上的一项更改。"},
            _revert,
        ),
        Command(
            "branch.extend", ExtendParams, _RIGHT, {"en": "Extend a branch", "zh-CN": "延长分支"},
            {"en": "Lets a branch run further ahead.", "zh-CN": "让分支继续向前运行。"},
            _extend,
        ),
        Command(
            "branch.rename", RenameParams, _RIGHT, {"en": "Rename a branch", "zh-CN": "重命名分支"},
            {"en": "Gives a branch another name.", "zh-CN": "为分支改名。"},
            _rename,
        ),
        Command(
            "branch.delete", BranchParams, _RIGHT, {"en": "Delete a branch", "zh-CN": "删除分支"},
            {"en": "Deletes a branch; undo brings the very same path back.",
             "zh-CN": "删除分支；撤销可恢复完全相同的过程。"},
            _delete,
        ),
    ]  # fmt: skip


def _platform(context: CommandContext) -> Platform:
    platform: Platform = context.services["platform"]
    return platform


def _fork(context: CommandContext, params: ForkParams) -> Change:
    need_engine()
    platform, known = _platform(context), list(branches(context.store))
    if len(known) >= MOST_BRANCHES:
        raise XushiError("runtime.branch_too_many", most=MOST_BRANCHES)
    ahead = times_of(platform, params)
    before, parent = None, params.timeline
    if platform.branches.has(params.timeline):
        before = platform.branches.get(params.timeline)
    while before is not None and ahead.at_ns < before.fork_ns:
        parent, before = before.parent, before.before
    if before is not None and before.depth + 1 >= MOST_DEPTH:
        raise XushiError("runtime.branch_too_deep", most=MOST_DEPTH)
    if before is None:
        plant = plant_of(platform)
        if not plant.machines() or not plant.flows:
            raise XushiError("runtime.forecast_no_plant")
    now_ns = context.clock.now_ns()
    branch = Branch(
        id=f"branch-{new_id(now_ns)}".lower(),
        title=params.title or _next_title(known),
        parent=parent,
        fork_ns=ahead.at_ns,
        until_ns=ahead.until_ns,
        look_back_ns=ahead.start_ns,
        seed=params.seed,
        created_by=context.actor.id,
        created_ns=now_ns,
        before=before,
    )
    summary = {"title": branch.title, "timeline": parent, "at_ns": branch.fork_ns, "until_ns": branch.until_ns}
    return Change(
        diff=build_diff({diff_key(KIND, branch.id): None}, {diff_key(KIND, branch.id): branch_record(branch)}),
        result={"branch": branch.id}, summary=summary,
    )  # fmt: skip


def _next_title(known: Sequence[Branch]) -> str:
    taken = {branch.title for branch in known}
    return next(title for number in range(1, len(taken) + 2) if (title := f"B{number}") not in taken)


def _become(context: CommandContext, before: Branch, summary: dict[str, Any], **fields: Any) -> Change:
    """The change of a branch's record, from how it stands there: an earlier version may have kept fewer fields."""
    after, key = msgspec.structs.replace(before, **fields), diff_key(KIND, before.id)
    return Change(
        diff=build_diff({key: context.store.get(KIND, before.id)}, {key: branch_record(after)}),
        result={"branch": before.id}, summary={"title": before.title, **summary},
    )  # fmt: skip


def _with_edits(context: CommandContext, branch: Branch, edits: tuple[Edit, ...], summary: dict[str, Any]) -> Change:
    """The change of a branch's edits, checked against its model."""
    if len(edits) > MOST_EDITS:
        raise XushiError("runtime.branch_edits_many", most=MOST_EDITS)
    platform = _platform(context)
    start = need_start(platform.branches.start_of(branch), branch)
    edited = msgspec.structs.replace(branch, edits=edits)
    commands = [(command, params) for command, params in edited.commands() if command != MOVE]
    consequences = model_changes(platform, start.plant, commands, start.factors, branch.fork_ns, start.stops)
    platform.branches.receipts(edited, start)  # refuses to remove what is not there
    consequences += platform.branches.sequence(edited, start)
    if any(edit.command == MOVE for edit in edits):
        moves = platform.branches.scene(edited, start).moves()
        consequences += tuple(change for move in moves.values() for change in move.changes)
    check_changes(start, msgspec.structs.replace(edited, consequences=consequences))
    return _become(context, branch, summary, edits=edits, consequences=consequences)


def _change(context: CommandContext, params: ChangeParams) -> Change:
    branch = read_branch(context.store, params.branch)
    changes = in_zone(params.changes, calendar_of(context.store).zone)
    told = [msgspec.to_builtins(change) for change in changes]
    return _with_edits(context, branch, (*branch.edits, Edit(changes=changes)), {"changes": told})


def _run(context: CommandContext, params: RunParams) -> Change:
    platform, branch = _platform(context), read_branch(context.store, params.branch)
    command = platform.commands.get(params.command)
    if len(canonical_json(params.params)) > _LARGEST_PARAMS:
        raise XushiError("kernel.params_invalid", name=params.command, reason=f"more than {_LARGEST_PARAMS} bytes")
    if not platform.policy.permits(context.actor, command.right):
        raise XushiError("kernel.forbidden", name=command.name, right=command.right, actor=context.actor.name)
    parsed = platform.commands.parse(params.command, params.params)
    shifts = shifts_set(platform, params.command, params.params)
    edits = (*branch.edits, Edit(command=params.command, params=params.params, changes=shifts))
    change = _with_edits(context, branch, edits, {"command": params.command, "params": params.params})
    if isinstance(parsed, MoveParams):
        return _told_move(context, parsed, command, msgspec.structs.replace(branch, edits=edits), change)
    if params.command not in ORDERS | {NO_STOP, NO_RECEIPT}:  # checked against what the branch itself has
        command.prepare(context, parsed)  # a dry run of the real one
    return change


def _told_move(context: CommandContext, params: MoveParams, command: Command, edited: Branch, change: Change) -> Change:
    """The change with what the last edit, a move, does, and what it comes to stand on."""
    desk = _platform(context).branches
    scene = desk.scene(edited, need_start(desk.start_of(edited), edited))
    if params.place in scene.further:
        check_vector(params.position or (), "position")
    else:
        command.prepare(context, params)  # a dry run of the real one
    last = len(edited.edits) - 1
    move = scene.moves()[last]
    told = {"words": move.words(), "changes": [msgspec.to_builtins(one) for one in move.changes]}
    return msgspec.structs.replace(
        change, summary={**change.summary, **told}, result={**change.result, **told}, diagnoses=scene.in_the_way(last)
    )  # fmt: skip


def _revert(context: CommandContext, params: RevertParams) -> Change:
    branch = read_branch(context.store, params.branch)
    if params.index >= len(branch.edits):
        raise XushiError(
            "runtime.branch_edit_unknown", branch=branch.title, index=params.index, count=len(branch.edits)
        )
    edits = branch.edits[: params.index] + branch.edits[params.index + 1 :]
    return _with_edits(context, branch, edits, {"index": params.index})


def _extend(context: CommandContext, params: ExtendParams) -> Change:
    branch = read_branch(context.store, params.branch)
    until_ns = branch.until_ns + int(params.hours * _HOUR_NS)
    hours = (until_ns - branch.fork_ns) / _HOUR_NS
    if hours > LONGEST_H:
        raise XushiError("runtime.branch_too_long", hours=round(hours, 1), most=LONGEST_H)
    return _become(context, branch, {"hours": params.hours, "until_ns": until_ns}, until_ns=until_ns)


def _rename(context: CommandContext, params: RenameParams) -> Change:
    branch = read_branch(context.store, params.branch)
    return _become(context, branch, {"new_title": params.title}, title=params.title)


def _delete(context: CommandContext, params: BranchParams) -> Change:
    branch = read_branch(context.store, params.branch)
    key = diff_key(KIND, branch.id)
    return Change(
        diff=build_diff({key: context.store.get(KIND, branch.id)}, {key: None}), summary={"title": branch.title}
    )
