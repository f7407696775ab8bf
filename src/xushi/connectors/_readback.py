"""Waits until a device reports the value that was written: over a broker, nothing else says that it has it."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from xushi.signals import NO_OBJECT, Frame, Kind

from ._columns import Columns
from ._link import Point

_SINGLE_PRECISION = 1e-6  # a device may keep a number in 32 bits
_MILLISECOND_NS = 1_000_000  # and a time in milliseconds


class _Awaited:
    """One value that is to come back."""

    def __init__(self, point: Point, value: Any) -> None:
        columns = Columns()
        columns.add(point.kind, point.signal, 0, value)
        self.kind = point.kind
        self.signal = point.signal
        self.value = _values(columns.take(0), point.kind, np.array([0]))[0]
        self.came: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(self, frame: Frame) -> None:
        """Note whether the frame reports the value, and reports it as good."""
        rows = np.flatnonzero((frame.signals == self.signal) & (frame.qualities >> 30 == 0))
        if not self.came.done() and any(self._is_it(value) for value in _values(frame, self.kind, rows)):
            self.came.set_result(None)

    def _is_it(self, value: Any) -> bool:
        if self.kind is Kind.TIME:
            return bool(abs(value - self.value) < _MILLISECOND_NS)
        if self.kind is Kind.ARRAY:
            return len(value) == len(self.value) and all(map(_is_same, value, self.value))
        return _is_same(value, self.value)


class Readbacks:
    """The written values that are to come back over one connection."""

    def __init__(self) -> None:
        self._awaited: list[_Awaited] = []

    @contextmanager
    def expecting(self, point: Point, value: Any) -> Iterator[asyncio.Future[None]]:
        """Give a future that is done once the point's signal reports `value` as good, from now on.

        Raises:
            ValueError, TypeError, OverflowError: the signal cannot hold the value.
        """
        awaited = _Awaited(point, value)
        self._awaited.append(awaited)
        try:
            yield awaited.came
        finally:
            self._awaited.remove(awaited)

    def look(self, frame: Frame) -> None:
        """Look for the awaited values among those that just came."""
        for awaited in self._awaited:
            awaited.look(frame)


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_SINGLE_PRECISION)
    return bool(one == other)


def _values(frame: Frame, kind: Kind, rows: Any) -> list[Any]:
    bits = frame.bits[rows]
    if kind is Kind.DOUBLE:
        return list(bits.view(np.float64).tolist())
    if kind.is_object:
        return [_plain(frame.objects[at]) for at in bits.tolist() if at != NO_OBJECT]
    return list(bits.tolist())


def _plain(value: Any) -> Any:
    """An array as a list, so that two of them compare as a whole."""
    return value.tolist() if isinstance(value, np.ndarray) else value
