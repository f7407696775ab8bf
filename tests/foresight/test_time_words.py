"""How far ahead something is, in words: with its spread, and never before now."""

import pytest

from xushi.runtime.foresight._warnings import in_time


@pytest.mark.parametrize(
    ("seconds", "spread_s", "language", "words"),
    [
        (2520.0, 360.0, "en", "42 ± 6 min"),
        (2520.0, 360.0, "zh-CN", "42 ± 6 分钟"),
        (240.0, 720.0, "en", "0–16 min"),
        (240.0, 720.0, "zh-CN", "0–16 分钟"),
        (0.0, 5.0, "en", "0–1 min"),
        (180.0, None, "zh-CN", "3 分钟"),
    ],
)
def test_a_time_ahead_is_told_with_what_it_may_be(
    seconds: float, spread_s: float | None, language: str, words: str
) -> None:
    assert in_time(seconds, spread_s, language) == words
