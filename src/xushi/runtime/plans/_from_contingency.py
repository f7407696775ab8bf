"""Makes a plan of one option that answers a breakdown; its promise is rehearsed here, against the same breakdown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from xushi.kernel import LANGUAGES, Change, Command, CommandContext, XushiError
from xushi.runtime._timelines import LIVE
from xushi.runtime.foresight import Ahead, ModelChange, need_engine
from xushi.runtime.orders import contingency_of
from xushi.runtime.plans._commands import WRITE, make_plan
from xushi.runtime.plans._content import CommandStep, ManualStep, PlanContent, PlanOrigin, Step
from xushi.runtime.plans._rehearsing import rehearse_ahead

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class FromContingencyParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rehearsed contingency, and which of its options, by id."""

    contingency: _Id
    option: _Id
    title: Annotated[str, msgspec.Meta(max_length=120)] = ""


def from_contingency_commands() -> list[Command]:
    """The command of this file."""
    return [
        Command(
            "plan.from_contingency", FromContingencyParams, WRITE,
            {"en": "Make a plan from an option", "zh-CN": "由预案制定计划"},
            {"en": "Turns an option that answers a breakdown into steps, and its rehearsal into the promise.",
             "zh-CN": "将应对故障的预案转换为步骤，并将其预演结果作为承诺。"},
            _prepare, is_undoable=False,
        ),
    ]  # fmt: skip


def _prepare(context: CommandContext, params: FromContingencyParams) -> Change:
    need_engine()
    found = contingency_of(context.store, params.contingency)
    if found.get("timeline", LIVE) != LIVE:
        raise XushiError("runtime.contingency_on_branch", machine=found["machine"])
    option = next((one for one in found["options"] if one["id"] == params.option), None)
    if option is None or not option["steps"]:
        known = ", ".join(one["id"] for one in found["options"] if one["steps"])
        raise XushiError("runtime.contingency_option_unknown", option=params.option, known=known or "–")
    evidence: Mapping[str, Any] = found["evidence"]
    origin = PlanOrigin(
        timeline=LIVE, fork_ms=found["at_ms"], contingency=params.contingency, seed=evidence["seed"],
        model_sha256=evidence["model_sha256"], data_from_ms=evidence["data_from_ms"],
        data_until_ms=evidence["data_until_ms"],
    )  # fmt: skip
    title = params.title or f"{found['machine']}: {option['title'][LANGUAGES[0]]}"[:120]
    content = PlanContent(title=title, steps=tuple(_step(one) for one in option["steps"]), origin=origin)
    made = make_plan(context, content)
    start_ns, at_ns, until_ns = (
        round(at_ms * 1e6) for at_ms in (evidence["data_from_ms"], found["at_ms"], found["until_ms"])
    )
    ahead = Ahead(start_ns, at_ns, until_ns, None)
    effect = rehearse_ahead(
        context, made.result["plan"], origin, ahead, found["replications"], is_at_its_time=True
    )  # fmt: skip
    return msgspec.structs.replace(made, effects=(effect,))


def _step(told: Mapping[str, Any]) -> Step:
    if "command" in told:
        return CommandStep(command=told["command"], params=told["params"])
    changes = msgspec.convert(told["changes"], tuple[ModelChange, ...])
    return ManualStep(text=told["text"], changes=changes)
