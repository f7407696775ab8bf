"""Tells what left the plant: the last machines, and when each part left them."""

from __future__ import annotations

from xushi.runtime.foresight._plant import Node, Plant
from xushi.runtime.foresight._records import read_machine
from xushi.signals import Timeline


def last_machines(plant: Plant) -> list[Node]:
    """The machines behind which parts leave the plant; a buffer at the end is filled by one."""
    names = {_filler(plant, node) for node in plant.nodes if not plant.out_of(node)}
    return [node for node in plant.machines() if node.id in names]


def finished_ns(plant: Plant, timeline: Timeline, start_ns: int, end_ns: int) -> list[int]:
    """When each part left a last machine in start_ns <= time < end_ns, in the order of time."""
    left = (read_machine(timeline, node, start_ns, end_ns).left_ns for node in last_machines(plant))
    return sorted(at_ns for some in left for at_ns in some)


def _filler(plant: Plant, node: str) -> str:
    at, seen = node, {node}
    while plant.nodes[at].is_buffer and (flows := plant.into(at)) and flows[0].before not in seen:
        at = flows[0].before
        seen.add(at)
    return at
