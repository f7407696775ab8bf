"""Holds an OPC UA subscription: its items, its Publish requests in flight, and what was missed in between."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import msgspec
from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.utils import Buffer
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaError

from ._opcua_publish import Publish, PublishError, read_publish, read_republish

PUBLISHING_INTERVAL_MS = 100.0
KEEP_ALIVE_COUNT = 20  # an answer every 2 s from a subscription without news
LIFETIME_COUNT = 300
QUEUE_SIZE = 16
ITEMS_PER_CALL = 1000
REQUESTS_IN_FLIGHT = 3
MOST_MISSED = 1000


class SubscriptionLost(Exception):
    """The server no longer serves the subscription."""


class Wanted(msgspec.Struct, frozen=True):
    """One node to monitor under a client handle; an interval of -1 ms means that of the subscription."""

    handle: int
    node: ua.NodeId
    sampling_ms: float = -1.0
    queue_size: int = QUEUE_SIZE


class Subscription:
    """One subscription on an open session.

    Args:
        deliver: called with a response's bytes and head, and whether it is one sent again on request.
    """

    def __init__(
        self,
        client: Client,
        deliver: Callable[[bytes, Publish, bool], None],
        refuse: Callable[[str, int], None],
        interval_ms: float = PUBLISHING_INTERVAL_MS,
    ) -> None:
        self._client = client
        self._deliver = deliver
        self._refuse = refuse
        self._interval_ms = interval_ms
        self._id = 0
        self._silence_s = 10.0
        self._next_sequence: int | None = None
        self._acknowledgements: list[ua.SubscriptionAcknowledgement] = []
        self._window = REQUESTS_IN_FLIGHT

    async def create(self) -> None:
        """Create the subscription and take over the server's revised intervals."""
        request = ua.CreateSubscriptionRequest()
        request.Parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=self._interval_ms,
            RequestedLifetimeCount=LIFETIME_COUNT,
            RequestedMaxKeepAliveCount=KEEP_ALIVE_COUNT,
            PublishingEnabled=True,
        )
        body = await self._send(request)
        response = struct_from_binary(ua.CreateSubscriptionResponse, Buffer(body))
        response.ResponseHeader.ServiceResult.check()
        self._id = response.Parameters.SubscriptionId
        interval_s = response.Parameters.RevisedPublishingInterval / 1000
        self._silence_s = max(5.0, 2.5 * interval_s * response.Parameters.RevisedMaxKeepAliveCount)

    async def monitor(self, wanted: Sequence[Wanted]) -> list[tuple[Wanted, int]]:
        """Create the monitored items in batches and return those refused, with the server's status."""
        refused: list[tuple[Wanted, int]] = []
        batch_size, done = ITEMS_PER_CALL, 0
        while done < len(wanted):
            batch = wanted[done : done + batch_size]
            parameters = ua.CreateMonitoredItemsParameters(
                SubscriptionId=self._id,
                TimestampsToReturn=ua.TimestampsToReturn.Both,
                ItemsToCreate=[_item(one) for one in batch],
            )
            try:
                results = await self._client.uaclient.session.create_monitored_items(parameters)
            except ua.uaerrors.BadTooManyOperations:
                if batch_size == 1:
                    raise
                batch_size = max(1, batch_size // 2)
                continue
            refused += [
                (one, result.StatusCode.value)
                for one, result in zip(batch, results, strict=False)
                if not result.StatusCode.is_good()
            ]
            done += len(batch)
        return refused

    async def publish_until_lost(self) -> None:
        """Keep Publish requests at the server and deliver what comes, until subscription or connection end.

        Raises:
            SubscriptionLost: the server gave it up, or has been silent for too long.
            OSError: the connection is lost.
        """
        waiting: deque[asyncio.Task[bytes]] = deque()
        try:
            while True:
                while len(waiting) < self._window:
                    waiting.append(asyncio.create_task(self._send(self._request())))
                body = await self._next(waiting)
                if body is not None:
                    await self._take(body)
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _next(self, waiting: deque[asyncio.Task[bytes]]) -> bytes | None:
        try:
            done, _ = await asyncio.wait([waiting[0]], timeout=self._silence_s)
            if not done:
                raise SubscriptionLost(f"the server has been silent for {self._silence_s:.0f} s")
            return waiting.popleft().result()
        except ua.uaerrors.BadTooManyPublishRequests:
            self._window = max(1, self._window - 1)
        except ua.uaerrors.BadTimeout:
            pass  # the request grew old at the server; the next one takes its place
        except ua.uaerrors.UaStatusCodeError as error:
            raise SubscriptionLost(str(error)) from error
        return None

    def _request(self) -> ua.PublishRequest:
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = self._acknowledgements
        self._acknowledgements = []
        return request

    async def _send(self, request: object) -> bytes:
        protocol = self._client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("the connection is closed")
        is_publish = isinstance(request, ua.PublishRequest)
        return bytes(await protocol.send_request(request, timeout=0 if is_publish else None))

    async def _take(self, body: bytes) -> None:
        try:
            head = read_publish(body)
        except PublishError as error:
            self._refuse(str(error), 1)
            return
        if head.subscription != self._id:
            return
        if head.notifications:
            if self._next_sequence is not None:
                await self._fetch_missed(head)
            self._next_sequence = _after(head.sequence)
            self._acknowledgements.append(
                ua.SubscriptionAcknowledgement(SubscriptionId=self._id, SequenceNumber=head.sequence)
            )
            self._deliver(body, head, False)

    async def _fetch_missed(self, head: Publish) -> None:
        """Ask again for the responses between the last and this one, where the server still has them."""
        number, lost = self._next_sequence or head.sequence, 0
        if (head.sequence - number) % 0xFFFF_FFFF > MOST_MISSED:
            self._refuse(f"the server's numbers jump from {number} to {head.sequence}", 1)
            return
        while number != head.sequence:
            if number in head.available:
                lost += not await self._fetch(number)
            else:
                lost += 1
            number = _after(number)
        if lost:
            self._refuse(f"{lost} responses before {head.sequence} were missed and the server has them no longer", lost)

    async def _fetch(self, number: int) -> bool:
        """Have the server send a response again; False where it cannot."""
        request = ua.RepublishRequest()
        request.Parameters.SubscriptionId = self._id
        request.Parameters.RetransmitSequenceNumber = number
        try:
            body = await self._send(request)
            self._deliver(body, read_republish(body), True)
        except (UaError, PublishError):
            return False
        return True


def _item(one: Wanted) -> ua.MonitoredItemCreateRequest:
    item = ua.MonitoredItemCreateRequest()
    item.ItemToMonitor = ua.ReadValueId(NodeId=one.node, AttributeId=AttributeIds.Value)
    item.MonitoringMode = ua.MonitoringMode.Reporting
    item.RequestedParameters = ua.MonitoringParameters(
        ClientHandle=one.handle,
        SamplingInterval=one.sampling_ms,
        QueueSize=one.queue_size,
        DiscardOldest=True,
    )
    return item


def _after(sequence: int) -> int:
    """Return the next sequence number; 0 is never used (OPC 10000-4, 7.26)."""
    return 1 if sequence >= 0xFFFF_FFFF else sequence + 1
