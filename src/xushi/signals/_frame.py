"""Carries many values of many signals as four parallel columns, so that no value costs a Python object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xushi.signals._kinds import FIRST_OBJECT_KIND, NO_OBJECT, Kind, decode_value, encode_value

if TYPE_CHECKING:
    from xushi.signals._registry import SignalRegistry

Int8s = NDArray[np.int8]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Doubles = NDArray[np.float64]
Qualities = NDArray[np.uint32]


class Frame:
    """A column batch: entry i says that signal `signals[i]` had `bits[i]` of `qualities[i]` at `times_ns[i]`.

    A frame is frozen once it is handed on: the board, the history and the viewers keep references to its
    columns. Entries need no order; where two entries share signal and time, the later one counts.

    Attributes:
        signals: int32[n], handles of the registry.
        times_ns: int64[n], source time, ns since the Unix epoch, UTC.
        bits: int64[n], one lane for all kinds, see `Kind`.
        qualities: uint32[n], OPC UA StatusCode (OPC 10000-4, 7.39), Good is 0.
        objects: what the STRING and ARRAY entries point at.
        received_ns: when the frame reached this process, ns since the Unix epoch; 0 when not known.
    """

    __slots__ = ("bits", "objects", "qualities", "received_ns", "signals", "times_ns")

    def __init__(
        self,
        signals: ArrayLike,
        times_ns: ArrayLike,
        bits: ArrayLike,
        qualities: ArrayLike | None = None,
        objects: Sequence[Any] = (),
        received_ns: int = 0,
    ) -> None:
        self.signals: Int32s = np.atleast_1d(np.asarray(signals, dtype=np.int32))
        n = len(self.signals)
        self.times_ns: Int64s = _column(times_ns, n)
        self.bits: Int64s = _column(bits, n)
        if qualities is None:
            self.qualities: Qualities = np.zeros(n, np.uint32)
        else:
            asked = np.asarray(qualities, dtype=np.uint32)
            self.qualities = np.full(n, asked, np.uint32) if asked.ndim == 0 else asked
        if not len(self.times_ns) == len(self.bits) == len(self.qualities) == n:
            raise ValueError("the columns of a frame must be of one length")
        self.objects: tuple[Any, ...] = tuple(objects)
        self.received_ns = received_ns

    def __len__(self) -> int:
        return len(self.signals)

    def __repr__(self) -> str:
        return f"Frame({len(self)} values, {len(self.objects)} objects)"

    @staticmethod
    def doubles(
        signals: ArrayLike,
        times_ns: ArrayLike,
        values: ArrayLike,
        qualities: ArrayLike | None = None,
        received_ns: int = 0,
    ) -> Frame:
        """Return a frame of DOUBLE signals; a single time or quality counts for all entries."""
        lanes = np.ascontiguousarray(np.atleast_1d(np.asarray(values, dtype=np.float64)))
        return Frame(signals, times_ns, lanes.view(np.int64), qualities, (), received_ns)

    @staticmethod
    def gap(signals: ArrayLike, time_ns: int, quality: int, received_ns: int = 0) -> Frame:
        """Return a frame that says: from `time_ns` on nothing is known of `signals`, because of `quality`."""
        handles = np.atleast_1d(np.asarray(signals, dtype=np.int32))
        bits = np.full(len(handles), NO_OBJECT, np.int64)
        return Frame(handles, time_ns, bits, quality, (), received_ns)

    @staticmethod
    def from_rows(registry: SignalRegistry, rows: Iterable[tuple[int, int, Any, int]], received_ns: int = 0) -> Frame:
        """Return a frame of rows (handle, time_ns, value, quality): the convenient way, not the fast one.

        Raises:
            XushiError: `signals.value_refused` when a value does not fit its signal's kind.
        """
        handles: list[int] = []
        times: list[int] = []
        bits: list[int] = []
        qualities: list[int] = []
        objects: list[Any] = []
        for handle, time_ns, value, quality in rows:
            handles.append(handle)
            times.append(time_ns)
            bits.append(encode_value(registry.get(handle).kind, value, objects))
            qualities.append(quality)
        return Frame(handles, np.array(times, np.int64), np.array(bits, np.int64), qualities, objects, received_ns)

    @staticmethod
    def empty() -> Frame:
        """Return the frame without entries."""
        return Frame(np.empty(0, np.int32), np.empty(0, np.int64), np.empty(0, np.int64))

    @staticmethod
    def concat(frames: Sequence[Frame], kinds: Int8s) -> Frame:
        """Return the frames one after another as one; `kinds` (by handle) tells which entries are objects."""
        if not frames:
            return Frame.empty()
        if len(frames) == 1:
            return frames[0]
        signals = np.concatenate([frame.signals for frame in frames])
        bits = np.concatenate([frame.bits for frame in frames])
        objects: list[Any] = []
        at = 0
        for frame in frames:
            if objects and frame.objects:
                lane = bits[at : at + len(frame)]
                is_object = (kinds[frame.signals] >= FIRST_OBJECT_KIND) & (lane >= 0)
                lane[is_object] += len(objects)
            objects.extend(frame.objects)
            at += len(frame)
        return Frame(
            signals,
            np.concatenate([frame.times_ns for frame in frames]),
            bits,
            np.concatenate([frame.qualities for frame in frames]),
            objects,
            max(frame.received_ns for frame in frames),
        )

    def take(self, entries: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Frame:
        """Return the chosen entries, with the same objects."""
        return Frame(
            self.signals[entries],
            self.times_ns[entries],
            self.bits[entries],
            self.qualities[entries],
            self.objects,
            self.received_ns,
        )

    def pieces(self, length: int, kinds: Int8s) -> Iterator[Frame]:
        """Yield the entries `length` at a time, each piece with its own objects alone; `kinds` as in `concat`."""
        for low in range(0, len(self), length):
            part = slice(low, low + length)
            signals, bits = self.signals[part], self.bits[part].copy()
            is_object = (kinds[signals] >= FIRST_OBJECT_KIND) & (bits >= 0)
            used, bits[is_object] = np.unique(bits[is_object], return_inverse=True)
            objects = [self.objects[at] for at in used.tolist()]
            yield Frame(signals, self.times_ns[part], bits, self.qualities[part], objects, self.received_ns)

    def numbers(self, kinds: Int8s) -> Doubles:
        """Return float64[n]: the values as numbers; NaN for objects and for values of Bad quality."""
        mine = kinds[self.signals]
        numbers = self.bits.astype(np.float64)
        is_double = mine == Kind.DOUBLE
        numbers[is_double] = np.ascontiguousarray(self.bits[is_double]).view(np.float64)
        numbers[(mine >= FIRST_OBJECT_KIND) | (self.qualities >= 0x8000_0000)] = np.nan
        return numbers

    def rows(self, registry: SignalRegistry) -> Iterator[tuple[int, int, Any, int]]:
        """Yield (handle, time_ns, value, quality); a value of Bad quality is None."""
        columns = zip(
            self.signals.tolist(),
            self.times_ns.tolist(),
            self.bits.tolist(),
            self.qualities.tolist(),
            strict=True,
        )
        for handle, time_ns, bits, quality in columns:
            is_bad = quality >= 0x8000_0000
            value = None if is_bad else decode_value(registry.get(handle).kind, bits, self.objects)
            yield handle, time_ns, value, quality


def _column(values: ArrayLike, n: int) -> Int64s:
    column = np.asarray(values, dtype=np.int64)
    return np.full(n, column, np.int64) if column.ndim == 0 else column
