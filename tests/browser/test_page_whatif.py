"""The line is run in the page itself: the server's numbers, also while the server is cut off."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Page, expect
from visiting import Demo, Visit

from xushi import simulate

SLOW_MS = 90_000
HOURS, REPLICATIONS, SEED = 8.0, 30, 1


def tells(cell: str, found: simulate.Interval) -> bool:
    """Whether a cell is an interval as the page writes it in English; in a tie the last digit may go either way."""

    def is_rounded(text: str, value: float) -> bool:
        digits = 2 if abs(value) < 100 else 1
        return len(text.partition(".")[2]) == digits and abs(float(text) - value) < 0.5000001 * 10**-digits

    mean, _, half_width = cell.replace(",", "").replace("\N{MINUS SIGN}", "-").partition(" ± ")
    return is_rounded(mean, found.mean) and is_rounded(half_width, found.half_width)


def served(answer: dict[str, Any], factor: float = 1.0, machine: str = "") -> simulate.Outcome:
    """What Python gives for the model that the page was given, one machine slower by a factor."""
    model = simulate.read_model(json.dumps(answer["model"]))
    state = msgspec.convert(answer["state"], simulate.PlantState)
    machines = tuple(
        msgspec.structs.replace(
            one,
            operations=tuple(
                msgspec.structs.replace(step, duration=simulate.scaled(step.duration, factor))
                for step in one.operations
            ),
        )
        if one.id == machine
        else one
        for one in model.machines
    )
    experiment = simulate.Experiment(horizon_s=HOURS * 3600, replications=REPLICATIONS, seed=SEED)
    outcome = simulate.run(msgspec.structs.replace(model, machines=machines), experiment, state)
    assert outcome.engine == "recursion"
    return outcome


def row(page: Page, table: str, name: str) -> list[str]:
    cells = page.get_by_role("table", name=table).get_by_role("row", name=re.compile(f"^{re.escape(name)}"))
    return [text.strip() for text in cells.get_by_role("cell").all_inner_texts()]


def test_the_page_gives_the_numbers_of_the_server_and_goes_on_without_it(
    visit: Visit, demo: Demo, axe: Callable[[Page], list[str]]
) -> None:
    visitor = visit(1280, 800)
    page = visitor.page
    with page.expect_response(re.compile("/api/foresight/model"), timeout=SLOW_MS) as answered:
        visitor.open(view="whatif")
    answer = answered.value.json()
    expect(page.get_by_text("Nothing is changed yet")).to_be_visible(timeout=SLOW_MS)
    now = served(answer)
    figures = "Figures with their 95 % intervals"
    for name, kpi in (
        ("Throughput", "plant.throughput_per_h"), ("Good parts", "plant.good"), ("Time in the line", "finished.flow_s"),
        ("Energy", "plant.energy_kwh"),
    ):  # fmt: skip
        cells = row(page, figures, name)[:2]
        assert all(tells(cell, now.interval(kpi)) for cell in cells), (cells, now.interval(kpi))
    assert axe(page) == []

    visitor.context.set_offline(True)
    machine = answer["model"]["machines"][3]["id"]
    field = page.get_by_label(f"{machine} Cycle, s")
    before = float(field.input_value())
    field.fill(str(round(2 * before, 2)))
    field.press("Tab")
    expect(page.get_by_text(re.compile(r"^-\d.* parts an hour"))).to_be_visible(timeout=SLOW_MS)
    mean = simulate.read_model(json.dumps(answer["model"])).machines[3].operations[0].duration.mean_s
    slow = served(answer, round(2 * before, 2) / mean, machine)
    gap = simulate.difference(slow, now, "plant.throughput_per_h")
    _, changed, by = row(page, figures, "Throughput")
    assert tells(changed, slow.interval("plant.throughput_per_h"))
    assert tells(by, gap)
    page.get_by_role("button", name=f"Bring {machine} back").press("Enter")
    expect(page.get_by_text("Nothing is changed yet")).to_be_visible()

    kept = row(page, figures, "Throughput")
    page.get_by_label("Hours", exact=True).fill("1000")
    page.get_by_label("Futures", exact=True).fill("2000")
    progress = page.get_by_role("progressbar", name="Progress of the futures")
    expect(progress).not_to_have_attribute("aria-valuenow", "0", timeout=SLOW_MS)
    page.get_by_role("button", name="Cancel", exact=True).click()
    expect(progress).to_have_count(0)
    assert row(page, figures, "Throughput") == kept
    visitor.context.set_offline(False)


def test_a_line_is_made_saved_and_opened_again_on_a_phone_in_chinese(visit: Visit, tmp_path: Path) -> None:
    visitor = visit(390, 844, is_phone=True)
    page = visitor.open(view="whatif", lang="zh-CN")
    page.get_by_role("button", name="新建产线").click()
    expect(page.get_by_text("尚未更改")).to_be_visible(timeout=SLOW_MS)
    places = page.get_by_label("M3 前置缓冲区容量")
    places.fill("9")
    places.press("Tab")
    expect(page.get_by_text(re.compile("件（±"))).to_be_visible(timeout=SLOW_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with page.expect_download() as saved:
        page.get_by_role("button", name="保存产线").click()
    file = tmp_path / "line.json"
    saved.value.save_as(file)
    model = simulate.read_model(json.dumps(json.loads(file.read_text("utf-8"))["model"]))
    simulate.check(model)
    assert {buffer.id: buffer.capacity for buffer in model.buffers}["B2"] == 9
    page.locator("input[type=file]").first.set_input_files(file)
    expect(page.get_by_label("M3 前置缓冲区容量")).to_have_value("9")
    broken = tmp_path / "broken.json"
    broken.write_text('{"model": {"name": "x", "machines": [], "sinks": []}}', "utf-8")
    page.locator("input[type=file]").first.set_input_files(broken)
    expect(page.get_by_role("alert")).to_contain_text("此处无法计算该产线")
