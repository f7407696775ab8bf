"""Rules of the command line: plain answers, plain errors, exit codes, both languages."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samples import SAMPLES, needs_samples

from xushi.cli import main
from xushi.runtime import Platform
from xushi.signals import Frame, Kind, SignalDef
from xushi.testing import Served, served, triangle_glb, until

KEYS = {"shells", "submodels", "concept_descriptions", "elements", "files", "diagnoses"}


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return status, out, err


def environment(name: str = "urn:cli") -> dict[str, Any]:
    asset = {"assetKind": "Instance", "globalAssetId": f"{name}:asset"}
    shell = {"modelType": "AssetAdministrationShell", "id": name, "idShort": "C", "assetInformation": asset}
    return {"assetAdministrationShells": [shell]}


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    path = tmp_path / "plant.json"
    path.write_text(json.dumps(environment()))
    return path


def test_rollback_goes_back_to_the_snapshot_before_the_upgrade_and_says_where_all_is(
    capsys: pytest.CaptureFixture[str], plant: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    assert run(capsys, "open", "--json", plant, "--data", folder)[0] == 0
    (folder / "format.json").unlink()  # as a version wrote it that knew no formats yet
    later = tmp_path / "later.json"
    later.write_text(json.dumps(environment("urn:later")))
    assert run(capsys, "open", "--json", later, "--data", folder)[0] == 0
    status, out, _ = run(capsys, "rollback", "--json", "--data", folder)
    told = json.loads(out)
    assert status == 0
    assert Path(told["snapshot"]).exists()
    assert told["program"]
    shells = {}
    for place in (folder, Path(told["kept"])):
        with Platform.open(place) as platform:
            shells[place.name] = set(platform.store.ids("shell"))
    assert list(shells.values()) == [{"urn:cli"}, {"urn:cli", "urn:later"}]
    status, _, err = run(capsys, "rollback", "--data", tmp_path / "none")
    assert status == 1
    assert err


def test_a_dry_run_prints_one_object_and_needs_no_folder(
    capsys: pytest.CaptureFixture[str], plant: Path, tmp_path: Path
) -> None:
    status, out, _ = run(capsys, "open", "--dry-run", "--json", plant, "--data", tmp_path / "none")
    found = json.loads(out)
    assert (status, set(found), found["shells"]) == (0, KEYS, 1)
    assert not (tmp_path / "none").exists()


def test_a_diagnosis_has_code_place_text_and_repair(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    path.write_text('{"a": 1}')
    texts = set()
    for language in ("en", "zh-CN"):
        status, out, _ = run(capsys, "open", "--dry-run", "--json", path, "--lang", language)
        (diagnosis,) = json.loads(out)["diagnoses"]
        assert (status, set(diagnosis)) == (0, {"code", "place", "text", "repair"})
        texts.add(diagnosis["text"])
    assert len(texts) == 2


@pytest.mark.parametrize("name", ["missing.aasx", "folder", "broken.glb", "zip.aasx"])
def test_what_cannot_be_opened_ends_with_a_plain_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.glb").write_bytes(triangle_glb()[:30])
    (tmp_path / "zip.aasx").write_bytes(b"PK\x03\x04 no archive")
    status, out, _ = run(capsys, "open", "--dry-run", "--json", tmp_path / name)
    error = json.loads(out)["error"]
    assert status == 1
    assert set(error) == {"code", "what", "why", "next"}
    status, out, err = run(capsys, "open", "--dry-run", tmp_path / name)
    assert (status, out) == (1, "")
    assert err.strip()


@needs_samples
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("aas/real/*.aasx")), ids=lambda path: path.name)
def test_real_packages_open(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    status, out, _ = run(capsys, "open", "--dry-run", "--json", path)
    assert (status, set(json.loads(out))) == (0, KEYS)
    assert json.loads(out)["shells"] >= 1


def test_open_without_a_server_writes_into_the_folder(
    capsys: pytest.CaptureFixture[str], plant: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert run(capsys, "open", plant, "--data", data)[0] == 0
    status, _, err = run(capsys, "status", "--data", data)
    assert status == 4
    assert "xushi serve" in err


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "data", [SignalDef(key="urn:sm#V", kind=Kind.DOUBLE, path="V")]) as one:
        yield one


def test_open_goes_through_the_running_server_and_undo_takes_it_back(
    capsys: pytest.CaptureFixture[str], plant: Path, tmp_path: Path, running: Served
) -> None:
    data = tmp_path / "data"
    status, out, _ = run(capsys, "open", plant, "--data", data, "--json")
    assert (status, json.loads(out)["shells"]) == (0, 1)
    assert [twin["id"] for twin in running.remote.get("/api/twins")] == ["urn:cli"]
    assert run(capsys, "undo", "--data", data)[0] == 0
    assert running.remote.get("/api/twins") == []
    status, out, _ = run(capsys, "status", "--data", data)
    assert (status, "1" in out) == (0, True)


def test_counts_states_and_who_acts_are_told_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], plant: Path, tmp_path: Path, running: Served
) -> None:
    data = tmp_path / "data"
    _, opened, _ = run(capsys, "open", plant, "--data", data, "--lang", "zh-CN")
    assert opened.startswith("已打开。管理壳：1，子模型：")
    _, told, _ = run(capsys, "status", "--data", data, "--lang", "zh-CN")
    assert "管理壳：1，信号：" in told
    _, acted, _ = run(capsys, "activity", "--data", data, "--lang", "zh-CN")
    assert "本机" in acted
    assert "this computer" not in acted
    _, acted, _ = run(capsys, "activity", "--data", data)
    assert "this computer" in acted


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN", ("泵 P1", "机器状态", "待料", "门已关", "是")),
        ("en", ("Pump P1", "Machine state", "Starved", "Door shut", "yes")),
    ],
)
def test_values_are_shown_with_names_and_states_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, language: str, words: tuple[str, ...]
) -> None:
    machine = environment("urn:pump")
    machine["assetAdministrationShells"][0] |= {
        "idShort": "P1",
        "displayName": [{"language": "en", "text": "Pump P1"}, {"language": "zh-CN", "text": "泵 P1"}],
    }
    plant = tmp_path / "pump.json"
    plant.write_text(json.dumps(machine))
    named = {"en": "Machine state", "zh-CN": "机器状态"}
    door = {"en": "Door shut", "zh-CN": "门已关"}
    signals = [
        SignalDef(key="urn:sm#S", kind=Kind.ENUM, path="S", shell="urn:pump", name=named, labels={"2": "Starved"}),
        SignalDef(key="urn:sm#D", kind=Kind.BOOL, path="D", shell="urn:pump", name=door),
    ]
    data = tmp_path / "data"
    with served(data, signals) as one:
        run(capsys, "open", plant, "--data", data)
        one.push(Frame([0, 1], [time.time_ns()] * 2, [2, 1]))
        until(lambda: "2.0" in run(capsys, "values", "P1", "--data", data, "--json")[1], "the raw number of the state")
        _, out, _ = run(capsys, "values", "P1", "--data", data, "--lang", language)
    rows = out.splitlines()[1:]
    assert len(rows) == 2
    assert all(word in out for word in words)
    assert [row.split()[-1] for row in rows] == ["S", "D"], "what a signal is asked for by"
    assert " 2 " not in rows[0]


def test_the_local_token_is_readable_by_its_user_alone(tmp_path: Path, running: Served) -> None:
    mode = os.stat(tmp_path / "data" / "local-access.json").st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_token_link_run_and_export(capsys: pytest.CaptureFixture[str], tmp_path: Path, running: Served) -> None:
    data = tmp_path / "data"
    status, out, _ = run(capsys, "token", "--name", "t", "--scope", "view", "--data", data)
    assert (status, out.count(".")) == (0, 1)
    status, out, _ = run(capsys, "link", "--data", data)
    assert "/signin?code=" in out
    status, _, err = run(capsys, "run", "scene.move", '{"place": "none"}', "--data", data)
    assert status == 1
    assert "none" in err
    status, _, err = run(capsys, "run", "scene.move", "{", "--data", data)
    assert status == 1
    target = tmp_path / "values.csv"
    assert run(capsys, "export", target, "--signal", "V", "--data", data)[0] == 0
    assert target.exists()
    twins = tmp_path / "twins.json"
    assert run(capsys, "export", twins, "--data", data)[0] == 0
    assert json.loads(twins.read_text()) == {}
    assert run(capsys, "export", tmp_path / "x.doc", "--data", data)[0] == 1


def test_every_verb_has_a_help_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for language in ("en", "zh-CN"):
        with pytest.raises(SystemExit):
            main(["--lang", language, "--help"])
        shown.append(capsys.readouterr().out)
    for verb in ("demo", "serve", "open", "token", "link", "status", "run", "undo", "export"):
        assert all(verb in text for text in shown)
    assert "打开文件" in shown[1]
    assert shown[0] != shown[1]


def test_a_folder_in_use_is_told_with_its_holder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, running: Served
) -> None:
    (tmp_path / "data" / "local-access.json").unlink()
    path = tmp_path / "m.glb"
    path.write_bytes(triangle_glb())
    status, _, err = run(capsys, "open", path, "--data", tmp_path / "data")
    assert status == 1
    assert str(os.getpid()) in err
