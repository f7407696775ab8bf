"""Keeps compressed chunks as rows of SQLite, and an index of them in memory."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np

from xushi.kernel import Diagnosis, XushiError
from xushi.signals._codec import (
    BLOCK,
    BLOCK_POINTS,
    SUMMARY,
    DamagedChunk,
    PointFinder,
    Records,
    decode_points,
    encode_points,
    summarise,
)
from xushi.signals._frame import Int64s
from xushi.signals._kinds import NO_OBJECT, Kind
from xushi.signals._points import Points
from xushi.signals._quality import BAD_DATA_LOST

_REMEMBERED_CHUNKS = 8192  # how many of the chunks that were asked for are remembered
# Small pages: a chunk of a few kB spills over pages of its own, and half a page each is lost.
_PAGE_BYTES = 1024
_SCHEMA = """
CREATE TABLE IF NOT EXISTS chunk(
    id INTEGER PRIMARY KEY, signal INTEGER NOT NULL, start_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,
    points INTEGER NOT NULL, summary BLOB NOT NULL, pyramid BLOB) STRICT;
CREATE TABLE IF NOT EXISTS chunk_data(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
PRAGMA user_version = 1;
"""
ENTRY = np.dtype([("id", "<i8"), ("start", "<i8"), ("end", "<i8"), ("points", "<u4"), ("summary", SUMMARY)])


class StaleIndex(Exception):
    """A chunk of the index in hand has just been replaced: take the index anew."""


class EncodedChunk(msgspec.Struct, frozen=True):
    """A chunk ready to be stored: its index entry and its bytes."""

    entry: Records
    data: bytes
    pyramid: bytes | None


class ChunkIndex:
    """The chunks of one signal, in time order, never overlapping; never changed once made."""

    __slots__ = ("ends", "entries", "ids", "starts")

    def __init__(self, entries: Records) -> None:
        self.entries = entries
        self.ids: Int64s = np.ascontiguousarray(entries["id"])
        self.starts: Int64s = np.ascontiguousarray(entries["start"])
        self.ends: Int64s = np.ascontiguousarray(entries["end"])

    def __len__(self) -> int:
        return len(self.entries)

    def replaced(self, gone_ids: Iterable[int], fresh: Sequence[EncodedChunk]) -> ChunkIndex:
        """Return the index without `gone_ids` and with `fresh`."""
        kept = self.entries
        gone = list(gone_ids)
        if gone:
            kept = kept[~np.isin(kept["id"], gone)]
        entries = np.concatenate([kept, *(chunk.entry for chunk in fresh)])
        if len(entries) > 1 and bool((entries["start"][1:] < entries["start"][:-1]).any()):
            entries = entries[np.argsort(entries["start"], kind="stable")]
        return ChunkIndex(entries)


NO_CHUNKS = ChunkIndex(np.empty(0, ENTRY))


def encode_chunk(chunk_id: int, points: Points, kind: Kind) -> EncodedChunk:
    """Return the chunk of sorted `points` under the number `chunk_id`."""
    summary, blocks = summarise(points, kind)
    entry = np.zeros(1, ENTRY)
    entry["id"], entry["points"], entry["summary"] = chunk_id, len(points), summary
    entry["start"], entry["end"] = points.times[0], points.times[-1]
    has_pyramid = len(blocks) > 1 and not kind.is_object
    return EncodedChunk(entry, encode_points(points, kind), blocks.tobytes() if has_pyramid else None)


def coarse_blocks(entries: Records) -> Records:
    """Return the chunks themselves as blocks: the upper level of the pyramid."""
    blocks = np.empty(len(entries), BLOCK)
    summary = entries["summary"]
    blocks["start"] = entries["start"]
    for name in ("min", "max", "sum", "usable"):
        blocks[name] = summary[name]
    blocks["last"] = summary["last_number"]
    return blocks


class ChunkStore:
    """`history.sqlite`: one row of numbers and one of bytes for each chunk. Safe for several threads."""

    def __init__(self, path: Path, cache_bytes: int, diagnoses: list[Diagnosis], *, is_read_only: bool) -> None:
        """Open or create the file.

        Raises:
            XushiError: `signals.history_unreadable`.
        """
        self.path = path
        self._diagnoses = diagnoses
        self._read_lock = threading.Lock()
        self._cache = PointsCache(cache_bytes)
        try:
            if is_read_only:
                self._writer = None
            else:
                self._writer = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                self._writer.execute(f"PRAGMA page_size={_PAGE_BYTES}")
                self._writer.execute("PRAGMA journal_mode=WAL")
                self._writer.execute("PRAGMA synchronous=FULL")
                self._writer.execute("PRAGMA wal_autocheckpoint=8000")
                self._writer.executescript(_SCHEMA)
            self._reader = _open_reader(path)
        except sqlite3.Error as error:
            raise XushiError("signals.history_unreadable", path=str(path), reason=str(error)) from error

    def begin_copy(self) -> Callable[[Path], None]:
        """Hold the state of now, and return what writes it to a new file; writing here may go on meanwhile."""
        source = _open_reader(self.path)
        source.isolation_level = None
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the first read fixes the state

        def copy(target: Path) -> None:
            try:
                with closing(sqlite3.connect(target)) as copied:
                    source.backup(copied)
                    copied.execute("PRAGMA journal_mode=DELETE")
            finally:
                source.close()

        return copy

    def load(self) -> tuple[dict[int, ChunkIndex], int]:
        """Return (index by signal, first free chunk number).

        Raises:
            XushiError: `signals.history_unreadable`.
        """
        try:
            rows = self._reader.execute(
                "SELECT signal, id, start_ns, end_ns, points, summary FROM chunk ORDER BY signal, start_ns"
            ).fetchall()
        except sqlite3.Error as error:
            raise XushiError("signals.history_unreadable", path=str(self.path), reason=str(error)) from error
        if not rows:
            return {}, 1
        signals, ids, starts, ends, points, summaries = zip(*rows, strict=True)
        entries = np.empty(len(rows), ENTRY)
        entries["id"], entries["start"], entries["end"], entries["points"] = ids, starts, ends, points
        entries["summary"] = np.frombuffer(b"".join(summaries), SUMMARY)
        by_signal = np.array(signals)
        cuts = np.flatnonzero(np.diff(by_signal)) + 1
        groups = np.split(entries, cuts)
        owners = by_signal[np.concatenate([[0], cuts])].tolist()
        index = {owner: ChunkIndex(group) for owner, group in zip(owners, groups, strict=True)}
        return index, int(max(ids)) + 1

    def write(self, fresh: Sequence[tuple[int, EncodedChunk]], gone_ids: Sequence[int]) -> None:
        """Store and remove chunks in one durable transaction; `fresh` is (signal, chunk).

        Raises:
            sqlite3.Error: the disk is full or the file damaged; nothing was changed.
        """
        if self._writer is None:
            raise sqlite3.OperationalError("opened for reading only")
        chunks = [
            (
                int(chunk.entry["id"][0]), signal, int(chunk.entry["start"][0]), int(chunk.entry["end"][0]),
                int(chunk.entry["points"][0]), chunk.entry["summary"].tobytes(), chunk.pyramid,
            )
            for signal, chunk in fresh
        ]  # fmt: skip
        self._writer.execute("BEGIN IMMEDIATE")
        try:
            self._writer.executemany("INSERT INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?)", chunks)
            self._writer.executemany(
                "INSERT INTO chunk_data VALUES (?, ?)",
                [(int(chunk.entry["id"][0]), chunk.data) for _, chunk in fresh],
            )
            for table in ("chunk", "chunk_data"):
                gone = [(chunk_id,) for chunk_id in gone_ids]
                self._writer.executemany(f"DELETE FROM {table} WHERE id = ?", gone)  # noqa: S608
            self._writer.execute("COMMIT")
        except sqlite3.Error:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise
        self._cache.forget(gone_ids)

    def read(self, ids: Sequence[int]) -> dict[int, Points]:
        """Return the points of chunks by number. A damaged one becomes a single entry BadDataLost.

        Raises:
            StaleIndex: one of them is no longer there.
        """
        found = self._cache.get(ids)
        missing = [chunk_id for chunk_id in ids if chunk_id not in found]
        for low in range(0, len(missing), 500):
            for chunk_id, data in self._select("chunk_data", "data", missing[low : low + 500]):
                found[chunk_id] = points = self._decode(chunk_id, data)
                self._cache.put(chunk_id, points)
        if len(found) < len(set(ids)):
            raise StaleIndex
        return found

    def newest_until(self, ids: Sequence[int], at_ns: int) -> dict[int, tuple[int, int, int]]:
        """Return (time, bits, quality) of the newest point until `at_ns`, by number, of chunks of numbers.

        A chunk asked for the first time is only searched; one asked again is decoded and kept, for whoever
        plays through time will ask it many times.

        Raises:
            StaleIndex: one of them is no longer there.
        """
        again = [chunk_id for chunk_id in ids if self._cache.is_wanted_again(chunk_id)]
        found: dict[int, tuple[int, int, int]] = {}
        for chunk_id, points in self.read(again).items():
            place = int(points.times.searchsorted(at_ns, "right")) - 1
            found[chunk_id] = (
                int(points.times[place]),
                int(points.bits[place]),
                int(points.qualities[place]),
            )
        finder = PointFinder()
        first = [chunk_id for chunk_id in ids if chunk_id not in found]
        for low in range(0, len(first), 500):
            for chunk_id, data in self._select("chunk_data", "data", first[low : low + 500]):
                try:
                    found[chunk_id] = finder.newest_until(data, at_ns)
                except (DamagedChunk, RuntimeError, ValueError) as error:
                    points = self._damaged(chunk_id, error)
                    found[chunk_id] = (int(points.times[0]), int(points.bits[0]), BAD_DATA_LOST)
        if len(found) < len(set(ids)):
            raise StaleIndex
        return found

    def blocks(self, entries: Records) -> list[Records]:
        """Return the lowest level of the pyramid of each chunk, in the order of `entries`.

        Raises:
            StaleIndex: one of them is no longer there.
        """
        ids = entries["id"].tolist()
        found: dict[int, Records] = {}
        for low in range(0, len(ids), 500):
            for chunk_id, data in self._select("chunk", "pyramid", ids[low : low + 500]):
                found[chunk_id] = np.frombuffer(data or b"", BLOCK)
        if len(found) < len(ids):
            raise StaleIndex
        coarse = coarse_blocks(entries)
        return [
            found[chunk_id] if len(found[chunk_id]) else coarse[place : place + 1] for place, chunk_id in enumerate(ids)
        ]

    def _select(self, table: str, column: str, ids: Sequence[int]) -> list[tuple[int, bytes]]:
        marks = ",".join("?" * len(ids))
        with self._read_lock:
            return self._reader.execute(
                f"SELECT id, {column} FROM {table} WHERE id IN ({marks})",  # noqa: S608
                ids,
            ).fetchall()

    def _decode(self, chunk_id: int, data: bytes) -> Points:
        try:
            return decode_points(data)
        except (DamagedChunk, RuntimeError, ValueError, msgspec.MsgspecError) as error:
            return self._damaged(chunk_id, error)

    def _damaged(self, chunk_id: int, error: Exception) -> Points:
        """Note the damage once, and return what stands for the chunk: one entry BadDataLost at its start."""
        row = self._select("chunk", "start_ns", [chunk_id])
        start = int(row[0][1]) if row else 0
        place = f"{self.path.name}#{chunk_id}"
        if all(diagnosis.place != place for diagnosis in self._diagnoses):
            self._diagnoses.append(Diagnosis("signals.chunk_damaged", place, {"reason": str(error)}))
        return Points(np.array([start]), np.array([NO_OBJECT]), np.array([BAD_DATA_LOST], np.uint32))

    def file_bytes(self) -> int:
        """Return the bytes of the file and of SQLite's own log."""
        names = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(name.stat().st_size for name in names if name.exists())

    def checkpoint(self) -> None:
        """Bring SQLite's own log into the file."""
        if self._writer is not None:
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        with self._read_lock:
            self._reader.close()
        if self._writer is not None:
            self._writer.close()


def _open_reader(path: Path) -> sqlite3.Connection:
    address = path.resolve().as_uri()
    reader = sqlite3.connect(f"{address}?mode=ro", uri=True, check_same_thread=False)
    try:
        reader.execute("SELECT count(*) FROM chunk WHERE id < 0").fetchone()
    except sqlite3.OperationalError:
        # A folder that may not be written to has no place for SQLite's shared memory file.
        reader.close()
        reader = sqlite3.connect(f"{address}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        reader.execute("SELECT count(*) FROM chunk WHERE id < 0").fetchone()
    return reader


class PointsCache:
    """The decoded chunks used last, up to a number of bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._held = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[int, tuple[Points, int]] = OrderedDict()
        self._asked: OrderedDict[int, None] = OrderedDict()

    def is_wanted_again(self, chunk_id: int) -> bool:
        """Whether the chunk is at hand, or was asked for not long ago."""
        with self._lock:
            if chunk_id in self._entries or chunk_id in self._asked:
                return True
            self._asked[chunk_id] = None
            if len(self._asked) > _REMEMBERED_CHUNKS:
                self._asked.popitem(last=False)
            return False

    def get(self, ids: Sequence[int]) -> dict[int, Points]:
        """Return those of `ids` that are at hand."""
        found: dict[int, Points] = {}
        with self._lock:
            for chunk_id in ids:
                entry = self._entries.get(chunk_id)
                if entry is not None:
                    self._entries.move_to_end(chunk_id)
                    found[chunk_id] = entry[0]
        return found

    def put(self, chunk_id: int, points: Points) -> None:
        """Keep the points, and let go of the ones used longest ago."""
        size = points.nbytes
        with self._lock:
            if chunk_id in self._entries:
                return
            self._entries[chunk_id] = (points, size)
            self._held += size
            while self._held > self._limit and len(self._entries) > 1:
                _, (_, freed) = self._entries.popitem(last=False)
                self._held -= freed

    def forget(self, ids: Iterable[int]) -> None:
        """Let go of chunks that no longer exist."""
        with self._lock:
            for chunk_id in ids:
                entry = self._entries.pop(chunk_id, None)
                if entry is not None:
                    self._held -= entry[1]


__all__ = [
    "BLOCK_POINTS",
    "NO_CHUNKS",
    "ChunkIndex",
    "ChunkStore",
    "EncodedChunk",
    "StaleIndex",
    "encode_chunk",
]
