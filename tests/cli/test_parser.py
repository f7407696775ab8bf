"""Rules of a line that is not understood: a Chinese reader is told so in Chinese, an English one as argparse does."""

from __future__ import annotations

import re

import pytest

from xushi.cli import main

NOT_UNDERSTOOD = [
    ("nonsense",),
    ("token",),
    ("values", "--nonsense"),
    ("connect", "--rows"),
    ("demo", "--speed", "fast"),
    ("demo", "--recording", "0"),
    ("demo", "--fail", "OP70"),
    ("serve", "--port", "many"),
    ("spc", "V", "--chart", "pie"),
]


@pytest.mark.parametrize("words", NOT_UNDERSTOOD, ids=" ".join)
def test_what_is_not_understood_is_told_in_the_language_of_the_environment(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    told = {}
    for lang in ("zh_CN.UTF-8", "en_GB.UTF-8"):
        monkeypatch.setenv("LANG", lang)
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        told[lang] = capsys.readouterr().err.splitlines()[-1]
    assert re.search(r"[\u4e00-\u9fff]", told["zh_CN.UTF-8"])
    assert not re.search(r"error|argument|invalid|expected|choose", told["zh_CN.UTF-8"])
    assert "error: " in told["en_GB.UTF-8"]


def test_the_frame_of_the_help_is_in_the_language_of_the_texts(capsys: pytest.CaptureFixture[str]) -> None:
    for language, frame in (("zh-CN", ("用法：", "选项:", "显示此帮助并退出")), ("en", ("usage: ", "options:"))):
        with pytest.raises(SystemExit):
            main(["demo", "--help", "--lang", language])
        shown = capsys.readouterr().out
        assert all(part in shown for part in frame)
        assert ("show this help message" in shown) == (language == "en")
