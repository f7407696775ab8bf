"""What packages nobody here ships bring: a command in the palette, a protocol in the wizard."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from connecting import windows
from playwright.sync_api import Browser, expect
from visiting import WAIT_MS

from xushi.testing import own_server

sys.path += [str(Path(__file__).parents[1] / room) for room in ("doors", "connect")]
from outsider import install
from peers import beside, installed, lines_device


@pytest.fixture
def device(tmp_path: Path) -> Iterator[str]:
    """The address of a device that speaks the protocol of docs/how-to/write-a-connector.md, its package installed."""
    with installed(tmp_path / "package"), beside(lines_device) as url:
        yield url


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


def test_the_wizard_offers_its_protocol_with_its_grade_and_brings_its_device_in(
    chromium: Browser, tmp_path: Path, device: str
) -> None:
    with windows(chromium, tmp_path / "data") as start:
        wizard = start()
        page = wizard.open("zh-CN", view="connections", connect="new")
        expect(page.get_by_role("radio", name=re.compile("TCP 文本行.*铜级"))).to_be_visible()
        page = wizard.open(view="connections", connect="new")
        page.get_by_role("radio", name=re.compile("Lines over TCP.*Bronze")).click()
        wizard.connect(device.removeprefix("lines://"))
        wizard.tree.get_by_role("treeitem", name="OvenTemp_degC").click()
        preview = page.get_by_role("region", name="Live values", exact=True)
        expect(preview.get_by_role("listitem").filter(has_text="OvenTemp_degC")).to_contain_text("21.5")
        wizard.suggest()
        wizard.show_difference()
        wizard.import_("an oven joins")
        page = wizard.open(view="table")
        expect(page.get_by_role("grid", name="Signals").get_by_role("row").filter(has_text="21.5")).to_be_visible()
        page = wizard.open(view="connections")
        page.get_by_text("xushi-lines 1.0").click()
        expect(page.get_by_text("These devices cannot encrypt.")).to_be_visible()
