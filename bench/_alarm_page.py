"""A real browser at the alarm list: says when each alarm's row is on the screen, by the clock of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from xushi.remote import Remote
from xushi.testing import CHROMIUM_ARGUMENTS, chromium_path

SIZE = {"width": 1280, "height": 800}
WAIT_MS = 60_000
SETTLED_MS = 2_000

# A row counts in the frame that paints it: the mutation is seen first, the time is taken in the frame that follows.
WATCH = """() => {
  window.seenAlarms = {};
  const look = () => {
    const at = performance.timeOrigin + performance.now();
    for (const row of document.querySelectorAll('[role=grid] [role=row]')) {
      const found = /<(\\d+)>/.exec(row.textContent);
      if (found && !(found[1] in window.seenAlarms)) window.seenAlarms[found[1]] = at;
    }
  };
  new MutationObserver(() => requestAnimationFrame(look)).observe(document.body, {
    subtree: true, childList: true, characterData: true,
  });
}"""


@contextmanager
def alarm_page(remote: Remote) -> Iterator[Page]:
    """A signed-in page whose rows are watched; the title of an alarm holds its number as `<17>`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
        try:
            page = browser.new_page(viewport=SIZE)
            page.request.get(remote.post("/api/signin-links")["url"])  # leaves its cookie with the page
            page.goto(remote.url.rstrip("/") + "/#view=alarms&lang=en&look=light", timeout=WAIT_MS)
            page.get_by_role("textbox", name="Find alarms").wait_for(timeout=WAIT_MS)
            page.wait_for_timeout(SETTLED_MS)  # an operator's page has been open for a while
            page.evaluate(WATCH)
            yield page
        finally:
            browser.close()


def seen_ms(page: Page, number: int) -> float:
    """When the row of alarm `number` was on the screen, ms since the Unix epoch; waits for it."""
    key = str(number)
    page.wait_for_function("key => key in window.seenAlarms", arg=key, timeout=WAIT_MS)
    at: float = page.evaluate("key => window.seenAlarms[key]", key)
    return at
