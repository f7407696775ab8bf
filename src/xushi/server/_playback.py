"""Shows the past in one view: an instant, or an hour played at any speed, computed off the event loop."""

from __future__ import annotations

import asyncio
import contextlib
import logging

import numpy as np

from xushi.runtime import DELTA, FULL, LIVE, Platform, encode_frame
from xushi.server._doors import instant_ns
from xushi.server._wire import Wire, envelope
from xushi.signals import Frame, Timeline

log = logging.getLogger("xushi.server")

_MOST_SPEED = 3600.0
_MOST_RATE_HZ = 20.0
_RECENT_NS = 60_000_000_000  # an instant so close to now may still be told more of: by a slow network, a busy machine
_LOOK_AGAIN_S = 2.0


class Playback:
    """One view of one past timeline. The newest wish wins; a slow reader gets fewer pictures, not later ones."""

    def __init__(
        self, platform: Platform, timeline: Timeline, wire: Wire, view: int, handles: np.ndarray | None, rate_hz: float
    ) -> None:
        self.timeline = timeline
        self._platform = platform
        self._wire = wire
        self._view = view
        self._handles = handles
        self._period_s = 1.0 / min(max(rate_hz, 0.5), _MOST_RATE_HZ)
        self._at_ns = 0
        self._speed = 0.0
        self._anchor_s = 0.0
        self._anchor_ns = 0
        self._sequence = 0
        self._is_fresh = True
        self._shown = Frame.empty()
        self._wake = asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def watch(self, handles: np.ndarray | None) -> None:
        """Show other signals from now on."""
        self._handles = handles
        self._is_fresh = True
        self._wake.set()

    def seek(self, at_ms: float) -> None:
        """Show one instant."""
        self._at_ns, self._speed, self._is_fresh = instant_ns(at_ms), 0.0, True
        self._wake.set()

    def play(self, from_ms: float, speed: float) -> None:
        """Run on from an instant."""
        self._anchor_ns = self._at_ns = instant_ns(from_ms)
        self._anchor_s = asyncio.get_running_loop().time()
        self._speed = min(max(speed, 0.01), _MOST_SPEED)
        self._is_fresh = True
        self._wake.set()

    def pause(self) -> None:
        """Stay at the instant shown."""
        self._speed = 0.0

    def stop(self) -> None:
        """End for good."""
        self._task.cancel()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self._speed == 0.0:
                await self._stand()
            self._wake.clear()
            started_s = loop.time()
            if self._speed:
                self._at_ns = self._anchor_ns + int((started_s - self._anchor_s) * self._speed * 1e9)
                self._stop_at_end()
            if not self._wire.is_busy:
                try:
                    await self._show()
                except Exception:
                    log.exception("an instant of %s could not be shown", self.timeline.id)
            if not self._wire.is_open:
                return
            rest_s = self._period_s - (loop.time() - started_s)
            if rest_s > 0 and self._speed:
                await asyncio.sleep(rest_s)

    async def _stand(self) -> None:
        """Wait for the next wish; where the instant is just past, look now and then for what came in late."""
        is_recent = self.timeline.id == LIVE and self._platform.clock.now_ns() - self._at_ns < _RECENT_NS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN_S if is_recent else None):
                await self._wake.wait()

    def _stop_at_end(self) -> None:
        _, _, last_ns = self._platform.timelines.span(self.timeline.id)
        if self._at_ns >= last_ns:
            self._at_ns, self._speed = last_ns, 0.0

    async def _show(self) -> None:
        at_ns, is_fresh, handles = self._at_ns, self._is_fresh, self._handles
        self._is_fresh = False
        frame = await asyncio.to_thread(self._frame, at_ns, handles)
        shown = frame
        if not is_fresh:
            frame = self._changed(frame)
        self._shown = shown
        if not (is_fresh or self._speed or len(frame)):
            return
        kind = FULL if is_fresh else DELTA
        self._sequence += 1
        message = encode_frame(frame, self._platform.registry.kinds, kind, self._view, at_ns / 1e6, self._sequence)
        self._wire.write(envelope(message))

    def _frame(self, at_ns: int, handles: np.ndarray | None) -> Frame:
        # Asked anew each time: a branch that is changed goes another way from then on.
        frame: Frame = self._platform.timelines.get(self.timeline.id).snapshot(at_ns, handles)
        return frame

    def _changed(self, frame: Frame) -> Frame:
        """What differs from the picture shown last: another time or quality of the same signal, or a new signal."""
        last = self._shown
        if np.array_equal(last.signals, frame.signals):
            return frame.take((last.times_ns != frame.times_ns) | (last.qualities != frame.qualities))
        before = dict(zip(last.signals.tolist(), _states(last), strict=True))
        is_new = [
            before.get(handle) != state for handle, state in zip(frame.signals.tolist(), _states(frame), strict=True)
        ]
        return frame.take(np.array(is_new, bool))


def _states(frame: Frame) -> list[tuple[int, int]]:
    return list(zip(frame.times_ns.tolist(), frame.qualities.tolist(), strict=True))
