"""Tests that `python -m bench` runs as well: with more rounds than usual, and for the figures that they hand on."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

Record = Callable[[str, object], None]  # pytest's `record_property`


def rounds(usual: int) -> int:
    """How often a test kills its peer; the bench asks for more (XUSHI_ROUNDS)."""
    return int(os.environ.get("XUSHI_ROUNDS", usual))


def hand_on(record: Record, figures: dict[str, Any]) -> None:
    """Give what was measured to whoever reads the report of the run."""
    record("figures", json.dumps(figures))


class Ledger:
    """What was acknowledged before the kills: by kind how much of it is still there, and by name what is lost."""

    def __init__(self) -> None:
        self.kept: Counter[str] = Counter()
        self.lost: list[str] = []

    def enter(self, kind: str, is_kept: bool, what: str) -> None:
        """Enter one thing that was looked for."""
        if is_kept:
            self.kept[kind] += 1
        else:
            self.lost.append(f"{kind}: {what}")

    def close(self, record: Record, killed: str, kills: int, **more: Any) -> None:
        """Hand the account on, and fail where anything is lost."""
        hand_on(record, {"killed": killed, "kills": kills, "kept": self.kept, "lost": self.lost, **more})
        assert not self.lost, self.lost
