"""Writes the reference of commands, rights and routes from the program itself, or checks that it is current."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from xushi.kernel import SystemClock
from xushi.runtime import Platform
from xushi.server import ROUTES
from xushi.trust import SCOPES

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "commands.md"
HEAD = """# Commands, rights and routes

Written by `python tools/make_reference.py`; `make check` fails where it is not current.

A command is run at `POST /api/commands/{name}` with `{"params": …, "dry_run": false, "reason": ""}`, by `run` on
the WebSocket, by `xushi run NAME JSON`, and by `run(name, {…})` in Python. All doors check the
same right and leave the same evidence. `POST /api/commands/{command_id}/undo` takes a command back.
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


def main() -> int:
    """Write the page; with --check, only tell whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    text = page()
    if not parser.parse_args().check:
        PAGE.write_text(text, "utf-8")
        return 0
    if PAGE.read_text("utf-8") == text:
        return 0
    print("docs/reference/commands.md is not current; run: python tools/make_reference.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
