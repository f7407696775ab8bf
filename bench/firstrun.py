"""Measures what a newcomer meets: size of the install, time to the first picture, script before the world."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

import xushi
from xushi.testing import CHROMIUM_ARGUMENTS, RunningDemo, chromium_path, running_demo

CLIENT = Path(xushi.__file__).parent / "server" / "client"
ROOT = Path(__file__).parent.parent
INSTALL_TARGET_MB = 120.0
PICTURE_TARGET_S = 10.0
SCRIPT_TARGET_KB = 300.0
ANSWERS = 50


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures of a first run, each against its target."""
    yield _figure("script before the world loads, gzip", _entry_script_kb(), "KB", SCRIPT_TARGET_KB)
    for kind, size_mb in _install_sizes().items():
        figure = _figure(f"base install, {kind}", size_mb, "MB", INSTALL_TARGET_MB)
        # Bytecode is written by whoever runs it, module by module: the goal is of what is installed.
        yield figure if kind == "as unpacked" else {**figure, "goal": None}
    with tempfile.TemporaryDirectory() as folder:
        with running_demo(Path(folder) / "data") as running:
            yield _figure("sign-in link after start, first time", running.seconds_to_link, "s", PICTURE_TARGET_S)
            yield _figure("first picture after sign-in", _first_picture_s(running.signin_link()), "s", PICTURE_TARGET_S)
            yield {"name": "memory of the platform, demo", "value": round(running.memory_mb()), "unit": "MB"}
            yield _answer(running)
        with running_demo(Path(folder) / "data") as running:
            yield _figure("sign-in link after start, again", running.seconds_to_link, "s", PICTURE_TARGET_S)


def _answer(running: RunningDemo) -> dict[str, Any]:
    """Time of one answer on a connection that stays open, as a browser keeps it, beside one that is made for it."""
    address = urlsplit(running.signin_link())
    kept = HTTPConnection(address.hostname or "", address.port)

    def ask(connection: HTTPConnection) -> float:
        started = time.perf_counter()
        connection.request("GET", "/api/status")
        connection.getresponse().read()
        return 1000 * (time.perf_counter() - started)

    def ask_anew() -> float:
        with contextlib.closing(HTTPConnection(address.hostname or "", address.port)) as fresh:
            return ask(fresh)

    ask(kept)
    pairs = [(ask(kept), ask_anew()) for _ in range(ANSWERS)]
    kept.close()
    kept_ms, fresh_ms = (median(times) for times in zip(*pairs, strict=True))
    return {
        "name": "one answer on a kept connection, median",
        "value": round(kept_ms, 2),
        "unit": "ms",
        "baseline": f"on a connection of its own, {fresh_ms:.2f} ms",
        "ratio": round(kept_ms / fresh_ms, 3),
    }


def _figure(name: str, value: float, unit: str, target: float) -> dict[str, Any]:
    ratio = round(value / target, 3)
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "goal": target,
        "baseline": f"target {target:g} {unit}",
        "ratio": ratio,
    }


def _entry_script_kb() -> float:
    """Return the gzip size in KB of the scripts that the page itself names (module and preloads)."""
    page = (CLIENT / "index.html").read_text("utf-8")
    names = set(re.findall(r'(?:src|href)="/?([^"]+\.js)"', page))
    return sum(len(gzip.compress((CLIENT / name).read_bytes(), 9)) for name in names) / 1000


def _install_sizes() -> dict[str, float]:
    """Install the wheel alone into an empty folder and return its size in MB, without and with bytecode."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "site"
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "-q",
            "--no-compile",
            "--no-warn-conflicts",  # it looks at what is installed here, not at the empty folder
            "--target",
            str(target),
            str(ROOT),
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        plain_mb = _folder_mb(target)
        subprocess.run([sys.executable, "-m", "compileall", "-qq", str(target)], check=False)
        return {"as unpacked": plain_mb, "with all bytecode": _folder_mb(target)}


def _folder_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def _first_picture_s(link: str) -> float:
    """Return the seconds from opening the sign-in link until the 3D world says it has drawn the line."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        started = time.monotonic()
        page.goto(link)
        page.wait_for_selector('[data-world="ready"]', timeout=60_000)
        seconds = time.monotonic() - started
        browser.close()
    return seconds


if __name__ == "__main__":
    for one in run():
        print(json.dumps(one))
