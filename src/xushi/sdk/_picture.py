"""Draws a small line chart as SVG, so that a history shows itself in a notebook without any plotting library."""

from __future__ import annotations

import html

import numpy as np
from numpy.typing import NDArray

_WIDTH, _HEIGHT, _MARGIN = 560, 120, 6
_MOST_POINTS = 1_000


def line_chart(times: NDArray[np.datetime64], values: NDArray[np.float64], title: str, unit: str) -> str:
    """Return an SVG of values over time; a gap (NaN) stays a gap.

    Args:
        times: datetime64[ns], rising; values: float64 of the same length.
    """
    step = max(1, len(values) // _MOST_POINTS)
    x, y = times.astype("datetime64[ns]").astype(np.int64)[::step].astype(np.float64), values[::step]
    is_good = np.isfinite(y)
    if not is_good.any():
        return _frame(title, f'<text x="{_MARGIN}" y="{_HEIGHT // 2}">–</text>', "")
    low, high = float(y[is_good].min()), float(y[is_good].max())
    span_x, span_y = max(x[-1] - x[0], 1.0), max(high - low, 1e-12)
    across = _MARGIN + (x - x[0]) / span_x * (_WIDTH - 2 * _MARGIN)
    down = _HEIGHT - _MARGIN - (y - low) / span_y * (_HEIGHT - 2 * _MARGIN)
    parts, is_pen_down = [], False
    for px, py, good in zip(across.tolist(), down.tolist(), is_good.tolist(), strict=True):
        if good:
            parts.append(f"{'L' if is_pen_down else 'M'}{px:.1f} {py:.1f}")
        is_pen_down = good
    path = f'<path d="{"".join(parts)}" fill="none" stroke="#2b6cb0" stroke-width="1.5"/>'
    return _frame(title, path, f"{low:g} … {high:g} {unit}".strip())


def _frame(title: str, inner: str, note: str) -> str:
    label = html.escape(f"{title}  {note}".strip())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT + 18}" role="img" '
        f'aria-label="{label}" font-family="sans-serif" font-size="12"><title>{label}</title>'
        f'<text x="{_MARGIN}" y="12">{label}</text><g transform="translate(0 18)">{inner}</g></svg>'
    )
