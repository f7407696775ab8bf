"""The verbs `values`, `alarms` and `figures`: watch a plant from a terminal."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from xushi.cli._columns import columns, plain
from xushi.cli._options import instant_ms, never_with, number_in, only_with, whole_number
from xushi.cli._verbs import required, where
from xushi.kernel import XushiError, actor_name
from xushi.remote import Remote, Verb, alarm_word, branch_named, text_in
from xushi.signals import Kind, state_text, unit_display

_BAD = 0x8000_0000
_LOOK_S = 1.0
_DAY_MINUTES, _SHIFT_MINUTES = 1440.0, 480.0
_MOST_ENTRIES = 5_000
_TEXTS: dict[str, tuple[str, str]] = {
    "names": ("machines (idShort) or signals (end of their key); all when left out",
              "设备（idShort）或信号（键的末尾）；省略时为全部"),
    "follow": ("go on, and print what changes, until Ctrl-C", "持续运行并输出变化，直到 Ctrl-C"),
    "machine": ("only this machine (idShort)", "仅此设备（idShort）"),
    "at": ("at this instant instead of now: -30 (minutes before now), 14:05 (today) or 2026-11-29T14:05; with --branch "
           "also 30: minutes after its fork (default: where the branch ends)",
           "显示此时刻而不是现在：-30（距现在的分钟数）、14:05（今天）或 2026-11-29T14:05；"
           "与 --branch 同用时也可写 30：分叉后的分钟数（默认：分支结束时）"),
    "branch": ("of this branch instead of the live line, by its title or id", "显示此分支（标题或 id）而不是实时产线"),
    "minutes": ("how many minutes back from now (default: 480; of a branch all from its fork on)",
                "从现在往前的分钟数（默认：480；分支默认自分叉起的全部）"),
    "why": ("show what this figure was made of, by its id", "按 id 显示该指标的构成"),
    "journal": ("what happened to alarms, the newest first: raised, cleared, who acknowledged, shelved, and why",
                "报警日志，最新在前：产生、消失、谁确认或搁置及其原因"),
    "journal-head": ("time|priority|alarm|event|by|reason", "时间|优先级|报警|事件|操作者|原因"),
    "journal-minutes": ("with --journal: how many minutes back (default: 1440; of a branch all from its fork on)",
                        "与 --journal 同用：回溯的分钟数（默认：1440；分支默认自分叉起的全部）"),
    "journal-more": ("… older entries of this span are not shown; --rows N shows more of them",
                     "… 该时段内更早的条目未显示；--rows N 可显示更多"),
    "journal-rows": ("with --journal: how many entries to show (default: 5000, the most)",
                     "与 --journal 同用：显示多少条（默认：5000，即上限）"),
    "more-alarms": ("… only the first {count} are shown", "… 仅显示前 {count} 条"),
    "no-entries": ("Nothing happened to alarms in this span.", "该时段内无报警记录。"),
    "none": ("No alarm.", "没有报警。"),
    "value-head": ("machine|signal|value|unit|time|path", "设备|信号|数值|单位|时间|路径"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    "alarm-head": ("priority|state|since|alarm|value", "优先级|状态|自|报警|数值"),
    "figure-head": ("id|figure|value", "id|指标|数值"),
}  # fmt: skip


def _words(name: str, language: str) -> str:
    return _TEXTS[name][1 if language == "zh-CN" else 0]


def clock(time_ms: float) -> str:
    """An instant as the wall clock here shows it."""
    return f"{datetime.fromtimestamp(time_ms / 1e3).astimezone():%Y-%m-%d %H:%M:%S}"


def number(value: Any, unit: str) -> str:
    """A number with its unit; a share as a percentage."""
    if value is None:
        return "–"
    return f"{value:.1%}" if unit == "1" else f"{value:.5g} {unit}".strip()


def show_table(options: argparse.Namespace, value: Any, head: str, rows: Sequence[Sequence[str]]) -> None:
    """Print a value as one JSON object, or rows below a head whose cells are parted by `|`."""
    if options.json:
        print(json.dumps(value, ensure_ascii=False), flush=True)
        return
    for line in columns([head.split("|"), *rows] if head else rows):
        print(line, flush=True)


# ---- which line of time
def branch_argument(parser: argparse.ArgumentParser, language: str) -> None:
    """Add `--branch` to a parser."""
    parser.add_argument("--branch", metavar="NAME_OR_ID", help=_words("branch", language))


def _at_argument(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--at", metavar="INSTANT", help=_words("at", language))


def line_of(options: argparse.Namespace, remote: Remote) -> tuple[str, float | None, float]:
    """The timeline that the options mean, the instant of its fork (None: live), and where it ends (live: now), in ms.

    Raises:
        XushiError: `remote.branch_unknown`, `remote.branch_ambiguous`.
    """
    if not options.branch:
        return "live", None, time.time() * 1e3
    branch = branch_named(remote, options.branch)
    return branch["id"], branch["fork_ms"], branch["end_ms"] or branch["fork_ms"]


def span_of(options: argparse.Namespace, remote: Remote, usual_minutes: float) -> tuple[str, dict[str, float]]:
    """The timeline and the stretch of it: the last minutes, of a branch its whole path where no number is given."""
    line, fork_ms, end_ms = line_of(options, remote)
    if options.minutes is None and fork_ms is not None:
        return line, {"start_ms": fork_ms, "end_ms": end_ms}
    minutes = usual_minutes if options.minutes is None else options.minutes
    return line, {"start_ms": end_ms - minutes * 60e3, "end_ms": end_ms}


def _instant_of(options: argparse.Namespace, remote: Remote) -> tuple[str, dict[str, float]]:
    """The timeline and the instant of it; without one the end of a branch, and now of the live line.

    Raises:
        XushiError: `cli.instant_invalid`, `cli.instant_outside`.
    """
    line, fork_ms, end_ms = line_of(options, remote)
    if options.at is None:
        return line, {} if fork_ms is None else {"at_ms": end_ms}
    minutes = None if fork_ms is None else number_in(options.at)
    at_ms = instant_ms("--at", options.at) if fork_ms is None or minutes is None else fork_ms + minutes * 60e3
    if at_ms > end_ms:
        raise XushiError("cli.instant_outside", option="--at", text=options.at, at=clock(at_ms), end=clock(end_ms))
    return line, {"at_ms": at_ms}


# ---- values
def _values_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help=_words("names", language))
    parser.add_argument("--follow", action="store_true", help=_words("follow", language))
    branch_argument(parser, language)
    _at_argument(parser, language)
    where(parser, language)


def _values(options: argparse.Namespace) -> int:
    never_with("--follow", options.follow, {"--at": options.at, "--branch": options.branch})
    remote = required(options)
    chosen = signals_named(remote, options.names)
    line, at = _instant_of(options, remote)
    shown = _values_of(remote, chosen, line, at)
    by_key = {signal["key"]: signal for signal in chosen.values()}
    show_table(options, shown, _words("value-head", options.lang), _value_rows(shown, by_key, options.lang))
    while options.follow:
        time.sleep(_LOOK_S)
        before, shown = shown, _values_of(remote, chosen, line, at)
        changed = [now for was, now in zip(before, shown, strict=True) if now != was]
        if changed:
            show_table(options, changed, "", _value_rows(changed, by_key, options.lang))
    return 0


def signals_named(remote: Remote, names: Sequence[str]) -> dict[int, dict[str, Any]]:
    """The signals of the machines and the signals that were named, by handle.

    Raises:
        XushiError: `cli.signal_unknown`.
    """
    signals = remote.get("/api/signals")["signals"]
    shells = {shell["id"]: shell for shell in remote.get("/api/twins")}
    machines = {id: shell["idShort"] for id, shell in shells.items()}
    found: dict[int, dict[str, Any]] = {}
    for name in names or [""]:
        fitting = [one for one in signals if machines.get(one["shell"]) == name or one["key"].endswith(name)]
        if names and not fitting:
            raise XushiError("cli.signal_unknown", signal=name)
        found |= {
            one["handle"]: {
                **one,
                "machine": machines.get(one["shell"], one["shell"]),
                "machine_name": shells.get(one["shell"], {}).get("name", {}),
            }
            for one in fitting
        }
    return found


def _values_of(
    remote: Remote, chosen: dict[int, dict[str, Any]], line: str, at: dict[str, float]
) -> list[dict[str, Any]]:
    """The values in force at an instant of a timeline; the newest where none is given."""
    from xushi.runtime import decode_frame

    frame = decode_frame(remote.raw("GET", f"/api/timelines/{quote(line, safe='')}/snapshot", query=at))
    places = {handle: index for index, handle in enumerate(frame.handles.tolist())}
    return [_told(one, frame, places.get(handle)) for handle, one in chosen.items()]


def _told(signal: dict[str, Any], frame: Any, place: int | None) -> dict[str, Any]:
    told = {"signal": signal["key"], "machine": signal["machine"], "path": signal["path"], "unit": signal["unit"]}
    if place is None:
        return {**told, "value": None, "quality": None, "time_ms": None}
    quality = int(frame.qualities[place])
    value = frame.value(place) if quality < _BAD else None
    return {**told, "value": value, "quality": quality, "time_ms": float(frame.times_ms[place])}


def _value_rows(shown: Sequence[dict[str, Any]], by_key: dict[str, dict[str, Any]], language: str) -> list[list[str]]:
    """The rows of a table in the reader's language, of values of the signals given by key."""
    return [
        [
            _machine_text(by_key[one["signal"]], language),
            text_in(by_key[one["signal"]]["name"], language) or one["path"],
            _value_text(by_key[one["signal"]], one["value"], language),
            unit_display(one["unit"]),
            clock(one["time_ms"]) if one["time_ms"] else "–",
            one["path"],
        ]
        for one in shown
    ]


