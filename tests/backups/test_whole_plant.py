"""One backup of a plant in full use brings back all of it, as every door of the product tells it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from xushi.cli import main
from xushi.demo._physics import PlantModel
from xushi.demo._rules import kpis
from xushi.demo.plant import default_endpoints
from xushi.kernel import ManualClock
from xushi.remote import Remote
from xushi.runtime import SYSTEM, Platform
from xushi.signals import Frame, Kind, SignalDef
from xushi.testing import Served, import_plant, record_plant, served, until

sys.path.insert(0, str(Path(__file__).parents[1] / "connect"))
from peers import beside, http_peer
from wizard import Wizard

S = 1_000_000_000
RECORDED_S = 1_800
HOT = "urn:test#Temperature"
RULE = {"id": "hot", "signal": HOT, "condition": "above", "limit": 80.0, "title": {"en": "Too hot", "zh-CN": "过热"}}
PLAN = {"title": "Look at it", "steps": [{"kind": "manual", "text": {"en": "Look", "zh-CN": "查看"}}]}
REPORT = {"content": {"languages": ["zh-CN"], "formats": ["pdf", "xlsx"]}}
# What a server tells of its run, not of what is kept.
PASSING = {"job"}
OF_LINKS = {"state", "since_ms", "updates", "ready", "reason"}
# Nobody is there: another demo on this computer is not to be listened to.
NOBODY = {described: re.sub(r":\d+$", ":1", described) for described in default_endpoints().values()}


def recorded(folder: Path) -> int:
    """Half an hour of the demo's line up to now; returns the instant in its middle."""
    start_ns = time.time_ns() - (RECORDED_S + 5) * S

    async def bring(platform: Platform) -> None:
        await import_plant(platform)
        for kpi in kpis():
            await platform.bus.run("kpi.put", {"kpi": msgspec.to_builtins(kpi)}, SYSTEM)

    with Platform.open(folder, ManualClock(start_ns)) as platform:
        asyncio.run(bring(platform))
        record_plant(platform, PlantModel(1, start_ns), float(RECORDED_S))
    return start_ns + RECORDED_S * S // 2


def ended(remote: Remote, job: str) -> dict[str, Any]:
    told: dict[str, Any] = until(
        lambda: found if (found := remote.get(f"/api/jobs/{job}"))["state"] != "running" else None, limit_s=120
    )
    assert told["state"] == "done", told
    return told["result"]  # type: ignore[no-any-return]


def use_everything(one: Served, remote: Remote, machine: str, middle_ns: int) -> None:
    """Alarms with all that a person does to them, a rule, links and a draft, a report, a schedule, a branch, a plan."""
    remote.run("rule.put", {"rule": RULE})
    one.push(Frame.doubles([one.platform.registry.handle(HOT)], time.time_ns(), [91.5]))
    until(lambda: remote.get("/api/alarms")["alarms"])
    remote.run("alarm.acknowledge", {"alarms": ["hot"], "note": "cooling opened"})
    remote.run("alarm.note", {"alarm": "hot", "text": "the fan is loud"})
    remote.run("alarm.shelve", {"alarms": ["hot"], "minutes": 60, "reason": "known"})
    wizard = Wizard(Served(one.platform, one.running, remote, one.loop))
    wizard.connect(f"{machine}/api/state")
    wizard.suggest()
    wizard.import_()
    wizard.connect(f"{machine}/text", scheme="basic", username="line", password="secret-1")
    wizard.suggest()
    wizard.patch("rows", {"numbers": [wizard.rows()[0]["number"]], "property": "Loudness"})
    remote.run("report.schedule", {"id": "shifts", "when": {"every": "shift"}, "content": REPORT["content"]})
    order = {"start_ms": middle_ns / 1e6 - 6e5, "end_ms": middle_ns / 1e6 + 6e5, **REPORT}
    report = remote.run("report.make", order)["result"]["report"]
    until(lambda: remote.get(f"/api/reports/{report}")["state"] == "made", limit_s=120)
    remote.run("branch.fork", {"at_ms": middle_ns / 1e6, "hours": 0.1, "title": "Quicker"})
    remote.run("plan.make", {"content": PLAN})
    until(lambda: all(job["state"] != "running" for job in remote.get("/api/jobs")), limit_s=120)


