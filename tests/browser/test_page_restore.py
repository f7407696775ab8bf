"""Going back to a backup from the page, on a server of its own: it comes back by itself, and nobody is signed out."""

from __future__ import annotations

import re
import time
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, expect
from visiting import COOKIE, WAIT_MS, cookie_of, hold

from xushi.remote import Remote, local_access
from xushi.testing import own_server


def test_a_backup_is_restored_and_the_page_comes_back_by_itself(chromium: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with own_server(folder, "--no-browser") as server:
        url = "{0.scheme}://{0.netloc}".format(urlsplit(server.signin))
        _add_schedule(server.remote, "before")
        context = chromium.new_context()
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        made = server.remote.run("backup.make", {})
        name = made["result"]["backup"]
        while server.remote.get(f"/api/jobs/{made['effects'][0]['job']}")["state"] == "running":
            time.sleep(0.05)
        _add_schedule(server.remote, "after")
        # Signed in after the backup: the session is not in it, and stays all the same
        context.add_cookies([{"name": COOKIE, "value": cookie_of(server.signin), "url": url}])
        page.goto(f"{url}/#lang=en&view=backups")
        listed = page.get_by_role("list", name="Backups").get_by_role("listitem").first
        expect(listed.get_by_text(name)).to_be_visible()
        listed.get_by_role("button", name=re.compile("^Restore")).click()
        hold(page.get_by_role("dialog").get_by_role("button", name="Hold to restore"))
        expect(page.get_by_text("this page comes back by itself")).to_be_visible()
        fresh = _restarted(folder, server.remote)
        assert [one["id"] for one in fresh.get("/api/report-setup")["schedules"]] == ["before"]
        assert "backup.restore" in [one["command"] for one in fresh.get("/api/evidence", limit=20)]
        # The page was not loaded again, and its person may still do what only a signed-in administrator may
        listed.get_by_role("button", name=re.compile("^Delete")).click()
        expect(page.get_by_text("No backup yet")).to_be_visible()
        context.close()
        assert errors == []
    assert len([path for path in tmp_path.iterdir() if path.is_dir() and path != folder]) == 1, "the former folder"


def _restarted(folder: Path, before: Remote) -> Remote:
    """The way to the server once it has opened the restored folder: it has a new token of its own then."""
    end = time.monotonic() + 30
    while (access := local_access(folder)) is None or access.token == before.token:
        assert time.monotonic() < end, "the server did not come back"
        time.sleep(0.05)
    return Remote(access.url, access.token)


def _add_schedule(remote: Remote, id: str) -> None:
    remote.run("report.schedule", {"id": id, "when": {"every": "shift"}})
