"""A running demo and a real Chromium, for the tests that use the product as a person does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from connecting import Wizard, windows
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from visiting import COOKIE, WAIT_MS, Demo, Visit, Visitor, branches_of, started

from xushi.testing import CHROMIUM_ARGUMENTS, chromium_path

expect.set_options(timeout=WAIT_MS)

# The link that a demo prints must be used soon; after that begin with the files that last longest.
FIRST = (
    "test_page_signin.py",
    "test_page_rehearse.py",
    "test_page_orders.py",
    "test_page_contingency.py",
    "test_page_foreign.py",
    "test_page_large.py",
)
OFF_LINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the browser, and settle what comes first.

    They run in a process of their own: playwright leaves an event loop running in its thread.
    """
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The running demo that most tests share; it records a short shift as soon as it runs."""
    with started(tmp_path_factory.mktemp("demo"), 2, "--recording", "2") as one:
        yield one


@pytest.fixture
def no_branches_are_left(demo: Demo) -> Iterator[None]:
    """Deletes the branches that a test has forked."""
    yield
    for one in branches_of(demo):
        demo.remote.run("branch.delete", {"branch": one["id"]})


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = chromium_path()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_ARGUMENTS, OFF_LINE])
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

        def note(request: Request) -> None:
            if urlsplit(request.url).netloc not in (host, ""):
                visitor.foreign.append(request.url)

        context.on("request", note)
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


@pytest.fixture
def start(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Wizard]]:
    """Opens windows of an empty platform of their own."""
    with windows(chromium, tmp_path / "data") as make:
        yield make
