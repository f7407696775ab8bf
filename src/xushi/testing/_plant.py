"""The sample plant as a process on free ports, and waiting for what comes about."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from xushi.demo.plant import default_endpoints
from xushi.remote import Remote

_STOP_LIMIT_S = 30.0
_LOOK_S = 0.05
_T = TypeVar("_T")


@dataclass
class RunningPlant:
    """A plant process and what it said when it was ready: its addresses by protocol, and more."""

    process: subprocess.Popen[bytes]
    ready: dict[str, Any]

    @property
    def endpoints(self) -> dict[str, str]:
        """Its addresses by those that its shells describe, as `Platform.open` takes them."""
        return {described: self.ready[protocol] for protocol, described in default_endpoints().items()}

    def end(self) -> None:
        """End it, also where it is stopped."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        try:
            self.process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()


@contextlib.contextmanager
def running_plant(*options: str, log: Path | None = None) -> Iterator[RunningPlant]:
    """Run `python -m xushi.demo.plant` with `options` while this is open; what it logs goes to the file `log`."""
    command = [sys.executable, "-m", "xushi.demo.plant", "--opcua-port", "0", "--mqtt-port", "0", *options]
    with contextlib.ExitStack() as stack:
        errors = subprocess.DEVNULL if log is None else stack.enter_context(log.open("wb"))
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603 - our own program
    if process.stdout is None:
        raise BrokenPipeError
    try:
        plant = RunningPlant(process, json.loads(process.stdout.readline()))
    except ValueError:
        process.kill()
        raise
    try:
        yield plant
    finally:
        plant.end()


def until(holds: Callable[[], _T], what: str = "what is waited for", limit_s: float = 180.0) -> _T:
    """Return what `holds` returns as soon as that is true.

    Raises:
        AssertionError: it is not within `limit_s`.
    """
    end_s = time.monotonic() + limit_s
    while not (found := holds()):
        if time.monotonic() > end_s:
            raise AssertionError(f"did not come about within {limit_s:g} s: {what}")
        time.sleep(_LOOK_S)
    return found


def ended(remote: Remote, outcome: dict[str, Any], limit_s: float = 180.0) -> dict[str, Any]:
    """Wait for the job that a command has started, and return it.

    Raises:
        AssertionError: it is not done within `limit_s`, or ended otherwise.
    """
    path = f"/api/jobs/{outcome['effects'][0]['job']}"
    until(lambda: remote.get(path)["state"] != "running", "the job ends", limit_s)
    job: dict[str, Any] = remote.get(path)
    if job["state"] != "done":
        raise AssertionError(job["error"])
    return job
