"""Keeps records and append-only logs durably: one diff and its log entries are one transaction."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import msgspec

from ._errors import XushiError
from ._ids import canonical_json
from ._records import Diff, Record, split_key

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (name TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (name, number)) WITHOUT ROWID;
"""
_DECODED_AT_ONCE_BYTES = 64 * 1024
_PARTS_OF_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_PARTS_OF_LIST = msgspec.json.Decoder(list[msgspec.Raw])

Key: TypeAlias = tuple[str, str]  # kind, id
Kept: TypeAlias = tuple[str, str, bytes]  # kind, id, body
Expected: TypeAlias = Sequence[tuple[str, bytes | None]]  # diff key, body before; None for no record


class LogEntry(msgspec.Struct, frozen=True):
    """One entry of an append-only log: `number` counts from 1 without gaps within a log's `name`."""

    name: str
    number: int
    body: bytes


class RecordStore(Protocol):
    """Where records live. Every backend passes the contract tests in `xushi.testing`."""

    def get(self, kind: str, record_id: str) -> Record | None:
        """Return the record, or None."""
        ...

    def list(self, kind: str) -> Iterator[tuple[str, Record]]:
        """Yield (id, record) of a kind in the order of ids."""
        ...

    def ids(self, kind: str) -> Sequence[str]:
        """Return the ids of a kind in order."""
        ...

    def commit(self, diff: Diff, entries: Sequence[LogEntry] = ()) -> None:
        """Apply a diff and append log entries as one durable transaction.

        Raises:
            XushiError: `kernel.conflict` where a record is not as the diff expects it, or a log
                number is taken; nothing is changed then.
        """
        ...

    def log(self, name: str, after: int = 0, limit: int = 1000) -> Sequence[LogEntry]:
        """Return up to `limit` entries of a log with number > `after`, in order."""
        ...

    def log_length(self, name: str) -> int:
        """Return the number of the log's last entry, 0 for an empty log."""
        ...

    def close(self) -> None:
        """Release the store. Further use is an error."""
        ...


class SqliteStore:
    """The embedded record store: SQLite in WAL mode, each commit synced to the disk before it returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._reading = threading.Lock()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA busy_timeout=5000")
            self._db.executescript(_SCHEMA)
            # Of its own, so that nobody who reads waits for a large commit (https://sqlite.org/wal.html, Concurrency)
            self._reader = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._reader.execute("PRAGMA query_only=ON")
            self._reader.execute("PRAGMA busy_timeout=5000")
        except sqlite3.DatabaseError as error:
            raise XushiError("kernel.store_unreadable", path=str(path), reason=str(error)) from error

    def get(self, kind: str, record_id: str) -> Record | None:
        """Return the record, or None."""
        with self._reading:
            row = self._reader.execute("SELECT body FROM record WHERE kind=? AND id=?", (kind, record_id)).fetchone()
        return None if row is None else _decode(row[0])

    def list(self, kind: str) -> Iterator[tuple[str, Record]]:
        """Yield (id, record) of a kind in the order of ids, as of the call."""
        with self._reading:
            rows = self._reader.execute("SELECT id, body FROM record WHERE kind=? ORDER BY id", (kind,)).fetchall()
        return ((record_id, _decode(body)) for record_id, body in rows)

    def ids(self, kind: str) -> Sequence[str]:
        """Return the ids of a kind in order."""
        with self._reading:
            rows = self._reader.execute("SELECT id FROM record WHERE kind=? ORDER BY id", (kind,)).fetchall()
        return [row[0] for row in rows]

    def commit(self, diff: Diff, entries: Sequence[LogEntry] = ()) -> None:
        """Apply a diff and append log entries as one durable transaction; see `RecordStore.commit`."""
        expected = [(key, _body(diff.before(key))) for key in diff.touched()]
        kept = [(*split_key(key), canonical_json(diff.after(key))) for key in [*diff.added, *diff.updated]]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._check(expected)
                self._write([split_key(key) for key in diff.removed], kept, entries)
                self._db.execute("COMMIT")
            except sqlite3.IntegrityError as error:
                self._db.execute("ROLLBACK")
                raise XushiError("kernel.conflict", key=str(error)) from error
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def log(self, name: str, after: int = 0, limit: int = 1000) -> Sequence[LogEntry]:
        """Return up to `limit` entries of a log with number > `after`, in order."""
        with self._reading:
            rows = self._reader.execute(
                "SELECT number, body FROM log WHERE name=? AND number>? ORDER BY number LIMIT ?",
                (name, after, limit),
            ).fetchall()
        return [LogEntry(name, number, body) for number, body in rows]

    def log_length(self, name: str) -> int:
        """Return the number of the log's last entry, 0 for an empty log."""
        with self._reading:
            row = self._reader.execute("SELECT max(number) FROM log WHERE name=?", (name,)).fetchone()
        return int(row[0] or 0)

    def close(self) -> None:
        """Close the database file."""
        with self._lock, self._reading:
            self._reader.close()
            self._db.close()

    def _check(self, expected: Expected) -> None:
        for key, body in expected:
            row = self._db.execute("SELECT body FROM record WHERE kind=? AND id=?", split_key(key)).fetchone()
            if (None if row is None else row[0]) != body:
                raise XushiError("kernel.conflict", key=key)

    def _write(self, gone: Sequence[Key], kept: Sequence[Kept], entries: Sequence[LogEntry]) -> None:
        self._db.executemany("DELETE FROM record WHERE kind=? AND id=?", gone)
        self._db.executemany("INSERT OR REPLACE INTO record (kind, id, body) VALUES (?,?,?)", kept)
        rows = [(entry.name, entry.number, entry.body) for entry in entries]
        self._db.executemany("INSERT INTO log (name, number, body) VALUES (?,?,?)", rows)


def _body(record: Record | None) -> bytes | None:
    return None if record is None else canonical_json(record)


def _decode(body: bytes) -> Record:
    record: Record = _decoded(body)
    return record


def _decoded(body: bytes | msgspec.Raw) -> Any:
    """Decode JSON, a large text part by part: one call would keep all other threads waiting until it ends."""
    text = memoryview(body)
    begin = bytes(text[:1]) if len(text) > _DECODED_AT_ONCE_BYTES else b""
    if begin == b"{":
        return {key: _decoded(part) for key, part in _PARTS_OF_OBJECT.decode(body).items()}
    if begin == b"[":
        return [_decoded(part) for part in _PARTS_OF_LIST.decode(body)]
    return msgspec.json.decode(body)
