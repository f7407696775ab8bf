"""Measures the page of a plant with 100,000 signals: bytes and seconds to the first picture, the tree, its search."""

from __future__ import annotations

import os
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from bench.connect import _job, _platform
from xushi.remote import Remote
from xushi.testing import CHROMIUM_ARGUMENTS, PLANT, chromium_path, start_node_opcua

VALUES = int(os.environ.get("XUSHI_BENCH_NODES", "100000"))
_COOKIE = "xushi_session"
_WAIT_MS = 120_000


def _session(remote: Remote) -> str:
    jar = CookieJar()
    urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(remote.post("/api/signin-links")["url"])
    return next(cookie.value or "" for cookie in jar if cookie.name == _COOKIE)


def _import(remote: Remote, url: str) -> int:
    path = f"/api/connect/drafts/{remote.post('/api/connect/drafts', {'endpoint': url})['id']}"
    _job(remote, f"{path}/suggest", {})
    outcome, _, _ = _job(remote, f"{path}/import", {})
    if outcome["state"] != "done":
        raise RuntimeError(str(outcome)[:500])
    signals: int = outcome["result"]["signals"]
    return signals


class _Meter:
    """What a page was sent."""

    def __init__(self, page: Page) -> None:
        self.answers: dict[str, int] = {}
        self.frames = 0
        page.on("response", self._on_response)
        page.on("websocket", lambda socket: socket.on("framereceived", self._on_frame))

    def _on_response(self, answer: Any) -> None:
        length = answer.headers.get("content-length")
        if "/api/" in answer.url and length:
            name = answer.url.partition("/api/")[2].partition("?")[0]
            self.answers[name] = self.answers.get(name, 0) + int(length)

    def _on_frame(self, payload: str | bytes) -> None:
        self.frames += len(payload)


def _measured(remote: Remote) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": _COOKIE, "value": _session(remote), "url": remote.url}])
        page = context.new_page()
        page.set_default_timeout(_WAIT_MS)
        meter = _Meter(page)
        began_s = time.perf_counter()
        page.goto(f"{remote.url}/#lang=en&look=light&view=table")
        tree = page.get_by_role("tree", name="Plant")
        tree.get_by_role("treeitem").first.wait_for()
        found["tree_s"] = time.perf_counter() - began_s
        page.get_by_role("grid").get_by_role("row").nth(5).wait_for()
        found["table_s"] = time.perf_counter() - began_s
        page.wait_for_timeout(3000)
        found["rest_kb"] = sum(meter.answers.values()) / 1024
        found["answers_kb"] = {name: round(size / 1024, 1) for name, size in meter.answers.items()}
        found["socket_kb"] = meter.frames / 1024
        found["rows_in_dom"] = (
            page.get_by_role("treeitem").count() + page.get_by_role("grid").get_by_role("row").count()
        )
        began_s = time.perf_counter()
        page.get_by_label("Find in the plant").fill(f"Value{VALUES - 7}")
        tree.get_by_role("treeitem", name=f"Value {VALUES - 7}").first.wait_for()
        found["search_s"] = time.perf_counter() - began_s
        page.get_by_label("Find in the plant").fill("")
        heap = page.evaluate("performance.memory ? performance.memory.usedJSHeapSize : 0")
        found["heap_mb"] = heap / 1048576
        browser.close()
    return found


def run() -> Iterator[dict[str, Any]]:
    """Yield bytes and seconds, beside what the list of every signal alone would weigh."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            start_node_opcua(folder / "node", extra_nodes=VALUES, script=PLANT, timeout_s=300) as plant,
            _platform(folder / "data") as remote,
        ):
            count = _import(remote, plant.url)
            whole_kb = len(remote.raw("GET", "/api/signals")) / 1024
            found = _measured(remote)
    sent_kb = found["rest_kb"] + found["socket_kb"]
    yield {
        "name": f"page of {count:,} signals, sent until the tree and the table stand still", "value": round(sent_kb),
        "unit": "KiB", "baseline": f"the list of every signal, as pages read it before: {whole_kb:,.0f} KiB",
        "ratio": round(whole_kb / sent_kb, 1),
        "parts": {key: round(value, 2) if isinstance(value, float) else value for key, value in found.items()},
    }  # fmt: skip
