"""Getting in: the page says how, a wrong code is explained, the printed link works."""

from playwright.sync_api import expect
from visiting import Demo, Visit


def test_a_browser_without_a_session_is_told_how_to_sign_in(visit: Visit, demo: Demo) -> None:
    page = visit(is_signed_in=False).page
    page.goto(demo.url + "/#lang=en")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.get_by_text("xushi link")).to_be_visible()


def test_a_wrong_code_says_what_why_and_what_next(visit: Visit, demo: Demo) -> None:
    page = visit(is_signed_in=False).page
    page.goto(demo.url + "/#lang=en")
    page.get_by_label("Sign-in link or code").fill("not-a-code")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text(".")


def test_the_printed_link_opens_the_plant(visit: Visit, demo: Demo) -> None:
    page = visit(is_signed_in=False, locale="en-GB").page
    page.goto(demo.printed_link)
    expect(page.get_by_role("treeitem", name="OP40 Head bolting")).to_be_visible()
    assert "code=" not in page.url


def test_a_pasted_link_opens_the_view_that_was_asked_for(visit: Visit, demo: Demo) -> None:
    page = visit(is_signed_in=False).page
    page.goto(demo.url + "/#lang=zh-CN&view=table")
    page.get_by_label("登录链接或登录码").fill(demo.link())
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("grid", name="信号")).to_be_visible()
