"""Alarms, figures and control charts from Python and from the command line: the same numbers as on the page."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_plant import plant_file

import xushi
from xushi.cli import main
from xushi.cli._completion import candidates
from xushi.sdk import Plant
from xushi.signals import Frame
from xushi.testing import Served, served, until

SPEED, STATE = "urn:m:data#Speed", "urn:m:data#State"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Served, Plant]]:
    """A mill with a rule on its speed, a figure from its state, and a past: 80 s of work in 100 s, 9 of 10 good."""
    with served(tmp_path / "data") as one:
        plant = xushi.connect(one.running.base_url, one.remote.token)
        path = plant_file(tmp_path)
        content = json.loads(path.read_text())
        integers = [
            {"modelType": "Property", "idShort": name, "valueType": "xs:int"} for name in ("State", "Good", "Bad")
        ]
        content["submodels"][0]["submodelElements"] += integers
        path.write_text(json.dumps(content))
        plant.open_files([path])
        texts = {"en": "Too fast", "zh-CN": "过快"}
        rule = {"id": "fast", "signal": SPEED, "condition": "above", "limit": 80.0, "title": texts}
        plant.run("rule.put", {"rule": rule})
        kpi = {
            "id": "mill", "title": {"en": "Mill", "zh-CN": "铣床"}, "shell": "urn:m",
            "producing": {"signal": STATE, "values": [3]}, "good": "urn:m:data#Good", "reject": "urn:m:data#Bad",
            "cycle_s": 6.0, "figures": {"oee": {}},
        }  # fmt: skip
        plant.run("kpi.put", {"kpi": kpi})
        now = time.time_ns()
        mill = plant.shell("Mill")
        state, good, bad, speed = (mill[name].handle for name in ("State", "Good", "Bad", "Speed"))
        second = 10**9
        rows = [(state, now - 100 * second, 3, 0), (good, now - 100 * second, 0, 0), (bad, now - 100 * second, 0, 0),
                (state, now - 20 * second, 1, 0), (good, now - 20 * second, 9, 0), (bad, now - 19 * second, 1, 0),
                (speed, now, 91.5, 0)]  # fmt: skip
        one.push(Frame.from_rows(one.platform.registry, rows))
        times = now - np.arange(60, 0, -1, dtype=np.int64) * second
        speeds = 50.0 + np.where(np.arange(60) == 30, 25.0, np.sin(np.arange(60.0) * 2.4))
        one.push(Frame.doubles(np.full(60, speed, np.int32), times, speeds))
        yield one, plant


def until_alarm(plant: Plant) -> xushi.sdk.Alarms:
    end_s = time.monotonic() + 5
    while not (found := plant.alarms()) and time.monotonic() < end_s:
        time.sleep(0.02)
    return found


def test_an_alarm_is_read_acknowledged_and_shelved_from_python(watched: tuple[Served, Plant]) -> None:
    _, plant = watched
    (alarm,) = until_alarm(plant)
    assert (alarm.id, alarm.state, alarm.value, alarm.title["zh-CN"]) == ("fast", "unacknowledged", 91.5, "过快")
    assert "91.5" in until_alarm(plant)._repr_html_()
    assert alarm.acknowledge("slowed down").is_done
    assert plant.shell("Mill").alarms()[0].state == "acknowledged"
    assert alarm.shelve(5, "known, part is ordered").is_done
    assert plant.alarms()[0].state == "shelved"
    assert alarm.unshelve().is_done
    assert alarm.note("looked at the drive").is_done
    assert plant.alarms()[0].info["notes"][-1]["text"] == "looked at the drive"


def test_a_figure_says_what_it_was_made_of(watched: tuple[Served, Plant]) -> None:
    _, plant = watched
    (oee,) = plant.shell("Mill").figures(minutes=1.5)
    assert plant.figures(minutes=1.5)["mill.oee"].value == pytest.approx(oee.value, abs=0.02)
    why = oee.why()
    assert [child.formula for child in why.children] == ["A = APT / PBT", "E = PRI × PQ / APT", "QR = GQ / PQ"]
    assert oee.value == pytest.approx(np.prod([child.value for child in why.children]))
    assert why.children[2].value == pytest.approx(0.9)
    assert "QR = GQ / PQ" in repr(why)
    (effectiveness,) = (child for child in why.children if child.formula == "E = PRI × PQ / APT")
    notes = [part.note["en"] for part in effectiveness.children if part.note]
    assert notes, "what was counted, and what was left out, is part of the reason"
    assert all(note in repr(why) for note in notes)


def test_a_control_chart_names_the_rules_that_are_broken(watched: tuple[Served, Plant]) -> None:
    _, plant = watched
    chart = plant.signal("Speed").control_chart(minutes=2, end_ms=time.time() * 1e3 - 1000)
    assert 1 in chart.broken_rules  # the value at 75 lies outside the limits
    assert "<svg" in chart._repr_html_()
    nothing = plant.signal("Speed").control_chart(minutes=1, end_ms=1e12)
    assert nothing.why_not
    assert "Speed" in repr(nothing)


def test_a_connection_speaks_the_language_of_the_environment_unless_it_is_told_another(
    watched: tuple[Served, Plant], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = watched
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    chinese = xushi.connect(one.running.base_url, one.remote.token)
    english = xushi.connect(one.running.base_url, one.remote.token, language="en")
    assert "所需权限：" in (chinese.commands["rule.put"].__doc__ or "")
    assert "Right: " in (english.commands["rule.put"].__doc__ or "")


def test_objects_show_themselves_in_the_language_of_the_connection(watched: tuple[Served, Plant]) -> None:
    one, plant = watched
    until_alarm(plant)
    chinese = xushi.connect(one.running.base_url, one.remote.token, language="zh-CN")
    alarms = chinese.alarms()._repr_html_()
    assert "<th>优先级</th>" in alarms
    assert "<td>未确认</td>" in alarms
    assert "<td>过快</td>" in alarms
    assert "Too fast" in plant.alarms()._repr_html_()
    figures = chinese.shell("Mill").figures(minutes=1.5)
    assert "<th>指标</th>" in figures._repr_html_()
    assert "铣床：" in figures._repr_html_()
    assert "Mill: " in plant.shell("Mill").figures(minutes=1.5)._repr_html_()
    assert figures[0].why().label["zh-CN"] in repr(figures[0].why())
    assert "<th>信号</th>" in chinese.shell("Mill")._repr_html_()
    assert "1 个管理壳" in chinese._repr_html_()
    chart = chinese.signal("Speed").control_chart(minutes=2)
    assert "移动极差" in chart._repr_html_()
    assert "moving range" in plant.signal("Speed").control_chart(minutes=2)._repr_html_()


def test_an_alarm_is_suppressed_and_a_latched_one_is_reset_from_python(watched: tuple[Served, Plant]) -> None:
    one, plant = watched
    (alarm,) = until_alarm(plant)
    assert alarm.suppress("the drive is out for repair").is_done
    assert plant.alarms()[0].state == "suppressed"
    assert alarm.unsuppress().is_done
    assert plant.alarms()[0].state == "unacknowledged"
    texts = {"en": "Jam", "zh-CN": "卡料"}
    rule = {"id": "jam", "signal": SPEED, "condition": "above", "limit": 80.0, "title": texts, "is_latched": True}
    plant.run("rule.put", {"rule": rule})
    until(lambda: "jam" in {each.id for each in plant.alarms()})
    one.push(Frame.doubles([plant.signal("Speed").handle], [time.time_ns()], [10.0]))
    jam = next(each for each in plant.alarms() if each.id == "jam")
    jam.acknowledge()
    until(lambda: [each.state for each in plant.alarms() if each.id == "jam"] == ["latched"])
    assert jam.reset().is_done
    assert "jam" not in {each.id for each in plant.alarms()}


def told(capsys: pytest.CaptureFixture[str], one: Served, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main([*arguments, "--server", one.running.base_url, "--token", one.remote.token])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_line_shows_values_alarms_and_figures(
    watched: tuple[Served, Plant], capsys: pytest.CaptureFixture[str]
) -> None:
    one, plant = watched
    until_alarm(plant)
    _, out, _ = told(capsys, one, "values", "Mill", "--json")
    values: list[dict[str, Any]] = json.loads(out)
    assert {each["path"]: each["value"] for each in values} == {
        "Speed": 91.5,
        "Mode": None,
        "State": 1,
        "Good": 9,
        "Bad": 1,
    }
    _, out, _ = told(capsys, one, "alarms", "--lang", "zh-CN")
    assert "过快" in out
    assert "91.5" in out
    _, out, _ = told(capsys, one, "figures", "Mill", "--minutes", "1.5")
    assert "mill.oee" in out
    _, out, _ = told(capsys, one, "figures", "--minutes", "1.5", "--why", "mill.oee")
    assert "QR = GQ / PQ" in out
    for verb, name in (("values", "Lathe"), ("figures", "Lathe")):
        status, _, err = told(capsys, one, verb, name)
        assert status == 1
        assert "Lathe" in err


def test_the_command_line_shows_a_control_chart_and_the_rules_that_are_broken(
    watched: tuple[Served, Plant], capsys: pytest.CaptureFixture[str]
) -> None:
    one, _ = watched
    status, out, _ = told(capsys, one, "spc", "#Speed", "--minutes", "2", "--json")
    chart = json.loads(out)
    assert (status, chart["signal"]) == (0, SPEED)
    assert 1 in {rule for panel in chart["panels"] for point in panel["violations"] for rule in point["rules"]}
    _, out, _ = told(capsys, one, "spc", "#Speed", "--minutes", "2", "--lang", "zh-CN")
    assert "违反的尼尔森判异准则" in out
    assert "75" in out  # the value outside the limits
    status, out, _ = told(capsys, one, "spc", "#Speed", "--minutes", "0.000001", "--lang", "en")
    assert (status, bool(out.strip())) == (0, True)  # too few values: the reason instead of a chart
    status, _, err = told(capsys, one, "spc", "Mill")
    assert status == 1
    assert "5" in err  # a machine with five signals is no signal
    assert "--minutes" in candidates(["spc", "--m"], "en")


def test_the_command_line_tells_what_happened_to_alarms_and_who_did_what_and_why(
    watched: tuple[Served, Plant], capsys: pytest.CaptureFixture[str]
) -> None:
    one, plant = watched
    (alarm,) = until_alarm(plant)
    alarm.shelve(5, "part is ordered")
    _, out, _ = told(capsys, one, "alarms", "--journal", "--json")
    entries = json.loads(out)["entries"]
    assert [each["event"] for each in entries if each["alarm"] == "fast"] == ["shelved", "raised", "rule_changed"]
    _, out, _ = told(capsys, one, "alarms", "--journal", "--lang", "zh-CN")
    assert "part is ordered" in out
    assert "搁置" in out
    assert "规则变更" in out
    _, out, _ = told(capsys, one, "activity", "--command", "alarm.shelve", "--json")
    (shelved,) = json.loads(out)["commands"]
    assert (shelved["reason"], shelved["state"]) == ("part is ordered", "done")
    _, out, _ = told(capsys, one, "activity", "--words", "ORDERED part", "--person", shelved["actor"])
    assert out.count("alarm.shelve") == 1
    assert "rule.put" not in out
    _, out, _ = told(capsys, one, "activity", "--person", "nobody", "--lang", "zh-CN")
    assert "没有符合条件的命令" in out


def test_activity_is_narrowed_to_one_machine(watched: tuple[Served, Plant], capsys: pytest.CaptureFixture[str]) -> None:
    one, _ = watched
    _, out, _ = told(capsys, one, "activity", "--json")
    everything = json.loads(out)["commands"]
    _, out, _ = told(capsys, one, "activity", "--machine", "Mill", "--json")
    about = json.loads(out)["commands"]
    assert about == [each for each in everything if "shell/urn:m" in each["touched"]]
    assert about
    assert "rule.put" in {each["command"] for each in everything} - {each["command"] for each in about}
    _, out, _ = told(capsys, one, "activity", "--lang", "zh-CN")
    assert "操作者" in out
    status, _, err = told(capsys, one, "activity", "--machine", "Lathe")
    assert status == 1
    assert "Lathe" in err


def test_values_and_alarms_of_the_live_line_are_shown_at_a_past_instant(
    watched: tuple[Served, Plant], capsys: pytest.CaptureFixture[str]
) -> None:
    one, plant = watched
    until_alarm(plant)
    _, out, _ = told(capsys, one, "values", "#Good", "--at", "-1", "--json")
    assert json.loads(out)[0]["value"] == 0  # nine of ten were made 20 s ago, none a minute ago
    written = datetime.fromtimestamp(time.time() - 60, UTC).isoformat()
    _, out, _ = told(capsys, one, "values", "#Good", "--at", written, "--json")
    assert json.loads(out)[0]["value"] == 0
    status, out, _ = told(capsys, one, "alarms", "--at", "-1", "--json")
    assert (status, json.loads(out)["alarms"]) == (0, [])
    for text, code in (("30", "cli.instant_invalid"), ("soon", "cli.instant_invalid"), ("inf", "cli.instant_invalid"),
                       ("2999-01-01T00:00", "cli.instant_outside")):  # fmt: skip
        status, out, _ = told(capsys, one, "values", "--at", text, "--json")
        assert (status, json.loads(out)["error"]["code"]) == (2, code)


def test_activity_reaches_back_to_the_first_command_and_says_where_there_is_more(
    watched: tuple[Served, Plant], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, plant = watched
    monkeypatch.setattr("xushi.cli._evidence._PAGE", 2)  # everything in reach takes several pages
    (alarm,) = until_alarm(plant)
    for text in ("first", "second", "third"):
        alarm.note(text)
    _, out, _ = told(capsys, one, "activity", "--json")
    everything = json.loads(out)
    ids = [each["command_id"] for each in everything["commands"]]
    assert everything["is_whole"]
    assert len(ids) == len(set(ids))
    assert [each["number"] for each in everything["commands"]][-1] == 1
    _, out, _ = told(capsys, one, "activity", "--rows", "2", "--json")
    assert json.loads(out) == {"commands": everything["commands"][:2], "is_whole": False}
    _, out, _ = told(capsys, one, "activity", "--rows", "2", "--lang", "zh-CN")
    assert "还有更早的条目" in out
    between = (everything["commands"][1]["at_ms"] + everything["commands"][2]["at_ms"]) / 2e3
    written = datetime.fromtimestamp(between, UTC).isoformat(timespec="microseconds")
    _, out, _ = told(capsys, one, "activity", "--until", written, "--json")
    assert [each["command_id"] for each in json.loads(out)["commands"]] == ids[2:]
    _, out, _ = told(capsys, one, "activity", "--since", written, "--json")
    assert [each["command_id"] for each in json.loads(out)["commands"]] == ids[:2]


def test_undo_finds_the_last_command_that_can_be_taken_back_behind_many_others(
    watched: tuple[Served, Plant], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, plant = watched
    monkeypatch.setattr("xushi.cli._evidence._PAGE", 1)
    (alarm,) = until_alarm(plant)
    for text in ("first", "second"):
        alarm.note(text)
    undoable = [each["command_id"] for each in one.remote.get("/api/evidence") if each["is_undoable"]]
    assert told(capsys, one, "undo")[0] == 0
    left = [each["command_id"] for each in one.remote.get("/api/evidence") if each["is_undoable"]]
    assert undoable[-1] not in left
