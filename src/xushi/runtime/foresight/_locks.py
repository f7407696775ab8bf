"""Futures in which something can never go on, in words: how many, how surely, and who waits for whom."""

from __future__ import annotations

from collections import Counter
from typing import Any

from xushi import simulate
from xushi.kernel import LANGUAGES, Diagnosis
from xushi.runtime.foresight._build_supply import OF

_MOST_TOLD = 6  # who wait
_WAITS = {"en": "{who} waits for {what}", "zh-CN": "{who} 等待 {what}"}
_BETWEEN = {"en": "; ", "zh-CN": "；"}
_MORE = {"en": "and {count} more", "zh-CN": "另有 {count} 处"}


def locks_told(place: str, outcome: simulate.Outcome) -> dict[str, Any] | None:
    """Return how many of the futures lock, with the 95 % interval of their share, and who waits, as plain JSON.

    Args:
        place: what locks in the words: the plant, or the name of an alternative.

    Returns:
        None where no future locks.
    """
    if not outcome.locks:
        return None
    futures, count = len(outcome.values("plant.good")), len(outcome.locks)
    low, high = simulate.share_interval(count, futures)
    waits = _most_frequent(outcome)
    words = {language: _diagnosis(place, count, futures, (low, high), waits, language) for language in LANGUAGES}
    return {
        "count": count, "futures": futures, "share": count / futures, "low": low, "high": high,
        "waits": [{"who": who, "what": what} for who, what in waits],
        "text": {language: one.text(language) for language, one in words.items()},
        "repair": {language: one.repair(language) for language, one in words.items()},
    }  # fmt: skip


def _most_frequent(outcome: simulate.Outcome) -> list[tuple[str, str]]:
    """Who waits for whom in the circle that most of the futures end in, by the elements of the plant."""
    units = {unit: one.id for one in outcome.model.machines for unit in simulate.unit_names(one)}
    circles = Counter(
        tuple(dict.fromkeys((_element(who, units), _element(what, units)) for who, what in lock.waits))
        for lock in outcome.locks
    )
    ((circle, _),) = circles.most_common(1)
    # The places of a buffer that carries wait for each other, which says nothing.
    return [(who, what) for who, what in circle if who != what] or list(circle)


def _element(name: str, units: dict[str, str]) -> str:
    """The element of the plant that a machine's place, an end of a carrying buffer, or a helper belongs to."""
    return units.get(name, name).partition(OF)[0].removesuffix(".in").removesuffix(".out")


def _diagnosis(
    place: str, count: int, futures: int, share: tuple[float, float], waits: list[tuple[str, str]], language: str
) -> Diagnosis:  # fmt: skip
    told = [_WAITS[language].format(who=who, what=what) for who, what in waits[:_MOST_TOLD]]
    if len(waits) > _MOST_TOLD:
        told.append(_MORE[language].format(count=len(waits) - _MOST_TOLD))
    low, high = (round(100 * end) for end in share)
    params = {"count": count, "futures": futures, "low": low, "high": high, "waits": _BETWEEN[language].join(told)}
    return Diagnosis("runtime.futures_lock", place, params)
