"""Handover Documentation 2.0 (IDTA 02004): a short operating note per machine, in both languages, as one HTML page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from xushi.demo._line_types import Machine, Signal, Text
from xushi.twins import Submodel

from ._elements import file, group, outside, series, submodel_id, text, texts, words

NAME = "HandoverDocumentation"
SEMANTIC = "0173-1#01-AHF578#003"
_DATE = "2026-11-01"
_LANGUAGE = "0173-1#02-AAN468#008"
_LISTED = 24

_PURPOSE: dict[str, Text] = {
    "OP10": Text(
        "A gantry lifts a crankcase from the rack onto the empty pallet.", "龙门机械手将曲轴箱从料架吊放到空托盘上。"
    ),
    "OP20": Text(
        "The hoist lays the crankshaft into its bearings; two spindles fasten the caps.",
        "吊具将曲轴放入轴瓦，双轴拧紧轴承盖。",
    ),
    "OP30": Text(
        "The robot offers each piston; the press inserts it and records force and travel.",
        "机器人送入活塞，压机压装并记录压力与位移。",
    ),
    "OP40": Text(
        "Ten spindles tighten the head bolts by torque and angle to just past the yield point.",
        "十轴拧紧机按力矩-转角法将缸盖螺栓拧至屈服点。",
    ),
    "OP50": Text(
        "Camshafts, followers and chain are fitted by hand and robot together, checked by vision.",
        "人机协作装配凸轮轴、摇臂与链条，视觉检查。",
    ),
    "OP60": Text(
        "The chamber seals all ports and measures the leak rate under test pressure.",
        "密封全部孔口，在试验压力下测量泄漏率。",
    ),
    "OP70": Text("The robot draws the sealant bead; the cover is joined and fastened.", "机器人涂胶，罩盖合装并拧紧。"),
    "OP80": Text("The sump is fitted from below and the engine is filled with oil.", "自下方装配油底壳并加注机油。"),
    "OP90": Text(
        "An electric drive turns the engine without fuel; torque, oil and exhaust pressure are judged.",
        "电机拖动发动机（不点火），判定力矩、机油压力与排气压力。",
    ),
    "OP100": Text(
        "Cameras inspect the finished engine; the nameplate is marked and the engine released.",
        "相机检查整机，打刻铭牌并放行。",
    ),
    "RWK1": Text(
        "Rejected engines are repaired here and sent back to the test that refused them.",
        "不合格发动机在此返修后送回原试验工位。",
    ),
    "KIT1": Text("Lamps show which bin to pick from; a wrong pick stops the kit.", "指示灯提示取料料箱，错拣即停止。"),
    "PS1": Text("The store issues containers of parts to the vehicles.", "零件库向小车发放料箱。"),
    "PLC1": Text("The line controller paces the line and counts engines.", "产线控制器控制节拍并计数。"),
    "EM1": Text("The meter measures the electric power of the whole line.", "电表测量整线用电。"),
    "CMP1": Text(
        "The compressor keeps the compressed air between its two limits.", "空压机将压缩空气保持在上下限之间。"
    ),
}
_BY_CATEGORY = {
    "agv": Text(
        "The vehicle carries containers and kits by orders of VDA 5050.", "小车按 VDA 5050 指令配送料箱与套件。"
    ),
    "buffer": Text(
        "The conveyor carries engine pallets and buffers them between stations.", "输送线输送并缓存发动机托盘。"
    ),
}
_STEPS = (
    Text("Check that guards are closed and the emergency stop is released.", "确认防护门关闭、急停已复位。"),
    Text(
        "Select mode Processing at the operator panel and acknowledge messages.", "在操作面板选择“生产”模式并确认报警。"
    ),
    Text("On an alarm read its text, remove the cause, then acknowledge.", "报警时先读报警文本、排除原因，再确认。"),
    Text(
        "Lock out the electric and the air supply before any work inside.", "进入内部作业前，先切断并锁定电源与气源。"
    ),
)


def document_path(machine: str) -> str:
    """The package path of a machine's operating note."""
    return f"/aasx/documents/{machine}-operating-note.html"


def purpose(machine: Machine) -> Text:
    """What a machine is for, in one sentence."""
    return _PURPOSE.get(machine.id) or _BY_CATEGORY[machine.category]


