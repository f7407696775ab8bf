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


@dataclass(frozen=True)
class KillCase:
    """One command under fire.

    Attributes:
        params: of (round, number) makes parameters that no other call has.
        holds: tells whether what was acknowledged with these parameters and this outcome is there after the restart.
        every: it is run once in so many turns.
    """

    command: str
    params: Callable[[int, int], Params]
    holds: Callable[[Remote, Params, dict[str, Any]], bool]
    every: int = 1


def _has_schedule(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    found = {one["id"]: one for one in remote.get("/api/report-setup")["schedules"]}
    return params["id"] in found and found[params["id"]]["when"]["at"] == params["when"]["at"]


def _has_report(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    """Ordered is acknowledged: it is being made, or made, and then whole."""
    report = remote.get(f"/api/reports/{outcome['result']['report']}")
    return report["state"] in ("ordered", "made") and report["start_ms"] == params["start_ms"]


def _has_shifts(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    """A later call may have set others; then the calendar is one that was asked for."""
    setup = remote.get("/api/report-setup")
    return bool(setup["is_calendar_set"]) and setup["zone"] == params["zone"]


def _has_rule(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    return params["rule"]["id"] in {rule["id"] for rule in remote.get("/api/rules")["rules"]}


def _has_kpi(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    return params["kpi"]["id"] in {kpi["id"] for kpi in remote.get("/api/rules")["kpis"]}


def _has_plan(remote: Remote, params: Params, outcome: dict[str, Any]) -> bool:
    plan = remote.get(f"/api/plans/{outcome['result']['plan']}")
    return plan["digest"] == outcome["result"]["digest"] and plan["content"]["title"] == params["content"]["title"]


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
    KillCase("plan.make", _plan, _has_plan, every=20),
    # A place for more rows: alarm actions, mapping imports, whatever a room brings that is acknowledged.
)  # fmt: skip
