"""Checks a plan before it is kept, and shows what each of its steps would do: the dry run that an approver reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.kernel import LANGUAGES, OWN_RIGHT, CommandContext, XushiError, secret_fields
from xushi.runtime.plans._conditions import answer, check_condition
from xushi.runtime.plans._content import LARGEST_BYTES, CommandStep, ManualStep, PlanCondition, PlanContent

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

# A plan neither decides on plans and proposals nor opens branches: it acts on the plant.
_NOT_IN_PLANS = ("plan.", "proposal.", "branch.", "foresight.")


def check_content(platform: Platform, content: PlanContent) -> None:
    """Refuse a plan that could not be carried out as it is written.

    Raises:
        XushiError: `runtime.plan_too_large`, `runtime.plan_step_wrong`, `runtime.plan_guard_wrong`.
    """
    try:
        size = len(msgspec.json.encode(content))
    except RecursionError:
        size = LARGEST_BYTES + 1
    if size > LARGEST_BYTES:
        raise XushiError("runtime.plan_too_large", limit_kb=LARGEST_BYTES // 1024)
    for number, step in enumerate(content.steps, 1):
        try:
            _check_step(platform, step)
        except XushiError as error:
            raise XushiError("runtime.plan_step_wrong", step=number, reason=str(error)) from error
    for number, guard in enumerate(content.guards, 1):
        try:
            _check_bound(platform, guard.condition)
        except XushiError as error:
            raise XushiError("runtime.plan_guard_wrong", guard=number, reason=str(error)) from error


def _check_step(platform: Platform, step: CommandStep | ManualStep) -> None:
    if isinstance(step, CommandStep):
        command = platform.commands.get(step.command)
        if step.command.startswith(_NOT_IN_PLANS) or command.right == OWN_RIGHT:
            raise XushiError("runtime.plan_command_forbidden", command=step.command)
        platform.commands.parse(step.command, step.params)
        if any(step.params.get(name) for name in secret_fields(command.params)):
            raise XushiError("runtime.plan_secret", command=step.command)
    elif not all(step.text.get(language) for language in LANGUAGES):
        raise XushiError("runtime.plan_text_missing")
    for condition in (step.only_when, step.wait_until):
        if condition is not None:
            _check_bound(platform, condition)


def _check_bound(platform: Platform, condition: PlanCondition) -> None:
    check_condition(platform.registry, condition)
    if isinstance(condition.value, float) and not math.isfinite(condition.value):
        raise XushiError("kernel.params_invalid", name=condition.signal, reason="the bound is not a number")


def dry_run(context: CommandContext, content: PlanContent) -> dict[str, Any]:
    """Return what every step would do if it were run now by this actor, as plain JSON.

    Each command step has the command's own dry run: the effects with device, protocol and value, the right and
    whether the actor holds it, whether there is an inverse; or the error with which it would be refused now.
    """
    platform: Platform = context.services["platform"]
    steps = [
        {
            "number": number,
            "kind": "command" if isinstance(step, CommandStep) else "manual",
            **(_planned(context, platform, step) if isinstance(step, CommandStep) else {}),
            "conditions": [
                {"role": role, **_seen(platform, condition)}
                for role, condition in (("only_when", step.only_when), ("wait_until", step.wait_until))
                if condition is not None
            ],
        }
        for number, step in enumerate(content.steps, 1)
    ]
    guards = [{"effect": guard.effect, **_seen(platform, guard.condition)} for guard in content.guards]
    commands = [step for step in steps if step["kind"] == "command"]
    is_ready = all(step["error"] is None for step in commands)
    is_clear = all(guard["answer"] == "false" for guard in guards)
    return {"steps": steps, "guards": guards, "is_ready": is_ready, "is_clear": is_clear}


def _planned(context: CommandContext, platform: Platform, step: CommandStep) -> dict[str, Any]:
    told: dict[str, Any] = {
        "command": step.command, "title": {}, "right": "", "is_permitted": False, "moves_metal": False,
        "effects": [], "devices": [], "summary": {}, "has_inverse": False, "inverse": None, "changes": 0, "error": None,
    }  # fmt: skip
    try:
        command = platform.commands.get(step.command)
        told |= {
            "title": dict(command.title), "right": command.right, "moves_metal": command.moves_metal,
            "is_permitted": platform.policy.permits(context.actor, command.right),
        }  # fmt: skip
        parsed = platform.commands.parse(step.command, step.params)
        if not (told["is_permitted"] or command.moves_metal):
            return told  # who approves sees what goes to devices; the rest is for those who could do it
        change = command.prepare(context, parsed)
    except XushiError as error:
        return {**told, "error": {language: error.to_dict(language) for language in LANGUAGES}}
    effects = [effect.describe() for effect in change.effects]
    told |= {
        "effects": effects,
        "devices": list(_devices(platform, effects)),
        "summary": change.summary,
        "changes": len(change.diff.touched()),
        "has_inverse": command.is_undoable and (change.undo_with is not None or not change.diff.is_empty()),
    }
    if change.undo_with is not None:
        name, params = change.undo_with
        told["inverse"] = {"command": name, "params": params}
    plain: dict[str, Any] = msgspec.to_builtins(told, str_keys=True)
    return plain


def _devices(platform: Platform, effects: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    """Which connections the effects go over, with protocol and address."""
    known = {link.id: link for link, _ in platform.links.links()}
    for effect in effects:
        link = known.get(str(effect.get("link", "")))
        if link is not None:
            yield {
                "link": link.id, "protocol": link.protocol, "endpoint": link.endpoint,
                "address": str(effect.get("address") or effect.get("topic") or ""),
            }  # fmt: skip


def _seen(platform: Platform, condition: PlanCondition) -> dict[str, Any]:
    """A condition and how it stands now."""
    found = answer(platform.board, condition)
    shown = None
    name: dict[str, str] = {}
    unit = ""
    if condition.signal in platform.registry:
        handle = platform.registry.handle(condition.signal)
        definition = platform.registry.get(handle)
        sample = platform.board.value(handle)
        name, unit = dict(definition.name), definition.unit
        shown = sample.value if sample is not None else None
    return {"condition": msgspec.to_builtins(condition), "answer": found, "value": shown, "name": name, "unit": unit}