def operating_note(machine: Machine, signals: Sequence[Signal]) -> bytes:
    """The page, English first and Chinese after, without script or anything fetched."""
    parts = []
    for lang, title, steps_title, data_title, head in (
        ("en", "Operating note", "Operation", "Live data", ("Name", "Path", "Unit", "Limits")),
        ("zh-CN", "操作说明", "操作步骤", "实时数据", ("名称", "路径", "单位", "限值")),
    ):
        pick = _picker(lang)
        rows = "".join(_row(signal, pick(signal.name)) for signal in signals[:_LISTED])
        facts = "".join(
            f"<li>{escape(pick(fact.name))}: {escape(str(fact.value))} {escape(fact.unit)}</li>"
            for fact in machine.technical
        )
        steps = "".join(f"<li>{escape(pick(step))}</li>" for step in _STEPS)
        heads = "".join(f"<th>{each}</th>" for each in head)
        parts.append(
            f'<section lang="{lang}"><h1>{escape(pick(machine.name))}: {title}</h1>'
            f"<p>{escape(pick(purpose(machine)))}</p>"
            f"<ul>{facts}</ul><h2>{steps_title}</h2><ol>{steps}</ol><h2>{data_title}</h2>"
            f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></section>"
        )
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
        "body{color:#222;background:#fff}table{border-collapse:collapse;width:100%}"
        "th,td{border-bottom:1px solid #bbb;padding:.25rem .5rem;text-align:left}"
    )
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(machine.name.en)}</title>'
        f"<style>{style}</style></head><body>{'<hr>'.join(parts)}</body></html>"
    )
    return page.encode()


def _picker(lang: str) -> Callable[[Text], str]:
    def pick(words_: Text) -> str:
        return words_.en if lang == "en" else words_.zh

    return pick


def _row(signal: Signal, name: str) -> str:
    limits = "" if signal.low is None and signal.high is None else f"{_number(signal.low)} … {_number(signal.high)}"
    cells = (name, signal.path, signal.unit, limits)
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def handover(machine: Machine) -> Submodel:
    title = Text(f"Operating note {machine.name.en}", f"{machine.name.zh}操作说明")
    identity, classes, version = (f"0173-1#02-ABI50{n}#003/0173-1#01-AHF58{m}#003" for n, m in ((1, 0), (2, 1), (3, 2)))
    document = group(
        None,
        (
            series("DocumentIds", (
                group(None, (
                    text("DocumentDomainId", "urn:xushi:demo", "0173-1#02-ABH994#003"),
                    text("DocumentIdentifier", f"{machine.id}-ON-01", "0173-1#02-AAO099#004"),
                    text("DocumentIsPrimary", True, "0173-1#02-ABH995#003", "xs:boolean"),
                ), identity),
            ), "0173-1#02-ABI501#003", identity),
            series("DocumentClassifications", (
                group(None, (
                    text("ClassId", "03-02", "0173-1#02-ABH996#003"),
                    words("ClassName", Text("Operation", "操作"), "0173-1#02-ABJ219#002"),
                    text("ClassificationSystem", "VDI2770 Blatt1:2020", "0173-1#02-ABH997#003"),
                ), classes),
            ), "0173-1#02-ABI502#003", classes),
            series("DocumentVersions", (
                group(None, (
                    series("Language", [text(None, tag, _LANGUAGE) for tag in ("en", "zh")], _LANGUAGE, _LANGUAGE,
                           "Property", "xs:string"),
                    text("Version", "1.0", "0173-1#02-AAP003#005"),
                    words("Title", title, "0173-1#02-ABG940#003"),
                    words("Description", purpose(machine), "0173-1#02-AAN466#004"),
                    words("KeyWords", Text("operation, safety, signals", "操作、安全、信号"), "0173-1#02-ABH999#003"),
                    text("StatusSetDate", _DATE, "0173-1#02-ABI000#003", "xs:date"),
                    text("StatusValue", "Released", "0173-1#02-ABI001#003"),
                    text("OrganizationShortName", machine.nameplate.manufacturer.en,
                         "https://api.eclass-cdp.com/0173-1-02-ABI002-003"),
                    text("OrganizationOfficialName", machine.nameplate.manufacturer.en, "0173-1#02-ABI004#003"),
                    series("DigitalFiles", (
                        file(None, document_path(machine.id), "text/html", "0173-1#02-ABK126#002"),
                    ), "0173-1#02-ABK126#002", "0173-1#02-ABK126#002", "File"),
                ), version),
            ), "0173-1#02-ABI503#003", version),
        ),
        "0173-1#02-ABI500#003/0173-1#01-AHF579#003",
    )  # fmt: skip
    documents = series("Documents", (document,), "0173-1#02-ABI500#003", "0173-1#02-ABI500#003/0173-1#01-AHF579#003")
    return Submodel(
        id=submodel_id(machine.id, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), kind="Instance",
        display_name=texts(Text("Handover documentation", "移交文档")), submodel_elements=(documents,),
    )  # fmt: skip
