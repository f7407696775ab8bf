"""The MQTT connector: JSON, plain text and Sparkplug B over one connection to a broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote

import msgspec
import numpy as np

from xushi.kernel import Clock, Reason, XushiError, new_id, plain_reason
from xushi.signals import Frame, Kind

from ._aid import InterfaceProperty
from ._backoff import Backoff
from ._columns import Columns
from ._explore import Explorer
from ._json_payload import JsonTopic, TextTopic
from ._link import COMPLETES_LATER, Link, Point, Sink, StatusListener, WriteResult
from ._mqtt_codec import MAX_PACKET_BYTES, matches
from ._mqtt_explore import MqttExplorer
from ._mqtt_session import MqttRefused, MqttSession, NotSent, open_session
from ._outage import Outage
from ._placement import Placement
from ._pointer import split_pointer
from ._readback import Readbacks
from ._reporter import LinkReporter
from ._setups import MQTT_SETUP
from ._times import iso_text
from .sparkplug import SparkplugHost, is_sparkplug

GATHER_S = 0.005
GATHER_ROWS = 4096
MAX_KNOWN_TOPICS = 50_000
MAX_HEARD = 1000
ASK_BACK_AFTER_S = (1.0, 2.0)  # a device that says nothing new of its own accord is asked

UNCERTAIN_LAST_USABLE = 0x4090_0000
BAD_NOT_CONNECTED = 0x800D_0000
BAD_TIMEOUT = 0x800A_0000
BAD_CONNECTION_CLOSED = 0x80AE_0000
BAD_NOT_WRITABLE = 0x803B_0000
BAD_NOT_SUPPORTED = 0x803D_0000
BAD_INVALID_ARGUMENT = 0x80AB_0000


class _Feeder(Protocol):
    def feed(self, payload: bytes, columns: Columns, now_ns: int, quality: int = 0) -> None: ...


class _Ear:
    """Hands on the plain messages of one topic to whoever listens; the oldest go where nobody takes them."""

    def __init__(self, topic: str, heard: asyncio.Queue[tuple[str, bytes]]) -> None:
        self._topic = topic
        self._heard = heard

    def feed(self, payload: bytes, columns: Columns, now_ns: int, quality: int = 0) -> None:
        if self._heard.full():
            self._heard.get_nowait()
        self._heard.put_nowait((self._topic, payload))


class MqttConnector:
    """Serves one broker.

    Point options: `pointer`, `time_pointer`, `labels`, `content_type`, `qos`, `retain`,
    `write_topic`, `write_pointer`; a Sparkplug point needs none.

    `write_pointer` is where a value stands in the message to `write_topic`: empty where it is the message, and as in
    the report unless stated. In a form it is the fragment of the href (RFC 6901, 6).

    Values of retained messages carry the quality UncertainLastUsableValue: the broker tells what was said
    last, not what holds now. Their time is that of the payload, or of their arrival where it states none.
    """

    protocol = "mqtt"
    schemes = ("mqtt", "mqtts")
    setup = MQTT_SETUP

    def __init__(self, data_dir: Path, clock: Clock, max_packet_bytes: int = MAX_PACKET_BYTES) -> None:
        self._data_dir = data_dir
        self._clock = clock
        self._max_packet_bytes = max_packet_bytes
        self._client_id = f"xushi-{new_id(clock.now_ns())[-12:]}"
        self._session: MqttSession | None = None
        self._columns = Columns()
        self._flush_timer: asyncio.TimerHandle | None = None
        self._sink: Sink = lambda frame: None
        self._frames: list[Frame] = []
        self._frame_rows = 0
        self._exact: dict[str, tuple[_Feeder, ...]] = {}
        self._wild: dict[str, tuple[_Feeder, ...]] = {}
        self._ears: dict[str, tuple[_Ear, ...]] = {}
        self._routes: dict[bytes, tuple[_Feeder, ...]] = {}
        self._readbacks = Readbacks()
        self._reported: dict[str, Point] = {}
        self._sparkplug: SparkplugHost | None = None

    @staticmethod
    def place(source: InterfaceProperty) -> Placement:
        """Return the topic and field, or the Sparkplug metric, that a form names (IDTA 02017, MQTT)."""
        topic = source.form.get("mqv_topic") or source.form.get("mqv_filter") or source.topic
        if not topic:
            return Placement("")
        if "sparkplug" in source.content_type:
            return _place_metric(topic, source)
        steps = [step.replace("~", "~0").replace("/", "~1") for step in source.pointer]
        options: dict[str, Any] = {"pointer": "".join(f"/{step}" for step in steps)}
        qos = source.form.get("mqv_qos", "")
        if qos in ("0", "1", "2"):
            options["qos"] = int(qos)
        if (source.form.get("write:mqv_retain") or source.form.get("mqv_retain", "")).lower() == "true":
            options["retain"] = True
        if source.content_type.startswith("text/"):
            options["content_type"] = source.content_type
        if "write:href" in source.form:
            href, mark, pointer = source.form["write:href"].partition("#")
            written = msgspec.structs.replace(source, href=href)
            options["write_topic"] = source.form.get("write:mqv_topic") or written.topic
            if mark:
                options["write_pointer"] = unquote(pointer)
        return Placement(f"{topic}#{options['pointer']}" if steps else topic, options)

    @staticmethod
    def form(endpoint: str, placement: Placement) -> InterfaceProperty:
        """Return how a topic's field or a metric is written in an Asset Interfaces Description."""
        address, options = placement.address, placement.options
        if is_sparkplug(address) and ":" in address:
            return _metric_form(endpoint, address, options)
        topic, _, pointer = address.partition("#/")
        steps = split_pointer("/" + pointer if pointer else "")
        media = str(options.get("content_type") or "application/json")
        return InterfaceProperty((), endpoint, topic, media, steps, _forms(topic, options))

    @staticmethod
    def prove(placement: Placement, kind: Kind) -> None:
        """Raise a ValueError where a value would be published to many topics at once (MQTT 3.1.1, 3.3.2.1)."""
        if _is_wild(str(placement.options.get("write_topic", ""))):
            raise ValueError("a write_topic holds neither + nor #")

    @staticmethod
    def settable(placement: Placement) -> None:
        """Refuse a set-point that names no topic to set it; see `Explorable`."""
        topic = placement.address.partition("#/")[0]
        if not is_sparkplug(topic) and not placement.options.get("write_topic"):
            raise XushiError("connectors.sheet_write_topic", topic=topic[:200])

    @staticmethod
    def explorer(endpoint: str, settings: dict[str, Any], data_dir: Path, clock: Clock) -> Explorer:
        """Return what listens at a broker; see `Explorable.explorer`."""
        return MqttExplorer(endpoint, settings, data_dir, clock)

    async def run(self, link: Link, sink: Sink, status: StatusListener) -> None:
        """Serve the link until cancelled; see `Connector.run`."""
        self._report = LinkReporter(link.id, self._clock, status)
        self._sink = sink
        self._plan(link)
        backoff = Backoff()
        telling = asyncio.create_task(self._report.tell_regularly())
        try:
            while True:
                try:
                    reason = await self._serve(link, backoff)
                    self._mark_lost("lost", "connectors.lost", plain_reason(link.endpoint, reason))
                except MqttRefused as error:
                    self._mark_lost("refused", "connectors.broker_refused", str(error))
                except (OSError, TimeoutError, ValueError) as error:
                    self._mark_lost("lost", "connectors.unreachable", plain_reason(link.endpoint, error))
                await asyncio.sleep(backoff.next_delay_s())
        finally:
            telling.cancel()
            if self._session is not None:
                self._session.say_goodbye()
                self._session = None
            self._mark_lost("lost", "connectors.stopped", "")

    def _plan(self, link: Link) -> None:
        plain = [point for point in link.points if not is_sparkplug(point.address)]
        by_topic: dict[str, list[Point]] = {}
        for point in plain:
            topic, _, pointer = point.address.partition("#/")
            if pointer and "pointer" not in point.options:
                point = msgspec.structs.replace(point, options={**point.options, "pointer": "/" + pointer})
            by_topic.setdefault(topic, []).append(point)
        self._outage = Outage([point.signal for point in plain])
        self._qos = {
            topic: max(int(point.options.get("qos", 0)) for point in points) for topic, points in by_topic.items()
        }
        feeders = {topic: tuple(self._feeders_of(points)) for topic, points in by_topic.items()}
        self._exact = {topic: found for topic, found in feeders.items() if not _is_wild(topic)}
        self._wild = {topic: found for topic, found in feeders.items() if _is_wild(topic)}
        self._kinds = np.zeros(max((point.signal for point in link.points), default=0) + 1, np.int8)
        for point in link.points:
            self._kinds[point.signal] = point.kind
        chosen = [point for point in link.points if is_sparkplug(point.address)]
        self._reported = {point.address: point for point in chosen}
        self._sparkplug = SparkplugHost(chosen, self._clock, self._report.refuse, self._request) if chosen else None

    def _feeders_of(self, points: Sequence[Point]) -> list[_Feeder]:
        """Points of one topic share a plan where they agree on the form and on where the time stands."""
        groups: dict[tuple[bool, str | None], list[Point]] = {}
        for point in points:
            is_text = str(point.options.get("content_type", "")).startswith("text/")
            groups.setdefault((is_text, point.options.get("time_pointer")), []).append(point)
        return [
            (TextTopic if is_text else JsonTopic)(group, self._report.refuse) for (is_text, _), group in groups.items()
        ]

    async def _serve(self, link: Link, backoff: Backoff) -> str:
        """Hold one connection from sign-in to its loss and return the reason of the loss."""
        self._routes.clear()

        def make() -> MqttSession:
            return MqttSession(self._message, self._after_read, self._oversize, self._max_packet_bytes)

        session = await open_session(link.endpoint, link.security, make)
        try:
            await session.sign_in(self._client_id, link.security.get("username"), link.security.get("password"))
            self._session = session
            self._report.error = ""
            filters = list(self._qos.items())
            if self._sparkplug is not None:
                filters += self._sparkplug.filters()
            refused = await session.subscribe(filters)
            backoff.reset()
            self._outage.is_lost = False
            self._report.enter("live", "connectors.connected")
            if refused:
                self._report.refuse(f"the broker refuses {', '.join(refused[:3])}", len(refused))
            if self._sparkplug is not None:
                self._sparkplug.request_all()
            return await session.lost
        finally:
            self._session = None
            session.say_goodbye()

    # Messages in

    def _message(self, topic: bytes, payload: bytes, is_retained: bool) -> None:
        feeders = self._routes.get(topic)
        if feeders is None:
            feeders = self._route(topic)
        if feeders is _SPARKPLUG:
            if self._sparkplug is not None:
                self._gather(self._sparkplug.feed(topic.decode(), payload))
        elif is_retained:
            self._feed_retained(feeders, payload, self._clock.now_ns())
        else:
            for feeder in feeders:
                feeder.feed(payload, self._columns, self._clock.now_ns())

    def _feed_retained(self, feeders: tuple[_Feeder, ...], payload: bytes, now_ns: int) -> None:
        """A retained value from before the gap holds again from now on, as far as the broker knows."""
        apart = Columns()
        for feeder in feeders:
            feeder.feed(payload, apart, now_ns, UNCERTAIN_LAST_USABLE)
        if len(apart):
            frame = apart.take(now_ns)
            frame.times_ns = self._outage.restate(frame.times_ns, now_ns)
            self._outage.observe(frame.times_ns)
            self._gather([frame])

    def _route(self, topic: bytes) -> tuple[_Feeder, ...]:
        try:
            name = topic.decode("utf-8")
        except UnicodeDecodeError:
            self._report.refuse(f"a topic that is not UTF-8: {topic[:40]!r}")
            return ()
        if self._sparkplug is not None and is_sparkplug(name):
            found: tuple[_Feeder, ...] = _SPARKPLUG
        else:
            found = self._exact.get(name, ())
            for wanted, feeders in self._wild.items():
                if matches(wanted, name):
                    found += feeders
            found += self._ears.get(name, ())
        if len(self._routes) < MAX_KNOWN_TOPICS:
            self._routes[topic] = found
        return found

    def _gather(self, frames: Sequence[Frame]) -> None:
        """Keep frames for the next flush, behind the values that came before them."""
        for frame in frames:
            if len(frame):
                self._gather_columns()
                self._frames.append(frame)
                self._frame_rows += len(frame)

    def _gather_columns(self) -> None:
        if len(self._columns):
            frame = self._columns.take(self._clock.now_ns())
            self._outage.observe(frame.times_ns)
            self._frames.append(frame)
            self._frame_rows += len(frame)

    def _after_read(self) -> None:
        """Hand on what one read gave: at once when it is much, else shortly, so that frames stay few."""
        if self._sparkplug is not None:
            self._gather(self._sparkplug.settle())
        rows = len(self._columns) + self._frame_rows
        if rows >= GATHER_ROWS:
            self._flush()
        elif rows and self._flush_timer is None:
            self._flush_timer = asyncio.get_running_loop().call_later(GATHER_S, self._flush)

    def _flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        self._gather_columns()
        if self._frames:
            frames, self._frames, self._frame_rows = self._frames, [], 0
            frame = Frame.concat(frames, self._kinds)
            self._report.updates += len(frame)
            self._sink(frame)
            self._readbacks.look(frame)

    def _oversize(self, size: int) -> None:
        self._report.refuse(f"a message of {size} bytes was skipped; {self._max_packet_bytes} are allowed")

    def _mark_lost(self, state: Any, text: str, reason: Reason) -> None:
        self._flush()
        now_ns = self._clock.now_ns()
        for gap in (
            self._outage.mark(now_ns),
            *(self._sparkplug.lose_all(now_ns) if self._sparkplug else ()),
        ):
            if gap is not None:
                self._sink(gap)
        self._report.enter(state, text, reason)

    # A conversation

    @asynccontextmanager
    async def hearing(self, topics: Sequence[str]) -> AsyncIterator[asyncio.Queue[tuple[str, bytes]]]:
        """Hear every plain message of these topics as (topic, payload) while this is open."""
        heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue(MAX_HEARD)
        ears = {topic: _Ear(topic, heard) for topic in topics}
        for topic, ear in ears.items():
            self._ears[topic] = (*self._ears.get(topic, ()), ear)
        self._routes.clear()
        try:
            session = self._session
            if session is not None:
                await session.subscribe([(topic, 1) for topic in topics if topic not in self._qos])
            yield heard
        finally:
            for topic, ear in ears.items():
                left = tuple(one for one in self._ears.get(topic, ()) if one is not ear)
                if left:
                    self._ears[topic] = left
                else:
                    self._ears.pop(topic, None)
            self._routes.clear()

    async def say(self, topic: str, payload: bytes) -> WriteResult:
        """Publish bytes with QoS 0 and return once they are on their way."""
        return await self._publish(topic, payload, qos=0)

    # Values out

    def _request(self, topic: str, payload: bytes) -> None:
        """Send a Sparkplug command without waiting; a lost one is asked for again."""
        if self._session is not None:
            asyncio.get_running_loop().create_task(self._send_quietly(topic, payload))

    async def _send_quietly(self, topic: str, payload: bytes) -> None:
        session = self._session
        try:
            if session is not None:
                await session.publish(topic, payload)
        except OSError as error:
            self._report.refuse(f"could not ask for a rebirth: {error}")

    async def write(self, point: Point, value: Any) -> WriteResult:
        """Publish a value and wait until the device reports it; the caller limits the time.

        A Sparkplug metric comes back in the data or birth of its device. JSON goes to `write_topic` with QoS 1 and
        comes back on the point's own topic. Where both are one topic, only our own message would come back: the
        broker then has it, and no device confirms it (GoodCompletesAsynchronously).
        """
        if not point.writable:
            return WriteResult(BAD_NOT_WRITABLE, "this point may only be read")
        if is_sparkplug(point.address):
            return await self._write_metric(point, value)
        reporting = point.address.partition("#/")[0]
        topic = str(point.options.get("write_topic") or reporting)
        pointer = str(point.options.get("write_pointer", point.options.get("pointer", "")))
        if not pointer and "#/" in point.address:
            pointer = "/" + point.address.partition("#/")[2]
        document: Any = iso_text(value) if point.kind is Kind.TIME and isinstance(value, int) else value
        for step in reversed(split_pointer(pointer)):
            document = {step: document}
        is_retained = bool(point.options.get("retain"))
        is_bare = isinstance(document, str) and str(point.options.get("content_type", "")).startswith("text/")
        payload = document.encode() if is_bare else _encode(document)
        if matches(reporting, topic):
            return _unconfirmed(await self._publish(topic, payload, 1, is_retained))
        with self._expecting(point, value) as came:
            result = await self._publish(topic, payload, 1, is_retained)
            return await _confirmed(result, came)

    async def _write_metric(self, point: Point, value: Any) -> WriteResult:
        """Command a metric; a node that does not report it at once is asked to state its values again."""
        if self._sparkplug is None or self._session is None:
            return WriteResult(BAD_NOT_CONNECTED, "not connected to the broker")
        command = self._sparkplug.command(point, value)
        if isinstance(command, WriteResult):
            return command
        topic, payload, told = command
        if point.address not in self._reported:
            return _unconfirmed(await self._publish(topic, payload, qos=0))
        with self._expecting(point, told) as came:
            result = await self._publish(topic, payload, qos=0)
            asking = asyncio.create_task(self._ask_back(self._sparkplug, point))
            try:
                return await _confirmed(result, came)
            finally:
                asking.cancel()

    def _expecting(self, point: Point, value: Any) -> AbstractContextManager[asyncio.Future[None]]:
        """Expect a value among those that come from now on."""
        self._flush()
        return self._readbacks.expecting(point, value)

    @staticmethod
    async def _ask_back(sparkplug: SparkplugHost, point: Point) -> None:
        for delay_s in ASK_BACK_AFTER_S:
            await asyncio.sleep(delay_s)
            sparkplug.ask_back(point)

    def away(self, point: Point) -> str:
        """Say which device of the broker is not online; see `Attentive.away`."""
        if self._sparkplug is None or not is_sparkplug(point.address):
            return ""
        return self._sparkplug.away(point)

    async def call(self, address: str, arguments: Sequence[Any]) -> WriteResult:
        """Publish the arguments to the topic `address`: a single one as it is, several as a JSON list.

        A Sparkplug metric (`spBv1.0/<group>/<node>[/<device>]:<metric>`) is commanded with the one argument, and
        confirmed where it is one of the link's points. Nothing confirms a plain message.
        """
        if is_sparkplug(address) and ":" in address:
            if len(arguments) != 1:
                return WriteResult(BAD_INVALID_ARGUMENT, "a metric takes one argument")
            point = self._reported.get(address, Point(0, "", address, Kind.STRING))
            return await self._write_metric(point, arguments[0])
        document = arguments[0] if len(arguments) == 1 else list(arguments)
        return _unconfirmed(await self._publish(address, _encode(document), qos=1))

    async def _publish(self, topic: str, payload: bytes, qos: int, is_retained: bool = False) -> WriteResult:
        session = self._session
        if session is None:
            return WriteResult(BAD_NOT_CONNECTED, "not connected to the broker")
        try:
            await session.publish(topic, payload, qos, is_retained)
        except TimeoutError:
            return WriteResult(BAD_TIMEOUT, "the broker did not acknowledge in time")
        except NotSent as error:
            return WriteResult(BAD_NOT_CONNECTED, str(error))
        except OSError as error:
            return WriteResult(BAD_CONNECTION_CLOSED, str(error))
        except ValueError as error:
            return WriteResult(BAD_NOT_SUPPORTED, str(error))
        return WriteResult(0, "handed to the broker")


