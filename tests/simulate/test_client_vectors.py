"""The numbers that the client's tests hold its recursion against are those this recursion gives."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent


def assert_alike(found: Any, wanted: Any, where: str) -> None:
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), where
        for name in wanted:
            assert_alike(found[name], wanted[name], f"{where}.{name}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), where
        for i, (one, other) in enumerate(zip(found, wanted, strict=True)):
            assert_alike(one, other, f"{where}[{i}]")
    elif isinstance(wanted, float):
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12), where
    else:
        assert found == wanted, where


def test_the_client_is_tested_with_what_this_recursion_gives():
    tool = runpy.run_path(str(ROOT / "tools" / "make_line_vectors.py"))
    kept = json.loads(tool["FILE"].read_text(encoding="utf-8"))
    assert_alike(json.loads(json.dumps(tool["make"]())), kept, "vectors")
