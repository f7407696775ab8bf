"""Brings frames from the sources to the board and the history in one call."""

from __future__ import annotations

from typing import Protocol

from xushi.kernel import XushiError
from xushi.signals._board import Board
from xushi.signals._frame import Frame


class Recorder(Protocol):
    """What keeps the frames for later: the history, or nothing in a test."""

    def append(self, frame: Frame) -> None:
        """Keep the frame; must not block."""
        ...


class Ingest:
    """The one way in for values. A full disk must not stop the live picture, so recording may fail alone."""

    def __init__(self, board: Board, history: Recorder | None = None) -> None:
        self.board = board
        self.history = history
        self.values = 0
        self.unrecorded = 0
        self.failure: XushiError | None = None

    def push(self, frame: Frame) -> None:
        """Show the frame on the board and hand it to the history; costs no Python object per value."""
        self.board.apply(frame)
        self.values += len(frame)
        if self.history is None:
            return
        try:
            self.history.append(frame)
            self.failure = None
        except XushiError as error:
            self.failure = error
            self.unrecorded += len(frame)
