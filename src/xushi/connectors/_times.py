"""Reads the time a payload states for its values: ISO 8601 text, or a number since the Unix epoch."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

LONGEST_NS = 2**63 - 1

# A number is taken for the unit in which it lies between 1973 and 5138; no clock in use is older.
EARLIEST_MS, LATEST_MS = 10**11, 10**14
_UNITS = ((EARLIEST_MS, 1_000_000_000), (LATEST_MS, 1_000_000), (10**17, 1_000))


def iso_text(time_ns: int) -> str:
    """Return ns since the Unix epoch as ISO 8601 text in UTC, to the microsecond."""
    return datetime.fromtimestamp(time_ns // 1000 / 1e6, UTC).isoformat().replace("+00:00", "Z")


def datetime_ns(moment: datetime) -> int:
    """Return ns since the Unix epoch; a time without zone is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1e6) * 1000


def epoch_ns(number: float) -> int:
    """Return ns since the Unix epoch of a number of seconds, milliseconds, microseconds or nanoseconds.

    Raises:
        ValueError: the number is negative, not finite, or too large for any of them.
    """
    for limit, factor in _UNITS:
        if 0 <= number < limit:
            return int(number) * factor if isinstance(number, int) else round(number * factor)
    if 0 <= number <= LONGEST_NS:
        return int(number)
    raise ValueError(f"{number!r} is not a time since 1970")


def stated_ns(value: Any) -> int:
    """Return ns since the Unix epoch of whatever form of time a payload holds.

    Raises:
        ValueError: it is not a time, or lies outside 1970 to 2262.
    """
    if isinstance(value, datetime):
        time_ns = datetime_ns(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        time_ns = epoch_ns(value)
    elif isinstance(value, str):
        try:
            time_ns = datetime_ns(msgspec.convert(value, datetime))
        except msgspec.ValidationError:
            time_ns = _from_digits(value)
    else:
        raise ValueError(f"{value!r} is not a time")
    if not 0 <= time_ns <= LONGEST_NS:
        raise ValueError(f"{value!r} lies outside 1970 to 2262")
    return time_ns


def _from_digits(text: str) -> int:
    try:
        return epoch_ns(int(text) if text.strip().isdigit() else float(text))
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a time") from None
