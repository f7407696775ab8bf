"""Alarms, rules and KPIs through the doors: what a page and a script see of them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from xushi.kernel import XushiError
from xushi.signals import Frame, Kind, SignalDef
from xushi.testing import Served
from xushi.testing import served as serving

KEY = "urn:sm#Temperature"
RULE = {"id": "hot", "signal": KEY, "condition": "above", "limit": 80.0, "title": {"en": "Too hot", "zh-CN": "过热"}}


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Served]:
    """Signals 0 Temperature, 1 State, 2 Good, 3 Reject, 4 Name."""
    kinds = {"Temperature": Kind.DOUBLE, "State": Kind.ENUM, "Good": Kind.INT, "Reject": Kind.INT, "Name": Kind.STRING}
    signals = [
        SignalDef(key=f"urn:sm#{name}", kind=kind, unit="Cel" if name == "Temperature" else "", shell="urn:shell")
        for name, kind in kinds.items()
    ]
    with serving(tmp_path / "data", signals) as one:
        yield one


def warm(plant: Served, value: float) -> None:
    plant.push(Frame.doubles([0], time.time_ns(), [value]))


def wait_for(ask: Any, limit_s: float = 5.0) -> Any:
    until = time.monotonic() + limit_s
    while time.monotonic() < until:
        found = ask()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def alarms(plant: Served) -> dict[str, Any]:
    return {alarm["id"]: alarm for alarm in plant.remote.get("/api/alarms")["alarms"]}


def test_an_alarm_comes_to_the_page_and_back_through_its_states(plant: Served) -> None:
    plant.remote.run("rule.put", {"rule": RULE})
    url = plant.running.base_url.replace("http", "ws") + "/api/ws"
    with connect(url, additional_headers={"Authorization": f"Bearer {plant.remote.token}"}) as socket:
        assert json.loads(socket.recv())["type"] == "welcome"
        warm(plant, 91.5)
        told = json.loads(socket.recv(5))
        while told["type"] != "alarms":
            told = json.loads(socket.recv(5))
    (alarm,) = told["alarms"]
    assert (alarm["state"], alarm["value"], alarm["unit"], alarm["shell"]) == (
        "unacknowledged",
        91.5,
        "°C",
        "urn:shell",
    )
    done = plant.remote.run("alarm.acknowledge", {"alarms": ["hot"], "note": "cooling opened"})
    assert alarms(plant)["hot"]["state"] == "acknowledged"
    assert alarms(plant)["hot"]["notes"][0]["text"] == "cooling opened"
    plant.remote.post(f"/api/commands/{done['command_id']}/undo")
    assert alarms(plant)["hot"]["state"] == "unacknowledged"
    warm(plant, 70.0)
    wait_for(lambda: alarms(plant)["hot"]["state"] == "returned")
    plant.remote.run("alarm.acknowledge", {"alarms": ["hot"]})
    assert alarms(plant) == {}
    journal = plant.remote.get("/api/alarms/journal")
    assert {entry["event"] for entry in journal} == {"rule_changed", "raised", "acknowledged", "undone", "cleared"}
    (acknowledged, _) = (entry for entry in journal if entry["event"] == "acknowledged")
    evidence = plant.remote.get("/api/evidence", after=acknowledged["evidence"] - 1, limit=1)
    assert evidence[0]["command"] == "alarm.acknowledge"


def test_the_past_shows_the_alarms_of_the_past(plant: Served) -> None:
    plant.remote.run("rule.put", {"rule": RULE})
    warm(plant, 91.5)
    wait_for(lambda: alarms(plant))
    time.sleep(0.3)
    between_ms = time.time() * 1e3
    time.sleep(0.01)
    plant.remote.run("alarm.acknowledge", {"alarms": ["hot"]})
    warm(plant, 20.0)
    wait_for(lambda: not alarms(plant))
    wait_for(lambda: len(plant.remote.get("/api/alarms/journal", alarm="hot")) >= 4)
    (then,) = plant.remote.get("/api/alarms", at_ms=between_ms)["alarms"]
    assert then["state"] == "unacknowledged"


def test_a_rule_is_tried_on_the_past_without_being_made(plant: Served) -> None:
    begun_ms = time.time() * 1e3 - 1
    for value in (70, 90, 95, 70, 81, 60):
        warm(plant, value)
        time.sleep(0.002)
    plant.push(Frame.empty())
    body = {"rule": RULE, "start_ms": begun_ms, "end_ms": time.time() * 1e3 + 1}
    found = plant.remote.post("/api/rules/test", body)
    assert (found["raised"], found["sampled"], [one["peak"] for one in found["episodes"]]) == (2, 6, [95.0, 81.0])
    assert plant.remote.get("/api/rules")["rules"] == []


def test_a_file_of_rules_comes_back_as_it_went(plant: Served) -> None:
    text = f"""
format: xushi-rules/1
rules:
  - id: hot
    signal: "{KEY}"
    condition: above
    limit: 80
    title: {{en: Too hot, zh-CN: 过热}}
kpis:
  - id: line
    title: {{en: Line, zh-CN: 产线}}
    producing: {{signal: "urn:sm#State", values: [3]}}
    good: "urn:sm#Good"
    reject: "urn:sm#Reject"
    cycle_s: 60
    figures: {{oee: {{low: 0.6}}, quality: {{}}}}
