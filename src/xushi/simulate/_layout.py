"""The world of the event kernel in memory: an array of records for each kind of element, and what its fields mean."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

# What a machine is seen doing; the columns of `World.state_s`.
IDLE, BUSY, SETUP, BLOCKED, DOWN, WAITS_FOR_CREW, OFF = range(7)
# What is done with the parts on it, whether or not it is stopped just now.
EMPTY, SETTING_UP, WORKING, HOLDING = range(4)
# Whether it is stopped by a failure.
UP, WAITING, REPAIRING = range(3)
# Who a machine of the kernel is.
MACHINE, ARRIVALS, ORDER_BOOK = range(3)
# What a time to failure counts.
COUNTS_BUSY, COUNTS_TIME, COUNTS_PARTS = range(3)
# What a vehicle does; the columns of `World.vehicle_s` are these and the waiting on roads.
STANDS, TO_PICKUP, LOADING, TO_DROP, UNLOADING, IN_TRAFFIC = range(6)
# How `advance` ended.
REACHED, NEEDS_PARTS, ENDLESS, CANCELLED = range(4)

UNLIMITED = 1 << 62
AHEAD = 16  # numbers that a machine with exponential work draws at once
NONE = -1

_I, _F = np.int64, np.float64


def _dtype(**fields: Any) -> np.dtype[np.void]:
    return np.dtype(list(fields.items()), align=True)


PLANT = _dtype(
    now_s=_F, mark_s=_F, warm_up_s=_F, sample_every_s=_F, samples_taken=_I, free=_I, free_count=_I, reserve=_I,
    dirty_first=_I, dirty_count=_I, must_dispatch=_I, dispatches=_I, events=_I, events_now=_I, in_plant=_I,
)  # fmt: skip
MACHINES = _dtype(
    left_s=_F, done_s=_F, run_since_s=_F, since_s=_F, next_work_s=_F, draws_ahead=_I, drawn=_I, phase=_I, down=_I,
    is_on=_I, state=_I, is_dirty=_I, op=_I, only_buffer=_I, first=_I, held=_I, next_mode=_I, made=_I, mode_first=_I,
    mode_count=_I, has_part_modes=_I, kind=_I, op_first=_I, op_count=_I, work_stream=_I, route_stream=_I,
    setup_stream=_I, setup_first=_I, setup_count=_I, product=_I, down_mode=_I, repair_left_s=_F, repair_done_s=_F,
    waits_since_s=_F, next_waiting=_I, repair_priority=_I, calendar=_I, lost=_I, loses=_I, quantity=_I, order=_I,
    order_end=_I,
)  # fmt: skip
OPERATIONS = _dtype(
    dist_first=_I, input_first=_I, input_count=_I, route_first=_I, route_count=_I, make_first=_I, make_count=_I,
    product=_I, begins=_I,
)  # fmt: skip
INPUTS = _dtype(buffer=_I, least=_I, most=_I, product=_I)
MAKES = _dtype(product=_I, quantity=_I, route_first=_I, route_count=_I)
ROUTES = _dtype(to=_I, product=_I, share=_F)  # `to` is a buffer, or -1 - sink
SHARES = _dtype(product=_I, share=_F)  # the mix of a source
DISTRIBUTIONS = _dtype(family=_I, first=_I, a=_F, b=_F, c=_F)
MODES = _dtype(
    left=_F, done=_F, machine=_I, counts=_I, after=_I, repair=_I, crew=_I, after_stream=_I, repair_stream=_I, timer=_I,
    is_pending=_I, strikes=_I, stretch=_F, evidence=_F, scale_stream=_I,
)  # fmt: skip
SETUPS = _dtype(before=_I, after=_I, dist=_I)
BUFFERS = _dtype(
    level=_I, inbound=_I, capacity=_I, head=_I, tail=_I, wait_head=_I, wait_tail=_I, wait_count=_I, claimed=_I,
    is_priority=_I, only_consumer=_I, consumer_first=_I, consumer_count=_I, has_transports=_I, since_s=_F, area=_F,
    taken=_I, delayed=_I, waited_s=_F,
)  # fmt: skip
PARTS = _dtype(product=_I, next=_I, holder=_I, order=_I, born_s=_F, entered_s=_F)
SINKS = _dtype(is_good=_I, count=_I, flow_s=_F, flow_s2=_F)
ORDERS = _dtype(product=_I, quantity=_I, released=_I, finished=_I, release_s=_F, finish_s=_F)
CREWS = _dtype(free=_I, is_on=_I, first=_I, calendar=_I)
CALENDARS = _dtype(first=_I, count=_I, next=_I, is_on=_I, period_s=_F, base_s=_F, timer=_I)
VEHICLES = _dtype(
    at=_I, goal=_I, phase=_I, seen=_I, transport=_I, part=_I, road=_I, zone=_I, wants=_I, next=_I, fleet=_I, timer=_I,
    speed_m_s=_F, since_s=_F, left_s=_F, trips=_I, distance_m=_F,
)  # fmt: skip
TRANSPORTS = _dtype(
    fleet=_I, source=_I, destination=_I, start=_I, end=_I, load=_I, unload=_I, priority=_I, served=_I, load_stream=_I,
    unload_stream=_I,
)  # fmt: skip
ROADS = _dtype(start=_I, end=_I, zone=_I, length_m=_F, delay_s=_F)
ZONES = _dtype(capacity=_I, used=_I, first=_I, last=_I)


class World(NamedTuple):
    """All arrays of one run. Indices point into the array of the named kind; -1 is none."""

    plant: Any  # [1]
    times: Any  # f8 [timers]: machines, vehicles, failures that count time, calendars
    winners: Any
    machines: Any  # the sources are among them
    state_s: Any  # f8 [machines, 7]
    ahead: Any  # f8 [machines, AHEAD]: what the next exponential works are multiplied from
    operations: Any
    inputs: Any
    makes: Any
    routes: Any
    shares: Any
    dists: Any
    values: Any
    streams: Any  # u4 [streams, 4]
    keys: Any  # u8 [streams]
    modes: Any
    setups: Any
    buffers: Any
    consumers: Any  # machines that take from buffers
    priorities: Any  # of the products
    parts: Any
    sinks: Any
    orders: Any
    crews: Any
    calendars: Any
    changes_s: Any  # when calendars change, in their periods
    vehicles: Any
    vehicle_s: Any  # f8 [vehicles, 6]
    transports: Any
    roads: Any
    next_road: Any  # i8 [points, points]: the first road of the shortest way
    way_m: Any  # f8 [points, points]
    zones: Any
    dirty: Any  # ring of machines to look at once the instant's events are done
    samples: Any  # f8 [instants, sinks + buffers + machines]
    stop: Any  # i1 [1]: set from another thread to cancel


# What changes during a run, to be copied for each replication; all else is shared.
MUTABLE = (
    "plant", "times", "winners", "machines", "state_s", "ahead", "streams", "modes", "buffers", "parts", "sinks",
    "orders", "crews", "calendars", "vehicles", "vehicle_s", "transports", "zones", "dirty", "samples",
)  # fmt: skip
