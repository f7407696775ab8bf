"""The three kinds of time bar: live, recorded, and a branch that forks from another and goes its own way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike

from xushi.kernel import Clock, XushiError
from xushi.signals._board import Board
from xushi.signals._buckets import Buckets, join_buckets
from xushi.signals._frame import Frame
from xushi.signals._history import History
from xushi.signals._points import Points
from xushi.signals._registry import SignalRegistry

TimelineKind = Literal["live", "recorded", "branch"]


class Timeline(Protocol):
    """Everything that can be asked of a stretch of time; who asks cannot tell the kinds apart.

    Times are ns since the Unix epoch, UTC; a span is start_ns <= time < end_ns. The methods may be called
    from any thread.
    """

    @property
    def id(self) -> str:
        """The name in addresses; the live timeline is `live`."""
        ...

    @property
    def kind(self) -> TimelineKind:
        """What kind it is."""
        ...

    @property
    def title(self) -> str:
        """What people call it."""
        ...

    @property
    def parent(self) -> Timeline | None:
        """The timeline that this one forked from."""
        ...

    @property
    def fork_ns(self) -> int | None:
        """The instant of the fork; before it the parent speaks."""
        ...

    @property
    def registry(self) -> SignalRegistry:
        """What the handles of this timeline mean."""
        ...

    @property
    def history(self) -> History:
        """The timeline's own recorded values."""
        ...

    def bounds(self) -> tuple[int, int | None]:
        """Return (first, last) instant; the last is None while time goes on."""
        ...

    def snapshot(self, at_ns: int | None = None, handles: ArrayLike | None = None) -> Frame:
        """Return the value in force of each of `handles` (or of all) at an instant, or now."""
        ...

    def pieces(self, handle: int, start_ns: int, end_ns: int) -> Iterator[Points]:
        """Yield the points of a signal in a span piece by piece, in time order."""
        ...

    def range(self, handle: int, start_ns: int, end_ns: int, limit: int | None = None) -> Frame:
        """Return the points of a signal in a span, the first `limit` of them."""
        ...

    def buckets(self, handle: int, start_ns: int, end_ns: int, n: int) -> Buckets:
        """Return n intervals of a span with min, max, mean, last and count."""
        ...


class _Recorded:
    """What a live and a recorded timeline have in common: both speak from one history."""

    parent: Timeline | None = None
    fork_ns: int | None = None

    def __init__(self, timeline_id: str, title: str, history: History) -> None:
        self.id = timeline_id
        self.title = title
        self.history = history
        self.registry = history.registry

    def pieces(self, handle: int, start_ns: int, end_ns: int) -> Iterator[Points]:
        """Yield the points of a signal in a span piece by piece, in time order."""
        return self.history.pieces(handle, start_ns, end_ns)

    def range(self, handle: int, start_ns: int, end_ns: int, limit: int | None = None) -> Frame:
        """Return the points of a signal in a span, the first `limit` of them."""
        return self.history.range(handle, start_ns, end_ns, limit)

    def buckets(self, handle: int, start_ns: int, end_ns: int, n: int) -> Buckets:
        """Return n intervals of a span with min, max, mean, last and count."""
        return self.history.buckets(handle, start_ns, end_ns, n)

    def _as_of(self, at_ns: int, handles: ArrayLike | None) -> Frame:
        asked = np.arange(len(self.registry), dtype=np.int32) if handles is None else handles
        return self.history.value_as_of(asked, at_ns)


class LiveTimeline(_Recorded):
    """Now, and all of the past that is kept: the board and the history together."""

    kind: TimelineKind = "live"

    def __init__(
        self, board: Board, history: History, clock: Clock, *, timeline_id: str = "live", title: str = "Live"
    ) -> None:
        super().__init__(timeline_id, title, history)
        self.board = board
        self._clock = clock

    def bounds(self) -> tuple[int, int | None]:
        """Return (first instant recorded, or now; None, since time goes on)."""
        known = self.history.bounds()
        return (known[0] if known is not None else self._clock.now_ns()), None

    def snapshot(self, at_ns: int | None = None, handles: ArrayLike | None = None) -> Frame:
        """Return the value in force of each of `handles` (or of all) at an instant, or now."""
        return self.board.read(handles) if at_ns is None else self._as_of(at_ns, handles)


class RecordedTimeline(_Recorded):
    """A past that is over: a folder with a history and its list of signals, opened for reading only."""

    kind: TimelineKind = "recorded"

    def __init__(
        self,
        folder: Path | str,
        title: str,
        clock: Clock,
        *,
        timeline_id: str | None = None,
        registry: SignalRegistry | None = None,
    ) -> None:
        """Open `folder`, which holds `history.sqlite`, and `signals.sqlite` where no `registry` is given.

        Raises:
            XushiError: `signals.registry_unreadable`, `signals.history_unreadable`.
        """
        place = Path(folder)
        self._own_registry = None
        if registry is None:
            registry = self._own_registry = SignalRegistry(place / "signals.sqlite", is_read_only=True)
        history = History(place, registry, clock, is_read_only=True)
        super().__init__(timeline_id or place.name, title, history)

    def bounds(self) -> tuple[int, int | None]:
        """Return (first, last) instant recorded; (0, 0) for an empty recording."""
        return self.history.bounds() or (0, 0)

    def snapshot(self, at_ns: int | None = None, handles: ArrayLike | None = None) -> Frame:
        """Return the value in force of each of `handles` (or of all) at an instant, or at the end."""
        at_end = self.bounds()[1] or 0
        return self._as_of(at_end if at_ns is None else at_ns, handles)

    def close(self) -> None:
        """Let go of the folder."""
        self.history.close()
        if self._own_registry is not None:
            self._own_registry.close()


