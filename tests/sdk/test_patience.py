"""A client waits for an answer as long as its server is at work, and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from xushi.kernel import XushiError
from xushi.remote import Remote


@contextmanager
def serving(is_alive: bool) -> Iterator[Remote]:
    """A server that takes a second for its answer, and meanwhile says how it is, or does not."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/api/status" and not is_alive:
                self.close_connection = True
                return
            if self.path != "/api/status":
                time.sleep(1.0)
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked may have lost patience
                self.wfile.write(b"{}")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    remote = Remote(f"http://127.0.0.1:{server.server_port}", "token")
    remote.patience_s = 0.1
    try:
        yield remote
    finally:
        server.shutdown()
        server.server_close()


def test_an_answer_that_takes_long_is_waited_for_while_the_server_is_at_work() -> None:
    with serving(is_alive=True) as remote:
        assert remote.get("/api/slow") == {}


def test_a_server_that_is_gone_is_not_waited_for() -> None:
    with serving(is_alive=False) as remote, pytest.raises(XushiError) as refused:
        remote.get("/api/slow")
    assert refused.value.code == "remote.unreachable"
