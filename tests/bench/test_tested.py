"""The bench runs our own tests for their figures: it gives what they measured even where one fails, and says so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))
from bench import _tested, kill, outage
from bench.__main__ import missed_by

TEST = """
import sys
sys.path.insert(0, {place!r})
from measuring import Ledger, rounds

def test_one(record_property):
    ledger = Ledger()
    ledger.enter("rules", True, "r1")
    ledger.enter("rules", {is_kept}, "r2")
    ledger.close(record_property, "a server", rounds(1))
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The figures of a test that loses a rule or not, and how the run of it failed."""
    monkeypatch.delenv("XUSHI_ROUNDS", raising=False)

    def run(is_kept: bool) -> tuple[list[dict], str]:
        file = tmp_path / "test_it.py"
        file.write_text(TEST.format(place=str(Path(__file__).parents[1]), is_kept=is_kept))
        figures: list[dict] = []
        try:
            for figure in _tested.tested([str(file)], 7):
                figures.append(figure)
        except RuntimeError as error:
            return figures, str(error)
        return figures, ""

    return run


def test_a_test_goes_through_the_rounds_that_are_asked_for_and_hands_its_figures_on(run) -> None:
    assert run(True) == ([{"killed": "a server", "kills": 7, "kept": {"rules": 2}, "lost": []}], "")


def test_what_is_lost_is_a_figure_that_misses_its_goal_and_the_run_fails(run) -> None:
    (told,), failure = run(False)
    (row,) = kill.rows(told)
    assert (row["value"], row["lost"]) == (1, ["rules: r2"])
    assert missed_by(row) == float("inf")
    assert "rules: r2" in failure


def test_late_returns_unmarked_gaps_doubled_values_and_mistold_writes_miss_their_goals() -> None:
    told = {
        "peer": "a broker", "signals": 2, "returns_s": [1.0, 7.5], "values": 10, "unmarked": 1, "misplaced": 1,
        "writes": {"told": {"done": 3}, "mistold": 1},
    }  # fmt: skip
    rows = list(outage.rows(told))
    assert [missed_by(row) > 1 for row in rows] == [True] * 4
    well = {**told, "returns_s": [1.0], "unmarked": 0, "misplaced": 0, "writes": {"told": {"done": 3}, "mistold": 0}}
    assert [missed_by(row) > 1 for row in outage.rows(well)] == [False] * 4
