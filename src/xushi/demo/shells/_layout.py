"""The AGV road map as a Layout Interchange Format file (VDA LIF 1.0) and the submodel that holds it."""

from __future__ import annotations

import json

from xushi.demo._line import EDGES, MACHINES, NODES, VEHICLE_TYPE
from xushi.demo._line_types import Text
from xushi.twins import Submodel

from ._elements import file, outside, submodel_id, texts

NAME = "LayoutInterchange"
SEMANTIC = "https://github.com/VDA5050/LIF/LayoutInterchangeFormat/1/0"
_PATH = "/aasx/files/agv-layout.lif.json"


def layout_file() -> tuple[str, bytes]:
    """The path in the package and the content of the road map."""
    names = {machine.id: machine.name.en for machine in MACHINES}
    nodes = [
        {
            "nodeId": node.id,
            "nodePosition": {"x": node.x, "y": node.y},
            "mapId": "hall1",
            "vehicleTypeNodeProperties": [{"vehicleTypeId": VEHICLE_TYPE}],
        }
        for node in NODES
    ]
    edges = [
        {
            "edgeId": f"{edge.start}-{edge.end}",
            "startNodeId": edge.start,
            "endNodeId": edge.end,
            "vehicleTypeEdgeProperties": [{"vehicleTypeId": VEHICLE_TYPE}],
        }
        for edge in EDGES
    ]
    stations = [
        {"stationId": node.serves, "interactionNodeIds": [node.id], "stationName": names.get(node.serves, node.serves)}
        for node in NODES
        if node.serves
    ]
    document = {
        "metaInformation": {
            "projectIdentification": "Xushi demo plant",
            "creator": "Xushi",
            "exportTimestamp": "2026-11-01T00:00:00.000Z",
            "lifVersion": "1.0.0",
        },
        "layouts": [{"layoutId": "hall1", "layoutVersion": "1", "nodes": nodes, "edges": edges, "stations": stations}],
    }
    return _PATH, json.dumps(document, ensure_ascii=False, indent=1).encode()


def road_map(line: str) -> Submodel:
    return Submodel(
        id=submodel_id(line, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), kind="Instance",
        display_name=texts(Text("AGV road map", "AGV 路网")),
        submodel_elements=(file("LayoutInterchangeFile", _PATH, "application/json"),),
    )  # fmt: skip
