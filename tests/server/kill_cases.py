"""What is done to the server while it is killed: one row a command, with its parameters and how to tell that it held.

A new command that keeps something gets a row here; `test_kill9.py` runs them all and accounts for every answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xushi.remote import Remote

Params = dict[str, Any]
OP = "urn:xushi:demo:submodel:OP{}:OperationalData#"
AWAY = "urn:x:data#Away"  # the register of a machine that is away until the last round is over; see `test_kill9.py`


@dataclass(frozen=True)
class KillCase:
    """One command under fire.

    Attributes:
        params: of (round, number) makes parameters that no other call has.
        holds: tells whether what was acknowledged with these parameters and this outcome is there after the restart.
        every: it is run once in so many turns.
        is_replaced: each call takes the place of the one before, so that the last acknowledged one holds, or the one
            that was under way.
        states: how a call may end.
    """

    command: str
    params: Callable[[int, int], Params]
    holds: Callable[[Remote, Params, dict[str, Any]], bool]
    every: int = 1
    is_replaced: bool = False
    states: tuple[str, ...] = ("done",)


def _has_schedule(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    found = {one["id"]: one for one in remote.get("/api/report-setup")["schedules"]}
    return params["id"] in found and found[params["id"]]["when"]["at"] == params["when"]["at"]


def _has_report(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    """Ordered is acknowledged: it is being made, or made, and then whole."""
    report = remote.get(f"/api/reports/{outcome['result']['report']}")
    return report["state"] in ("ordered", "made") and report["start_ms"] == params["start_ms"]


def _has_shifts(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    setup = remote.get("/api/report-setup")
    return bool(setup["is_calendar_set"]) and [one["name"] for one in setup["shifts"]] == [
        one["name"] for one in params["shifts"]
    ]


def _has_rule(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    return params["rule"]["id"] in {rule["id"] for rule in remote.get("/api/rules")["rules"]}


def _has_kpi(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    return params["kpi"]["id"] in {kpi["id"] for kpi in remote.get("/api/rules")["kpis"]}


def _has_plan(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    plan = remote.get(f"/api/plans/{outcome['result']['plan']}")
    return plan["digest"] == outcome["result"]["digest"] and plan["content"]["title"] == params["content"]["title"]


def _has_suppression(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    alarm = _alarms(remote).get(params["alarms"][0])
    return alarm is not None and alarm["suppressed"]["reason"] == params["reason"]


def _has_note(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    alarm = _alarms(remote).get(params["alarm"])  # it is suppressed as well, else it would be in no list
    return alarm is not None and params["text"] in [note["text"] for note in alarm["notes"]]


def _alarms(remote: Remote) -> dict[str, Any]:
    return {one["id"]: one for one in remote.get("/api/alarms")["alarms"]}


def _has_evidence(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    """What was asked for before it went out, and the very outcome that was told."""
    entries = [one for one in remote.get("/api/evidence", limit=1000) if one["command_id"] == outcome["command_id"]]
    asked = [one["entry"]["params"] for one in entries if one["command"]]
    return [one["value"] for one in asked] == [params["value"]] and entries[-1]["state"] == outcome["state"]


def _is_queued(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    waiting = {one["id"]: one for one in remote.get("/api/queued-writes")}
    write = waiting.get(outcome["result"]["queued"])
    return write is not None and (write["state"], write["value"]) == ("queued", params["value"])


def _unlike(round_: int, number: int) -> float:
    """A torque that no other call asks for."""
    return round(70.0 + round_ * 0.5 + number * 0.001, 3)


def _plan(round_: int, number: int) -> Params:
    step = {"kind": "manual", "text": {"en": "Look", "zh-CN": "查看"}}
    return {"content": {"title": f"round {round_} number {number}", "steps": [step]}}


CASES = (
    KillCase(
        "report.schedule",
        lambda round_, number: {
            "id": f"s-{round_}-{number}",
            "when": {"every": "day", "at": f"{number % 24:02d}:{round_ % 60:02d}"},
            "content": {"languages": ["en"], "formats": ["xlsx"]},
        },
        _has_schedule,
    ),
    KillCase(
        "report.make",
        lambda round_, number: {
            "start_ms": 1.7e12 + round_ * 1e6 + number,
            "end_ms": 1.7e12 + round_ * 1e6 + number + 1e5,
            "content": {"languages": ["en"], "formats": ["pdf"], "sections": ["production"]},
        },
        _has_report,
        every=4,
    ),
    KillCase(
        "report.set_shifts",
        lambda round_, number: {
            "zone": "Asia/Shanghai",
            "shifts": [{"id": "one", "name": {"en": f"{round_}-{number}"}, "start": "06:00", "end": "05:59"}],
        },
        _has_shifts,
        every=3,
        is_replaced=True,
    ),
    KillCase(
        "rule.put",
        lambda round_, number: {
            "rule": {
                "id": f"r-{round_}-{number}", "signal": OP.format(40) + "ToolWear", "condition": "above",
                "limit": 0.5, "title": {"en": f"{round_}-{number}"},
            }
        },
        _has_rule,
    ),
    KillCase(
        "kpi.put",
        lambda round_, number: {
            "kpi": {
                "id": f"k-{round_}-{number}", "title": {"en": f"{round_}-{number}"},
                "good": OP.format(40) + "Counters.Good", "figures": {"throughput": {}},
            }
        },
        _has_kpi,
    ),
    KillCase(
        "alarm.suppress",
        lambda round_, number: {"alarms": [f"r-{round_}-{number}"], "reason": f"{round_}-{number}"},
        _has_suppression,
        every=3,
    ),
    KillCase(
        "alarm.note",
        lambda round_, number: {"alarm": f"r-{round_}-{number}", "text": f"{round_}-{number}"},
        _has_note,
        every=3,
    ),
    KillCase("plan.make", _plan, _has_plan, every=20),
    KillCase(
        "signal.write",
        lambda round_, number: {
            "signal": AWAY, "value": round_ * 500 + number, "when_offline": "queue", "valid_s": 86_400.0,
        },
        _is_queued,
        every=3,
    ),
    KillCase(
        "signal.write",
        lambda round_, number: {"signal": OP.format(40) + "TorqueTarget", "value": _unlike(round_, number)},
        _has_evidence,
        every=2,
        states=("done", "unknown", "failed"),  # the plant is connected again only after a moment
    ),
)  # fmt: skip
