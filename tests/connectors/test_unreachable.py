"""A link whose endpoint answers nothing says so in words, whatever the protocol."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from xushi.connectors import Link, Point, make_connector
from xushi.kernel import SystemClock, message
from xushi.signals import Kind
from xushi.testing import free_port

SCHEMES = {"http": "http", "mqtt": "mqtt", "opcua": "opc.tcp", "modbus": "modbus+tcp"}
ADDRESSES = {"http": "/values", "mqtt": "plant/value", "opcua": "ns=2;s=Value", "modbus": "1/holding/1"}


@pytest.mark.parametrize("protocol", SCHEMES)
async def test_a_link_to_a_port_where_nothing_listens_names_the_place_in_both_languages(
    protocol: str, tmp_path: Path, gathered, define
) -> None:
    (value,) = define(("V", Kind.DOUBLE))
    place = f"127.0.0.1:{free_port()}"
    link = Link(
        "L", protocol, f"{SCHEMES[protocol]}://{place}", points=(Point(value, ADDRESSES[protocol], "urn:test#V"),)
    )
    connector = make_connector(protocol, tmp_path, SystemClock())
    running = asyncio.create_task(connector.run(link, gathered.sink, gathered.listen))
    try:
        await gathered.until_state("lost")
    finally:
        running.cancel()
        await asyncio.wait([running])
    lost = next(status for status in gathered.statuses if status.state == "lost")
    for language, words in (("en", ("answer",)), ("zh-CN", ("无应答",))):
        why = message(lost.text, {"error": lost.error}, language).why
        assert place in why
        assert all(word in why for word in words)
        assert "Errno" not in why
