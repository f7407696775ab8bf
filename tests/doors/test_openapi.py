"""schemathesis over the whole OpenAPI description of a real server, with every check it has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from openapi_spec_validator import validate

from xushi.demo.shells import ensure_assets
from xushi.remote import local_access
from xushi.testing import OwnServer

EXAMPLES = os.environ.get("XUSHI_SCHEMATHESIS_EXAMPLES", "1")
SEED = os.environ.get("XUSHI_SCHEMATHESIS_SEED", "20261127")  # the same cases in every run, others by asking for them
PARTS = {  # they are asked at the same time, and last about equally long
    "first_commands": ("include", "^/api/commands/[a-f]"),
    "other_commands": ("include", "^/api/commands/[^a-f]"),
    "the_rest": ("exclude", "^/api/commands/"),
}
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
PROMPTNESS = Path(__file__).with_name("promptness.py")


def test_the_description_is_valid_openapi(outside: OwnServer) -> None:
    validate(outside.remote.get("/api/openapi.json"))


def test_the_server_keeps_its_description_whatever_is_sent(outside: OwnServer, tmp_path: Path) -> None:
    outside.remote.import_files([ensure_assets()])
    description = tmp_path / "openapi.json"
    description.write_text(json.dumps(outside.remote.get("/api/openapi.json")), "utf-8")
    # One worker each: CPython 3.11 can fail in ast.parse when two threads are in it, and hypothesis parses a lot.
    # The parts are asked at the same time: a second core has its share.
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIGURATION), "run",
        str(description), "--url", outside.remote.url, "--header", f"Authorization: Bearer {outside.remote.token}",
        "--checks", "all", "--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES,
        "--seed", SEED, "--no-color",
    ]  # fmt: skip
    environment = _with_promptness(outside)
    running = []
    for part, (how, paths) in PARTS.items():
        with (tmp_path / part).open("wb") as told:
            whole = [*command, f"--{how}-path-regex", paths]
            running.append(
                subprocess.Popen(whole, stdout=told, stderr=subprocess.STDOUT, cwd=tmp_path, env=environment)
            )
    try:
        codes = [one.wait(1800) for one in running]
    finally:
        for one in running:
            one.kill()
    found = "\n".join(_failures(tmp_path / part) for part in PARTS)
    assert codes == [0] * len(PARTS), found
    assert "unexpected error" not in outside.log.read_text("utf-8")


def _with_promptness(server: OwnServer) -> dict[str, str]:
    """The environment in which schemathesis checks as well how long the server takes."""
    access = local_access(server.folder)
    assert access is not None
    paths = (str(PROMPTNESS.parents[1]), os.environ.get("PYTHONPATH", ""))
    return {
        **os.environ,
        "SCHEMATHESIS_HOOKS": str(PROMPTNESS),
        "XUSHI_SERVER_PID": str(access.pid),
        "XUSHI_OWN_TOKEN_ID": server.remote.token.partition(".")[0],
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
    }


def _failures(told: Path) -> str:
    """What schemathesis found, else the last that it said."""
    text = told.read_text("utf-8", "replace")
    found = text.partition("FAILURES")[2] or text.partition(" ERRORS ")[2] or text[-2000:]
    return "\n".join(line[:300] for line in found.splitlines())[:5000]
