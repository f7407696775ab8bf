"""Rules of options: one that would do nothing is refused in both languages with exit status 2; nothing is done then."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from xushi.cli import main
from xushi.runtime import Platform, make_backup
from xushi.signals import Kind, SignalDef
from xushi.testing import Served, served

PEER = "opc.tcp://127.0.0.1:1"
IDLE = [
    ("values", "--follow", "--at", "-5"),
    ("values", "--follow", "--branch", "OP40 quicker"),
    ("alarms", "--minutes", "5"),
    ("alarms", "--rows", "5"),
    ("alarms", "--journal", "--at", "-5"),
    ("figures", "OP40", "--why", "OP40.oee"),
    ("spc", "V", "--subgroup", "4"),
    ("spc", "V", "--chart", "c", "--subgroup", "4"),
    ("export", "twins.json", "--signal", "V"),
    ("export", "twins.json", "--minutes", "5"),
    ("export", "twins.json", "--timeline", "shift"),
    ("connect", "--set", "a=b"),
    ("connect", "--yes"),
    ("connect", "--list"),
    ("connect", PEER, "--below", "Pump", "--list"),
    ("connect", PEER, "--list", "Pump", "--find", "Pump"),
    ("connect", PEER, "--sheet", "map.xlsx", "--list"),
    ("connect", PEER, "--find", "Pump", "--yes"),
    ("connect", PEER, "--dry-run", "--yes"),
    ("backup", "plant.xushi-backup", "--passphrase-file", "phrase"),
]
OUTSIDE = [
    ("activity", "--rows", "0"),
    ("activity", "--since", "yesterday"),
    ("alarms", "--journal", "--rows", "5001"),
    ("connect", PEER, "--rows", "1001"),
    ("connect", PEER, "--rows", "many"),
]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Path]]:
    folder = tmp_path_factory.mktemp("options") / "data"
    with served(folder, [SignalDef(key="urn:sm#V", kind=Kind.DOUBLE, path="V")]) as one:
        yield one, folder


@pytest.mark.parametrize("words", IDLE + OUTSIDE, ids=" ".join)
def test_an_option_that_would_do_nothing_is_refused_in_both_languages(
    words: tuple[str, ...],
    running: tuple[Served, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    told = set()
    for language in ("en", "zh-CN"):
        status = main([*words, "--data", str(running[1]), "--json", "--lang", language])
        error = json.loads(capsys.readouterr().out)["error"]
        assert status == 2
        assert error["code"].startswith(("cli.option", "cli.number", "cli.instant"))
        assert any(word in error["what"] + error["why"] for word in words if word.startswith("--"))
        told.add(error["what"])
    assert len(told) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_of_a_proposal_proposes_nothing(
    running: tuple[Served, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    one, folder = running
    rule = {"id": "fast", "signal": "urn:sm#V", "condition": "above", "limit": 80.0, "title": {"en": "Too fast"}}
    wish = ("command", "rule.put", "--rule", json.dumps(rule), "--propose", "--reason", "to see")
    assert main([*wish, "--dry-run", "--data", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["state"] == "planned"
    assert one.remote.get("/api/proposals") == []


def test_a_token_without_a_server_to_take_it_changes_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.json"
    path.write_text("{}")
    assert main(["open", str(path), "--data", str(tmp_path / "data"), "--token", "t"]) == 4
    assert not (tmp_path / "data").exists()


def test_a_passphrase_for_a_backup_that_has_no_encrypted_secrets_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive, phrase = tmp_path / "plant.xushi-backup", tmp_path / "phrase"
    phrase.write_text("correct horse")
    with Platform.open(tmp_path / "data") as platform:
        make_backup(platform, archive, has_secrets=False, passphrase="", tell=lambda share, name: None)
    words = ["restore", str(archive), "--data", str(tmp_path / "other"), "--passphrase-file", str(phrase)]
    assert main([*words, "--lang", "en"]) == 2
    assert "--passphrase-file" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_the_port_that_was_asked_for_is_looked_at_though_a_server_runs(
    running: tuple[Served, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def checks(*words: str) -> int:
        main(["doctor", "--json", "--data", str(running[1]), *words])
        return [each["check"] for each in json.loads(capsys.readouterr().out)["findings"]].count("port")

    assert (checks(), checks("--port", "1")) == (1, 2)
