"""Runs tests of this repository with more rounds than usual, for the figures that they hand on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
TOLD_OF_A_FAILURE = 20_000  # characters: of the end of what pytest said


def tested(tests: Sequence[str], rounds: int) -> Iterator[dict[str, Any]]:
    """Run one test after the other; yield the figures that each handed on (`tests/measuring.py`).

    XUSHI_ROUNDS in the surroundings is taken instead of `rounds`.

    Raises:
        RuntimeError: a test failed; what all of them measured has been given by then.
    """
    failures = []
    for test in tests:
        with tempfile.TemporaryDirectory(prefix="xushi-bench-") as folder:
            report = Path(folder) / "report.xml"
            command = [sys.executable, "-m", "pytest", "-q", "-o", "junit_family=xunit1", f"--junit-xml={report}", test]
            surroundings = {"XUSHI_ROUNDS": str(rounds), **os.environ, "XUSHI_NO_SKIPS": "1"}
            done = subprocess.run(command, cwd=ROOT, env=surroundings, check=False, capture_output=True, text=True)
            if report.exists():
                for told in ElementTree.parse(report).iter("property"):
                    yield json.loads(told.attrib["value"])
        if done.returncode:
            failures.append(done.stdout[-TOLD_OF_A_FAILURE:] + done.stderr[-TOLD_OF_A_FAILURE:])
    if failures:
        raise RuntimeError("\n".join(failures))
