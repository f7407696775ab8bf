"""Writes the references of commands and the command line from the program itself, or checks that they are current."""

from __future__ import annotations

import argparse
import sys
import tempfile
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import msgspec

from xushi.cli._main import GROUP
from xushi.kernel import LANGUAGES, SystemClock
from xushi.runtime import Platform
from xushi.runtime.plans import (
    CommandStep,
    ManualStep,
    PlanCondition,
    PlanContent,
    PlanGuard,
    content_schema,
    write_content,
)
from xushi.server import ROUTES
from xushi.trust import SCOPES

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
HEAD = """# Commands, rights and routes

Written by `python tools/make_reference.py`; `make check` fails where it is not current.

A command is run at `POST /api/commands/{name}` with `{"params": …, "dry_run": false, "reason": ""}`, by `run` on
the WebSocket, by `xushi command NAME --option …` or `xushi run NAME JSON`, as `plant.commands.room.verb(…)` in Python,
and as a tool of MCP. All doors check the same right and leave the same evidence.
`POST /api/commands/{command_id}/undo` takes a command back.
"""


def commands() -> list[dict[str, Any]]:
    """Return the description of every built-in command."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Platform.open(Path(folder), clock=SystemClock()) as platform,
    ):
        return platform.bus.table.describe()


def page() -> str:
    """Return the text of the reference page."""
    lines = [HEAD, "## Rights", "", "| scope | what it allows | 中文 |", "|---|---|---|"]
    lines += [f"| `{name}` | {text['en']} | {text['zh-CN']} |" for name, text in SCOPES.items()]
    lines += [
        "",
        "## Commands",
        "",
        "| command | right | undo | parameters | what it does | 中文 |",
        "|---|---|---|---|---|---|",
    ]
    for command in commands():
        struct = command["params"]["$defs"][command["params"]["$ref"].rsplit("/", 1)[1]]
        required = set(struct.get("required", []))
        names = ", ".join(f"`{name}`" if name in required else f"`{name}`?" for name in struct["properties"])
        undo = "yes" if command["undoable"] else "no"
        summary = command["summary"]
        lines.append(
            f"| `{command['name']}` | `{command['right']}` | {undo} | {names} | {summary['en']} | {summary['zh-CN']} |"
        )
    lines += [
        "",
        "A parameter with `?` may be left out.",
        "",
        "## Routes",
        "",
        "| route | right | what it gives |",
        "|---|---|---|",
    ]
    for route in sorted(ROUTES, key=lambda one: (one.path, one.method)):
        right = f"`{route.right}`" if route.right else "none"
        lines.append(f"| `{route.method} {route.path}` | {right} | {route.title} |")
    return "\n".join(lines) + "\n"


PLAN_HEAD = """# The file of a plan: `xushi-plan/1` · 计划文件格式

Written by `python tools/make_reference.py`; `make check` fails where it is not current.

A plan is one JSON object (RFC 8259, UTF-8). `GET /api/plans/{id}/file` gives it, `plan.make` takes it as `content`;
`GET /api/plan-schema` is the schema below (JSON Schema 2020-12). Unknown fields are refused. Its digest is SHA-256 over
the same object with sorted keys and no white space. What the parts do: [how-to](../how-to/plans.md).

"""


def plan_page() -> str:
    """Return the text of the page about the file of a plan."""
    schema = msgspec.json.format(msgspec.json.encode(content_schema()), indent=1).decode()
    example = PlanContent(
        title="Quicker OP90",
        steps=(
            CommandStep(command="signal.write", params={"signal": "urn:…:OP90:…#CycleTimeFactor", "value": 0.9}),
            ManualStep(text={"en": "Open the second rack", "zh-CN": "打开第二个料架"}),
        ),
        guards=(PlanGuard(condition=PlanCondition(signal="urn:…:PLC1:…#LineSpeed", test="<", value=0.8, for_s=2)),),
    )
    shown = write_content(example).decode()
    return f"{PLAN_HEAD}## Example\n\n```json\n{shown}```\n\n## Schema\n\n```json\n{schema}\n```\n"


CLI_HEAD = """# Command line

Written by `python tools/make_reference.py`; `make check` fails where it is not current.

`xushi VERB …`. Every verb takes `--lang en|zh-CN`; those that talk to a server take `--data` (the folder whose running
server is meant), or `--server` and `--token`. With `--json` the answer, also an error, is one JSON object on standard
output.

`xushi command` lists the server's commands; `xushi command NAME --help` shows the options of one, made from its schema:
also of a command that a package adds. A parameter called like one of the common options is written `--param-NAME`. A
mixed or structured parameter is JSON.

Completion: `source <(xushi completion bash)`, `source <(xushi completion zsh)`, or
`xushi completion fish | source`; it knows verbs, options, and the commands of the running server.

## Exit codes

| code | meaning | 中文 |
|---|---|---|
| 0 | done, or shown (dry run); `doctor`: no problem | 完成，或仅显示；`doctor`：无问题 |
| 1 | refused or failed, with a reason; `doctor`: at least one problem | 被拒绝或失败，附原因；`doctor`：存在问题 |
| 2 | the words were not understood | 无法理解参数 |
| 3 | sent, and nobody can tell what became of it | 已发送，结果未知 |
| 4 | no server runs there, or none answers | 没有运行中的服务器，或无应答 |
| 5 | not allowed: token missing, wrong or expired, or its right too small | 无权限：令牌缺失、错误、过期或权限不足 |
| 130 | stopped by Ctrl-C (`serve` and `demo`: 0) | 被 Ctrl-C 停止（`serve` 和 `demo` 返回 0） |
| 141 | the reader of the output is gone | 输出的读取方已关闭 |
"""


def cli_page() -> str:
    """Return the text of the page about the command line."""
    lines = [CLI_HEAD, "## Verbs", ""]
    verbs = sorted(entry_points(group=GROUP), key=lambda found: found.name)
    for name, verb in ((found.name, found.load()) for found in verbs if found.dist and found.dist.name == "xushi"):
        lines += [f"### `xushi {name}`", "", f"{verb.help['en']} · {verb.help['zh-CN']}", ""]
        parsers = [argparse.ArgumentParser(add_help=False) for _ in LANGUAGES]
        for parser, language in zip(parsers, LANGUAGES, strict=True):
            verb.arguments(parser, language)
        rows = [
            f"| {_written(action)} | {_cell(action)} | {_cell(chinese)} |"
            for action, chinese in zip(parsers[0]._actions, parsers[1]._actions, strict=True)
            if action.help != argparse.SUPPRESS
        ]
        if rows:
            lines += ["| option | what it does | 中文 |", "|---|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def _written(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"`{action.metavar or action.dest.upper()}`"
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    return f"`{action.option_strings[-1]}{value}`"


def _cell(action: argparse.Action) -> str:
    return str(action.help or "").replace("|", "\\|")


def main() -> int:
    """Write the pages; with --check, only tell whether they are current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    is_check = parser.parse_args().check
    status = 0
    for name, text in (("commands.md", page()), ("cli.md", cli_page()), ("plan-format.md", plan_page())):
        if not is_check:
            (REFERENCE / name).write_text(text, "utf-8")
        elif not (REFERENCE / name).exists() or (REFERENCE / name).read_text("utf-8") != text:
            print(f"docs/reference/{name} is not current; run: python tools/make_reference.py", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
