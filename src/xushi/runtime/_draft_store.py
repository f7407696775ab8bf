"""Keeps drafts of connections on disk, so that no edit is lost to a restart: cards, nodes, mappings and their steps."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from xushi.connectors import FoundNode, PeerCard
from xushi.connectors.mapping import Mapping
from xushi.kernel import XushiError
from xushi.runtime._draft_edits import Edits, Step, forward

_SCHEMA = """
CREATE TABLE IF NOT EXISTS draft(id TEXT PRIMARY KEY, card BLOB NOT NULL, done INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS nodes(draft TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS base(draft TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS step(
    draft TEXT NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL, PRIMARY KEY(draft, number)) STRICT;
"""
_FAST = 1
_T = TypeVar("_T")


class DraftCard(msgspec.Struct, frozen=True):
    """What a draft is without its nodes and its mapping; the counts are those of when it was saved."""

    id: str
    protocol: str
    endpoint: str
    settings: dict[str, str]
    owner: str
    owner_name: str
    made_ns: int
    used_ns: int
    peer: PeerCard
    is_scanned: bool = False
    is_cut: bool = False
    nodes: int = 0
    machines: int = 0
    rows: int = 0
    included: int = 0
    edition: str = ""


class DraftStore:
    """The file of drafts. Each call is one durable transaction; calls may come from any thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            XushiError: `runtime.drafts_unreadable`.
        """
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=DELETE")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise XushiError("runtime.drafts_unreadable", path=str(path), reason=str(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    def _rows(self, question: str, *given: Any) -> list[Any]:
        with self._lock:
            return self._connection.execute(question, given).fetchall()

    def cards(self) -> list[DraftCard]:
        """Return the cards of every draft."""
        return [_read(content, DraftCard) for (content,) in self._rows("SELECT card FROM draft")]

    def put(self, card: DraftCard, done: int) -> None:
        """Keep a card, and how many steps are done."""
        with self._writing() as connection:
            _put_card(connection, card, done)

    def put_nodes(self, card: DraftCard, done: int, nodes: list[FoundNode]) -> None:
        """Keep what was found, in place of what was found before."""
        content = _written([_plain(node) for node in nodes])
        with self._writing() as connection:
            _put_card(connection, card, done)
            connection.execute("INSERT OR REPLACE INTO nodes VALUES (?, ?)", (card.id, content))

    def put_base(self, card: DraftCard, edits: Edits) -> None:
        """Keep a mapping with all its steps, in place of those before."""
        base = _written(edits.first())
        steps = [(card.id, number, _written(step)) for number, step in enumerate(edits.steps)]
        with self._writing() as connection:
            _put_card(connection, card, edits.done)
            connection.execute("INSERT OR REPLACE INTO base VALUES (?, ?)", (card.id, base))
            connection.execute("DELETE FROM step WHERE draft = ?", (card.id,))
            connection.executemany("INSERT INTO step VALUES (?, ?, ?)", steps)

    def put_step(self, card: DraftCard, done: int, step: Step) -> None:
        """Keep one more step as the newest; those that had been undone are forgotten."""
        content = _written(step)
        with self._writing() as connection:
            _put_card(connection, card, done)
            connection.execute("DELETE FROM step WHERE draft = ? AND number >= ?", (card.id, done - 1))
            connection.execute("INSERT INTO step VALUES (?, ?, ?)", (card.id, done - 1, content))

    def nodes(self, draft: str) -> list[FoundNode]:
        """Return what was found."""
        found = self._rows("SELECT content FROM nodes WHERE draft = ?", draft)
        return _read(found[0][0], list[FoundNode]) if found else []

    def edits(self, draft: str) -> Edits:
        """Return the mapping and its steps."""
        found = self._rows("SELECT content FROM base WHERE draft = ?", draft)
        mapping = _read(found[0][0], Mapping) if found else Mapping()
        steps = [
            _read(content, Step)
            for (content,) in self._rows("SELECT content FROM step WHERE draft = ? ORDER BY number", draft)
        ]
        (done,) = self._rows("SELECT done FROM draft WHERE id = ?", draft)[0]
        for step in steps[:done]:
            mapping = forward(mapping, step)
        return Edits(mapping, steps, min(done, len(steps)))

    def remove(self, draft: str) -> None:
        """Forget a draft."""
        with self._writing() as connection:
            connection.execute("DELETE FROM draft WHERE id = ?", (draft,))
            connection.execute("DELETE FROM nodes WHERE draft = ?", (draft,))
            connection.execute("DELETE FROM base WHERE draft = ?", (draft,))
            connection.execute("DELETE FROM step WHERE draft = ?", (draft,))


def _put_card(connection: sqlite3.Connection, card: DraftCard, done: int) -> None:
    connection.execute("INSERT OR REPLACE INTO draft VALUES (?, ?, ?)", (card.id, msgspec.json.encode(card), done))


def _plain(node: FoundNode) -> FoundNode:
    """A node whose sample can be written: a whole number beyond 64 bits becomes its text."""
    is_huge = isinstance(node.sample, int) and not -(2**63) <= node.sample < 2**63
    return msgspec.structs.replace(node, sample=str(node.sample)) if is_huge else node


def _written(value: Any) -> bytes:
    return zlib.compress(msgspec.msgpack.encode(value), _FAST)


def _read(content: bytes, type: type[_T]) -> _T:
    if content[:1] == b"{":
        return msgspec.json.decode(content, type=type)
    return msgspec.msgpack.decode(zlib.decompress(content), type=type)
