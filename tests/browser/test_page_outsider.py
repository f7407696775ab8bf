"""A command from a package nobody here ships stands in the palette, and runs from there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, expect
from visiting import WAIT_MS

from xushi.testing import own_server

sys.path.append(str(Path(__file__).parents[1] / "doors"))
from outsider import install


def test_the_palette_offers_it_and_runs_it(chromium: Browser, tmp_path: Path) -> None:
    packages = install(tmp_path / "packages")
    with own_server(tmp_path / "data", environment={"PYTHONPATH": str(packages)}) as server:
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.goto(server.signin)
        page.goto(f"{server.remote.url}/#lang=zh-CN&look=light")
        page.reload()  # only what stands after # changed
        page.locator("header").first.wait_for()
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name=re.compile("拼音首字母")).press_sequentially("便签")
        found = page.get_by_role("listbox", name="命令与对象").get_by_role("option")
        expect(found.first).to_contain_text("钉一张临时便签")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="钉一张临时便签")
        dialog.get_by_label("便签内容").fill("by palette")
        dialog.get_by_label("原因").fill("shown to everybody")
        dialog.get_by_role("button", name="执行", exact=True).click()
        expect(dialog).to_be_hidden()
        context.close()
        entry = server.remote.get("/api/evidence")[-1]
        assert (entry["command"], entry["reason"]) == ("outsider.pin", "shown to everybody")
        assert entry["entry"]["summary"] == {"text": "by palette"}
