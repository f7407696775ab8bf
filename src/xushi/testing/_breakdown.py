"""The running demo plant with a station that fails on purpose, behind a real server: who sees it, and how soon."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xushi.demo.shells import ensure_assets
from xushi.signals import Frame
from xushi.testing._plant import running_plant
from xushi.testing._server import Served, served

_OUT_OF_SERVICE = 1


@dataclass
class Breakdown:
    """A served plant in which `machine` fails.

    Attributes:
        seen_s: when its state came in, by `time.monotonic`.
        seen_ms: the same instant by the clock of the platform, ms since 1970.
    """

    one: Served
    machine: str
    seen_s: float | None = None
    seen_ms: float | None = None

    def plans(self, limit_s: float) -> tuple[dict[str, Any], float]:
        """Wait for the contingency plans of the machine; return them and the seconds from the breakdown on.

        Raises:
            TimeoutError: they do not come within `limit_s` after the breakdown.
        """
        begun_s = time.monotonic()
        while True:
            found: list[dict[str, Any]] = self.one.remote.get("/api/contingencies")
            now_s = time.monotonic()
            for plans in found:
                if plans["machine"] == self.machine and self.seen_s is not None:
                    return plans, now_s - self.seen_s
            if now_s - (self.seen_s or begun_s + 60.0) > limit_s:
                raise TimeoutError(f"no plans for {self.machine} within {limit_s} s")
            time.sleep(0.1)


@contextlib.contextmanager
def broken_plant(folder: Path, machine: str, after_s: float, lasts_s: float) -> Iterator[Breakdown]:
    """Run the plant in `folder` with a platform beside it, and let a station fail `after_s` after the start."""
    options = ("--wall-time", "--fail", f"{machine}@{after_s}:{lasts_s}")
    with running_plant(*options) as plant, served(folder / "data", endpoints=plant.endpoints) as one:
        one.remote.import_files([ensure_assets()])
        found = Breakdown(one, machine)
        state = one.platform.registry.handle(f"urn:xushi:demo:submodel:{machine}:OperationalData#State")

        def watch(frame: Frame) -> None:
            is_hit = (frame.signals == state) & (frame.bits == _OUT_OF_SERVICE)
            if found.seen_s is None and is_hit.any():
                found.seen_s = time.monotonic()
                found.seen_ms = one.platform.clock.now_ns() / 1e6

        one.platform.ingest.watchers.append(watch)
        yield found
