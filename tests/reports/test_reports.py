"""A report shows what was recorded, in both languages and forms, embeds its fonts, and proves itself offline."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import threading
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from xushi.cli import main
from xushi.kernel import Actor, Diff, ManualClock, XushiError, diff_key
from xushi.monitor import Entry
from xushi.reports import (
    Bars,
    Column,
    Figure,
    Figures,
    FloorPlan,
    Lane,
    Lanes,
    LaneState,
    Picture,
    PlanThing,
    Report,
    Schedule,
    Section,
    Series,
    Shift,
    ShiftCalendar,
    Table,
    Trend,
    check_seal,
    find_seal,
    person,
    seal_file,
    write_pdf,
    write_xlsx,
)
from xushi.reports._pdf_style import TONES
from xushi.runtime import SYSTEM, Platform, calendar_of
from xushi.runtime._products import ResultSource
from xushi.runtime._report_monitoring import journal_rows
from xushi.runtime._report_production import final_station
from xushi.signals import Frame, Kind, SignalDef
from xushi.testing import triangle_glb
from xushi.trust import ALL_SCOPES

S = 1_000_000_000
HOUR = 3_600 * S
NOON = int(datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp()) * S
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


def sample(note: str = "曙光汽车镕喆𠀀") -> Report:
    states = (
        LaneState({"en": "Running", "zh-CN": "运行"}, "run"),
        LaneState({"en": "Failed", "zh-CN": "故障"}, "fault"),
    )
    blocks = (
        Figures(
            {},
            (
                Figure({"en": "OEE", "zh-CN": "设备综合效率"}, 0.7479, kind="percent", digits=2),
                Figure({"en": "Nothing", "zh-CN": "无"}, None, is_abnormal=True),
            ),
        ),
        Lanes(
            {"en": "States", "zh-CN": "状态"},
            NOON,
            NOON + HOUR,
            states,
            (Lane({"en": "OP10", "zh-CN": "曲轴"}, ((NOON, NOON + HOUR // 2, 0), (NOON + HOUR // 2, NOON + HOUR, 1))),),
        ),
        Trend(
            {"en": "Speed", "zh-CN": "转速"},
            "r/min",
            (NOON, NOON + S),
            S,
            (1.0, None),
            (2.0, None),
            (3.0, None),
            (0.0, 4.0),
        ),
        Bars(
            {"en": "Output", "zh-CN": "产量"},
            "pcs",
            ({"en": "06:00"},),
            (Series({"en": "Good", "zh-CN": "合格"}, (7.0,)),),
        ),
        Table(
            {"en": "List", "zh-CN": "列表"},
            (
                Column({"en": "What", "zh-CN": "内容"}),
                Column({"en": "When", "zh-CN": "时间"}, "time"),
                Column({"en": "Energy", "zh-CN": "电能"}, "number", "kWh", 2),
                Column({"en": "Took", "zh-CN": "时长"}, "duration"),
                Column({"en": "Share", "zh-CN": "占比"}, "percent"),
            ),
            (("=1+1", NOON, 1234.5, 90.0, 0.25), (note, NOON + S, None, None, None)),
        ),
        Picture({}, PIXEL),
        FloorPlan(
            {},
            states,
            (
                PlanThing({"en": "Press 1", "zh-CN": "压机1"}, 0.0, 0.0, 2.0, 2.0, 0),
                PlanThing({"en": "Press 2", "zh-CN": "压机2"}, 6.0, 1.0, 8.0, 3.0, 1),
                PlanThing({"en": "Shelf", "zh-CN": "货架"}, 3.0, 0.0, 4.0, 3.0),
            ),
        ),
    )
    section = Section(
        "all", {"en": "All: of [it]?", "zh-CN": "全部"}, blocks, {"en": "A <b>note</b> & more", "zh-CN": "说明"}
    )
    return Report("r-1", {"en": "Early shift", "zh-CN": "早班"}, {"en": "Line 1", "zh-CN": "一号线"}, NOON, NOON + HOUR,
                  "Asia/Shanghai", NOON + HOUR, (section, section), fingerprint="ab-cd")  # fmt: skip


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize(("language", "words"), [
    ("en", ["Early shift", "Line 1", "74.79", "Running", "2026-03-28 20:00", "Page 1 of"]),
    ("zh-CN", ["早班", "一号线", "74.79", "运行", "曙光汽车镕喆", "第 1 页"]),
])  # fmt: skip
def test_a_pdf_says_it_in_its_language(language: str, words: list[str]) -> None:
    text = text_of(write_pdf(sample(), language)).replace("\xa0", " ")
    for word in words:
        assert word in text


def test_every_font_that_a_pdf_uses_is_embedded_as_a_subset() -> None:
    pdf = write_pdf(sample(), "zh-CN")
    used = set()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            about = font.get_object()
            if "/FontDescriptor" in about:
                used.add(about["/BaseFont"])
                assert "/FontFile2" in about["/FontDescriptor"]
    assert {name.partition("+")[2] for name in used} == {"NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert len(pdf) < 400_000  # the whole fonts are 10 MB


def test_equal_reports_give_equal_pdfs() -> None:
    assert write_pdf(sample(), "en") == write_pdf(sample(), "en")


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_goes_into_both_forms(text: str) -> None:
    report = sample(text)
    assert write_pdf(report, "en").startswith(b"%PDF")
    assert openpyxl.load_workbook(io.BytesIO(write_xlsx(report, "en")))


def test_a_spreadsheet_has_numbers_with_formats_units_and_charts() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(sample(), "en")))
    assert book.sheetnames == ["Overview", "All  of  it", "All  of  it 2"]
    sheet = book["All  of  it"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert cells["Energy [kWh]"]
    assert cells[1234.5].number_format == "#,##0.00"
    assert cells[0.25].number_format == "0.0%"
    assert cells[datetime(2026, 3, 28, 20, 0)].number_format == "yyyy-mm-dd hh:mm:ss"  # noqa: DTZ001
    assert any("[h]" in cell.number_format for row in sheet.iter_rows() for cell in row)
    assert cells["=1+1"].data_type == "s"  # a text of a machine is never a formula
    assert len(sheet._charts) == 2
    assert len(sheet._images) == 1


# ---- calendar and schedule
def test_a_plan_shows_each_machine_where_it_stands_in_the_colour_of_its_state() -> None:
    plan = msgspec.structs.replace(
        sample(), sections=(Section("plan", {"en": "Plan"}, (sample().sections[0].blocks[-1],)),)
    )
    page = PdfReader(io.BytesIO(write_pdf(plan, "zh-CN"))).pages[0]
    assert "压机1" in page.extract_text()
    assert "货架" not in page.extract_text()  # what has no state is drawn without a name
    colour, filled = "", []
    for operands, operator in page.get_contents().operations:  # type: ignore[union-attr]
        if operator == b"rg":
            colour = "#" + "".join(f"{round(float(part) * 255):02x}" for part in operands)
        elif operator == b"re":
            filled.append((colour, float(operands[0]), float(operands[2])))
    (run,) = [(x, wide) for fill, x, wide in filled if fill == TONES["run"] and wide > 20]
    (fault,) = [(x, wide) for fill, x, wide in filled if fill == TONES["fault"] and wide > 20]
    assert fault[1] == pytest.approx(run[1])
    assert fault[0] - run[0] == pytest.approx(3 * run[1])  # 6 m to the east, and each is 2 m wide
    with zipfile.ZipFile(io.BytesIO(write_xlsx(plan, "zh-CN"))) as book:
        drawing = book.read("xl/drawings/drawing1.xml").decode()
    assert "压机2: 故障" in drawing
    assert TONES["fault"][1:].upper() in drawing.upper()


def test_a_name_that_finds_no_room_on_the_plan_is_told_by_its_first_word() -> None:
    names = [f"OP{number} oil sump and filling" for number in range(10, 60, 10)]
    things = tuple(
        PlanThing({"en": name}, 8.0 * place, 0.0, 8.0 * place + 2, 2.0, 0) for place, name in enumerate(names)
    )
    plan = FloorPlan({}, sample().sections[0].blocks[-1].states, (*things, PlanThing({"en": "Far"}, 90, 0, 92, 2, 0)))  # type: ignore[union-attr]
    text = text_of(write_pdf(msgspec.structs.replace(sample(), sections=(Section("p", {"en": "P"}, (plan,)),)), "en"))
    assert [name for name in names if name.split()[0] not in text] == []


def test_a_report_ordered_without_a_page_has_the_plan_of_the_line(tmp_path: Path) -> None:
    definition = SignalDef(key="urn:m#State", kind=Kind.ENUM, shell="urn:m", labels={"3": "Running", "1": "Failed"})
    behaviour = {"kind": "state", "signal": "urn:m#State"}
    with open_plant(tmp_path / "data", NOON) as platform:
        model = platform.blobs.put(triangle_glb())
        places = {
            diff_key("place", name): {
                "id": name, "name": {"en": name, "zh-CN": name}, "shell": "urn:m", "parent": None, "model": model,
                "category": "station", "position": [at_m, 0.0, 0.0], "behaviours": behaviours,
            }
            for name, at_m, behaviours in (("Press", 0.0, [behaviour]), ("Shelf", 3.0, []))
        }  # fmt: skip
        platform.store.commit(Diff(added=places))
        platform.registry.define([definition])

        async def work() -> list[dict[str, Any]]:
            rows = [(0, NOON - HOUR // 2, 3, 0), (0, NOON - HOUR // 4, 1, 0)]
            platform.ingest.push(Frame.from_rows(platform.registry, rows))
            await platform.bus.run("report.make", ORDER, SYSTEM)
            return await made(platform)

        (record,) = run(platform, work)
        assert record["state"] == "made", record["error"]
        pdf = next(file for file in record["files"] if file["name"].endswith("pdf"))
        first_page = PdfReader(io.BytesIO(platform.blobs.get(pdf["sha256"]))).pages[0].extract_text()
    assert "The line at the end" in first_page
    assert "Press" in first_page
    assert "Failed" in first_page


def test_a_night_shift_ends_on_the_next_day_and_summer_time_makes_it_shorter() -> None:
    calendar = ShiftCalendar("Europe/Berlin")
    spans = calendar.spans(NOON, NOON + 24 * HOUR)
    night = next(one for one in spans if one.shift.id == "night" and one.day == "2026-03-28")
    assert (night.end_ns - night.start_ns) // HOUR == 7
    assert [one.shift.id for one in spans] == ["early", "late", "night", "early"]


@pytest.mark.parametrize(("shifts", "code"), [
    ([("a", "06:00", "14:00"), ("b", "13:59", "22:00")], "reports.shifts_overlap"),
    ([("a", "22:00", "06:00"), ("b", "05:00", "07:00")], "reports.shifts_overlap"),
    ([("a", "06:00", "06:00"), ("b", "07:00", "08:00")], "reports.shifts_overlap"),
    ([("a", "06:00", "14:00"), ("a", "14:00", "22:00")], "reports.shifts_taken_twice"),
])  # fmt: skip
def test_a_calendar_that_cannot_be_is_refused(shifts: list[tuple[str, str, str]], code: str) -> None:
    calendar = ShiftCalendar("UTC", tuple(Shift(name, {}, start, end) for name, start, end in shifts))
    with pytest.raises(XushiError) as refused:
        calendar.check()
    assert refused.value.code == code


@settings(max_examples=60, deadline=None)
@given(
    every=st.sampled_from(["shift", "day", "week"]),
    cuts=st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=12, unique=True),
    zone=st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
)
def test_however_often_one_looks_each_period_is_due_once(every: Any, cuts: list[int], zone: str) -> None:
    """Looking at any instants, in order, gives what looking once at the end gives: none twice, none left out."""
    calendar, schedule = ShiftCalendar(zone), Schedule(every, at="02:30")
    instants = [NOON - 20 * 24 * HOUR + minutes * 60 * S for minutes in sorted(cuts)]
    done, found = NOON - 20 * 24 * HOUR, []
    for instant in instants:
        for period in schedule.due(calendar, done, instant):
            found.append(period)
            done = period.end_ns
    ends = [period.end_ns for period in found]
    assert ends == sorted(set(ends))
    whole = schedule.due_ends(calendar, NOON - 20 * 24 * HOUR, instants[-1])
    assert ends == whole if len(whole) <= 50 else set(ends) <= set(whole)


# ---- made by the platform
def open_plant(folder: Path, now_ns: int) -> Any:
    return Platform.open(folder, ManualClock(now_ns))


async def made(platform: Platform, count: int = 1) -> list[dict[str, Any]]:
    for _ in range(2_000):
        records = [record for _, record in platform.store.list("report")]
        if len(records) >= count and all(record["state"] != "ordered" for record in records):
            return records
        await asyncio.sleep(0.01)
    raise AssertionError("no report came")


def run(platform: Platform, work: Any) -> Any:
    async def main() -> Any:
        await platform.start()
        try:
            return await work()
        finally:
            await platform.stop()

    return asyncio.run(main())


ORDER = {
    "start_ms": NOON / 1e6 - 3.6e6,
    "end_ms": NOON / 1e6,
    "content": {"languages": ["en"], "formats": ["pdf", "xlsx"]},
}


def test_an_ordered_report_is_made_and_proves_itself_offline(tmp_path: Path) -> None:
    with open_plant(tmp_path / "data", NOON) as platform:

        async def work() -> None:
            await platform.bus.run("report.make", ORDER, Actor("u", "Operator", ALL_SCOPES))
            (record,) = await made(platform)
            assert record["state"] == "made", record["error"]

        run(platform, work)
        (report_id,) = platform.store.ids("report")
        record = platform.store.get("report", report_id)
        assert record is not None
        for file in record["files"]:
            (tmp_path / file["name"]).write_bytes(platform.blobs.get(file["sha256"]))
        (tmp_path / "other-name.seal.json").write_bytes(seal_file(platform.reports.seal(report_id)))
    for file in record["files"]:
        path = tmp_path / file["name"]
        seal = find_seal(path)
        verdict = check_seal(seal, path.read_bytes(), path.name)
        assert verdict.sha256 == file["sha256"]
        assert verdict.report["id"] == report_id
        with pytest.raises(XushiError) as refused:
            check_seal(seal, path.read_bytes() + b"x", path.name)
        assert refused.value.code == "reports.seal_other_file"
        with pytest.raises(XushiError) as refused:
            check_seal(seal, path.read_bytes(), path.name, wanted_key="0" * 64)
        assert refused.value.code == "reports.key_other"


def test_a_changed_file_beside_its_seal_is_told_as_changed_and_every_file_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_plant(tmp_path / "data", NOON) as platform:

        async def work() -> None:
            await platform.bus.run("report.make", ORDER, SYSTEM)
            await made(platform)

        run(platform, work)
        (report_id,) = platform.store.ids("report")
        record = platform.store.get("report", report_id)
        assert record is not None
        pdf, xlsx = (tmp_path / file["name"] for file in record["files"])
        for file, path in zip(record["files"], (pdf, xlsx), strict=True):
            path.write_bytes(platform.blobs.get(file["sha256"]))
        stem = pdf.name.partition(".")[0]  # as the server names it
        (tmp_path / f"{stem}.seal.json").write_bytes(seal_file(platform.reports.seal(report_id)))
    assert main(["verify", str(pdf), str(xlsx)]) == 0
    assert capsys.readouterr().out.count("genuine") == 2
    pdf.write_bytes(pdf.read_bytes() + b"x")
    assert main(["verify", str(pdf), "--lang", "en"]) == 1
    assert "is not the file that was signed" in capsys.readouterr().err
    assert main(["verify", str(pdf), str(xlsx), "--json"]) == 1
    changed, genuine = json.loads(capsys.readouterr().out)["files"]
    assert changed["error"]["code"] == "reports.seal_other_file"
    assert genuine["sha256"] == record["files"][1]["sha256"]


def test_a_machine_that_a_scene_knows_nothing_of_tells_states_and_pieces_by_its_key_figures(tmp_path: Path) -> None:
    place = {"id": "press", "name": {"en": "Press 3"}, "shell": "urn:press", "parent": None, "category": "other"}
    kpi = {
        "id": "press", "title": {"en": "Press 3"}, "shell": "urn:press", "figures": {"availability": {}},
        "producing": {"signal": "urn:press#Runs", "values": [1]}, "good": "urn:press#Count",
    }  # fmt: skip
    with open_plant(tmp_path / "data", NOON) as platform:
        platform.store.commit(Diff(added={diff_key("place", "press"): place}))
        platform.registry.define(
            [
                SignalDef(key="urn:press#Runs", kind=Kind.BOOL, shell="urn:press"),
                SignalDef(key="urn:press#Count", kind=Kind.INT, shell="urn:press"),
            ]
        )

        async def work() -> list[dict[str, Any]]:
            person = Actor("u", "Operator", ALL_SCOPES)
            await platform.bus.run("kpi.put", {"kpi": kpi}, person)
            rows = [(0, NOON - HOUR, True, 0), (0, NOON - HOUR // 4, False, 0)]
            rows += [(1, NOON - HOUR // 2 + n * S, 10 + n, 0) for n in range(6)]
            platform.ingest.push(Frame.from_rows(platform.registry, sorted(rows, key=lambda row: row[1])))
            content = {**ORDER["content"], "line": "press"}
            await platform.bus.run("report.make", {**ORDER, "content": content}, person)
            return await made(platform)

        (record,) = run(platform, work)
        assert record["state"] == "made", record["error"]
        file = next(file for file in record["files"] if file["name"].endswith("xlsx"))
        book = openpyxl.load_workbook(io.BytesIO(platform.blobs.get(file["sha256"])))
    production = [row[:2] for row in book["Production"].iter_rows(values_only=True)]
    assert ("Press 3", 5) in production
    states = [row[:3] for row in book["States of the machines"].iter_rows(values_only=True)]
    assert ("Press 3", 0.75, 0.25) in states
    assert ("Machine", "Producing", "Not producing") in states


def test_bars_of_nothing_have_a_plain_axis() -> None:
    bars = Bars({"en": "Made"}, "pcs", ({"en": "12:00"},), (Series({"en": "Good"}, (0.0,)),))
    report = msgspec.structs.replace(sample(), sections=(Section("made", {"en": "Made"}, (bars,)),))
    assert "0.00" not in text_of(write_pdf(report, "en"))


def boxes(pdf: bytes, page: int = 0) -> list[tuple[str, float, float]]:
    """(colour, width, height) of each filled box of a page."""
    colour, found = "", []
    for operands, operator in PdfReader(io.BytesIO(pdf)).pages[page].get_contents().operations:  # type: ignore[union-attr]
        if operator == b"rg":
            colour = "#" + "".join(f"{round(float(part) * 255):02x}" for part in operands)
        elif operator == b"re":
            found.append((colour, float(operands[2]), float(operands[3])))
    return found


def test_a_bar_of_nothing_is_not_drawn() -> None:
    series = (Series({"en": "Good"}, (3.0,)), Series({"en": "Rejected"}, (0.0,), "fault"))
    bars = Bars({"en": "Made"}, "pcs", ({"en": "OP10"},), series)
    pdf = write_pdf(msgspec.structs.replace(sample(), sections=(Section("made", {"en": "Made"}, (bars,)),)), "en")
    assert [high for colour, _, high in boxes(pdf) if colour == TONES["fault"]] == [6.0]  # that of the legend


def test_no_word_of_a_tables_head_is_broken_and_no_label_is_cut() -> None:
    heads = ("Availability", "Performance", "Quality ratio", "First-pass yield", "Mean time between failures",
             "Mean time to restoration", "Throughput", "Energy per piece", "OEE")  # fmt: skip
    columns = (Column({"en": "Of"}, share=2.4), *(Column({"en": head}, "percent") for head in heads))
    label = "OP60 Valve-train leak test: First-pass yield"
    blocks = (
        Figures({}, (Figure({"en": label}, 0.5, kind="percent", is_abnormal=True),)),
        Lanes({}, NOON, NOON + HOUR, (), (Lane({"en": "OP60 Valve-train leak test"}, ()),)),
        Table({}, columns, (("Line", *(0.5 for _ in heads)),)),
    )
    report = msgspec.structs.replace(sample(), sections=(Section("kpi", {"en": "Key figures"}, blocks),))
    text = text_of(write_pdf(report, "en"))
    assert "…" not in text.replace("ab-cd …", "")
    lines = text.split("\n")
    for word in {word for head in heads for word in head.split()}:
        assert any(word in line for line in lines), f"{word} is broken"


@pytest.mark.parametrize(("language", "words"), [("en", ["7 pcs", "operator"]), ("zh-CN", ["7 件", "操作员"])])
def test_units_that_are_words_and_names_of_the_platforms_own_are_in_the_readers_language(
    language: str, words: list[str]
) -> None:
    figures = Figures({}, (Figure({"en": "Made", "zh-CN": "产量"}, 7, "pcs", "integer"),))
    facts = (({"en": "Made for", "zh-CN": "申请人"}, person("operator")),)
    report = msgspec.structs.replace(
        sample(), sections=(Section("made", {"en": "Made", "zh-CN": "产量"}, (figures,)),), facts=facts
    )
    text = text_of(write_pdf(report, language)).replace("\n", " ")
    assert [word for word in words if word not in text] == []
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(report, language)))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert words[0].split()[1] in cells


def source(station: str, serial: int) -> ResultSource:
    return ResultSource(f"urn:{station}", station, serial, {}, None)


def test_the_last_station_is_not_named_before_a_product_has_passed_two() -> None:
    first, last = source("OP30", 1), source("OP100", 2)
    ways: dict[str, Any] = {"a": [(0, first, True)], "b": [(1, last, True)], "c": [(2, first, True)]}
    assert final_station((first, last), ways) is None
    assert final_station((first, last), {**ways, "d": [(3, first, True), (4, last, True)]}) is last
    assert final_station((first,), {"a": [(0, first, True)]}) is first  # a plant of one station


def test_rules_that_were_changed_in_one_go_are_one_row_of_the_journal() -> None:
    changed = [Entry(NOON + number, f"rule-{number}", "rule_changed", by="this computer") for number in range(50)]
    raised = [Entry(NOON + S + number, "rule-1", "raised") for number in range(2)]
    other = Entry(NOON + 2 * S, "rule-2", "rule_changed", by="Li")
    rows = journal_rows([*changed, *raised, other], {f"rule-{number}": {"en": str(number)} for number in range(50)})
    assert [row[1]["en"] for row in rows] == ["50 rules", "1", "1", "2"]
    assert rows[0][4] == {"en": "this computer", "zh-CN": "本机"}


def test_a_seal_with_anything_changed_is_refused(tmp_path: Path) -> None:
    with open_plant(tmp_path / "data", NOON) as platform:

        async def work() -> None:
            await platform.bus.run("report.make", ORDER, SYSTEM)
            await made(platform)

        run(platform, work)
        (report_id,) = platform.store.ids("report")
        seal = platform.reports.seal(report_id)
        record = platform.store.get("report", report_id)
        assert record is not None
        content = platform.blobs.get(record["files"][0]["sha256"])
    whole = msgspec.to_builtins(seal)
    for change in (
        {"report": {**whole["report"], "end_ns": 0}},
        {"evidence": {**whole["evidence"], "root": "0" * 64}},
        {"evidence": {**whole["evidence"], "body": whole["evidence"]["body"].replace("Xushi", "Someone")}},
        {"files": [*whole["files"], {"name": "x", "sha256": "0" * 64, "size": 1}]},
        {"public_key": base64.b64encode(b"k" * 32).decode()},
        {"signature": base64.b64encode(b"s" * 64).decode()},
    ):
        forged = msgspec.convert({**whole, **change}, type(seal))
        with pytest.raises(XushiError) as refused:
            check_seal(forged, content, "report.pdf")
        assert refused.value.code == "reports.seal_forged"


def test_an_order_survives_a_stop_and_is_made_after_the_next_start(tmp_path: Path) -> None:
    with open_plant(tmp_path / "data", NOON) as platform:
        asyncio.run(platform.bus.run("report.make", ORDER, SYSTEM))  # acknowledged, and nobody is there to make it
    with open_plant(tmp_path / "data", NOON + HOUR) as platform:
        (record,) = run(platform, lambda: made(platform))
        assert record["state"] == "made"


def test_a_cancelled_report_is_told_as_cancelled(tmp_path: Path) -> None:
    with open_plant(tmp_path / "data", NOON) as platform:

        async def work() -> list[dict[str, Any]]:
            await platform.bus.run("report.make", ORDER, SYSTEM)
            platform.jobs.cancel(platform.jobs.list()[0].id)
            return await made(platform)

        (record,) = run(platform, work)
        assert record["state"] == "cancelled"
        assert [job.state for job in platform.jobs.list()] == ["cancelled"]


def test_a_report_that_is_half_made_is_cancelled_and_the_next_one_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half, goes_on = threading.Event(), threading.Event()

    def stands_in_the_middle(report: Report, language: str, tell: Callable[[float], None]) -> bytes:
        def told(share: float) -> None:
            tell(share)
            half.set()
            assert goes_on.wait(30)

        return write_pdf(report, language, told)

    monkeypatch.setattr("xushi.runtime._report_desk.write_pdf", stands_in_the_middle)
    with open_plant(tmp_path / "data", NOON) as platform:

        async def work() -> float:
            await platform.bus.run("report.make", ORDER, SYSTEM)
            assert await asyncio.to_thread(half.wait, 30)
            await asyncio.sleep(0)  # what the maker told from its thread arrives
            job = platform.jobs.list()[0]
            share = job.progress
            platform.jobs.cancel(job.id)
            await asyncio.sleep(0.05)  # the cancel has begun; the maker learns of it at its next step
            goes_on.set()
            await platform.jobs.wait(job.id)
            await platform.bus.run("report.make", {**ORDER, "end_ms": NOON / 1e6 - 1}, SYSTEM)
            await made(platform, 2)
            return share

        share = run(platform, work)
        records = sorted((record for _, record in platform.store.list("report")), key=lambda one: -one["end_ns"])
    assert 0.0 < share < 1.0
    assert [record["state"] for record in records] == ["cancelled", "made"]
    assert records[0]["files"] == []


def test_missed_reports_are_made_up_once_after_a_restart(tmp_path: Path) -> None:
    content = {"languages": ["en"], "formats": ["xlsx"], "sections": ["production"]}
    with open_plant(tmp_path / "data", NOON) as platform:
        params = {"id": "all", "when": {"every": "shift"}, "content": content}
        asyncio.run(platform.bus.run("report.schedule", params, SYSTEM))
        calendar = calendar_of(platform.store)
    later = NOON + 30 * HOUR
    wanted = Schedule("shift").due_ends(calendar, NOON, later - 30 * S)
    assert len(wanted) in (3, 4)
    for _ in range(2):
        with open_plant(tmp_path / "data", later) as platform:
            records = run(platform, lambda: made(platform, len(wanted)))
            assert sorted(record["end_ns"] for record in records) == wanted
            assert {record["schedule"] for record in records} == {"all"}


@pytest.mark.parametrize(("params", "code"), [
    ({}, "runtime.report_span_missing"),
    ({"start_ms": 2e12, "end_ms": 1e12}, "runtime.report_span_wrong"),
    ({"start_ms": 1e12, "end_ms": 1.1e13}, "runtime.report_too_long"),
    ({"shift": "nope"}, "runtime.shift_unknown"),
    ({"shift": "early", "day": "2026-13-45"}, "runtime.shift_unknown"),
    ({**ORDER, "picture": "AAAA"}, "runtime.report_picture_wrong"),
    ({**ORDER, "content": {"line": "urn:no"}}, "runtime.report_line_unknown"),
    ({**ORDER, "content": {"sections": ["no"]}}, "runtime.report_section_unknown"),
    ({**ORDER, "content": {"signals": ["urn:no#x"]}}, "signals.unknown_key"),
    ({**ORDER, "timeline": "no"}, "runtime.timeline_unknown"),
    ({"schedule": "no"}, "runtime.report_not_due"),
])  # fmt: skip
def test_an_order_that_cannot_be_is_refused_in_both_languages(
    params: dict[str, Any], code: str, tmp_path: Path
) -> None:
    with open_plant(tmp_path, NOON) as platform:
        with pytest.raises(XushiError) as refused:
            asyncio.run(platform.bus.run("report.make", params, SYSTEM, dry_run=True))
        assert refused.value.code == code
        assert all(refused.value.text(language).what not in ("", code) for language in ("en", "zh-CN"))


def test_nobody_can_forge_the_end_of_a_report(tmp_path: Path) -> None:
    with open_plant(tmp_path, NOON) as platform, pytest.raises(XushiError) as refused:
        asyncio.run(platform.bus.run("report.finish", {"id": "x", "state": "made"}, SYSTEM))
    assert refused.value.code == "kernel.forbidden"


def test_a_passphrase_is_not_in_the_evidence(tmp_path: Path) -> None:
    with open_plant(tmp_path, NOON) as platform:

        async def work() -> None:
            await platform.bus.run("backup.make", {"secrets": True, "passphrase": "correct horse"}, SYSTEM)
            for job in platform.jobs.list():
                await platform.jobs.wait(job.id)

        run(platform, work)
        assert [job.state for job in platform.jobs.list()] == ["done"]
        entries = json.dumps(platform.evidence.entries())
        assert "backup.make" in entries
        assert "correct horse" not in entries
