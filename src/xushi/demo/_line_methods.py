"""Which methods the machines of the line offer."""

from __future__ import annotations

from xushi.demo._line_types import Machine

METHODS = ("Start", "Stop", "Reset", "AnswerPokaYoke")


def methods_of(machine: Machine) -> tuple[str, ...]:
    """The methods that a machine offers."""
    if machine.category == "station":
        return METHODS
    if machine.category in ("rework", "plc"):
        return METHODS[:3]
    return ("AnswerPokaYoke",) if machine.category == "kitting" else ()
