"""A foreign OPC UA server, a foreign broker, and a platform beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from wizard import Wizard

from xushi.testing import PLANT, Broker, NodeOpcua, Served, start_mosquitto, start_node_opcua
from xushi.testing import served as serving


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeOpcua]:
    """A paint shop by node-opcua: a robot, a pump, a conveyor; two hundred values more in cells."""
    with start_node_opcua(tmp_path_factory.mktemp("node"), extra_nodes=200, script=PLANT) as running:
        yield running


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with start_mosquitto(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path / "data") as one:
        yield one


@pytest.fixture
def wizard(served: Served) -> Wizard:
    return Wizard(served)
