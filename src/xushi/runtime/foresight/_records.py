"""Reads what a machine and a buffer did out of a timeline: work on parts, interruptions, levels.

A machine's time is told by its state (OPC 40001-1) together with the part it has: executing is work; out of service is
a failure; set-up mode is a set-up; not executing with a part that is worked on again later is a stop (a wrong part; no
material, where nothing tells that it is that); not executing with a finished part is blocked; all else is waiting for
parts, or for material where its stock is told. A set-up for the first part of another job order is none of these where
the twin states the time that it takes: a model has that. A failure or a set-up in which the wear of the tool falls is a
breaking or a change of the tool.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xushi.runtime.foresight._plant import EXECUTING, OUT_OF_SERVICE, SETUP, Node
from xushi.signals import Kind, Timeline

_S = 1e9
_SHORTEST_STOP_S = 1e-3
_FALL = 0.05  # of the wear: less is noise of a sensor, and no new tool
_WORN = 0.97  # of the wear at which tools come off: who stands then has a tool to be changed
_TOOL_LATE_S = 5.0  # by which the news of a new tool may come after the machine is ready
TOOL_KINDS = {"failure": "tool_break", "setup": "tool_change"}
KINDS = ("failure", "setup", "stop", *TOOL_KINDS.values())
REPAIRED_KINDS = ("failure", TOOL_KINDS["failure"])  # out of service: a crew repairs it, where there is one


@dataclass
class Interruptions:
    """One kind of interruption of a machine: how long each took, and the work and the parts between them.

    The first of what lies between began before it was seen, and the last has not ended.

    Attributes:
        spans_ns: when each began and ended.
        waited_s: how much of each it was waited for a repair crew; empty where none is known.
        now_for_s, now_since_ns: how long the present one has lasted, and when it began.
        waits_now, waited_now_s: whether its repair has not begun, and how long it was waited for that.
    """

    lasted_s: list[float] = field(default_factory=list)
    spans_ns: list[tuple[int, int]] = field(default_factory=list)
    waited_s: list[float] = field(default_factory=list)
    worked_between_s: list[float] = field(default_factory=list)
    parts_between: list[int] = field(default_factory=list)
    worked_since_s: float = 0.0
    parts_since: int = 0
    now_for_s: float | None = None
    now_since_ns: int | None = None
    waits_now: bool = False
    waited_now_s: float = 0.0

    @property
    def repairs_s(self) -> list[float]:
        """How long each took without the wait for a crew."""
        if not self.waited_s:
            return self.lasted_s
        repairs = (lasted - waited for lasted, waited in zip(self.lasted_s, self.waited_s, strict=True))
        return [one for one in repairs if one > 0]

    @property
    def repaired_now_s(self) -> float | None:
        """How long the present one has been repaired."""
        return None if self.now_for_s is None else max(0.0, self.now_for_s - self.waited_now_s)


@dataclass
class ToolRecord:
    """What the wear of a machine's tool told, from 0 (new) to 1 (to be changed).

    Attributes:
        wear: at the end.
        worn: by how much it rose, with `parts` parts.
        changed_at: the wear at which each tool came off.
    """

    wear: float | None = None
    worn: float = 0.0
    parts: int = 0
    changed_at: list[float] = field(default_factory=list)

    @property
    def limit(self) -> float:
        """The wear at which tools come off, as far as was seen."""
        return float(np.mean(self.changed_at)) if self.changed_at else 1.0


@dataclass
class MachineRecord:
    """What one machine did in a span, and what it is doing at its end.

    Attributes:
        works_s: executing time of each part that came and went, as it is with both set-points at 1.
        left_ns, job_orders: when each of them left, and the job order that it was stamped with; empty for none. Of a
            machine that takes batches, each is a batch.
        left_pieces: how many pieces each was, as far as a signal tells the level of the machine; None where not.
        inside: the level of the machine at the end; None where no signal tells it.
        factor, speed: the cycle-time factor at the end, and the speed factor; 1 where there is none.
        kinds: interruptions by kind: failure, setup, stop, tool_break, tool_change.
        tool: its wear, where a signal tells it.
        worked_s: all executing time.
        has_part: whether a part is on it at the end; `done_s` how long it was worked on.
        is_executing: whether it works at the end.
        is_known: whether its state at the end is known.
    """

    works_s: list[float] = field(default_factory=list)
    left_ns: list[int] = field(default_factory=list)
    job_orders: list[str] = field(default_factory=list)
    left_pieces: list[int | None] = field(default_factory=list)
    inside: int | None = None
    kinds: dict[str, Interruptions] = field(default_factory=lambda: {kind: Interruptions() for kind in KINDS})
    tool: ToolRecord = field(default_factory=ToolRecord)
    worked_s: float = 0.0
    has_part: bool = False
    done_s: float = 0.0
    is_executing: bool = False
    is_known: bool = False
    factor: float = 1.0
    speed: float = 1.0

    @property
    def pace(self) -> float:
        """By what the set-points multiply the time that a part takes."""
        return self.factor / self.speed


def read_machine(
    timeline: Timeline, node: Node, start_ns: int, end_ns: int, closed: Sequence[tuple[int, int]] = ()
) -> MachineRecord:  # fmt: skip
    """Return what a machine did in start_ns <= time < end_ns.

    Args:
        closed: when it was not planned to work: that it stood there does not count.
    """
    roles = ("CurrentPart", "JobOrder", "Wear", "State", "Mode", "CycleTimeFactor", "SpeedFactor", "Stock", "Level")
    changes = _changes(timeline, node, roles, start_ns, end_ns)
    return machine_record(changes, start_ns, end_ns, closed, "SetupTime" in node.facts)


def machine_record(
    changes: Iterable[tuple[int, str, Any]], start_ns: int, end_ns: int, closed: Sequence[tuple[int, int]] = (),
    states_setup: bool = False,
) -> MachineRecord:  # fmt: skip
    """Return what a machine did by the changes (ns, role, value) of its signals in the order of time.

    Args:
        states_setup: whether its twin tells how long it is set up for another product.
    """
    record = MachineRecord()
    state, mode, part, job_order, has_material = 0, 0, "", "", True
    reader = _Machine(record, states_setup)
    at_ns = start_ns
    for time_ns, role, value in changes:
        if time_ns > at_ns:
            reader.at_ns = at_ns
            reader.spend(_counted_s(at_ns, time_ns, state, closed), state, mode, has_material, job_order)
            at_ns = time_ns
        if role == "CurrentPart":
            now_part = "" if value is None else str(value)
            if now_part != part:
                reader.change(now_part, time_ns, job_order)
                part = now_part
        elif role == "JobOrder":
            job_order = "" if value is None else str(value)
        elif role == "State":
            state = 0 if value is None else int(value)
            record.is_known = value is not None
        elif role == "CycleTimeFactor":
            record.factor = 1.0 if value is None or value <= 0 else float(value)
        elif role == "SpeedFactor":
            record.speed = 1.0 if value is None or value <= 0 else float(value)
        elif role == "Wear":
            reader.wear(None if value is None else float(value))
        elif role == "Level":
            record.inside = None if value is None else int(value)
        elif role == "Stock":
            has_material = not isinstance(value, int | float) or value > 0
        else:
            mode = 0 if value is None else int(value)
    if end_ns > at_ns:
        reader.at_ns = at_ns
        reader.spend(_counted_s(at_ns, end_ns, state, closed), state, mode, has_material, job_order)
    reader.end()
    record.is_executing = state == EXECUTING
    return record


def _counted_s(start_ns: int, end_ns: int, state: int, closed: Sequence[tuple[int, int]]) -> float:
    """How much of a stretch counts: all work, and all else that is not in the time without work."""
    lost_ns = 0
    if closed and state != EXECUTING:
        lost_ns = sum(max(0, min(end_ns, high) - max(start_ns, low)) for low, high in closed)
    return (end_ns - start_ns - lost_ns) / _S


class _Machine:
    """Sorts the stretches of one machine's time."""

    def __init__(self, record: MachineRecord, states_setup: bool) -> None:
        self.record = record
        self.at_ns = 0  # where the stretch begins that is booked next
        self._states_setup = states_setup
        self._last_job_order = ""
        self._most_inside = 0  # for any time since the part came
        self._is_whole = False  # whether the part was seen coming
        self._kind: str | None = None
        self._lasted_s, self._since_ns = 0.0, 0
        self._waited_s = 0.0
        self._has_new_tool = False
        self._last, self._since_last_s = "", 0.0  # the kind that ended last, and how long ago

    def spend(self, seconds: float, state: int, mode: int, has_material: bool, job_order: str) -> None:
        """Book a stretch in which nothing changed."""
        self._most_inside = max(self._most_inside, self.record.inside or 0)
        if seconds <= 0 or self._is_set_up_for_another(state, mode, job_order):
            return
        kind = "failure" if state == OUT_OF_SERVICE else "setup" if mode == SETUP and state != EXECUTING else None
        if kind != self._kind:
            self._close()
            self._kind, self._since_ns = kind, self.at_ns
        self._since_last_s += seconds
        if kind is not None:
            self._lasted_s += seconds
        elif state == EXECUTING:
            self._stopped()
            self.record.worked_s += seconds
            if self.record.has_part:
                self.record.done_s += seconds
            for one in self.record.kinds.values():
                one.worked_since_s += seconds
        elif self.record.has_part and (has_material or self.record.done_s > 0):
            self._waited_s += seconds

    def _is_set_up_for_another(self, state: int, mode: int, job_order: str) -> bool:
        is_setup = self._states_setup and mode == SETUP and state not in (EXECUTING, OUT_OF_SERVICE)
        is_first = self.record.has_part and self.record.done_s == 0 and job_order not in ("", self._last_job_order)
        return is_setup and is_first

    def change(self, part: str, at_ns: int, job_order: str) -> None:
        """Book that a part of a job order left and another part came, or none."""
        if self.record.has_part and self.record.done_s > 0:
            for one in self.record.kinds.values():
                one.parts_since += 1
            self.record.tool.parts += self.record.tool.wear is not None
        if self.record.has_part and self._is_whole and self.record.done_s > 0:
            self.record.works_s.append(self.record.done_s / self.record.pace)
            self.record.left_ns.append(at_ns)
            self.record.job_orders.append(job_order)
            self.record.left_pieces.append(self._most_inside or None)
            self._last_job_order = job_order
        self._waited_s = 0.0  # it was blocked
        self._most_inside = 0
        self.record.has_part, self.record.done_s, self._is_whole = bool(part), 0.0, True

    def wear(self, wear: float | None) -> None:
        """Note the wear of the tool; where it falls, the tool is another one."""
        tool, before = self.record.tool, self.record.tool.wear
        if wear is None:
            return
        tool.wear = wear
        if before is None:
            return
        if before - wear <= _FALL:
            tool.worn += wear - before
        else:
            tool.changed_at.append(before)
            if self._kind in TOOL_KINDS:
                self._has_new_tool = True
            elif self._last in TOOL_KINDS and self._since_last_s <= _TOOL_LATE_S:
                self._book(TOOL_KINDS[self._last], *self._unbook(self._last))
                self._last = ""

    def end(self) -> None:
        """Leave the interruption under way open."""
        if self._kind is not None:
            tool = self.record.tool
            is_worn = tool.wear is not None and tool.wear >= _WORN * tool.limit
            kind = TOOL_KINDS.get(self._kind, self._kind) if is_worn or self._has_new_tool else self._kind
            self.record.kinds[kind].now_for_s, self.record.kinds[kind].now_since_ns = self._lasted_s, self._since_ns
        elif self._waited_s > 0 and self.record.done_s == 0:
            self.record.kinds["stop"].now_for_s = self._waited_s

    def _stopped(self) -> None:
        """Waiting with a part that is worked on after all was a stop."""
        if self._waited_s > _SHORTEST_STOP_S:
            self._book("stop", self._waited_s, (self.at_ns - round(self._waited_s * _S), self.at_ns))
        self._waited_s = 0.0

    def _close(self) -> None:
        if self._kind is not None:
            kind = TOOL_KINDS[self._kind] if self._has_new_tool else self._kind
            self._book(kind, self._lasted_s, (self._since_ns, self.at_ns))
            self._last, self._since_last_s = "" if self._has_new_tool else self._kind, 0.0
        self._lasted_s, self._has_new_tool = 0.0, False

    def _book(self, kind: str, lasted_s: float, span_ns: tuple[int, int]) -> None:
        one = self.record.kinds[kind]
        one.lasted_s.append(lasted_s)
        one.spans_ns.append(span_ns)
        one.worked_between_s.append(one.worked_since_s)
        one.parts_between.append(one.parts_since)
        one.worked_since_s, one.parts_since = 0.0, 0

    def _unbook(self, kind: str) -> tuple[float, tuple[int, int]]:
        """Take back what was booked last of a kind, and return how long it lasted, and when."""
        one = self.record.kinds[kind]
        one.worked_since_s += one.worked_between_s.pop()
        one.parts_since += one.parts_between.pop()
        return one.lasted_s.pop(), one.spans_ns.pop()


