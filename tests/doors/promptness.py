"""What schemathesis is told: no answer costs the server two seconds of its own, and its own token stays in force."""

from __future__ import annotations

import os
from typing import Any

import schemathesis
from processor import OwnTime
from schemathesis import Case, CheckContext, HookContext, Response

LIMIT_S = 2.0
SERVER = "XUSHI_SERVER_PID"
OWN_TOKEN = "XUSHI_OWN_TOKEN_ID"


class Last:
    """The request that was sent last: schemathesis sends one at a time."""

    began: OwnTime
    taken_s = 0.0


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Begin to measure; of the tokens that the server lists, the one that is used is not ended."""
    if case.path_parameters and case.path_parameters.get("token_id") == os.environ[OWN_TOKEN]:
        case.path_parameters["token_id"] = "another"
    Last.began = OwnTime(int(os.environ[SERVER]))


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Response) -> None:
    """Look now: the checks that follow take time of ours."""
    Last.taken_s = Last.began.taken_s() if response.elapsed > LIMIT_S else response.elapsed


@schemathesis.check
def two_seconds(ctx: CheckContext, response: Response, case: Case) -> None:
    """The answer took the server less than two seconds."""
    told = f"answered after {response.elapsed:.2f} s, {Last.taken_s:.2f} s of them the server's own"
    assert Last.taken_s < LIMIT_S, told
