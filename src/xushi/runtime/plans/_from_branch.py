"""Turns a branch into a plan: its commands become steps, what only the model knows becomes what a person does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec

from xushi.kernel import Change, Command, CommandContext, XushiError
from xushi.runtime._signals_of_twins import texts
from xushi.runtime.branches import MOVE, NO_RECEIPT, NO_STOP, RECEIPT, STOP, Branch, Edit, Move, receipt_id, stop_id
from xushi.runtime.foresight import EVERY, ModelChange, need_engine, plant_of
from xushi.runtime.orders import StopParams
from xushi.runtime.plans._commands import WRITE, make_plan
from xushi.runtime.plans._content import (
    LONGEST_NOTE,
    MOST_STEPS,
    CommandStep,
    ManualStep,
    PlanContent,
    PlanOrigin,
    Step,
    Words,
)
from xushi.runtime.plans._rehearsing import rehearse_branch
from xushi.runtime.plans._stops import in_time, stop_steps

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_FIGURES: dict[str, tuple[str, str]] = {
    "cycle_time": ("cycle time", "节拍时间"), "repair_time": ("repair time", "维修时间"),
    "time_to_failure": ("time to failure", "故障间隔"), "transfer_time": ("transfer time", "输送时间"),
    "capacity": ("capacity", "容量"), "vehicles": ("number of vehicles", "小车数量"),
    "machines": ("number of machines", "设备数量"), "vehicle_speed": ("speed", "车速"),
    "travel_time": ("travel time", "通行时间"), "setup_time": ("set-up time", "换型时间"),
    "people": ("number of people", "人数"),
}  # fmt: skip
_OF_PRODUCTS = ("work_factor", "family")


class FromBranchParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The branch, the title of the plan (that of the branch when empty), and the futures behind its promise."""

    branch: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    title: Annotated[str, msgspec.Meta(max_length=120)] = ""
    replications: Annotated[int, msgspec.Meta(ge=10, le=1_000)] = 30


