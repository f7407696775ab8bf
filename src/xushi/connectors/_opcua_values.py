"""Turns a value of ours into the OPC UA type that a node or a method's argument is declared to have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from asyncua import ua

_LIMITS = {
    ua.VariantType.SByte: (-(2**7), 2**7 - 1),
    ua.VariantType.Byte: (0, 2**8 - 1),
    ua.VariantType.Int16: (-(2**15), 2**15 - 1),
    ua.VariantType.UInt16: (0, 2**16 - 1),
    ua.VariantType.Int32: (-(2**31), 2**31 - 1),
    ua.VariantType.UInt32: (0, 2**32 - 1),
    ua.VariantType.Int64: (-(2**63), 2**63 - 1),
    ua.VariantType.UInt64: (0, 2**64 - 1),
}


def to_variant(value: Any, type: ua.VariantType) -> ua.Variant:
    """Return `value` as a Variant of `type`; a list becomes an array. Times are ns since the Unix epoch.

    Raises:
        ValueError, TypeError, OverflowError: the value does not fit the type.
    """
    if isinstance(value, list | tuple):
        return ua.Variant([_convert(item, type) for item in value], type, is_array=True)
    return ua.Variant(_convert(value, type), type)


def _convert(value: Any, type: ua.VariantType) -> Any:
    if type is ua.VariantType.Boolean:
        return _truth(value)
    if type in _LIMITS:
        number = int(value)
        if isinstance(value, float) and number != value:
            raise ValueError(f"{value} is not a whole number")
        low, high = _LIMITS[type]
        if not low <= number <= high:
            raise ValueError(f"{number} does not fit {type.name}")
        return number
    if type in (ua.VariantType.Float, ua.VariantType.Double):
        return float(value)
    if type is ua.VariantType.String:
        return str(value)
    if type is ua.VariantType.LocalizedText:
        return ua.LocalizedText(str(value))
    if type is ua.VariantType.DateTime:
        return datetime.fromtimestamp(int(value) / 1e9, UTC)
    if type is ua.VariantType.ByteString:
        return value.encode() if isinstance(value, str) else bytes(value)
    raise TypeError(f"values of type {type.name} cannot be written")


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        word = value.strip().lower()
        if word in ("true", "1", "on", "yes"):
            return True
        if word in ("false", "0", "off", "no"):
            return False
        raise ValueError(f"{value!r} is neither true nor false")
    return bool(value)


def guess_variant(value: Any) -> ua.Variant:
    """Return `value` as the Variant that is nearest to its Python type, where no type is declared."""
    sample = value[0] if isinstance(value, list) and value else value
    if isinstance(sample, bool):
        type = ua.VariantType.Boolean
    elif isinstance(sample, int):
        type = ua.VariantType.Int64
    elif isinstance(sample, float):
        type = ua.VariantType.Double
    else:
        type = ua.VariantType.String
    return to_variant(value, type)


def plain_output(value: Any) -> Any:
    """Return a method's output as bool, int, float, str or a list of them."""
    if isinstance(value, list):
        return [plain_output(item) for item in value]
    if isinstance(value, ua.LocalizedText):
        return value.Text or ""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)
