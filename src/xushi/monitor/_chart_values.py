"""Takes the values of a control chart from a timeline, live and recorded alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xushi.kernel import XushiError
from xushi.monitor._control_charts import Capability, Chart, ChartKind, capability, control_chart
from xushi.signals import Timeline

MOST_VALUES = 100_000


@dataclass(frozen=True)
class ChartOfSignal:
    """A chart (None where there are too few values), its capability, and the times of the values that went in."""

    chart: Chart | None
    capability: Capability | None
    times_ns: NDArray[np.int64]
    is_truncated: bool


def chart_of_signal(
    timeline: Timeline,
    handle: int,
    span: tuple[int, int],
    kind: ChartKind,
    subgroup: int,
    *,
    good: float = 1.0,
    lsl: float | None = None,
    usl: float | None = None,
    baseline: tuple[int, int] | None = None,
) -> ChartOfSignal:
    """Draw a chart of the usable values of a signal in a span, the last 100,000 of them.

    Args:
        good: for p and np, the value of a piece that conforms.
        lsl, usl: specification limits, in the signal's unit.
        baseline: the part of the span that gives the limits.

    Raises:
        XushiError: `monitor.spc_invalid`, also for a signal without numbers.
    """
    definition = timeline.registry.get(handle)
    if definition.kind.is_object:
        raise XushiError("monitor.spc_invalid", reason=f"{definition.key[:200]} has no numbers")
    times, values = [np.empty(0, np.int64)], [np.empty(0)]
    held, is_truncated = 0, False
    for piece in timeline.pieces(handle, *span):
        usable = piece.usable(definition.kind)
        times.append(piece.times[usable])
        values.append(piece.numbers(definition.kind)[usable])
        held += len(values[-1])
        while held - len(values[0]) > MOST_VALUES:
            held -= len(values.pop(0))
            times.pop(0)
            is_truncated = True
    at, numbers = np.concatenate(times), np.concatenate(values)
    is_truncated |= len(at) > MOST_VALUES
    at, numbers = at[-MOST_VALUES:], numbers[-MOST_VALUES:]
    measured = (numbers != good).astype(np.float64) if kind in ("p", "np") else numbers
    part = None if baseline is None else slice(*np.searchsorted(at, baseline).tolist())
    chart = control_chart(measured, kind, subgroup, part)
    able = None
    if chart is not None and np.isfinite(chart.sigma):
        able = capability(numbers if part is None else numbers[part], chart.sigma, lsl, usl)
    return ChartOfSignal(chart, able, at, is_truncated)
