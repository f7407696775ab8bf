"""What options mean together: one that would do nothing is refused, not passed over; instants as people write them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from xushi.kernel import XushiError

_OLDEST_YEAR, _NEWEST_YEAR = 1971, 2999  # what every clock here can tell


def only_with(needed: str, is_met: bool, given: Mapping[str, Any]) -> None:
    """Refuse the options in `given` that were written, where what they need is not met.

    Raises:
        XushiError: `cli.option_idle`; the exit status is 2.
    """
    idle = [name for name, value in given.items() if _is_written(value)]
    if idle and not is_met:
        raise XushiError("cli.option_idle", options=", ".join(idle), needed=needed)


def never_with(other: str, is_written: bool, given: Mapping[str, Any]) -> None:
    """Refuse the options in `given` that were written beside another one which leaves nothing for them to do.

    Raises:
        XushiError: `cli.options_clash`; the exit status is 2.
    """
    idle = [name for name, value in given.items() if _is_written(value)]
    if idle and is_written:
        raise XushiError("cli.options_clash", options=", ".join(idle), other=other)


def _is_written(value: Any) -> bool:
    return value is not None and value is not False and value != "" and value != []


def whole_number(option: str, low: int, high: int | None = None) -> Callable[[str], int]:
    """A reader of an option's number, for argparse; it raises `cli.number_outside`."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = low - 1
        if number < low or (high is not None and number > high):
            raise XushiError("cli.number_outside", option=option, text=text[:40], low=low, high=high or "∞")
        return number

    return read


def instant_ms(option: str, text: str) -> float:
    """An instant in ms since 1970: `-30` (minutes before now), `14:05` today, `2026-11-29T14:05`; local without a zone.

    Raises:
        XushiError: `cli.instant_invalid`; the exit status is 2.
    """
    minutes = number_in(text)
    if minutes is not None and minutes < 0:
        return time.time() * 1e3 + minutes * 60e3
    today = f"{datetime.now().astimezone():%Y-%m-%d}T"
    for written in (text, today + text) if minutes is None else ():
        try:
            instant = datetime.fromisoformat(written)
        except ValueError:
            continue
        if _OLDEST_YEAR <= instant.year <= _NEWEST_YEAR:
            return instant.timestamp() * 1e3
    raise XushiError("cli.instant_invalid", option=option, text=text[:60])


def number_in(text: str) -> float | None:
    """The finite number that a text is; None where it is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
