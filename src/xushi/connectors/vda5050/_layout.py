"""Reads a road map in the Layout Interchange Format (VDA LIF 1.0) and finds the shortest way on it."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator

import msgspec

_MOST_NODES = 100_000


class _Position(msgspec.Struct, frozen=True):
    x: float
    y: float


class _Node(msgspec.Struct, frozen=True):
    nodeId: str
    nodePosition: _Position
    nodeName: str = ""


class _Edge(msgspec.Struct, frozen=True):
    edgeId: str
    startNodeId: str
    endNodeId: str


class _Station(msgspec.Struct, frozen=True):
    stationId: str
    interactionNodeIds: list[str]
    stationName: str = ""


class _Map(msgspec.Struct, frozen=True):
    nodes: list[_Node]
    edges: list[_Edge]
    stations: list[_Station] = []


class _Meta(msgspec.Struct, frozen=True):
    lifVersion: str


class _Document(msgspec.Struct, frozen=True):
    metaInformation: _Meta
    layouts: list[_Map]


class LayoutNode(msgspec.Struct, frozen=True):
    """A point of the road map; `station` names what is served there, empty for a point of the lane."""

    id: str
    x_m: float
    y_m: float
    station: str = ""
    name: str = ""


class Layout:
    """Points and one-way roads; ways are shortest by length (Dijkstra)."""

    def __init__(self, nodes: dict[str, LayoutNode], edges: dict[tuple[str, str], str]) -> None:
        self.nodes = nodes
        self._edges = edges
        self._next: dict[str, list[tuple[str, float]]] = {}
        for start, end in edges:
            a, b = nodes[start], nodes[end]
            self._next.setdefault(start, []).append((end, math.hypot(b.x_m - a.x_m, b.y_m - a.y_m)))

    def node_of(self, goal: str) -> str:
        """The node of that id or that serves the station of that id; the text itself where there is neither."""
        if goal in self.nodes:
            return goal
        return next((node.id for node in self.nodes.values() if node.station == goal), goal)

    def way(self, start: str, end: str) -> list[str]:
        """The shortest way, both ends included; empty where there is none."""
        queue: list[tuple[float, str, str]] = [(0.0, start, "")]
        before: dict[str, str] = {}
        while queue:
            length, here, came_from = heapq.heappop(queue)
            if here in before:
                continue
            before[here] = came_from
            if here == end:
                way = [here]
                while before[way[-1]]:
                    way.append(before[way[-1]])
                return way[::-1]
            for node, step in self._next.get(here, ()):
                if node not in before:
                    heapq.heappush(queue, (length + step, node, here))
        return []

    def roads(self) -> Iterator[tuple[str, str, str, float]]:
        """Yield every road: its id, from where to where it leads, its length in m."""
        for start, end in self._edges:
            a, b = self.nodes[start], self.nodes[end]
            yield self.edge(start, end), start, end, math.hypot(b.x_m - a.x_m, b.y_m - a.y_m)

    def edge(self, start: str, end: str) -> str:
        """The id of the road between two neighbours; one made of both names where the map has none."""
        return self._edges.get((start, end)) or f"{start}-{end}"


def read_layout(content: bytes) -> Layout | None:
    """Return the road map of all layouts of a LIF document; None for bytes that are no such document."""
    try:
        document = msgspec.json.decode(content, type=_Document)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    nodes: dict[str, LayoutNode] = {}
    edges: dict[tuple[str, str], str] = {}
    for layout in document.layouts:
        served = {node: station for station in layout.stations for node in station.interactionNodeIds}
        for node in layout.nodes[:_MOST_NODES]:
            station = served.get(node.nodeId)
            nodes[node.nodeId] = LayoutNode(
                node.nodeId,
                node.nodePosition.x,
                node.nodePosition.y,
                station.stationId if station else "",
                (station.stationName if station else "") or node.nodeName,
            )
        edges |= {
            (edge.startNodeId, edge.endNodeId): edge.edgeId
            for edge in layout.edges
            if edge.startNodeId in nodes and edge.endNodeId in nodes
        }
    return Layout(nodes, edges)
