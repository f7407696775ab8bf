"""What a connector may add to be found in the wizard: its settings as data, looking around, reading samples."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from xushi.kernel import Clock

from ._action_input import ActionInput
from ._aid import InterfaceProperty
from ._placement import Placement

Text: TypeAlias = dict[str, str]
FieldKind: TypeAlias = Literal["text", "secret", "choice", "number", "switch"]
Role: TypeAlias = Literal["", "machine", "component", "identification"]
ValueType: TypeAlias = Literal["", "number", "integer", "boolean", "string", "time", "array"]


class Choice(msgspec.Struct, frozen=True):
    """One allowed value of a setting."""

    value: str
    title: Text


class Field(msgspec.Struct, frozen=True):
    """One setting a person may give before connecting; its name is a key of `Link.security`.

    Attributes:
        title, help: texts per language (`en`, `zh-CN`).
        default: shown first; the text form of the value.
        is_kept: whether the running connection needs it too, not the looking around alone.
    """

    name: str
    title: Text
    help: Text = {}
    kind: FieldKind = "text"
    choices: tuple[Choice, ...] = ()
    default: str = ""
    is_required: bool = False
    is_kept: bool = True


class Setup(msgspec.Struct, frozen=True):
    """How a protocol introduces itself in the wizard: title, one sentence, an example address, its settings."""

    title: Text
    summary: Text
    example: str
    fields: tuple[Field, ...] = ()


class FoundNode(msgspec.Struct, frozen=True, gc=False):
    """One thing found in a server or broker.

    Attributes:
        address: a value's `Point.address`; an action's address for `Connector.call`; of a folder, what
            `Explorer.children` takes.
        parent: address of the node above; empty below the root.
        path: names from the root to this node, this one included.
        is_value: whether it carries a value that may become a signal.
        is_action: whether it is something that the device can be told to do, with `inputs` as its arguments in order.
        has_children: whether something is below it; None where only a look would tell.
        role: what it is in the hierarchy, where the server says so.
        type: abstract type of the value; `data_type` the same in the words of the protocol.
        unit: UNECE, UCUM or plain unit; empty where unknown.
        meaning: type definition or semantic id as a URI, `nsu=<uri>;i=<id>` for OPC UA; empty where none.
        type_name: readable name of the type definition.
        labels: texts of an enumeration by value.
        sample: a value seen, plain JSON.
        options: what `Point.options` must hold beyond what `place` makes of the address.
    """

    address: str
    name: str
    parent: str = ""
    path: tuple[str, ...] = ()
    is_value: bool = False
    has_children: bool | None = None
    role: Role = ""
    type: ValueType = ""
    data_type: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    is_writable: bool = False
    meaning: str = ""
    type_name: str = ""
    description: str = ""
    labels: dict[str, str] = {}
    sample: Any = None
    options: dict[str, Any] = {}
    is_action: bool = False
    inputs: tuple[ActionInput, ...] = ()


class NodePage(msgspec.Struct, frozen=True):
    """Some of a node's children, and how to ask for more; an empty cursor means that there are no more."""

    nodes: tuple[FoundNode, ...]
    cursor: str = ""


class Sample(msgspec.Struct, frozen=True):
    """A value just read: plain JSON, its time in ns since the Unix epoch, an OPC UA status code, a plain reason."""

    address: str
    value: Any = None
    time_ns: int = 0
    quality: int = 0
    text: str = ""


class Walked(msgspec.Struct, frozen=True):
    """A batch of a walk: nodes with everything known about them, and how far the walk is (0…1, may stay at 0)."""

    nodes: tuple[FoundNode, ...]
    share: float = 0.0


class PeerCard(msgspec.Struct, frozen=True):
    """Who answers at an endpoint: a title, and details such as vendor, version or certificate."""

    title: str
    details: dict[str, str] = {}


class Explorer(Protocol):
    """Looks around at one endpoint, for one person's draft. Every call may raise an XushiError that says why.

    A peer's silence must not hang a call: each gives up after ten seconds at most, `read` after one.
    """

    async def open(self) -> PeerCard:
        """Connect and say who answers."""
        ...

    async def children(self, address: str, cursor: str, limit: int) -> NodePage:
        """Return what is directly below a node (the root for an empty address), without reading values."""
        ...

    def walk(self, roots: Sequence[str], limit: int) -> AsyncIterator[Walked]:
        """Yield everything below the roots with types and units, parents first; ends after `limit` nodes."""
        ...

    async def read(self, addresses: Sequence[str]) -> list[Sample]:
        """Return the present values in the order of the addresses."""
        ...

    async def close(self) -> None:
        """Take leave."""
        ...


@runtime_checkable
class Explorable(Protocol):
    """The optional side of a connector class; with it, the protocol can be browsed in the wizard.

    A class may also have `setup` and `form` alone: then signals come from an imported sheet. One that also has
    `prove(placement, kind)`, a static method, raises a ValueError there with the reason why an address with its
    options cannot be served; the sheet is then refused at that row. `settable(placement)`, a static method too, raises
    an XushiError where a value with these options cannot be written, though its row says so.
    """

    setup: ClassVar[Setup]

    @staticmethod
    def explorer(endpoint: str, settings: dict[str, Any], data_dir: Path, clock: Clock) -> Explorer:
        """Return an explorer for an endpoint, not yet connected."""
        ...

    @staticmethod
    def form(endpoint: str, placement: Placement) -> InterfaceProperty:
        """Return how an address is written in an Asset Interfaces Description: the inverse of `place`."""
        ...
