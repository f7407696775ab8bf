"""Finds and orders signals among very many: the words of each are kept ready, and made again where one changed."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xushi.signals import Board, Frame, Kind, SignalDef, SignalRegistry

Column: TypeAlias = Literal["", "name", "owner", "value", "unit", "quality", "age", "source"]
Handles: TypeAlias = NDArray[np.int64]

_DIGITS = re.compile(r"(\d+)")
_WHOLE_NUMBERS = (Kind.INT, Kind.BOOL, Kind.ENUM, Kind.TIME)


class SignalSearch:
    """The words and the orders of all signals of one registry."""

    def __init__(self, registry: SignalRegistry, board: Board) -> None:
        self._registry = registry
        self._board = board
        self._lock = threading.Lock()
        self._known: list[SignalDef] = []
        self._words: list[str] = []
        self._names: list[tuple[str, ...]] = []
        self._orders: dict[tuple[str, str], tuple[object, Handles]] = {}

    def _refresh(self) -> list[SignalDef]:
        with self._lock:
            now = self._registry.all()
            if len(now) != len(self._known) or any(a is not b for a, b in zip(now, self._known, strict=True)):
                known = self._known
                self._words = [
                    self._words[at] if at < len(known) and known[at] is one else _words(one)
                    for at, one in enumerate(now)
                ]
                self._names = [
                    (one.path.rpartition(".")[2].lower(), *(name.lower() for name in one.name.values())) for one in now
                ]
                self._known = now
                self._orders = {}
            return self._known

    def find(self, text: str, owners: Mapping[str, str]) -> Handles:
        """Return the handles of the signals in which every word occurs, in themselves or in their machine's names.

        Those that are named so come first, then those whose name begins so, then the others by handle.
        """
        defs = self._refresh()
        wanted = text.lower().split()
        whole = " ".join(wanted)
        if not wanted:
            return np.arange(len(defs))
        hits: Sequence[int] = range(len(defs))
        for word in wanted:
            machines = {shell for shell, name in owners.items() if word in name}
            hits = [at for at in hits if word in self._words[at] or (machines and defs[at].shell in machines)]

        def rank(at: int) -> int:
            names = self._names[at]
            if whole in names:
                return 0
            if any(name.startswith(whole) for name in names):
                return 1
            return 2 if all(word in self._words[at] for word in wanted) else 3

        return np.array(sorted(hits, key=rank), np.int64)

    def of(self, shell: str, submodel: str) -> Handles:
        """Return the handles of the signals of a shell or of a submodel."""
        defs = self._refresh()
        found = [
            handle
            for handle, one in enumerate(defs)
            if (not shell or one.shell == shell) and (not submodel or one.submodel == submodel)
        ]
        return np.array(found, np.int64)

    def ordered(self, handles: Handles, column: Column, is_down: bool, language: str, owners: Sequence[str]) -> Handles:
        """Return the handles in the order of a column; what has no value stands last.

        Args:
            owners: ids of shells in the order in which machines are shown.
        """
        if column in ("value", "quality", "age"):
            keys = self._moving(column)[handles]
            return handles[np.argsort(-keys if is_down else keys, kind="stable")]
        order = self._order(column, language, owners)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        chosen = handles[np.argsort(place[handles], kind="stable")]
        return chosen[::-1] if is_down else chosen

    def _order(self, column: Column, language: str, owners: Sequence[str]) -> Handles:
        defs = self._refresh()
        stamp = (self._known, tuple(owners) if column == "owner" else ())
        kept = self._orders.get((column, language))
        if kept is not None and kept[0] == stamp:
            return kept[1]
        rank = {shell: at for at, shell in enumerate(owners)}

        def key(handle: int) -> tuple[object, ...]:
            one = defs[handle]
            owner = rank.get(one.shell, len(rank))
            match column:
                case "name":
                    return (_natural(one.name.get(language) or one.name.get("en") or one.path), owner, handle)
                case "unit":
                    return (one.unit, owner, handle)
                case "source":
                    source = one.source
                    return (source.protocol if source else "~", _natural(source.address if source else ""), handle)
                case _:
                    return (owner, _natural(one.path), handle)

        order = np.array(sorted(range(len(defs)), key=key), np.int64)
        self._orders[column, language] = (stamp, order)
        return order

    def _moving(self, column: Column) -> NDArray[np.float64]:
        """What the order of a moving column goes by, NaN where there is nothing."""
        frame = self._board.read(None)  # what has no value is not in it
        if column == "quality":
            known = frame.qualities.astype(np.float64)
        elif column == "age":
            known = -frame.times_ns.astype(np.float64)
        else:
            known = self._numbers(frame)
        keys = np.full(max(len(self._known), len(self._registry)), np.nan)
        keys[frame.signals] = known
        return keys

    def _numbers(self, frame: Frame) -> NDArray[np.float64]:
        kinds = self._registry.kinds[frame.signals]
        values = np.full(len(frame.signals), np.nan)
        is_double = kinds == Kind.DOUBLE
        values[is_double] = frame.bits[is_double].view(np.float64)
        is_whole = np.isin(kinds, _WHOLE_NUMBERS)
        values[is_whole] = frame.bits[is_whole]
        values[(frame.qualities >> 30) >= 2] = np.nan
        return values

    def not_good(self, handles: Handles) -> Handles:
        """Return those whose value is not of severity Good (OPC 10000-4, 7.39)."""
        qualities = self._board.qualities(handles.astype(np.int32))
        found: Handles = handles[(qualities >> 30) != 0]
        return found


def _words(one: SignalDef) -> str:
    source = one.source.address if one.source else ""
    return f"{one.path} {' '.join(one.name.values())} {source} {one.unit}".lower()


def _natural(text: str) -> list[tuple[int, int, str]]:
    """A key that puts 9 before 10."""
    parts = _DIGITS.split(text.lower())
    return [(0, int(part[:18]), "") if part.isascii() and part.isdigit() else (1, 0, part) for part in parts if part]
