"""The history answers as a plain table would, through late data, flushes, crashes and reopening."""

from __future__ import annotations

import bisect
import itertools
import math
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from xushi.kernel import ManualClock
from xushi.signals import Frame, History, HistoryLimits, Kind, SignalDef, SignalRegistry, encode_value

KINDS = list(Kind)
SMALL = HistoryLimits(
    chunk_points=32, object_chunk_points=16, segment_bytes=2000, log_bytes=6000, gather_s=0.0005, tick_s=3600,
    step_chunks=2,
)  # fmt: skip

Row = tuple[int, int, Any, int]
numbers = st.one_of(st.floats(), st.sampled_from([0.0, -0.0, math.inf, math.nan, 1.5]))
qualities = st.sampled_from([0, 0, 0, 0, 0x4090_0000, 0x8031_0000])
times = st.integers(0, 120) | st.integers(-(2**40), 2**62)


@st.composite
def rows(draw: st.DrawFn) -> list[Row]:
    """Draw rows of random signals, times in any order."""
    made: list[Row] = []
    for handle in draw(st.lists(st.integers(0, len(KINDS) - 1), min_size=1, max_size=40)):
        match KINDS[handle]:
            case Kind.DOUBLE:
                value: Any = draw(numbers)
            case Kind.BOOL:
                value = draw(st.booleans())
            case Kind.STRING:
                value = draw(st.none() | st.text(max_size=4))
            case Kind.ARRAY:
                value = draw(st.none() | st.lists(st.integers(-3, 3) | st.floats(allow_nan=False), max_size=3))
            case _:
                value = draw(st.integers(-(2**63), 2**63 - 1) | st.integers(0, 3))
        made.append((handle, draw(times), value, draw(qualities)))
    return made


