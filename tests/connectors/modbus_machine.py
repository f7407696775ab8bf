"""A platform with one machine over Modbus TCP: a shell with a property for each of its registers, read and written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from test_links import affordance, environment, interface, mapping, prop

from xushi.kernel import Diff, diff_key
from xushi.runtime import Platform
from xushi.signals import SignalDef

DATA = "urn:x:data#"  # before the names of its signals


def _complete(element: Any) -> None:
    """Say of each list what it holds, as the metamodel asks."""
    for child in (value for value in element.values() if isinstance(value, list)):
        for one in (each for each in child if isinstance(each, dict)):
            _complete(one)
    if element.get("modelType") == "SubmodelElementList":
        element["typeValueListElement"] = element["value"][0]["modelType"]


def machine(port: int, registers: Mapping[str, str]) -> dict[str, Any]:
    """The shell of the machine with its interface and mapping, whole as the metamodel asks."""
    faces = [
        affordance(name.lower(), href, prop("type", "integer"), op="writeproperty", modv_pollingTime="50")
        for name, href in registers.items()
    ]
    face = interface("machine", f"modbus+tcp://127.0.0.1:{port}", "application/octet-stream", *faces)
    maps = [
        mapping((("machine", "InteractionMetadata", "properties", name.lower()), name)) for name in registers
    ]  # fmt: skip
    return whole(environment([face], maps, [prop(name, "0", "xs:int") for name in registers]))


def whole(found: dict[str, Any]) -> dict[str, Any]:
    """Complete what the short forms of the tests leave out."""
    for one in found["submodels"]:
        _complete(one)
    for one in found["assetAdministrationShells"]:
        one.setdefault("assetInformation", {"assetKind": "Instance"})
    return found


def put(platform: Platform, found: dict[str, Any]) -> None:
    """Put the shells of an environment into the store."""
    added = {diff_key("submodel", one["id"]): one for one in found["submodels"]}
    added |= {diff_key("shell", one["id"]): one for one in found["assetAdministrationShells"]}
    platform.store.commit(Diff(added=added))
    platform.twins.reload()
    platform.refresh()


@asynccontextmanager
async def started(folder: Path, port: int, registers: Mapping[str, str], *more: SignalDef) -> AsyncIterator[Platform]:
    """Run a platform beside the machine.

    Args:
        registers: by the name of the signal, e.g. `{"Target": "/1/40001"}`.
        more: signals that the test moves by hand.
    """
    with Platform.open(folder) as platform:
        if not platform.store.ids("shell"):
            put(platform, machine(port, registers))
        platform.registry.define(more)
        await platform.start()
        try:
            yield platform
        finally:
            await platform.stop()


async def until(holds: Callable[[], Any]) -> None:
    """Wait until something holds."""
    for _ in range(1500):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("did not come true")
