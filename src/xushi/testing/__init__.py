"""The public test kit: real brokers on free ports and a real browser, for our tests and those of plugins."""

from xushi.demo.ports import free_port

from ._breakdown import Breakdown, broken_plant
from ._brokers import Broker, start_mosquitto, start_nats
from ._browser import CHROMIUM_ARGUMENTS, chromium_path
from ._demo import RunningDemo, running_demo
from ._missing import PeerMissing
from ._models import TRIANGLE, triangle_document, triangle_glb
from ._node_opcua import PLANT, NodeOpcua, start_node_opcua
from ._own_server import OwnServer, own_server
from ._plant import RunningPlant, ended, running_plant, until
from ._recorded import import_plant, record_plant
from ._server import Served, served

__all__ = [
    "CHROMIUM_ARGUMENTS",
    "PLANT",
    "TRIANGLE",
    "Breakdown",
    "Broker",
    "NodeOpcua",
    "OwnServer",
    "PeerMissing",
    "RunningDemo",
    "RunningPlant",
    "Served",
    "broken_plant",
    "chromium_path",
    "ended",
    "free_port",
    "import_plant",
    "own_server",
    "record_plant",
    "running_demo",
    "running_plant",
    "served",
    "start_mosquitto",
    "start_nats",
    "start_node_opcua",
    "triangle_document",
    "triangle_glb",
    "until",
]
