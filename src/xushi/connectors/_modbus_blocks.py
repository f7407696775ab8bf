"""Gathers registers into few requests, and turns what a request brought into columns at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from xushi.signals import Kind

from ._columns import Columns, numeric_lane
from ._link import Point
from ._modbus_registers import MOST_BITS, MOST_REGISTERS, Entity, Register, decode

LARGEST_GAP = 8  # registers that nobody wants but that cost less than a request of their own
LARGEST_BIT_GAP = 64
BAD_TYPE_MISMATCH = 0x8074_0000

Placed = tuple[Point, Register]


class Block(msgspec.Struct, frozen=True):
    """A run of registers read by one request."""

    unit: int
    entity: Entity
    start: int
    count: int
    members: tuple[Placed, ...]

    def apart(self) -> list[Block]:
        """Return a block for each member: a device may refuse a run because of one address in it."""
        return [
            Block(self.unit, self.entity, register.address, register.size, ((point, register),))
            for point, register in self.members
        ]


def gather(placed: Iterable[Placed]) -> list[Block]:
    """Return the blocks that cover these registers, each within what one request may ask for."""
    by_entity: dict[tuple[int, Entity], list[Placed]] = {}
    for one in placed:
        by_entity.setdefault((one[1].unit, one[1].entity), []).append(one)
    blocks: list[Block] = []
    for (unit, entity), members in by_entity.items():
        is_bits = members[0][1].is_bits
        most, gap = (MOST_BITS, LARGEST_BIT_GAP) if is_bits else (MOST_REGISTERS, LARGEST_GAP)
        run: list[Placed] = []
        start = stop = 0
        for one in sorted(members, key=lambda placed: placed[1].address):
            first, after = one[1].address, one[1].address + one[1].size
            if run and (first - stop > gap or max(after, stop) - start > most):
                blocks.append(Block(unit, entity, start, stop - start, tuple(run)))
                run = []
            if not run:
                start = stop = first
            run.append(one)
            stop = max(stop, after)
        blocks.append(Block(unit, entity, start, stop - start, tuple(run)))
    return blocks


class Reader:
    """Knows where in a block each member lies, and reads members of one layout together.

    Attributes:
        rests_until_s: not read before then, on the clock of the event loop: the device has no such address.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self.rests_until_s = 0.0
        self.signals = np.array([point.signal for point, _ in block.members], np.int32)
        layouts: dict[tuple[str, bool, bool], list[Placed]] = {}
        self._odd: list[Placed] = []
        for point, register in block.members:
            is_plain = register.size == register.words and register.bit is None and not point.kind.is_object
            if is_plain and register.form[0] in "iuf" and register.form[1] != "1":
                layout = (register.form, register.is_high_byte_first, register.is_high_word_first)
                layouts.setdefault(layout, []).append((point, register))
            else:
                self._odd.append((point, register))
        self._layouts = [_Layout(block.start, *layout, members) for layout, members in layouts.items()]

    def read(self, words: NDArray[np.uint16], columns: Columns, now_ns: int) -> int:
        """Add the values of a block's words (uint16[count]) to `columns`; return how many did not fit."""
        for layout in self._layouts:
            columns.add_block(layout.signals, np.full(len(layout.signals), now_ns, np.int64), layout.bits(words))
        refused = 0
        for point, register in self._odd:
            at = register.address - self.block.start
            try:
                value = decode(register, words[at : at + register.size])
                if point.kind is Kind.ARRAY and not isinstance(value, list):
                    value = [value]
                columns.add(point.kind, point.signal, now_ns, value)
            except (TypeError, ValueError, OverflowError):
                columns.add(point.kind, point.signal, now_ns, None, BAD_TYPE_MISMATCH)
                refused += 1
        return refused


class _Layout:
    """Members whose values lie alike, as one matrix of places."""

    def __init__(
        self, start: int, form: str, is_high_byte_first: bool, is_high_word_first: bool, members: Sequence[Placed]
    ) -> None:
        self.signals = np.array([point.signal for point, _ in members], np.int32)
        self._kinds = np.array([point.kind for point, _ in members], np.int8)
        words = members[0][1].words
        order = np.arange(words) if is_high_word_first else np.arange(words)[::-1]
        self._places = np.array([register.address - start for _, register in members])[:, None] + order
        self._word = ">u2" if is_high_byte_first else "<u2"
        self._form = f">{form}"
        self._scale = np.array([register.scale for _, register in members])
        self._offset = np.array([register.offset for _, register in members])
        self._is_scaled = any(register.is_scaled for _, register in members)

    def bits(self, words: NDArray[np.uint16]) -> NDArray[np.int64]:
        values: NDArray[Any] = words[self._places].astype(self._word).view(self._form)[:, 0]
        if self._is_scaled:
            values = values * self._scale + self._offset
        return numeric_lane(values.astype(values.dtype.newbyteorder("=")), self._kinds)
