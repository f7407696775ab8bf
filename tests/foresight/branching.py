"""Forks branches and runs commands in the tests of this folder."""

from __future__ import annotations

import asyncio
from typing import Any

from xushi.kernel import Actor
from xushi.runtime import SYSTEM, Platform

from .conftest import HOUR, START_NS, S

FORK_NS = START_NS + HOUR + 37 * S


def run(platform: Platform, name: str, actor: Actor = SYSTEM, **params: Any) -> Any:
    outcome = asyncio.run(platform.bus.run(name, params, actor))
    assert outcome.state == "done", outcome.error
    return outcome


def fork(platform: Platform, timeline: str = "live", at_ns: int = FORK_NS, **params: Any) -> str:
    """Fork and compute the path, as the job of a running platform does."""
    params = {"hours": 1.0, "seed": 7, **params}
    branch: str = run(platform, "branch.fork", timeline=timeline, at_ms=at_ns / 1e6, **params).result["branch"]
    platform.branches.compute(branch)
    return branch