class BranchTimeline(_Recorded):
    """A course of things that might be: up to the fork the parent's past, from there on its own values.

    A signal that has no value of its own yet has, after the fork, the one it had at the fork. A branch whose parent is
    gone, or no longer reaches back to the fork, begins there.
    """

    kind: TimelineKind = "branch"

    def __init__(
        self,
        timeline_id: str,
        title: str,
        parent: Timeline | None,
        fork_ns: int,
        board: Board | None,
        history: History,
        end_ns: int | None = None,
    ) -> None:
        """Fork from `parent`; handles mean the same in both.

        Args:
            board: its newest values while it still runs; None for one that is computed to its end.
            end_ns: where it ends; its last value when left out.

        Raises:
            XushiError: `signals.fork_refused` when the parent does not reach back to `fork_ns`.
        """
        super().__init__(timeline_id, title, history)
        if parent is not None:
            first, last = parent.bounds()
            if fork_ns < first or (last is not None and fork_ns > last):
                raise XushiError("signals.fork_refused", title=parent.title, fork_ns=fork_ns)
        self.parent: Timeline | None = parent
        self.fork_ns: int = fork_ns
        self.board = board
        self._end_ns = end_ns
        self._at_fork: Frame | None = None

    def bounds(self) -> tuple[int, int | None]:
        """Return (the parent's first instant, or the fork; the last of its own or the fork)."""
        own = self.history.bounds()
        last = max(self.fork_ns, own[1] if own is not None else self.fork_ns)
        first = self.fork_ns if self.parent is None else self.parent.bounds()[0]
        return first, last if self._end_ns is None else self._end_ns

    def snapshot(self, at_ns: int | None = None, handles: ArrayLike | None = None) -> Frame:
        """Return the value in force of each of `handles` (or of all) at an instant, or the newest."""
        if at_ns is not None and at_ns < self.fork_ns:
            return Frame.empty() if self.parent is None else self.parent.snapshot(at_ns, handles)
        if at_ns is None and self.board is not None:
            own = self.board.read(handles)
        else:
            own = self._as_of(self.bounds()[1] or self.fork_ns if at_ns is None else at_ns, handles)
        inherited = self._inherited()
        if handles is not None:
            inherited = inherited.take(np.isin(inherited.signals, np.asarray(handles)))
        inherited = inherited.take(~np.isin(inherited.signals, own.signals))
        return Frame.concat([inherited, own], self.registry.kinds)

    def _inherited(self) -> Frame:
        """Return the parent's values just before the fork; the past stays, so they are asked once."""
        if self._at_fork is None:
            self._at_fork = Frame.empty() if self.parent is None else self.parent.snapshot(self.fork_ns - 1)
        return self._at_fork

    def pieces(self, handle: int, start_ns: int, end_ns: int) -> Iterator[Points]:
        """Yield the points of a signal in a span: the parent's before the fork, its own from there."""
        if start_ns < self.fork_ns and self.parent is not None:
            yield from self.parent.pieces(handle, start_ns, min(end_ns, self.fork_ns))
        if end_ns > self.fork_ns:
            yield from self.history.pieces(handle, max(start_ns, self.fork_ns), end_ns)

    def range(self, handle: int, start_ns: int, end_ns: int, limit: int | None = None) -> Frame:
        """Return the points of a signal in a span, the first `limit` of them."""
        before = Frame.empty()
        if self.parent is not None and start_ns < self.fork_ns:
            before = self.parent.range(handle, start_ns, min(end_ns, self.fork_ns), limit)
        rest = None if limit is None else limit - len(before)
        after = self.history.range(handle, max(start_ns, self.fork_ns), end_ns, rest)
        return Frame.concat([before, after], self.registry.kinds)

    def buckets(self, handle: int, start_ns: int, end_ns: int, n: int) -> Buckets:
        """Return n intervals of a span; where it holds the fork, one of them begins exactly there."""
        if end_ns <= self.fork_ns and self.parent is not None:
            return self.parent.buckets(handle, start_ns, end_ns, n)
        if start_ns >= self.fork_ns or n == 1 or self.parent is None:
            return self.history.buckets(handle, start_ns, end_ns, n)
        share = round(n * ((self.fork_ns - start_ns) / (end_ns - start_ns)))
        before = min(n - 1, max(1, share))
        return join_buckets(
            self.parent.buckets(handle, start_ns, self.fork_ns, before),
            self.history.buckets(handle, self.fork_ns, end_ns, n - before),
        )
