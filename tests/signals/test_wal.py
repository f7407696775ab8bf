"""What a crash leaves of the log is read up to the last whole record, and the loss is told."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest

from xushi.kernel import ManualClock, XushiError
from xushi.signals import Frame, History, HistoryLimits, Kind, SignalDef, SignalRegistry
from xushi.signals._wal import WriteAheadLog
from xushi.signals._wal_file import read_segment, segments

LIMITS = HistoryLimits(gather_s=0.0005, tick_s=3600)


@pytest.fixture
def registry(tmp_path: Path) -> SignalRegistry:
    made = SignalRegistry(tmp_path / "signals.sqlite")
    made.define([SignalDef(key="n"), SignalDef(key="s", kind=Kind.STRING)])
    return made


def written(folder: Path, registry: SignalRegistry, count: int) -> Path:
    """Append `count` frames, sync, and return the log of a copy as a crash would leave it."""
    history = History(folder / "live", registry, ManualClock(), LIMITS)
    for number in range(count):
        history.append(Frame.from_rows(registry, [(0, number, float(number), 0), (1, number, f"t{number}", 0)]))
    history.sync()
    shutil.copytree(folder / "live", folder / "crashed")
    history.close()
    (log,) = (folder / "crashed" / "log").iterdir()
    return log


def test_a_log_cut_at_any_byte_gives_back_a_whole_prefix(tmp_path: Path, registry: SignalRegistry) -> None:
    log = written(tmp_path, registry, 30)
    data = log.read_bytes()
    places = random.Random(7)
    ends = [16]  # after the head of the file, and after each record
    while ends[-1] < len(data):
        ends.append(ends[-1] + 8 + int.from_bytes(data[ends[-1] : ends[-1] + 4], "little"))
    for cut in [0, 1, 15, 16, 17, 24, *(places.randrange(len(data)) for _ in range(20)), ends[-2], len(data)]:
        log.write_bytes(data[:cut])
        history = History(tmp_path / "crashed", registry, ManualClock(), LIMITS)
        numbers = history.range(0, -1, 100).times_ns.tolist()
        assert numbers == list(range(len(numbers)))
        assert [row[2] for row in history.range(1, -1, 100).rows(registry)] == [f"t{n}" for n in numbers]
        is_torn = cut not in ends and cut > 0
        assert len(history.diagnoses) == is_torn
        assert all(diagnosis.code == "signals.wal_torn" for diagnosis in history.diagnoses)
        history.close()
        again = History(tmp_path / "crashed", registry, ManualClock(), LIMITS)
        assert again.diagnoses == []
        assert again.range(0, -1, 100).times_ns.tolist() == numbers
        again.close()
        shutil.rmtree(tmp_path / "crashed")
        (tmp_path / "crashed" / "log").mkdir(parents=True)


def test_a_damaged_record_is_left_out_and_the_rest_is_kept(tmp_path: Path, registry: SignalRegistry) -> None:
    log = written(tmp_path, registry, 10)
    data = bytearray(log.read_bytes())
    middle = data.index(b"t4")
    data[middle] ^= 0xFF
    log.write_bytes(bytes(data))
    history = History(tmp_path / "crashed", registry, ManualClock(), LIMITS)
    assert history.range(0, 0, 100).times_ns.tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    (diagnosis,) = history.diagnoses
    assert diagnosis.code == "signals.wal_damaged"
    assert diagnosis.text("en") != diagnosis.text("zh-CN")
    assert diagnosis.repair("zh-CN")
    history.close()


def test_values_of_signals_that_are_not_known_are_left_out_and_told(tmp_path: Path, registry: SignalRegistry) -> None:
    written(tmp_path, registry, 5)
    older = SignalRegistry(tmp_path / "older.sqlite")
    older.define([SignalDef(key="n")])
    history = History(tmp_path / "crashed", older, ManualClock(), LIMITS)
    assert history.range(0, 0, 100).times_ns.tolist() == [0, 1, 2, 3, 4]
    assert {diagnosis.code for diagnosis in history.diagnoses} == {"signals.wal_unknown_signal"}
    history.close()


def test_files_are_changed_at_their_size_and_removed_when_released(tmp_path: Path) -> None:
    log = WriteAheadLog(tmp_path, 1, segment_bytes=2_000, gather_s=0.0001)
    for number in range(50):
        log.put(Frame.doubles(np.zeros(20, np.int32), number, np.arange(20.0)))
        log.sync()
    found = segments(tmp_path)
    assert len(found) > 10
    assert log.total_bytes == sum(segment.path.stat().st_size for segment in found)
    frames = [frame for segment in found for frame in read_segment(segment, [], is_cut=False)]
    assert [int(frame.times_ns[0]) for frame in frames] == list(range(50))
    log.release(log.first_to_keep(5_000))
    assert log.total_bytes <= 5_000
    log.release(log.active)
    assert len(segments(tmp_path)) == 1
    log.close()


def test_a_disk_that_refuses_is_told_and_nothing_accepted_is_missing_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = WriteAheadLog(tmp_path, 1, segment_bytes=10**6, gather_s=0.0001)
    log.put(Frame.doubles([0], 0, [0.0]))
    log.sync()
    real = __import__("os").fdatasync

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xushi.signals._wal._sync", full)
    log.put(Frame.doubles([0], 1, [1.0]))
    with pytest.raises(XushiError) as refused:
        log.sync()
    assert refused.value.code == "signals.write_failed"
    with pytest.raises(XushiError):
        log.put(Frame.doubles([0], 2, [2.0]))
    monkeypatch.setattr("xushi.signals._wal._sync", real)
    with log._progress:
        assert log._progress.wait_for(lambda: log._durable == 2, 10)
    log.put(Frame.doubles([0], 3, [3.0]))
    log.sync()
    log.close()
    frames = [frame for segment in segments(tmp_path) for frame in read_segment(segment, [], is_cut=False)]
    # what was not known to be durable is written again: twice is allowed, missing or out of order is not
    assert list(dict.fromkeys(int(frame.times_ns[0]) for frame in frames)) == [0, 1, 3]
