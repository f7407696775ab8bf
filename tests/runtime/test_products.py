"""A product's way is read from the signals of any plant that says which of them are production results."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from xushi.kernel import ManualClock
from xushi.runtime import SYSTEM, Platform, with_values_of
from xushi.signals import Frame

_S = 1_000_000_000
_START = 1_800_000_000 * _S


def prop(name: str, kind: str, meaning: str = "") -> dict[str, Any]:
    element: dict[str, Any] = {"modelType": "Property", "idShort": name, "valueType": kind}
    if meaning:
        key = {"type": "GlobalReference", "value": meaning}
        element["semanticId"] = {"type": "ExternalReference", "keys": [key]}
    return element


def station(name: str) -> dict[str, Any]:
    meaning = "urn:xushi:ProductionResult:1:0"
    fields = [
        prop("Nr", "xs:string", f"{meaning}/Serial"),
        prop("Ok", "xs:boolean", f"{meaning}/Verdict"),
        prop("Force", "xs:double"),
    ]
    group = {
        "modelType": "SubmodelElementCollection", "idShort": "Result", "value": fields,
        "semanticId": {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": meaning}]},
    }  # fmt: skip
    return {
        "modelType": "Submodel",
        "id": f"urn:{name}:data",
        "idShort": "OperationalData",
        "submodelElements": [group],
    }


def shell(name: str) -> dict[str, Any]:
    keys = [{"type": "Submodel", "value": f"urn:{name}:data"}]
    return {
        "modelType": "AssetAdministrationShell", "id": f"urn:{name}", "idShort": name,
        "assetInformation": {"assetKind": "Instance", "globalAssetId": f"urn:{name}:asset"},
        "submodels": [{"type": "ModelReference", "keys": keys}],
    }  # fmt: skip


def report(platform: Platform, name: str, at_s: int, serial: str, ok: bool, force: float) -> None:
    keys = [f"urn:{name}:data#Result.{field}" for field in ("Nr", "Ok", "Force")]
    rows = [
        (platform.registry.handle(key), _START + at_s * _S, value, 0)
        for key, value in zip(keys, (serial, ok, force), strict=True)
    ]
    platform.ingest.push(Frame.from_rows(platform.registry, rows))


def open_line(folder: Path) -> Any:
    return Platform.open(folder / "data", ManualClock(_START + 3600 * _S))


def bring(platform: Platform, folder: Path) -> None:
    path = folder / "line.json"
    names = ("press", "test")
    content = {"assetAdministrationShells": [shell(n) for n in names], "submodels": [station(n) for n in names]}
    path.write_text(json.dumps(content))
    files = [{"name": path.name, "sha256": platform.blobs.put(path.read_bytes())}]
    asyncio.run(platform.bus.run("import.files", {"files": files}, SYSTEM))


def test_each_products_steps_are_found_with_the_values_of_their_instant(tmp_path: Path) -> None:
    with open_line(tmp_path) as platform:
        bring(platform, tmp_path)
        report(platform, "press", 10, "A1", True, 4.5)
        report(platform, "press", 20, "A2", True, 5.5)
        report(platform, "test", 30, "A1", False, 1.0)
        report(platform, "test", 40, "A2", True, 2.0)
        history, first_ns, last_ns = platform.timelines.span("live")
        products = {p.serial: p for p in platform.products.products(history, first_ns, last_ns)}
        assert {serial: (p.steps, p.is_good) for serial, p in products.items()} == {"A1": (2, False), "A2": (2, True)}
        steps = platform.products.steps(history, "A1", first_ns, last_ns)
        assert [(step.station, step.result["Force"], step.is_good) for step in steps] == [
            ("press", 4.5, True),
            ("test", 1.0, False),
        ]


def test_a_second_try_at_the_same_station_decides(tmp_path: Path) -> None:
    with open_line(tmp_path) as platform:
        bring(platform, tmp_path)
        report(platform, "test", 10, "A1", False, 1.0)
        report(platform, "test", 20, "A1", True, 2.0)
        history, first_ns, last_ns = platform.timelines.span("live")
        (product,) = platform.products.products(history, first_ns, last_ns)
        assert (product.steps, product.is_good) == (2, True)


def test_the_ways_survive_a_restart(tmp_path: Path) -> None:
    with open_line(tmp_path) as platform:
        bring(platform, tmp_path)
        report(platform, "press", 10, "A1", True, 4.5)
    with open_line(tmp_path) as platform:
        history, first_ns, last_ns = platform.timelines.span("live")
        assert [p.serial for p in platform.products.products(history, first_ns, last_ns)] == ["A1"]


def test_live_values_stand_in_the_submodel(tmp_path: Path) -> None:
    with open_line(tmp_path) as platform:
        bring(platform, tmp_path)
        report(platform, "press", 10, "A1", True, 4.5)
        record = platform.twins.records["submodel"]["urn:press:data"]
        shown = with_values_of(record, platform.registry, platform.board)
        values = [item.get("value") for item in shown["submodelElements"][0]["value"]]
        assert values == ["A1", "true", "4.5"]
        assert "value" not in record["submodelElements"][0]["value"][0]
