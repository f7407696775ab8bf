"""schemathesis over the whole OpenAPI description of a real server, with every check it has."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import validate

from xushi.demo.shells import ensure_assets
from xushi.testing import OwnServer

EXAMPLES = os.environ.get("XUSHI_SCHEMATHESIS_EXAMPLES", "1")
SEED = os.environ.get("XUSHI_SCHEMATHESIS_SEED", "20261127")  # the same cases in every run, others by asking for them
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def test_the_description_is_valid_openapi(outside: OwnServer) -> None:
    validate(outside.remote.get("/api/openapi.json"))


def test_the_server_keeps_its_description_whatever_is_sent(outside: OwnServer, tmp_path: Path) -> None:
    outside.remote.import_files([ensure_assets()])
    # One worker: CPython 3.11 can fail in ast.parse when two threads are in it, and hypothesis parses a lot.
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIGURATION), "run",
        f"{outside.remote.url}/api/openapi.json", "--header", f"Authorization: Bearer {outside.remote.token}",
        "--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES,
        "--seed", SEED,
        "--no-color", "--max-response-time", "12",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False, cwd=tmp_path)
    told = "\n".join(line[:300] for line in done.stdout.partition("FAILURES")[2].splitlines())
    assert done.returncode == 0, told[:8000] + done.stderr[-2000:]
    assert "unexpected error" not in outside.log.read_text("utf-8")
