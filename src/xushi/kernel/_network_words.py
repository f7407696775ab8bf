"""Says in the reader's language why a connection failed, instead of the number of the operating system's error."""

from __future__ import annotations

import errno
import re
import socket
from typing import TypeAlias
from urllib.parse import urlsplit

Reason: TypeAlias = str | dict[str, str]  # as a device or library says it, or in our words, by language

_ERRNO = re.compile(r"\[Errno (-?\d+)\]")
_REFUSED = {"en": "Nothing answers at {place}: the connection was refused", "zh-CN": "{place} 无应答（连接被拒绝）"}
_SILENT = {"en": "{place} does not answer", "zh-CN": "{place} 无应答"}
_LATE = {"en": "{place} did not answer in time", "zh-CN": "{place} 未及时应答（超时）"}
_NAMELESS = {"en": "The name {host} is not known in this network", "zh-CN": "此网络中无法解析名称 {host}"}
_NO_WAY = {"en": "The network has no way to {place}", "zh-CN": "网络无法到达 {place}"}
_CLOSED = {"en": "{place} closed the connection", "zh-CN": "{place} 断开了连接"}
_BY_NUMBER = {
    errno.ECONNREFUSED: _REFUSED,
    errno.ETIMEDOUT: _LATE,
    errno.ENETUNREACH: _NO_WAY, errno.EHOSTUNREACH: _NO_WAY, errno.ENETDOWN: _NO_WAY,
    errno.ECONNRESET: _CLOSED, errno.ECONNABORTED: _CLOSED, errno.EPIPE: _CLOSED,
    socket.EAI_NONAME: _NAMELESS, socket.EAI_AGAIN: _NAMELESS,
}  # fmt: skip


class NoAnswer(ConnectionError):
    """A connection could not be opened, and the library that tried does not say why."""


def plain_reason(endpoint: str, error: BaseException | str) -> Reason:
    """Return why a connection failed, in words by language; what is no trouble of the network in its own words.

    Args:
        endpoint: the address that was called; its user name and password are never shown.
        error: what was raised, or its text where that is all that is left of it.
    """
    words = _words(error)
    if words is None:
        return str(error) or type(error).__name__
    address = urlsplit(endpoint)
    place = address.netloc.rpartition("@")[2] or endpoint
    return {language: text.format(place=place, host=address.hostname or place) for language, text in words.items()}


def _words(error: BaseException | str) -> dict[str, str] | None:
    if isinstance(error, NoAnswer):
        return _SILENT
    if isinstance(error, socket.gaierror):
        return _NAMELESS
    number = getattr(error, "errno", None)
    if number is None:
        named = _ERRNO.findall(str(error))  # one for each address of a name; the last stands for all
        number = int(named[-1]) if named else None
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    if isinstance(error, TimeoutError):
        return _LATE
    return _CLOSED if isinstance(error, ConnectionResetError | BrokenPipeError) else None
