"""What a change of the twins costs: only its own signals are defined anew, nobody else waits, nothing is lost."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from xushi.kernel import Change, Command, Diff, ManualClock
from xushi.monitor import Rule
from xushi.runtime import SYSTEM, Platform
from xushi.signals import Frame, SignalDef

_START = 1_800_000_000_000_000_000


class Nothing(msgspec.Struct, frozen=True):
    """No parameters."""


def shells(*names: str, unit: str = "s") -> bytes:
    unit_of = {"kind": "ConceptQualifier", "type": "Unit", "valueType": "xs:string", "value": unit}
    value = {"modelType": "Property", "idShort": "Cycle", "valueType": "xs:double", "qualifiers": [unit_of]}
    reference = [{"type": "ModelReference", "keys": [{"type": "Submodel", "value": f"urn:{n}:data"}]} for n in names]
    return json.dumps({
        "assetAdministrationShells": [
            {"modelType": "AssetAdministrationShell", "id": f"urn:{name}", "idShort": name, "submodels": [one],
             "assetInformation": {"assetKind": "Instance", "globalAssetId": f"urn:{name}:asset"}}
            for name, one in zip(names, reference, strict=True)
        ],
        "submodels": [
            {"modelType": "Submodel", "id": f"urn:{name}:data", "idShort": "OperationalData",
             "submodelElements": [value]}
            for name in names
        ],
    }).encode()  # fmt: skip


async def bring(platform: Platform, content: bytes, name: str = "line.json") -> Any:
    files = [{"name": name, "sha256": platform.blobs.put(content)}]
    return await platform.bus.run("import.files", {"files": files}, SYSTEM)


def test_a_change_of_one_submodel_defines_only_its_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    defined: list[list[str]] = []
    with Platform.open(tmp_path / "data", ManualClock(_START)) as platform:
        define = platform.registry.define

        def noted(defs: Iterable[SignalDef]) -> Any:
            wanted = list(defs)
            defined.append([one.key for one in wanted])
            return define(wanted)

        monkeypatch.setattr(platform.registry, "define", noted)
        asyncio.run(bring(platform, shells("press", "oven", "test")))
        asyncio.run(bring(platform, shells("oven", unit="min")))
        assert defined == [[f"urn:{name}:data#Cycle" for name in ("press", "oven", "test")], ["urn:oven:data#Cycle"]]
        assert platform.registry.get(platform.registry.handle("urn:oven:data#Cycle")).unit == "min"


async def test_others_go_on_while_the_signals_of_a_change_are_defined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Platform.open(tmp_path / "data", ManualClock(_START)) as platform:
        begun, may_go_on = threading.Event(), threading.Event()
        derive = platform.links.derive

        def slow(twins: Any) -> Any:
            begun.set()
            assert may_go_on.wait(30)
            return derive(twins)

        monkeypatch.setattr(platform.links, "derive", slow)
        bringing = asyncio.ensure_future(bring(platform, shells("press")))
        assert await asyncio.to_thread(begun.wait, 30)
        assert platform.twins.submodel("urn:press:data") is not None  # acknowledged and told already
        note = Change(diff=Diff(added={"note/1": {"text": "hi"}}))
        text = {"en": "Note", "zh-CN": "便笺"}
        platform.commands.register(Command("note.set", Nothing, "view", text, text, lambda context, params: note))
        assert (await platform.bus.run("note.set", {}, SYSTEM)).state == "done"
        assert not bringing.done()
        may_go_on.set()
        assert (await bringing).state == "done"
        assert "urn:press:data#Cycle" in platform.registry


def test_changes_that_come_while_signals_are_defined_are_followed_too(tmp_path: Path) -> None:
    async def several(platform: Platform) -> None:
        await asyncio.gather(*(bring(platform, shells(f"m{n}"), f"m{n}.json") for n in range(5)))

    with Platform.open(tmp_path / "data", ManualClock(_START)) as platform:
        asyncio.run(several(platform))
        assert all(f"urn:m{n}:data#Cycle" in platform.registry for n in range(5))
        asyncio.run(platform.bus.undo(platform.store.ids("change")[0], SYSTEM))
        assert sum(1 for _ in platform.twins.shells()) == 4


def test_what_was_acknowledged_has_its_signals_after_a_kill_in_the_midst_of_defining_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(Exception):
        """Stands for the end of the process."""

    with Platform.open(tmp_path / "data", ManualClock(_START)) as platform:

        def killed(twins: Any) -> Any:
            raise Killed

        monkeypatch.setattr(platform.links, "derive", killed)
        with pytest.raises(Killed):
            asyncio.run(bring(platform, shells("press", "oven")))
    with Platform.open(tmp_path / "data", ManualClock(_START)) as platform:
        assert {one.key for one in platform.registry.all()} == {"urn:press:data#Cycle", "urn:oven:data#Cycle"}


def test_a_rule_is_evaluated_from_when_its_signal_comes_to_be(tmp_path: Path) -> None:
    signal, title = "urn:press:data#Cycle", {"en": "Too long"}
    rule = msgspec.to_builtins(Rule(id="long", signal=signal, condition="above", title=title, limit=60.0))
    with Platform.open(tmp_path / "data", ManualClock(_START)) as platform:
        note = Change(diff=Diff(added={"rule/long": rule}))
        text = {"en": "Note", "zh-CN": "便笺"}
        platform.commands.register(Command("note.set", Nothing, "view", text, text, lambda context, params: note))
        asyncio.run(platform.bus.run("note.set", {}, SYSTEM))
        asyncio.run(bring(platform, shells("press")))
        handle = platform.registry.handle(signal)
        platform.ingest.push(Frame.from_rows(platform.registry, [(handle, _START, 90.0, 0)]))
        platform.monitor.evaluate()
        assert [view.rule.id for view in platform.monitor.alarms()] == ["long"]
