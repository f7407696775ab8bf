"""A real OPC UA server whose publish answers are made once and then only timed and numbered anew, at a steady rate.

Sessions, channels and subscriptions are asyncua's; only the data changes of a subscription are written by hand,
because asyncua alone makes some 25,000 of them a second.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np
from asyncua import Server, ua
from asyncua.ua.ua_binary import struct_to_binary

from bench._child import answer_each
from xushi.testing import free_port

_HANDLE = 0x11223344
_SEQUENCE = 0x55667788
_EPOCH_100NS = 116_444_736_000_000_000  # 1970 in the clock of OPC UA (OPC 10000-6, 5.2.2.5)
_RECORD = np.dtype([("handle", "<u4"), ("mask", "u1"), ("type", "u1"), ("value", "<f8"), ("status", "<u4"),
                    ("source", "<i8")])  # fmt: skip


class Template:
    """The publish answer of one subscription: every item once."""

    def __init__(self, subscription: Any) -> None:
        self._subscription = subscription
        items = subscription.monitored_item_srv._monitored_items.values()
        moment = datetime.now(UTC)
        changes = [
            ua.MonitoredItemNotification(
                ClientHandle=item.client_handle,
                Value=ua.DataValue(ua.Variant(1.5, ua.VariantType.Double), ua.StatusCode(0), SourceTimestamp=moment),
            )
            for item in items
        ]
        response = ua.PublishResponse()
        response.ResponseHeader.RequestHandle = _HANDLE
        response.Parameters.SubscriptionId = subscription.data.SubscriptionId
        response.Parameters.NotificationMessage.SequenceNumber = _SEQUENCE
        response.Parameters.NotificationMessage.NotificationData = [ua.DataChangeNotification(MonitoredItems=changes)]
        body = bytearray(struct_to_binary(response))
        self.count = len(changes)
        self._body = body
        self._request_at = body.index(_HANDLE.to_bytes(4, "little"))
        self._sequence_at = body.index(_SEQUENCE.to_bytes(4, "little"))
        first = changes[0].ClientHandle.to_bytes(4, "little") + b"\x07\x0b"
        self._records = np.frombuffer(body, _RECORD, self.count, body.index(first))
        assert np.all(self._records["type"] == 0x0B)

    def answer(self, request: Any) -> None:
        """Answer a publish request with every item, timed now."""
        subscription = self._subscription
        self._records["source"] = time.time_ns() // 100 + _EPOCH_100NS
        self._records["value"] += 0.25
        self._body[self._request_at : self._request_at + 4] = request.requesthdr.RequestHandle.to_bytes(4, "little")
        number = subscription._notification_seq
        subscription._notification_seq += 1
        self._body[self._sequence_at : self._sequence_at + 4] = number.to_bytes(4, "little")
        processor = subscription.pub_result_callback.__self__
        data = processor._connection.message_to_binary(
            bytes(self._body), message_type=ua.MessageType.SecureMessage, request_id=request.seqhdr.RequestId
        )
        processor._transport.write(data)


async def _subscribed(subscriptions: dict[int, Any], signals: int) -> None:
    """Wait until somebody has subscribed to every signal; asyncua tells nobody, so it is looked at."""
    for _ in range(600):
        if sum(len(one.monitored_item_srv._monitored_items) for one in subscriptions.values()) >= signals:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("nobody subscribed to every signal within a minute")


async def main(signals: int, rate: float) -> None:
    """Print the port and publish until a line comes; answer it with what was sent in all, first values included."""
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    port = free_port()
    server = Server()
    await server.init()
    server.set_endpoint(f"opc.tcp://127.0.0.1:{port}")
    await server.register_namespace("urn:bench")
    for number in range(1, signals + 1):
        await server.nodes.objects.add_variable(ua.NodeId(number, 2), f"s{number}", 0.0)
    async with server:
        print(port, flush=True)
        subscriptions = server.iserver.subscription_service.subscriptions
        await _subscribed(subscriptions, signals)
        await asyncio.sleep(1.0)
        templates = [(one, Template(one)) for one in subscriptions.values() if one.monitored_item_srv._monitored_items]
        is_over, has_ended = threading.Event(), threading.Event()
        sent = 0

        def end(line: str) -> dict[str, int]:
            is_over.set()
            has_ended.wait()
            return {"sent": signals + sent}

        answer_each(end)
        due, began = 0, time.monotonic()
        while not is_over.is_set():
            while due < (time.monotonic() - began) * rate:
                for subscription, template in templates:
                    request = subscription.pub_request_callback(subscription.data.SubscriptionId)
                    if request is not None:  # a client that asks too seldom gets less
                        template.answer(request)
                        sent += template.count
                    due += template.count
                await asyncio.sleep(0)
            await asyncio.sleep(0.002)
        has_ended.set()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[2]), float(sys.argv[3])))
