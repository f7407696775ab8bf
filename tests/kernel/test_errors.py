"""Every error says what happened, why and what to do next, in both languages."""

import json
import re
from pathlib import Path

import pytest

import xushi
from xushi.kernel import LANGUAGES, Diagnosis, XushiError, environment_language, nearest_language

SOURCE = Path(xushi.__file__).parent
ROOMS = sorted(path.parent.name for path in SOURCE.glob("*/messages.json"))
CODE = re.compile(r"""(?:XushiError|Diagnosis)\(\s*(?:code=)?"([a-z]+\.[a-z0-9_]+)\"""")


@pytest.mark.parametrize("room", ROOMS)
def test_every_message_of_a_room_is_complete_in_every_language(room):
    catalogue = json.loads((SOURCE / room / "messages.json").read_text("utf-8"))
    for code, entry in catalogue.items():
        assert code.startswith(room + "."), code
        assert set(entry) == set(LANGUAGES), code
        gaps = [set(re.findall(r"{(\w+)}", json.dumps(entry[tag], ensure_ascii=False))) for tag in LANGUAGES]
        assert gaps[0] == gaps[1], f"{code} fills other gaps in one language than in the other"
        for tag in LANGUAGES:
            assert set(entry[tag]) == {"what", "why", "next"}, code
            assert entry[tag]["what"].strip(), code
        assert re.search(r"[\u4e00-\u9fff]", entry["zh-CN"]["what"]), f"{code} is not in Chinese"


def test_every_code_that_is_raised_has_its_message():
    missing = []
    for path in SOURCE.rglob("*.py"):
        for code in CODE.findall(path.read_text("utf-8")):
            room = SOURCE / code.split(".")[0] / "messages.json"
            if not room.exists() or code not in json.loads(room.read_text("utf-8")):
                missing.append(f"{path.relative_to(SOURCE)}: {code}")
    assert missing == []


def test_an_error_is_told_in_the_language_asked_for():
    error = XushiError("kernel.job_unknown", job="j1")
    assert "j1" in error.text("en").what
    assert error.to_dict("zh-CN")["what"] == "没有任务 j1。"


def test_a_parameter_that_is_missing_shows_its_name_and_is_no_second_error():
    assert "{job}" in XushiError("kernel.job_unknown").text("en").what


def test_braces_in_a_parameter_are_plain_text():
    assert "{x}" in XushiError("kernel.job_unknown", job="{x}").text("en").what


def test_a_diagnosis_has_code_place_text_and_repair():
    shown = Diagnosis("kernel.conflict", "/a", {"key": "k"}).to_dict("en")
    assert set(shown) == {"code", "place", "text", "repair"}
    assert all(shown.values())


@pytest.mark.parametrize(
    ("header", "language"),
    [("zh-TW,zh;q=0.9", "zh-CN"), ("en-GB", "en"), ("fr;q=1, zh;q=0.5", "zh-CN"), ("fr", "en"), ("", "en")],
)
def test_the_nearest_language_of_a_header_is_taken(header, language):
    assert nearest_language(header) == language


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-CN"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_SG.UTF-8", "LANG": "en_GB.UTF-8"}, "zh-CN"),
    ],
)
def test_the_language_of_the_environment_is_that_of_its_messages(monkeypatch, variables, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert environment_language() == language


def test_a_state_that_an_error_names_is_told_in_the_language_of_the_reader():
    error = XushiError("runtime.link_down", link="opcua:h:4840", state="lost")
    assert "lost" in error.text("en").why
    assert error.text("zh-CN").why == "其状态为“连接中断”。"


@pytest.mark.parametrize(
    ("reason", "shown"),
    [("no space left", "no space left."), ("it is full.", "it is full."), ("really?", "really?"), ("", "")],
)
def test_a_reason_of_others_ends_as_a_sentence(reason, shown):
    error = XushiError("kernel.params_invalid", name="x", reason=reason)
    assert error.text("en").why == shown
    assert error.text("zh-CN").why == shown.replace("left.", "left。")
