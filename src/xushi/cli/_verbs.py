"""The verbs that look into or change a data folder, through its running server where there is one."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xushi.cli._columns import columns
from xushi.cli._evidence import newest_first
from xushi.cli._interrupt import sending
from xushi.cli._options import whole_number
from xushi.cli._words import pairs, words
from xushi.kernel import XushiError, shown_parameter
from xushi.remote import Remote, Verb, local_access

DEFAULT_DATA = Path("xushi-data")
OUTCOME_STATUS = {"done": 0, "planned": 0, "failed": 1, "unknown": 3}
SCOPES = (
    "view",
    "propose",
    "twin:write",
    "link:write",
    "scene:write",
    "alarm:act",
    "monitor:write",
    "device:write",
    "plan:write",
    "plan:approve",
    "admin",
)


def where(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--data", type=Path, default=DEFAULT_DATA, help=words("data", language))
    parser.add_argument("--server", metavar="URL", help=words("server", language))
    parser.add_argument("--token", help=words("token", language))
    parser.add_argument("--json", action="store_true", help=words("json", language))


def reachable(options: argparse.Namespace) -> Remote | None:
    """The server that was named, else the one that has the data folder open, else None.

    Raises:
        XushiError: `cli.token_missing`; `cli.no_server` where a token was given and there is none to take it.
    """
    if options.server:
        access = local_access(options.data)
        token = options.token or (access.token if access is not None else "")
        if not token:
            raise XushiError("cli.token_missing", url=options.server)
        return Remote(options.server, token, options.lang)
    access = local_access(options.data)
    if access is None and options.token:
        raise XushiError("cli.no_server", folder=str(options.data))
    return None if access is None else Remote(access.url, options.token or access.token, options.lang)


def required(options: argparse.Namespace) -> Remote:
    remote = reachable(options)
    if remote is None:
        raise XushiError("cli.no_server", folder=str(options.data))
    return remote


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _show(options: argparse.Namespace, value: Any, lines: Callable[[Any], list[str]]) -> int:
    if options.json:
        _print_json(value)
    else:
        print("\n".join(lines(value)))
    return 0


# ---- open
def _open_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=words("files", language))
    parser.add_argument("--dry-run", action="store_true", help=words("dry-run", language))
    where(parser, language)


def _open(options: argparse.Namespace) -> int:
    from xushi.cli._open import open_files

    is_local = options.dry_run and not options.server and not options.token
    remote = None if is_local else reachable(options)
    report = open_files(options.files, options.data, remote, options.lang, is_dry_run=options.dry_run)
    if options.json:
        _print_json(report)
        return 0
    counted = pairs({name: str(report[name]) for name in _COUNTED}, options.lang)
    print(f"{words('would' if options.dry_run else 'opened', options.lang)}{counted}")
    for diagnosis in report["diagnoses"]:
        print(f"- {diagnosis['place']}: {diagnosis['text']} {diagnosis['repair']}")
    return 0


_COUNTED = ("shells", "submodels", "concept_descriptions", "elements", "files")


# ---- others
def _status(options: argparse.Namespace) -> int:
    remote = required(options)
    status = {**remote.get("/api/status"), "links": remote.get("/api/links")}

    def lines(value: dict[str, Any]) -> list[str]:
        counted = pairs({name: str(value[name]) for name in ("shells", "signals", "places", "viewers")}, options.lang)
        links = [
            ("", shown_parameter("state", link["state"], options.lang), link["protocol"], link["endpoint"])
            for link in value["links"]
        ]
        return [f"Xushi {value['version']}  {remote.url}", counted, *columns(links)]

    return _show(options, status, lines)


def _token_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--name", required=True, help=words("token-name", language))
    parser.add_argument(
        "--scope", action="append", choices=SCOPES, default=[], help=words("scope", language), dest="scopes"
    )
    parser.add_argument("--days", type=float, default=90, help=words("days", language))
    where(parser, language)


def _token(options: argparse.Namespace) -> int:
    scopes = options.scopes or ["view"]
    body = {"name": options.name, "scopes": scopes, "days": options.days}
    made = required(options).post("/api/tokens", body)
    return _show(options, made, lambda value: [value["token"]])


def _link(options: argparse.Namespace) -> int:
    return _show(options, required(options).post("/api/signin-links"), lambda value: [value["url"]])


def _run_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("command", help=words("command", language))
    parser.add_argument("params", nargs="?", default="{}", help=words("params", language))
    parser.add_argument("--dry-run", action="store_true", help=words("dry-run", language))
    parser.add_argument("--reason", default="", help=words("reason", language))
    where(parser, language)


def _run(options: argparse.Namespace) -> int:
    try:
        params = json.loads(sys.stdin.read() if options.params == "-" else options.params)
    except ValueError as error:
        raise XushiError("cli.params_invalid", reason=str(error)) from error
    remote = required(options)
    with sending(options.lang):
        outcome = remote.run(options.command, params, dry_run=options.dry_run, reason=options.reason)
    return tell_outcome(options, outcome)


def _undo_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("command_id", nargs="?", help=words("command-id", language))
    where(parser, language)


def _undo(options: argparse.Namespace) -> int:
    remote = required(options)
    command_id = options.command_id
    if command_id is None:
        last = next((entry for entry in newest_first(remote) if entry["is_undoable"]), None)
        if last is None:
            raise XushiError("cli.nothing_to_undo")
        command_id = last["command_id"]
    with sending(options.lang):
        outcome = remote.undo(command_id)
    return tell_outcome(options, outcome)


def tell_outcome(options: argparse.Namespace, outcome: dict[str, Any]) -> int:
    if options.json:
        _print_json(outcome)
    else:
        state = shown_parameter("state", outcome["state"], options.lang)
        print(f"{outcome['command']}: {state}  ({outcome['command_id']})")
        if outcome["error"]:
            print(f"{outcome['error']['what']}\n{outcome['error']['why']}\n{outcome['error']['next']}", file=sys.stderr)
    return OUTCOME_STATUS.get(outcome["state"], 1)


def _connect_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("endpoint", nargs="?", metavar="ENDPOINT", help=words("endpoint", language))
    parser.add_argument(
        "--set", action="append", default=[], dest="settings", metavar="NAME=VALUE", help=words("set", language)
    )
    parser.add_argument("--list", nargs="?", const="", metavar="PATH", help=words("list", language))
    parser.add_argument("--find", metavar="TEXT", help=words("find", language))
    parser.add_argument("--values", action="store_true", help=words("values", language))
    parser.add_argument("--below", action="append", default=[], metavar="PATH", help=words("below", language))
    parser.add_argument("--sheet", type=Path, metavar="FILE", help=words("sheet", language))
    parser.add_argument("--from", type=Path, dest="source", metavar="FILE", help=words("sheet-from", language))
    parser.add_argument("--rows", type=whole_number("--rows", 1, 1_000), metavar="N", help=words("rows", language))
    parser.add_argument("--dry-run", action="store_true", help=words("dry-run", language))
    parser.add_argument("--yes", action="store_true", help=words("yes", language))
    parser.add_argument("--reason", default="", help=words("reason", language))
    where(parser, language)


def _connect(options: argparse.Namespace) -> int:
    from xushi.cli._connect import connect, show_protocols

    remote = required(options)
    return connect(options, remote) if options.endpoint else show_protocols(options, remote)


def _export_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("out", type=Path, metavar="OUT", help=words("out", language))
    parser.add_argument("--signal", action="append", default=[], dest="signals", help=words("signal", language))
    parser.add_argument("--minutes", type=float, help=words("minutes", language))
    parser.add_argument("--timeline", help=words("timeline", language))
    where(parser, language)


def _export(options: argparse.Namespace) -> int:
    from xushi.cli._export import export

    return export(options, required(options))


OPEN = Verb(
    {"en": "open files: shells, 3D models, documents", "zh-CN": "打开文件：管理壳、三维模型、文档"},
    _open_arguments,
    _open,
)
STATUS = Verb({"en": "show how the running server is", "zh-CN": "显示运行中服务器的状态"}, where, _status)
TOKEN = Verb({"en": "make an API token", "zh-CN": "创建 API 令牌"}, _token_arguments, _token)
LINK = Verb({"en": "print a fresh sign-in link", "zh-CN": "打印新的登录链接"}, where, _link)
RUN = Verb({"en": "run a command", "zh-CN": "执行命令"}, _run_arguments, _run)
UNDO = Verb(
    {"en": "take the last command back, or the one named", "zh-CN": "撤销最近的或指定的命令"}, _undo_arguments, _undo
)
CONNECT = Verb(
    {
        "en": "connect a machine, server or broker: look, suggest, import",
        "zh-CN": "接入设备、服务器或代理：浏览、建议、导入",
    },
    _connect_arguments,
    _connect,
)
EXPORT = Verb(
    {"en": "write history or twins to a file", "zh-CN": "将历史数据或孪生体导出为文件"}, _export_arguments, _export
)


def _mcp(options: argparse.Namespace) -> int:
    from xushi.cli._mcp import bridge

    return bridge(required(options))


def _command_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    where(parser, language)
    parser.add_argument("name", nargs="?", help=words("command", language))
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help=words("command-rest", language))


def _command(options: argparse.Namespace) -> int:
    from xushi.cli._command import run_command, show_commands

    if options.name is None:
        return show_commands(options)
    return run_command(options)


def _completion_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish", "words"), help=words("shell", language))
    parser.add_argument("typed", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)


def _completion(options: argparse.Namespace) -> int:
    from xushi.cli._completion import candidates, script

    if options.shell == "words":
        print("\n".join(candidates(options.typed, options.lang)))
    else:
        print(script(options.shell), end="")
    return 0


def _doctor_arguments(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument("--port", type=int, help=words("port", language))
    where(parser, language)


def _doctor(options: argparse.Namespace) -> int:
    from xushi.cli._doctor import examine, tell

    return tell(options, examine(options))


MCP = Verb(
    {"en": "carry MCP messages between an AI assistant and the server", "zh-CN": "在 AI 助手与服务器之间传递 MCP 消息"},
    where,
    _mcp,
)
COMMAND = Verb(
    {"en": "list the commands, or run one with options", "zh-CN": "列出命令，或以选项方式执行命令"},
    _command_arguments,
    _command,
)
COMPLETION = Verb(
    {"en": "print the shell's completion script", "zh-CN": "输出命令行补全脚本"}, _completion_arguments, _completion
)
DOCTOR = Verb(
    {"en": "look for what is wrong and say what to do", "zh-CN": "检查问题并给出处理建议"}, _doctor_arguments, _doctor
)
