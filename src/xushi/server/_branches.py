"""The routes of branches: the list, and one with its changes, its elements and its figures."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from xushi.runtime.branches import MOVE, Branch, Edit, Move, Start, changeable
from xushi.runtime.foresight import changed_model
from xushi.server import _branch_messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._routes import Call, RouteSpec, answer_json
from xushi.simulate import Model


async def branches(doors: Doors, call: Call) -> Response:
    """Every branch, the oldest first."""
    return answer_json([_summary(doors, one, call.language) for one in doors.platform.branches.all()])


async def branch(doors: Doors, call: Call) -> Response:
    """One branch."""
    found = doors.platform.branches.get(call.path("branch"))
    return answer_json(await asyncio.to_thread(_info, doors, found, call.language))


def _summary(doors: Doors, one: Branch, language: str) -> m.BranchSummary:
    standing = doors.platform.branches.standing(one)
    return m.BranchSummary(
        one.id, one.title, one.parent, to_ms(one.fork_ns), to_ms(one.until_ns),
        None if standing.path is None else to_ms(standing.path.end_ns), one.seed, len(one.edits), one.created_by,
        to_ms(one.created_ns), standing.state, standing.job, doors.error(standing.error, language),
    )  # fmt: skip


def _info(doors: Doors, one: Branch, language: str) -> m.BranchInfo:
    desk = doors.platform.branches
    start, path = desk.start_of(one), desk.standing(one).path
    is_moved = start is not None and any(edit.command == MOVE for edit in one.edits)
    moves = desk.scene(one, start).moves() if start is not None and is_moved else {}
    return m.BranchInfo(
        _summary(doors, one, language),
        [_edit(doors, index, edit, moves.get(index)) for index, edit in enumerate(one.edits)],
        [] if start is None else changeable(start.plant, _model(start, one)),
        None if path is None else _figures(path.figures),
        [] if start is None else list(start.estimates),
        [] if start is None else doors.diagnoses(list(start.diagnoses), language),
    )


def _model(start: Start, one: Branch) -> Model:
    return changed_model(start.model, one.changes(), start.state.calendar_s, start.at_ns)


def _edit(doors: Doors, index: int, edit: Edit, move: Move | None) -> m.BranchEdit:
    known = {command.name: dict(command.title) for command in doors.platform.commands.all()}
    title = known.get(edit.command or "", {})
    changes = edit.changes if move is None else move.changes
    words = {} if move is None else move.words()
    return m.BranchEdit(index, edit.command, edit.params, title, list(changes), words)


def _figures(given: dict[str, Any]) -> m.BranchFigures:
    machines = [m.BranchMachine(name, one["made"], one["shares"]) for name, one in given["machines"].items()]
    return m.BranchFigures(
        given["finished"], given["scrapped"], given["throughput_per_h"], given["energy_kwh"], machines
    )


ROUTES = (
    RouteSpec("GET", "/api/branches", "view", branches, "Every branch", answer=list[m.BranchSummary],
              tags=("branches",)),
    RouteSpec("GET", "/api/branches/{branch}", "view", branch, "One branch", answer=m.BranchInfo, tags=("branches",)),
)  # fmt: skip
