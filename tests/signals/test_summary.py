"""What is kept of a chunk beside its points: the same whichever way it is computed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xushi.signals._codec import BLOCK_POINTS, summarise
from xushi.signals._kinds import Kind
from xushi.signals._points import Points

BAD, GOOD = 0x8000_0000, 0
values = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf])
rows = st.lists(st.tuples(values, st.sampled_from([GOOD, GOOD, GOOD, BAD])), min_size=1, max_size=12)


@given(rows, st.integers(1, 3 * BLOCK_POINTS))
@settings(max_examples=300, deadline=None)
@pytest.mark.filterwarnings("ignore:invalid value encountered")
def test_each_block_tells_least_greatest_sum_and_last_of_its_usable_values(cycle, count) -> None:
    numbers = np.resize([value for value, _ in cycle], count)
    qualities = np.resize(np.array([quality for _, quality in cycle], np.uint32), count)
    points = Points(np.arange(count), numbers.view(np.int64), qualities)
    summary, blocks = summarise(points, Kind.DOUBLE)
    spans = [slice(low, low + BLOCK_POINTS) for low in range(0, count, BLOCK_POINTS)]
    for told, span in [*zip(blocks, spans, strict=True), (summary[0], slice(0, count))]:
        usable = [value for value, quality in zip(numbers[span], qualities[span], strict=True)
                  if quality < BAD and not math.isnan(value)]  # fmt: skip
        assert told["usable"] == len(usable)
        assert told["sum"] == pytest.approx(sum(usable), rel=1e-9, abs=1e-3, nan_ok=True)
        last = told["last"] if "last_number" not in told.dtype.names else told["last_number"]
        for got, expected in ((told["min"], min), (told["max"], max), (last, lambda found: found[-1])):
            assert got == expected(usable) if usable else math.isnan(got)
