"""Measures the 3D scene with 100,000 parts in a headless Chromium: draw calls and script per frame, as JSON lines."""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

WEB = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("XUSHI_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
LIMITS = {"draw_calls_max": 300, "script_ms_median": 4.0}
WAIT_MS = 600_000


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output to JSON lines."""


def build(out: Path) -> None:
    """Build the measuring pages into a folder."""
    command = ["npx", "--no-install", "vite", "build", "--config", "bench/vite.config.ts", "--logLevel", "warn"]
    subprocess.run(command, cwd=WEB, env={**os.environ, "XUSHI_BENCH_OUT": str(out)}, check=True, stdout=subprocess.DEVNULL)


def measure(folder: Path, count: int, frames: int) -> dict[str, Any]:
    """Open the page and wait for its result."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": 240, "height": 160})
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(f"http://127.0.0.1:{server.server_port}/instances.html?count={count}&frames={frames}")
            page.wait_for_function("window.result !== undefined", timeout=WAIT_MS)
            result: dict[str, Any] = page.evaluate("window.result")
            browser.close()
    finally:
        server.shutdown()
    if errors:
        raise RuntimeError("; ".join(errors))
    return result


def main() -> int:
    """Print one JSON object per view; exit 1 where a limit is not held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--frames", type=int, default=60)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        measured = measure(Path(folder), arguments.count, arguments.frames)
    is_held = True
    print(json.dumps({"name": "scene.lay_out", "value": round(measured["lay_out_ms"], 1), "unit": "ms"}))
    for result in measured["results"]:
        for field, value in result.items():
            if field in ("name", "frames", "parts", "signals"):
                continue
            limit = LIMITS.get(field)
            is_held = is_held and (limit is None or value <= limit)
            line = {"name": f"scene.{field}", "view": result["name"], "parts": result["parts"], "value": round(value, 3)}
            line |= {"unit": "calls" if field.startswith("draw") else "ms", "baseline": limit}
            line["ratio"] = None if limit is None else round(value / limit, 3)
            print(json.dumps(line))
    return 0 if is_held else 1


if __name__ == "__main__":
    raise SystemExit(main())
