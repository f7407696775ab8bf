"""Takes the values of a JSON message apart by a plan that is made once for each topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np
from msgspec import UNSET, UnsetType

from xushi.signals import BAD_NO_DATA, Kind

from ._columns import Columns
from ._link import Point
from ._pointer import part_at, split_pointer
from ._times import EARLIEST_MS, LATEST_MS, LONGEST_NS, datetime_ns, stated_ns

TIME_POINTER = ("timestamp",)

# What a field of each kind may look like for the fast way; anything else goes the tolerant way.
_FIELD_TYPES: dict[Kind, Any] = {
    Kind.DOUBLE: float | None | UnsetType,
    Kind.INT: int | None | UnsetType,
    Kind.BOOL: bool | None | UnsetType,
    Kind.ENUM: int | str | None | UnsetType,
    Kind.TIME: datetime | int | None | UnsetType,
    Kind.STRING: str | None | UnsetType,
    Kind.ARRAY: list[float | str] | None | UnsetType,
}
_TIME_TYPE = datetime | int | float | None | UnsetType


class JsonTopic:
    """Brings the messages of one topic into columns.

    Accepts an object, a list of objects, and an object of lists as long as its list of times. Fields that are
    missing are skipped; null means that there is no value (BadNoData).

    Args:
        points: the points of this topic; `options["pointer"]` is the JSON pointer of the field,
            `options["time_pointer"]` that of the message's time ("/timestamp" unless stated),
            `options["labels"]` the number of each word of an ENUM.
        refuse: called with a plain reason for each message or field that cannot be used.
    """

    def __init__(self, points: Sequence[Point], refuse: Callable[[str], None]) -> None:
        self._points = tuple(points)
        self._refuse = refuse
        self._pointers = [split_pointer(point.options.get("pointer", "")) for point in points]
        stated = next((point.options["time_pointer"] for point in points if "time_pointer" in point.options), None)
        self._time_pointer = TIME_POINTER if stated is None else split_pointer(stated)
        self._labels: list[dict[str, int]] = [point.options.get("labels") or {} for point in points]
        self._is_columnar = False
        self._decode_one: Callable[[bytes], Any] | None = None
        self._decode_many: Callable[[bytes], Any] | None = None
        if self._is_plannable():
            self._plan()

    def _is_plannable(self) -> bool:
        """A plan needs distinct fields reached by names alone."""
        pointers = [*self._pointers, self._time_pointer]
        if any(not pointer or any(step.isdigit() for step in pointer) for pointer in pointers):
            return False
        for one in pointers:
            for other in pointers:
                if one != other and other[: len(one)] == one:
                    return False
        return True

    def _plan(self) -> None:
        leaves: dict[tuple[str, ...], Any] = {self._time_pointer: _TIME_TYPE}
        for point, pointer in zip(self._points, self._pointers, strict=True):
            if pointer in leaves:
                return  # two signals of one field, or the time as a value: the tolerant way handles it
            leaves[pointer] = _FIELD_TYPES[point.kind]
        names: dict[tuple[str, ...], str] = {}
        record = _record_type(leaves, names, ())
        self._decode_one = msgspec.json.Decoder(record).decode
        self._decode_many = msgspec.json.Decoder(list[record]).decode  # type: ignore[valid-type]
        self._time_of = attrgetter(names[self._time_pointer])
        self._targets = tuple(
            (attrgetter(names[pointer]), point.signal, point.kind, labels)
            for pointer, point, labels in zip(self._pointers, self._points, self._labels, strict=True)
        )

    def feed(self, payload: bytes, columns: Columns, now_ns: int, quality: int = 0) -> None:
        """Add the values of one message to `columns`; `now_ns` stands in where the message states no time."""
        if self._decode_one is not None and self._decode_many is not None and not self._is_columnar:
            try:
                if payload[:1] == b"[":
                    for record in self._decode_many(payload):
                        self._feed_record(record, columns, now_ns, quality)
                else:
                    self._feed_record(self._decode_one(payload), columns, now_ns, quality)
            except (msgspec.MsgspecError, AttributeError, RecursionError, UnicodeDecodeError):
                pass  # not of the planned shape: told apart, and refused if need be, by the tolerant way
            else:
                return
        self._feed_tolerantly(payload, columns, now_ns, quality)

    def _feed_record(self, record: Any, columns: Columns, now_ns: int, quality: int) -> None:
        stated = self._time_of(record)
        if stated.__class__ is int and EARLIEST_MS <= stated < LATEST_MS:  # as nearly all say it
            time_ns = stated * 1_000_000
        else:
            time_ns = self._time_or_now(stated, now_ns)
        doubles = columns.doubles
        for value_of, signal, kind, labels in self._targets:
            value = value_of(record)
            if value.__class__ is float and kind is Kind.DOUBLE:
                doubles.signals.append(signal)
                doubles.times.append(time_ns)
                doubles.values.append(value)
                doubles.qualities.append(quality)
            elif value is UNSET:
                continue
            elif value is None:
                columns.add(kind, signal, time_ns, None, BAD_NO_DATA)
            else:
                value = labels.get(value, value) if labels and value.__class__ is str else value
                self._add(columns, kind, signal, time_ns, value, quality)

    def _time_or_now(self, stated: Any, now_ns: int) -> int:
        if stated.__class__ is datetime:
            time_ns = datetime_ns(stated)
            if 0 <= time_ns <= LONGEST_NS:
                return time_ns
        elif stated is UNSET or stated is None:
            return now_ns
        try:
            return stated_ns(stated)
        except ValueError as error:
            self._refuse(str(error))
            return now_ns

    def _add(self, columns: Columns, kind: Kind, signal: int, time_ns: int, value: Any, quality: int) -> None:
        try:
            if kind is Kind.TIME:
                value = stated_ns(value)
            columns.add(kind, signal, time_ns, value, quality)
        except (TypeError, ValueError, OverflowError) as error:
            self._refuse(str(error))

    # The tolerant way: any JSON, taken apart field by field.

    def _feed_tolerantly(self, payload: bytes, columns: Columns, now_ns: int, quality: int) -> None:
        try:
            document = msgspec.json.decode(payload)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            self._refuse(f"not JSON: {error}")
            return
        if isinstance(document, list) and all(self._pointers):
            for record in document:
                self._feed_document(record, columns, now_ns, quality)
            return
        times = part_at(document, self._time_pointer, UNSET)
        self._is_columnar = isinstance(times, list)
        if self._is_columnar:
            self._feed_columnar(document, times, columns, quality)
        else:
            self._feed_document(document, columns, now_ns, quality)

    def _feed_document(self, document: Any, columns: Columns, now_ns: int, quality: int) -> None:
        time_ns = self._time_or_now(part_at(document, self._time_pointer, UNSET), now_ns)
        found_any = False
        for point, pointer, labels in zip(self._points, self._pointers, self._labels, strict=True):
            value = part_at(document, pointer, UNSET)
            if value is UNSET:
                continue
            found_any = True
            if value is None:
                columns.add(point.kind, point.signal, time_ns, None, BAD_NO_DATA)
            else:
                value = labels.get(value, value) if isinstance(value, str) else value
                self._add(columns, point.kind, point.signal, time_ns, value, quality)
        if not found_any and not isinstance(document, dict):
            self._refuse(f"expected an object, found a {type(document).__name__}")

    def _feed_columnar(self, document: Any, times: list[Any], columns: Columns, quality: int) -> None:
        try:
            times_ns = np.array([stated_ns(stated) for stated in times], np.int64)
        except ValueError as error:
            self._refuse(str(error))
            return
        for point, pointer in zip(self._points, self._pointers, strict=True):
            values = part_at(document, pointer, UNSET)
            if values is UNSET or values is None:
                continue
            if not isinstance(values, list) or len(values) != len(times_ns):
                self._refuse(f"the column {'/'.join(pointer)} is not as long as the column of times")
                continue
            self._add_column(point, times_ns, values, columns, quality)

    def _add_column(
        self,
        point: Point,
        times_ns: np.ndarray[Any, np.dtype[np.int64]],
        values: list[Any],
        columns: Columns,
        quality: int,
    ) -> None:
        if point.kind is Kind.DOUBLE and values:
            try:
                bits = np.array(values, np.float64).view(np.int64)
            except (TypeError, ValueError, OverflowError):
                pass  # a gap or a word in the column: entry by entry below
            else:
                if bits.ndim == 1 and None not in values:
                    columns.add_block(np.full(len(bits), point.signal, np.int32), times_ns, bits, quality)
                    return
        for time_ns, value in zip(times_ns.tolist(), values, strict=True):
            if value is None:
                columns.add(point.kind, point.signal, time_ns, None, BAD_NO_DATA)
            else:
                self._add(columns, point.kind, point.signal, time_ns, value, quality)


class TextTopic:
    """Brings the messages of a topic whose payload is one bare value as text into columns."""

    def __init__(self, points: Sequence[Point], refuse: Callable[[str], None]) -> None:
        self._points = tuple(points)
        self._refuse = refuse

    def feed(self, payload: bytes, columns: Columns, now_ns: int, quality: int = 0) -> None:
        """Add the value of one message to `columns`, at `now_ns`."""
        try:
            text = payload.decode("utf-8").strip()
            for point in self._points:
                value: Any = text
                if point.kind in (Kind.INT, Kind.ENUM):
                    value = (point.options.get("labels") or {}).get(text, text)
                    value = int(float(value)) if isinstance(value, str) and "." in value else value
                elif point.kind is Kind.TIME:
                    value = stated_ns(text)
                elif point.kind is Kind.ARRAY:
                    value = msgspec.json.decode(payload)
                columns.add(point.kind, point.signal, now_ns, value, quality)
        except (ValueError, TypeError, OverflowError, RecursionError, msgspec.MsgspecError) as error:
            self._refuse(str(error))


def _record_type(leaves: dict[tuple[str, ...], Any], names: dict[tuple[str, ...], str], base: tuple[str, ...]) -> type:
    """Return a struct type with just the wanted leaves below `base`; their paths go into `names`."""
    fields: list[tuple[str, Any, Any]] = []
    rename: dict[str, str] = {}
    prefix = names.get(base, "")
    for number, step in enumerate(dict.fromkeys(path[len(base)] for path in leaves if path[: len(base)] == base)):
        name, path = f"f{number}", (*base, step)
        rename[name] = step
        names[path] = f"{prefix}.{name}" if prefix else name
        if path in leaves:
            fields.append((name, leaves[path], UNSET))
        else:
            nested = _record_type(leaves, names, path)
            fields.append((name, nested, msgspec.field(default_factory=nested)))
    return msgspec.defstruct("Record", fields, rename=rename, gc=False)
