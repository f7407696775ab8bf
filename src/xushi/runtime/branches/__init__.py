"""Branches: timelines that fork from the plant's, with models in the place of devices, and go their own way."""

from xushi.runtime.branches._commands import branch_commands
from xushi.runtime.branches._desk import BranchDesk, Standing
from xushi.runtime.branches._elements import Changeable, FigureInfo, changeable
from xushi.runtime.branches._moves import MOVE, Move
from xushi.runtime.branches._path import PathCard
from xushi.runtime.branches._record import Branch, Edit, branch_record, branches, read_branch
from xushi.runtime.branches._roles import find_roles
from xushi.runtime.branches._start import Start

__all__ = [
    "MOVE",
    "Branch",
    "BranchDesk",
    "Changeable",
    "Edit",
    "FigureInfo",
    "Move",
    "PathCard",
    "Standing",
    "Start",
    "branch_commands",
    "branch_record",
    "branches",
    "changeable",
    "find_roles",
    "read_branch",
]
