"""Brings frames from the sources to the board and the history in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from xushi.kernel import XushiError
from xushi.signals._board import Board
from xushi.signals._frame import Frame
from xushi.signals._history import History
from xushi.signals._quality import BAD, UNCERTAIN_LAST_VALUE


class Recorder(Protocol):
    """What keeps the frames for later: the history, or nothing in a test."""

    def append(self, frame: Frame) -> None:
        """Keep the frame; must not block."""
        ...


def seed_board(board: Board, history: History, at_ns: int) -> int:
    """Show on an empty board what was last recorded, and return the number of values.

    A source that reports only changes would leave gaps after a restart. What is not Bad is marked
    UncertainNoCommunicationLastUsableValue until its source speaks again.
    """
    last = history.value_as_of(np.arange(len(board.registry), dtype=np.int32), at_ns)
    is_usable = last.qualities < BAD
    qualities = np.where(is_usable, UNCERTAIN_LAST_VALUE, last.qualities).astype(np.uint32)
    board.apply(Frame(last.signals, last.times_ns, last.bits, qualities, last.objects))
    return len(last)


class Ingest:
    """The one way in for values. A full disk must not stop the live picture, so recording may fail alone."""

    def __init__(self, board: Board, history: Recorder | None = None) -> None:
        self.board = board
        self.history = history
        self.values = 0
        self.unrecorded = 0
        self.failure: XushiError | None = None
        self.watchers: list[Callable[[Frame], None]] = []  # called with every frame, after the board has it

    def push(self, frame: Frame) -> None:
        """Show the frame on the board and hand it to the history; costs no Python object per value."""
        self.board.apply(frame)
        self.values += len(frame)
        for watch in self.watchers:
            watch(frame)
        if self.history is None:
            return
        try:
            self.history.append(frame)
            self.failure = None
        except XushiError as error:
            self.failure = error
            self.unrecorded += len(frame)
