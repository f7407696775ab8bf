"""Starts the demo's MQTT broker (nats-server) as a child process that cannot outlive the plant."""

from __future__ import annotations

import asyncio
import ctypes
import json
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import IO

from xushi.demo.ports import free_port, is_taken
from xushi.kernel import XushiError

START_LIMIT_S = 20.0
_STARTS = 3  # of a program that ends by itself at once: on a full machine it may lack what it needs for a moment


def find_nats_server() -> str:
    """Path of the nats-server program of this environment; raises `demo.no_broker` when there is none."""
    beside = Path(sysconfig.get_path("scripts")) / ("nats-server.exe" if sys.platform == "win32" else "nats-server")
    found = str(beside) if beside.is_file() else shutil.which("nats-server")
    if found is None:
        raise XushiError("demo.no_broker")
    return found


class Broker:
    """nats-server with MQTT 3.1.1 on one loopback port; its data lie in `data`."""

    def __init__(self, host: str, port: int, data: Path) -> None:
        self.host = host
        self.port = port or free_port(host)
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Starts it and waits until the port answers; raises `demo.broker_failed` when it does not."""
        self._data.mkdir(parents=True, exist_ok=True)
        if is_taken(self.host, self.port):
            raise XushiError("demo.port_taken", port=self.port, option="--mqtt-port")
        config = self._data / "nats.conf"
        config.write_text(_config(self.host, self.port, self._data), encoding="utf-8")
        log = self._data / "nats.log"
        end_s = time.monotonic() + START_LIMIT_S
        for _ in range(_STARTS):
            with log.open("ab") as words:  # what it says before it opens its log is kept there, too
                self._process = _spawn([find_nats_server(), "-c", str(config), "-l", str(log)], words)
            while self._process.poll() is None and time.monotonic() < end_s:
                if await _answers(self.host, self.port):
                    return
                await asyncio.sleep(0.05)
            ended_with = self._process.poll()
            self.stop()
            if ended_with is None or is_taken(self.host, self.port):
                break
            with log.open("ab") as words:
                words.write(f"nats-server ended with {ended_with} before it answered\n".encode())
        raise XushiError("demo.broker_failed", port=self.port, log=str(log))

    def stop(self) -> None:
        """Ends it; waits at most five seconds before it is ended by force."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _config(host: str, port: int, data: Path) -> str:
    store = json.dumps(str(data / "jetstream"))
    return (
        f"server_name: xushi-demo\nlisten: {host}:-1\n"
        f"jetstream {{ store_dir: {store}, max_memory_store: 64MB, max_file_store: 512MB }}\n"
        f"mqtt {{ host: {host}, port: {port}, max_ack_pending: 1000 }}\n"
    )


def _spawn(command: list[str], words: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program with our own arguments
        command,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        preexec_fn=_die_with_parent if sys.platform == "linux" else None,
    )


def _die_with_parent() -> None:
    """On Linux the kernel ends the broker with the plant, even after kill -9 (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


async def _answers(host: str, port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True
