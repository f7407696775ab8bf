"""Rules of import: all files or none, one step of undo, a plain answer about what was found."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from xushi.kernel import Actor, ManualClock, Outcome, XushiError
from xushi.runtime import SYSTEM, ImporterTable, Platform, Source, file_of, plan_import, sha256_of
from xushi.testing import triangle_glb
from xushi.twins import from_plain, to_aasx

MODEL = "/aasx/files/machine.glb"
MODELS_3D = "https://admin-shell.io/idta/Models3D/1/0"


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with Platform.open(tmp_path / "data", ManualClock(1_800_000_000_000_000_000)) as one:
        yield one


def write(folder: Path, name: str, content: bytes | dict[str, Any]) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def environment(name: str = "urn:a", value: str = "1") -> dict[str, Any]:
    key = {"type": "ModelReference", "keys": [{"type": "Submodel", "value": f"{name}:sm"}]}
    element = {"modelType": "Property", "idShort": "Speed", "valueType": "xs:double", "value": value}
    return {
        "assetAdministrationShells": [
            {
                "modelType": "AssetAdministrationShell", "id": name, "idShort": "A", "submodels": [key],
                "assetInformation": {"assetKind": "Instance", "globalAssetId": f"{name}:asset"},
            }
        ],
        "submodels": [
            {"modelType": "Submodel", "id": f"{name}:sm", "idShort": "OperationalData", "submodelElements": [element]}
        ],
    }  # fmt: skip


def bring(platform: Platform, *paths: Path, actor: Actor = SYSTEM, dry_run: bool = False) -> Outcome:
    files = [{"name": path.name, "sha256": platform.blobs.put(path.read_bytes())} for path in paths]
    return asyncio.run(platform.bus.run("import.files", {"files": files}, actor, dry_run=dry_run))


def everything(platform: Platform) -> dict[str, list[str]]:
    kinds = ("shell", "submodel", "concept", "file", "asset", "place", "package")
    return {kind: platform.store.ids(kind) for kind in kinds}


def test_an_import_brings_twins_models_and_signals(platform: Platform, tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.json", environment()), write(tmp_path, "m.glb", triangle_glb())]
    outcome = bring(platform, *paths)
    assert outcome.summary["shells"] == outcome.summary["submodels"] == outcome.summary["elements"] == 1
    assert platform.registry.handle("urn:a:sm#Speed") == 0
    assert platform.registry.get(0).shell == "urn:a"
    (place,) = [record for _, record in platform.store.list("place")]
    assert platform.blobs.get(place["model"]) == triangle_glb()


def test_undo_takes_the_whole_import_back_and_redo_brings_it_again(platform: Platform, tmp_path: Path) -> None:
    before = everything(platform)
    outcome = bring(platform, write(tmp_path, "a.json", environment()), write(tmp_path, "m.glb", triangle_glb()))
    after = everything(platform)
    undone = asyncio.run(platform.bus.undo(outcome.command_id, SYSTEM))
    assert everything(platform) == before
    asyncio.run(platform.bus.undo(undone.command_id, SYSTEM))
    assert everything(platform) == after


@pytest.mark.parametrize("bad", ["broken.glb", "broken.json", "empty.json", "what.exe"])
def test_one_bad_file_among_good_ones_imports_nothing(platform: Platform, tmp_path: Path, bad: str) -> None:
    content = {
        "broken.glb": triangle_glb()[:50],
        "broken.json": b'{"submodels":[',
        "empty.json": b"",
        "what.exe": b"MZ",
    }
    good = [write(tmp_path, "a.json", environment()), write(tmp_path, "m.glb", triangle_glb())]
    before = everything(platform)
    log_before = platform.evidence.length()
    with pytest.raises(XushiError) as caught:
        bring(platform, *good, write(tmp_path, bad, content[bad]))
    assert everything(platform) == before
    assert platform.evidence.length() == log_before
    for language in ("en", "zh-CN"):
        text = caught.value.text(language)
        assert text.what
        assert text.what != caught.value.code


def test_a_crash_before_the_commit_leaves_nothing(
    platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(platform)

    def crash(*_: object) -> None:
        raise OSError("disk gone")

    monkeypatch.setattr(platform.store, "commit", crash)
    with pytest.raises(OSError, match="disk gone"):
        bring(platform, write(tmp_path, "a.json", environment()))
    monkeypatch.undo()
    assert everything(platform) == before


def test_a_dry_run_changes_nothing_and_counts_the_same(platform: Platform, tmp_path: Path) -> None:
    path = write(tmp_path, "a.json", environment())
    before = everything(platform)
    planned = bring(platform, path, dry_run=True)
    assert planned.state == "planned"
    assert everything(platform) == before
    assert bring(platform, path).summary == planned.summary


def test_importing_again_replaces_and_says_so(platform: Platform, tmp_path: Path) -> None:
    bring(platform, write(tmp_path, "a.json", environment()))
    outcome = bring(platform, write(tmp_path, "a.json", environment(value="2")))
    assert "runtime.import_replaces" in [diagnosis.code for diagnosis in outcome.diagnoses]
    record = platform.store.get("submodel", "urn:a:sm")
    assert record is not None
    assert record["submodelElements"][0]["value"] == "2"


def test_importing_the_same_again_changes_nothing(platform: Platform, tmp_path: Path) -> None:
    paths = [write(tmp_path, "a.json", environment()), write(tmp_path, "m.glb", triangle_glb())]
    bring(platform, *paths)
    outcome = bring(platform, *paths)
    assert outcome.diff.is_empty()
    assert outcome.diagnoses == []


def machine(name: str) -> bytes:
    """A package with a 3D model, under the path that every package of its maker uses."""
    plain = environment(name)
    meaning = {"type": "ExternalReference", "keys": [{"type": "GlobalReference", "value": MODELS_3D}]}
    model = {"modelType": "File", "idShort": "File", "contentType": "model/gltf-binary", "value": MODEL}
    plain["submodels"][0] |= {"idShort": "Models3D", "semanticId": meaning, "submodelElements": [model]}
    return to_aasx(from_plain(plain), {MODEL: triangle_glb() + b" " * 4 * len(name)})


@pytest.mark.parametrize("names", [("machine.aasx", "machine.aasx"), ("press.aasx", "robot.aasx")])
@pytest.mark.parametrize("is_at_once", [True, False])
def test_packages_with_the_same_paths_or_names_keep_their_own_files_and_models(
    platform: Platform, tmp_path: Path, names: tuple[str, str], is_at_once: bool
) -> None:
    contents = {"urn:a": machine("urn:a"), "urn:longer": machine("urn:longer")}
    paths = []
    for (twin, content), name in zip(contents.items(), names, strict=True):
        (tmp_path / twin[4:]).mkdir()
        paths.append(write(tmp_path / twin[4:], name, content))
    for together in [paths] if is_at_once else [[path] for path in paths]:
        bring(platform, *together)
    for twin in contents:
        wanted = triangle_glb() + b" " * 4 * len(twin)
        file = file_of(platform.store, "submodel", f"{twin}:sm", MODEL)
        assert file is not None
        assert platform.blobs.get(file["sha256"]) == wanted
        place = platform.store.get("place", twin)
        assert place is not None
        assert platform.blobs.get(place["model"]) == wanted
    again = bring(platform, paths[1])
    assert again.diff.is_empty(), "the same package once more is no other one"


def test_what_a_person_moved_stays_where_it_is_on_a_second_import(platform: Platform, tmp_path: Path) -> None:
    path = write(tmp_path, "m.glb", triangle_glb())
    bring(platform, path)
    (place_id,) = platform.store.ids("place")
    asyncio.run(platform.bus.run("scene.move", {"place": place_id, "position": [7, 0, 7]}, SYSTEM))
    bring(platform, path)
    place = platform.store.get("place", place_id)
    assert place is not None
    assert place["position"] == [7.0, 0.0, 7.0]


def test_two_models_never_share_a_spot(platform: Platform, tmp_path: Path) -> None:
    paths = [write(tmp_path, f"{i}.glb", triangle_glb() + b" " * 4 * i) for i in range(5)]
    bring(platform, *paths)
    spots = [tuple(record["position"]) for _, record in platform.store.list("place")]
    assert len(set(spots)) == len(spots) == 5


def test_json_that_is_no_environment_is_kept_as_a_document_with_a_diagnosis(tmp_path: Path) -> None:
    path = write(tmp_path, "notes.json", {"note": "oil changed"})
    report = plan_import([Source(path.name, path)], ImporterTable.installed(), sha256_of)
    assert [diagnosis.code for diagnosis in report.diagnoses] == ["runtime.kept_as_document"]
    assert report.counts.files == 1


def test_an_import_needs_its_right(platform: Platform, tmp_path: Path) -> None:
    with pytest.raises(XushiError) as caught:
        bring(platform, write(tmp_path, "a.json", environment()), actor=Actor("x", "x", frozenset({"view"})))
    assert caught.value.code == "kernel.forbidden"


def test_twins_are_renamed_and_deleted_and_that_is_undone(platform: Platform, tmp_path: Path) -> None:
    bring(platform, write(tmp_path, "a.json", environment()))
    asyncio.run(platform.bus.run("twin.rename", {"id": "urn:a", "name": {"zh-CN": "甲"}}, SYSTEM))
    record = platform.store.get("shell", "urn:a")
    assert record is not None
    assert record["displayName"] == [{"language": "zh-CN", "text": "甲"}]
    gone = asyncio.run(platform.bus.run("twin.delete", {"id": "urn:a"}, SYSTEM))
    assert platform.store.get("submodel", "urn:a:sm") is None
    asyncio.run(platform.bus.undo(gone.command_id, SYSTEM))
    assert platform.store.get("submodel", "urn:a:sm") is not None


def test_a_second_process_is_told_who_has_the_folder(platform: Platform) -> None:
    import os

    with pytest.raises(XushiError) as caught, Platform.open(platform.folder):
        pass
    assert caught.value.code == "runtime.folder_locked"
    assert caught.value.params["pid"] == str(os.getpid())


def test_everything_is_there_after_opening_the_folder_again(tmp_path: Path) -> None:
    with Platform.open(tmp_path / "data") as platform:
        bring(platform, write(tmp_path, "a.json", environment()))
        before = everything(platform)
        handle = platform.registry.handle("urn:a:sm#Speed")
    with Platform.open(tmp_path / "data") as platform:
        assert everything(platform) == before
        assert platform.registry.handle("urn:a:sm#Speed") == handle
        assert sum(1 for _ in platform.twins.shells()) == 1
