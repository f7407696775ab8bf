"""What the browser tests share: the running demo, and one window of one visitor."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, expect

from xushi.remote import Remote, local_access
from xushi.testing import free_port, until

WAIT_MS = 30_000
COOKIE = "xushi_session"


def cookie_of(link: str) -> str:
    """The cookie of the session that a sign-in link opens."""
    jar = CookieJar()
    urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar)).open(link)
    return next(cookie.value or "" for cookie in jar if cookie.name == COOKIE)


@dataclass
class Demo:
    """The demo as a user starts it: its address, the link it printed, and a way to ask it directly."""

    url: str
    data: Path
    printed_link: str

    @property
    def remote(self) -> Remote:
        access = local_access(self.data)
        assert access is not None
        return Remote(access.url, access.token)

    def link(self) -> str:
        """A fresh one-time sign-in link."""
        url: str = self.remote.post("/api/signin-links")["url"]
        return url

    def session(self) -> str:
        """The cookie of a fresh session."""
        return cookie_of(self.link())

    def as_of(self, key: str, at_ms: float, timeline: str = "live") -> Any:
        """The value that the history of a timeline holds of a signal at an instant: the last row until then."""
        values = self._values(key, 0, at_ms + 0.0005, timeline)
        assert values, f"nothing is recorded of {key} until {at_ms}"
        return values[-1]

    def values_since(self, key: str, since_ms: float) -> list[Any]:
        """The values that the history of the live line holds of a signal since an instant."""
        return self._values(key, since_ms, time.time() * 1e3, "live")

    def _values(self, key: str, start_ms: float, end_ms: float, timeline: str) -> list[Any]:
        (signal,) = self.remote.post("/api/signals/named", {"keys": [key]})["signals"]
        path = f"/api/timelines/{timeline}/signals/{signal['handle']}/range"
        rows = self.remote.get(path, start_ms=start_ms, end_ms=end_ms, limit=100_000)
        assert not rows["more"]
        values: list[Any] = rows["values"]
        return values


@contextmanager
def started(data: Path, speed: float, *more: str) -> Iterator[Demo]:
    """The sample line and the platform, started by the command a newcomer types."""
    port = free_port()
    command = [sys.executable, "-m", "xushi.cli", "--lang", "en", "demo", "--data", str(data), "--port", str(port)]
    command += ["--no-recording", "--speed", str(speed), *more]
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


@dataclass
class Visitor:
    """One browser window of a signed-in person; what it asked for and what went wrong is kept."""

    context: BrowserContext
    page: Page
    demo: Demo
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, **view: str) -> Page:
        """Open the page at a view, given as the parts of its link."""
        parts = "&".join(f"{key}={value}" for key, value in {"lang": "en", "look": "light", **view}.items())
        self.page.goto(f"{self.demo.url}/#{parts}")
        self.page.locator("header").first.wait_for(timeout=WAIT_MS)
        return self.page


Visit = Callable[..., Visitor]


def picture(page: Page) -> np.ndarray:
    """The drawn world as pixels: the left of the canvas, beside the tools that lie on it."""
    shown = Image.open(io.BytesIO(page.get_by_role("application").screenshot())).convert("RGB")
    return np.asarray(shown.crop((0, 0, shown.width * 3 // 4, shown.height)), np.int16)


def changes(page: Page, before: np.ndarray, share: float) -> None:
    """Wait until more than this share of the pixels differs from an earlier picture so that anybody sees it."""
    until(lambda: float((np.abs(picture(page) - before).max(axis=2) > 24).mean()) > share)


def look_at_chosen(page: Page) -> None:
    """Turn the eye to what is chosen, and wait until it is there: the address names where the eye came to rest."""
    before = page.url
    page.keyboard.press("Alt+f")
    expect(page).not_to_have_url(before)
    stood = ""
    until_s = time.monotonic() + WAIT_MS / 1000
    while (stands := part_of(page.url, "camera")) != stood:
        assert time.monotonic() < until_s, "the eye does not come to rest"
        stood = stands
        page.wait_for_timeout(1000)


def part_of(address: str, name: str) -> str:
    """One part of the view that an address carries."""
    return parse_qs(urlsplit(address).fragment)[name][0]


def shown_ms(page: Page) -> float:
    """The instant that the page shows, as its own address says."""
    expect(page).to_have_url(re.compile("[#&]at="))
    return datetime.fromisoformat(part_of(page.url, "at")).timestamp() * 1000


def hold(button: Locator, by_key: bool = False) -> None:
    """Hold a button of what moves metal, by mouse or key, for as long as it asks for, however slow the page is."""
    page = button.page
    button.scroll_into_view_if_needed()
    if by_key:
        button.focus()
        page.keyboard.down("Enter")
    else:
        button.hover()
        page.mouse.down()
    held = button.and_(page.locator("[data-held]"))
    expect(held).to_have_count(1)  # a slow page has to draw it first
    expect(held).to_have_count(0, timeout=WAIT_MS)
    if by_key:
        page.keyboard.up("Enter")
    else:
        page.mouse.up()


def branches_of(demo: Demo) -> list[dict[str, Any]]:
    """Every branch of a demo."""
    return [one for one in demo.remote.get("/api/timelines") if one["kind"] == "branch"]
