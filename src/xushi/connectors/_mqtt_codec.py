"""Turns bytes into MQTT 3.1.1 packets and back (OASIS Standard, 29 October 2014); does no input or output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

MAX_PACKET_BYTES = 4 * 1024 * 1024
_LONGEST = 268_435_455  # the largest remaining length that four bytes can state (2.2.3)

CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 1, 2, 3, 4, 5, 6, 7
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT = 8, 9, 10, 11, 12, 13, 14

PING = bytes((PINGREQ << 4, 0))
GOODBYE = bytes((DISCONNECT << 4, 0))

# (topic, payload, is retained)
OnMessage: TypeAlias = Callable[[bytes, bytes, bool], None]
# (QoS 1 or 2, packet id); the answer says whether the message counts
Admit: TypeAlias = Callable[[int, int], bool]
# (packet type, body)
OnPacket: TypeAlias = Callable[[int, bytes], None]
# (size in bytes, QoS, packet id or 0)
OnOversize: TypeAlias = Callable[[int, int, int], None]


class MqttProtocolError(Exception):
    """The peer sent what no MQTT 3.1.1 peer may send."""


class PacketReader:
    """Takes whatever a read gave and hands on every whole packet in it.

    A message larger than `max_packet_bytes` is skipped without being kept in memory; one of QoS 1 or 2 is handed on
    where `admit` consents.
    """

    def __init__(
        self,
        on_message: OnMessage,
        admit: Admit,
        on_packet: OnPacket,
        on_oversize: OnOversize,
        max_packet_bytes: int = MAX_PACKET_BYTES,
    ) -> None:
        self._on_message = on_message
        self._admit = admit
        self._on_packet = on_packet
        self._on_oversize = on_oversize
        self._max_packet_bytes = max_packet_bytes
        self._rest = b""
        self._skip = 0

    def feed(self, data: bytes) -> None:
        """Parse `data` behind what was left of the last read.

        Raises:
            MqttProtocolError: the bytes are not MQTT.
        """
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        if self._rest:
            data = self._rest + data
        start, end = 0, len(data)
        on_message = self._on_message
        while end - start >= 2:
            head, length, at = data[start], data[start + 1], start + 2
            if length & 0x80:
                length, at = _remaining_length(data, start + 1, end)
                if at == 0:
                    break
            stop = at + length
            if stop > end:
                if length > self._max_packet_bytes and self._skip_oversize(data, head, at, length):
                    start = end
                break
            if head & 0xF0 != 0x30:
                self._on_packet(head >> 4, data[at:stop])
            elif length > self._max_packet_bytes:
                self._skip_oversize(data, head, at, length)
                self._skip = 0
            else:
                topic_stop = at + 2 + (data[at] << 8 | data[at + 1]) if length >= 2 else stop + 1
                qos = head >> 1 & 3
                payload_start = topic_stop + 2 if qos else topic_stop
                if payload_start > stop or qos == 3:
                    raise MqttProtocolError("a PUBLISH packet that is too short or of QoS 3")
                if not qos or self._admit(qos, data[topic_stop] << 8 | data[topic_stop + 1]):
                    on_message(data[at + 2 : topic_stop], data[payload_start:stop], head & 1 == 1)
            start = stop
        self._rest = data[start:] if start else data

    def _skip_oversize(self, data: bytes, head: int, at: int, length: int) -> bool:
        """Report a packet that is too large and have its remainder dropped; False to wait for more."""
        if head & 0xF0 != 0x30:
            raise MqttProtocolError(f"a packet of type {head >> 4} with {length} bytes")
        qos = head >> 1 & 3
        packet_id = 0
        if qos:
            if len(data) < at + 2:
                return False
            place = at + 2 + (data[at] << 8 | data[at + 1])
            if len(data) < place + 2:
                return False
            packet_id = data[place] << 8 | data[place + 1]
        self._skip = max(0, at + length - len(data))
        self._on_oversize(length, qos, packet_id)
        return True


def _remaining_length(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the remaining length that starts at `at` and where it ends; (0, 0) if not all there yet."""
    length = shift = 0
    for place in range(at, min(at + 4, end)):
        length |= (data[place] & 0x7F) << shift
        if not data[place] & 0x80:
            return length, place + 1
        shift += 7
    if end - at >= 4:
        raise MqttProtocolError("a remaining length of more than four bytes")
    return 0, 0


def _packet(head: int, body: bytes) -> bytes:
    length = len(body)
    if length > _LONGEST:
        raise ValueError(f"{length} bytes are more than MQTT can carry")
    stated = bytearray()
    while True:
        length, digit = length >> 7, length & 0x7F
        stated.append(digit | 0x80 if length else digit)
        if not length:
            return bytes((head,)) + bytes(stated) + body


def _text(text: str | bytes) -> bytes:
    raw = text.encode("utf-8") if isinstance(text, str) else text
    if len(raw) > 0xFFFF:
        raise ValueError("an MQTT text may have 65,535 bytes at most")
    return len(raw).to_bytes(2, "big") + raw


def encode_connect(
    client_id: str, keep_alive_s: int, username: str | None = None, password: str | None = None
) -> bytes:
    """Return a CONNECT packet (3.1) that asks for a clean session."""
    flags = 0x02
    body = _text(client_id)
    if username is not None:
        flags |= 0x80
        body += _text(username)
        if password is not None:
            flags |= 0x40
            body += _text(password)
    return _packet(CONNECT << 4, _text("MQTT") + bytes((4, flags)) + keep_alive_s.to_bytes(2, "big") + body)


def encode_publish(topic: str, payload: bytes, qos: int = 0, is_retained: bool = False, packet_id: int = 0) -> bytes:
    """Return a PUBLISH packet (3.3); `packet_id` counts only for QoS 1 and 2."""
    if not topic or "#" in topic or "+" in topic or "\x00" in topic:
        raise ValueError(f"{topic!r} is not a topic that can be published to")
    numbered = packet_id.to_bytes(2, "big") if qos else b""
    return _packet(PUBLISH << 4 | qos << 1 | is_retained, _text(topic) + numbered + payload)


def encode_subscribe(packet_id: int, filters: Sequence[tuple[str, int]]) -> bytes:
    """Return a SUBSCRIBE packet (3.8) for pairs of topic filter and highest QoS."""
    body = b"".join(_text(topic) + bytes((qos,)) for topic, qos in filters)
    return _packet(SUBSCRIBE << 4 | 2, packet_id.to_bytes(2, "big") + body)


def encode_answer(kind: int, packet_id: int) -> bytes:
    """Return a PUBACK, PUBREC, PUBREL or PUBCOMP packet (3.4 to 3.7)."""
    return bytes((kind << 4 | (2 if kind == PUBREL else 0), 2, packet_id >> 8, packet_id & 0xFF))


def matches(topic_filter: str, topic: str) -> bool:
    """Say whether a topic filter with + and # takes in a topic (4.7)."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    if given[0].startswith("$") and wanted[0] in ("+", "#"):
        return False
    for place, level in enumerate(wanted):
        if level == "#":
            return True
        if place >= len(given) or level not in ("+", given[place]):
            return False
    return len(wanted) == len(given)
