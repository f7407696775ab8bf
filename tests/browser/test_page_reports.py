"""Reports and backups as a person makes them: ordered, downloaded, checked offline; backed up and gone back to."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from visiting import Visit

LONG_MS = 60_000


def test_a_report_is_made_and_downloaded_and_is_genuine(visit: Visit, tmp_path: Path) -> None:
    page = visit().open(view="reports")
    form = page.get_by_role("form", name="Make a report")
    form.get_by_label("Time").select_option(label="Shift of now, so far")
    form.get_by_label("中文").check()
    form.get_by_role("button", name="Make").click()
    listed = page.get_by_role("list", name="Reports").get_by_role("listitem").first
    expect(listed.get_by_text("Made", exact=True)).to_be_visible(timeout=LONG_MS)
    saved: dict[str, Path] = {}
    for label in ("PDF English", "PDF 中文", "XLSX English", "XLSX 中文", "Seal"):
        with page.expect_download() as download:
            listed.get_by_text(label).click()
        saved[label] = tmp_path / download.value.suggested_filename
        download.value.save_as(saved[label])
    english = "".join(sheet.extract_text() for sheet in PdfReader(saved["PDF English"]).pages)
    chinese = "".join(sheet.extract_text() for sheet in PdfReader(saved["PDF 中文"]).pages)
    assert "The line at the end" in english
    (world,) = PdfReader(saved["PDF English"]).pages[0].images  # ticked unless somebody unticks it
    assert len(world.image.convert("RGB").resize((64, 64)).getcolors(4096)) > 50  # of something, not one plain colour
    assert "States of the machines" in english
    assert "设备状态" in chinese
    assert zipfile.ZipFile(saved["XLSX 中文"]).testzip() is None
    for label in ("PDF English", "XLSX 中文"):
        done = subprocess.run([sys.executable, "-m", "xushi.cli", "verify", str(saved[label]), "--json"],
                              capture_output=True, text=True)  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["sha256"] == hashlib.sha256(saved[label].read_bytes()).hexdigest()


def test_a_schedule_is_made_switched_off_and_ended(visit: Visit) -> None:
    page = visit().open(view="reports")
    page.get_by_text("Shifts and schedules").click()
    page.get_by_role("button", name="Make one by itself").click()
    form = page.get_by_role("form", name="Make one by itself")
    form.get_by_label("When").select_option(label="Every day")
    form.get_by_label("At", exact=True).fill("07:30")
    form.get_by_role("button", name="Save").click()
    schedules = page.get_by_role("region", name="Made by itself")
    expect(schedules.get_by_text("Every day 07:30")).to_be_visible()
    expect(schedules.get_by_text(re.compile(r"next: .*"))).to_be_visible()
    schedules.get_by_role("switch").click(force=True)
    expect(schedules.get_by_text("off", exact=True)).to_be_visible()
    schedules.get_by_role("button", name="End the schedule").click()
    expect(schedules.get_by_text("No report is made by itself.")).to_be_visible()


def test_shifts_that_overlap_are_refused_with_the_reason(visit: Visit) -> None:
    page = visit().open(view="reports")
    page.get_by_text("Shifts and schedules").click()
    shifts = page.get_by_role("region", name="Shifts of a day")
    shifts.get_by_label("End", exact=True).first.fill("15:00")
    shifts.get_by_role("button", name="Save shifts").click()
    expect(page.get_by_text("The shifts early and late overlap.")).to_be_visible()


def test_a_backup_is_made_downloaded_and_can_be_restored(visit: Visit, tmp_path: Path) -> None:
    page = visit().open(view="backups")
    page.get_by_label("With keys, certificates and passwords").check()
    page.get_by_label("Passphrase for these").fill("correct horse")
    page.get_by_role("button", name="Make a backup").click()
    listed = page.get_by_role("list", name="Backups").get_by_role("listitem").first
    expect(listed.get_by_text("secrets, with a passphrase")).to_be_visible(timeout=LONG_MS)
    with page.expect_download() as download:
        listed.get_by_role("link", name=re.compile("^Download")).click()
    saved = tmp_path / "one.xushi-backup"
    download.value.save_as(saved)
    command = [sys.executable, "-m", "xushi.cli", "restore", str(saved), "--data", str(tmp_path / "copy"), "--json"]
    phrase = tmp_path / "phrase"
    phrase.write_text("correct horse\n")
    done = subprocess.run([*command, "--passphrase-file", str(phrase)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "copy" / "keys" / "installation.pem").exists()
    listed.get_by_role("button", name=re.compile("^Restore")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The present data are kept in a folder beside")).to_be_visible()
    expect(dialog.get_by_role("button", name="Hold to restore")).to_be_disabled()
    dialog.get_by_role("button", name="Cancel").click()
    listed.get_by_role("button", name=re.compile("^Delete")).click()
    expect(page.get_by_text("No backup yet")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anybody(
    width: int, height: int, look: str, visit: Visit, axe: Callable[[Page], list[str]]
) -> None:
    visitor = visit(width, height, is_phone=width < 700)
    for view, name in (("reports", "报告"), ("backups", "备份")):
        page = visitor.open(view=view, lang="zh-CN", look=look, tree="0")
        expect(page.get_by_role("region", name=name, exact=True).first).to_be_visible()
        if view == "reports":
            page.get_by_text("班次与计划").click()
            expect(page.get_by_role("button", name="保存班次")).to_be_visible()
        found = axe(page)
        assert found == [], "\n".join(found)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
