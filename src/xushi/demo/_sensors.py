"""The fast sensors: what each shows at this instant of the cycle, with noise of its own stream."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from xushi.demo._air import Compressor
from xushi.demo._line import COMMON_FAST, FAST
from xushi.demo._panel import FAILED, RUNNING
from xushi.demo._station import Station

Shape = Callable[[float, Station], float]

AIR_BUSY_L_MIN = 105.0
AIR_IDLE_L_MIN = 18.0


def _rise(p: float, begin: float, end: float) -> float:
    """0 before `begin`, 1 after `end`, straight between."""
    return min(1.0, max(0.0, (p - begin) / (end - begin)))


def _hump(p: float, begin: float, end: float) -> float:
    """A half sine between `begin` and `end`, 0 elsewhere."""
    return math.sin(math.pi * (p - begin) / (end - begin)) if begin < p < end else 0.0


def _bursts(p: float, begin: float, end: float, count: int) -> float:
    """`count` saw teeth between `begin` and `end`: one for each screw."""
    return ((p - begin) / (end - begin) * count) % 1.0 if begin < p < end else 0.0


# Value without noise by progress 0…1 of the cycle (0 when nothing runs), and the noise's deviation.
_SHAPES: dict[str, dict[str, tuple[Shape, float]]] = {
    "OP10": {
        "GripperForce": (lambda p, s: 40 + 1300 * _rise(p, 0.15, 0.2) * (1 - _rise(p, 0.75, 0.8)), 6.0),
        "Axis1Current": (lambda p, s: 1.2 + 9 * _hump(p, 0.2, 0.5) + 6 * _hump(p, 0.8, 1.0), 0.12),
        "Axis2Current": (lambda p, s: 2.0 + 7 * _hump(p, 0.15, 0.7), 0.12),
        "Axis3Current": (lambda p, s: 1.6 + 8 * _hump(p, 0.3, 0.8), 0.12),
    },
    "OP20": {
        "SpindleTorqueA": (lambda p, s: 60 * _bursts(p, 0.35, 0.8, 5), 0.5),
        "SpindleTorqueB": (lambda p, s: 60 * _bursts(p, 0.37, 0.82, 5), 0.5),
        "BreakawayTorque": (lambda p, s: 3.2 * _hump(p, 0.84, 0.98), 0.08),
    },
    "OP30": {
        "PressForce": (lambda p, s: (5.2 + 0.5 * s.tool.wear) * _bursts(p, 0.2, 0.9, 4), 0.06),
        "PressPosition": (lambda p, s: 150 * _bursts(p, 0.2, 0.9, 4), 0.3),
        "HydraulicPressure": (lambda p, s: 22 + 110 * _bursts(p, 0.2, 0.9, 4), 0.8),
    },
    "OP40": {
        "SpindleTorque": (lambda p, s: s.setpoints.torque_target_nm * _bursts(p, 0.15, 0.95, 10), 0.6),
        "SpindleAngle": (lambda p, s: (116 - 18 * s.tool.wear) * _bursts(p, 0.15, 0.95, 10), 0.4),
        "SpindleCurrent": (lambda p, s: 0.8 + 19 * _bursts(p, 0.15, 0.95, 10), 0.15),
        "SpindleTemperature": (lambda p, s: 34 + 9 * s.tool.wear + 3 * _hump(p, 0.1, 1.0), 0.05),
    },
    "OP50": {
        "SpindleTorque": (lambda p, s: 22 * _bursts(p, 0.4, 0.9, 8), 0.2),
        "VisionScore": (lambda p, s: 97 * _rise(p, 0.9, 0.92), 0.3),
        "Axis1Current": (lambda p, s: 1.4 + 8 * _hump(p, 0.05, 0.4), 0.12),
    },
    "OP60": {
        "TestPressure": (lambda p, s: 3.0 * _rise(p, 0.15, 0.3) * (1 - _rise(p, 0.9, 0.95)), 0.004),
        "DifferentialPressure": (
            lambda p, s: 3.2 * s.results.get("LeakRate", 4.0) * _hump(p, 0.35, 0.9),
            0.6,
        ),
        "FixtureTemperature": (lambda p, s: 23.5, 0.03),
    },
    "OP70": {
        "SpindleTorque": (lambda p, s: 11 * _bursts(p, 0.55, 0.95, 9), 0.15),
        "SealantFlow": (lambda p, s: 42 * _rise(p, 0.1, 0.12) * (1 - _rise(p, 0.4, 0.42)), 0.5),
        "SealantPressure": (lambda p, s: 18 + 14 * _rise(p, 0.1, 0.12) * (1 - _rise(p, 0.4, 0.42)), 0.3),
    },
    "OP80": {
        "OilFlow": (lambda p, s: 22 * _rise(p, 0.5, 0.53) * (1 - _rise(p, 0.87, 0.9)), 0.15),
        "OilFilled": (lambda p, s: s.setpoints.oil_target_l * _rise(p, 0.5, 0.9), 0.003),
        "OilTemperature": (lambda p, s: 38.0, 0.05),
    },
    "OP90": {
        "DriveSpeed": (lambda p, s: 1200 * _rise(p, 0.15, 0.3) * (1 - _rise(p, 0.88, 0.97)), 1.5),
        "DriveTorque": (
            lambda p, s: 14 * _hump(p, 0.14, 0.3) + 26 * _rise(p, 0.18, 0.3) * (1 - _rise(p, 0.88, 0.9)),
            0.4,
        ),
        "OilPressure": (lambda p, s: 3.5 * _rise(p, 0.18, 0.36) * (1 - _rise(p, 0.88, 0.97)), 0.02),
        "ExhaustPressure": (
            lambda p, s: 42 * math.sin(p * 251.0) * _rise(p, 0.18, 0.3) * (1 - _rise(p, 0.88, 0.9)),
            0.6,
        ),
    },
    "OP100": {
        "VisionScore": (lambda p, s: 95.5 * _rise(p, 0.5, 0.55), 0.4),
        "LabelContrast": (lambda p, s: 88 * _rise(p, 0.8, 0.84), 0.4),
    },
}


def air_demand_l_min(station: Station) -> float:
    """Compressed air that a station draws now."""
    return AIR_BUSY_L_MIN if station.detail == RUNNING else AIR_IDLE_L_MIN


class StationSensors:
    """All fast sensors of one station, in the order of its description."""

    def __init__(self, station: Station, compressor: Compressor, rng: random.Random) -> None:
        self.paths = tuple(row[0] for row in (*FAST[station.id], *COMMON_FAST))
        self._station, self._compressor, self._rng = station, compressor, rng
        own = _SHAPES[station.id]
        self._shapes = [(*own[path.removeprefix("Sensors.")], low) for path, *_, low, _ in FAST[station.id]]
        self._motor_celsius = 41.0

    def sample(self) -> list[float]:
        """The values at this instant, one for each of `paths`."""
        station, gauss = self._station, self._rng.gauss
        is_running = station.detail == RUNNING
        p = station.progress() if is_running else 0.0
        # A transmitter shows nothing below its range: noise turns no spindle at rest backwards.
        values = [round(max(low, shape(p, station) + gauss(0.0, noise)), 4) for shape, noise, low in self._shapes]
        load = 1.0 if is_running else 0.08
        shake = (0.35 + 2.4 * load) * (1.0 + 0.9 * station.tool.wear) + (3.0 if station.detail == FAILED else 0.0)
        self._motor_celsius += ((62.0 + 14.0 * station.tool.wear if is_running else 38.0) - self._motor_celsius) * 0.002
        air = air_demand_l_min(station)
        common = (
            abs(gauss(shake, 0.14 * shake)),
            abs(gauss(0.8 * shake, 0.12 * shake)),
            self._compressor.pressure_bar - 0.0009 * air + gauss(0.0, 0.008),
            max(0.0, gauss(air, 3.0)),
            1.1 + 11.0 * load * (0.85 + 0.15 * math.sin(6.28 * p)) + gauss(0.0, 0.1),
            self._motor_celsius + gauss(0.0, 0.04),
            31.0 + gauss(0.0, 0.03),
        )
        values.extend(round(value, 4) for value in common)
        return values