"""
    planned = plant.remote.run("rules.import", {"text": text}, dry_run=True)
    assert planned["summary"] == {"added": 2, "updated": 0, "removed": 0}
    assert plant.remote.get("/api/rules")["rules"] == []
    plant.remote.run("rules.import", {"text": text})
    for form in ("yaml", "json"):
        file = plant.remote.raw("GET", f"/api/rules/file?format={form}").decode()
        again = plant.remote.run("rules.import", {"text": file}, dry_run=True)
        assert again["summary"] == {"added": 0, "updated": 0, "removed": 0}
    without = plant.remote.run("rules.import", {"text": "format: xushi-rules/1", "replace": True})
    assert without["summary"]["removed"] == 2


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("format: other", "monitor.file_invalid"),
        ("a: &a [1]\nb: *a", "monitor.file_invalid"),
        ("format: xushi-rules/1\nrules: &r []\nkpis: *r", "monitor.file_invalid"),
        ("rules: [", "monitor.file_invalid"),
        ("!!python/object/apply:os.system [echo]", "monitor.file_invalid"),
        ('{"format": "xushi-rules/1", "rules": [{"id": "a", "signal": "none", "condition": "is_true", "title": {}}]}',
         "monitor.signal_missing"),
    ],
)  # fmt: skip
def test_a_bad_file_imports_nothing(plant: Served, text: str, code: str) -> None:
    with pytest.raises(XushiError) as refused:
        plant.remote.run("rules.import", {"text": text})
    assert refused.value.code == code
    assert plant.remote.get("/api/rules") == {"rules": [], "kpis": []}


def test_a_text_cannot_be_compared_with_a_limit(plant: Served) -> None:
    with pytest.raises(XushiError) as refused:
        plant.remote.run("rule.put", {"rule": {**RULE, "signal": "urn:sm#Name"}})
    assert refused.value.code == "monitor.signal_not_a_number"


def test_a_figure_names_what_it_is_made_of(plant: Served) -> None:
    kpi = {
        "id": "line", "title": {"en": "Line", "zh-CN": "产线"}, "producing": {"signal": "urn:sm#State", "values": [3]},
        "good": "urn:sm#Good", "reject": "urn:sm#Reject", "cycle_s": 6.0, "figures": {"oee": {"low": 0.9}, "mtbf": {}},
        "failed": {"signal": "urn:sm#State", "values": [1]},
    }  # fmt: skip
    plant.remote.run("kpi.put", {"kpi": kpi})
    t0 = (time.time_ns() // 10**9 - 200) * 10**9
    registry = plant.platform.registry
    rows = [(1, t0, 3, 0), (2, t0, 0, 0), (3, t0, 0, 0), (1, t0 + 80 * 10**9, 1, 0), (2, t0 + 80 * 10**9, 9, 0),
            (3, t0 + 81 * 10**9, 1, 0), (1, t0 + 100 * 10**9, 3, 0)]  # fmt: skip
    plant.push(Frame.from_rows(registry, rows))
    span = {"start_ms": t0 / 1e6, "end_ms": t0 / 1e6 + 100_000}
    oee, mtbf = plant.remote.get("/api/kpis", trend=2, **span)["kpis"]
    assert oee["value"] == pytest.approx(0.8 * (10 * 6 / 80) * 0.9, rel=1e-6)
    assert oee["is_abnormal"]
    assert oee["title"] == {"en": "Line: OEE", "zh-CN": "产线：设备综合效率"}
    assert mtbf["value"] == pytest.approx(80.0, rel=1e-6)
    why = plant.remote.get("/api/kpis/line.oee/why", **span)
    assert [child["formula"] for child in why["children"]] == ["A = APT / PBT", "E = PRI × PQ / APT", "QR = GQ / PQ"]
    assert all(child["clause"].startswith("ISO 22400-2") for child in why["children"])
    trend = plant.remote.get("/api/kpis/line.oee/trend", count=4, **span)
    assert len(trend["start_ms"]) == len(trend["values"]) == 4
    with pytest.raises(XushiError):
        plant.remote.get("/api/kpis/line.nothing/why", **span)


def test_a_control_chart_is_drawn_from_the_history(plant: Served) -> None:
    t0 = (time.time_ns() // 10**9 - 60) * 10**9
    values = [10.0, 11.0] * 20 + [40.0]
    plant.push(Frame.doubles([0] * 41, [t0 + i * 10**9 for i in range(41)], values))
    span = {"start_ms": t0 / 1e6, "end_ms": t0 / 1e6 + 60_000}
    chart = plant.remote.get("/api/timelines/live/signals/0/spc", lsl=0, usl=50, **span)
    assert [panel["name"] for panel in chart["panels"]] == ["x", "mr"]
    assert chart["panels"][0]["violations"][-1] == {"index": 40, "rules": [1]}
    assert chart["panels"][0]["x_ms"][40] == t0 / 1e6 + 40_000
    assert chart["capability"]["cpk"] > 0
    empty = plant.remote.get("/api/timelines/live/signals/1/spc", chart="p", **span)
    assert empty["panels"] == []
    assert set(empty["why_not"]) == {"en", "zh-CN"}
    plan = plant.remote.get("/api/spc/plan", n=125, ac=3, until=0.05)
    assert plan["accepted"][20] == pytest.approx(0.9626, abs=5e-5)
