"""Writes the package of a plant that runs several times as fast: its shells state the times it really has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xushi.twins import from_plain, read_file, to_plain, write_aasx

_TIMES = frozenset({
    "NominalCycleTime", "SetupTime", "CharacteristicLife", "MeanTimeToRestore", "TransferTime", "LoadTime",
    "UnloadTime", "ChargeTime", "PreparationTime", "TaktTime", "LeadTime",
})  # fmt: skip
_SPEEDS = frozenset({"Speed", "SpeedMax", "TurnSpeed"})
_SUBMODELS = frozenset({"TechnicalData", "HierarchicalStructures"})


def write_quicker(package: Path, speed: float, to: Path) -> Path:
    """Write the package of a plant that runs `speed` times as fast as the given one's; return its path."""
    found = read_file(package)
    plain = to_plain(found.environment)
    for submodel in plain["submodels"]:
        if submodel["idShort"] in _SUBMODELS:
            _scale(submodel, speed)
    environment = from_plain(plain)
    write_aasx(to, environment, found.files, payload="json", thumbnail=found.thumbnail)
    return to


def _scale(node: Any, speed: float) -> None:
    """Divide times and multiply speeds of everything below."""
    if isinstance(node, list):
        for one in node:
            _scale(one, speed)
    elif isinstance(node, dict):
        name = node.get("idShort")
        if name in _TIMES:
            node["value"] = f"{float(node['value']) / speed:.9g}"
        elif name in _SPEEDS:
            node["value"] = f"{float(node['value']) * speed:.9g}"
        else:
            for one in node.values():
                _scale(one, speed)
