"""Which methods the machines of the line offer, and what each of them is given."""

from __future__ import annotations

from typing import Literal

import msgspec

from xushi.demo._line_types import Machine, Text

METHODS = ("Start", "Stop", "Reset", "AnswerPokaYoke")
_JOB_ORDER = "JobOrder"
# Shaped after the methods of the job order receiver, OPC 10031-4, 6.2.1.
JOB_METHODS = tuple(f"{verb}{_JOB_ORDER}" for verb in ("Store", "StoreAndStart", "Start", "Stop", "Clear"))


class Argument(msgspec.Struct, frozen=True):
    """One argument of a method."""

    name: str
    type: Literal["string", "integer"]
    title: Text
    low: int | None = None
    high: int | None = None


_ID = Argument("JobOrderID", "string", Text("Job order", "作业订单"))
_STORED = (
    _ID,
    Argument("Product", "string", Text("Product", "产品")),
    Argument("Quantity", "integer", Text("Quantity", "数量"), 1, 100_000),
)


def methods_of(machine: Machine) -> tuple[str, ...]:
    """The methods that a machine offers."""
    if machine.category == "station":
        return METHODS
    if machine.category == "plc":
        return (*METHODS[:3], *JOB_METHODS)
    if machine.category == "rework":
        return METHODS[:3]
    return ("AnswerPokaYoke",) if machine.category == "kitting" else ()


def arguments_of(method: str) -> tuple[Argument, ...]:
    """What a method is given."""
    if method not in JOB_METHODS:
        return ()
    return _STORED if method.startswith("Store") else (_ID,)


def job_verb(method: str) -> str:
    """The verb of a method for job orders: `StoreAndStart` of `StoreAndStartJobOrder`; empty for others."""
    return method.removesuffix(_JOB_ORDER) if method in JOB_METHODS else ""
