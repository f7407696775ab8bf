"""What every request handler may use: the platform, the viewers, and how messages are put into words."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from xushi.connectors import LinkStatus
from xushi.kernel import Actor, Diagnosis, Job, Outcome, XushiError, message, shown_parameter, split_key
from xushi.runtime import Platform
from xushi.server import _messages as m
from xushi.server._fanout import Fanout
from xushi.server._routes import RouteSpec
from xushi.server._signal_search import SignalSearch

_NS_PER_MS = 1e6
FURTHEST_MS = 4.6e12  # years 1824 to 2115: the difference of any two still fits 64 bits of nanoseconds
_ROUNDING_NS = 500  # a double of today's milliseconds is a quarter of a microsecond coarse
_FAILURES_PER_MINUTE = 20
SHOWN_WHOLE = frozenset({"place"})
SHOWN_BY_KEY = frozenset(
    {
        "shell",
        "submodel",
        "concept",
        "link",
        "asset",
        "proposal",
        "plan",
        "rule",
        "kpi",
        "report",
        "branch",
        "report_schedule",
        "order",
        "order_book",
        "production_schedule",
        "maintenance",
        "receipt",
        "lot_rule",
        "contingency",
        "warning",
        "forecast_watch",
        "shift_calendar",
    }
)


def to_ms(time_ns: int) -> float:
    """Nanoseconds since 1970 as the milliseconds of the browser."""
    return time_ns / _NS_PER_MS


def to_ns(time_ms: float) -> int:
    """Milliseconds since 1970 as nanoseconds. Raises ``server.time_invalid`` for a time no clock has."""
    if not -FURTHEST_MS < time_ms < FURTHEST_MS:
        raise XushiError("server.time_invalid", value=time_ms)
    return int(time_ms * _NS_PER_MS)


def instant_ns(time_ms: float) -> int:
    """An instant as nanoseconds, late enough that a value whose own time was rounded to this is in force."""
    return to_ns(time_ms) + _ROUNDING_NS


def edge_ns(time_ms: float) -> int:
    """An edge of a span as nanoseconds, early enough that a value whose own time was rounded to this lies behind it."""
    return to_ns(time_ms) - _ROUNDING_NS


class FailureMeter:
    """Slows down guessing of sign-in codes: after twenty wrong ones within a minute every further try waits.

    Tokens and sessions are not metered: their secrets have 256 bits, and nobody's guesses may lock others out.
    """

    def __init__(self) -> None:
        self._failures: deque[float] = deque()

    def check(self) -> None:
        """Raises ``server.too_often`` while there were too many failures in the last minute."""
        now = time.monotonic()
        while self._failures and self._failures[0] < now - 60.0:
            self._failures.popleft()
        if len(self._failures) >= _FAILURES_PER_MINUTE:
            raise XushiError("server.too_often")

    def note(self) -> None:
        """Count one failure."""
        self._failures.append(time.monotonic())


class Doors:
    """The open server: a platform with its viewers."""

    def __init__(self, platform: Platform, base_url: str, routes: Sequence[RouteSpec] = ()) -> None:
        self.platform = platform
        self.routes = routes
        self.version = version("xushi")
        self.base_url = base_url
        self.fanout = Fanout(platform)
        self.search = SignalSearch(platform.registry, platform.board)
        self.failures = FailureMeter()

    # ---- who asks
    def actor(self, bearer: str | None, session: str | None) -> Actor:
        """Who holds this bearer token or session cookie. Raises ``trust.credential_…``."""
        if bearer is not None:
            return self.platform.gate.check(bearer, "token")
        return self.platform.gate.check(session or "", "session")

    def require(self, actor: Actor, right: str, what: str) -> None:
        """Raises ``server.forbidden`` where the actor does not hold the right."""
        if not self.platform.policy.permits(actor, right):
            raise XushiError("server.forbidden", actor=actor.name, what=what, right=right)

    # ---- in words
    def error(self, code_and_params: dict[str, Any] | None, language: str) -> m.ErrorBody | None:
        """A recorded error in a language."""
        if code_and_params is None:
            return None
        text = message(code_and_params["code"], code_and_params["params"], language)
        return m.ErrorBody(code_and_params["code"], text.what, text.why, text.next)

    def diagnoses(self, found: list[Diagnosis], language: str) -> list[m.DiagnosisInfo]:
        """Diagnoses in a language."""
        return [m.DiagnosisInfo(**item.to_dict(language)) for item in found]

    def outcome(self, outcome: Outcome, language: str) -> m.OutcomeInfo:
        """An outcome in a language; large twins in its diff are named, not repeated."""
        return m.OutcomeInfo(
            command_id=outcome.command_id,
            command=outcome.command,
            state=outcome.state,
            is_undoable=outcome.is_undoable,
            at_ms=to_ms(outcome.at_ns),
            result=outcome.result,
            summary=outcome.summary,
            effects=outcome.effects,
            diagnoses=self.diagnoses(outcome.diagnoses, language),
            diff=self.diff(outcome),
            error=self.error(outcome.error, language),
        )

    def diff(self, outcome: Outcome) -> m.DiffInfo:
        """What a change means to a page: places whole, twins and links by key."""
        diff = outcome.diff
        return m.DiffInfo(
            added={key: _shown(key, record) for key, record in diff.added.items() if _is_shown(key)},
            updated={
                key: (_shown(key, before), _shown(key, after))
                for key, (before, after) in diff.updated.items()
                if _is_shown(key)
            },
            removed={key: _shown(key, record) for key, record in diff.removed.items() if _is_shown(key)},
        )

    def job(self, job: Job, language: str) -> m.JobInfo:
        """A job in a language."""
        return m.JobInfo(
            id=job.id,
            title=job.title,
            state=job.state,
            progress=job.progress,
            message=job.message,
            result=_json(job.result),
            error=self.error(job.error, language),
            started_ms=to_ms(job.started_ns),
            ended_ms=None if job.ended_ns is None else to_ms(job.ended_ns),
        )

    def links(self, language: str) -> list[m.LinkInfo]:
        """Every connection and how it is."""
        now_ns = self.platform.started_ns
        shown = []
        for link, is_wanted in self.platform.links.links():
            status = self.platform.links.statuses.get(link.id)
            error = None
            code = _trouble_of(status)
            if status is not None and code:
                told = {"endpoint": link.endpoint, "refused": status.refused, "error": status.error}
                text = message(code, {"link": link.id, "reason": status.error, **told}, language)
                why = text.why or shown_parameter("error", status.error, language)
                error = m.ErrorBody(code, text.what, why, text.next)
            shown.append(
                m.LinkInfo(
                    id=link.id,
                    title={"en": link.title or link.id, "zh-CN": link.title or link.id},
                    protocol=link.protocol,
                    endpoint=link.endpoint,
                    state="off" if not is_wanted else status.state if status is not None else "connecting",
                    since_ms=to_ms(status.since_ns if status is not None else now_ns),
                    points=len(link.points),
                    updates=status.updates if status is not None else 0,
                    error=error,
                    ready=status.ready if status is not None else 0,
                )
            )
        return shown


def _trouble_of(status: LinkStatus | None) -> str:
    """The message code of what is wrong with a connection; empty where nothing is."""
    if status is None:
        return ""
    if status.state in ("lost", "refused"):
        return status.text
    return "connectors.some_refused" if status.state == "live" and status.refused else ""


def _is_shown(key: str) -> bool:
    kind = split_key(key)[0]
    return kind in SHOWN_WHOLE or kind in SHOWN_BY_KEY


def _shown(key: str, record: Any) -> Any:
    return record if split_key(key)[0] in SHOWN_WHOLE else None


def _json(value: Any) -> Any:
    return msgspec.to_builtins(value) if value is not None else None
