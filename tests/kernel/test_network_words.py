"""Rules of what a person is told when a connection fails: who did not answer and why, in words of both languages."""

from __future__ import annotations

import errno
import socket
import ssl

import pytest

from xushi.kernel import NoAnswer, message, plain_reason

ENDPOINT = "mqtt://ma:secret@10.0.0.7:1883"


@pytest.mark.parametrize(
    ("error", "english", "chinese"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('10.0.0.7', 1883)"),
         "Nothing answers at 10.0.0.7:1883: the connection was refused", "10.0.0.7:1883 无应答（连接被拒绝）"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed ('::1', 1), [Errno 111] Connect call failed"),
         "Nothing answers at 10.0.0.7:1883: the connection was refused", "10.0.0.7:1883 无应答（连接被拒绝）"),
        (TimeoutError(), "10.0.0.7:1883 did not answer in time", "10.0.0.7:1883 未及时应答（超时）"),
        (OSError(errno.EHOSTUNREACH, "No route to host"),
         "The network has no way to 10.0.0.7:1883", "网络无法到达 10.0.0.7:1883"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"),
         "The network has no way to 10.0.0.7:1883", "网络无法到达 10.0.0.7:1883"),
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
         "The name 10.0.0.7 is not known in this network", "此网络中无法解析名称 10.0.0.7"),
        ("[Errno 104] Connection reset by peer",
         "10.0.0.7:1883 closed the connection", "10.0.0.7:1883 断开了连接"),
        (NoAnswer(), "10.0.0.7:1883 does not answer", "10.0.0.7:1883 无应答"),
    ],
)  # fmt: skip
def test_a_failed_connection_is_told_in_words(error: BaseException | str, english: str, chinese: str) -> None:
    reason = plain_reason(ENDPOINT, error)
    assert reason == {"en": english, "zh-CN": chinese}
    for language in ("en", "zh-CN"):
        told = message("connectors.unreachable", {"error": reason}, language).why
        assert told.endswith("。" if language == "zh-CN" else ".")
        assert not any(raw in told for raw in ("Errno", "Connect call", "secret"))


@pytest.mark.parametrize(
    ("error", "words"),
    [(ssl.SSLError(1, "bad certificate"), "bad certificate"), (ValueError("no such code"), "no such")],
)
def test_what_is_no_trouble_of_the_network_keeps_its_own_words(error: Exception, words: str) -> None:
    reason = plain_reason(ENDPOINT, error)
    assert isinstance(reason, str)
    assert words in reason
