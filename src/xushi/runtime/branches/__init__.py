"""Branches: timelines that fork from the plant's, with models in the place of devices, and go their own way."""

from xushi.runtime.branches._book import book_after
from xushi.runtime.branches._commands import branch_commands
from xushi.runtime.branches._desk import BranchDesk, Standing
from xushi.runtime.branches._elements import Changeable, FigureInfo, changeable
from xushi.runtime.branches._material import NO_RECEIPT, RECEIPT, receipt_id
from xushi.runtime.branches._moves import MOVE, Move
from xushi.runtime.branches._path import PathCard
from xushi.runtime.branches._planned import NO_STOP, SHIFTS, STOP, calendar_on, shifts_set, stop_id, stops_of_line
from xushi.runtime.branches._record import Branch, Edit, branch_record, branches, read_branch
from xushi.runtime.branches._roles import find_roles
from xushi.runtime.branches._start import Start, need_start
from xushi.runtime.branches._translation import Issued, model_changes

__all__ = [
    "MOVE",
    "NO_RECEIPT",
    "NO_STOP",
    "RECEIPT",
    "SHIFTS",
    "STOP",
    "Branch",
    "BranchDesk",
    "Changeable",
    "Edit",
    "FigureInfo",
    "Issued",
    "Move",
    "PathCard",
    "Standing",
    "Start",
    "book_after",
    "branch_commands",
    "branch_record",
    "branches",
    "calendar_on",
    "changeable",
    "find_roles",
    "model_changes",
    "need_start",
    "read_branch",
    "receipt_id",
    "shifts_set",
    "stop_id",
    "stops_of_line",
]
