"""Measures the 3D scene with 100,000 parts in the test browser: draw calls and script per frame."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parent.parent / "web" / "bench" / "instances.py"


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures the client's own measuring page prints, those with a limit as a goal."""
    done = subprocess.run([sys.executable, str(SCRIPT)], check=False, stdout=subprocess.PIPE, text=True)
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode and not any("view" in figure for figure in figures):
        raise RuntimeError("the measuring page did not come to its end")
    for figure in figures:
        view = figure.pop("view", "")
        yield {
            **figure,
            "name": f"{figure['name']}, {view}" if view else figure["name"],
            "goal": figure.get("baseline"),
        }
