"""The mapping of a draft in the page: edits taken back and done again by key and button, machines put on the floor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from connecting import Wizard
from playwright.sync_api import Locator, Route, expect

from xushi.testing import PLANT, NodeOpcua, start_node_opcua, until

ROWS = re.compile("/rows[?]")
WORDS = {
    "en": {
        "undo": re.compile("^Take back: "), "redo": re.compile("^Do again: "), "nothing": "Nothing to take back",
        "unit": "Unit of Spray pressure", "machines": "Machines", "place": re.compile("^Place of Paint robot"),
        "plan": "Floor plan", "x": "X, east (m)", "y": "Y, north (m)", "take": "Take over",
        "difference": "Show the difference", "region": "Difference", "stands": "Stands at X 12.5 m, Y -8 m.",
        "shifted": "m beside the chosen spot: Paint robot stands there.", "nodes": "Nodes",
        "suggest": "Suggest a mapping", "address": "Address", "connect": "Connect", "table": "Signals",
        "filter": "Filter signals…",
    },
    "zh-CN": {
        "undo": re.compile("^撤销："), "redo": re.compile("^重做："), "nothing": "没有可撤销的编辑",
        "unit": "喷涂压力 的单位", "machines": "设备", "place": re.compile("^喷涂机器人 的位置"),
        "plan": "平面图", "x": "X，向东 (m)", "y": "Y，向北 (m)", "take": "采用",
        "difference": "查看差异", "region": "差异", "stands": "位置：X 12.5 m，Y -8 m。",
        "shifted": "该处已有 喷涂机器人", "nodes": "节点",
        "suggest": "建议映射", "address": "地址", "connect": "连接", "table": "信号", "filter": "筛选信号…",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeOpcua]:
    with start_node_opcua(tmp_path_factory.mktemp("node"), extra_nodes=200, script=PLANT) as running:
        yield running


def _mapped(wizard: Wizard, plant: NodeOpcua, language: str = "en") -> str:
    """Open the wizard at a mapping that was suggested, and return the path of its draft."""
    wizard.open(language, view="connections", connect="new")
    page = wizard.page
    page.get_by_label(WORDS[language]["address"], exact=True).fill(plant.url)
    page.locator("form").get_by_role("button", name=WORDS[language]["connect"], exact=True).click()
    page.get_by_role("tree", name=WORDS[language]["nodes"]).get_by_role("treeitem").first.wait_for()
    page.get_by_role("button", name=WORDS[language]["suggest"]).click()
    expect(page.get_by_role("table", name=WORDS[language]["table"])).to_be_visible(timeout=60_000)
    (draft,) = wizard.ask("/api/connect/drafts")
    return f"/api/connect/drafts/{draft['id']}"


def _unit_field(wizard: Wizard, language: str) -> Locator:
    """Filter the rows and return the cell of the unit."""
    wizard.page.get_by_label(WORDS[language]["filter"]).fill("SprayPressure")
    return wizard.page.get_by_label(WORDS[language]["unit"])


def _unit(wizard: Wizard, path: str) -> str:
    (found,) = wizard.ask(f"{path}/rows?q=SprayPressure")["rows"]
    unit: str = found["unit"]
    return unit


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_edits_are_taken_back_and_done_again_by_key_and_button_and_outlive_a_reload(
    start: Callable[..., Wizard], plant: NodeOpcua, language: str
) -> None:
    words = WORDS[language]
    wizard = start()
    path = _mapped(wizard, plant, language)
    page = wizard.page
    before = _unit(wizard, path)
    expect(page.get_by_role("button", name=words["nothing"])).to_be_disabled()
    unit = _unit_field(wizard, language)
    unit.fill("mbar")
    unit.press("Enter")
    undo, redo = page.get_by_role("button", name=words["undo"]), page.get_by_role("button", name=words["redo"])
    expect(undo).to_be_enabled()
    unit.fill("kPa")
    unit.press("Enter")
    until(lambda: _unit(wizard, path) == "kPa")
    unit.press("Control+z")
    expect(unit).to_have_value("mbar")
    undo.click()
    expect(unit).to_have_value(before)
    expect(page.get_by_role("button", name=words["nothing"])).to_be_disabled()
    page.keyboard.press("Control+Shift+z")
    expect(unit).to_have_value("mbar")
    page.reload()
    _unit_field(wizard, language)
    expect(unit).to_have_value("mbar")
    expect(undo).to_be_enabled()
    redo.click()
    expect(unit).to_have_value("kPa")
    assert _unit(wizard, path) == "kPa"


def test_what_is_typed_into_a_cell_outlives_the_answer_to_the_last_edit_and_has_its_own_undo(
    start: Callable[..., Wizard], plant: NodeOpcua
) -> None:
    wizard = start()
    path = _mapped(wizard, plant)
    unit = _unit_field(wizard, "en")
    before = _unit(wizard, path)
    held: list[Route] = []
    wizard.page.route(ROWS, lambda route: held.append(route))
    with wizard.page.expect_request(ROWS):
        unit.fill("mbar")
        unit.press("Enter")
    unit.press_sequentially("s")
    with wizard.page.expect_response(ROWS):
        for route in held:
            route.continue_()
    wizard.page.unroute(ROWS)
    expect(unit).to_have_attribute("data-cell", "typing")
    expect(unit).to_have_value("mbars")
    unit.press("Control+z")
    expect(unit).to_have_value("mbar")
    assert _unit(wizard, path) == "mbar"
    unit.press("Control+z")
    expect(unit).to_have_value(before)


def test_a_sheet_and_a_change_of_many_rows_are_taken_back(
    start: Callable[..., Wizard], plant: NodeOpcua, tmp_path: Path
) -> None:
    wizard = start()
    path = _mapped(wizard, plant)
    page = wizard.page
    content = wizard.context.request.get(f"{wizard.served.remote.url}{path}/sheet?format=csv").body()
    before = _unit(wizard, path)
    edited = tmp_path / "edited.csv"
    edited.write_bytes(content.replace(b",bar,", b",kPa,"))
    page.get_by_label("Edited sheet…").set_input_files(edited)
    expect(page.get_by_text("The sheet was taken over.")).to_be_visible()
    page.get_by_role("button", name="Show those of Paint robot").click()
    page.get_by_role("combobox", name="Change all that are shown").select_option("leaveOut")
    page.get_by_role("button", name=re.compile("^Apply to")).click()
    undo = page.get_by_role("button", name=WORDS["en"]["undo"])
    expect(undo).to_have_attribute("aria-label", re.compile("change of rows"))
    undo.click()
    expect(undo).to_have_attribute("aria-label", re.compile("edited sheet"))
    undo.click()
    expect(page.get_by_role("button", name="Nothing to take back")).to_be_disabled()
    assert _unit(wizard, path) == before


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_machine_is_put_on_the_floor_by_keys_and_numbers_and_the_difference_tells(
    start: Callable[..., Wizard], plant: NodeOpcua, language: str
) -> None:
    words = WORDS[language]
    wizard = start()
    path = _mapped(wizard, plant, language)
    page = wizard.page
    place = page.get_by_role("button", name=words["place"])
    place.click()
    dialog = page.get_by_role("dialog")
    plan = dialog.get_by_role("application", name=words["plan"])
    plan.focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(dialog.get_by_label(words["x"])).to_have_value("15")
    dialog.get_by_label(words["x"]).fill("12.5")
    dialog.get_by_label(words["y"]).fill("-8")
    dialog.get_by_role("button", name=words["take"], exact=True).click()
    expect(place).to_contain_text("12.5")
    assert _spots(wizard, path)["PaintRobot"] == (12.5, -8.0)
    wizard.context.request.patch(
        f"{wizard.served.remote.url}{path}/machines", data={"machine": "CoolantPump", "x_m": 12.5, "y_m": -8.0}
    )
    page.get_by_role("button", name=words["difference"]).click()
    difference = page.get_by_role("region", name=words["region"])
    for summary in difference.locator("summary").all()[:3]:
        summary.click()
    expect(difference).to_contain_text(words["stands"])
    expect(difference).to_contain_text(words["shifted"])


def test_a_pointer_puts_a_machine_on_the_floor_and_undo_gives_the_free_spot_back(
    start: Callable[..., Wizard], plant: NodeOpcua
) -> None:
    wizard = start()
    path = _mapped(wizard, plant)
    page = wizard.page
    page.get_by_role("button", name=WORDS["en"]["place"]).click()
    dialog = page.get_by_role("dialog")
    plan = dialog.get_by_role("application", name="Floor plan")
    _middle(plan)
    expect(dialog.get_by_text("The machine stands here.")).to_be_visible()
    dialog.get_by_role("button", name="Take over", exact=True).click()
    until(lambda: _spots(wizard, path)["PaintRobot"][0] is not None)
    page.keyboard.press("Control+z")
    until(lambda: _spots(wizard, path)["PaintRobot"] == (None, None))
    expect(page.get_by_role("button", name=WORDS["en"]["place"])).to_contain_text("free spot")


def _middle(plan: Locator) -> None:
    box = plan.bounding_box()
    assert box is not None
    plan.click(position={"x": box["width"] / 2, "y": box["height"] / 2})


def _spots(wizard: Wizard, path: str) -> dict[str, tuple[float | None, float | None]]:
    return {one["machine"]: (one["x_m"], one["y_m"]) for one in wizard.ask(f"{path}/machines")}
