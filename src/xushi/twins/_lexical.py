"""Tells whether a text is a valid value of an XSD type (XML Schema 1.0 part 2, as IDTA-01001 narrows it)."""

from __future__ import annotations

import base64
import binascii
import re
from decimal import Decimal, InvalidOperation

_INTEGER = re.compile(r"[+-]?\d{1,400}\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)\Z", re.ASCII)
_DOUBLE = re.compile(r"(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|-?INF|NaN)\Z", re.ASCII)
_ZONE = r"(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?"
_DATE = r"-?(?:[1-9]\d{3,}|0\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_CLOCK = r"(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?|24:00:00(?:\.0+)?)"
_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_PATTERNS = {
    "xs:boolean": re.compile(r"(?:true|false|1|0)\Z"),
    "xs:date": re.compile(rf"{_DATE}{_ZONE}\Z", re.ASCII),
    "xs:dateTime": re.compile(rf"{_DATE}T{_CLOCK}{_ZONE}\Z", re.ASCII),
    "xs:time": re.compile(rf"{_CLOCK}{_ZONE}\Z", re.ASCII),
    "xs:gDay": re.compile(rf"---{_DAY}{_ZONE}\Z", re.ASCII),
    "xs:gMonth": re.compile(rf"--(?:0[1-9]|1[0-2]){_ZONE}\Z", re.ASCII),
    "xs:gMonthDay": re.compile(rf"--(?:0[1-9]|1[0-2])-{_DAY}{_ZONE}\Z", re.ASCII),
    "xs:gYear": re.compile(rf"-?(?:[1-9]\d{{3,}}|0\d{{3}}){_ZONE}\Z", re.ASCII),
    "xs:gYearMonth": re.compile(rf"-?(?:[1-9]\d{{3,}}|0\d{{3}})-(?:0[1-9]|1[0-2]){_ZONE}\Z", re.ASCII),
    "xs:duration": re.compile(
        r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?\Z", re.ASCII
    ),
    "xs:hexBinary": re.compile(r"(?:[0-9a-fA-F]{2})*\Z"),
    "xs:decimal": _DECIMAL,
    "xs:double": _DOUBLE,
    "xs:float": _DOUBLE,
}
_BOUNDS: dict[str, tuple[int | None, int | None]] = {
    "xs:integer": (None, None),
    "xs:byte": (-(2**7), 2**7 - 1),
    "xs:short": (-(2**15), 2**15 - 1),
    "xs:int": (-(2**31), 2**31 - 1),
    "xs:long": (-(2**63), 2**63 - 1),
    "xs:unsignedByte": (0, 2**8 - 1),
    "xs:unsignedShort": (0, 2**16 - 1),
    "xs:unsignedInt": (0, 2**32 - 1),
    "xs:unsignedLong": (0, 2**64 - 1),
    "xs:nonNegativeInteger": (0, None),
    "xs:positiveInteger": (1, None),
    "xs:nonPositiveInteger": (None, 0),
    "xs:negativeInteger": (None, -1),
}


def is_valid(value: str, value_type: str) -> bool:
    """Tell whether `value` is in the lexical space of `value_type` ("xs:int", …)."""
    if value_type in _BOUNDS:
        return _is_integer(value, *_BOUNDS[value_type])
    if value_type in _PATTERNS:
        return _PATTERNS[value_type].match(value) is not None
    if value_type == "xs:base64Binary":
        try:
            base64.b64decode("".join(value.split()), validate=True)
        except (binascii.Error, ValueError):
            return False
    return True


def _is_integer(value: str, low: int | None, high: int | None) -> bool:
    if _INTEGER.match(value) is None:
        return False
    number = int(value)
    return (low is None or number >= low) and (high is None or number <= high)


def is_ordered(low: str, high: str, value_type: str) -> bool:
    """Tell whether a range's ends are in order; true for types that have no plain order."""
    if value_type not in _BOUNDS and value_type not in ("xs:decimal", "xs:double", "xs:float"):
        return True
    try:
        return Decimal(low) <= Decimal(high)
    except InvalidOperation:
        return True
