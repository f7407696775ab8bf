"""Live, recorded and branched time answer the same questions; a branch has its parent's past."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from xushi.kernel import ManualClock, XushiError
from xushi.signals import (
    Board,
    BranchTimeline,
    Frame,
    History,
    Ingest,
    Kind,
    LiveTimeline,
    RecordedTimeline,
    SignalDef,
    SignalRegistry,
    Timeline,
)


@pytest.fixture
def live(tmp_path: Path) -> LiveTimeline:
    registry = SignalRegistry(tmp_path / "live" / "signals.sqlite")
    registry.define([SignalDef(key="d"), SignalDef(key="s", kind=Kind.STRING), SignalDef(key="never")])
    board, history = Board(registry), History(tmp_path / "live", registry, ManualClock())
    ingest = Ingest(board, history)
    for t in range(0, 100, 10):
        ingest.push(Frame.from_rows(registry, [(0, t, float(t), 0), (1, t + 1, f"at {t}", 0)], received_ns=t))
    yield LiveTimeline(board, history, ManualClock(1000))
    history.close()


def shown(timeline: Timeline, at_ns: int | None = None, handles: list[int] | None = None) -> dict[int, object]:
    return {row[0]: row[2] for row in timeline.snapshot(at_ns, handles).rows(timeline.registry)}


def test_live_time_shows_the_board_now_and_the_history_before(live: LiveTimeline) -> None:
    assert (live.id, live.kind, live.bounds()) == ("live", "live", (0, None))
    assert shown(live) == {0: 90.0, 1: "at 90"}
    assert shown(live, 50) == {0: 50.0, 1: "at 40"}
    assert shown(live, 51, [1]) == {1: "at 50"}
    assert shown(live, -1) == {}
    assert live.range(0, 20, 50).times_ns.tolist() == [20, 30, 40]


def test_a_copied_folder_is_a_recorded_timeline_with_a_past_and_an_end(live: LiveTimeline, tmp_path: Path) -> None:
    live.history.sync()
    shutil.copytree(tmp_path / "live", tmp_path / "shift")
    recorded = RecordedTimeline(tmp_path / "shift", "Morning shift", ManualClock(5))
    assert (recorded.id, recorded.kind, recorded.bounds()) == ("shift", "recorded", (0, 91))
    assert shown(recorded) == {0: 90.0, 1: "at 90"}
    assert shown(recorded, 25) == {0: 20.0, 1: "at 20"}
    assert recorded.registry.handle("s") == 1
    recorded.close()


def test_a_folder_without_recording_is_told_plainly(tmp_path: Path) -> None:
    with pytest.raises(XushiError) as refused:
        RecordedTimeline(tmp_path, "Nothing", ManualClock())
    assert refused.value.code == "signals.registry_unreadable"


def test_a_branch_has_its_parents_past_and_its_own_future(live: LiveTimeline, tmp_path: Path) -> None:
    board = Board(live.registry)
    history = History(tmp_path / "branch", live.registry, ManualClock())
    branch: Timeline = BranchTimeline("b1", "What if", live, 50, board, history)
    assert branch.bounds() == (0, 50)
    assert shown(branch) == {0: 40.0, 1: "at 40"}
    Ingest(board, history).push(Frame.from_rows(live.registry, [(0, 50, -1.0, 0), (0, 500, -2.0, 0)]))
    assert branch.bounds() == (0, 500)
    assert shown(branch) == {0: -2.0, 1: "at 40"}
    assert shown(branch, 49) == {0: 40.0, 1: "at 40"}
    assert shown(branch, 60, [0, 1]) == {0: -1.0, 1: "at 40"}
    assert branch.range(0, 20, 600).numbers(live.registry.kinds).tolist() == [20, 30, 40, -1, -2]
    assert branch.range(0, 20, 600, 4).times_ns.tolist() == [20, 30, 40, 50]
    assert branch.range(0, 20, 600, 1).times_ns.tolist() == [20]
    pieces = np.concatenate([piece.times for piece in branch.pieces(0, 20, 600)])
    assert pieces.tolist() == [20, 30, 40, 50, 500]
    for start, end in [(0, 600), (0, 50), (50, 600), (40, 51)]:
        buckets = branch.buckets(0, start, end, 8)
        assert len(buckets) == 8
        assert buckets.count.sum() == len(branch.range(0, start, end))
        assert (np.diff(np.append(buckets.start_ns, buckets.end_ns)) >= 0).all()
    assert shown(live) == {0: 90.0, 1: "at 90"}
    history.close()


def test_a_branch_of_a_branch_falls_through_to_the_root(live: LiveTimeline, tmp_path: Path) -> None:
    first = BranchTimeline(
        "b1", "1", live, 50, Board(live.registry), History(tmp_path / "b1", live.registry, ManualClock())
    )
    Ingest(first.board, first.history).push(Frame.doubles([0], 60, [6.0]))
    second = BranchTimeline(
        "b2", "2", first, 60, Board(live.registry), History(tmp_path / "b2", live.registry, ManualClock())
    )
    Ingest(second.board, second.history).push(Frame.doubles([2], 70, [7.0]))
    assert shown(second) == {0: 40.0, 1: "at 40", 2: 7.0}
    assert shown(second, 15) == {0: 10.0, 1: "at 10"}
    with pytest.raises(XushiError) as refused:
        BranchTimeline("b3", "3", second, 71, second.board, second.history)
    assert refused.value.code == "signals.fork_refused"
    first.history.close()
    second.history.close()


def test_a_computed_branch_ends_where_it_is_said_to_and_begins_at_its_fork_once_its_parent_is_gone(
    live: LiveTimeline, tmp_path: Path
) -> None:
    history = History(tmp_path / "branch", live.registry, ManualClock())
    history.append(Frame.from_rows(live.registry, [(0, 40, 4.0, 0), (0, 60, 6.0, 0)]))
    whole: Timeline = BranchTimeline("b1", "What if", live, 50, None, history, end_ns=90)
    alone: Timeline = BranchTimeline("b1", "What if", None, 50, None, history, end_ns=90)
    assert (whole.bounds(), alone.bounds()) == ((0, 90), (50, 90))
    assert shown(whole)[0] == shown(alone)[0] == 6.0
    assert shown(alone, 55) == {0: 4.0}  # what was measured before the fork is kept with its time
    assert (shown(whole, 45)[0], shown(alone, 45)) == (40.0, {})
    assert whole.range(0, 0, 100).times_ns.tolist() == [0, 10, 20, 30, 40, 60]
    assert alone.range(0, 0, 100).times_ns.tolist() == [60]
    assert [len(piece) for piece in alone.pieces(0, 0, 50)] == []
    assert sum(alone.buckets(0, 0, 100, 10).count) >= 1
    history.close()
