"""The messages of foresight: early warnings, and the forecast that runs by itself."""

from __future__ import annotations

from typing import Any

import msgspec


class WarningInfo(msgspec.Struct, frozen=True):
    """An early warning: `place` (an order or a machine), when it will come, and the reason.

    ``text`` and ``repair`` read as of now, in every language; ``over_ms`` is None while it holds.
    """

    id: str
    code: str
    place: str
    text: dict[str, str]
    repair: dict[str, str]
    at_ms: float
    spread_s: float
    probability: float
    culprit: str
    cause: str
    raised_ms: float
    over_ms: float | None
    hidden_by: str


class LatestForecast(msgspec.Struct, frozen=True):
    """The last forecast of the live line that was made by itself, as `foresight.forecast` answers; None before one."""

    every_s: int
    made_ms: float | None
    forecast: dict[str, Any] | None
