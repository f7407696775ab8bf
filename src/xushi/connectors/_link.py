"""What a connector is and what it talks about: links, points, their state, and the outcome of a write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

import msgspec

from xushi.signals import Frame, Kind

LinkState: TypeAlias = Literal["connecting", "live", "lost", "refused"]
Sink: TypeAlias = Callable[[Frame], None]


class Point(msgspec.Struct, frozen=True, gc=False):
    """One signal's place in a device or broker.

    Attributes:
        signal: handle of the signal in the registry.
        key: the signal's key, `{submodel id}#{idShort path}`.
        address: OPC UA node id (`nsu=<uri>;s=<id>`), MQTT `topic#/json/pointer`, or Sparkplug B
            `spBv1.0/<group>/<node>[/<device>]:<metric>`.
        kind: kind of the signal's values.
        writable: whether a value may be written to the device.
        options: what the protocol needs beyond that; each connector documents its own names.
    """

    signal: int
    key: str
    address: str
    kind: Kind = Kind.DOUBLE
    writable: bool = False
    options: dict[str, Any] = {}


class Link(msgspec.Struct, frozen=True):
    """One connection: an endpoint, how to get in, and the points that are read and written over it.

    `security` may hold `mode`, `policy`, `user_token`, `username`, `password`, `ca_file`; secrets are given
    by the operator, never read from a shell.
    """

    id: str
    protocol: str
    endpoint: str
    security: dict[str, Any] = {}
    points: tuple[Point, ...] = ()
    title: str = ""


class LinkStatus(msgspec.Struct, frozen=True):
    """How a link is doing now.

    Attributes:
        since_ns: when the state was entered, ns since the Unix epoch, UTC.
        text: message code of what happened last, a key of `connectors/messages.json`.
        updates: values received since the link was started.
        refused: values or messages that could not be used since the link was started.
        error: plain reason of the last trouble, in the words of the device or library, or by language; empty when none.
        ready: points that are served by now, where a connection takes long to come up.
    """

    link: str
    state: LinkState
    since_ns: int
    text: str = ""
    updates: int = 0
    refused: int = 0
    error: str | dict[str, str] = ""
    ready: int = 0


class WriteResult(msgspec.Struct, frozen=True):
    """What came of a write or a call: an OPC UA status code, a plain text, and a call's outputs.

    Some codes say more than yes or no, see `is_unsent` and `is_unsettled`.
    """

    status: int
    text: str = ""
    outputs: tuple[Any, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the device or broker accepted it (status severity bits 00)."""
        return self.status >> 30 == 0

    @property
    def is_unsent(self) -> bool:
        """Whether nothing went out, so that it may be sent later: BadServerNotConnected, BadNoCommunication."""
        return self.status & _CODE in (0x800D_0000, 0x8031_0000)

    @property
    def is_unsettled(self) -> bool:
        """Whether it went out and nobody can tell what came of it.

        BadTimeout, BadCommunicationError, BadConnectionClosed: the answer did not come.
        GoodCompletesAsynchronously: it was taken over, and the device itself has not confirmed it.
        """
        return self.status & _CODE in (COMPLETES_LATER, 0x800A_0000, 0x8005_0000, 0x80AE_0000)


_CODE = 0xFFFF_0000
COMPLETES_LATER = 0x002E_0000

StatusListener: TypeAlias = Callable[[LinkStatus], None]


class Connector(Protocol):
    """Keeps one link alive. Registered as a class in the entry point group `xushi.connectors`.

    The class is called as `Class(data_dir=Path, clock=Clock)`, once per link; `data_dir` is the connector's
    own folder for certificates and the like. `write` and `call` work while `run` is running.
    """

    protocol: str
    schemes: tuple[str, ...]

    async def run(self, link: Link, sink: Sink, status: StatusListener) -> None:
        """Serve the link until cancelled: connect, subscribe, hand frames to `sink`, reconnect with back-off.

        A loss is marked by a frame of quality BadNoCommunication at the time of the loss.
        """
        ...

    async def write(self, point: Point, value: Any) -> WriteResult:
        """Write one value to the device and return its own answer; a refusal is a result, not an exception.

        The caller limits the time: where the answer does not come, it cancels, and the outcome is unknown.
        """
        ...

    async def call(self, address: str, arguments: Sequence[Any]) -> WriteResult:
        """Invoke a method or action of the device at `address`; as `write` in all else."""
        ...


@runtime_checkable
class Attentive(Protocol):
    """A connector that knows which devices behind a live link, such as those of a broker, cannot be reached."""

    def away(self, point: Point) -> str:
        """Return why a write to this point would not go out now; empty where it would."""
        ...
