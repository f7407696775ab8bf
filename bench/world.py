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
    """Yield the figures the client's own measuring page prints."""
    lines = subprocess.run([sys.executable, str(SCRIPT)], check=True, capture_output=True, text=True).stdout
    for line in lines.splitlines():
        yield json.loads(line)
