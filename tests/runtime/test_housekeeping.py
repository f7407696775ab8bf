"""The hourly round keeps what `--keep-days` says, and goes on after a round that failed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from xushi.kernel import ManualClock, XushiError
from xushi.runtime import Platform, _platform
from xushi.signals import Frame, SignalDef

DAY_NS = 86_400 * 10**9
START_NS = 1_780_000_000 * 10**9


CHUNK_POINTS = 2048


async def keep_house(platform: Platform, before: int) -> None:
    """Let the platform keep house until its history holds less than before."""
    await platform.start()
    for _ in range(500):
        if platform.history.state().stored_points < before:
            break
        await asyncio.sleep(0.01)
    await platform.stop()


def test_values_older_than_the_days_to_keep_are_removed_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_platform, "_HOUSEKEEPING_S", 0.01)
    clock = ManualClock(START_NS)
    with Platform.open(tmp_path, clock, keep_days=2.0) as platform:
        history = platform.history
        (handle,) = platform.registry.define([SignalDef(key="urn:a#v")]).tolist()
        count = 8 * CHUNK_POINTS
        times_ns = START_NS + np.arange(count) * (4 * DAY_NS // count)
        platform.ingest.push(Frame.doubles(np.full(count, handle, np.int32), times_ns, np.arange(count, dtype=float)))
        history.flush()
        clock.advance(4 * DAY_NS)
        keep, refused = history.retention, []

        def refuse_once(keep_ns: int) -> int:
            if not refused:
                refused.append(keep_ns)
                raise XushiError("signals.write_failed", path="x", reason="the disk is full")
            return keep(keep_ns)

        monkeypatch.setattr(history, "retention", refuse_once)
        cutoff_ns = START_NS + 2 * DAY_NS
        in_force = history.value_as_of([handle], cutoff_ns).bits.tolist()
        asyncio.run(keep_house(platform, count))
        assert refused == [2 * DAY_NS], "a round that failed is followed by the next"
        assert len(history.range(handle, cutoff_ns, clock.now_ns())) == count // 2
        assert count // 2 <= history.state().stored_points <= count // 2 + CHUNK_POINTS
        assert history.value_as_of([handle], cutoff_ns).bits.tolist() == in_force
