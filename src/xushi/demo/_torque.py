"""Torque-angle traces of a head bolt tightened to its yield point, and how a worn spindle changes them."""

from __future__ import annotations

import random

import msgspec

from xushi.demo._line import TRACE_POINTS

SNUG_NM = 30.0
NEW_YIELD_DEG = 92.0
WEAR_YIELD_DEG = 18.0  # a fully worn tool reaches the yield point this much earlier
AFTER_YIELD_DEG = 24.0
PLASTIC_SHARE = 0.22  # slope beyond yield relative to the elastic slope


class Trace(msgspec.Struct, frozen=True):
    """One bolt: angles (degrees) and torques (N·m) of equal length, final torque, yield-point angle."""

    angles_deg: list[float]
    torques_nm: list[float]
    final_nm: float
    yield_deg: float


def tighten(rng: random.Random, target_nm: float, wear: float) -> Trace:
    """One tightening at tool wear 0 (new) … 1 (at its end).

    The joint is elastic from the snug torque to the yield point, then plastic with a much flatter slope. Wear
    lets the torque scatter and moves the yield point to smaller angles, because friction in the worn spindle
    is taken for torque on the bolt.
    """
    scatter_nm = 0.7 + 2.6 * wear * wear
    final_nm = target_nm + rng.gauss(0.0, scatter_nm)
    yield_deg = NEW_YIELD_DEG - WEAR_YIELD_DEG * wear + rng.gauss(0.0, 1.2 + 2.0 * wear)
    end_deg = yield_deg + AFTER_YIELD_DEG
    elastic = (final_nm - SNUG_NM) / (yield_deg + PLASTIC_SHARE * AFTER_YIELD_DEG)
    ripple_nm = 0.25 + 0.9 * wear
    step = end_deg / (TRACE_POINTS - 1)
    angles = [round(step * i, 2) for i in range(TRACE_POINTS)]
    torques = []
    for angle in angles:
        beyond = max(0.0, angle - yield_deg)
        torque = SNUG_NM + elastic * (min(angle, yield_deg) + PLASTIC_SHARE * beyond) + rng.gauss(0.0, ripple_nm)
        torques.append(round(torque, 2))
    torques[-1] = round(final_nm, 2)
    return Trace(angles, torques, round(final_nm, 2), round(yield_deg, 2))
