"""Names the kinds of value a signal may carry and turns one value into its 64-bit lane and back."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from enum import IntEnum
from typing import Any, cast

from xushi.kernel import XushiError

MAX_ARRAY_ELEMENTS = 4096
FIRST_OBJECT_KIND = 5  # kinds from here on travel as objects; a plain int, for the hot path
NO_OBJECT = -1  # index of a STRING or ARRAY entry that carries no value

_DOUBLE = struct.Struct("<d")
_LONG = struct.Struct("<q")
_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1
_TRUE_WORDS = frozenset({"true", "1", "on", "yes"})
_FALSE_WORDS = frozenset({"false", "0", "off", "no", ""})


class Kind(IntEnum):
    """What the 64 bits of a value mean.

    DOUBLE is a float64 bit pattern; INT, BOOL, ENUM and TIME (ns since the Unix epoch, UTC) are the int64
    itself; STRING and ARRAY are an index into the objects that travel with the frame.
    """

    DOUBLE = 0
    INT = 1
    BOOL = 2
    ENUM = 3
    TIME = 4
    STRING = 5
    ARRAY = 6

    @property
    def is_object(self) -> bool:
        """Whether values of this kind lie beside the 64-bit lane."""
        return int(self) >= FIRST_OBJECT_KIND


def double_bits(value: float) -> int:
    """Return the int64 that has the bit pattern of the float64 `value`."""
    return cast(int, _LONG.unpack(_DOUBLE.pack(value))[0])


def bits_double(bits: int) -> float:
    """Return the float64 whose bit pattern is the int64 `bits`."""
    return cast(float, _DOUBLE.unpack(_LONG.pack(bits))[0])


def encode_value(kind: Kind, value: Any, objects: list[Any]) -> int:
    """Return the 64-bit lane entry of one value; a STRING or ARRAY is appended to `objects`.

    `None` becomes NaN for DOUBLE, no object for STRING and ARRAY, and 0 for the others: give such an entry a
    Bad quality.

    Raises:
        XushiError: `signals.value_refused` when the value does not fit the kind.
    """
    try:
        return _encode(kind, value, objects)
    except (TypeError, ValueError, OverflowError) as error:
        raise XushiError("signals.value_refused", value=repr(value)[:80], kind=kind.name) from error


def _encode(kind: Kind, value: Any, objects: list[Any]) -> int:
    if kind is Kind.DOUBLE:
        return double_bits(float("nan") if value is None else float(value))
    if kind.is_object:
        if value is None:
            return NO_OBJECT
        objects.append(str(value) if kind is Kind.STRING else _checked_array(value))
        return len(objects) - 1
    if value is None:
        return 0
    if kind is Kind.BOOL:
        return int(_truth(value))
    number = int(value)
    if not _LONG_MIN <= number <= _LONG_MAX:
        raise OverflowError(number)
    return number


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in _TRUE_WORDS:
            return True
        if word in _FALSE_WORDS:
            return False
        raise ValueError(value)
    return bool(value)


def _checked_array(value: Any) -> list[Any]:
    if isinstance(value, str | bytes):
        raise TypeError(value)
    items = value.tolist() if hasattr(value, "tolist") else list(value)
    if len(items) > MAX_ARRAY_ELEMENTS:
        raise ValueError(len(items))
    for item in items:
        if not isinstance(item, str | int | float):
            raise TypeError(item)
    return cast("list[Any]", items)


def decode_value(kind: Kind, bits: int, objects: Sequence[Any]) -> Any:
    """Return the Python value of one 64-bit lane entry; None for a STRING or ARRAY without object."""
    if kind is Kind.DOUBLE:
        return bits_double(bits)
    if kind.is_object:
        return objects[bits] if 0 <= bits < len(objects) else None
    if kind is Kind.BOOL:
        return bool(bits)
    return bits
