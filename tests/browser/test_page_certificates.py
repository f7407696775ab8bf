"""Certificates in the page: a held one is recognised by its fingerprint, trusted, taken back, rejected."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from visiting import Demo, Visit

from xushi.connectors import CertificateFolder, describe_certificate
from xushi.kernel import SystemClock


@pytest.fixture
def fingerprint(demo: Demo, tmp_path: Path) -> str:
    """A server's certificate that the OPC UA connector has met and holds."""
    path, _ = CertificateFolder(tmp_path).ensure_own(SystemClock().now_ns())
    der = path.read_bytes()
    folder = CertificateFolder(demo.data / "connectors" / "opcua")
    folder.hold(der, f"press-{tmp_path.name[-1]}.plant.example:4840", SystemClock().now_ns())
    return describe_certificate(der).fingerprint


def test_a_held_certificate_is_decided_on_by_keyboard_and_the_decision_can_be_taken_back(
    visit: Visit, demo: Demo, fingerprint: str
) -> None:
    visitor = visit()
    page = visitor.open()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    palette.get_by_role("combobox").press_sequentially("certificates")
    expect(palette.get_by_role("option").first).to_contain_text("Certificates")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Certificates")
    grouped = " ".join(fingerprint.upper()[at : at + 4] for at in range(0, 64, 4))
    card = dialog.get_by_role("listitem").filter(has_text=grouped)
    expect(card).to_contain_text("waits for a decision")
    trust = card.get_by_role("button", name="Trust the certificate of press")
    trust.focus()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("trusted")
    folder = CertificateFolder(demo.data / "connectors" / "opcua")
    assert folder.decisions()[fingerprint] == "trusted"
    page.get_by_role("button", name="Undo").first.click()
    expect(card).to_contain_text("waits for a decision")
    card.get_by_role("button", name="Reject the certificate of press").click()
    expect(card).to_contain_text("rejected")
    assert not visitor.errors


def test_axe_finds_nothing_in_the_certificates(
    visit: Visit, axe: Callable[[Page], list[str]], fingerprint: str
) -> None:
    page = visit().open(show="certificates")
    expect(page.get_by_role("dialog", name="Certificates").get_by_role("listitem").first).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize(("language", "title"), [("en", "Certificates"), ("zh-CN", "证书")])
def test_the_view_has_a_link_and_our_own_certificate_is_made_and_renewed_with_a_warning(
    visit: Visit, fingerprint: str, language: str, title: str
) -> None:
    visitor = visit(390, 844, is_phone=True)
    page = visitor.open(show="certificates", lang=language)
    dialog = page.get_by_role("dialog", name=title)
    own = dialog.get_by_role("region", name="Our own certificate" if language == "en" else "我们的证书")
    make = own.get_by_role("button", name="Make it now" if language == "en" else "立即生成")
    renew = own.get_by_role("button", name="Renew…" if language == "en" else "更新…")
    expect(make.or_(renew)).to_be_visible()
    if make.is_visible():
        make.click()
    renew.click()
    expect(own.get_by_role("alert")).to_be_visible()
    before = own.locator("dd").first.inner_text()
    own.get_by_role("button", name="Renew now" if language == "en" else "立即更新").click()
    expect(own.locator("dd").first).not_to_have_text(before)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not visitor.errors
