"""The plant as a program: it starts alone, tells where it is, and leaves nothing behind."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from xushi.demo.plant import default_endpoints

PATIENCE_S = 30.0


def start(folder: Path, *more: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
    command = [
        sys.executable,
        "-m",
        "xushi.demo.plant",
        "--opcua-port",
        "0",
        "--mqtt-port",
        "0",
        "--data",
        str(folder),
    ]
    pipe = subprocess.PIPE
    process = subprocess.Popen([*command, *more], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    return process, json.loads(process.stdout.readline())


def is_open(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rsplit(":", 1)[1]))) == 0


def wait_gone(*pids: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while any(psutil.pid_exists(p) and psutil.Process(p).status() != psutil.STATUS_ZOMBIE for p in pids):
        assert time.monotonic() < deadline, "still running"
        time.sleep(0.05)


def test_the_default_endpoints_are_those_of_the_contract() -> None:
    assert default_endpoints() == {"opcua": "opc.tcp://127.0.0.1:48400", "mqtt": "mqtt://127.0.0.1:18830"}


def test_it_tells_its_endpoints_when_ready_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    process, ready = start(tmp_path, "--speed", "5", "--start-time", "2026-03-01T06:00:00+08:00")
    assert ready["ready"]
    assert is_open(ready["opcua"])
    assert is_open(ready["mqtt"])
    children = [child.pid for child in psutil.Process(process.pid).children()]
    assert children, "the broker is its child"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    wait_gone(*children)
    assert not is_open(ready["opcua"])
    assert not is_open(ready["mqtt"])


def test_by_hand_it_runs_between_two_lines_and_answers_each_with_what_it_has_published(tmp_path: Path) -> None:
    process, ready = start(tmp_path, "--by-hand")
    assert process.stdin is not None
    assert process.stdout is not None
    counts = []
    for pause_s in (0.5, 1.5):
        time.sleep(pause_s)
        print("next", file=process.stdin, flush=True)
        counts.append(json.loads(process.stdout.readline())["published"])
    assert (counts[0]["OpcUa"], counts[0]["Json"]) == (0, 0)
    assert all(counts[1][face] > counts[0][face] for face in counts[0])
    assert is_open(ready["opcua"]), "it stands still, and is there"
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 0


def test_the_broker_dies_with_a_killed_plant(tmp_path: Path) -> None:
    process, _ = start(tmp_path)
    children = [child.pid for child in psutil.Process(process.pid).children()]
    process.kill()
    process.wait(PATIENCE_S)
    wait_gone(*children)


def test_the_plant_ends_when_its_parent_dies(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time\n"
        "p = subprocess.Popen([sys.executable, '-m', 'xushi.demo.plant', '--opcua-port', '0',"
        f" '--mqtt-port', '0', '--data', {str(tmp_path)!r}], stdout=subprocess.PIPE, text=True)\n"
        "p.stdout.readline(); print(p.pid, flush=True); time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    plant_pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait(PATIENCE_S)
    wait_gone(plant_pid)


@pytest.mark.parametrize("option", ["--opcua-port", "--mqtt-port"])
def test_a_taken_port_is_told_plainly(tmp_path: Path, option: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ports = {"--opcua-port": "0", "--mqtt-port": "0", option: port}
        command = [sys.executable, "-m", "xushi.demo.plant", "--data", str(tmp_path)]
        for name, value in ports.items():
            command += [name, value]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 1
    assert port in done.stderr
    assert option in done.stderr
    assert "Traceback" not in done.stderr
