"""What the browser tests of the wizard share: a window on an empty platform, and the steps a person takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from visiting import COOKIE, WAIT_MS, cookie_of

from xushi.testing import Served, served

SUGGESTION_MS = 60_000


@dataclass
class Wizard:
    """The wizard in a window of one signed-in person."""

    context: BrowserContext
    page: Page
    served: Served

    def open(self, language: str = "en", **view: str) -> Page:
        """Open the page at a view, given as the parts of its link."""
        parts = "&".join(f"{key}={value}" for key, value in {"lang": language, "look": "light", **view}.items())
        self.page.goto(f"{self.served.remote.url}/#{parts}")
        self.page.reload()
        self.page.locator("header").first.wait_for(timeout=WAIT_MS)
        return self.page

    @property
    def tree(self) -> Locator:
        """The tree of the foreign server."""
        return self.page.get_by_role("tree", name="Nodes")

    @property
    def table(self) -> Locator:
        """The rows of the mapping."""
        return self.page.get_by_role("table", name="Signals")

    def ask(self, path: str) -> Any:
        """Ask the server as the person at this window; drafts are theirs alone."""
        answer = self.context.request.get(f"{self.served.remote.url}{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def connect(self, endpoint: str) -> None:
        """Type an address and connect."""
        self.page.get_by_label("Address", exact=True).fill(endpoint)
        self.page.locator("form").get_by_role("button", name="Connect", exact=True).click()

    def suggest(self) -> None:
        """Ask for a mapping and wait until it is shown."""
        self.page.get_by_role("button", name="Suggest a mapping").click()
        expect(self.table).to_be_visible(timeout=SUGGESTION_MS)

    def show_difference(self) -> None:
        """Go to the difference and wait until it is shown."""
        self.page.get_by_role("button", name="Show the difference").click()
        expect(self.page.get_by_role("region", name="Difference")).to_be_visible()

    def import_(self, reason: str = "") -> None:
        """Give a reason, import, and wait until it is done."""
        self.page.get_by_label("Reason").fill(reason)
        self.page.get_by_role("button", name="Import", exact=True).click()
        expect(self.page.get_by_text("Connected. Machines:")).to_be_visible(timeout=SUGGESTION_MS)


@contextmanager
def windows(chromium: Browser, folder: Path) -> Iterator[Callable[..., Wizard]]:
    """Opens windows of an empty platform that keeps its data in `folder`; no page may have had an error at the end."""
    with served(folder) as platform:
        opened: list[Wizard] = []
        errors: list[str] = []

        def make(width: int = 1280, height: int = 800, *, is_phone: bool = False) -> Wizard:
            context = chromium.new_context(
                viewport={"width": width, "height": height}, has_touch=is_phone, is_mobile=is_phone,
                accept_downloads=True,
            )  # fmt: skip
            link = platform.remote.post("/api/signin-links")["url"]
            context.add_cookies([{"name": COOKIE, "value": cookie_of(link), "url": platform.remote.url}])
            page = context.new_page()
            page.set_default_timeout(WAIT_MS)
            page.on("pageerror", lambda error: errors.append(str(error)))
            opened.append(Wizard(context, page, platform))
            return opened[-1]

        yield make
        for wizard in opened:
            wizard.context.close()
        assert errors == []
