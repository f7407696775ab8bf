"""Shelves every run of time that can be shown: the present one, each recording in the data folder, each branch."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

import msgspec

from xushi.kernel import Clock, XushiError
from xushi.signals import Board, History, LiveTimeline, RecordedTimeline, SignalRegistry, Timeline

LIVE = "live"
_CARD = "recording.json"


class TimelineCard(msgspec.Struct, frozen=True):
    """What a timeline is. ``end_ns`` is None while it still grows; a branch has a parent and a fork."""

    id: str
    kind: Literal["live", "recorded", "branch"]
    title: dict[str, str]
    start_ns: int
    end_ns: int | None
    parent: str | None = None
    fork_ns: int | None = None


class BranchShelf(Protocol):
    """Where branches come from; they are opened when they are asked for."""

    def has(self, timeline_id: str) -> bool:
        """Whether there is a branch of that name."""
        ...

    def open(self, timeline_id: str) -> Timeline:
        """The branch. Raises ``runtime.branch_not_ready`` while it has no path yet."""
        ...

    def card(self, timeline_id: str) -> TimelineCard:
        """What a branch is."""
        ...

    def cards(self) -> list[TimelineCard]:
        """What every branch is, the oldest first."""
        ...


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
        self.branches: BranchShelf | None = None
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
        """Whether there is a recording or a branch of that name."""
        return timeline_id in self._recorded or self._has_branch(timeline_id)

    def _has_branch(self, timeline_id: str) -> bool:
        return self.branches is not None and self.branches.has(timeline_id)

    def get(self, timeline_id: str) -> Timeline:
        """A timeline by id. Raises ``runtime.timeline_unknown``, ``runtime.branch_not_ready``."""
        if timeline_id == LIVE:
            return self._live
        if self.branches is not None and self.branches.has(timeline_id):
            return self.branches.open(timeline_id)
        if timeline_id not in self._recorded:
            raise XushiError("runtime.timeline_unknown", timeline=timeline_id[:100])
        return self._recorded[timeline_id]

    def span(self, timeline_id: str) -> tuple[Timeline, int, int]:
        """A timeline with its first and last instant (ns); the live one reaches to now, a branch from before its fork.

        Raises: as `get`.
        """
        timeline = self.get(timeline_id)
        if timeline_id == LIVE:
            bounds = timeline.history.bounds()
            now_ns = self._clock.now_ns()
            first_ns = min(bounds[0], now_ns) if bounds else self._started_ns
            return timeline, first_ns, max(now_ns, bounds[1] + 1 if bounds else 0)
        if self.branches is not None and self.branches.has(timeline_id):
            card = self.branches.card(timeline_id)
        else:
            card = self._cards[timeline_id]
        return timeline, card.start_ns, card.end_ns or 0

    def reaches_back_to(self, timeline_id: str) -> int | None:
        """The first instant (ns) of the live timeline or of a recording; None where there is no such."""
        if timeline_id == LIVE:
            return self.span(LIVE)[1]
        card = self._cards.get(timeline_id)
        return None if card is None else card.start_ns

    def describe(self) -> list[TimelineCard]:
        """The live timeline first, then the recordings, then the branches."""
        _, first_ns, _ = self.span(LIVE)
        branches = [] if self.branches is None else self.branches.cards()
        return [msgspec.structs.replace(self._live_card, start_ns=first_ns), *self._cards.values(), *branches]

    def title(self, timeline_id: str) -> dict[str, str]:
        """What a timeline is called; its id where it is gone."""
        return next((card.title for card in self.describe() if card.id == timeline_id), {"en": timeline_id})

    def close(self) -> None:
        """Close the recordings; the live history is closed by its owner."""
        for timeline in self._recorded.values():
            timeline.close()
