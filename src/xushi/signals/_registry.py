"""Keeps what each signal is, and gives every signal a number that stays its own for ever."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np

from xushi.kernel import XushiError
from xushi.signals._frame import Int8s, Int32s
from xushi.signals._kinds import Kind

_SCHEMA = """
CREATE TABLE IF NOT EXISTS signal(
    handle INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, definition BLOB NOT NULL) STRICT;
"""


class SourceRef(msgspec.Struct, frozen=True, gc=False):
    """Where a signal's values come from: the link, its endpoint and the address in it."""

    link: str
    endpoint: str
    address: str
    protocol: str


class SignalDef(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What a signal is: the leaf of a twin, with kind, unit, limits and source.

    Attributes:
        key: `{submodel id}#{idShort path}`, the same for ever.
        unit: UNECE Recommendation 20 or UCUM code, or the sign itself; see `unit_display`.
        name: texts by language tag ("en", "zh-CN").
        labels: text by value, of an ENUM.
        low, high: expected range in `unit`.
    """

    key: str
    kind: Kind = Kind.DOUBLE
    unit: str = ""
    name: dict[str, str] = {}
    shell: str = ""
    submodel: str = ""
    path: str = ""
    labels: dict[str, str] = {}
    low: float | None = None
    high: float | None = None
    writable: bool = False
    source: SourceRef | None = None
    group: str = ""


class SignalRegistry:
    """The durable list of signals. A handle is an int32 from 0 up, never given to another key.

    A definition is on disk before its handle is returned, so no recorded value can ever lose its meaning.
    Safe to use from several threads.

    Attributes:
        edition: counts up with each change.
    """

    def __init__(self, path: Path | str, *, is_read_only: bool = False) -> None:
        """Open or create the registry file.

        Raises:
            XushiError: `signals.registry_unreadable` when the file is absent (read-only) or damaged.
        """
        self.path = Path(path)
        self.edition = 0
        self._lock = threading.Lock()
        self._defs: list[SignalDef] = []
        self._handles: dict[str, int] = {}
        self._kinds = np.zeros(64, np.int8)
        try:
            self._connection = self._open(is_read_only)
            self._load()
        except (sqlite3.Error, msgspec.MsgspecError, OSError) as error:
            raise XushiError("signals.registry_unreadable", path=str(path), reason=str(error)) from error

    def _open(self, is_read_only: bool) -> sqlite3.Connection:
        if is_read_only:
            return sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(_SCHEMA)
        return connection

    def _load(self) -> None:
        for handle, definition in self._connection.execute("SELECT handle, definition FROM signal ORDER BY handle"):
            if handle != len(self._defs):
                raise sqlite3.DatabaseError(f"handle {len(self._defs)} is missing")
            self._keep(msgspec.json.decode(definition, type=SignalDef))

    def _keep(self, definition: SignalDef) -> None:
        handle = len(self._defs)
        if handle == len(self._kinds):
            self._kinds = np.concatenate([self._kinds, np.zeros(handle, np.int8)])
        self._kinds[handle] = definition.kind
        self._defs.append(definition)
        self._handles[definition.key] = handle

    def __len__(self) -> int:
        return len(self._defs)

    def __contains__(self, key: object) -> bool:
        return key in self._handles

    def define(self, defs: Iterable[SignalDef]) -> Int32s:
        """Add or update definitions in one durable step and return their handles, int32, in the same order.

        Raises:
            XushiError: `signals.kind_changed` when a key is already of another kind; nothing is then changed.
        """
        wanted = list(defs)
        with self._lock:
            fresh: dict[str, int] = {}
            rows: list[tuple[int, str, bytes]] = []
            for definition in wanted:
                handle = self._handles.get(definition.key, fresh.get(definition.key))
                if handle is None:
                    handle = fresh[definition.key] = len(self._defs) + len(fresh)
                elif handle < len(self._defs):
                    before = self._defs[handle]
                    if before == definition:
                        continue
                    if before.kind != definition.kind:
                        raise XushiError(
                            "signals.kind_changed",
                            key=definition.key, before=before.kind.name, after=definition.kind.name,
                        )  # fmt: skip
                rows.append((handle, definition.key, msgspec.json.encode(definition)))
            self._write(rows)
            newest = {definition.key: definition for definition in wanted}
            for key in fresh:
                self._keep(newest[key])
            for definition in newest.values():
                self._defs[self._handles[definition.key]] = definition
            self.edition += bool(rows)
            return np.array([self._handles[definition.key] for definition in wanted], np.int32)

    def _write(self, rows: Sequence[tuple[int, str, bytes]]) -> None:
        if not rows:
            return
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(
                "INSERT INTO signal(handle, key, definition) VALUES (?, ?, ?)"
                " ON CONFLICT(handle) DO UPDATE SET definition = excluded.definition",
                rows,
            )

    def handle(self, key: str) -> int:
        """Return the handle of `key`.

        Raises:
            XushiError: `signals.unknown_key`.
        """
        handle = self._handles.get(key)
        if handle is None:
            raise XushiError("signals.unknown_key", key=key)
        return handle

    def get(self, handle: int) -> SignalDef:
        """Return the definition of `handle`.

        Raises:
            XushiError: `signals.unknown_handle`.
        """
        if not 0 <= handle < len(self._defs):
            raise XushiError("signals.unknown_handle", handle=handle)
        return self._defs[handle]

    def all(self) -> list[SignalDef]:
        """Return every definition; the position in the list is the handle."""
        return list(self._defs)

    @property
    def kinds(self) -> Int8s:
        """int8 by handle: the kind of each signal, a view that must not be written to."""
        return self._kinds[: len(self._defs)]

    def close(self) -> None:
        """Close the file; definitions stay readable in memory."""
        self._connection.close()
