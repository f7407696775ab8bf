"""Damaged files on their whole way through the import command: each comes in whole, or leaves nothing behind."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest
from damage import damage_parts, mutate, replace_values

from xushi.kernel import ManualClock, Outcome, XushiError
from xushi.runtime import SYSTEM, Platform
from xushi.testing import triangle_glb
from xushi.twins import from_plain, to_aasx, to_json, to_xml

VARIANTS = 60
KINDS = ("shell", "submodel", "concept", "file", "asset", "place", "package", "link")
MANUAL = "/aasx/files/manual.pdf"


def environment(name: str) -> dict[str, Any]:
    """Two shells with two submodels each, one of which names a file: half an import would show."""
    shells, submodels = [], []
    for shell in (f"{name}:a", f"{name}:b"):
        parts = [f"{shell}:{part}" for part in ("Data", "Documents")]
        keys = [{"type": "ModelReference", "keys": [{"type": "Submodel", "value": part}]} for part in parts]
        shells.append({
            "modelType": "AssetAdministrationShell", "id": shell, "idShort": "S", "submodels": keys,
            "assetInformation": {"assetKind": "Instance", "globalAssetId": f"{shell}:asset"},
        })  # fmt: skip
        speed = {"modelType": "Property", "idShort": "Speed", "valueType": "xs:double", "value": "1"}
        manual = {"modelType": "File", "idShort": "Manual", "contentType": "application/pdf", "value": MANUAL}
        submodels += [
            {"modelType": "Submodel", "id": part, "idShort": "Data", "submodelElements": [element]}
            for part, element in zip(parts, (speed, manual), strict=True)
        ]
    return {"assetAdministrationShells": shells, "submodels": submodels}


def damaged(kind: str, dice: random.Random) -> tuple[str, bytes]:
    """The name and the content of one damaged file."""
    plain = environment("urn:x")
    whole = from_plain(plain)
    package = to_aasx(whole, {MANUAL: b"%PDF" + bytes(range(256))})
    return {
        "json": lambda: ("x.json", mutate(to_json(whole), dice)),
        "values": lambda: ("x.json", json.dumps(replace_values(plain, dice)).encode()),
        "xml": lambda: ("x.xml", mutate(to_xml(whole), dice)),
        "aasx": lambda: ("x.aasx", mutate(package, dice)),
        "parts": lambda: ("x.aasx", damage_parts(package, dice)),
        "glb": lambda: ("x.glb", mutate(triangle_glb(), dice)),
    }[kind]()


def kept(platform: Platform) -> dict[str, dict[str, Any]]:
    return {kind: dict(platform.store.list(kind)) for kind in KINDS}


def bring(platform: Platform, *files: tuple[str, bytes]) -> Outcome | XushiError:
    params = {"files": [{"name": name, "sha256": platform.blobs.put(content)} for name, content in files]}
    try:
        return asyncio.run(platform.bus.run("import.files", params, SYSTEM))
    except XushiError as error:
        return error


@pytest.mark.parametrize("kind", ["json", "values", "xml", "aasx", "parts", "glb"])
def test_a_damaged_file_comes_in_whole_or_leaves_nothing(tmp_path: Path, kind: str) -> None:
    sound = ("good.json", json.dumps(environment("urn:good")).encode())
    refused = taken = 0
    with Platform.open(tmp_path, ManualClock(1_800_000_000 * 10**9)) as platform:
        bring(platform, ("first.json", json.dumps(environment("urn:first")).encode()))
        before = kept(platform)
        for variant in range(VARIANTS):
            name, content = damaged(kind, random.Random(f"{kind} {variant}"))
            outcome = bring(platform, (name, content), sound)
            if isinstance(outcome, XushiError):
                refused += 1
                assert kept(platform) == before, f"{kind} {variant}: refused, and yet something came in"
                assert {outcome.text("en").what, outcome.text("zh-CN").what}.isdisjoint({outcome.code})
                continue
            taken += 1
            after = kept(platform)
            assert {"urn:good:a", "urn:good:b"} <= after["shell"].keys(), f"{kind} {variant}: only a part came in"
            for counted in ("shells", "submodels"):
                gained = after[counted[:-1]].keys() - before[counted[:-1]].keys()
                assert len(gained) == outcome.summary[counted], f"{kind} {variant}: not what was told"
            asyncio.run(platform.bus.undo(outcome.command_id, SYSTEM))
            assert kept(platform) == before, f"{kind} {variant}: undo does not take all of it back"
    assert taken + refused == VARIANTS
    assert refused or kind == "values", "nothing was damaged enough"  # sound JSON of wrong values is always repaired
