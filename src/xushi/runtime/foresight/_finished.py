"""Tells what left the plant: the last machines, and when each part left them."""

from __future__ import annotations

from xushi.runtime.foresight._plant import Node, Plant
from xushi.runtime.foresight._records import read_machine
from xushi.signals import Timeline

_BEFORE_NS = 3_600 * 1_000_000_000  # a part that leaves within a span must have been seen coming


def last_machines(plant: Plant) -> list[Node]:
    """The machines behind which parts leave the plant; a buffer at the end is filled by one."""
    names = {_filler(plant, node) for node in plant.nodes if not plant.out_of(node)}
    return [node for node in plant.machines() if node.id in names]


def finished_parts(plant: Plant, timeline: Timeline, start_ns: int, end_ns: int) -> list[tuple[int, str]]:
    """When each part left a last machine in start_ns <= time < end_ns, and its job order, in the order of time.

    The job order is empty where the plant stamps its parts with none. Parts that were on a machine at the start count.
    """
    found: list[tuple[int, str]] = []
    for node in last_machines(plant):
        record = read_machine(timeline, node, start_ns - _BEFORE_NS, end_ns)
        left = zip(record.left_ns, record.job_orders, record.left_pieces, strict=True)
        for at_ns, job_order, pieces in left:
            if at_ns >= start_ns:
                found += [(at_ns, job_order)] * plant.pieces_on(node.id, pieces)
    return sorted(found)


def _filler(plant: Plant, node: str) -> str:
    at, seen = node, {node}
    while plant.nodes[at].is_buffer and (flows := plant.into(at)) and flows[0].before not in seen:
        at = flows[0].before
        seen.add(at)
    return at
