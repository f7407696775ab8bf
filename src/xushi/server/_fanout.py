"""Sends what changed to every viewer, once a tick: encoded once for all who show the same, newest wins."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from xushi.runtime import DELTA, FULL, Platform, encode_body, encode_header
from xushi.server._wire import Wire, envelope

log = logging.getLogger("xushi.server")

MAX_RATE_HZ = 50.0
_NS_PER_MS = 1e6
_TICKS_PER_S = 100.0


class WatchSet:
    """The signals of a view; views that show the same signals share one set and one encoding."""

    def __init__(self, handles: np.ndarray | None) -> None:
        """``handles`` is a sorted int32 array, None for all signals."""
        self.handles = handles
        self.key: bytes | None = None if handles is None else handles.tobytes()
        self._mask = np.zeros(0, bool)

    def select(self, changed: np.ndarray, total: int) -> np.ndarray:
        """Those of ``changed`` that are in the set; ``total`` is the number of signals there are."""
        if self.handles is None:
            return changed
        if len(self._mask) < total:
            self._mask = np.zeros(total, bool)
            self._mask[self.handles[self.handles < total]] = True
        chosen: np.ndarray = changed[self._mask[changed]]
        return chosen


class LiveView:
    """A view of the present on one wire."""

    def __init__(self, view: int, watch: WatchSet, rate_hz: float) -> None:
        self.view = view
        self.watch = watch
        self.period_s = 1.0 / min(max(rate_hz, 0.1), MAX_RATE_HZ)
        self.due_s = 0.0
        self.since = 0
        self.is_fresh = True


class Viewer:
    """One open page: a wire, its views of the present, and whoever knows its language."""

    def __init__(self, wire: Wire, owner: Any = None) -> None:
        self.wire = wire
        self.owner = owner
        self.views: dict[int, LiveView] = {}


class Fanout:
    """The loop that ticks for all viewers together."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._viewers: set[Viewer] = set()
        self._sets: dict[bytes | None, WatchSet] = {}
        self._sequence = 0
        self._task: asyncio.Task[None] | None = None
        self.messages = 0
        self.skipped = 0

    def __len__(self) -> int:
        return len(self._viewers)

    def start(self) -> None:
        """Begin to tick in the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stop ticking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    def join(self, viewer: Viewer) -> None:
        """Add a viewer."""
        self._viewers.add(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer."""
        self._viewers.discard(viewer)

    def end_session(self, credential: str) -> None:
        """Close the pages that were opened with a session or token that has ended."""
        for viewer in list(self._viewers):
            if viewer.owner is not None and viewer.owner.credential == credential:
                viewer.wire.drop()

    def watch_set(self, handles: np.ndarray | None) -> WatchSet:
        """The shared set of these signals."""
        key = None if handles is None else handles.tobytes()
        known = self._sets.get(key)
        if known is None:
            if len(self._sets) > 4 * len(self._viewers) + 64:
                self._sets.clear()
            known = self._sets[key] = WatchSet(handles)
        return known

    def broadcast(self, make: Callable[[str], Any]) -> None:
        """Tell everyone: ``make(language)`` gives the message, once for each language."""
        made: dict[str, bytes] = {}
        for viewer in list(self._viewers):
            language = viewer.owner.language if viewer.owner is not None else "en"
            if language not in made:
                made[language] = envelope(msgspec.json.encode(make(language)), is_text=True)
            viewer.wire.write(made[language])

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            started_s = loop.time()
            if self._viewers:
                try:
                    self.tick(started_s)
                except Exception:
                    log.exception("a tick failed; the next one tries again")
            await asyncio.sleep(max(0.0, started_s + 1.0 / _TICKS_PER_S - loop.time()))

    def tick(self, now_s: float) -> None:
        """Send to each view that is due what changed since its last message."""
        self._sequence += 1
        made: dict[tuple[bytes | None, int, bool, int], bytes | None] = {}
        bodies: dict[tuple[bytes | None, int, bool], tuple[bytes, int, int]] = {}
        newest = self._platform.board.sequence
        now_ms = self._platform.clock.now_ns() / _NS_PER_MS
        for viewer in self._viewers:
            for view in viewer.views.values():
                if now_s < view.due_s or (view.since == newest and not view.is_fresh):
                    continue
                if viewer.wire.is_busy:
                    self.skipped += 1
                    continue
                key = (view.watch.key, view.since, view.is_fresh, view.view)
                if key not in made:
                    made[key] = self._message(view, now_ms, bodies)
                message = made[key]
                view.since, view.is_fresh, view.due_s = newest, False, _next_beat(now_s, view.period_s)
                if message is not None:
                    viewer.wire.write(message)
                    self.messages += 1

    def _message(
        self, view: LiveView, now_ms: float, bodies: dict[tuple[bytes | None, int, bool], tuple[bytes, int, int]]
    ) -> bytes | None:
        key = (view.watch.key, view.since, view.is_fresh)
        if key not in bodies:
            bodies[key] = self._body(view)
        body, text_bytes, count = bodies[key]
        if not count and not view.is_fresh:
            return None
        kind = FULL if view.is_fresh else DELTA
        header = encode_header(kind, view.view, count, now_ms, text_bytes, self._sequence)
        return envelope(header + body)

    def _body(self, view: LiveView) -> tuple[bytes, int, int]:
        board, registry = self._platform.board, self._platform.registry
        if view.is_fresh:
            handles = view.watch.handles
            if handles is not None:
                handles = handles[handles < len(registry)]
        else:
            changed, _ = board.changed_since(view.since)
            handles = view.watch.select(changed, len(registry))
            if not len(handles):
                return b"", 0, 0
        frame = board.read(handles)
        body, text_bytes = encode_body(frame, registry.kinds)
        return body, text_bytes, len(frame)


def _next_beat(now_s: float, period_s: float) -> float:
    """The next whole multiple of a period: viewers of one rate fall due together and share an encoding."""
    return (now_s // period_s + 1.0) * period_s
