"""Writes that wait for a machine which is away: durable, visible, sent in order, never lost in silence."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from xushi.connectors import LinkStatus
from xushi.kernel import (
    Actor,
    Change,
    Clock,
    Command,
    CommandBus,
    CommandContext,
    Diff,
    Outcome,
    Record,
    RecordStore,
    XushiError,
    diff_key,
    new_id,
    split_key,
)
from xushi.runtime._links import LinkKeeper

log = logging.getLogger("xushi.runtime")

QueuedState: TypeAlias = Literal["queued", "sending", "delivered", "refused", "expired", "unknown"]

KIND = "queued_write"
MOST_WAITING = 1000
MOST_SETTLED = 200
_LOOK_S = 1.0
_LONGEST_PAUSE_S = 10.0
_NS = 1_000_000_000
_ENDS: dict[str, str] = {"done": "delivered", "failed": "refused", "unknown": "unknown"}


class QueuedParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The queued write, by id."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class SettleParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a queued write ended, and why."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    state: Literal["delivered", "refused", "unknown", "expired"]
    error: dict[str, Any] | None = None


class QueuedWrite(msgspec.Struct, frozen=True):
    """One queued write.

    Attributes:
        state: `queued`, `sending`, then `delivered`, `refused`, `expired`, or `unknown` where nobody can tell
            whether the machine took it.
        until_ns: it is not sent after this instant, ns since the Unix epoch, UTC.
    """

    id: str
    signal: str
    link: str
    value: Any
    actor: str
    queued_ns: int
    until_ns: int
    state: QueuedState = "queued"
    ended_ns: int = 0
    error: dict[str, Any] | None = None


def queued_writes(store: RecordStore) -> list[QueuedWrite]:
    """Return every queued write that is kept, in the order in which they were asked for."""
    found = [msgspec.convert({**record, "id": id}, QueuedWrite) for id, record in store.list(KIND)]
    return sorted(found, key=lambda one: (one.queued_ns, one.id))


def queueing(context: CommandContext, signal: str, link: str, value: Any, valid_s: float) -> Change:
    """Return the change that keeps a write until its link is up. Raises ``runtime.queue_full``."""
    waiting = [one for one in queued_writes(context.store) if one.state in ("queued", "sending")]
    if len(waiting) >= MOST_WAITING:
        raise XushiError("runtime.queue_full", count=len(waiting))
    now_ns = context.clock.now_ns()
    write = QueuedWrite(new_id(now_ns), signal, link, value, context.actor.name, now_ns, now_ns + round(valid_s * _NS))
    record: Record = msgspec.to_builtins(write)
    del record["id"]
    return Change(
        diff=Diff(added={diff_key(KIND, write.id): record}),
        result={"queued": write.id, "until_ns": write.until_ns},
        summary={"signal": signal, "value": value, "queued": True, "link": link},
    )


def queue_commands(make_write: Callable[[CommandContext, str, Any], Change]) -> list[Command]:
    """The commands of this room; `make_write` plans the write of a value to a signal's device."""

    def send(context: CommandContext, params: QueuedParams) -> Change:
        before = _require(context.store, params.id, "queued")
        now_ns = context.clock.now_ns()
        if now_ns > before["until_ns"]:
            raise XushiError("runtime.write_expired", id=params.id)
        planned = make_write(context, before["signal"], before["value"])
        sending = {**before, "state": "sending"}
        summary = {**planned.summary, "queued_by": before["actor"]}
        return Change(
            diff=_updated(params.id, before, sending),
            effects=planned.effects,
            summary=summary,
            otherwise=lambda: Change(diff=_updated(params.id, sending, before), summary={**summary, "queued": True}),
        )

    return [
        Command(
            name="signal.send_queued",
            params=QueuedParams,
            right="device:write",
            title={"en": "Send a queued write", "zh-CN": "发送排队的写入"},
            summary={
                "en": "Sends a write that waited for its machine; Xushi does so by itself when the machine is back.",
                "zh-CN": "发送等待设备的写入；设备恢复连接后虚实会自动发送。",
            },
            prepare=send,
            is_undoable=False,
            moves_metal=True,
        ),
        Command(
            name="signal.cancel_queued",
            params=QueuedParams,
            right="device:write",
            title={"en": "Cancel a queued write", "zh-CN": "取消排队的写入"},
            summary={
                "en": "Takes back a write that has not been sent yet.",
                "zh-CN": "撤回尚未发送的写入。",
            },
            prepare=_cancel,
        ),
        Command(
            name="signal.settle_queued",
            params=SettleParams,
            right="admin",
            title={"en": "Settle a queued write", "zh-CN": "了结排队的写入"},
            summary={
                "en": "Notes how a queued write ended; Xushi does so by itself.",
                "zh-CN": "记录排队写入的结果；虚实会自动完成。",
            },
            prepare=_settle,
            is_undoable=False,
        ),
    ]


