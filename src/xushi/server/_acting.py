"""The routes of what machines can be told to do: actions, vehicles and their goals, proposals that wait."""

from __future__ import annotations

from typing import Any

import msgspec
from starlette.responses import Response

from xushi.connectors import ActionInput
from xushi.kernel import Record
from xushi.runtime import proposals as kept_proposals
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import Call, RouteSpec, answer_json


async def actions(doors: Doors, call: Call) -> Response:
    """What the machines' interfaces list as actions, by shell."""
    return answer_json(
        [
            m.ActionInfo(
                key=action.key,
                id_short=action.id_short,
                name=action.name,
                summary=action.summary,
                shell=action.shell,
                submodel=action.submodel,
                link=action.link,
                protocol=action.protocol,
                inputs=[action_input(one) for one in action.inputs],
                inverse=action.inverse,
                is_safe=action.is_safe,
            )
            for action in doors.platform.links.actions.values()
        ]
    )


def action_input(one: ActionInput) -> m.ActionInputInfo:
    """One argument of an action as the doors tell it."""
    return m.ActionInputInfo(**msgspec.structs.asdict(one))


async def vehicles(doors: Doors, call: Call) -> Response:
    """The vehicles that speak VDA 5050 and the points of their road map."""
    fleet = doors.platform.fleet
    layout = fleet.layout(doors.platform.twins.records["submodel"])
    goals = [] if layout is None else [m.GoalInfo(n.id, n.x_m, n.y_m, n.station, n.name) for n in layout.nodes.values()]
    found = [
        m.VehicleInfo(one.shell, one.serial, one.manufacturer, one.link, one.node_signal, one.order_signal)
        for one in doors.platform.links.vehicles
    ]
    return answer_json(m.VehicleList(found, goals))


async def proposals(doors: Doors, call: Call) -> Response:
    """Commands that wait for a person, and those that were decided, the newest first."""
    kept = kept_proposals(doors.platform.store, doors.platform.clock.now_ns())
    return answer_json([proposal_info(doors, call, one) for one in kept])


def proposal_info(doors: Doors, call: Call, record: Record) -> m.ProposalInfo:
    """A proposal in the asker's language, with whether the asker may decide on it."""
    platform = doors.platform
    known = {command.name: command.right for command in platform.commands.all()}
    right = known.get(record["command"], "")
    outcome: dict[str, Any] = record["outcome"] or {}
    return m.ProposalInfo(
        id=record["id"],
        command=record["command"],
        params=record["params"],
        why=record["why"],
        by=record["by_name"],
        made_ms=to_ms(record["made_ns"]),
        expires_ms=to_ms(record["expires_ns"]),
        state=record["state"],
        decided_by=record["decided_by"],
        decided_ms=None if record["decided_ns"] is None else to_ms(record["decided_ns"]),
        plan=record["plan"],
        outcome=outcome.get("state", ""),
        error=doors.error(outcome.get("error"), call.language),
        right=right,
        can_decide=record["state"] == "pending" and platform.policy.permits(call.actor, right),
    )


ROUTES = (
    RouteSpec("GET", "/api/actions", "view", actions, "What machines can be told to do", answer=list[m.ActionInfo],
              tags=("acting",)),
    RouteSpec("GET", "/api/vehicles", "view", vehicles, "Vehicles and their goals", answer=m.VehicleList,
              tags=("acting",)),
    RouteSpec("GET", "/api/proposals", "view", proposals, "Commands that wait for a person",
              answer=list[m.ProposalInfo], tags=("acting",)),
)  # fmt: skip
