"""Carries out commands: checks the right, does or shows the change, leaves evidence in one transaction."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from functools import cache
from typing import Any, Protocol, TypeAlias

import msgspec

from ._blobs import BlobStore
from ._clock import Clock
from ._commands import Actor, Change, Command, CommandContext, CommandTable, Outcome, State
from ._errors import NothingSent, OutcomeUnknown, XushiError
from ._ids import canonical_json, new_id
from ._records import Diff, Record, build_diff, diff_key, digest, pieces
from ._store import LogEntry, RecordStore

_LARGEST_PARAMS_IN_EVIDENCE = 16_384
_MOST_KEYS_IN_EVIDENCE = 200
_RECORDS_PER_PIECE = 100  # of a change that is kept for its undo

Listener: TypeAlias = Callable[[Outcome, Diff], Awaitable[None] | None]


def _plain(value: Any) -> Any:
    """A parameter of an error as JSON, so that its text can be told in another language later."""
    return value if isinstance(value, str | int | float | bool | None) else str(value)


# Who may propose a command may see first what it would do: the proposal says it as well.
MAY_PROPOSE = "propose"
OWN_RIGHT = "platform"  # of the platform's own hand: nobody is granted it, and nobody can propose what needs it


class Authorizer(Protocol):
    """Decides whether an actor holds a right."""

    def permits(self, actor: Actor, right: str) -> bool:
        """Tell whether `actor` may use `right`."""
        ...


class Journal(Protocol):
    """Turns what happened into the next entry of the evidence log."""

    def next_entries(self, store: RecordStore, statements: list[dict[str, Any]]) -> list[LogEntry]:
        """Return the log entries for `statements`, chained to the log's last entry."""
        ...


