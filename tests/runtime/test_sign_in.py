"""Passwords reach the connection and nothing else: no record, no evidence, no answer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from xushi.runtime import SYSTEM, Platform

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
from modbus_machine import machine, put

PASSWORD = "correct-horse-battery"
LINK = "modbus:127.0.0.1:1"


def everything_under(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "secrets.json")


async def test_a_password_reaches_the_connection_and_is_written_nowhere_else(tmp_path: Path) -> None:
    params: dict[str, Any] = {"link": LINK, "mode": "Sign", "username": "line", "password": PASSWORD}
    with Platform.open(tmp_path) as platform:
        put(platform, machine(1, {"Target": "/1/40001"}))
        planned = await platform.bus.run("link.sign_in", params, SYSTEM, dry_run=True)
        assert PASSWORD not in str(planned)
        outcome = await platform.bus.run("link.sign_in", params, SYSTEM)
        assert PASSWORD not in str(outcome)
        ((link, _),) = platform.links.links()
        assert link.security == {"mode": "Sign", "username": "line", "password": PASSWORD}
        assert PASSWORD not in str(platform.evidence.entries(0, 100))
    assert PASSWORD.encode() not in everything_under(tmp_path)
    assert (tmp_path / "connectors" / "secrets.json").stat().st_mode & 0o077 == 0
    with Platform.open(tmp_path) as platform:
        ((link, _),) = platform.links.links()
        assert link.security["password"] == PASSWORD
        await platform.bus.run("link.sign_in", {"link": LINK}, SYSTEM)
        ((link, _),) = platform.links.links()
        assert link.security == {}
