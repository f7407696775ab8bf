"""Builds the measuring pages of this folder and opens one of them in a headless Chromium."""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from xushi.testing import CHROMIUM_ARGUMENTS, chromium_path

WEB = Path(__file__).resolve().parent.parent


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the pages without telling of each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output to JSON lines."""


def _build(out: Path) -> None:
    command = ["npx", "--no-install", "vite", "build", "--config", "bench/vite.config.ts", "--logLevel=warn"]
    surroundings = {**os.environ, "XUSHI_BENCH_OUT": str(out)}
    subprocess.run(command, cwd=WEB, env=surroundings, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; gives its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@contextmanager
def measuring_page(address: str, viewport: ViewportSize | None = None, patience_ms: float = 30_000) -> Iterator[Page]:
    """Give the page once `window.measure` is there.

    Args:
        address: of the page among the built ones, with its query.
        patience_ms: for each wait.

    Raises:
        RuntimeError: at the end, where the page met errors.
    """
    errors: list[str] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        _build(Path(folder))
        with _served(Path(folder)) as root:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
            page = browser.new_page(viewport=viewport)
            page.set_default_timeout(patience_ms)
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"{root}/{address}")
            page.wait_for_function("window.measure !== undefined")
            yield page
            browser.close()
    if errors:
        raise RuntimeError("; ".join(errors))
