"""Proposals: a command that somebody (or some program) wants done, and that a person with the right does or rejects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi.kernel import (
    MAY_PROPOSE,
    OWN_RIGHT,
    Actor,
    Change,
    Command,
    CommandContext,
    Diff,
    Record,
    RecordStore,
    XushiError,
    diff_key,
    new_id,
)

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

KIND = "proposal"
_NS_PER_MIN = 60_000_000_000
_MOST_PENDING = 200
_KEPT = 500
_LARGEST_PARAMS = 64 * 1024
_OWN = "proposal."


class ProposeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The command to propose, its parameters, why, and how long the proposal waits.

    Attributes:
        minutes: after so long it expires and can no longer be confirmed.
    """

    command: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    params: dict[str, Any] = {}
    why: Annotated[str, msgspec.Meta(max_length=1_000)] = ""
    minutes: Annotated[float, msgspec.Meta(gt=0, le=24 * 60)] = 60.0


class ProposalParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The proposal, by id."""

    proposal: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


def proposal_commands() -> list[Command]:
    """The commands that make, confirm and reject proposals."""
    return [
        Command(
            name="proposal.make",
            params=ProposeParams,
            right=MAY_PROPOSE,
            title={"en": "Propose a command", "zh-CN": "提议命令"},
            summary={
                "en": "Lets a command wait until a person with its right confirms or rejects it.",
                "zh-CN": "让命令等待有权限的人员确认或拒绝。",
            },
            prepare=_prepare_make,
        ),
        Command(
            name="proposal.confirm",
            params=ProposalParams,
            right="view",
            title={"en": "Confirm a proposal", "zh-CN": "确认提议"},
            summary={
                "en": "Runs the proposed command as the person who confirms; needs that command's right.",
                "zh-CN": "以确认人身份执行所提议的命令；需要该命令的权限。",
            },
            prepare=_prepare_confirm,
            is_undoable=False,
            moves_metal=True,
        ),
        Command(
            name="proposal.reject",
            params=ProposalParams,
            right="view",
            title={"en": "Reject a proposal", "zh-CN": "拒绝提议"},
            summary={
                "en": "Ends a proposal without doing it; needs the proposed command's right.",
                "zh-CN": "结束提议而不执行；需要所提议命令的权限。",
            },
            prepare=_prepare_reject,
            is_undoable=False,
        ),
    ]


def proposals(store: RecordStore, now_ns: int) -> list[Record]:
    """Every proposal kept, the newest first; one that waited too long shows as `expired`."""
    found = [{"id": record_id, **_aged(record, now_ns)} for record_id, record in store.list(KIND)]
    return sorted(found, key=lambda record: record["made_ns"], reverse=True)


def _aged(record: Record, now_ns: int) -> Record:
    is_late = record["state"] == "pending" and record["expires_ns"] <= now_ns
    return {**record, "state": "expired"} if is_late else record


def _prepare_make(context: CommandContext, params: ProposeParams) -> Change:
    platform: Platform = context.services["platform"]
    if params.command.startswith(_OWN):
        raise XushiError("runtime.proposal_nested", name=params.command)
    command = platform.commands.get(params.command)
    if command.right == OWN_RIGHT:
        raise XushiError("kernel.forbidden", name=command.name, right=command.right, actor=context.actor.name)
    try:
        parsed = platform.commands.parse(params.command, params.params)
    except XushiError as error:
        raise XushiError("runtime.proposal_unfit", name=params.command, reason=error.params["reason"]) from error
    shown = msgspec.to_builtins(parsed)
    if len(msgspec.json.encode(shown)) > _LARGEST_PARAMS:
        raise XushiError("runtime.proposal_unfit", name=params.command, reason=f"more than {_LARGEST_PARAMS} bytes")
    plan = command.prepare(context, parsed)
    now_ns = context.clock.now_ns()
    kept = proposals(context.store, now_ns)
    pending = sum(1 for one in kept if one["state"] == "pending")
    if pending >= _MOST_PENDING:
        raise XushiError("runtime.proposals_many", count=pending)
    ended = [one for one in kept if one["state"] != "pending"]
    forgotten = {
        diff_key(KIND, one["id"]): context.store.get(KIND, one["id"]) for one in ended[max(0, _KEPT - pending) :]
    }
    proposal_id = new_id(now_ns)
    record = {
        "command": params.command, "params": shown, "why": params.why, "by": context.actor.id,
        "by_name": context.actor.name, "made_ns": now_ns, "expires_ns": now_ns + int(params.minutes * _NS_PER_MIN),
        "state": "pending", "decided_by": "", "decided_ns": None, "plan": _plan(plan), "outcome": None,
    }  # fmt: skip
    removed = {key: one for key, one in forgotten.items() if one is not None}
    diff = Diff(added={diff_key(KIND, proposal_id): record}, removed=removed)
    result = {"proposal": proposal_id, "expires_ms": record["expires_ns"] / 1e6}
    return Change(diff=diff, result=result, summary={"command": params.command, "plan": record["plan"]})


def _plan(change: Change) -> dict[str, Any]:
    """What the command would do, small enough to keep."""
    return {
        "summary": change.summary,
        "effects": [effect.describe() for effect in change.effects],
        "changes": len(change.diff.touched()),
    }


def _pending(context: CommandContext, params: ProposalParams) -> tuple[Record, Command]:
    """The proposal and its command. Raises what forbids this actor to decide on it."""
    platform: Platform = context.services["platform"]
    record = context.store.get(KIND, params.proposal)
    if record is None:
        raise XushiError("runtime.proposal_unknown", proposal=params.proposal)
    state = _aged(record, context.clock.now_ns())["state"]
    if state != "pending":
        raise XushiError("runtime.proposal_closed", proposal=params.proposal, state=state)
    command = platform.commands.get(record["command"])
    if not platform.policy.permits(context.actor, command.right):
        raise XushiError("runtime.proposal_forbidden", actor=context.actor.name, name=command.name, right=command.right)
    return record, command


def _decided(context: CommandContext, params: ProposalParams, record: Record, state: str) -> Diff:
    after = {**record, "state": state, "decided_by": context.actor.name, "decided_ns": context.clock.now_ns()}
    return Diff(updated={diff_key(KIND, params.proposal): (record, after)})


def _summary(params: ProposalParams, record: Record) -> dict[str, Any]:
    return {"proposal": params.proposal, "command": record["command"], "proposed_by": record["by_name"]}


def _prepare_confirm(context: CommandContext, params: ProposalParams) -> Change:
    record, command = _pending(context, params)
    command.prepare(context, context.services["platform"].commands.parse(record["command"], record["params"]))
    run = _Run(context.services["platform"], params.proposal, record, context.actor)
    return Change(diff=_decided(context, params, record, "confirmed"), effects=(run,), summary=_summary(params, record))


def _prepare_reject(context: CommandContext, params: ProposalParams) -> Change:
    record, _ = _pending(context, params)
    return Change(diff=_decided(context, params, record, "rejected"), summary=_summary(params, record))


@dataclass(frozen=True)
class _Run:
    """Runs the proposed command as the person who confirmed it, and keeps what came of it with the proposal."""

    platform: Platform
    proposal: str
    record: Record
    actor: Actor

    def describe(self) -> dict[str, Any]:
        return {"kind": "command", "command": self.record["command"], "params": self.record["params"]}

    async def apply(self) -> dict[str, Any]:
        why = ": ".join(filter(None, (self.record["by_name"], self.record["why"])))
        try:
            outcome = await self.platform.bus.run(
                self.record["command"], self.record["params"], self.actor, reason=why[:1000]
            )
        except XushiError as error:
            self._keep({"state": "failed", "error": {"code": error.code, "params": error.params}})
            raise
        self._keep({"state": outcome.state, "command_id": outcome.command_id, "error": outcome.error})
        if outcome.error is not None:
            raise XushiError(outcome.error["code"], **outcome.error["params"])
        return {**self.describe(), "command_id": outcome.command_id, "state": outcome.state}

    def _keep(self, outcome: dict[str, Any]) -> None:
        """The outcome beside the proposal; the evidence of it is that of the command itself."""
        before = self.platform.store.get(KIND, self.proposal)
        if before is not None:
            after = {**before, "outcome": outcome}
            self.platform.store.commit(Diff(updated={diff_key(KIND, self.proposal): (before, after)}))
