"""What a command is: parameters, right, dry run, reversible change and texts, written once for every door."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Protocol, TypeAlias

import msgspec

from ._blobs import BlobStore
from ._clock import Clock
from ._errors import Diagnosis, XushiError
from ._records import Diff
from ._store import RecordStore

Text: TypeAlias = Mapping[str, str]
State: TypeAlias = Literal["planned", "done", "failed", "unknown"]
_LABELS = importlib.resources.files(__package__).joinpath("parameters.json")


class Actor(msgspec.Struct, frozen=True):
    """Who acts: a person, a program or the platform itself, with the scopes granted to this session."""

    id: str
    name: str
    scopes: frozenset[str] = frozenset()


class Effect(Protocol):
    """Something a command does outside the record store, such as a write to a device."""

    def describe(self) -> dict[str, Any]:
        """Return what would happen, as plain JSON, for the dry run and the evidence."""
        ...

    async def apply(self) -> dict[str, Any]:
        """Do it and return what was confirmed.

        Raises:
            XushiError: it was refused, with the reason; `OutcomeUnknown` where nobody can tell, `NothingSent` where
                the request did not even go out.
        """
        ...


class Change(msgspec.Struct, frozen=True):
    """What a command would do: computed by `prepare`, shown by a dry run, carried out by the bus.

    Attributes:
        diff: the change of records, empty for a pure device command.
        effects: what happens outside, in order, after the intention is durable.
        undo_with: (command name, parameters) that undoes the effects; records undo by the inverse diff.
        result: plain JSON handed back to the caller.
        summary: counts and names for a person.
        diagnoses: findings that do not stop the command.
        otherwise: the change made in place of effects of which nothing could be sent, such as keeping them for later.
    """

    diff: Diff = Diff()
    effects: tuple[Effect, ...] = ()
    undo_with: tuple[str, dict[str, Any]] | None = None
    result: Any = None
    summary: dict[str, Any] = {}
    diagnoses: tuple[Diagnosis, ...] = ()
    otherwise: Callable[[], Change] | None = None


@dataclass(frozen=True)
class CommandContext:
    """What `prepare` may look at; it reads, computes and returns a change, and touches nothing."""

    store: RecordStore
    blobs: BlobStore
    clock: Clock
    actor: Actor
    services: Mapping[str, Any]


@dataclass(frozen=True)
class Command:
    """One action of the platform.

    Attributes:
        name: `room.verb`, stable for ever, e.g. `scene.move`.
        params: a msgspec Struct; its JSON Schema is what every door shows.
        right: the scope an actor needs, e.g. `scene:write`.
        title: the label of button and palette entry, per language.
        summary: one sentence of help, per language.
        prepare: computes the change; runs in a worker thread.
        is_undoable: whether the change can be taken back.
        moves_metal: whether a person must hold to confirm.
        names_all: whether its evidence names every record it touched; else the first 200, and a digest of all.
        labels: what forms call its parameters, per language; needed for those that have names of their own, see
            `parameters.json`.
    """

    name: str
    params: type[msgspec.Struct]
    right: str
    title: Text
    summary: Text
    prepare: Callable[[CommandContext, Any], Change]
    is_undoable: bool = True
    moves_metal: bool = False
    names_all: bool = False
    labels: Mapping[str, Text] = field(default_factory=dict)

    def label(self, parameter: str) -> Text:
        """Return what forms call a parameter; its name where nobody has said so."""
        return self.labels.get(parameter) or _common_labels().get(parameter) or {"en": parameter}


@cache
def _common_labels() -> dict[str, dict[str, str]]:
    """What parameters are called that commands of several rooms have, or that any might have."""
    texts: dict[str, dict[str, str]] = json.loads(_LABELS.read_text("utf-8"))
    return texts


class CommandTable:
    """All commands by name; built-in and outsiders' commands register the same way."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def register(self, command: Command) -> None:
        """Add a command.

        Raises:
            XushiError: `kernel.command_taken` where the name is in use.
        """
        if command.name in self._commands:
            raise XushiError("kernel.command_taken", name=command.name)
        self._commands[command.name] = command

    def get(self, name: str) -> Command:
        """Return a command by name.

        Raises:
            XushiError: `kernel.command_unknown`.
        """
        try:
            return self._commands[name]
        except KeyError:
            raise XushiError("kernel.command_unknown", name=name[:100]) from None

    def all(self) -> list[Command]:
        """Return all commands in the order of their names."""
        return [self._commands[name] for name in sorted(self._commands)]

    def parse(self, name: str, params: Any) -> msgspec.Struct:
        """Return the parameters of a command as its Struct.

        Raises:
            XushiError: `kernel.params_invalid` with the place and the reason.
        """
        command = self.get(name)
        if isinstance(params, command.params):
            return params
        try:
            return msgspec.convert(params, command.params)
        except msgspec.ValidationError as error:
            try:
                return msgspec.convert(_whole_numbers(params), command.params)
            except (msgspec.ValidationError, RecursionError):
                raise XushiError("kernel.params_invalid", name=name, reason=str(error)) from error

    def describe(self) -> list[dict[str, Any]]:
        """Return every command as plain JSON with the JSON Schema (2020-12) of its parameters."""
        described = []
        for command in self.all():
            (schema,), parts = msgspec.json.schema_components([command.params], ref_template="#/$defs/{name}")
            described.append(
                {
                    "name": command.name,
                    "right": command.right,
                    "title": dict(command.title),
                    "summary": dict(command.summary),
                    "undoable": command.is_undoable,
                    "moves_metal": command.moves_metal,
                    "params": {**schema, "$defs": parts},
                    "labels": {name: dict(command.label(name)) for name in command.params.__struct_encode_fields__},
                }
            )
        return described


def _whole_numbers(value: Any) -> Any:
    """The same JSON with 1.0 written as 1: JSON Schema takes both for an integer (2020-12, validation 6.1.1)."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _whole_numbers(one) for key, one in value.items()}
    return [_whole_numbers(one) for one in value] if isinstance(value, list) else value


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command: the one answer every door gives.

    `state` is `planned` for a dry run, `done`, `failed` (refused by the device), or `unknown` (no
    confirmation came in time).
    """

    command_id: str
    command: str
    state: State
    is_undoable: bool = False
    at_ns: int = 0
    result: Any = None
    summary: dict[str, Any] = {}
    effects: list[dict[str, Any]] = []
    diagnoses: list[Diagnosis] = []
    diff: Diff = Diff()
    error: dict[str, Any] | None = None
