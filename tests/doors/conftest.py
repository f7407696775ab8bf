"""A real server, in a process of its own, with the outsider's package installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from outsider import install

from xushi.testing import OwnServer, own_server


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    """A server that found the outsider's commands by entry point."""
    folder = tmp_path_factory.mktemp("outside")
    packages = install(folder / "packages")
    with own_server(folder / "data", environment={"PYTHONPATH": str(packages)}) as server:
        yield server
