"""One WebSocket connection: what a page asks for, and what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from xushi.kernel import Actor, Outcome, XushiError, nearest_language
from xushi.server import _messages as m
from xushi.server._doors import Doors, to_ms
from xushi.server._fanout import LiveView, Viewer
from xushi.server._playback import Playback
from xushi.server._reading import read_route
from xushi.server._wire import EXTENSION, Wire

_MOST_VIEWS = 16
_MOST_REQUESTS = 32
_UNREAD_S = 10.0
_decoder = msgspec.json.Decoder(m.ClientMessage)


class Connection:
    """The state of one page: its language, its views of the present and of the past."""

    def __init__(self, doors: Doors, wire: Wire, actor: Actor, language: str, credential: str = "") -> None:
        self.doors = doors
        self.credential = credential
        self.actor = actor
        self.language = language
        self.viewer = Viewer(wire, self)
        self._watches: dict[int, m.Watch] = {}
        self._playbacks: dict[int, Playback] = {}
        self._requests: set[asyncio.Task[None]] = set()
        self._answering = asyncio.Lock()

    def close(self) -> None:
        """Stop what runs for this page; a command that was begun is carried to its end."""
        for playback in self._playbacks.values():
            playback.stop()

    def receive(self, text: str | bytes) -> None:
        """Act on one message, JSON in a frame of either kind; a refusal is told, never raised."""
        request = None
        try:
            message = _decoder.decode(text)
            request = getattr(message, "request", None)
            self._act(message)
        except XushiError as error:
            self._tell_error(error, request)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            self._tell_error(XushiError("server.message_invalid", reason=str(error)), request)

    def _act(self, message: Any) -> None:
        match message:
            case m.Hello(language=language):
                self.language = nearest_language(language)
            case m.Watch():
                self._watch(message)
            case m.Unwatch(view=view):
                self._unwatch(view)
            case m.Seek(view=view, timeline=timeline, at_ms=at_ms):
                self._playback(view, timeline).seek(at_ms)
            case m.Play(view=view, timeline=timeline, from_ms=from_ms, speed=speed):
                self._playback(view, timeline).play(from_ms, speed)
            case m.Pause(view=view):
                if view in self._playbacks:
                    self._playbacks[view].pause()
            case m.Live(view=view):
                self._end_playback(view)
                self._show_live(view)
            case m.Run():
                self._begin(self._run(message))
            case m.Undo():
                self._begin(self._undo(message))
            case m.Ask():
                self._begin(self._read(message))

    # ---- views
    def _handles(self, watch: m.Watch) -> np.ndarray | None:
        if watch.signals == "all":
            return None
        total = len(self.doors.platform.registry)
        handles = np.unique(np.asarray(watch.signals, np.int64))
        if len(handles) and (handles[0] < 0 or handles[-1] >= total):
            raise XushiError("server.signal_unknown", handle=int(handles[-1]))
        return handles.astype(np.int32)

    def _watch(self, watch: m.Watch) -> None:
        if not 0 <= watch.view < 65_536 or (watch.view not in self._watches and len(self._watches) >= _MOST_VIEWS):
            raise XushiError("server.view_invalid", view=watch.view, most=_MOST_VIEWS)
        self._handles(watch)
        if watch.timeline != "live":
            self.doors.platform.timelines.get(watch.timeline)
        self._watches[watch.view] = watch
        playback = self._playbacks.get(watch.view)
        if playback is not None:
            playback.watch(self._handles(watch))
        elif watch.timeline == "live":
            self._show_live(watch.view)
        else:
            _, first_ns, _ = self.doors.platform.timelines.span(watch.timeline)
            self._playback(watch.view, watch.timeline).seek(to_ms(first_ns))

    def _show_live(self, view: int) -> None:
        watch = self._watches.get(view)
        if watch is None:
            raise XushiError("server.view_unknown", view=view)
        shared = self.doors.fanout.watch_set(self._handles(watch))
        self.viewer.views[view] = LiveView(view, shared, watch.rate_hz)

    def _unwatch(self, view: int) -> None:
        self._watches.pop(view, None)
        self.viewer.views.pop(view, None)
        self._end_playback(view)

    def _playback(self, view: int, timeline: str) -> Playback:
        watch = self._watches.get(view)
        if watch is None:
            raise XushiError("server.view_unknown", view=view)
        self.viewer.views.pop(view, None)
        playback = self._playbacks.get(view)
        if playback is None or playback.timeline.id != timeline:
            self._end_playback(view)
            source = self.doors.platform.timelines.get(timeline)
            playback = Playback(
                self.doors.platform, source, self.viewer.wire, view, self._handles(watch), watch.rate_hz
            )
            self._playbacks[view] = playback
        return playback

    def _end_playback(self, view: int) -> None:
        playback = self._playbacks.pop(view, None)
        if playback is not None:
            playback.stop()

    # ---- commands and questions
    def _begin(self, work: Any) -> None:
        if len(self._requests) >= _MOST_REQUESTS:
            work.close()
            raise XushiError("server.too_often")
        task = asyncio.get_running_loop().create_task(work)
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _run(self, message: m.Run) -> None:
        bus = self.doors.platform.bus
        with self._refusals_of(message.request):
            outcome = await bus.run(
                message.command, message.params, self.actor, dry_run=message.dry_run, reason=message.reason[:1000]
            )
            self._tell_outcome(message.request, outcome)

    async def _undo(self, message: m.Undo) -> None:
        with self._refusals_of(message.request):
            self._tell_outcome(message.request, await self.doors.platform.bus.undo(message.command_id, self.actor))

    async def _read(self, message: m.Ask) -> None:
        with self._refusals_of(message.request):
            body = await read_route(self.doors, self.actor, self.language, message.path)
            await self._tell_in_turn(m.AnswerMessage(message.request, msgspec.Raw(body)))

    async def _tell_in_turn(self, answer: m.AnswerMessage) -> None:
        """Tell when the answers before have been read: all of them at once would pass what the wire lets pile up.

        Raises:
            XushiError: ``server.answer_unread`` where nothing was read for some seconds.
        """
        async with self._answering:
            try:
                await asyncio.wait_for(self.viewer.wire.has_room(), _UNREAD_S)
            except TimeoutError as error:
                raise XushiError("server.answer_unread", seconds=_UNREAD_S) from error
            self.viewer.wire.tell(answer)

    @contextmanager
    def _refusals_of(self, request: int | str) -> Iterator[None]:
        """Tell the page of what its request is refused with; an unexpected error is told, and goes on to the log."""
        try:
            yield
        except XushiError as error:
            self._tell_error(error, request)
        except Exception:
            self._tell_error(XushiError("server.internal"), request)
            raise

    def _tell_outcome(self, request: int | str, outcome: Outcome) -> None:
        shown = self.doors.outcome(outcome, self.language)
        self.viewer.wire.tell(m.OutcomeMessage(request=request, **msgspec.structs.asdict(shown)))

    def _tell_error(self, error: XushiError, request: int | str | None) -> None:
        self.viewer.wire.tell(m.ErrorMessage(m.ErrorBody(**error.to_dict(self.language)), request))


async def serve_socket(doors: Doors, socket: WebSocket, actor: Actor, credential: str) -> None:
    """Serve one accepted page until it leaves, or until its session or token (``credential`` is its id) ends."""
    await socket.accept()
    wire: Wire = socket.scope["extensions"][EXTENSION]
    language = nearest_language(socket.headers.get("accept-language", "en"))
    connection = Connection(doors, wire, actor, language, credential)
    now_ms = to_ms(doors.platform.clock.now_ns())
    wire.tell(m.Welcome(m.Me(actor.id, actor.name, sorted(actor.scopes)), now_ms))
    doors.fanout.join(connection.viewer)
    try:
        while True:
            message = await socket.receive()
            if message["type"] != "websocket.receive":
                return
            connection.receive(message["text"] if message.get("text") is not None else message["bytes"])
    except WebSocketDisconnect:
        return
    finally:
        doors.fanout.leave(connection.viewer)
        connection.close()
