"""Writes while a machine is away: refused or queued as the command says, and never lost in silence."""

from __future__ import annotations

import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from xushi.kernel import Diff, XushiError, diff_key
from xushi.runtime import SYSTEM, Platform, queued_writes
from xushi.testing import free_port

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
from modbus_machine import DATA, until
from modbus_machine import started as machine_started
from modbus_peer import serving

KEY = f"{DATA}Target"


def started(folder: Path, port: int) -> AbstractAsyncContextManager[Platform]:
    """A platform with a machine of one register to write."""
    return machine_started(folder, port, {"Target": "/1/40001"})


async def write(platform: Platform, value: int, **more: Any) -> Any:
    return await platform.bus.run("signal.write", {"signal": KEY, "value": value, **more}, SYSTEM)


def states(platform: Platform) -> list[str]:
    return [one.state for one in queued_writes(platform.store)]


async def test_without_a_word_about_it_a_write_to_a_machine_that_is_away_is_refused(tmp_path: Path) -> None:
    async with started(tmp_path, free_port()) as platform:
        outcome = await write(platform, 5)
        assert (outcome.state, outcome.error["code"]) == ("failed", "runtime.link_down")
        assert states(platform) == []


async def test_queued_writes_survive_the_end_of_the_process_and_arrive_in_order(tmp_path: Path) -> None:
    port = free_port()
    async with started(tmp_path, port) as platform:
        planned = await platform.bus.run(
            "signal.write", {"signal": KEY, "value": 1, "when_offline": "queue"}, SYSTEM, dry_run=True
        )
        assert planned.summary["queued"]
        assert states(platform) == []
        for value in (21, 22, 23):
            assert (await write(platform, value, when_offline="queue")).state == "done"
        assert states(platform) == ["queued"] * 3
    written: list[int] = []
    requests: list[Any] = []
    async with started(tmp_path, port) as platform:
        assert states(platform) == ["queued"] * 3
        async with serving(port, requests) as server:
            await until(lambda: states(platform) == ["delivered"] * 3)
            written = [request.registers[0] for request in requests if request.function_code == 6]
            assert await server.async_getValues(1, 3, 0, 1) == [23]
            now = await write(platform, 24, when_offline="queue")
            assert now.effects[0]["status"] == 0
    assert written == [21, 22, 23]


async def test_a_queued_write_ends_at_its_time_or_by_being_taken_back(tmp_path: Path) -> None:
    port = free_port()
    async with started(tmp_path, port) as platform:
        late = await write(platform, 5, when_offline="queue", valid_s=0.2)
        undone = await write(platform, 6, when_offline="queue")
        cancelled = await write(platform, 7, when_offline="queue")
        await platform.bus.undo(undone.command_id, SYSTEM)
        await platform.bus.run("signal.cancel_queued", {"id": cancelled.result["queued"]}, SYSTEM)
        await until(lambda: states(platform) == ["expired"])
        with pytest.raises(XushiError):
            await platform.bus.run("signal.send_queued", {"id": late.result["queued"]}, SYSTEM)
        requests: list[Any] = []
        async with serving(port, requests):
            await until(lambda: len(requests) > 3)
        assert not [request for request in requests if request.function_code == 6]


async def test_a_write_that_was_under_way_when_the_process_ended_is_told_as_unknown_and_not_repeated(
    tmp_path: Path,
) -> None:
    port = free_port()
    async with started(tmp_path, port) as platform:
        queued = (await write(platform, 9, when_offline="queue")).result["queued"]
        before = platform.store.get("queued_write", queued)
        assert before is not None
        platform.store.commit(
            Diff(updated={diff_key("queued_write", queued): (before, {**before, "state": "sending"})})
        )
    requests: list[Any] = []
    async with serving(port, requests), started(tmp_path, port) as platform:
        await until(lambda: len(requests) > 3)
        assert states(platform) == ["unknown"]
    assert not [request for request in requests if request.function_code == 6]


async def test_the_queue_has_an_end_and_a_device_that_refuses_is_heard(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("xushi.runtime._queued_writes.MOST_WAITING", 1)
    port = free_port()
    async with started(tmp_path, port) as platform:
        await write(platform, 70_000, when_offline="queue")
        with pytest.raises(XushiError) as full:
            await write(platform, 2, when_offline="queue")
        assert full.value.code == "runtime.queue_full"
        async with serving(port):
            await until(lambda: states(platform) == ["refused"])
        (one,) = queued_writes(platform.store)
        assert one.error is not None
        assert one.error["code"] == "runtime.device_refused"
