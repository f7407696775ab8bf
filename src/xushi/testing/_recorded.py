"""Records the demo plant without sockets: hours of it in seconds, into the history of a platform."""

from __future__ import annotations

from typing import Any

from xushi.demo._physics import PlantModel
from xushi.demo.shells import ensure_assets
from xushi.runtime import SYSTEM, Platform
from xushi.signals import Frame

_PIECE_S = 600.0


async def import_plant(platform: Platform) -> None:
    """Import the demo plant's shells."""
    package = ensure_assets()
    files = [{"name": package.name, "sha256": platform.blobs.put(package.read_bytes())}]
    await platform.bus.run("import.files", {"files": files}, SYSTEM)


def record_plant(platform: Platform, plant: PlantModel, until_s: float) -> int:
    """Run the plant to `until_s` seconds after its start and keep all it shows; return the number of values.

    The shells must have been imported; a value that they do not describe is left out.
    """
    handles = {
        definition.key.replace("urn:xushi:demo:submodel:", "").replace(":OperationalData#", "."): handle
        for handle, definition in enumerate(platform.registry.all())
    }
    count = 0
    while plant.loop.now_s < until_s:
        plant.run_until(min(plant.loop.now_s + _PIECE_S, until_s))
        plant.values.take_messages()
        rows: list[tuple[int, int, Any, int]] = [
            (handles[key], at_ns, value, 0) for key, at_ns, value in plant.values.take_changes() if key in handles
        ]
        platform.history.append(Frame.from_rows(platform.registry, rows))
        count += len(rows)
    return count
