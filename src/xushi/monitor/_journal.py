"""Keeps the alarm journal and the conditions of all alarms in one file, each write synced to the disk."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from xushi.kernel import XushiError
from xushi.monitor._alarm import Handled, Occurred

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal(number INTEGER PRIMARY KEY, at_ns INTEGER NOT NULL, alarm TEXT NOT NULL,
    by_person INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS journal_by_time ON journal(at_ns);
CREATE INDEX IF NOT EXISTS journal_by_alarm ON journal(alarm, at_ns);
CREATE TABLE IF NOT EXISTS occurred(alarm TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS mark(name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT;
"""
_EVIDENCE = "evidence"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened to an alarm.

    Attributes:
        at_ns: source time of what the plant did, clock time of what people did; ns since the Unix epoch.
        event: raised, cleared; acknowledged, shelved, unshelved, suppressed, unsuppressed, reset, noted, undone;
            enabled, disabled, removed.
        evidence: number of the entry in the evidence log, for what people did.
        occurred, handled: what the plant, or people, had done up to then.
        number: place in the journal, given when it is written.
    """

    at_ns: int
    alarm: str
    event: str
    value: float | None = None
    by: str = ""
    reason: str = ""
    evidence: int | None = None
    occurred: Occurred | None = None
    handled: Handled | None = None
    number: int = 0


class Journal:
    """The file `alarms.sqlite`. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        """Open or create the file.

        Raises:
            XushiError: `monitor.journal_unreadable`.
        """
        self.path = path
        self._lock = threading.Lock()
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise XushiError("monitor.journal_unreadable", path=str(path), reason=str(error)) from error

    def write(self, entries: Sequence[Entry], evidence: int | None = None) -> None:
        """Append entries, keep each alarm's last condition, and note how far the evidence log was read: all or nothing.

        Raises:
            XushiError: `monitor.journal_refused`; nothing is written then.
        """
        rows = [(entry.at_ns, entry.alarm, entry.handled is not None, msgspec.json.encode(entry)) for entry in entries]
        last = {entry.alarm: entry.occurred for entry in entries if entry.occurred is not None}
        conditions = [(alarm, msgspec.json.encode(occurred)) for alarm, occurred in last.items()]
        try:
            with self._lock:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    self._db.executemany("INSERT INTO journal(at_ns, alarm, by_person, body) VALUES (?,?,?,?)", rows)
                    self._db.executemany("INSERT OR REPLACE INTO occurred VALUES (?,?)", conditions)
                    if evidence is not None:
                        self._db.execute("INSERT OR REPLACE INTO mark VALUES (?,?)", (_EVIDENCE, evidence))
                    self._db.execute("COMMIT")
                except BaseException:
                    self._db.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise XushiError("monitor.journal_refused", path=str(self.path), reason=str(error)) from error

    def occurred(self) -> dict[str, Occurred]:
        """The condition of every alarm as last written."""
        with self._lock:
            rows = self._db.execute("SELECT alarm, body FROM occurred").fetchall()
        return {alarm: msgspec.json.decode(body, type=Occurred) for alarm, body in rows}

    def evidence(self) -> int | None:
        """Up to which entry the evidence log was read; None in a new file."""
        with self._lock:
            row = self._db.execute("SELECT value FROM mark WHERE name=?", (_EVIDENCE,)).fetchone()
        return None if row is None else int(row[0])

    def read(self, start_ns: int, end_ns: int, alarm: str | None = None, limit: int = 1_000) -> list[Entry]:
        """The newest `limit` entries with start_ns <= time < end_ns, newest first."""
        where, params = "at_ns >= ? AND at_ns < ?", [start_ns, end_ns]
        if alarm is not None:
            where, params = where + " AND alarm = ?", [*params, alarm]  # type: ignore[list-item]
        question = f"SELECT number, body FROM journal WHERE {where} ORDER BY at_ns DESC, number DESC LIMIT ?"  # noqa: S608
        with self._lock:
            rows = self._db.execute(question, [*params, limit]).fetchall()
        return [_entry(number, body) for number, body in rows]

    def as_of(self, at_ns: int) -> tuple[dict[str, Occurred], dict[str, Handled]]:
        """What the plant and people had done to each alarm up to an instant."""
        question = (
            "SELECT number, body, max(at_ns), alarm FROM journal WHERE at_ns <= ? AND by_person = ? GROUP BY alarm"
        )
        with self._lock:
            rows = [self._db.execute(question, (at_ns, by_person)).fetchall() for by_person in (0, 1)]
        plant, people = ([_entry(row[0], row[1]) for row in part] for part in rows)
        return (
            {entry.alarm: entry.occurred for entry in plant if entry.occurred is not None},
            {entry.alarm: entry.handled for entry in people if entry.handled is not None},
        )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()


def _entry(number: int, body: bytes) -> Entry:
    return msgspec.structs.replace(msgspec.json.decode(body, type=Entry), number=number)