class HistoryModel(RuleBasedStateMachine):
    """Drives a history and a dict of {time: (value, quality)} side by side."""

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="xushi-history-"))
        self.registry = SignalRegistry(self.root / "signals.sqlite")
        self.registry.define([SignalDef(key=kind.name, kind=kind) for kind in KINDS])
        self.copies = 0
        self.folder = self.root / "0"
        self.history = self.opened()
        self.model: list[dict[int, tuple[Any, int]]] = [{} for _ in KINDS]

    def opened(self) -> History:
        return History(self.folder, self.registry, ManualClock(10**6), SMALL)

    @rule(batch=rows(), is_sorted=st.booleans())
    def append(self, batch: list[Row], is_sorted: bool) -> None:
        if is_sorted:
            batch = sorted(batch, key=lambda row: row[1])
        self.history.append(Frame.from_rows(self.registry, batch, received_ns=1))
        for handle, time_ns, value, quality in batch:
            self.model[handle][time_ns] = (plain(KINDS[handle], value), quality)

    @rule(start=st.integers(0, 60), count=st.integers(1, 60), handle=st.integers(0, 1))
    def append_a_run(self, start: int, count: int, handle: int) -> None:
        stamps = np.arange(start, start + count)
        bits = np.array([encode_value(KINDS[handle], int(t) % 7, []) for t in stamps])
        self.history.append(Frame(np.full(count, handle), stamps, bits))
        for t in stamps.tolist():
            self.model[handle][t] = (plain(KINDS[handle], t % 7), 0)

    @rule()
    def flush(self) -> None:
        self.history.flush()

    @rule()
    def work_in_background(self) -> None:
        self.history._write_due()

    @rule()
    def reopen(self) -> None:
        self.history.close()
        self.history = self.opened()

    @rule(torn=st.binary(max_size=30))
    def crash(self, torn: bytes) -> None:
        """Copy the folder as a kill would leave it, with a record that was just being written."""
        self.history.sync()
        self.copies += 1
        fresh = self.root / str(self.copies)
        shutil.copytree(self.folder, fresh)
        self.history.close()
        self.folder = fresh
        last = max((fresh / "log").glob("*.wal"))
        with last.open("ab") as file:
            file.write(torn)
        self.history = self.opened()

    @invariant()
    def ranges_agree(self) -> None:
        if not hasattr(self, "model"):
            return
        for handle, table in enumerate(self.model):
            frame = self.history.range(handle, -(2**62), 2**63 - 1)
            shown = [
                (time_ns, plain(KINDS[handle], value), quality)
                for _, time_ns, value, quality in raw_rows(frame, self.registry)
            ]
            assert shown == [(t, *table[t]) for t in sorted(table)]
        every = [t for table in self.model for t in table]
        assert self.history.bounds() == ((min(every), max(every)) if every else None)

    @rule(at=times)
    def values_as_of_agree(self, at: int) -> None:
        frame = self.history.value_as_of(np.arange(len(KINDS)), at)
        shown = {row[0]: row[1:] for row in raw_rows(frame, self.registry)}
        for handle, table in enumerate(self.model):
            stamps = sorted(table)
            place = bisect.bisect_right(stamps, at) - 1
            if place < 0:
                assert handle not in shown
            else:
                time_ns, value, quality = shown[handle]
                assert (time_ns, plain(KINDS[handle], value), quality) == (
                    stamps[place],
                    *table[stamps[place]],
                )

    @rule(start=st.integers(-5, 130), span=st.integers(1, 130), n=st.integers(1, 20), limit=st.integers(0, 9))
    def spans_and_buckets_agree(self, start: int, span: int, n: int, limit: int) -> None:
        for handle, table in enumerate(self.model):
            inside = [t for t in sorted(table) if start <= t < start + span]
            frame = self.history.range(handle, start, start + span, limit)
            assert frame.times_ns.tolist() == inside[:limit]
            buckets = self.history.buckets(handle, start, start + span, n)
            edges = [*buckets.start_ns.tolist(), buckets.end_ns]
            assert edges == [start + span * i // n for i in range(n + 1)]
            check_buckets(buckets, KINDS[handle], table, edges)

    def teardown(self) -> None:
        if hasattr(self, "history"):
            self.history.close()
            shutil.rmtree(self.root)


def raw_rows(frame: Frame, registry: SignalRegistry) -> list[tuple[int, int, Any, int]]:
    """Return the rows with the values of Bad quality, too."""
    good = Frame(frame.signals, frame.times_ns, frame.bits, 0, frame.objects)
    return [
        (handle, time_ns, value, quality)
        for (handle, time_ns, value, _), quality in zip(good.rows(registry), frame.qualities.tolist(), strict=True)
    ]


def plain(kind: Kind, value: Any) -> Any:
    """Return what can be compared: a double by its bits."""
    return encode_value(kind, value, []) if kind is Kind.DOUBLE else value


def check_buckets(buckets: Any, kind: Kind, table: dict[int, tuple[Any, int]], edges: list[int]) -> None:
    for i, (low, high) in enumerate(itertools.pairwise(edges)):
        usable = [table[t][0] for t in sorted(table) if low <= t < high and table[t][1] < 0x8000_0000]
        if kind.is_object:
            assert buckets.count[i] == len(usable)
            assert math.isnan(buckets.mean[i])
            continue
        values = [np.int64(bits).view(np.float64) for bits in usable] if kind is Kind.DOUBLE else usable
        values = [float(value) for value in values if not math.isnan(value)]
        assert buckets.count[i] == len(values)
        if values:
            assert (buckets.min[i], buckets.max[i], buckets.last[i]) == (min(values), max(values), values[-1])
            with np.errstate(all="ignore"):
                mean = np.float64(sum(values)) / len(values)
            np.testing.assert_allclose(buckets.mean[i], mean, rtol=1e-9, atol=max(map(abs, values)) * 1e-12)
        else:
            assert math.isnan(buckets.min[i])
            assert math.isnan(buckets.last[i])


HistoryModel.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
test_the_history_answers_as_a_plain_table_would = HistoryModel.TestCase
