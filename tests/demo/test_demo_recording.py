"""A shift that was asked for is recorded, or the demo says why it is not."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pytest

from xushi.demo.verb import VERB, _Demo


class _Platform:
    """Answers which timelines it has, as the server does."""

    def __init__(self, *timelines: str) -> None:
        self._timelines = timelines

    def get(self, path: str) -> Any:
        assert path == "/api/timelines"
        return [{"id": one} for one in self._timelines]


def _told(capsys: pytest.CaptureFixture[str], language: str, words: list[str], *timelines: str) -> str:
    parser = argparse.ArgumentParser()
    VERB.arguments(parser, language)
    demo = _Demo(parser.parse_args([*words, "--data", "plant"], argparse.Namespace(lang=language)))
    demo.end()  # what would be recorded after the first picture is not
    demo._begin_recording(_Platform(*timelines))  # type: ignore[arg-type]
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "words"), [("en", "--recording 30 was not done"), ("zh-CN", "未执行 --recording 30")]
)
def test_a_recording_that_was_asked_for_and_is_there_already_is_refused_in_words(
    capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    told = _told(capsys, language, ["--recording", "30"], "live", "shift")
    assert words in told
    assert str(Path("plant")) in told


def test_a_start_that_asks_for_nothing_records_an_hour_once_and_says_nothing_later(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "60 minutes" in _told(capsys, "en", [], "live")
    assert "30 minutes" in _told(capsys, "en", ["--recording", "30"], "live")
    assert _told(capsys, "en", [], "live", "shift") == ""
    assert _told(capsys, "en", ["--no-recording"], "live") == ""
