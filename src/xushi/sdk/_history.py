"""Recorded values as numpy arrays."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ._picture import line_chart

_SHOWN_ROWS = 20


class Samples(msgspec.Struct, frozen=True):
    """Values of one signal in the order of time.

    Attributes:
        times: datetime64[ns], UTC.
        values: float64 for numbers (NaN where the quality is Bad), objects for texts and arrays.
        qualities: uint32, OPC UA StatusCode, Good is 0.
        is_cut: whether there are more than were asked for.
        name, unit: of the signal, for people.
    """

    times: NDArray[np.datetime64]
    values: NDArray[Any]
    qualities: NDArray[np.uint32]
    is_cut: bool = False
    name: str = ""
    unit: str = ""

    @staticmethod
    def of_answer(answer: dict[str, Any], name: str = "", unit: str = "") -> Samples:
        """Return the samples of a range answer of the server."""
        times = (np.asarray(answer["times_ms"], np.float64) * 1e6).astype("datetime64[ns]")
        raw = answer["values"]
        is_numeric = all(item is None or isinstance(item, bool | int | float) for item in raw)
        if is_numeric:
            values: NDArray[Any] = np.array([np.nan if item is None else float(item) for item in raw], np.float64)
        else:
            values = np.empty(len(raw), object)
            values[:] = raw
        return Samples(times, values, np.asarray(answer["qualities"], np.uint32), bool(answer["more"]), name, unit)

    def __len__(self) -> int:
        return len(self.times)

    def rows(self) -> Iterator[tuple[datetime, Any, int]]:
        """Yield (time in UTC, value, quality)."""
        for time_ns, value, quality in zip(
            self.times.astype(np.int64).tolist(), self.values.tolist(), self.qualities.tolist(), strict=True
        ):
            yield datetime.fromtimestamp(time_ns / 1e9, UTC), value, quality

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """Show numbers as a line over time, anything else as the last rows, in Jupyter and its kin."""
        plain = repr(self)
        if self.values.dtype.kind == "f" and len(self):
            svg = line_chart(self.times, self.values, self.name, self.unit)
            return {"text/plain": plain, "image/svg+xml": svg, "text/html": svg}
        rows = "".join(
            f"<tr><td>{time:%Y-%m-%d %H:%M:%S}</td><td>{html.escape(str(value)[:200])}</td></tr>"
            for time, value, _ in list(self.rows())[-_SHOWN_ROWS:]
        )
        return {"text/plain": plain, "text/html": f"<h4>{html.escape(self.name)}</h4><table>{rows}</table>"}

    def __repr__(self) -> str:
        span = f"{self.times[0]} … {self.times[-1]}" if len(self) else "empty"
        return f"Samples({self.name or '?'}, {len(self)} values, {span})"
