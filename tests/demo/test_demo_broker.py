"""The demo's broker comes up although its program ends at once now and then, and says why where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from xushi.demo import _broker
from xushi.demo._broker import Broker, find_nats_server
from xushi.kernel import XushiError


def failing(folder: Path, times: int) -> str:
    """A program that complains and ends as often as that, and is nats-server after it."""
    program = folder / "nats-server"
    program.write_text(
        f"#!/bin/sh\necho x >> {folder}/starts\n"
        f'if [ "$(wc -l < {folder}/starts)" -le {times} ]; then echo "no threads left" >&2; exit 2; fi\n'
        f'exec {find_nats_server()} "$@"\n'
    )
    program.chmod(0o700)
    return str(program)


async def test_a_broker_that_ends_at_once_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = failing(tmp_path, 1)
    monkeypatch.setattr(_broker, "find_nats_server", lambda: program)
    broker = Broker("127.0.0.1", 0, tmp_path / "data")
    await broker.start()
    broker.stop()
    assert "Server is ready" in (tmp_path / "data" / "nats.log").read_text("utf-8")


async def test_one_that_never_comes_up_leaves_its_words_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = failing(tmp_path, 100)
    monkeypatch.setattr(_broker, "find_nats_server", lambda: program)
    with pytest.raises(XushiError) as refused:
        await Broker("127.0.0.1", 0, tmp_path / "data").start()
    assert refused.value.code == "demo.broker_failed"
    log = (tmp_path / "data" / "nats.log").read_text("utf-8")
    assert "no threads left" in log
    assert "ended with 2" in log
