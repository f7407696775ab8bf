"""Changing things: rename and undo, files dropped on the page, the palette, a set-point on the machine."""

import base64
import json
import re
from typing import Any

from playwright.sync_api import Page, expect
from visiting import Demo, Visit, changes, hold, look_at_chosen, picture

from xushi.testing import triangle_glb

PUMP: dict[str, Any] = {
    "assetAdministrationShells": [
        {
            "modelType": "AssetAdministrationShell",
            "id": "urn:test:shell:pump",
            "idShort": "Pump",
            "displayName": [{"language": "en", "text": "Cooling pump"}, {"language": "zh-CN", "text": "冷却泵"}],
            "assetInformation": {"assetKind": "Instance", "globalAssetId": "urn:test:asset:pump"},
            "submodels": [
                {"type": "ModelReference", "keys": [{"type": "Submodel", "value": "urn:test:submodel:pump"}]}
            ],
        }
    ],
    "submodels": [
        {
            "modelType": "Submodel",
            "id": "urn:test:submodel:pump",
            "idShort": "Notes",
            "submodelElements": [
                {"modelType": "Property", "idShort": "Flow", "valueType": "xs:double", "value": "12.5"}
            ],
        }
    ],
}

DROP = """([name, base64]) => {
  const data = new DataTransfer();
  data.items.add(new File([Uint8Array.from(atob(base64), (each) => each.charCodeAt(0))], name));
  for (const type of ["dragenter", "dragover", "drop"]) {
    window.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


def drop(page: Page, name: str, content: bytes) -> None:
    """Let go of a file above the page."""
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


def station(page: Page, name: str) -> None:
    page.get_by_role("treeitem", name=re.compile(name)).click()


def test_a_rename_can_be_taken_back_by_ctrl_z(visit: Visit) -> None:
    page = visit().open()
    station(page, r"^OP20\b")
    heading = page.get_by_role("region", name="Details").get_by_role("heading", level=2)
    expect(heading).to_have_text("OP20 Crankshaft fit")
    page.keyboard.press("F2")
    page.get_by_label("Name in English").fill("OP20 Crankshaft station")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(heading).to_have_text("OP20 Crankshaft station")
    page.get_by_role("tree").focus()
    page.keyboard.press("Control+z")
    expect(heading).to_have_text("OP20 Crankshaft fit")


def test_a_dropped_file_is_shown_first_then_imported_then_taken_back(visit: Visit) -> None:
    page = visit().open()
    expect(page.get_by_role("treeitem", name=re.compile(r"^OP10\b"))).to_be_visible()
    drop(page, "pump.json", json.dumps(PUMP).encode())
    dialog = page.get_by_role("dialog", name="Open files")
    expect(dialog).to_contain_text("Nothing has changed yet")
    expect(dialog.get_by_role("definition").first).to_have_text("1")
    dialog.get_by_role("button", name="Bring in").click()
    expect(dialog).to_contain_text("It is in.")
    dialog.get_by_role("button", name="Done").click()
    page.get_by_role("textbox", name="Find in the plant").fill("lqb")
    expect(page.get_by_role("treeitem", name=re.compile("Cooling pump"))).to_be_visible()
    page.get_by_role("tree").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("treeitem", name=re.compile("Cooling pump"))).to_be_hidden()


def test_a_look_at_files_is_stopped_by_cancel_and_brings_nothing_in(visit: Visit, demo: Demo) -> None:
    page = visit().open()
    expect(page.get_by_role("treeitem", name=re.compile(r"^OP10\b"))).to_be_visible()
    element = {"modelType": "Property", "valueType": "xs:double", "value": "12.5"}
    large = {**PUMP, "submodels": [{**PUMP["submodels"][0], "submodelElements": [
        {**element, "idShort": f"E{number}"} for number in range(60_000)
    ]}]}  # fmt: skip
    drop(page, "large.json", json.dumps(large).encode())
    dialog = page.get_by_role("dialog", name="Open files")
    expect(dialog.get_by_role("progressbar", name="Reading…")).to_be_attached()
    dialog.get_by_role("button", name="Cancel", exact=True).click()
    expect(page.get_by_text("Stopped. Nothing was brought in.")).to_be_visible()
    expect(dialog).to_contain_text("Drop files anywhere")
    assert demo.remote.get("/api/jobs")[0]["state"] == "cancelled"


def test_a_dropped_model_stands_in_the_scene_until_it_is_taken_back(visit: Visit) -> None:
    page = visit().open()
    expect(page.locator("[data-world=ready]")).to_be_visible()
    drop(page, "sail.glb", triangle_glb())
    dialog = page.get_by_role("dialog", name="Open files")
    dialog.get_by_role("button", name="Bring in").click()
    expect(dialog).to_contain_text("It is in.")
    dialog.get_by_role("button", name="Done").click()
    page.get_by_role("textbox", name="Find in the plant").fill("sail")
    station(page, "sail")
    look_at_chosen(page)
    standing = picture(page)
    page.get_by_role("tree").focus()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("treeitem", name=re.compile("sail"))).to_be_hidden()
    changes(page, standing, 0.01)  # the model is gone from the picture


def test_a_file_that_cannot_be_opened_is_explained(visit: Visit) -> None:
    page = visit().open()
    expect(page.get_by_role("treeitem", name=re.compile(r"^OP10\b"))).to_be_visible()
    drop(page, "broken.json", b"{ this is not json")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()


def test_the_palette_finds_a_station_by_pinyin_initials(visit: Visit) -> None:
    page = visit().open(lang="zh-CN")
    expect(page.get_by_role("treeitem", name=re.compile(r"^OP10\b"))).to_be_visible()
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name=re.compile("拼音首字母")).press_sequentially("gnj")
    found = page.get_by_role("listbox", name="命令与对象").get_by_role("option")
    expect(found.first).to_contain_text("OP40 缸盖拧紧")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="详情").get_by_role("heading", level=2)).to_have_text("OP40 缸盖拧紧")


def test_a_set_point_reaches_the_machine_only_when_held(visit: Visit) -> None:
    page = visit().open(place="urn:xushi:demo:shell:OP40")
    row = page.get_by_role("region", name="Details").get_by_role("listitem").filter(has_text="Torque target")
    row.get_by_role("button", name="Change Torque target").click()
    row.get_by_label("New value").fill("86")
    write = row.get_by_role("button", name="Hold to write")
    write.click()
    expect(row).to_contain_text("Keep holding")
    hold(write)
    expect(page.get_by_text(re.compile("^Done:"))).to_be_visible()
    expect(row).to_contain_text("86")


def test_what_was_done_stands_in_the_activity(visit: Visit) -> None:
    page = visit().open(view="activity")
    expect(page.get_by_role("row").nth(1)).to_contain_text("Done")
    expect(page.get_by_role("table")).to_contain_text("Import files")


def test_a_method_of_the_machine_is_called_only_when_held(visit: Visit) -> None:
    page = visit().open(place="urn:xushi:demo:shell:OP40")
    details = page.get_by_role("region", name="Details")
    expect(details).to_contain_text("Torque target")
    details.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Call a method").click()
    dialog = page.get_by_role("dialog", name="Call a method of the device")
    address = dialog.get_by_label("address")
    expect(address).to_have_value("nsu=urn:xushi:demo:plant;s=OP40.")
    address.fill("nsu=urn:xushi:demo:plant;s=OP40.Reset")
    dialog.get_by_label("Why").fill("shift begins")
    hold(dialog.get_by_role("button", name="Hold to do it"))
    expect(page.get_by_text(re.compile("^Done:"))).to_be_visible()


def test_an_instant_in_the_form_of_a_command_is_picked_as_date_and_time(visit: Visit) -> None:
    visitor = visit(timezone_id="Asia/Shanghai")
    page = visitor.open(lang="zh-CN", view="table")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name=re.compile("拼音首字母")).press_sequentially("material.receive")
    expect(page.get_by_role("listbox", name="命令与对象").get_by_role("option").first).to_contain_text("登记到料")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="登记到料")
    needed = visitor.demo.remote.get("/api/orders/requirements")["items"]
    dialog.get_by_label("物料").fill(next(one["id"] for one in needed if not one["is_made"]))
    dialog.get_by_label("数量").fill("6")
    dialog.get_by_label("时刻").fill("2030-01-02T08:30:00")
    dialog.get_by_label("原因").fill("ordered by telephone")
    dialog.get_by_role("button", name="执行", exact=True).click()
    expect(dialog).to_be_hidden()
    entry = visitor.demo.remote.get("/api/evidence")[-1]
    assert (entry["command"], entry["reason"]) == ("material.receive", "ordered by telephone")
    receipts = visitor.demo.remote.get("/api/orders/requirements")["receipts"]
    assert [one["at_ms"] for one in receipts][-1] == 1_893_544_200_000  # 00:30 UTC
    visitor.demo.remote.undo(entry["command_id"])