def _machine_text(signal: dict[str, Any], language: str) -> str:
    """The machine's name; with its idShort, which the verbs take, where the name does not say it."""
    short, name = signal["machine"], text_in(signal["machine_name"], language)
    return name if short in name else f"{short} {name}".strip()


def _value_text(signal: dict[str, Any], value: Any, language: str) -> str:
    """A value as a person reads it: a state by its word, a truth as yes or no."""
    if value is None:
        return "–"
    if isinstance(value, float):
        if signal["kind"] == Kind.ENUM:
            label = signal["labels"].get(str(int(value)))
            return f"{value:.0f}" if label is None else text_in(state_text(label), language)
        if signal["kind"] == Kind.BOOL:
            return _words("yes" if value else "no", language)
        return f"{value:.6g}"
    return str(value)


# ---- alarms
def _alarms_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--journal", action="store_true", help=_words("journal", language))
    parser.add_argument("--minutes", type=float, help=_words("journal-minutes", language))
    rows = whole_number("--rows", 1, _MOST_ENTRIES)
    parser.add_argument("--rows", type=rows, metavar="N", help=_words("journal-rows", language))
    branch_argument(parser, language)
    _at_argument(parser, language)
    where(parser, language)


def _alarms(options: argparse.Namespace) -> int:
    only_with("--journal", options.journal, {"--minutes": options.minutes, "--rows": options.rows})
    never_with("--journal", options.journal, {"--at": options.at})
    remote = required(options)
    if options.journal:
        return _journal(options, remote)
    line, at = _instant_of(options, remote)
    told = remote.get("/api/alarms", timeline=line, **at)
    rows = [
        [alarm_word("priority", one["priority"], options.lang), alarm_word("state", one["state"], options.lang),
         clock(one["since_ms"]), text_in(one["title"], options.lang),
         number(one["value"], one["unit"])]
        for one in told["alarms"]
    ]  # fmt: skip
    if not rows and not options.json:
        print(_words("none", options.lang))
        return 0
    show_table(options, told, _words("alarm-head", options.lang), rows)
    if told["truncated"] and not options.json:
        print(_words("more-alarms", options.lang).format(count=len(rows)))
    return 0


