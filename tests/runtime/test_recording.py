"""A recording is whole: its end is waited for on every connection, however far one lags behind another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from xushi.connectors import Link, LinkStatus
from xushi.kernel import ManualClock
from xushi.runtime import Platform, _recording
from xushi.signals import Frame, Kind, SignalDef

START_NS = 1_800_000_000_000_000_000
MINUTE_NS = 60_000_000_000
LAG_S = 1.2  # more than two looks of the recorder


class Source:
    """A connection over which ten values of a minute come at once, after a while."""

    def __init__(self, registry_handles: dict[str, int], platform: Platform) -> None:
        self._handles, self._registry = registry_handles, platform.registry

    async def run(self, link: Link, take: Callable[[Frame], None], tell: Callable[[LinkStatus], None]) -> None:
        tell(LinkStatus(link.id, "live", START_NS))
        handle = self._handles[link.id]
        take(Frame.from_rows(self._registry, [(handle, START_NS, 0.0, 0)]))
        await asyncio.sleep(LAG_S if link.id == "slow" else 0.1)
        rows = [(handle, START_NS + step * MINUTE_NS // 10, float(step), 0) for step in range(1, 12)]
        take(Frame.from_rows(self._registry, rows))
        await asyncio.Event().wait()


def test_a_connection_that_lags_is_recorded_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Platform.open(tmp_path / "data", ManualClock(START_NS)) as platform:
        links = [Link(name, "opcua", "opc.tcp://127.0.0.1:1") for name in ("quick", "slow")]
        handles = [
            int(one) for one in platform.registry.define(SignalDef(f"urn:{link.id}#V", Kind.DOUBLE) for link in links)
        ]
        source = Source(dict(zip(("quick", "slow"), handles, strict=True)), platform)
        monkeypatch.setattr(_recording, "make_connector", lambda *_: source)
        monkeypatch.setattr(platform.links, "links", lambda: [(link, True) for link in links])
        params = _recording.RecordParams("shift", {"en": "Shift"}, 1.0)
        done = asyncio.run(_recording.Recorder(platform, params).run(lambda *_: None))
        assert done["values"] == 24
        timeline, start_ns, end_ns = platform.timelines.span("shift")
        assert end_ns - start_ns == MINUTE_NS
        held = timeline.history.value_as_of(handles, end_ns)
        assert held.bits.view("float64").tolist() == [10.0, 10.0]
