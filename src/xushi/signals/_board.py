"""Holds the newest value of every signal in columns, and tells many viewers cheaply what changed."""

from __future__ import annotations

import threading
from typing import Any

import msgspec
import numpy as np
from numpy.typing import ArrayLike

from xushi.signals._frame import Frame, Int32s, Int64s, Qualities
from xushi.signals._kinds import FIRST_OBJECT_KIND, NO_OBJECT, decode_value
from xushi.signals._quality import BAD_WAITING_FOR_INITIAL_DATA, is_bad
from xushi.signals._registry import SignalRegistry

NEVER_NS = np.iinfo(np.int64).min  # the time of a signal that has no value yet


class Sample(msgspec.Struct, frozen=True):
    """One value as a person reads it; `value` is None while quality is Bad."""

    time_ns: int
    value: Any
    quality: int
    received_ns: int


class Board:
    """The newest value of each signal, by handle.

    Newest means newest source time: an entry with an equal or newer time replaces, a late one never does.
    `apply` is called from one thread (the event loop's); reads may come from any thread.
    """

    def __init__(self, registry: SignalRegistry) -> None:
        self.registry = registry
        self._lock = threading.Lock()
        self._sequence = 0
        self._answers: dict[int, Int32s] = {}
        self._times = np.empty(0, np.int64)
        self._bits = np.empty(0, np.int64)
        self._qualities = np.empty(0, np.uint32)
        self._received = np.empty(0, np.int64)
        self._changed_at = np.empty(0, np.int64)
        self._objects: list[Any] = []
        self._grow()

    def _grow(self) -> None:
        """Make room for every signal of the registry, with some to spare."""
        have, want = len(self._times), len(self.registry)
        if want <= have:
            return
        more = max(want, 2 * have, 64) - have
        self._times = np.concatenate([self._times, np.full(more, NEVER_NS, np.int64)])
        self._bits = np.concatenate([self._bits, np.full(more, NO_OBJECT, np.int64)])
        waiting = np.full(more, BAD_WAITING_FOR_INITIAL_DATA, np.uint32)
        self._qualities = np.concatenate([self._qualities, waiting])
        self._received = np.concatenate([self._received, np.zeros(more, np.int64)])
        self._changed_at = np.concatenate([self._changed_at, np.zeros(more, np.int64)])
        self._objects.extend([None] * more)

    @property
    def sequence(self) -> int:
        """The number of the last frame that changed something."""
        return self._sequence

    def apply(self, frame: Frame) -> None:
        """Take over what the frame has that is not older than what the board has; O(n) in numpy.

        Raises:
            IndexError: the frame names a handle that the registry never gave out.
        """
        if not len(frame):
            return
        with self._lock:
            signals, times = frame.signals, frame.times_ns
            if int(signals.min()) < 0 or int(signals.max()) >= len(self.registry):
                raise IndexError("a frame names a signal that is not registered")
            self._grow()
            # First the newest time of each signal, then everything that bears it: with repeated indices numpy
            # keeps the last assignment, so the later of two equals wins.
            np.maximum.at(self._times, signals, times)
            is_newest = times == self._times[signals]
            if is_newest.all():
                bits, qualities = frame.bits, frame.qualities
            else:
                signals, bits, qualities = (
                    signals[is_newest],
                    frame.bits[is_newest],
                    frame.qualities[is_newest],
                )
                if not len(signals):
                    return
            self._bits[signals] = bits
            self._qualities[signals] = qualities
            self._received[signals] = frame.received_ns
            self._sequence += 1
            self._changed_at[signals] = self._sequence
            self._answers.clear()
            self._take_objects(frame, signals, bits)

    def _take_objects(self, frame: Frame, signals: Int32s, bits: Int64s) -> None:
        is_object = self.registry.kinds[signals] >= FIRST_OBJECT_KIND
        if not is_object.any():
            return
        objects = frame.objects
        for handle, index in zip(signals[is_object].tolist(), bits[is_object].tolist(), strict=True):
            self._objects[handle] = objects[index] if 0 <= index < len(objects) else None

    def read(self, handles: ArrayLike | None = None) -> Frame:
        """Return the newest values of `handles`, or of all; signals without any value are left out."""
        with self._lock:
            self._grow()
            if handles is None:
                asked = np.flatnonzero(self._times != NEVER_NS).astype(np.int32)
            else:
                asked = np.atleast_1d(np.asarray(handles, dtype=np.int32))
                asked = asked[self._times[asked] != NEVER_NS]
            bits = self._bits[asked]
            objects: list[Any] = []
            for place in np.flatnonzero(self.registry.kinds[asked] >= FIRST_OBJECT_KIND).tolist():
                value = self._objects[int(asked[place])]
                bits[place] = NO_OBJECT if value is None else len(objects)
                if value is not None:
                    objects.append(value)
            received = int(self._received[asked].max()) if len(asked) else 0
            return Frame(asked, self._times[asked], bits, self._qualities[asked], objects, received)

    def times_ns(self, handles: Int32s) -> Int64s:
        """Return int64[n], the time of the newest value of each of `handles`; `NEVER_NS` where there is none."""
        with self._lock:
            self._grow()
            return self._times[handles]

    def value(self, handle: int) -> Sample | None:
        """Return the newest value of one signal, or None when none has come yet.

        Raises:
            XushiError: `signals.unknown_handle`.
        """
        kind = self.registry.get(handle).kind
        with self._lock:
            self._grow()
            time_ns = int(self._times[handle])
            if time_ns == NEVER_NS:
                return None
            quality = int(self._qualities[handle])
            value = self._objects[handle] if kind.is_object else decode_value(kind, int(self._bits[handle]), ())
            return Sample(time_ns, None if is_bad(quality) else value, quality, int(self._received[handle]))

    def qualities(self, handles: ArrayLike) -> Qualities:
        """Return the qualities of `handles`, uint32; BadWaitingForInitialData where none has come yet."""
        with self._lock:
            self._grow()
            return self._qualities[np.asarray(handles, dtype=np.int32)]

    def changed_since(self, sequence: int) -> tuple[Int32s, int]:
        """Return (handles changed after `sequence`, the sequence to ask with next time).

        Begin with 0 to get every signal that has a value. Viewers of one tick ask the same question, so the
        answer is worked out once. The array is shared: do not write to it.
        """
        with self._lock:
            known = self._answers.get(sequence)
            if known is None:
                known = np.flatnonzero(self._changed_at > sequence).astype(np.int32)
                self._answers[sequence] = known
            return known, self._sequence
