"""Shelves every run of time that can be shown: the present one, and each recording in the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from xushi.kernel import Clock, XushiError
from xushi.signals import Board, History, LiveTimeline, RecordedTimeline, SignalRegistry, Timeline

LIVE = "live"
_CARD = "recording.json"


class TimelineCard(msgspec.Struct, frozen=True):
    """What a timeline is. ``end_ns`` is None while it still grows."""

    id: str
    kind: Literal["live", "recorded", "branch"]
    title: dict[str, str]
    start_ns: int
    end_ns: int | None


class TimelineShelf:
    """All timelines of one data folder."""

    def __init__(self, folder: Path, board: Board, history: History, registry: SignalRegistry, clock: Clock) -> None:
        self._folder = folder
        self._registry = registry
        self._clock = clock
        self._started_ns = clock.now_ns()
        title = {"en": "Live", "zh-CN": "实时"}
        self._live_card = TimelineCard(LIVE, "live", title, self._started_ns, None)
        self._live = LiveTimeline(board, history, clock, title=title["en"])
        self._recorded: dict[str, RecordedTimeline] = {}
        self._cards: dict[str, TimelineCard] = {}
        for card_path in sorted(folder.glob(f"*/{_CARD}")):
            self._shelve(card_path)

    def _shelve(self, card_path: Path) -> None:
        card = msgspec.json.decode(card_path.read_bytes(), type=TimelineCard)
        folder = card_path.parent / "history"
        title = card.title.get("en", card.id)
        self._recorded[card.id] = RecordedTimeline(
            folder, title, self._clock, timeline_id=card.id, registry=self._registry
        )
        self._cards[card.id] = card

    def folder_of(self, timeline_id: str) -> Path:
        """Where a recording lies."""
        return self._folder / timeline_id

    def add(self, card: TimelineCard) -> None:
        """Shelve a finished recording; its card is written last, so that a torn recording never shows."""
        path = self.folder_of(card.id) / _CARD
        draft = path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(card))
        draft.replace(path)
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
        card = self._cards[timeline_id]
        return timeline.history, card.start_ns, card.end_ns or 0

    def describe(self) -> list[TimelineCard]:
        """The live timeline first, then the recordings."""
        _, first_ns, _ = self.span(LIVE)
        return [msgspec.structs.replace(self._live_card, start_ns=first_ns), *self._cards.values()]

    def close(self) -> None:
        """Close the recordings; the live history is closed by its owner."""
        for timeline in self._recorded.values():
            timeline.close()
