"""Runs the server on this machine: binds a port, prints the sign-in link, leaves a token for the command line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from xushi.kernel import XushiError
from xushi.remote import LOCAL_ACCESS
from xushi.runtime import Platform
from xushi.server._app import build_app, running
from xushi.server._doors import Doors
from xushi.server._heap import heap_at_rest
from xushi.server._wire import SharedWireProtocol
from xushi.simulate import DEFAULT_COMPUTE
from xushi.trust import ALL_SCOPES

DEFAULT_PORT = 8600
_LOCAL_NAME = "this computer"
_PORTS_TRIED = 50
_LARGEST_MESSAGE = 1024 * 1024
_SHUTDOWN_S = 3
_PARENT_CHECK_S = 1.0
# How long a thread that computes keeps the interpreter while others wait for it. Serving waits anew after each look at
# a socket or a database: with Python's 5 ms an answer took up to 15 s beside a long branch, with this under 1 s.
_TURN_S = 0.0005


class RunningServer:
    """What a caller may want of a server that is up."""

    def __init__(self, doors: Doors, base_url: str, server: uvicorn.Server) -> None:
        self.doors = doors
        self.base_url = base_url
        self._server = server

    def signin_link(self) -> str:
        """A fresh one-time link."""
        return f"{self.base_url}/signin?code={self.doors.platform.gate.issue_code()}"

    def stop(self) -> None:
        """Ask the server to end."""
        self._server.should_exit = True


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on the port, or on the next free one. Port 0 lets the system choose.

    Raises:
        XushiError: ``server.port_taken`` where fifty ports in a row are in use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in range(port, port + (_PORTS_TRIED if port else 1)):
        # Named TCP: asyncio lets answers go without delay (TCP_NODELAY) only where the socket says so of itself.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
        except OSError as error:
            listener.close()
            last = error
            continue
        listener.listen(512)
        listener.set_inheritable(False)
        return listener
    raise XushiError("server.port_taken", host=host, port=port, reason=last.strerror)


@asynccontextmanager
async def serving(
    platform: Platform, host: str, listener: socket.socket, extra_hosts: tuple[str, ...] = ()
) -> AsyncIterator[RunningServer]:
    """Serve a platform in the running event loop while this is open."""
    port: int = listener.getsockname()[1]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "localhost") else host  # noqa: S104
    base_url = f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
    names = {shown, "127.0.0.1", "localhost", "[::1]", *extra_hosts}
    app, doors = build_app(platform, {f"{name}:{port}" for name in names} | set(extra_hosts), base_url)
    config = uvicorn.Config(
        app, ws=SharedWireProtocol, ws_max_size=_LARGEST_MESSAGE, ws_per_message_deflate=False, lifespan="off",
        log_config=None, access_log=False, server_header=False, date_header=True, timeout_keep_alive=30,
        timeout_graceful_shutdown=_SHUTDOWN_S, h11_max_incomplete_event_size=64 * 1024, proxy_headers=False,
    )  # fmt: skip
    server = uvicorn.Server(config)
    async with running(doors):
        task = asyncio.get_running_loop().create_task(_quiet(server, listener))
        while not server.started:
            if task.done():
                await task
            await asyncio.sleep(0.005)
        local = _leave_local_access(platform, base_url)
        try:
            with _short_turns():
                async with heap_at_rest(platform):
                    yield RunningServer(doors, base_url, server)
        finally:
            local.unlink(missing_ok=True)
            server.should_exit = True
            await task


@contextlib.contextmanager
def _short_turns() -> Iterator[None]:
    """Let whoever waits for the interpreter have it soon."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(_TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


async def _quiet(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve without taking over the process's signals: whoever started the server decides on them."""
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    await server.serve(sockets=[listener])


def _leave_local_access(platform: Platform, base_url: str) -> Path:
    """Write address and token where only this user can read them: `xushi open` goes through the running server."""
    for token in platform.gate.tokens():
        if token.name == _LOCAL_NAME:
            platform.gate.revoke("token", token.id)
    credential, _ = platform.gate.make_token(_LOCAL_NAME, ALL_SCOPES)
    path = platform.folder / LOCAL_ACCESS
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"url": base_url, "token": credential, "pid": os.getpid()}, file)
    draft.replace(path)
    return path


def run_server(
    folder: Path,
    host: str,
    port: int,
    *,
    on_ready: Callable[[RunningServer], None],
    extra_hosts: tuple[str, ...] = (),
    keep_days: float = 30.0,
    endpoints: Mapping[str, str] | None = None,
    is_attached: bool = False,
    compute: str = DEFAULT_COMPUTE,
) -> None:
    """Open a data folder and serve it until Ctrl-C or SIGTERM; an attached server ends with its parent process."""
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    logging.getLogger("asyncua").setLevel(logging.ERROR)  # what becomes of a connection is told as its state
    with bind(host, port) as listener:
        is_wanted = True
        while is_wanted:  # once more after a backup was restored: the same address, another folder behind it
            opened = Platform.open(folder, keep_days=keep_days, endpoints=endpoints, compute=compute)
            with listener.dup() as door, opened as platform:
                is_wanted = asyncio.run(_run(platform, host, door, on_ready, extra_hosts, is_attached))


async def _run(
    platform: Platform,
    host: str,
    listener: socket.socket,
    on_ready: Callable[[RunningServer], None],
    extra_hosts: tuple[str, ...],
    is_attached: bool,
) -> bool:
    """Serve until the end is asked for; tells whether to open the folder anew."""
    ended, restarts = asyncio.Event(), False

    def restart() -> None:
        nonlocal restarts
        restarts = True
        ended.set()

    platform.restart = restart
    parent = os.getppid()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    async with serving(platform, host, listener, extra_hosts) as server:
        on_ready(server)
        while not ended.is_set() and not (is_attached and os.getppid() != parent):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ended.wait(), _PARENT_CHECK_S)
    return restarts
