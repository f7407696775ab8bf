"""The AGV road map: shortest ways, and which vehicle holds which point."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable

from xushi.demo._line import EDGES, NODES


class RoadMap:
    """Directed graph of points; a point belongs to one vehicle at a time, others wait before it."""

    def __init__(self) -> None:
        self.nodes = {node.id: node for node in NODES}
        self._next: dict[str, list[tuple[str, float]]] = {node.id: [] for node in NODES}
        for edge in EDGES:
            self._next[edge.start].append((edge.end, self.distance_m(edge.start, edge.end)))
        self._holder: dict[str, str] = {}
        self._waiting: dict[str, list[Callable[[], None]]] = {}

    def distance_m(self, start: str, end: str) -> float:
        a, b = self.nodes[start], self.nodes[end]
        return math.dist((a.x, a.y), (b.x, b.y))

    def has_edge(self, start: str, end: str) -> bool:
        return any(node == end for node, _ in self._next[start])

    def stop_of(self, machine: str) -> str:
        """The point at which a machine is served, or a vehicle's own charger; KeyError when there is none."""
        for node in self.nodes.values():
            if node.serves == machine:
                return node.id
        raise KeyError(machine)

    def way(self, start: str, end: str) -> list[str]:
        """Shortest way from `start` to `end`, both included; empty when there is none (Dijkstra)."""
        queue: list[tuple[float, list[str]]] = [(0.0, [start])]
        seen: set[str] = set()
        while queue:
            length, way = heapq.heappop(queue)
            here = way[-1]
            if here == end:
                return way
            if here in seen:
                continue
            seen.add(here)
            for node, step in self._next[here]:
                if node not in seen:
                    heapq.heappush(queue, (length + step, [*way, node]))
        return []

    def claim(self, node: str, vehicle: str, retry: Callable[[], None]) -> bool:
        """Takes a point for a vehicle; when another holds it, `retry` is called once it is free."""
        holder = self._holder.setdefault(node, vehicle)
        if holder == vehicle:
            return True
        self._waiting.setdefault(node, []).append(retry)
        return False

    def free(self, node: str, vehicle: str) -> None:
        if self._holder.get(node) == vehicle:
            del self._holder[node]
            for retry in self._waiting.pop(node, []):
                retry()
