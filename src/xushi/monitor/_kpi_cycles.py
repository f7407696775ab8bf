"""Sets counted pieces against the production time they took, also where a span cuts through a piece in work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xushi.monitor._kpi_inputs import Doubles, Inputs, Int64s, Intervals


@dataclass(frozen=True)
class Cycles:
    """Stretches of production time, each from one count of pieces to the next.

    A count says that a piece is finished, not when it was begun. A counted piece is spread evenly over the
    production time since the count before. Where that one was not seen (at the start, behind a gap), the first pieces
    count only where they could have been made in the time that was seen, at the planned run time; else they are left
    out with it. Of the production time after the last count, one planned run time belongs to a piece that is not
    finished and is left out. What goes beyond it is lost, but only from twice the planned run time on: until then
    the piece is a little late, and a span that holds nothing else would show 0 %.

    Attributes:
        when: the production time.
        low, high: int64[n], from and to how much of it, in ns; not falling.
        ends: int64[n], when each stretch ends.
        pieces: float64[n], made in each.
    """

    when: Intervals
    low: Int64s
    high: Int64s
    ends: Int64s
    pieces: Doubles

    def within(self, start_ns: int, end_ns: int) -> tuple[float, float]:
        """(pieces, s of production time) that fall into a part of the span."""
        first, last = self.when.before(np.array([start_ns, end_ns], np.int64)).tolist()
        overlap = np.maximum(np.minimum(self.high, last) - np.maximum(self.low, first), 0)
        length = self.high - self.low
        is_inside = (self.ends >= start_ns) & (self.ends < end_ns)
        share = np.where(length > 0, overlap / np.maximum(length, 1), is_inside)
        return float((self.pieces * share).sum()), float(overlap.sum()) / 1e9


def find_cycles(inputs: Inputs, counters: list[str], base: Intervals, when: Intervals, cycle_s: float) -> Cycles:
    """The cycles of a work unit in the whole span.

    Args:
        counters: of all pieces, good and rejected.
        base: the time that is known of counters and states.
        when: the production time, within `base`.
        cycle_s: planned run time per item, in s.
    """
    rises = [inputs.rises(key) for key in counters]
    times = np.concatenate([rise[0] for rise in rises])
    sizes = np.concatenate([rise[1] for rise in rises])
    is_seen = base.covers(times)
    times, place = np.unique(times[is_seen], return_inverse=True)
    pieces = np.bincount(place, weights=sizes[is_seen], minlength=len(times))
    planned_ns = round(cycle_s * 1e9)
    stretch = np.searchsorted(base.starts, times, "right") - 1
    is_first = np.ones(len(times), bool)
    is_first[1:] = stretch[1:] != stretch[:-1]
    high = when.before(times)
    low = np.where(is_first, when.before(base.starts)[stretch], np.roll(high, 1))
    is_cut = is_first & (high - low < pieces * planned_ns)
    low, pieces = np.where(is_cut, high, low), np.where(is_cut, 0.0, pieces)
    last = np.searchsorted(times, base.ends) - 1  # last count before the end of each stretch
    has_count = (last >= 0) & (stretch[last] == np.arange(len(base.ends)) if len(times) else np.zeros(len(last), bool))
    since = np.where(has_count, high[last], when.before(base.starts)) if len(times) else when.before(base.starts)
    end = when.before(base.ends)
    is_overdue = end > since + 2 * planned_ns
    return Cycles(
        when,
        np.concatenate([low, (since + planned_ns)[is_overdue]]),
        np.concatenate([high, end[is_overdue]]),
        np.concatenate([times, base.ends[is_overdue]]),
        np.concatenate([pieces, np.zeros(int(is_overdue.sum()))]),
    )
