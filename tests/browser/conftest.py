"""A running demo and a real Chromium, for the tests that use the product as a person does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from visiting import COOKIE, WAIT_MS, Demo, Visit, Visitor

from xushi.testing import CHROMIUM_ARGUMENTS, BrowserMissing, chromium_path, free_port

expect.set_options(timeout=WAIT_MS)

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser, and sign in first: the link that a demo prints lasts 15 minutes only.

    They run in a process of their own: playwright leaves an event loop running in its thread.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")
    items.sort(key=lambda item: item.path.name != "test_page_signin.py")


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The sample line and the platform, started by the command a newcomer types."""
    data = tmp_path_factory.mktemp("demo")
    port = free_port()
    command = [sys.executable, "-m", "xushi.cli", "--lang", "en", "demo", "--data", str(data), "--port", str(port)]
    command += ["--no-recording", "--speed", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said: list[str] = []
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            found = re.search(r"(http://\S+)/signin\?code=\S+", line)
            if found:
                yield Demo(found.group(1), data, found.group(0))
                break
        else:
            pytest.fail("the demo ended: " + "".join(said))
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    try:
        path = chromium_path()
    except BrowserMissing as missing:
        pytest.skip(str(missing))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(demo: Demo, chromium: Browser) -> Iterator[Visit]:
    """Opens windows; each is cut off from every host but the platform, and must not even try one."""
    visitors: list[Visitor] = []

    def make(
        width: int = 1280, height: int = 800, *, is_signed_in: bool = True, is_phone: bool = False, **options: Any
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, has_touch=is_phone, is_mobile=is_phone,
            permissions=["clipboard-read", "clipboard-write"], **options,
        )  # fmt: skip
        if is_signed_in:
            context.add_cookies([{"name": COOKIE, "value": demo.session(), "url": demo.url}])
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        visitor = Visitor(context, page, demo)
        host = urlsplit(demo.url).netloc

        def only_own(route: Route) -> None:
            if urlsplit(route.request.url).netloc in (host, ""):
                route.continue_()
            else:
                visitor.foreign.append(route.request.url)
                route.abort()

        context.route("**/*", only_own)
        page.on("pageerror", lambda error: visitor.errors.append(str(error)))
        visitors.append(visitor)
        return visitor

    yield make
    for visitor in visitors:
        visitor.context.close()
    assert [url for visitor in visitors for url in visitor.foreign] == []
    assert [error for visitor in visitors for error in visitor.errors] == []


@pytest.fixture(scope="package")
def axe() -> Callable[[Page], list[str]]:
    """Runs axe-core on a page; returns what it found, one line a finding."""
    source = AXE.read_text("utf-8")

    def check(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {json.dumps(node['any'][:1])[:300]}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    return check