@dataclass
class BufferRecord:
    """What passed through a buffer.

    Attributes:
        entered: how many parts came in.
        passed_s: how long each part that came and went was in it, first in first out.
        fullest: the highest level; a full buffer may take a part in at the very instant at which it gives one away,
            which its level does not show.
        inside_s: how long those inside at the end have been there, the oldest first; never longer than was seen.
    """

    entered: int
    fullest: int
    passed_s: list[float]
    inside_s: list[float]


def read_buffer(timeline: Timeline, node: Node, start_ns: int, end_ns: int) -> BufferRecord:
    """Return what passed through a buffer in a span, by its level."""
    waiting: list[int] = []
    passed, entered, fullest, level, is_first = [], 0, 0, 0, True
    for time_ns, _, value in _changes(timeline, node, ("Level",), start_ns, end_ns):
        now = level if value is None else int(value)
        for _ in range(now - level):
            waiting.append(-1 if is_first else time_ns)
            entered += not is_first
        for _ in range(level - now):
            came_ns = waiting.pop(0) if waiting else -1
            if came_ns >= 0:
                passed.append((time_ns - came_ns) / _S)
        level, is_first = now, False
        fullest = max(fullest, level)
    inside = [(end_ns - (came_ns if came_ns >= 0 else start_ns)) / _S for came_ns in waiting]
    return BufferRecord(entered, fullest, passed, inside)