def _journal(options: argparse.Namespace, remote: Remote) -> int:
    line, span = span_of(options, remote, _DAY_MINUTES)
    most = options.rows or _MOST_ENTRIES
    entries = remote.get("/api/alarms/journal", timeline=line, **span, limit=most)
    is_whole = len(entries) < most
    rows = [
        [clock(one["at_ms"]), alarm_word("priority", one["priority"], options.lang),
         text_in(one["title"], options.lang) or one["alarm"],
         alarm_word("event", one["event"], options.lang), actor_name(one["by"], options.lang), one["reason"]]
        for one in entries
    ]  # fmt: skip
    if not rows and not options.json:
        print(_words("no-entries", options.lang))
        return 0
    show_table(options, {"entries": entries, "is_whole": is_whole}, _words("journal-head", options.lang), rows)
    if not is_whole and not options.json:
        print(_words("journal-more", options.lang))
    return 0


# ---- figures
def _figures_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("machine", nargs="?", metavar="MACHINE", help=_words("machine", language))
    parser.add_argument("--minutes", type=float, help=_words("minutes", language))
    parser.add_argument("--why", metavar="FIGURE", help=_words("why", language))
    branch_argument(parser, language)
    where(parser, language)


def _figures(options: argparse.Namespace) -> int:
    never_with("--why", options.why is not None, {"MACHINE": options.machine})
    remote = required(options)
    line, span = span_of(options, remote, _SHIFT_MINUTES)
    if options.why is not None:
        why = remote.get(f"/api/kpis/{quote(options.why, safe='')}/why", timeline=line, **span)
        if options.json:
            print(json.dumps(why, ensure_ascii=False))
        else:
            print("\n".join(_why_lines(why, options.lang)))
        return 0
    told = remote.get("/api/kpis", timeline=line, **span)
    if options.machine:
        wanted = {
            shell["id"] for shell in remote.get("/api/twins") if options.machine in (shell["id"], shell["idShort"])
        }
        if not wanted:
            raise XushiError("cli.machine_unknown", machine=options.machine)
        told["kpis"] = [one for one in told["kpis"] if one["shell"] in wanted]
    rows = [
        [one["id"], text_in(one["title"], options.lang),
         text_in(one["why_not"] or {}, options.lang) if one["value"] is None else number(one["value"], one["unit"])]
        for one in told["kpis"]
    ]  # fmt: skip
    show_table(options, told, _words("figure-head", options.lang), rows)
    return 0


def _why_lines(why: dict[str, Any], language: str, depth: int = 0) -> Iterator[str]:
    parts = (text_in(why["label"], language), number(why["value"], why["unit"]), why["formula"], why["clause"],
             text_in(why["note"], language))  # fmt: skip
    yield "  " * depth + "  ".join(plain(part) for part in parts if part)
    for child in why["children"]:
        yield from _why_lines(child, language, depth + 1)


VALUES = Verb({"en": "show live values, once or as they change", "zh-CN": "显示实时数值，一次或持续"},
              _values_arguments, _values)  # fmt: skip
ALARMS = Verb(
    {"en": "show the alarms that are not normal", "zh-CN": "显示未恢复正常的报警"}, _alarms_arguments, _alarms
)
FIGURES = Verb({"en": "show OEE and the other figures, and why one is what it is", "zh-CN": "显示 OEE 等指标及其构成"},
               _figures_arguments, _figures)  # fmt: skip
