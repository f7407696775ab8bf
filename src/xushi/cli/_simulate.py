"""The verb `simulate`: runs a simulation model from a file, without any server, and prints its key figures."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xushi.cli._options import only_with
from xushi.kernel import XushiError
from xushi.remote import Verb, text_in

if TYPE_CHECKING:
    from xushi.simulate import Model, PlantState

_TEXTS: dict[str, tuple[str, str]] = {
    "file": ("a model (JSON), or an AASX with a packaged model (IDTA 02005)",
             "模型（JSON），或含打包模型的 AASX（IDTA 02005）"),
    "hours": ("how far to run (default: as the package says, else 8)", "推演时长（默认：按包内说明，否则为 8 小时）"),
    "replications": ("how many futures (default: 30)", "推演次数（默认：30）"),
    "seed": ("of the random numbers (default: 1)", "随机数种子（默认：1）"),
    "submodel": ("which one, where the file describes several", "文件包含多个模型时指定其子模型"),
    "json": ("print one JSON object", "输出一个 JSON 对象"),
    "head": ("{model}: {hours:g} h, {replications} futures, seed {seed}",
             "{model}：{hours:g} 小时，{replications} 次推演，种子 {seed}"),
    "columns": ("mean [95 % interval of the mean]; 9 of 10 futures", "均值 [均值的 95 % 区间]；十分之九的推演"),
    "plant.good": ("good parts", "合格数"),
    "plant.throughput_per_h": ("per hour", "每小时"),
    "plant.energy_kwh": ("energy, kWh", "能耗 kWh"),
    "count": ("{id}, parts", "{id} 件数"),
    "flow_s": ("{id}, time in the plant, s", "{id} 通过时间 s"),
    "machine": ("machine", "设备"),
    "made": ("made", "完成"),
    "busy": ("busy", "加工"),
    "blocked": ("blocked", "阻塞"),
    "down": ("down", "故障"),
    "waits_for_crew": ("waits for repair", "待修"),
    "bottleneck": ("The bottleneck is {machine}.", "瓶颈为 {machine}。"),
}  # fmt: skip


def _word(name: str, language: str, **gaps: object) -> str:
    return _TEXTS[name][1 if language == "zh-CN" else 0].format(**gaps)


def _arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=_word("file", language))
    parser.add_argument("--hours", type=float, help=_word("hours", language))
    parser.add_argument("--replications", type=int, default=30, metavar="N", help=_word("replications", language))
    parser.add_argument("--seed", type=int, default=1, help=_word("seed", language))
    parser.add_argument("--submodel", metavar="ID", help=_word("submodel", language))
    parser.add_argument("--json", action="store_true", help=_word("json", language))


def _simulate(options: argparse.Namespace) -> int:
    from xushi.runtime.foresight import DEFAULT_HOURS, check_length, need_engine, run_model

    need_engine()
    model, state, default_hours = _read(options.file, options.submodel)
    hours = options.hours if options.hours is not None else default_hours or DEFAULT_HOURS
    check_length(hours, options.replications)

    def told(share: float) -> None:
        if not options.json and sys.stderr.isatty():
            print(f"\r{share:4.0%}", end="" if share < 1 else "\r    \r", file=sys.stderr)

    found = run_model(model, state, hours, options.replications, options.seed, told)
    print(json.dumps(found, ensure_ascii=False) if options.json else "\n".join(_lines(found, options.lang)))
    return 0


def _read(path: Path, submodel_id: str | None) -> tuple[Model, PlantState, float | None]:
    """The model in a file, the state it starts from, and how far it is usually run."""
    from xushi.simulate import PlantState, read_model

    try:
        content = path.read_bytes()
    except OSError as error:
        raise XushiError("cli.file_missing", path=str(path), reason=error.strerror or str(error)) from error
    if not content.startswith(b"PK"):
        only_with("AASX", False, {"--submodel": submodel_id})
        return read_model(content), PlantState(), None
    from xushi.runtime.foresight import open_packaged, read_versions
    from xushi.twins import read_file

    package = read_file(path)
    described = {one.id: one for one in package.environment.submodels if read_versions(one)}
    if submodel_id is None and len(described) > 1:
        raise XushiError("cli.models_many", path=str(path), known=", ".join(described))
    chosen = described.get(submodel_id) if submodel_id is not None else next(iter(described.values()), None)
    if chosen is None:
        raise XushiError("cli.model_none", path=str(path), known=", ".join(described) or "–")

    def content_of(name: str) -> bytes | None:
        part = package.file(name)
        return None if part is None else part.data

    packaged = open_packaged(chosen, content_of)
    return packaged.model, packaged.state, packaged.default_hours


def _lines(found: dict[str, Any], language: str) -> list[str]:
    rows = [(_word(kpi, language), figure) for kpi, figure in found["plant"].items()]
    for sink in found["sinks"]:
        rows += [(_word(name, language, id=sink["id"]), sink[name]) for name in ("count", "flow_s")]
    width = max(len(name) for name, _ in rows)
    lines = [_word("head", language, **found), f"{'':<{width}}  {_word('columns', language)}"]
    for name, one in rows:
        low, high, band_low, band_high = (_number(one[end]) for end in ("low", "high", "band_low", "band_high"))
        lines.append(f"{name:<{width}}  {_number(one['mean'])} [{low}; {high}]; {band_low} – {band_high}")
    waits = any(machine["shares"]["waits_for_crew"] for machine in found["machines"])
    seen = ("busy", "blocked", "down", *(["waits_for_crew"] if waits else []))
    heads = [_word(head, language) for head in ("machine", "made", *seen)]
    widths = [max(12, len(head)) for head in heads]
    lines += ["", "  ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))]
    for machine in found["machines"]:
        shares = [f"{machine['shares'][share]:.1%}" for share in seen]
        cells = (machine["id"], _number(machine["made"]["mean"]), *shares)
        lines.append("  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)))
    if found["bottleneck"] is not None:
        lines += ["", _word("bottleneck", language, machine=found["bottleneck"]["machine"])]
    if found["locks"] is not None:
        lines += ["", text_in(found["locks"]["text"], language), text_in(found["locks"]["repair"], language)]
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}"


SIMULATE = Verb({"en": "run a simulation model from a file", "zh-CN": "运行文件中的仿真模型"}, _arguments, _simulate)
