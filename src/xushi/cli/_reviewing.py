"""The verbs `spc` and `activity`: control charts of a signal, and who did what and why."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import quote

from xushi.cli._evidence import newest_first
from xushi.cli._options import instant_ms, never_with, whole_number
from xushi.cli._verbs import required, where
from xushi.cli._watching import branch_argument, clock, number, show_table, signals_named, span_of
from xushi.kernel import XushiError, actor_name, shown_parameter
from xushi.remote import Remote, Verb, panel_word, text_in

_HOUR_MINUTES = 60.0
_CHARTS = ("individuals", "xbar_r", "xbar_s", "p", "np", "c", "u")
_WITHOUT_SUBGROUPS = ("individuals", "c")
_USUAL_SUBGROUP = 5
_TEXTS: dict[str, tuple[str, str]] = {
    "signal": ("signal: the end of its key, or the machine's idShort where it has but one",
               "信号：键的末尾；只有一个信号的设备也可用其 idShort"),
    "minutes": ("how many minutes back from now (default: 60; of a branch all from its fork on)",
                "从现在往前的分钟数（默认：60；分支默认自分叉起的全部）"),
    "chart": ("kind of chart (ISO 7870-2; default: individuals)", "控制图类型（ISO 7870-2；默认：individuals）"),
    "subgroup": ("values to a point, where the chart has subgroups (default: 5)",
                 "有子组的控制图每点的数值个数（默认：5）"),
    "panel-head": ("chart|lower limit|centre|upper limit|points|out of control",
                   "控制图|下控制限|中心线|上控制限|点数|失控点"),
    "broken-head": ("time|chart|value|Nelson's rules broken", "时间|控制图|数值|违反的尼尔森判异准则"),
    "in-control": ("In control: no rule of Nelson is broken.", "受控：未违反任何尼尔森判异准则。"),
    "machine": ("only what concerns this machine (idShort, id or name)", "仅与此设备有关（idShort、id 或名称）"),
    "person": ("only what this person or token did", "仅此人员或令牌的操作"),
    "command": ("only this command, e.g. alarm.shelve", "仅此命令，例如 alarm.shelve"),
    "words": ("only entries that hold all these words", "仅含全部这些词的条目"),
    "since": ("only what was done from this instant on: -30 (minutes before now), 14:05 (today) or 2026-11-29T14:05",
              "仅此时刻及之后：-30（距现在的分钟数）、14:05（今天）或 2026-11-29T14:05"),
    "until": ("only what was done before this instant", "仅此时刻之前"),
    "rows": ("how many to show, the newest first (default: 50)", "显示多少条，最新在前（默认：50）"),
    "more": ("… there are older ones; --rows N shows more of them, --until {last} those before",
             "… 还有更早的条目；--rows N 可显示更多，--until {last} 可显示此前的条目"),
    "activity-head": ("time|who|command|outcome|why|command id", "时间|操作者|命令|结果|原因|命令编号"),
    "nothing": ("No command fits.", "没有符合条件的命令。"),
}  # fmt: skip


def _words(name: str, language: str) -> str:
    return _TEXTS[name][1 if language == "zh-CN" else 0]


# ---- control charts
def _spc_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("signal", metavar="SIGNAL", help=_words("signal", language))
    parser.add_argument("--minutes", type=float, help=_words("minutes", language))
    branch_argument(parser, language)
    parser.add_argument("--chart", choices=_CHARTS, default=_CHARTS[0], help=_words("chart", language))
    parser.add_argument("--subgroup", type=int, metavar="N", help=_words("subgroup", language))
    where(parser, language)


def _spc(options: argparse.Namespace) -> int:
    """Print the control charts of one signal.

    Raises:
        XushiError: `cli.options_clash`, `cli.signal_unknown`, `cli.signal_ambiguous`, or what the server refuses with.
    """
    has_none = options.chart in _WITHOUT_SUBGROUPS
    never_with(f"--chart {options.chart}", has_none, {"--subgroup": options.subgroup})
    remote = required(options)
    found = signals_named(remote, [options.signal])
    if len(found) > 1:
        first = next(iter(found.values()))["key"]
        raise XushiError("cli.signal_ambiguous", signal=options.signal, count=len(found), first=first)
    ((handle, signal),) = found.items()
    line, span = span_of(options, remote, _HOUR_MINUTES)
    path = f"/api/timelines/{quote(line, safe='')}/signals/{handle}/spc"
    subgroup = _USUAL_SUBGROUP if options.subgroup is None else options.subgroup
    told = remote.get(path, **span, chart=options.chart, subgroup=subgroup)
    if options.json:
        show_table(options, {"signal": signal["key"], **told}, "", [])
        return 0
    if told["why_not"]:
        print(text_in(told["why_not"], options.lang))
        return 0
    _show_charts(options, told)
    return 0


def _show_charts(options: argparse.Namespace, told: dict[str, Any]) -> None:
    """Print limits, capability, and every point that breaks a rule of Nelson."""
    language, unit = options.lang, told["unit"]
    show_table(options, told, _words("panel-head", language), [
        [panel_word(panel["name"], language),
         *(number(panel[name][-1], unit) for name in ("lower", "centre", "upper")),
         str(len(panel["values"])), str(len(panel["violations"]))]
        for panel in told["panels"]
    ])  # fmt: skip
    if told["capability"]:
        able = told["capability"]
        print("  ".join(f"{name} {number(able[name.lower()], '')}" for name in ("Cp", "Cpk", "Pp", "Ppk")))
    broken = [
        [clock(panel["x_ms"][point["index"]]), panel_word(panel["name"], language),
         number(panel["values"][point["index"]], unit), " ".join(map(str, point["rules"]))]
        for panel in told["panels"] for point in panel["violations"]
    ]  # fmt: skip
    if broken:
        print()
        show_table(options, told, _words("broken-head", language), broken)
    else:
        print(_words("in-control", language))


# ---- who did what and why
def _activity_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--machine", help=_words("machine", language))
    parser.add_argument("--person", help=_words("person", language))
    parser.add_argument("--command", dest="of_command", metavar="NAME", help=_words("command", language))
    parser.add_argument("--words", default="", metavar="TEXT", help=_words("words", language))
    parser.add_argument("--since", metavar="INSTANT", help=_words("since", language))
    parser.add_argument("--until", metavar="INSTANT", help=_words("until", language))
    rows = whole_number("--rows", 1)
    parser.add_argument("--rows", type=rows, default=50, metavar="N", help=_words("rows", language))
    where(parser, language)


def _activity(options: argparse.Namespace) -> int:
    """Print the newest commands that fit, and say where there are more.

    Raises:
        XushiError: `cli.instant_invalid`, `cli.machine_unknown`, or what the server refuses with.
    """
    since_ms = None if options.since is None else instant_ms("--since", options.since)
    until_ms = None if options.until is None else instant_ms("--until", options.until)
    remote = required(options)
    own = _keys_of(remote, options.machine) if options.machine else set()
    wanted = options.words.lower().split()
    fitting = (
        one for one in _commands(remote, since_ms, until_ms)
        if (not own or own & _concerned(one))
        and (not options.person or options.person in (one["actor"], actor_name(one["actor"], options.lang)))
        and (not options.of_command or one["command"] == options.of_command)
        and all(word in _said(one) for word in wanted)
    )  # fmt: skip
    found = list(islice(fitting, options.rows + 1))
    done, is_whole = found[: options.rows], len(found) <= options.rows
    if not done and not options.json:
        print(_words("nothing", options.lang))
        return 0
    show_table(options, {"commands": done, "is_whole": is_whole}, _words("activity-head", options.lang), [
        [clock(one["at_ms"]), actor_name(one["actor"], options.lang), one["command"],
         shown_parameter("state", one["state"], options.lang),
         " · ".join(filter(None, (one["reason"], one["why"]))), one["command_id"]]
        for one in done
    ])  # fmt: skip
    if not is_whole and not options.json:
        print(_words("more", options.lang).format(last=clock(done[-1]["at_ms"]).replace(" ", "T")))
    return 0


def _commands(remote: Remote, since_ms: float | None, until_ms: float | None) -> Iterator[dict[str, Any]]:
    """One entry a command, the newest first, with the state it ended in and `why` where it was refused.

    A command to a device leaves two entries: begun, and ended without a name; the second completes the first.
    """
    ended: dict[str, dict[str, Any]] = {}
    for one in newest_first(remote):
        if since_ms is not None and one["at_ms"] < since_ms:
            return
        if not one["command"]:
            ended.setdefault(one["command_id"], one)
        elif until_ms is None or one["at_ms"] < until_ms:
            end = ended.get(one["command_id"], one)
            error = end["entry"].get("error") or {}
            why = " ".join(filter(None, (error.get("what"), error.get("why"))))
            said = one["reason"] or (one["entry"].get("params") or {}).get("why") or ""  # of a proposal: why it is made
            yield {**one, "state": end["state"], "reason": said, "why": why}


def _keys_of(remote: Remote, machine: str) -> set[str]:
    """The keys by which evidence names a machine: its shell, submodels, places, signals.

    Raises:
        XushiError: `cli.machine_unknown`.
    """
    shells = [one for one in remote.get("/api/twins") if machine in (one["id"], one["idShort"], *one["name"].values())]
    if not shells:
        raise XushiError("cli.machine_unknown", machine=machine)
    ids = {one["id"] for one in shells}
    parts = {f"submodel/{part['id']}" for one in shells for part in one["submodels"]}
    places = {f"place/{one['id']}" for one in remote.get("/api/places") if one["shell"] in ids}
    signals = {one["key"] for one in remote.get("/api/signals")["signals"] if one["shell"] in ids}
    return ids | {f"shell/{one}" for one in ids} | parts | places | signals


def _concerned(entry: dict[str, Any]) -> set[str]:
    """What an entry says it is about: the records it touched, and shell and signal of its summary."""
    summary = entry["entry"].get("summary") or {}
    return {*entry["touched"], *(str(summary[name]) for name in ("shell", "signal", "id") if summary.get(name))}


def _said(entry: dict[str, Any]) -> str:
    summary = entry["entry"].get("summary") or {}
    texts = (entry["actor"], entry["command"], entry["reason"], entry["why"], *entry["touched"], *summary.values())
    return " ".join(map(str, texts)).lower()


SPC = Verb({"en": "show the control charts of a signal and which of Nelson's rules are broken",
            "zh-CN": "显示信号的控制图及违反的尼尔森判异准则"}, _spc_arguments, _spc)  # fmt: skip
ACTIVITY = Verb({"en": "show who did what, when and why, and what came of it",
                 "zh-CN": "显示谁在何时做了什么、原因及结果"}, _activity_arguments, _activity)  # fmt: skip
