"""The edits of a mapping as steps that go both ways: undo, redo, and a bounded memory of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from xushi.connectors.mapping import Machine, Mapping, Row

EditKind: TypeAlias = Literal["rows", "machine", "sheet", "suggestion"]

MOST_STEPS = 100
MOST_ROWS_KEPT = 1_000_000


class Step(msgspec.Struct, frozen=True):
    """One edit: the rows and machines that it replaced, and what by.

    Attributes:
        count: how many rows or machines a person changed by it.
        places: index of each replaced row where the number of rows stayed; None: `before` stands from `start` on and
            `after` takes its place.
        machines_before, machines_after: machines by key, None where there was or is none.
        order_before, order_after: the keys of all machines in their order; empty where it stayed.
    """

    kind: EditKind
    count: int
    start: int = 0
    places: tuple[int, ...] | None = None
    before: tuple[Row, ...] = ()
    after: tuple[Row, ...] = ()
    machines_before: dict[str, Machine | None] = {}
    machines_after: dict[str, Machine | None] = {}
    order_before: tuple[str, ...] = ()
    order_after: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many rows it holds."""
        return len(self.before) + len(self.after)


def step_between(before: Mapping, after: Mapping, kind: EditKind, count: int) -> Step | None:
    """Return the step from one mapping to another; None where they say the same."""
    old, new = before.rows, after.rows
    start, places = 0, None
    if len(old) == len(new):
        places = tuple(at for at, (a, b) in enumerate(zip(old, new, strict=True)) if a is not b and a != b)
        gone, come = tuple(old[at] for at in places), tuple(new[at] for at in places)
    else:
        start, end = _ends(old, new)
        gone, come = old[start : len(old) - end], new[start : len(new) - end]
    keys = [*before.machines, *(key for key in after.machines if key not in before.machines)]
    changed = [key for key in keys if before.machines.get(key) != after.machines.get(key)]
    is_same_order = list(before.machines) == list(after.machines)
    if not gone and not come and not changed and is_same_order:
        return None
    return Step(
        kind, count, start, places, gone, come,
        {key: before.machines.get(key) for key in changed}, {key: after.machines.get(key) for key in changed},
        () if is_same_order else tuple(before.machines), () if is_same_order else tuple(after.machines),
    )  # fmt: skip


def _ends(old: Sequence[Row], new: Sequence[Row]) -> tuple[int, int]:
    """Return how many rows are the same at the beginning and, beyond these, at the end."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    end = next((at for at in range(most - start) if old[-1 - at] != new[-1 - at]), most - start)
    return start, end


def forward(mapping: Mapping, step: Step) -> Mapping:
    """Return the mapping after a step."""
    return _replaced(mapping, step, step.before, step.after, step.machines_after, step.order_after)


def backward(mapping: Mapping, step: Step) -> Mapping:
    """Return the mapping before a step."""
    return _replaced(mapping, step, step.after, step.before, step.machines_before, step.order_before)


def _replaced(
    mapping: Mapping, step: Step, gone: Sequence[Row], come: Sequence[Row], machines: dict[str, Machine | None],
    order: Sequence[str],
) -> Mapping:  # fmt: skip
    rows = mapping.rows
    if step.places is None:
        rows = (*rows[: step.start], *come, *rows[step.start + len(gone) :])
    elif step.places:
        edited = list(rows)
        for at, row in zip(step.places, come, strict=True):
            edited[at] = row
        rows = tuple(edited)
    merged = {**mapping.machines, **machines}
    kept = {key: machine for key in order or merged if (machine := merged[key]) is not None}
    return Mapping(kept, rows)


class Edits:
    """A mapping with the steps that led to it from the oldest one that can be reached again.

    Attributes:
        steps: the oldest first; those from `done` on were undone and can be redone.
    """

    def __init__(self, mapping: Mapping, steps: Sequence[Step] = (), done: int = 0) -> None:
        self.mapping = mapping
        self.steps = list(steps)
        self.done = done

    def undo_step(self) -> Step | None:
        """Return the step that `undo` would take back."""
        return self.steps[self.done - 1] if self.done else None

    def redo_step(self) -> Step | None:
        """Return the step that `redo` would do again."""
        return self.steps[self.done] if self.done < len(self.steps) else None

    def take(self, after: Mapping, kind: EditKind, count: int) -> Step | None:
        """Go on to a new mapping; what had been undone is forgotten. None where it says the same."""
        step = step_between(self.mapping, after, kind, count)
        if step is not None:
            del self.steps[self.done :]
            self.steps.append(step)
            self.done += 1
            self.mapping = after
        return step

    def undo(self) -> Step | None:
        """Take the last step back; None where there is none."""
        step = self.undo_step()
        if step is not None:
            self.mapping = backward(self.mapping, step)
            self.done -= 1
        return step

    def redo(self) -> Step | None:
        """Do the step again that was undone last; None where there is none."""
        step = self.redo_step()
        if step is not None:
            self.mapping = forward(self.mapping, step)
            self.done += 1
        return step

    def surplus(self, most: int = MOST_STEPS, most_rows: int = MOST_ROWS_KEPT) -> int:
        """Return how many of the oldest steps are beyond the bounds; the newest is always kept."""
        rows, kept = 0, 0
        for step in reversed(self.steps):
            rows += step.size
            if kept and (kept >= most or rows > most_rows):
                break
            kept += 1
        return min(len(self.steps) - kept, self.done)

    def first(self) -> Mapping:
        """Return the mapping before the oldest step."""
        mapping = self.mapping
        for step in reversed(self.steps[: self.done]):
            mapping = backward(mapping, step)
        return mapping

    def forget(self, count: int) -> None:
        """Forget the oldest steps."""
        del self.steps[:count]
        self.done -= count
