"""The OPC UA connector: asyncua keeps the session, our own lane carries the data changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.common.ua_utils import data_type_to_variant_type
from asyncua.ua.uaerrors import UaError

from xushi.kernel import Clock, Reason, plain_reason
from xushi.signals import Frame, Kind, quality_name

from ._aid import InterfaceProperty
from ._backoff import Backoff
from ._columns import Columns
from ._explore import Explorer
from ._link import Link, Point, Sink, StatusListener, WriteResult
from ._opcua_address import browse_steps, method_parts, node_text, parse_node, resolve_node
from ._opcua_changes import Items, read_changes, take_value
from ._opcua_explore import OpcuaExplorer
from ._opcua_publish import DATA_CHANGE, STATUS_CHANGE, Publish, PublishError, status_of
from ._opcua_subscription import (
    ITEMS_PER_CALL,
    PUBLISHING_INTERVAL_MS,
    Subscription,
    SubscriptionLost,
    Wanted,
)
from ._opcua_trust import SecurityRefused, secure
from ._opcua_values import guess_variant, plain_output, to_variant
from ._outage import Outage
from ._placement import Placement
from ._reporter import LinkReporter
from ._setups import OPCUA_SETUP

REQUEST_TIMEOUT_S = 5.0
SESSION_TIMEOUT_MS = 60_000
WATCH_INTERVAL_S = 86_400.0  # no watch of asyncua's: keep-alives tell sooner, and a busy server is not a lost one
MOST_SAMPLES_PER_S = 25_000.0
# Values of a node that the server keeps while this process is busy elsewhere.
LEAST_QUEUED, MOST_QUEUED, QUEUED_IN_ALL = 16, 128, 100_000
OVERFLOW = 0x0480  # OPC 10000-4, 7.39.1: this value follows others that the server's full queue has dropped
RETRY_NODES_S = 15.0
BAD_NODE_ID_UNKNOWN = 0x8034_0000
BAD_SERVER_NOT_CONNECTED = 0x800D_0000
BAD_TIMEOUT = 0x800A_0000
BAD_NOT_WRITABLE = 0x803B_0000
BAD_TYPE_MISMATCH = 0x8074_0000
BAD_INVALID_ARGUMENT = 0x80AB_0000
BAD_COMMUNICATION_ERROR = 0x8005_0000

_REFUSALS = (
    ua.uaerrors.BadUserAccessDenied,
    ua.uaerrors.BadIdentityTokenRejected,
    ua.uaerrors.BadIdentityTokenInvalid,
    ua.uaerrors.BadSecurityChecksFailed,
    ua.uaerrors.BadCertificateUntrusted,
    ua.uaerrors.BadSecurityPolicyRejected,
    ua.uaerrors.BadSecurityModeRejected,
)


class OpcuaConnector:
    """Serves one OPC UA server.

    Point options: `sampling_ms` (unless stated, as often as it publishes, but all points of the link together at most
    25,000 times a second: a server of 100,000 values that samples each ten times a second does nothing else),
    `queue_size` (values that the server keeps of a node while nobody fetches them; unless stated, 16 to 128, and where
    that is possible at most 100,000 for the whole link), `field` (names that lead from a structure to the value). A
    structure without `field` is told as JSON, an enumeration by its text, where the signal is a STRING.

    Link security: `mode` (None, Sign, SignAndEncrypt), `policy` (Basic256Sha256, Aes128Sha256RsaOaep,
    Aes256Sha256RsaPss), `username` and `password`, or `user_token` Certificate with `user_certificate_file` and
    `user_key_file` (our own certificate unless stated); `publishing_ms`.

    A method is called by its node id, or by `<object node id>|<method node id>` where several have it.
    """

    protocol = "opcua"
    schemes = ("opc.tcp",)
    setup = OPCUA_SETUP

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._folder = data_dir / "opcua"
        self.retry_nodes_s = RETRY_NODES_S
        self._clock = clock
        self._client: Client | None = None
        self._namespaces: list[str] = []
        self._types: dict[ua.NodeId, ua.VariantType] = {}
        self._sink: Sink = lambda frame: None

    @staticmethod
    def place(source: InterfaceProperty) -> Placement:
        """Return the node that a form names; see `Connector` and the OPC UA binding of IDTA 02017."""
        address = node_text(source.href, source.form.get("uav_browsePath", ""))
        return Placement(address, {"field": list(source.pointer)} if source.pointer else {})

    @staticmethod
    def form(endpoint: str, placement: Placement) -> InterfaceProperty:
        """Return how a node is written in an Asset Interfaces Description; see `Explorable.form`."""
        href = "/?id=" + quote(placement.address, safe="=;:/,.-_~!$'()*+@|[]{}<>\"\\^`")
        return InterfaceProperty((), endpoint, href, "application/octet-stream", form={"href": href})

    @staticmethod
    def explorer(endpoint: str, settings: dict[str, Any], data_dir: Path, clock: Clock) -> Explorer:
        """Return what looks around in a server; see `Explorable.explorer`."""
        return OpcuaExplorer(endpoint, settings, data_dir, clock)

    async def run(self, link: Link, sink: Sink, status: StatusListener) -> None:
        """Serve the link until cancelled; see `Connector.run`."""
        self._report = LinkReporter(link.id, self._clock, status)
        self._sink = sink
        self._outage = Outage([point.signal for point in link.points])
        backoff = Backoff()
        telling = asyncio.create_task(self._report.tell_regularly())
        try:
            while True:
                try:
                    await self._serve(link, backoff)
                except SecurityRefused as error:
                    self._mark_lost("refused", error.text, str(error))
                except _REFUSALS as error:
                    self._mark_lost("refused", "connectors.server_refused", _plain(error))
                except (OSError, TimeoutError, SubscriptionLost, UaError) as error:
                    is_new = self._report.status.state == "live"
                    text = "connectors.lost" if is_new else "connectors.unreachable"
                    self._mark_lost("lost", text, plain_reason(link.endpoint, error))
                await asyncio.sleep(backoff.next_delay_s())
        finally:
            telling.cancel()
            self._mark_lost("lost", "connectors.stopped", "")

    async def _serve(self, link: Link, backoff: Backoff) -> None:
        """Hold one session from sign-in to its loss; always ends by an exception."""
        client = Client(link.endpoint, REQUEST_TIMEOUT_S, watchdog_intervall=WATCH_INTERVAL_S)
        client.name = client.description = "Xushi"
        client.session_timeout = SESSION_TIMEOUT_MS
        await secure(client, link.security, self._folder, self._clock.now_ns())
        await client.connect()
        self._report.error = ""
        try:
            self._namespaces = await client.get_namespace_array()
            self._types.clear()
            subscription = await self._subscribe(client, link)
            publishing = asyncio.create_task(subscription.publish_until_lost())
            serving = asyncio.create_task(self._bring_up(client, link, subscription, backoff))
            try:
                await asyncio.wait([publishing, serving], return_when=asyncio.FIRST_COMPLETED)
                if serving.done():
                    serving.result()
                await publishing
            finally:
                for task in (publishing, serving, self._learning):
                    task.cancel()
                await asyncio.gather(publishing, serving, return_exceptions=True)
        finally:
            self._client = None
            await _close(client)

    async def _subscribe(self, client: Client, link: Link) -> Subscription:
        """Create the subscription, still without items."""
        self._items = Items(
            np.array([point.signal for point in link.points], np.int32),
            np.array([point.kind for point in link.points], np.int8),
            {at: tuple(point.options["field"]) for at, point in enumerate(link.points) if point.options.get("field")},
        )
        self._nodes: dict[int, ua.NodeId] = {}
        self._refused = Outage([])
        self._subscribed = client
        self._learning: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._learning.set_result(None)
        interval_ms = float(link.security.get("publishing_ms", PUBLISHING_INTERVAL_MS))
        subscription = Subscription(client, self._deliver, self._report.refuse, interval_ms)
        await subscription.create()
        return subscription

    async def _bring_up(self, client: Client, link: Link, subscription: Subscription, backoff: Backoff) -> None:
        """Have all points monitored, while the values of the first ones arrive; then look after those missing."""

        def progress(count: int) -> None:
            self._report.ready = count
            if count < len(link.points) and self._report.status.text != "connectors.subscribing":
                self._report.enter("connecting", "connectors.subscribing")

        refused = await self._monitor(client, link, subscription, range(len(link.points)), progress)
        now_ns = self._clock.now_ns()
        self._refused = Outage([link.points[handle].signal for handle in refused])
        self._refused.gap_ns = now_ns
        by_status: dict[int, list[int]] = {}
        for handle, (status, reason) in refused.items():
            self._report.refuse(reason)
            by_status.setdefault(status, []).append(link.points[handle].signal)
        for status, signals in by_status.items():
            self._sink(Frame.gap(sorted(set(signals)), now_ns, status, now_ns))
        self._client = client
        backoff.reset()
        self._outage.is_lost = False
        self._report.enter("live", "connectors.connected")
        await self._wait_for_nodes(client, link, subscription, list(refused))

    async def _monitor(
        self,
        client: Client,
        link: Link,
        subscription: Subscription,
        handles: Sequence[int],
        progress: Callable[[int], None] = lambda count: None,
    ) -> dict[int, tuple[int, str]]:
        """Have the points of these handles monitored; return status and reason of those refused."""
        refused: dict[int, tuple[int, str]] = {}
        usual_ms = 1000.0 * len(link.points) / MOST_SAMPLES_PER_S
        if usual_ms <= subscription.interval_ms:
            usual_ms = -1.0  # that of the subscription
        usual_size = min(MOST_QUEUED, max(LEAST_QUEUED, QUEUED_IN_ALL // max(1, len(link.points))))

        async def prepare(batch: Sequence[int]) -> list[Wanted]:
            wanted: list[Wanted] = []
            for handle in batch:
                point = link.points[handle]
                try:
                    node = await self._node(client, point.address)
                except (ValueError, UaError) as error:
                    refused[handle] = (BAD_NODE_ID_UNKNOWN, _plain(error))
                    continue
                refused.pop(handle, None)
                sampling_ms = float(point.options.get("sampling_ms", usual_ms))
                size = int(point.options.get("queue_size", usual_size))
                wanted.append(Wanted(handle, node, sampling_ms, size))
            self._nodes.update({one.handle: one.node for one in wanted})
            await self._learn_types(client, [one.handle for one in wanted])
            return wanted

        for one, status in await subscription.monitor(handles, prepare, progress):
            refused[one.handle] = (status, f"{link.points[one.handle].address}: {quality_name(status)}")
        return refused

    async def _learn_types(self, client: Client, handles: Sequence[int]) -> None:
        """Read what structures and enumerations the nodes hold, of signals that can take more than a number."""
        items = self._items
        asked = [at for at in handles if at in items.fields or items.kinds[at] >= Kind.STRING]
        for start in range(0, len(asked), ITEMS_PER_CALL):
            batch = asked[start : start + ITEMS_PER_CALL]
            try:
                answers = await client.uaclient.read_attributes(
                    [self._nodes[at] for at in batch], ua.AttributeIds.DataType
                )
                types = {
                    at: answer.Value.Value
                    for at, answer in zip(batch, answers, strict=False)
                    if answer.Value is not None and isinstance(answer.Value.Value, ua.NodeId)
                }
                await items.book.learn(client, set(types.values()))
            except UaError as error:
                self._report.refuse(f"the server does not tell its data types: {_plain(error)}", 0)
                return
            for at, data_type in types.items():
                labels = items.book.labels_of(data_type)
                if labels and items.kinds[at] == Kind.STRING:
                    items.labels[at] = labels
                fields = items.book.fields_of(data_type)
                if fields and at not in items.fields:
                    shown = ", ".join(fields[:10])
                    self._report.refuse(
                        f"{self._nodes[at].to_string()} is a structure, shown as JSON; fields: {shown}", 0
                    )

    async def _learn_more(self, client: Client) -> None:
        """Learn the structures that nobody expected, and read the values that could not be read before."""
        items, waiting = self._items, sorted(self._items.waiting)
        items.waiting.clear()
        try:
            await items.book.learn_encodings(client, list(items.book.unknown))
            answers = await client.uaclient.read_attributes([self._nodes[at] for at in waiting], ua.AttributeIds.Value)
        except (UaError, OSError, TimeoutError) as error:
            self._report.refuse(f"the server does not tell its data types: {_plain(error)}", 0)
            return
        columns, now_ns = Columns(), self._clock.now_ns()
        for at, answer in zip(waiting, answers, strict=False):
            take_value(at, answer.Value, now_ns, answer.StatusCode.value if answer.StatusCode else 0, items, columns)
        items.waiting.clear()  # what is still not known stays so until its server knows it
        if len(columns):
            frame = columns.take(now_ns)
            self._outage.observe(frame.times_ns)
            self._report.updates += len(frame)
            self._sink(frame)

    async def _wait_for_nodes(self, client: Client, link: Link, subscription: Subscription, missing: list[int]) -> None:
        """Ask again for points that the server did not know: some build their nodes after they let clients in."""
        while missing:
            await asyncio.sleep(self.retry_nodes_s)
            try:
                self._namespaces = await client.get_namespace_array()
                missing = list(await self._monitor(client, link, subscription, missing))
            except (OSError, TimeoutError, UaError) as error:
                self._report.refuse(_plain(error), 0)

    async def _node(self, client: Client, address: str) -> ua.NodeId:
        name = parse_node(address)
        if name.form == "p":
            found: Node = await client.nodes.root.get_child(browse_steps(name.path))
            return found.nodeid
        return resolve_node(name, self._namespaces)

    def _deliver(self, body: bytes, head: Publish, is_late: bool) -> None:
        """Turn a response's data changes into a frame; values of before the gap are restated behind it."""
        now_ns = self._clock.now_ns()
        for kind, start, stop in head.notifications:
            if kind == STATUS_CHANGE:
                status = status_of(body, start)
                if status >> 31:
                    raise SubscriptionLost(f"the server ends the subscription: {quality_name(status)}")
                continue
            if kind != DATA_CHANGE:
                self._report.refuse(f"a notification of the unknown kind {kind}")
                continue
            try:
                frame, refused = read_changes(body, start, stop, self._items, now_ns)
            except PublishError as error:
                self._report.refuse(str(error))
                continue
            if refused:
                self._report.refuse("values of a type that their signals cannot take", refused)
            dropped = int(((frame.qualities & OVERFLOW) == OVERFLOW).sum())
            if dropped:
                self._report.refuse("the server has dropped values because they were fetched too late", dropped)
            if self._items.waiting and self._learning.done():
                client = self._subscribed
                self._learning = asyncio.get_running_loop().create_task(self._learn_more(client))
            if len(frame):
                if not is_late:
                    frame.times_ns = self._outage.restate(frame.times_ns, now_ns)
                    frame.times_ns = self._refused.restate_own(frame.signals, frame.times_ns, now_ns)
                self._outage.observe(frame.times_ns)
                self._outage.is_lost = False
                self._report.updates += len(frame)
                self._sink(frame)

    def _mark_lost(self, state: Any, text: str, reason: Reason) -> None:
        self._report.ready = 0
        gap = self._outage.mark(self._clock.now_ns())
        if gap is not None:
            self._sink(gap)
        self._report.enter(state, text, reason)

    # Values and calls out

    async def write(self, point: Point, value: Any) -> WriteResult:
        """Write a value in the node's own data type and return the server's status."""
        if not point.writable:
            return WriteResult(BAD_NOT_WRITABLE, "this point may only be read")
        client = self._client
        if client is None:
            return WriteResult(BAD_SERVER_NOT_CONNECTED, "not connected to the server")
        try:
            node = client.get_node(await self._node(client, point.address))
            if node.nodeid not in self._types:
                self._types[node.nodeid] = await node.read_data_type_as_variant_type()
            variant = to_variant(value, self._types[node.nodeid])
            if not _is_open(client):
                return WriteResult(BAD_SERVER_NOT_CONNECTED, "the connection is closed")
            (status,) = await client.uaclient.session.write_attributes([node.nodeid], [ua.DataValue(variant)])
        except (ValueError, TypeError, OverflowError) as error:
            return WriteResult(BAD_TYPE_MISMATCH, str(error))
        except (UaError, OSError, TimeoutError) as error:
            return _failed(error)
        return WriteResult(status.value, quality_name(status.value))

    async def call(self, address: str, arguments: Sequence[Any]) -> WriteResult:
        """Call a method with arguments in its declared types and return status and outputs."""
        client = self._client
        if client is None:
            return WriteResult(BAD_SERVER_NOT_CONNECTED, "not connected to the server")
        owner_text, method_text = method_parts(address)
        try:
            method = client.get_node(await self._node(client, method_text))
            parent = client.get_node(await self._node(client, owner_text)) if owner_text else await method.get_parent()
            if parent is None:
                return WriteResult(BAD_NODE_ID_UNKNOWN, "the server has no such method")
            variants = await self._arguments(client, method, arguments)
            request = ua.CallMethodRequest(ObjectId=parent.nodeid, MethodId=method.nodeid, InputArguments=variants)
            if not _is_open(client):
                return WriteResult(BAD_SERVER_NOT_CONNECTED, "the connection is closed")
            (result,) = await client.uaclient.session.call([request])
        except (ValueError, TypeError, OverflowError) as error:
            return WriteResult(BAD_INVALID_ARGUMENT, str(error))
        except (UaError, OSError, TimeoutError) as error:
            return _failed(error)
        outputs = tuple(plain_output(output.Value) for output in result.OutputArguments or ())
        return WriteResult(result.StatusCode.value, quality_name(result.StatusCode.value), outputs)

    async def _arguments(self, client: Client, method: Node, arguments: Sequence[Any]) -> list[ua.Variant]:
        try:
            declared = await (await method.get_child("0:InputArguments")).read_value()
        except ua.uaerrors.BadNoMatch:
            if arguments:
                return [guess_variant(argument) for argument in arguments]
            return []
        if len(declared) != len(arguments):
            raise ValueError(f"the method takes {len(declared)} arguments, {len(arguments)} were given")
        variants: list[ua.Variant] = []
        for argument, one in zip(arguments, declared, strict=True):
            type = await data_type_to_variant_type(client.get_node(one.DataType))
            is_open = type is ua.VariantType.Variant  # any number, or anything
            variants.append(guess_variant(argument) if is_open else to_variant(argument, type))
        return variants


def _is_open(client: Client) -> bool:
    """Whether a request would go out: the loss may not have been noticed by the link yet."""
    protocol = client.uaclient.protocol
    return protocol is not None and protocol.transport is not None and not protocol.transport.is_closing()


def _failed(error: BaseException) -> WriteResult:
    code = getattr(error, "code", None)
    if isinstance(code, int):
        return WriteResult(code, quality_name(code))
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return WriteResult(BAD_TIMEOUT, "the server did not answer in time")
    return WriteResult(BAD_COMMUNICATION_ERROR, _plain(error))


def _plain(error: BaseException) -> str:
    return str(error) or type(error).__name__


async def _close(client: Client) -> None:
    """Take leave of the server; where the connection is gone, only the socket is left to close."""
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            await client.disconnect()
    except (OSError, TimeoutError, UaError):
        client.disconnect_socket()
