"""A buffer that carries: who is on it and where, as parts run at one speed and close up at its end."""

from __future__ import annotations

from collections.abc import Iterator

_STEP_S = 2.0  # between two pictures of parts that move; the scene moves them smoothly in between


class Belt:
    """The parts on one carrying buffer, the foremost first; positions run from 0 at the inlet to 1 at the outlet."""

    def __init__(self, transfer_s: float, capacity: int) -> None:
        self.transfer_s = max(transfer_s, 1e-3)
        self._spacing = 1.0 / max(1, capacity)
        self._inside: list[tuple[float, int]] = []
        self._last_left_s = -1e9
        self._shown_s = 0.0
        self._moved: list[tuple[float, list[float]]] = []

    def enter(self, part: int, entered_s: float, now_s: float) -> None:
        """Let a part in that came in at an instant, now or before."""
        self._catch_up(now_s)
        self._inside.append((entered_s, part))
        self._inside.sort()

    def leave(self, part: int, now_s: float) -> None:
        """Let a part out."""
        self._catch_up(now_s)
        self._inside = [one for one in self._inside if one[1] != part]
        self._last_left_s = now_s

    def moves(self, now_s: float) -> Iterator[tuple[float, list[float]]]:
        """Yield (instant, positions) of what has moved since the last time."""
        self._catch_up(now_s)
        moved, self._moved = self._moved, []
        yield from moved

    def _catch_up(self, now_s: float) -> None:
        if self._inside:
            settled_s = max(self._inside[-1][0] + self.transfer_s, self._last_left_s + self._spacing * self.transfer_s)
            end_s = min(now_s, settled_s)
            at_s = self._shown_s + _STEP_S
            while at_s < end_s:
                self._moved.append((at_s, self.positions(at_s)))
                at_s += _STEP_S
            if self._shown_s < settled_s < now_s:
                self._moved.append((settled_s, self.positions(settled_s)))
        self._shown_s = now_s

    def parts(self) -> list[int]:
        """Who is on it."""
        return [part for _, part in self._inside]

    def positions(self, at_s: float) -> list[float]:
        """Where each part is."""
        limit = min(1.0, 1.0 - self._spacing + (at_s - self._last_left_s) / self.transfer_s)
        found = []
        for entered_s, _ in self._inside:
            place = max(0.0, min((at_s - entered_s) / self.transfer_s, limit))
            found.append(round(place, 4))
            limit = place - self._spacing
        return found
