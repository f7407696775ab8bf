"""The HTTP connector: resources are asked for on a fixed beat, values are written by PUT, POST or PATCH."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from xushi.kernel import Clock, Reason, plain_reason
from xushi.signals import BAD_NO_DATA, Frame, Kind, quality_name

from ._backoff import Backoff
from ._columns import Columns
from ._http_client import Answer, AnswerTooLarge, Headers, HttpClient, origin_of
from ._http_explore import SETUP, HttpExplorer, form
from ._http_place import (
    BAD_COMMUNICATION_ERROR,
    BAD_INVALID_ARGUMENT,
    BAD_LIMITS_EXCEEDED,
    BAD_NOT_WRITABLE,
    BAD_TIMEOUT,
    credentials,
    place,
    status_of,
    target_of,
)
from ._json_payload import JsonTopic, TextTopic
from ._link import Link, Point, Sink, StatusListener, WriteResult
from ._outage import Outage
from ._pointer import split_pointer
from ._polling import Beats, Changes, period_s
from ._reporter import LinkReporter
from ._times import iso_text

MOST_REDIRECTS = 3
LONGEST_WAIT_S = 300.0

BAD_DECODING_ERROR = 0x8007_0000
BAD_SERVER_NOT_CONNECTED = 0x800D_0000


class HttpRefused(Exception):
    """The server lets us in nowhere."""


class _Resource:
    """One address that is asked for, with the points that its answers fill."""

    def __init__(self, target: str, headers: Headers, period: float, points: Sequence[Point], refuse: Any) -> None:
        self.target = target
        self.headers = headers
        self.period = period
        self.points = tuple(points)
        is_text = str(points[0].options.get("content_type", "")).startswith("text/")
        self.feeder = (TextTopic if is_text else JsonTopic)(points, refuse)
        self.validators: list[tuple[str, str]] = []
        self.not_before_s = 0.0

    def remember(self, answer: Answer) -> None:
        """Keep what lets the server say `304 Not Modified` the next time (RFC 9110, chapter 13)."""
        self.validators = []
        if answer.headers.get("etag"):
            self.validators.append(("If-None-Match", answer.headers["etag"]))
        elif answer.headers.get("last-modified"):
            self.validators.append(("If-Modified-Since", answer.headers["last-modified"]))


class HttpConnector:
    """Serves one HTTP server.

    Point address: `<path>[?<query>][#<JSON pointer>]`. Point options: `pointer`, `time_pointer`, `labels`,
    `content_type`, `headers`, `polling_ms` (1000), `write_method` (PUT), `write_path`, `write_pointer`.
    Link security: `username` and `password`, or `token`; `scheme`, `name`; `ca_file`.

    Redirects are followed to the same scheme, host and port only, so that no credential goes elsewhere. A field
    that an answer lacks is BadNoData. Only what changed is handed on, at the payload's own time or that of the
    answer.
    """

    protocol = "http"
    schemes = ("http", "https")
    setup = SETUP
    place = staticmethod(place)
    form = staticmethod(form)

    @staticmethod
    def explorer(endpoint: str, settings: dict[str, Any], data_dir: Path, clock: Clock) -> HttpExplorer:
        """Return an explorer for a server; see `Explorable`."""
        return HttpExplorer(endpoint, settings, clock)

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._clock = clock
        self._is_live = False
        self._frames: list[Frame] = []
        self._field_error = ""

    async def run(self, link: Link, sink: Sink, status: StatusListener) -> None:
        """Serve the link until cancelled; see `Connector.run`."""
        self._report = LinkReporter(link.id, self._clock, status)
        self._sink = sink
        self._link = link
        self._outage = Outage([point.signal for point in link.points])
        self._changes = Changes([point.signal for point in link.points], [point.kind for point in link.points])
        self._plan(link.points)
        backoff = Backoff()
        telling = asyncio.create_task(self._report.tell_regularly())
        try:
            while True:
                try:
                    await self._serve(link, backoff)
                except HttpRefused as error:
                    self._mark_lost("refused", "connectors.http_refused", str(error))
                except (OSError, EOFError, TimeoutError, ValueError) as error:
                    text = "connectors.lost" if self._is_live else "connectors.unreachable"
                    self._mark_lost("lost", text, plain_reason(link.endpoint, error))
                await asyncio.sleep(backoff.next_delay_s())
        finally:
            telling.cancel()
            self._mark_lost("lost", "connectors.stopped", "")

    def _plan(self, points: Sequence[Point]) -> None:
        groups: dict[tuple[Any, ...], list[Point]] = {}
        for point in points:
            target, pointer = _split(point.address)
            if pointer and "pointer" not in point.options:
                point = msgspec.structs.replace(point, options={**point.options, "pointer": pointer})
            headers = tuple(sorted((point.options.get("headers") or {}).items()))
            is_text = str(point.options.get("content_type", "")).startswith("text/")
            period = period_s(point.options.get("polling_ms"))
            group = (target, headers, period, is_text, point.options.get("time_pointer"))
            groups.setdefault(group, []).append(point)
        self._resources = [
            _Resource(target, headers, period, members, self._refuse_field)
            for (target, headers, period, _, _), members in groups.items()
        ]

    def _refuse_field(self, reason: str) -> None:
        self._field_error = reason
        self._report.refuse(reason)

    async def _serve(self, link: Link, backoff: Backoff) -> None:
        """Ask for every resource on its beat until the server is lost; always ends by an exception."""
        client = HttpClient(link.endpoint, link.security.get("ca_file"))
        self._changes.forget()
        self._frames = []
        for resource in self._resources:
            resource.validators = []
        beats = Beats([resource.period for resource in self._resources] or [3600.0])
        denied: set[str] = set()
        try:
            while True:
                period = await beats.next()
                columns = Columns()
                now_s = asyncio.get_running_loop().time()
                for resource in self._resources:
                    if resource.period == period and resource.not_before_s <= now_s:
                        answer = await self._ask(client, resource, columns)
                        is_denied = answer is not None and answer.status in (401, 403)
                        (denied.add if is_denied else denied.discard)(resource.target)
                        if is_denied and len(denied) == len({one.target for one in self._resources}):
                            raise HttpRefused(f"the server answers {answer.status if answer else 0} everywhere")
                if not self._is_live and len(denied) < len(self._resources):
                    self._is_live = True
                    backoff.reset()
                    self._outage.is_lost = False
                    self._report.error = ""
                    self._report.enter("live", "connectors.connected")
                self._hand_on(columns)
        finally:
            client.close()

    async def _ask(self, client: HttpClient, resource: _Resource, columns: Columns) -> Answer | None:
        """Ask for one resource and add its values to `columns`."""
        headers = [*credentials(self._link.security), *resource.headers, *resource.validators]
        try:
            answer = await self._follow(client, resource.target, headers)
        except AnswerTooLarge as error:
            self._bad(resource, columns, BAD_LIMITS_EXCEEDED, str(error))
            return None
        now_ns = self._clock.now_ns()
        if answer.status == 304:
            return answer
        resource.remember(answer)
        if not 200 <= answer.status < 300:
            self._wait_as_asked(resource, answer)
            reason = f"the server answers {answer.status}"
            if 300 <= answer.status < 400:
                reason = f"the server sends us on to {answer.headers.get('location', '')[:200]!r}, which is refused"
            self._bad(resource, columns, status_of(answer.status), reason)
            return answer
        self._field_error = ""
        own = Columns()
        resource.feeder.feed(answer.body, own, now_ns)
        frame = own.take(now_ns)
        missing = sorted({point.signal for point in resource.points} - set(frame.signals.tolist()))
        kinds = {point.signal: point.kind for point in resource.points}
        if len(frame):
            self._frames.append(frame)
        for signal in missing:
            columns.add(kinds[signal], signal, now_ns, None, BAD_DECODING_ERROR if self._field_error else BAD_NO_DATA)
        return answer

    async def _follow(self, client: HttpClient, target: str, headers: Headers) -> Answer:
        """GET, following redirects within the same origin; an answer that leads elsewhere is returned as it is."""
        for _ in range(MOST_REDIRECTS):
            answer = await client.request("GET", target, headers)
            location = answer.headers.get("location", "")
            if answer.status not in (301, 302, 303, 307, 308) or not location:
                return answer
            there = urljoin(f"{client.origin[0]}://{client.origin[1]}:{client.origin[2]}{target}", location)
            try:
                is_same = origin_of(there) == client.origin
            except ValueError:
                is_same = False
            if not is_same:
                return answer
            parts = urlsplit(there)
            target = target_of(parts.path or "/", parts.query)
        return answer

    def _wait_as_asked(self, resource: _Resource, answer: Answer) -> None:
        """Heed `Retry-After` in seconds (RFC 9110, 10.2.3), up to five minutes."""
        stated = answer.headers.get("retry-after", "")
        if stated.isdigit():
            wait_s = min(float(stated), LONGEST_WAIT_S)
            resource.not_before_s = asyncio.get_running_loop().time() + wait_s

    def _bad(self, resource: _Resource, columns: Columns, status: int, reason: str) -> None:
        self._report.refuse(f"{resource.target}: {reason}", len(resource.points))
        now_ns = self._clock.now_ns()
        for point in resource.points:
            columns.add(point.kind, point.signal, now_ns, None, status)
        resource.validators = []

    def _hand_on(self, columns: Columns) -> None:
        frames, self._frames = self._frames, []
        if len(columns):
            frames.append(columns.take(self._clock.now_ns()))
        for frame in frames:
            fresh = self._changes.fresh(frame)
            if len(fresh):
                fresh.times_ns = self._outage.restate(fresh.times_ns, self._clock.now_ns())
                self._outage.observe(fresh.times_ns)
                self._report.updates += len(fresh)
                self._sink(fresh)

    def _mark_lost(self, state: Any, text: str, reason: Reason) -> None:
        self._is_live = False
        gap = self._outage.mark(self._clock.now_ns())
        if gap is not None:
            self._sink(gap)
        self._report.enter(state, text, reason)

    # Values out

    async def write(self, point: Point, value: Any) -> WriteResult:
        """Send a value as JSON (or as text where the point is one) and return the server's answer as a status."""
        if not point.writable:
            return WriteResult(BAD_NOT_WRITABLE, "this point may only be read")
        target, pointer = _split(point.address)
        target = str(point.options.get("write_path") or target)
        pointer = str(point.options.get("write_pointer", point.options.get("pointer", pointer)))
        document: Any = iso_text(value) if point.kind is Kind.TIME and isinstance(value, int) else value
        for step in reversed(split_pointer(pointer)):
            document = {step: document}
        is_text = str(point.options.get("content_type", "")).startswith("text/")
        body = str(value).encode() if is_text else msgspec.json.encode(document)
        headers = [("Content-Type", "text/plain; charset=utf-8" if is_text else "application/json")]
        headers += list((point.options.get("headers") or {}).items())
        return await self._send(str(point.options.get("write_method", "PUT")), target, headers, body)

    async def call(self, address: str, arguments: Sequence[Any]) -> WriteResult:
        """POST the arguments to the path `address`: a single one as it is, several as a JSON list."""
        document = arguments[0] if len(arguments) == 1 else list(arguments)
        body = msgspec.json.encode(document) if arguments else b""
        return await self._send("POST", address, [("Content-Type", "application/json")], body)

    async def _send(self, method: str, target: str, headers: Headers, body: bytes) -> WriteResult:
        if not self._is_live:
            return WriteResult(BAD_SERVER_NOT_CONNECTED, "not connected to the server")
        client = HttpClient(self._link.endpoint, self._link.security.get("ca_file"))
        parts = urlsplit(target)
        try:
            asked = [*credentials(self._link.security), *headers]
            answer = await client.request(method, target_of(parts.path, parts.query), asked, body)
        except TimeoutError:
            return WriteResult(BAD_TIMEOUT, "the server did not answer in time")
        except ConnectionRefusedError as error:
            return WriteResult(BAD_SERVER_NOT_CONNECTED, str(error))
        except (OSError, EOFError, AnswerTooLarge) as error:
            return WriteResult(BAD_COMMUNICATION_ERROR, str(error))
        except ValueError as error:
            return WriteResult(BAD_INVALID_ARGUMENT, str(error))
        finally:
            client.close()
        status = status_of(answer.status)
        text = quality_name(status) if not status >> 31 else f"the server answers {answer.status}"
        return WriteResult(status, text, _outputs(answer))


def _split(address: str) -> tuple[str, str]:
    """Return request target and JSON pointer of a point's address."""
    target, _, pointer = address.partition("#")
    parts = urlsplit(target)
    return target_of(parts.path or "/", parts.query), pointer


def _outputs(answer: Answer) -> tuple[Any, ...]:
    if not answer.body or "json" not in answer.headers.get("content-type", ""):
        return ()
    try:
        found = msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return ()
    return (
        found if found is None or isinstance(found, bool | int | float | str) else msgspec.json.encode(found).decode(),
    )