def _changes(
    timeline: Timeline, node: Node, roles: tuple[str, ...], start_ns: int, end_ns: int
) -> Iterator[tuple[int, str, Any]]:
    """(time, role, value) of some signals of a node in the order of time, the values in force at the start first."""
    rows: list[tuple[int, int, str, Any]] = []
    for place, role in enumerate(roles):
        key = node.signals.get(role)
        if key is None or key not in timeline.registry:
            continue
        handle = timeline.registry.handle(key)
        first = timeline.snapshot(start_ns, [handle])
        for _, _, value, quality in first.rows(timeline.registry):
            rows.append((start_ns, place, role, None if quality >= 0x8000_0000 else value))
        for piece in timeline.pieces(handle, start_ns + 1, end_ns):
            if timeline.registry.get(handle).kind is Kind.STRING:
                values: list[Any] = [
                    piece.objects[bits] if 0 <= bits < len(piece.objects) else None for bits in piece.bits.tolist()
                ]
            else:
                numbers = piece.numbers(timeline.registry.get(handle).kind)
                values = [None if np.isnan(number) else number for number in numbers]
            usable = (piece.qualities < 0x8000_0000).tolist()
            rows += [
                (time_ns, place, role, value if is_usable else None)
                for time_ns, value, is_usable in zip(piece.times.tolist(), values, usable, strict=True)
            ]
    rows.sort(key=lambda row: row[:2])
    for time_ns, _, role, value in rows:
        yield time_ns, role, value