async def _confirmed(sent: WriteResult, came: asyncio.Future[None]) -> WriteResult:
    """Wait for the value to come back; what went out may do so even where the broker's answer was lost."""
    if not sent.is_good and sent.status not in (BAD_TIMEOUT, BAD_CONNECTION_CLOSED):
        return sent
    await came
    return WriteResult(0, "the device reports the value")


def _unconfirmed(sent: WriteResult) -> WriteResult:
    if not sent.is_good:
        return sent
    return WriteResult(COMPLETES_LATER, "the broker has it; its interface names no way for the device to confirm")


def _forms(topic: str, options: dict[str, Any]) -> dict[str, str]:
    """Return the form that tells a topic, and as `write:…` that of the topic it is set by, where there is one."""
    form = {"href": topic, "mqv_topic": topic}
    if "qos" in options:
        form["mqv_qos"] = str(options["qos"])
    retained = {"mqv_retain": "true"} if options.get("retain") else {}
    written = str(options.get("write_topic") or "")
    if not written:
        return form | retained
    pointer = options.get("write_pointer")
    href = written if pointer is None else f"{written}#{quote(str(pointer), safe='/~')}"
    writing = {"href": href, "mqv_topic": written, "op": "writeproperty", **retained}
    return form | {"op": "observeproperty"} | {f"write:{name}": value for name, value in writing.items()}


