"""Finds out whether a model is a serial line that the max-plus recursion can compute, and lays it out for that."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _layout as layout
from ._layout import World


class Line(NamedTuple):
    """A serial line: its machines in the order of flow, as rows of the world.

    Attributes:
        machines: kernel rows of the machines; the first may be a source.
        buffers: kernel rows of the buffers between them.
        sink: where the last one delivers.
    """

    machines: NDArray[np.int64]
    buffers: NDArray[np.int64]
    sink: int


def serial_line(world: World) -> Line | None:
    """Return the line, or None where the model is something else.

    A line has one way: a source or a machine that never starves, then machines with one input of one part each and a
    buffer in between, first come first served, one product, blocking after service. Failures count processing time and
    have a repairer each. No calendars, set-ups, vehicles, orders, samples, or durations
    that are partly over.
    """
    if len(world.vehicles) or len(world.calendars) or len(world.orders) or len(world.samples) or len(world.sinks) != 1:
        return None
    if len(world.priorities) != 1 or not all(_is_plain(world, m) for m in range(len(world.machines))):
        return None
    targets = {m: int(world.routes[_op(world, m)["route_first"]]["to"]) for m in range(len(world.machines))}
    takers = {
        int(world.inputs[_op(world, m)["input_first"]]["buffer"]): m for m in targets if _op(world, m)["input_count"]
    }
    heads = [m for m in targets if not _op(world, m)["input_count"]]
    if len(heads) != 1 or len(takers) != len(targets) - 1 or len(set(targets.values())) != len(targets):
        return None
    order, buffers = [heads[0]], []
    while targets[order[-1]] >= 0:
        buffers.append(targets[order[-1]])
        order.append(takers[buffers[-1]])
    if len(order) != len(targets) or len(buffers) != len(world.buffers):
        return None
    return Line(np.array(order, np.int64), np.array(buffers, np.int64), -1 - targets[order[-1]])


def _op(world: World, m: int) -> np.void:
    row: np.void = world.operations[world.machines[m]["op_first"]]
    return row


def _is_plain(world: World, m: int) -> bool:
    machine, op = world.machines[m], _op(world, m)
    if machine["op_count"] != 1 or machine["setup_count"] or machine["loses"] or op["route_count"] != 1:
        return False
    if machine["kind"] == layout.ARRIVALS:
        return bool(machine["quantity"] == 1)
    if machine["kind"] != layout.MACHINE or op["make_count"] or op["input_count"] > 1:
        return False
    if op["begins"]:
        return False
    if op["input_count"] and world.inputs[op["input_first"]]["most"] != 1:
        return False
    if machine["phase"] == layout.SETTING_UP or machine["done_s"] or machine["repair_done_s"]:
        return False
    modes = world.modes[machine["mode_first"] : machine["mode_first"] + machine["mode_count"]]
    is_new = not modes["done"].any()
    return bool(is_new and (modes["counts"] == layout.COUNTS_BUSY).all() and (modes["crew"] < 0).all())