def _require(store: RecordStore, id: str, *states: str) -> Record:
    record = store.get(KIND, id)
    if record is None or record["state"] not in states:
        raise XushiError("runtime.queued_write_unknown", id=id, state=record["state"] if record else "-")
    return record


def _updated(id: str, before: Record, after: Record) -> Diff:
    return Diff(updated={diff_key(KIND, id): (before, after)})


def _cancel(context: CommandContext, params: QueuedParams) -> Change:
    before = _require(context.store, params.id, "queued")
    return Change(diff=Diff(removed={diff_key(KIND, params.id): before}), summary={"signal": before["signal"]})


def _settle(context: CommandContext, params: SettleParams) -> Change:
    before = _require(context.store, params.id, "queued", "sending")
    after = {**before, "state": params.state, "ended_ns": context.clock.now_ns(), "error": params.error}
    ended = [one for one in queued_writes(context.store) if one.ended_ns]
    gone = sorted(ended, key=lambda one: one.ended_ns)[: max(0, len(ended) + 1 - MOST_SETTLED)]
    removed = {diff_key(KIND, one.id): context.store.get(KIND, one.id) or {} for one in gone}
    diff = Diff(updated={diff_key(KIND, params.id): (before, after)}, removed=removed)
    return Change(diff=diff, summary={"signal": before["signal"], "state": params.state})


class WriteQueue:
    """Sends queued writes when their device is there and settles each of them.

    `delivered` is what the device confirmed. A write of which nothing went out waits on, and those after it on the
    same link wait with it. One that went out unconfirmed, or was being sent when the process ended, is settled as
    `unknown`: it may have arrived, so it is not sent again.
    """

    def __init__(self, store: RecordStore, bus: CommandBus, links: LinkKeeper, clock: Clock, actor: Actor) -> None:
        self._store = store
        self._bus = bus
        self._links = links
        self._clock = clock
        self._actor = actor
        self._pauses: dict[str, tuple[float, float]] = {}  # by link: how long the last pause was, until when it lasts
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ends: list[Callable[[], object]] = []

    def start(self) -> None:
        """Begin to send; needs a running event loop."""
        self._ends = [self._links.subscribe(self._on_status), self._bus.subscribe(self._on_change)]
        self._task = asyncio.get_running_loop().create_task(self._work())

    async def stop(self) -> None:
        """Send nothing more; what is left stays queued."""
        for end in self._ends:
            end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _on_status(self, status: LinkStatus) -> None:
        if status.state == "live":
            self._wake.set()

    def _on_change(self, outcome: Outcome, diff: Diff) -> None:
        if any(split_key(key)[0] == KIND for key in diff.added):
            self._wake.set()

    async def _work(self) -> None:
        for one in queued_writes(self._store):
            if one.state == "sending":
                await self._settle(one.id, "unknown")
        while True:
            self._wake.clear()
            waiting = [one for one in queued_writes(self._store) if one.state == "queued"]
            has_waiting = bool(waiting)
            # Who is away is settled for all at once, so that the later of two writes to a device never goes first.
            for one in [one for one in waiting if self._is_due(one)]:
                await self._look_at(one)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S if has_waiting else None):
                    await self._wake.wait()

    def _is_due(self, one: QueuedWrite) -> bool:
        return self._clock.now_ns() > one.until_ns or not self._links.is_away(one.link, one.signal)

    async def _look_at(self, one: QueuedWrite) -> None:
        if self._clock.now_ns() > one.until_ns:
            await self._settle(one.id, "expired")
            return
        now_s = asyncio.get_running_loop().time()
        pause_s, end_s = self._pauses.get(one.link, (0.0, 0.0))
        if now_s < end_s:
            return
        try:
            outcome = await self._bus.run("signal.send_queued", {"id": one.id}, self._actor, reason="queued write")
        except XushiError as error:  # taken back meanwhile, or the signal is another one now
            if self._store.get(KIND, one.id) is not None:
                await self._settle(one.id, "refused", {"code": error.code, "params": error.params})
            return
        if outcome.summary.get("queued"):  # nothing went out
            pause_s = min(_LONGEST_PAUSE_S, 2 * pause_s + _LOOK_S)
            self._pauses[one.link] = (pause_s, now_s + pause_s)
            return
        self._pauses.pop(one.link, None)
        await self._settle(one.id, _ENDS[outcome.state], outcome.error)

    async def _settle(self, id: str, state: str, error: dict[str, Any] | None = None) -> None:
        try:
            await self._bus.run("signal.settle_queued", {"id": id, "state": state, "error": error}, self._actor)
        except XushiError as failure:
            log.warning("a queued write could not be settled: %s", failure)