def _is_wild(topic: str) -> bool:
    return "+" in topic or "#" in topic


def _place_metric(topic: str, source: InterfaceProperty) -> Placement:
    """Return a metric's address; the message type in the topic (DDATA, DBIRTH, …) does not matter."""
    parts = topic.split("/")
    if len(parts) not in (4, 5) or not is_sparkplug(topic):
        return Placement("")
    metric = "/".join(source.pointer) or source.form.get("key") or source.path[-1]
    address = "/".join((parts[0], parts[1], *parts[3:]))
    return Placement(f"{address}:{metric}", {"metric": metric})


def _metric_form(endpoint: str, address: str, options: dict[str, Any]) -> InterfaceProperty:
    metric = str(options.get("metric") or address.partition(":")[2])
    parts = address.removesuffix(f":{metric}").split("/")
    kind = "DDATA" if len(parts) == 4 else "NDATA"
    topic = "/".join((*parts[:2], kind, *parts[2:]))
    return InterfaceProperty((), endpoint, topic, "application/x-sparkplug-b", (metric,), {"href": topic})


def _encode(document: Any) -> bytes:
    return document if isinstance(document, bytes) else msgspec.json.encode(document)


_SPARKPLUG: tuple[_Feeder, ...] = (TextTopic((), lambda reason: None),)