class CommandBus:
    """The only way to change the world: one at a time, durable before it is acknowledged."""

    def __init__(
        self,
        store: RecordStore,
        blobs: BlobStore,
        table: CommandTable,
        clock: Clock,
        authorizer: Authorizer,
        journal: Journal,
        services: Mapping[str, Any],
    ) -> None:
        self.table = table
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._authorizer = authorizer
        self._journal = journal
        self._services = services
        self._listeners: list[Listener] = []
        self._lock = asyncio.Lock()
        self._under_way: set[asyncio.Task[Outcome]] = set()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(outcome, diff)` after each change is durable; returns how to stop that.

        Listeners are called in the order of the changes, and return at once. What one has to do that takes long it
        returns as an awaitable: only the command that brought it about waits for that.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def run(self, name: str, params: Any, actor: Actor, *, dry_run: bool = False, reason: str = "") -> Outcome:
        """Run one command, or show what it would do.

        Args:
            params: the command's Struct, or plain JSON of that shape.
            reason: why, in the actor's words; goes into the evidence.

        Raises:
            XushiError: `kernel.command_unknown`, `kernel.params_invalid`, `kernel.forbidden`,
                `kernel.conflict`, or what the command itself refuses with. Nothing is changed then.
        """
        command = self.table.get(name)
        may_run = self._authorizer.permits(actor, command.right)
        may_look = dry_run and command.right != OWN_RIGHT and self._authorizer.permits(actor, MAY_PROPOSE)
        if not may_run and not may_look:
            raise XushiError("kernel.forbidden", name=name, right=command.right, actor=actor.name)
        parsed = self.table.parse(name, params)
        context = CommandContext(self._store, self._blobs, self._clock, actor, self._services)
        if dry_run:
            change = await asyncio.to_thread(command.prepare, context, parsed)
            return self._outcome(new_id(), command, change, "planned")
        return await self._outliving_its_caller(self._carry_out(command, parsed, context, reason, undoes=None))

    async def settle(self, timeout_s: float) -> None:
        """Wait until the commands that were begun have ended, at most `timeout_s`: a device may be slow to answer."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=timeout_s)

    async def _outliving_its_caller(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """Let a command end although its caller is cancelled: half of it would leave disk and memory apart."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def undo(self, command_to_undo: str, actor: Actor) -> Outcome:
        """Take back a command by its inverse; taking back an undo is a redo.

        Raises:
            XushiError: `kernel.undo_unknown`, `kernel.undo_spent` (already taken back),
                `kernel.conflict` (someone changed the same records since), `kernel.forbidden`.
        """
        return await self._outliving_its_caller(self._undo(command_to_undo, actor))

    async def _undo(self, command_to_undo: str, actor: Actor) -> Outcome:
        change = await asyncio.to_thread(self._store.get, "change", command_to_undo)
        if change is None:
            raise XushiError("kernel.undo_unknown", command_id=command_to_undo[:80])
        if change["undone_by"]:
            raise XushiError("kernel.undo_spent", command_id=command_to_undo)
        command = self.table.get(change["command"])
        if change["undo_with"] is not None:
            return await self._undo_effects(change["undo_with"], actor, command_to_undo)
        if not self._authorizer.permits(actor, command.right):
            raise XushiError("kernel.forbidden", name=command.name, right=command.right, actor=actor.name)
        inverse = Change(diff=await asyncio.to_thread(self._inverse, command_to_undo, change))
        command_id = new_id(self._clock.now_ns())
        async with self._lock:
            await self._acknowledge(command_id, command, None, inverse, actor, "", undoes=command_to_undo)
        return await self._tell(self._outcome(command_id, command, inverse, "done"), inverse)

    def _inverse(self, command_id: str, change: Record) -> Diff:
        """Put the diff that undoes a command together; earlier versions kept the first piece beside the command."""
        kept = [self._store.get("change_piece", name) for name in self._piece_names(command_id, change)]
        whole = Diff({}, {}, {})
        for record in [change, *kept] if "diff" in change else kept:
            piece = msgspec.convert((record or {})["diff"], Diff)
            whole.added.update(piece.added)
            whole.updated.update(piece.updated)
            whole.removed.update(piece.removed)
        return whole.inverse()

    @staticmethod
    def _piece_names(command_id: str, change: Record) -> list[str]:
        """What the pieces of a kept change are called."""
        return [f"{command_id}/{number}" for number in range(1, change.get("pieces", 0) + 1)]

    async def _undo_effects(self, undo_with: tuple[str, Any], actor: Actor, undoes: str) -> Outcome:
        name, params = undo_with
        command = self.table.get(name)
        if not self._authorizer.permits(actor, command.right):
            raise XushiError("kernel.forbidden", name=name, right=command.right, actor=actor.name)
        context = CommandContext(self._store, self._blobs, self._clock, actor, self._services)
        return await self._carry_out(command, self.table.parse(name, params), context, "", undoes)

    async def _carry_out(
        self, command: Command, params: Any, context: CommandContext, reason: str, undoes: str | None
    ) -> Outcome:
        """Decide and make durable one at a time; effects run side by side, so that no silent device stops others."""
        command_id = new_id(self._clock.now_ns())
        async with self._lock:
            change = await asyncio.to_thread(command.prepare, context, params)
            await self._acknowledge(command_id, command, params, change, context.actor, reason, undoes)
        if not change.effects:
            return await self._tell(self._outcome(command_id, command, change, "done"), change)
        state: State = "done"
        confirmed: list[dict[str, Any]] = []
        error: XushiError | None = None
        for effect in change.effects:
            try:
                confirmed.append(await effect.apply())
            except XushiError as refusal:
                error = refusal
                state = "unknown" if isinstance(refusal, OutcomeUnknown) else "failed"
                break
            except Exception as defect:  # an effect's own defect: nobody can tell what went out, and that is evidence
                error = XushiError(
                    "kernel.effect_broken", name=command.name, reason=f"{type(defect).__name__}: {defect}"
                )
                state = "unknown"
                asyncio.get_running_loop().call_exception_handler(
                    {"message": f"an effect of {command.name} ended by an unexpected error", "exception": defect}
                )
                break
        ended: dict[str, Any] = {"command_id": command_id, "at_ns": self._clock.now_ns(), "state": state}
        ended["confirmed"] = confirmed
        if error is not None:
            ended["error"] = {**error.to_dict(), "params": {key: _plain(one) for key, one in error.params.items()}}
        async with self._lock:
            instead = await self._in_place_of(change, error) if not confirmed else None
            if instead is not None:
                change, state, error = instead, "done", None
                ended |= {"state": state, "instead": change.summary, "touched": change.diff.touched()}
                settled = self._settled_instead(command_id, command, change)
            else:
                is_nothing = state == "failed" and not confirmed and change.diff.is_empty()
                settled = self._settled(undoes if state != "done" else None, command_id if is_nothing else None)
            await asyncio.to_thread(self._commit, settled, [ended])
        return await self._tell(self._outcome(command_id, command, change, state, confirmed, error), change)

    async def _acknowledge(
        self,
        command_id: str,
        command: Command,
        params: Any,
        change: Change,
        actor: Actor,
        reason: str,
        undoes: str | None,
    ) -> None:
        """Make the change and its evidence durable in one transaction; the caller holds the lock."""

        def write() -> None:  # in a thread: a large change takes seconds to write down
            statement = self._statement(command_id, command, params, change, actor, reason, undoes)
            statement["state"] = "started" if change.effects else "done"
            self._commit(self._with_undo_record(command_id, command, change, undoes), [statement])

        await asyncio.to_thread(write)

    async def _in_place_of(self, change: Change, error: XushiError | None) -> Change | None:
        """Return what is done in place of effects of which nothing went out, where the change knows of anything."""
        if change.otherwise is None or not isinstance(error, NothingSent):
            return None
        try:
            return await asyncio.to_thread(change.otherwise)
        except XushiError:  # not possible either: the command ends by what stopped its effects
            return None

    def _settled_instead(self, command_id: str, command: Command, instead: Change) -> Diff:
        """Return the diff of what was done in place of the effects; from now on an undo takes that back."""
        whole = self._with_undo_record(command_id, command, instead, None)
        before = self._store.get("change", command_id)
        if before is None:
            return whole
        names = self._piece_names(command_id, before)
        kept = {diff_key("change_piece", name): self._store.get("change_piece", name) or {} for name in names}
        kept[diff_key("change", command_id)] = before
        changed = build_diff(kept, whole.added)
        return Diff(changed.added, whole.updated | changed.updated, whole.removed | changed.removed)

    def _settled(self, not_undone: str | None, refused: str | None) -> Diff:
        """Return the diff after what a device did not confirm.

        Args:
            not_undone: the command whose undo was not confirmed: it can be tried again.
            refused: the command of which nothing was done: there is nothing to take back.
        """
        spent = self._store.get("change", not_undone) if not_undone else None
        empty = self._store.get("change", refused) if refused else None
        return Diff(
            updated={diff_key("change", not_undone): (spent, {**spent, "undone_by": None})}
            if not_undone and spent
            else {},
            removed={diff_key("change", refused): empty} if refused and empty else {},
        )

    async def _tell(self, outcome: Outcome, change: Change) -> Outcome:
        following = [listener(outcome, change.diff) for listener in list(self._listeners)]
        for one in following:
            if one is not None:
                await one
        return outcome

    def _commit(self, diff: Diff, statements: list[dict[str, Any]]) -> None:
        self._store.commit(diff, self._journal.next_entries(self._store, statements))

    def _with_undo_record(self, command_id: str, command: Command, change: Change, undoes: str | None) -> Diff:
        """Return the diff with what a later undo needs, and with the undone command marked as spent."""
        added, updated = dict(change.diff.added), dict(change.diff.updated)
        if self._can_undo(command, change):
            kept = [] if change.diff.is_empty() else pieces(change.diff, _RECORDS_PER_PIECE)
            record: Record = {  # without the diff: so it is read, and marked as spent, at once
                "command": command.name,
                "undo_with": list(change.undo_with) if change.undo_with else None,
                "undone_by": None,
                "pieces": len(kept),
            }
            added[diff_key("change", command_id)] = record
            for name, piece in zip(self._piece_names(command_id, record), kept, strict=True):
                added[diff_key("change_piece", name)] = {"diff": _plain_diff(piece)}
        if undoes is not None:
            before = self._store.get("change", undoes)
            if before is None or before["undone_by"]:
                raise XushiError("kernel.undo_spent", command_id=undoes)
            updated[diff_key("change", undoes)] = (before, {**before, "undone_by": command_id})
        return Diff(added, updated, change.diff.removed)

    @staticmethod
    def _can_undo(command: Command, change: Change) -> bool:
        return command.is_undoable and (not change.diff.is_empty() or change.undo_with is not None)

    def _statement(
        self,
        command_id: str,
        command: Command,
        params: Any,
        change: Change,
        actor: Actor,
        reason: str,
        undoes: str | None,
    ) -> dict[str, Any]:
        shown = _without_secrets(params)
        text = canonical_json(shown)
        keys = change.diff.touched()
        statement: dict[str, Any] = {
            "command_id": command_id,
            "command": command.name,
            "actor": actor.id,
            "actor_name": actor.name,
            "at_ns": self._clock.now_ns(),
            "reason": reason,
            "params": shown if len(text) <= _LARGEST_PARAMS_IN_EVIDENCE else None,
            "params_sha256": hashlib.sha256(text).hexdigest(),
            "diff_sha256": digest(change.diff),
            "touched": keys if command.names_all else keys[:_MOST_KEYS_IN_EVIDENCE],
            "touched_count": len(keys),
            "effects": [effect.describe() for effect in change.effects],
            "summary": change.summary,
        }
        if undoes is not None:
            statement["undoes"] = undoes
        return statement

    def _outcome(
        self,
        command_id: str,
        command: Command,
        change: Change,
        state: State,
        confirmed: list[dict[str, Any]] | None = None,
        error: XushiError | None = None,
    ) -> Outcome:
        return Outcome(
            command_id=command_id,
            command=command.name,
            state=state,
            is_undoable=state in ("done", "planned") and self._can_undo(command, change),
            at_ns=self._clock.now_ns(),
            result=change.result,
            summary=change.summary,
            effects=[effect.describe() for effect in change.effects] if confirmed is None else confirmed,
            diagnoses=list(change.diagnoses),
            diff=change.diff,
            error=None if error is None else {"code": error.code, "params": error.params},
        )


def _plain_diff(diff: Diff) -> Record:
    return {"added": diff.added, "updated": diff.updated, "removed": diff.removed}


@cache
def secret_fields(type: type[msgspec.Struct]) -> frozenset[str]:
    """Return the fields that are `writeOnly` in the JSON Schema of a command's parameters, such as passwords."""
    _, parts = msgspec.json.schema_components([type])
    fields = parts.get(type.__name__, {}).get("properties", {})
    return frozenset(name for name, field in fields.items() if field.get("writeOnly"))


def _without_secrets(params: Any) -> Any:
    """Return parameters as plain JSON for the evidence; of a secret only that it was given."""
    shown = msgspec.to_builtins(params)
    if isinstance(params, msgspec.Struct):
        for name in secret_fields(type(params)):
            if shown.get(name):
                shown[name] = "***"
    return shown
