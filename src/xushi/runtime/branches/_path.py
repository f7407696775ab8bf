"""The path of a branch on the disk: computed from package and record, written whole, thrown away when they change."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from xushi import simulate
from xushi.kernel import Clock, canonical_json
from xushi.runtime.branches._book import ORDERS
from xushi.runtime.branches._copies import roles_of_units
from xushi.runtime.branches._material import MATERIAL_COMMANDS
from xushi.runtime.branches._moves import MOVE
from xushi.runtime.branches._painter import Painter
from xushi.runtime.branches._planned import NO_STOP, SHIFTS, STOP
from xushi.runtime.branches._record import Branch
from xushi.runtime.branches._start import Start
from xushi.runtime.foresight import changed_model, check_room
from xushi.signals import Frame, History, SignalRegistry

_S = 1_000_000_000
_PAINTED = 2  # raised when the same model is shown in other signals than before
_PIECE = 50_000  # values handed to the history at once
_CARD = "path.json"
_SIMULATED, _PAINTED_BY = 0.1, 0.9  # of the whole work, which is done by then
# What these change in the model is among the changes.
_NOT_PAINTED = frozenset({None, MOVE, STOP, NO_STOP, SHIFTS}) | ORDERS | MATERIAL_COMMANDS


class PathCard(msgspec.Struct, frozen=True, kw_only=True):
    """What a computed path is.

    Attributes:
        digest: of all that it follows from.
        end_ns: how far it goes; less than the branch was to run where it was stopped.
        stopped: code and parameters of why it ended before its time.
        figures: what it comes to.
        values: how many values were written.
    """

    digest: str
    end_ns: int
    stopped: dict[str, Any] | None
    figures: dict[str, Any]
    values: int


def digest_of(branch: Branch) -> str:
    """Return a short name of all that a path follows from, beside the package of its fork."""
    given = {
        "painted": _PAINTED, "fork_ns": branch.fork_ns, "until_ns": branch.until_ns, "seed": branch.seed,
        "changes": msgspec.to_builtins(branch.changes()),
        "commands": [[edit.command, edit.params] for edit in branch.edits if edit.command not in _NOT_PAINTED],
    }  # fmt: skip
    return hashlib.sha256(canonical_json(given)).hexdigest()[:16]


def check_changes(start: Start, branch: Branch) -> simulate.Model:
    """Return the model of a branch.

    Raises:
        XushiError: `runtime.change_unknown`, `runtime.change_wrong`, and what `simulate.check` finds, each with the
            element.
    """
    model = changed_model(start.model, branch.changes(), start.state.calendar_s, start.at_ns)
    check_room(model, start.state)
    simulate.check(model)
    return model


def read_card(folder: Path) -> PathCard | None:
    """Return the card of a path that is whole; None where there is none."""
    try:
        return msgspec.json.decode((folder / _CARD).read_bytes(), type=PathCard)
    except (OSError, msgspec.MsgspecError):
        return None


def draft_of(folder: Path) -> Path:
    """Where a path is written until it is whole."""
    return folder.with_suffix(".draft")


def compute_path(
    start: Start,
    branch: Branch,
    folder: Path,
    registry: SignalRegistry,
    clock: Clock,
    progress: Callable[[float], None],
) -> None:
    """Compute the path of a branch into `folder`, which appears only when it is whole.

    Raises:
        XushiError: as `check_changes`.
    """
    model = check_changes(start, branch)
    horizon_s = (branch.until_ns - branch.fork_ns) / _S
    trace = simulate.trace(
        model, start.state, until_s=horizon_s, seed=branch.seed, progress=lambda share: progress(_SIMULATED * share)
    )  # fmt: skip
    painter = Painter(start, roles_of_units(branch, start.roles), model, trace, registry)
    painted = painter.paint(lambda share: progress(_SIMULATED + (_PAINTED_BY - _SIMULATED) * share))
    frames = [start.values.frame(), painted, _written(branch, registry)]
    stopped = trace.stopped
    card = PathCard(
        digest=digest_of(branch),
        end_ns=branch.fork_ns + round(trace.until_s * _S),
        stopped=None if stopped is None else {"code": stopped.code, "params": stopped.params},
        figures=painter.figures(),
        values=sum(map(len, frames)),
    )
    draft = draft_of(folder)
    shutil.rmtree(draft, ignore_errors=True)
    try:
        with closing(History(draft, registry, clock)) as history:
            written = 0
            for frame in frames:
                for piece in frame.pieces(_PIECE, registry.kinds):
                    progress(_PAINTED_BY + (1 - _PAINTED_BY) * written / card.values)
                    history.append(piece)
                    written += len(piece)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    (draft / _CARD).write_bytes(msgspec.json.encode(card))
    shutil.rmtree(folder, ignore_errors=True)
    draft.replace(folder)


def _written(branch: Branch, registry: SignalRegistry) -> Frame:
    """The set-points that commands of the branch have written, in force from the fork on."""
    rows = []
    for edit in branch.edits:
        if edit.command == "signal.write" and edit.params.get("signal") in registry:
            rows.append((registry.handle(edit.params["signal"]), branch.fork_ns, edit.params.get("value"), 0))
    return Frame.from_rows(registry, rows) if rows else Frame(np.empty(0, np.int32), [], [])
