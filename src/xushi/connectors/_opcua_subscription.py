"""Holds an OPC UA subscription: its items, its Publish requests in flight, and what was missed in between."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeAlias

import msgspec
from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.utils import Buffer
from asyncua.ua.attribute_ids import AttributeIds
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaError

from ._opcua_publish import Publish, PublishError, read_created, read_publish, read_republish

PUBLISHING_INTERVAL_MS = 100.0
KEEP_ALIVE_COUNT = 20  # an answer every 2 s from a subscription without news
LIFETIME_COUNT = 300
ITEMS_PER_CALL = 1000
LEAST_ITEMS = 100
CALLS_IN_FLIGHT = 2
QUICK_S, SLOW_S = 0.5, 2.0  # answers faster than this let calls grow, slower ones make them smaller
CALL_TIMEOUT_S = 30.0
SMALLER = 4
MOST_RENEWALS = 5
REQUESTS_IN_FLIGHT = 3
MOST_MISSED = 1000
BAD_TOO_MANY_MONITORED_ITEMS = 0x80DB_0000


class SubscriptionLost(Exception):
    """The server no longer serves the subscription."""


class Wanted(msgspec.Struct, frozen=True):
    """One node to monitor under a client handle; an interval of -1 ms means that of the subscription."""

    handle: int
    node: ua.NodeId
    sampling_ms: float = -1.0
    queue_size: int = 16


Prepare: TypeAlias = Callable[[Sequence[int]], Awaitable[list[Wanted]]]


class Subscription:
    """One subscription on an open session, and further ones beside it where a server limits the items of each.

    Publish requests belong to the session: the first subscription sends them for all, hands each response to the one
    it is of, and is as patient as the calls of any of them ask for.

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
        self.interval_ms = interval_ms
        self._id = 0
        self._all: list[Subscription] = [self]
        self._silence_s = 10.0
        self._next_sequence: int | None = None
        self._acknowledgements: list[ua.SubscriptionAcknowledgement] = []
        self._window = REQUESTS_IN_FLIGHT
        self._batch = self._most = ITEMS_PER_CALL
        self._monitored: list[int] = []
        self._calls = 0  # calls to make items that the server has not answered yet
        self._heard_s = time.monotonic()
        self.call_timeout_s = CALL_TIMEOUT_S

    async def create(self, timeout_s: float | None = None) -> None:
        """Create the subscription and take over the server's revised intervals."""
        request = ua.CreateSubscriptionRequest()
        request.Parameters = ua.CreateSubscriptionParameters(
            RequestedPublishingInterval=self.interval_ms,
            RequestedLifetimeCount=LIFETIME_COUNT,
            RequestedMaxKeepAliveCount=KEEP_ALIVE_COUNT,
            PublishingEnabled=True,
        )
        body = await self._send(request, timeout_s)
        response = struct_from_binary(ua.CreateSubscriptionResponse, Buffer(body))
        response.ResponseHeader.ServiceResult.check()
        self._id = response.Parameters.SubscriptionId
        interval_s = response.Parameters.RevisedPublishingInterval / 1000
        self._heard_s = time.monotonic()
        self._silence_s = max(5.0, 2.5 * interval_s * response.Parameters.RevisedMaxKeepAliveCount)

    async def monitor(
        self, handles: Sequence[int], prepare: Prepare, progress: Callable[[int], None] = lambda count: None
    ) -> list[tuple[Wanted, int]]:
        """Create monitored items for client handles and return those refused, with the server's status.

        Calls grow smaller where the server answers slowly, and larger again. Where it does not answer at all, nobody
        can tell which items it has made: then all is asked again in smaller calls, in a new subscription of the same
        session, so that no value comes twice. Those that go beyond what the server allows in one subscription are
        monitored in a further one.

        Args:
            prepare: gives the nodes of some handles; those it leaves out are not monitored.
            progress: is told how many of the handles are settled.

        Raises:
            SubscriptionLost: the server does not answer to the smallest of calls either.
        """
        refused: list[tuple[Wanted, int]] = []
        left, place = list(handles), 0
        while left:
            if place == len(self._all):
                await self._add_further()
            one, before = self._all[place], len(handles) - len(left)
            found, beyond = await one._fill(left, prepare, partial(_told_from, progress, before))
            refused += found
            if beyond and not one._monitored:  # not even the first of them: the server has no room at all
                refused += [(wanted, BAD_TOO_MANY_MONITORED_ITEMS) for wanted in await prepare(beyond)]
                break
            left, place = beyond, place + 1
        return refused

    async def _add_further(self) -> None:
        further = Subscription(self._client, self._deliver, self._refuse, self.interval_ms)
        further.call_timeout_s = self.call_timeout_s
        await further.create(self.call_timeout_s)
        self._all.append(further)

    async def _fill(
        self, handles: Sequence[int], prepare: Prepare, progress: Callable[[int], None]
    ) -> tuple[list[tuple[Wanted, int]], list[int]]:
        """Monitor what this subscription has room for; return those refused, and the handles beyond it."""
        every = list(dict.fromkeys([*self._monitored, *handles]))
        todo = list(handles)
        for _ in range(MOST_RENEWALS):
            try:
                refused, beyond = await self._monitor(todo, prepare, progress)
            except TimeoutError:
                self._most = self._batch = max(1, min(self._batch, len(todo)) // SMALLER)
                await self.renew()
                todo = every
                continue
            left_out = set(beyond)
            self._monitored = [handle for handle in every if handle not in left_out]
            return refused, beyond
        raise SubscriptionLost("the server does not answer when it is asked to monitor values")

    async def _monitor(
        self, handles: Sequence[int], prepare: Prepare, progress: Callable[[int], None]
    ) -> tuple[list[tuple[Wanted, int]], list[int]]:
        """Ask in calls; return those refused, and the handles for which there was no room in this subscription."""
        flying: deque[tuple[int, asyncio.Task[list[tuple[Wanted, int]]]]] = deque()
        refused: list[tuple[Wanted, int]] = []
        beyond: list[int] = []
        asked = settled = 0
        try:
            while (asked < len(handles) and not beyond) or flying:
                while asked < len(handles) and not beyond and len(flying) < CALLS_IN_FLIGHT:
                    batch = handles[asked : asked + self._batch]
                    asked += len(batch)
                    flying.append((len(batch), asyncio.create_task(self._create_items(await prepare(batch)))))
                count, task = flying[0]
                for one, status in await task:
                    if status == BAD_TOO_MANY_MONITORED_ITEMS:
                        beyond.append(one.handle)
                    else:
                        refused.append((one, status))
                flying.popleft()
                settled += count
                progress(settled - len(beyond))
        finally:
            for _, task in flying:
                task.cancel()
            await asyncio.gather(*(task for _, task in flying), return_exceptions=True)
        return refused, [*beyond, *handles[asked:]]

    async def _create_items(self, batch: Sequence[Wanted]) -> list[tuple[Wanted, int]]:
        """Have one batch monitored, in halves where the server finds it too long."""
        if not batch:
            return []
        request = ua.CreateMonitoredItemsRequest()
        request.Parameters = ua.CreateMonitoredItemsParameters(
            SubscriptionId=self._id,
            TimestampsToReturn=ua.TimestampsToReturn.Both,
            ItemsToCreate=[_item(one) for one in batch],
        )
        began_s = time.monotonic()
        self._calls += 1
        try:
            statuses = read_created(await self._send(request, self.call_timeout_s))
        except ua.uaerrors.BadTooManyOperations:
            if len(batch) == 1:
                raise
            self._most = self._batch = min(self._most, max(1, len(batch) // 2))
            half = len(batch) // 2
            return [*await self._create_items(batch[:half]), *await self._create_items(batch[half:])]
        finally:
            self._calls -= 1
            self._heard_s = time.monotonic()
        took_s = time.monotonic() - began_s
        if took_s > SLOW_S and self._batch > LEAST_ITEMS:
            self._batch = max(LEAST_ITEMS, min(self._batch, len(batch) // 2))
        elif took_s < QUICK_S and len(batch) >= self._batch:
            self._batch = min(self._most, 2 * self._batch)
        return [(one, status) for one, status in zip(batch, statuses, strict=False) if status >> 30]

    async def renew(self) -> None:
        """Put a new subscription without items in place of this one, on the same session.

        The new one comes first: Publish requests of a session without any are refused (OPC 10000-4, 5.14.5).
        """
        before = self._id
        await self.create(self.call_timeout_s)
        self._next_sequence, self._acknowledgements = None, []
        request = ua.DeleteSubscriptionsRequest()
        request.Parameters.SubscriptionIds = [before]
        await self._send(request, self.call_timeout_s)

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
        while not waiting[0].done():
            is_busy = any(one._calls for one in self._all)
            patience_s = max(self._silence_s, self.call_timeout_s) if is_busy else self._silence_s
            left_s = max(one._heard_s for one in self._all) + patience_s - time.monotonic()
            if left_s <= 0:
                raise SubscriptionLost(f"the server has been silent for {patience_s:.0f} s")
            await asyncio.wait([waiting[0]], timeout=left_s)
        self._heard_s = time.monotonic()
        try:
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
        for one in self._all:
            request.Parameters.SubscriptionAcknowledgements += one._acknowledgements
            one._acknowledgements = []
        return request

    async def _send(self, request: object, timeout_s: float | None = None) -> bytes:
        protocol = self._client.uaclient.protocol
        if protocol is None:
            raise ConnectionError("the connection is closed")
        is_publish = isinstance(request, ua.PublishRequest)
        return bytes(await protocol.send_request(request, timeout=0 if is_publish else timeout_s))

    async def _take(self, body: bytes) -> None:
        try:
            head = read_publish(body)
        except PublishError as error:
            self._refuse(str(error), 1)
            return
        owner = next((one for one in self._all if one._id == head.subscription), None)
        if owner is not None:
            await owner._accept(body, head)

    async def _accept(self, body: bytes, head: Publish) -> None:
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


def _told_from(progress: Callable[[int], None], before: int, count: int) -> None:
    progress(before + count)


def _after(sequence: int) -> int:
    """Return the next sequence number; 0 is never used (OPC 10000-4, 7.26)."""
    return 1 if sequence >= 0xFFFF_FFFF else sequence + 1
