"""Gauge repeatability and reproducibility by the average and range method (AIAG MSA, 4th edition, III.B)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec
import numpy as np

from xushi.kernel import XushiError

# 1 / d2*, AIAG MSA 4th edition, appendix C: for one group of m values
_K1 = {2: 0.8862, 3: 0.5908}
_K2 = {2: 0.7071, 3: 0.5231}
_K3 = {2: 0.7071, 3: 0.5231, 4: 0.4467, 5: 0.4030, 6: 0.3742, 7: 0.3534, 8: 0.3375, 9: 0.3249, 10: 0.3146}


class GaugeResult(msgspec.Struct, frozen=True):
    """Variations in the unit measured, shares of the total variation in %, and the number of distinct categories."""

    ev: float
    av: float
    grr: float
    pv: float
    tv: float
    ev_percent: float
    av_percent: float
    grr_percent: float
    pv_percent: float
    ndc: float


def gauge_rr(values: Sequence[Sequence[Sequence[float]]]) -> GaugeResult:
    """Work out a study: `values[appraiser][part][trial]`.

    `ndc` = 1.41 PV / GRR is given as it comes; AIAG cuts it to a whole number.

    Raises:
        XushiError: `monitor.gauge_invalid`.
    """
    shape = {(len(part)) for appraiser in values for part in appraiser}
    parts = {len(appraiser) for appraiser in values}
    if len(shape) != 1 or len(parts) != 1:
        raise XushiError("monitor.gauge_invalid", reason="Appraisers differ in parts or trials.")
    trials, part_count = shape.pop(), parts.pop()
    if trials not in _K1 or len(values) not in _K2 or part_count not in _K3:
        raise XushiError(
            "monitor.gauge_invalid", reason=f"{len(values)} appraisers, {part_count} parts, {trials} trials."
        )
    measured = np.array(values, np.float64)
    if not np.isfinite(measured).all():
        raise XushiError("monitor.gauge_invalid", reason="A value is not a number.")
    mean_range = float(np.ptp(measured, axis=2).mean())
    ev = mean_range * _K1[trials]
    between = float(np.ptp(measured.mean(axis=(1, 2)))) * _K2[len(values)]
    av = math.sqrt(max(between**2 - ev**2 / (part_count * trials), 0.0))
    pv = float(np.ptp(measured.mean(axis=(0, 2)))) * _K3[part_count]
    grr = math.hypot(ev, av)
    tv = math.hypot(grr, pv)
    if tv == 0 or grr == 0:
        raise XushiError("monitor.gauge_invalid", reason="All values are equal.")
    return GaugeResult(
        ev, av, grr, pv, tv, 100 * ev / tv, 100 * av / tv, 100 * grr / tv, 100 * pv / tv, 1.41 * pv / grr
    )
