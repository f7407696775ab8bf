"""Gathers decoded values of mixed kinds in plain lists and turns them into one frame at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xushi.signals import MAX_ARRAY_ELEMENTS, NO_OBJECT, Frame, Kind

_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1


class Lane:
    """Four lists that grow together: signals, times, values, qualities."""

    __slots__ = ("qualities", "signals", "times", "values")

    def __init__(self) -> None:
        self.signals: list[int] = []
        self.times: list[int] = []
        self.values: list[Any] = []
        self.qualities: list[int] = []

    def add(self, signal: int, time_ns: int, value: Any, quality: int) -> None:
        """Append one entry."""
        self.signals.append(signal)
        self.times.append(time_ns)
        self.values.append(value)
        self.qualities.append(quality)


class Columns:
    """Collects entries until `take`. Values must already fit: floats in `doubles`, int64 in `longs`.

    A list append costs a tenth of a numpy scalar write, so single values are gathered in lists, and whole
    columns (of a batch payload) beside them as arrays.
    """

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self.doubles = Lane()
        self.longs = Lane()
        self.objects = Lane()
        self._blocks: list[tuple[Any, Any, Any, Any]] = []
        self._block_rows = 0

    def __len__(self) -> int:
        gathered = len(self.doubles.signals) + len(self.longs.signals) + len(self.objects.signals)
        return gathered + self._block_rows

    def add(self, kind: Kind, signal: int, time_ns: int, value: Any, quality: int = 0) -> None:
        """Append one value, converting it to the lane of `kind`; None stands for no value.

        Raises:
            ValueError, TypeError, OverflowError: the value does not fit the kind.
        """
        if kind is Kind.DOUBLE:
            self.doubles.add(signal, time_ns, float("nan") if value is None else float(value), quality)
        elif kind is Kind.STRING:
            self.objects.add(signal, time_ns, None if value is None else _text(value), quality)
        elif kind is Kind.ARRAY:
            self.objects.add(signal, time_ns, None if value is None else _array(value), quality)
        else:
            self.longs.add(signal, time_ns, 0 if value is None else _long(kind, value), quality)

    def add_block(
        self,
        signals: NDArray[np.int32],
        times_ns: NDArray[np.int64],
        bits: NDArray[np.int64],
        qualities: int | NDArray[np.uint32] = 0,
    ) -> None:
        """Append whole columns of one length for numeric kinds; `bits` as `Kind` says."""
        if isinstance(qualities, int):
            qualities = np.full(len(bits), qualities, np.uint32)
        self._blocks.append((signals, times_ns, bits, qualities))
        self._block_rows += len(bits)

    def take(self, received_ns: int) -> Frame:
        """Return everything gathered as one frame and start anew."""
        doubles, longs, boxed, blocks = self.doubles, self.longs, self.objects, self._blocks
        self._reset()
        parts: list[tuple[Any, Any, Any, Any]] = list(blocks)
        if doubles.signals:
            parts.append(_columns_of(doubles, np.array(doubles.values, np.float64).view(np.int64)))
        if longs.signals:
            parts.append(_columns_of(longs, np.array(longs.values, np.int64)))
        objects: list[Any] = []
        if boxed.signals:
            index: list[int] = []
            for value in boxed.values:
                index.append(NO_OBJECT if value is None else len(objects))
                if value is not None:
                    objects.append(value)
            parts.append(_columns_of(boxed, np.array(index, np.int64)))
        if not parts:
            return Frame.empty()
        signals, times, bits, qualities = (
            parts[0] if len(parts) == 1 else [np.concatenate(column) for column in zip(*parts, strict=True)]
        )
        return Frame(signals, times, bits, qualities, objects, received_ns)


def _columns_of(lane: Lane, bits: NDArray[np.int64]) -> tuple[Any, Any, Any, Any]:
    return (
        np.array(lane.signals, np.int32),
        np.array(lane.times, np.int64),
        bits,
        np.array(lane.qualities, np.uint32),
    )


def numeric_lane(values: NDArray[Any], kinds: NDArray[np.int8]) -> NDArray[np.int64]:
    """Return the 64-bit lane of numbers (any numpy number type, [n]) for signals of the kinds DOUBLE to TIME.

    What lies beyond 64 bits is clipped, a fraction is rounded, and a number that is none becomes 0, where a
    signal is not a DOUBLE.
    """
    is_double = kinds == Kind.DOUBLE
    if is_double.all():
        return np.ascontiguousarray(values, np.float64).view(np.int64)
    if values.dtype.kind == "f":
        rounded = np.rint(np.nan_to_num(np.clip(values.astype(np.float64), -9.2e18, 9.2e18))).astype(np.int64)
    elif values.dtype == np.uint64:
        rounded = np.minimum(values, np.uint64(2**63 - 1)).astype(np.int64)
    else:
        rounded = values.astype(np.int64)
    is_bool = kinds == Kind.BOOL
    rounded[is_bool] = values[is_bool] != 0
    if is_double.any():
        rounded[is_double] = values[is_double].astype(np.float64).view(np.int64)
    return rounded


def _long(kind: Kind, value: Any) -> int:
    if kind is Kind.BOOL:
        if isinstance(value, str):
            word = value.strip().lower()
            if word in {"true", "1", "on", "yes"}:
                return 1
            if word in {"false", "0", "off", "no"}:
                return 0
            raise ValueError(f"{value!r} is neither true nor false")
        return int(bool(value))
    number = round(value) if isinstance(value, float) else int(value)
    if not _LONG_MIN <= number <= _LONG_MAX:
        raise OverflowError(f"{number} does not fit 64 bits")
    return number


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | tuple | bytes):
        raise TypeError(f"a {type(value).__name__} is not a text")
    return str(value)


def _array(value: Any) -> list[Any]:
    if isinstance(value, str | bytes):
        raise TypeError("a text is not an array")
    items = value.tolist() if hasattr(value, "tolist") else list(value)
    if len(items) > MAX_ARRAY_ELEMENTS:
        raise ValueError(f"an array of {len(items)} elements is longer than {MAX_ARRAY_ELEMENTS}")
    for item in items:
        if not isinstance(item, str | int | float):
            raise TypeError(f"a {type(item).__name__} cannot be an element of an array")
    return items
