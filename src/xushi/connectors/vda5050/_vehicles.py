"""Finds the vehicles among the links: whoever reports on a VDA 5050 topic is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec

from .._link import Link

# interfaceName/majorVersion/manufacturer/serialNumber/topic (VDA 5050 2.1, 6.3)
_TOPIC = re.compile(r"^(?P<base>.+/v\d+/(?P<manufacturer>[^/+#]+)/(?P<serial>[^/+#]+))/(?:state|visualization)$")


class Vehicle(msgspec.Struct, frozen=True):
    """One vehicle: its shell, its link, and the topic under which it listens and reports.

    Attributes:
        node_signal: handle of the signal that tells `lastNodeId`; -1 where none is mapped.
        order_signal: handle of the signal that tells `orderId`; -1 where none is mapped.
    """

    shell: str
    link: str
    base: str
    manufacturer: str
    serial: str
    node_signal: int = -1
    order_signal: int = -1


def find_vehicles(links: Iterable[Link], shell_of: Callable[[str], str]) -> list[Vehicle]:
    """Return the vehicles whose messages the links' points read.

    Args:
        shell_of: the shell of a submodel, by the submodel's id.
    """
    found: dict[tuple[str, str], Vehicle] = {}
    for link in links:
        for point in link.points if link.protocol == "mqtt" else ():
            topic, _, pointer = point.address.partition("#/")
            match = _TOPIC.match(topic)
            if match is None:
                continue
            key = (link.id, match["base"])
            vehicle = found.get(key) or Vehicle(
                shell_of(point.key.rpartition("#")[0]), link.id, match["base"], match["manufacturer"], match["serial"]
            )
            if topic.endswith("/state") and pointer == "lastNodeId":
                vehicle = msgspec.structs.replace(vehicle, node_signal=point.signal)
            if topic.endswith("/state") and pointer == "orderId":
                vehicle = msgspec.structs.replace(vehicle, order_signal=point.signal)
            found[key] = vehicle
    return [found[key] for key in sorted(found)]