def lasting(told: Any, passing: set[str]) -> Any:
    """An answer without what passes and in the order of ids, to be compared between two servers."""
    if isinstance(told, dict):
        return {name: lasting(value, passing) for name, value in told.items() if name not in passing}
    if isinstance(told, list):
        found = [lasting(one, passing) for one in told]
        return sorted(found, key=lambda one: str(one.get("id")) if isinstance(one, dict) else "")
    return told


def all_of(remote: Remote, entries: int) -> dict[str, Any]:
    """Everything that is kept, as the doors tell it; of the evidence the first `entries`."""
    # The path of a branch is no part of a backup: it follows from what it starts from, and is worked out again.
    until(lambda: {branch["state"] for branch in remote.get("/api/branches")} == {"ready"}, limit_s=120)
    found = {
        path: lasting(remote.get(f"/api/{path}"), PASSING | (OF_LINKS if path == "links" else set()))
        for path in ("places", "twins", "links", "rules", "alarms", "reports", "report-setup", "branches", "plans",
                     "timelines", "connect/drafts")
    }  # fmt: skip
    found["tokens"] = {one["name"] for one in remote.get("/api/tokens")}
    found["rule file"] = remote.raw("GET", "/api/rules/file", query={"format": "yaml"})
    found["journal"] = remote.get("/api/alarms/journal", start_ms=0, end_ms=4e12)
    found["evidence"] = remote.get("/api/evidence", limit=1000)[:entries]
    for report in remote.get("/api/reports"):
        found[report["id"]] = {
            file["name"]: hashlib.sha256(
                remote.raw("GET", f"/api/reports/{report['id']}/files/{file['sha256']}")
            ).hexdigest()
            for file in report["files"]
        }
    for draft in remote.get("/api/connect/drafts"):
        found[draft["id"]] = remote.get(f"/api/connect/drafts/{draft['id']}/rows", limit=1000)
    return found


def test_all_of_a_plant_in_use_comes_back_into_an_empty_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    middle_ns = recorded(tmp_path / "data")
    signal = SignalDef(key=HOT, kind=Kind.DOUBLE, unit="Cel", submodel="urn:test", path="Temperature")
    with beside(lambda: http_peer.serving(http_peer.Machine().app())) as machine:
        with served(tmp_path / "data", [signal], NOBODY) as one:
            made = one.remote.post(
                "/api/tokens", {"name": "line office", "scopes": list(one.remote.get("/api/me")["scopes"])}
            )
            remote = Remote(one.running.base_url, made["token"])
            use_everything(one, remote, machine, middle_ns)
            (alarm,) = remote.get("/api/alarms")["alarms"]
            assert [note["text"] for note in alarm["notes"]] == ["cooling opened", "the fan is loud"]
            assert alarm["shelved"]
            entries = len(remote.get("/api/evidence", limit=1000))
            before = all_of(remote, entries)
            values = one.platform.history.range(0, 0, time.time_ns()).times_ns.tolist()
            outcome = remote.run("backup.make", {"secrets": True, "passphrase": "correct horse"})
            name = ended(remote, outcome["effects"][0]["job"])["backup"]
            remote.download(f"/api/backups/{name}", tmp_path / name)
        (tmp_path / "phrase").write_text("correct horse")
        command = ["restore", str(tmp_path / name), "--data", str(tmp_path / "other"), "--json"]
        assert main([*command, "--passphrase-file", str(tmp_path / "phrase")]) == 0
        assert json.loads(capsys.readouterr().out)["kept"] is None
        with served(tmp_path / "other", [], NOBODY) as one:
            remote = Remote(one.running.base_url, made["token"])
            after = all_of(remote, entries)
            until(lambda: "live" in [link["state"] for link in remote.get("/api/links")])
            assert one.platform.history.range(0, 0, time.time_ns()).times_ns.tolist()[: len(values)] == values
    assert [what for what, told in before.items() if not told] == []  # there was something of everything
    assert {what: told for what, told in before.items() if after[what] != told} == {
        what: after[what] for what, told in before.items() if after[what] != told
    }
