"""Rules of `xushi doctor`, of completion, and of the exit codes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from xushi.cli import main
from xushi.cli._completion import candidates, script
from xushi.testing import served


def examine(capsys: pytest.CaptureFixture[str], data: Path, *more: str) -> tuple[int, list[dict[str, Any]]]:
    status = main(["doctor", "--json", "--data", str(data), *more])
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] == (status == 0)
    return status, told["findings"]


def of(findings: list[dict[str, Any]], code: str) -> dict[str, Any]:
    return next(finding for finding in findings if finding["code"] == f"cli.doctor_{code}")


def test_a_computer_without_a_folder_has_no_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, findings = examine(capsys, tmp_path / "none", "--port", "0")
    assert status == 0
    assert {finding["check"] for finding in findings} >= {
        "python",
        "disk",
        "port",
        "folder",
        "links",
        "clock",
        "extras",
    }
    assert all(finding["what"] and finding["why"] and finding["next"] for finding in findings)
    assert not (tmp_path / "none").exists()


def test_every_finding_is_told_in_chinese_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, english = examine(capsys, tmp_path)
    _, chinese = examine(capsys, tmp_path, "--lang", "zh-CN")
    assert [one["code"] for one in english] == [one["code"] for one in chinese]
    assert all(one["what"] != other["what"] for one, other in zip(english, chinese, strict=True))


def test_a_damaged_database_is_a_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "records.sqlite").write_bytes(b"not a database" * 200)
    status, findings = examine(capsys, tmp_path)
    assert (status, of(findings, "file_broken")["level"]) == (1, "problem")


def test_a_secret_that_others_may_read_is_a_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    secret = tmp_path / "local-access.json"
    secret.write_text("{}")
    secret.chmod(0o644)
    assert examine(capsys, tmp_path)[0] == 1
    secret.chmod(0o600)
    assert examine(capsys, tmp_path)[0] == 0


def test_a_clock_before_the_newest_file_is_a_problem(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    late = tmp_path / "file"
    late.write_text("x")
    os.utime(late, (time.time() + 3600, time.time() + 3600))
    status, findings = examine(capsys, tmp_path)
    assert (status, of(findings, "clock_back")["check"]) == (1, "clock")


@pytest.mark.parametrize(("days", "level"), [(-1, "problem"), (10, "warning"), (400, "ok")])
def test_a_certificate_is_judged_by_the_days_it_has_left(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, days: int, level: str
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=800))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "connectors").mkdir()
    (tmp_path / "connectors" / "client.der").write_bytes(made.public_bytes(serialization.Encoding.DER))
    (tmp_path / "connectors" / "key.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nno\n-----END PRIVATE KEY-----\n")
    _, findings = examine(capsys, tmp_path)
    assert [one["level"] for one in findings if one["check"] == "certificates"] == [level]


def test_a_port_in_use_by_another_program_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        _, findings = examine(capsys, tmp_path, "--port", str(other.getsockname()[1]))
    assert of(findings, "port_taken")["level"] == "warning"


def test_with_a_running_server_its_links_and_files_are_well(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with served(tmp_path / "data") as one:
        status, findings = examine(capsys, tmp_path / "data")
        assert status == 0, findings
        assert one.remote.url in of(findings, "server")["what"]
        assert of(findings, "links")["level"] == "ok"


# ---- completion and exit codes
def test_completion_knows_verbs_options_and_the_servers_commands(tmp_path: Path) -> None:
    assert {"command", "completion"} <= set(candidates(["com"], "en"))
    assert "--timeline" in candidates(["export", "--t"], "en")
    with served(tmp_path / "data"):
        where = ["--data", str(tmp_path / "data")]
        assert candidates(["run", *where, "scene.m"], "en") == ["scene.move"]
        assert {"--position", "--dry-run"} <= set(candidates(["command", *where, "scene.move", "--"], "en"))
    assert candidates(["run", *where, "scene.m"], "en") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completion_script_is_valid_where_its_shell_is_installed(shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        assert "xushi completion words" in script(shell)
        return
    subprocess.run([program, "-n"], input=script(shell), text=True, check=True, capture_output=True)


def test_the_exit_code_says_what_kind_of_end_it_was(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    assert main(["command", "--data", data]) == 4
    with served(tmp_path / "data") as one:
        assert main(["command", "--data", data, "--json"]) == 0
        assert main(["command", "no.such", "--data", data]) == 1
        look = ["--server", one.remote.url, "--token", one.token("view")]
        assert main(["command", "twin.delete", "--id", "urn:x", *look, "--data", data]) == 5
        assert main(["status", "--server", one.remote.url, "--token", "0.wrong", "--data", data]) == 5
        assert main(["command", "twin.delete", "--id", "urn:x", "--data", data]) == 1
        with pytest.raises(SystemExit) as ended:
            main(["command", "twin.delete", "--no-such-option", "--data", data])
        assert ended.value.code == 2
    capsys.readouterr()
