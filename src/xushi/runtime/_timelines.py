"""Shelves every run of time that can be shown: the present one, and each recording in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from xushi.kernel import Clock, XushiError
from xushi.signals import Board, Frame, History, SignalRegistry

LIVE = "live"
_CARD = "recording.json"


class TimelineCard(msgspec.Struct, frozen=True):
    """What a timeline is. ``end_ns`` is None while it still grows."""

    id: str
    kind: Literal["live", "recorded", "branch"]
    title: dict[str, str]
    start_ns: int
    end_ns: int | None


class Timeline:
    """One run of time over one history; the live one also has a board for its newest instant."""

    def __init__(self, card: TimelineCard, history: History, registry: SignalRegistry, board: Board | None) -> None:
        self.card = card
        self.history = history
        self._registry = registry
        self._board = board

    @property
    def id(self) -> str:
        """The name in links and addresses."""
        return self.card.id

    def snapshot(self, at_ns: int | None = None, handles: object = None) -> Frame:
        """Values in force at an instant, of ``handles`` (int32) or of all signals; None is the newest instant."""
        if at_ns is None and self._board is not None:
            return self._board.read(handles)  # type: ignore[arg-type]
        when_ns = at_ns if at_ns is not None else (self.card.end_ns or 0)
        asked = range(len(self._registry)) if handles is None else handles
        return self.history.value_as_of(asked, when_ns)  # type: ignore[arg-type]


class TimelineShelf:
    """All timelines of one data folder."""

    def __init__(self, folder: Path, board: Board, history: History, registry: SignalRegistry, clock: Clock) -> None:
        self._folder = folder
        self._registry = registry
        self._clock = clock
        self._started_ns = clock.now_ns()
        title = {"en": "Live", "zh-CN": "实时"}
        self._live = Timeline(TimelineCard(LIVE, "live", title, self._started_ns, None), history, registry, board)
        self._recorded: dict[str, Timeline] = {}
        for card_path in sorted(folder.glob(f"*/{_CARD}")):
            self._shelve(card_path)

    def _shelve(self, card_path: Path) -> Timeline:
        card = msgspec.json.decode(card_path.read_bytes(), type=TimelineCard)
        history = History(card_path.parent / "history", self._registry, self._clock, is_read_only=True)
        timeline = Timeline(card, history, self._registry, None)
        self._recorded[card.id] = timeline
        return timeline

    def folder_of(self, timeline_id: str) -> Path:
        """Where a recording lies."""
        return self._folder / timeline_id

    def add(self, card: TimelineCard) -> None:
        """Shelve a finished recording; its card is written last, so that a torn recording never shows."""
        path = self.folder_of(card.id) / _CARD
        path.write_bytes(msgspec.json.encode(card))
        self._shelve(path)

    def has(self, timeline_id: str) -> bool:
        """Whether there is a recording of that name."""
        return timeline_id in self._recorded

    def get(self, timeline_id: str) -> Timeline:
        """A timeline by id. Raises ``runtime.timeline_unknown``."""
        if timeline_id == LIVE:
            return self._live
        if timeline_id not in self._recorded:
            raise XushiError("runtime.timeline_unknown", timeline=timeline_id[:100])
        return self._recorded[timeline_id]

    def span(self, timeline_id: str) -> tuple[History, int, int]:
        """History, first and last instant (ns) of a timeline; the live one reaches to now."""
        timeline = self.get(timeline_id)
        if timeline_id == LIVE:
            bounds = timeline.history.bounds()
            now_ns = self._clock.now_ns()
            first_ns = min(bounds[0], now_ns) if bounds else self._started_ns
            return timeline.history, first_ns, max(now_ns, bounds[1] + 1 if bounds else 0)
        return timeline.history, timeline.card.start_ns, timeline.card.end_ns or 0

    def describe(self) -> list[TimelineCard]:
        """The live timeline first, then the recordings."""
        _, first_ns, _ = self.span(LIVE)
        live = msgspec.structs.replace(self._live.card, start_ns=first_ns)
        return [live, *(timeline.card for timeline in self._recorded.values())]

    def close(self) -> None:
        """Close the recordings; the live history is closed by its owner."""
        for timeline in self._recorded.values():
            timeline.history.close()
