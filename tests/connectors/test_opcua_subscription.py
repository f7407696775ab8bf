"""The publish lane alone: missed responses are asked for again, overload is answered by asking less."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_to_binary

from xushi.connectors._opcua_publish import Publish
from xushi.connectors._opcua_subscription import (
    BAD_TOO_MANY_MONITORED_ITEMS,
    ITEMS_PER_CALL,
    Subscription,
    SubscriptionLost,
    Wanted,
)


def publish_response(sequence: int, available: list[int], subscription: int = 1) -> bytes:
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = subscription
    response.Parameters.AvailableSequenceNumbers = available
    message = response.Parameters.NotificationMessage
    message.SequenceNumber = sequence
    if sequence:
        message.NotificationData = [ua.DataChangeNotification()]
    encoded: bytes = struct_to_binary(response)
    return encoded


def republish_response(sequence: int) -> bytes:
    response = ua.RepublishResponse()
    response.NotificationMessage.SequenceNumber = sequence
    response.NotificationMessage.NotificationData = [ua.DataChangeNotification()]
    encoded: bytes = struct_to_binary(response)
    return encoded


class Server:
    """Answers Publish and Republish from a script; an exception in the script is raised."""

    def __init__(self, script: list[Any]) -> None:
        self.script = script
        self.republished: list[int] = []
        self.acknowledged: list[int] = []
        self.delivered: list[tuple[int, bool]] = []
        self.refused: list[str] = []
        client = SimpleNamespace(uaclient=SimpleNamespace(protocol=self))
        self.subscription = Subscription(client, self.deliver, lambda text, count: self.refused.append(text))  # type: ignore[arg-type]
        self.subscription._id = 1

    def deliver(self, body: bytes, head: Publish, is_late: bool) -> None:
        self.delivered.append((head.sequence, is_late))

    async def send_request(self, request: Any, timeout: float | None = None) -> Buffer:  # noqa: ASYNC109
        if isinstance(request, ua.RepublishRequest):
            self.republished.append(request.Parameters.RetransmitSequenceNumber)
            return Buffer(republish_response(self.republished[-1]))
        self.acknowledged += [each.SequenceNumber for each in request.Parameters.SubscriptionAcknowledgements]
        if not self.script:
            await asyncio.Event().wait()
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Buffer(answer)


async def test_missed_responses_are_asked_for_again_in_order() -> None:
    server = Server(
        [publish_response(n, a) for n, a in ((7, [7]), (10, [8, 9, 10]), (11, [11]))] + [ConnectionError("gone")]
    )
    with pytest.raises(ConnectionError):
        await server.subscription.publish_until_lost()
    assert server.delivered == [(7, False), (8, True), (9, True), (10, False), (11, False)]
    assert server.republished == [8, 9]
    assert not server.refused


async def test_what_the_server_no_longer_has_is_told() -> None:
    server = Server([publish_response(1, [1]), publish_response(5, [4, 5]), ConnectionError("gone")])
    with pytest.raises(ConnectionError):
        await server.subscription.publish_until_lost()
    assert [number for number, _ in server.delivered] == [1, 4, 5]
    assert len(server.refused) == 1


async def test_numbers_go_on_at_1_after_the_largest() -> None:
    server = Server([publish_response(0xFFFF_FFFF, []), publish_response(1, []), ConnectionError("gone")])
    with pytest.raises(ConnectionError):
        await server.subscription.publish_until_lost()
    assert not server.refused


async def test_keep_alives_and_rubbish_deliver_nothing() -> None:
    server = Server(
        [
            publish_response(0, []),
            b"\x01\x02",
            publish_response(3, [], subscription=9),
            ConnectionError("gone"),
        ]
    )
    with pytest.raises(ConnectionError):
        await server.subscription.publish_until_lost()
    assert not server.delivered
    assert len(server.refused) == 1


async def test_delivered_responses_are_acknowledged() -> None:
    server = Server([*(publish_response(n, []) for n in range(1, 9)), ConnectionError("gone")])
    with pytest.raises(ConnectionError):
        await server.subscription.publish_until_lost()
    assert server.acknowledged == sorted(server.acknowledged)
    assert set(server.acknowledged) <= set(range(1, 9))
    assert len(server.acknowledged) >= 5


async def test_too_many_requests_are_answered_by_fewer_and_other_faults_end_the_subscription() -> None:
    many = [
        ua.uaerrors.BadTooManyPublishRequests(),
        ua.uaerrors.BadTooManyPublishRequests(),
        publish_response(1, []),
    ]
    server = Server([*many, ua.uaerrors.BadNoSubscription()])
    with pytest.raises(SubscriptionLost):
        await server.subscription.publish_until_lost()
    assert server.subscription._window == 1
    assert server.delivered == [(1, False)]


async def test_a_server_that_falls_silent_is_given_up() -> None:
    server = Server([])
    server.subscription._silence_s = 0.05
    with pytest.raises(SubscriptionLost, match="silent"):
        await server.subscription.publish_until_lost()


async def test_a_server_that_is_busy_with_a_further_subscription_is_not_given_up() -> None:
    server = Server([])
    server.subscription._silence_s = 0.05
    further = Subscription(server.subscription._client, server.deliver, lambda *_: None)
    further._calls = 1
    server.subscription._all.append(further)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await server.subscription.publish_until_lost()


class SlowServer(Server):
    """Makes monitored items; remembers which.

    It never answers a call for more than `most` of them, and has `room` for so many in each subscription.
    """

    def __init__(self, most: int, room: int = 1_000_000) -> None:
        super().__init__([])
        self.most = most
        self.room = room
        self.made: dict[int, list[int]] = {}
        self.calls: list[int] = []
        self.subscription._id = 0

    async def send_request(self, request: Any, timeout: float | None = None) -> Buffer:  # noqa: ASYNC109
        response: Any
        if isinstance(request, ua.CreateSubscriptionRequest):
            response = ua.CreateSubscriptionResponse()
            response.Parameters.SubscriptionId = len(self.calls) + 1
            response.Parameters.RevisedPublishingInterval = 100.0
            response.Parameters.RevisedMaxKeepAliveCount = 20
            self.made[response.Parameters.SubscriptionId] = []
        elif isinstance(request, ua.DeleteSubscriptionsRequest):
            response = ua.DeleteSubscriptionsResponse()
            for each in request.Parameters.SubscriptionIds:
                del self.made[each]
            assert self.made  # a session without any subscription refuses the Publish requests that wait
        else:
            items = request.Parameters.ItemsToCreate
            self.calls.append(len(items))
            # it has made them all the same: nobody can tell from its silence
            made = self.made[request.Parameters.SubscriptionId]
            fits = max(0, min(len(items), self.room - len(made)))
            made += [one.RequestedParameters.ClientHandle for one in items[:fits]]
            if len(items) > self.most:
                await asyncio.sleep(0.02)
                raise TimeoutError
            response = ua.CreateMonitoredItemsResponse()
            codes = [0] * fits + [BAD_TOO_MANY_MONITORED_ITEMS] * (len(items) - fits)
            response.Results = [ua.MonitoredItemCreateResult(StatusCode=ua.StatusCode(code)) for code in codes]
        return Buffer(struct_to_binary(response))


async def _nodes(handles: Sequence[int]) -> list[Wanted]:
    return [Wanted(handle, ua.NodeId(handle, 2)) for handle in handles]


async def test_a_call_without_an_answer_is_made_smaller_and_no_item_is_monitored_twice() -> None:
    server, told = SlowServer(most=10), []
    await server.subscription.create()
    assert await server.subscription.monitor(range(45), _nodes, told.append) == []
    assert list(server.made.values()) == [list(range(45))]
    assert max(server.calls[-5:]) <= 10
    assert told[-1] == 45


async def test_items_made_before_are_made_again_where_a_later_call_has_no_answer() -> None:
    server = SlowServer(most=1_000)
    await server.subscription.create()
    await server.subscription.monitor(range(8), _nodes)
    server.most = 2
    await server.subscription.monitor(range(8, 12), _nodes)
    (made,) = server.made.values()
    assert sorted(made) == list(range(12))


async def test_what_goes_beyond_one_subscription_is_monitored_in_further_ones_once_each() -> None:
    server, told = SlowServer(most=1_000, room=1_700), []
    await server.subscription.create()
    assert await server.subscription.monitor(range(4_000), _nodes, told.append) == []
    assert [len(made) for made in server.made.values()] == [1_700, 1_700, 600]
    assert sorted(handle for made in server.made.values() for handle in made) == list(range(4_000))
    assert told == sorted(told)
    assert told[-1] == 4_000
    assert await server.subscription.monitor([4_000], _nodes) == []  # one that comes later finds its place, too
    assert len(server.made) == 3


async def test_very_small_rooms_make_very_many_subscriptions() -> None:
    server = SlowServer(most=1_000, room=1)
    await server.subscription.create()
    assert await server.subscription.monitor(range(1_200), _nodes) == []
    assert sorted(handle for made in server.made.values() for handle in made) == list(range(1_200))


async def test_responses_of_a_further_subscription_are_delivered_and_acknowledged() -> None:
    server = Server([publish_response(1, [1]), publish_response(1, [1], subscription=2), ConnectionError("gone")])
    further = Subscription(server.subscription._client, server.deliver, lambda *_: None)
    further._id = 2
    server.subscription._all.append(further)
    with pytest.raises(ConnectionError):
        await server.subscription.publish_until_lost()
    assert server.delivered == [(1, False), (1, False)]


async def test_a_server_with_no_room_at_all_refuses_and_is_not_asked_for_ever() -> None:
    server = SlowServer(most=1_000, room=0)
    await server.subscription.create()
    refused = await server.subscription.monitor(range(5), _nodes)
    assert [status for _, status in refused] == [BAD_TOO_MANY_MONITORED_ITEMS] * 5


async def test_no_call_is_larger_than_the_limit() -> None:
    server = SlowServer(most=5_000)
    await server.subscription.create()
    await server.subscription.monitor(range(2_500), _nodes)
    assert server.calls == [ITEMS_PER_CALL, ITEMS_PER_CALL, 500]


async def test_a_server_that_never_answers_such_calls_is_given_up() -> None:
    server = SlowServer(most=0)
    await server.subscription.create()
    with pytest.raises(SubscriptionLost):
        await server.subscription.monitor(range(3), _nodes)
