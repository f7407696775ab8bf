"""What the browser tests of the wizard share: a window on an empty platform, and the steps a person takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect
from visiting import WAIT_MS

from xushi.testing import Served

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


def until(holds: Callable[[], object], timeout_s: float = 30.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError("did not come true in time")
        time.sleep(0.05)