def from_branch_commands() -> list[Command]:
    """The command of this file."""
    return [
        Command(
            "plan.from_branch", FromBranchParams, WRITE,
            {"en": "Make a plan from a branch", "zh-CN": "由分支制定计划"},
            {"en": "Turns what was changed on a branch into steps, and its comparison with no change into the promise.",
             "zh-CN": "将分支上的更改转换为步骤，并将其与不作更改的比较作为承诺。"},
            _prepare, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare(context: CommandContext, params: FromBranchParams) -> Change:
    need_engine()
    platform: Platform = context.services["platform"]
    branch = platform.branches.get(params.branch)

    def moves_on(one: Branch) -> Mapping[int, Move]:
        # All branches of a lineage share the plant and the places of the package of the last.
        return platform.branches.scene(one, platform.branches.package(branch.id)).moves()

    def carried_out(stop: StopParams) -> tuple[Step, ...]:
        return stop_steps(platform, plant_of(platform), stop.machine, stop.start_ms, stop.end_ms)

    branch = _without_taken_back(platform, branch)
    steps = steps_of(branch, moves_on, carried_out, _product_names(platform, branch))
    origin = PlanOrigin(timeline=branch.parent, fork_ms=branch.fork_ns / 1e6, branch=branch.id, seed=branch.seed)
    content = PlanContent(title=params.title or branch.title[:120], steps=steps, origin=origin)
    made = make_plan(context, content)
    if branch.before is not None:
        # The model of a branch of a branch stands where the plant is not: its promise comes from a rehearsal.
        return made
    effect = rehearse_branch(context, made.result["plan"], branch, params.replications)
    return msgspec.structs.replace(made, effects=(effect,))


def _product_names(platform: Platform, branch: Branch) -> dict[str, Words]:
    """What the products are called in the twins of which something is changed."""
    changes = [change for one in _lineage(branch) for edit in one.edits for change in edit.changes]
    meant = {name for one in changes if one.figure in _OF_PRODUCTS for name in (one.element, one.to)}
    return {one.id: texts(one.display_name) for one in platform.twins.shells() if one.id in meant} if meant else {}


def _without_taken_back(platform: Platform, branch: Branch) -> Branch:
    """The branch without stops and receipts that were stated and removed again on it or on those it comes from."""

    def called(edit: Edit) -> str | None:
        """What a stop or a receipt is called on a branch; None for another edit."""
        if edit.command == STOP:
            return stop_id(platform, edit.params)
        return receipt_id(platform, edit.params) if edit.command == RECEIPT else None

    made = {called(edit) for one in _lineage(branch) for edit in one.edits} - {None}
    removed: set[str] = set()

    def is_kept(edit: Edit) -> bool:
        if edit.command in (NO_STOP, NO_RECEIPT) and edit.params["id"] in made:
            removed.add(edit.params["id"])
            return False
        return called(edit) not in removed

    def kept(one: Branch) -> Branch:
        edits = tuple(edit for edit in reversed(one.edits) if is_kept(edit))[::-1]
        before = None if one.before is None else kept(one.before)
        return msgspec.structs.replace(one, edits=edits, before=before)

    return kept(branch)


def steps_of(
    branch: Branch, moves_on: Callable[[Branch], Mapping[int, Move]],
    carried_out: Callable[[StopParams], tuple[Step, ...]], product_names: Mapping[str, Words] | None = None,
) -> tuple[Step, ...]:  # fmt: skip
    """The steps that bring the plant to where a branch is, the changes of the branches before it first.

    Args:
        moves_on: what each move of a branch does, by the number of its edit; asked only where something is moved.
        carried_out: the steps that do what a planned stop says, at its times.
        product_names: what a person calls a product, by its id; it is called by its id where they do not tell.

    Raises:
        XushiError: `runtime.branch_unchanged`, `runtime.plan_steps_many`.
    """
    names = product_names or {}
    steps = in_time([step for one in _lineage(branch) for step in _steps(one, moves_on, carried_out, names)])
    if not steps:
        raise XushiError("runtime.branch_unchanged", branch=branch.title)
    if len(steps) > MOST_STEPS:
        raise XushiError("runtime.plan_steps_many", count=len(steps), limit=MOST_STEPS)
    return steps


def _lineage(branch: Branch) -> list[Branch]:
    """A branch with all it comes from, the first one first."""
    return [*(_lineage(branch.before) if branch.before is not None else []), branch]


def _steps(
    branch: Branch, moves_on: Callable[[Branch], Mapping[int, Move]],
    carried_out: Callable[[StopParams], tuple[Step, ...]], product_names: Mapping[str, Words],
) -> Iterator[Step]:  # fmt: skip
    """The steps of one branch of a lineage; a move is made by hand."""
    moves = moves_on(branch) if any(edit.command == MOVE for edit in branch.edits) else {}
    for index, edit in enumerate(branch.edits):
        if edit.command != MOVE:
            yield _step(edit, product_names)
            if edit.command == STOP:
                yield from carried_out(msgspec.convert(edit.params, StopParams, strict=False))
        elif index in moves:
            yield ManualStep(text=_by_hand(moves[index]), changes=moves[index].changes)


def _by_hand(move: Move) -> Words:
    """What a person has to move, how far, and what that does to the conveyors."""
    return {language: text[:LONGEST_NOTE] for language, text in move.words().items()}


def _step(edit: Edit, product_names: Mapping[str, Words]) -> Step:
    if edit.command is not None:
        return CommandStep(command=edit.command, params=edit.params)
    told = [_told(change, product_names) for change in edit.changes]
    text: Words = {
        "en": "; ".join(one[0] for one in told)[:LONGEST_NOTE],
        "zh-CN": "；".join(one[1] for one in told)[:LONGEST_NOTE],
    }
    return ManualStep(text=text, changes=edit.changes)


def _told(change: ModelChange, product_names: Mapping[str, Words]) -> tuple[str, str]:
    """What a person has to do so that the plant becomes as the model, in both languages."""
    to = change.to
    place, zh_place = ("all machines", "全部设备") if change.element == EVERY else (change.element, change.element)
    match change.figure:
        case "stopped":
            return f"Stop {place}", f"停止 {place}"
        case "closed":
            return f"Close the road {place}", f"关闭道路 {place}"
        case "opened":
            return f"Open the road {place}", f"开放道路 {place}"
        case "pause":
            return (
                f"Pause {place} from {change.from_min:g} to {change.to_min:g} min after the start",
                f"开始后第 {change.from_min:g} 至 {change.to_min:g} 分钟暂停 {zh_place}",
            )
        case "unpaused":
            return (
                f"Drop what is planned as stop of {place} from {change.from_min:g} to {change.to_min:g} min after "
                "the start",
                f"取消 {zh_place} 在开始后第 {change.from_min:g} 至 {change.to_min:g} 分钟的计划停机",
            )
        case "worked":
            return (
                f"Let {place} work from {change.from_min:g} to {change.to_min:g} min after the start",
                f"开始后第 {change.from_min:g} 至 {change.to_min:g} 分钟让 {zh_place} 照常工作",
            )
        case "shifts":
            hours = ", ".join(change.shifts or ())
            return (
                f"Let {place} work in the shifts {hours} ({change.zone})",
                f"{zh_place} 按班次 {hours} 工作（{change.zone}）",
            )
        case "share":
            percent = f"{(change.share or 0) * 100:g} %"
            return f"Send {percent} of what leaves {place} to {to}", f"将离开 {place} 的 {percent} 送往 {to}"
        case "stand_in":
            return (
                f"Do the work of {place} at {to}: there it takes {change.factor:g} times as long",
                f"将 {place} 的作业移到 {to}：在那里用时为 {change.factor:g} 倍",
            )
        case "sequence":
            orders = ", ".join(dict.fromkeys(run.order for run in change.runs or () if run.order))
            return f"Begin the orders in this sequence: {orders}", f"按此次序投放订单：{orders}"
        case "work_factor" | "family":
            return _told_of_product(change, product_names)
        case "first_input":
            return f"Let {place} take from {to} first", f"让 {place} 优先从 {to} 取件"
    en, zh = _FIGURES[change.figure]
    amount = f"{change.factor * 100:g} %" if change.factor is not None else f"{change.value}"
    return f"Change the {en} of {place} to {amount}", f"将 {place} 的{zh}改为 {amount}"


def _told_of_product(change: ModelChange, names: Mapping[str, Words]) -> tuple[str, str]:
    """What a person has to do so that a product is worked on, or set up for, as in the model."""

    def called(product: str | None, language: str) -> str:
        known = names.get(product or "", {})
        return known.get(language) or known.get("en") or product or ""

    one, to = called(change.element, "en"), called(change.to, "en")
    zh_one, zh_to = called(change.element, "zh-CN"), called(change.to, "zh-CN")
    if change.figure == "work_factor":
        percent = f"{(change.factor or 0) * 100:g} %"
        return (
            f"Change the work on {to} at {one} to {percent} of what it is",
            f"将 {zh_one} 对 {zh_to} 的作业时间改为现在的 {percent}",
        )
    if change.element == change.to:
        return f"Set the machines up for {one} alone", f"为 {zh_one} 单独换型"
    return f"Make {one} and {to} without a set-up between them", f"使 {zh_one} 与 {zh_to} 之间无需换型"
