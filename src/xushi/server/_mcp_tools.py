"""The tools of the MCP door: one for each command of the table, and a few that read."""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

from xushi.kernel import Command, XushiError
from xushi.server import _mcp_reads
from xushi.server._doors import Doors
from xushi.server._guard import error_body
from xushi.server._routes import Call

_MODES = ("dry_run", "propose", "run")
_OWN = "proposal."


class CommandArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tool of a command takes besides the command's own parameters."""

    params: dict[str, Any] = {}
    mode: Literal["dry_run", "propose", "run"] = "dry_run"
    reason: str = ""


def tool_names(doors: Doors) -> dict[str, Command]:
    """Every command by the name of its tool: letters, digits, _ and - only, as every assistant takes them."""
    named: dict[str, Command] = {}
    for command in doors.platform.commands.all():
        name = "".join(c if c.isalnum() and c.isascii() else "_" for c in command.name)[:60]
        while name in named or name in _mcp_reads.TOOLS:
            name += "_"
        named[name] = command
    return named


def listing(doors: Doors, language: str) -> list[dict[str, Any]]:
    """Every tool with its JSON Schema."""
    schemas = {described["name"]: described["params"] for described in doors.platform.commands.describe()}
    tools = [tool.describe() for tool in _mcp_reads.offered(doors).values()]
    return tools + [
        _tool(name, command, schemas[command.name], language) for name, command in tool_names(doors).items()
    ]


def _tool(name: str, command: Command, schema: dict[str, Any], language: str) -> dict[str, Any]:
    own = {key: value for key, value in schema.items() if key != "$defs"}
    modes = [mode for mode in _MODES if mode != "propose" or not command.name.startswith(_OWN)]
    arguments: dict[str, Any] = {
        "type": "object",
        "properties": {
            "params": own,
            "mode": {
                "type": "string",
                "enum": modes,
                "default": "dry_run",
                "description": "dry_run shows what would happen; propose lets it wait for a person; run does it.",
            },
            "reason": {"type": "string", "description": "Why; it goes into the evidence."},
        },
        "additionalProperties": False,
    }
    if schema.get("$defs"):
        arguments["$defs"] = schema["$defs"]
    moves = " It moves a machine." if command.moves_metal else ""
    return {
        "name": name,
        "title": command.title.get(language, command.title["en"]),
        "description": f"{command.summary.get(language, command.summary['en'])} Right: {command.right}.{moves}",
        "inputSchema": arguments,
        "annotations": {
            "readOnlyHint": False,
            "destructiveHint": command.moves_metal or not command.is_undoable,
            "idempotentHint": False,
            "openWorldHint": False,
        },
    }


async def use(doors: Doors, call: Call, params: dict[str, Any]) -> dict[str, Any]:
    """Call a tool; what it refuses is a result that says so, an unknown tool is an error.

    Raises:
        XushiError: `server.tool_unknown`, `server.tool_arguments_invalid`.
    """
    name, arguments = params.get("name"), params.get("arguments", {})
    if not isinstance(name, str) or not isinstance(arguments, dict | None):
        raise XushiError("server.tool_arguments_invalid", tool=str(name)[:100], reason="name and arguments are needed")
    arguments = arguments or {}
    reading = _mcp_reads.offered(doors).get(name)
    command = tool_names(doors).get(name)
    if reading is None and command is None:
        raise XushiError("server.tool_unknown", tool=name[:100])
    try:
        if reading is not None:
            return _result(await reading.use(doors, call, arguments))
        assert command is not None
        return await _run(doors, call, command, arguments)
    except XushiError as error:
        return {**_result(msgspec.to_builtins(error_body(error, call.language))), "isError": True}


async def _run(doors: Doors, call: Call, command: Command, given: dict[str, Any]) -> dict[str, Any]:
    try:
        arguments = msgspec.convert(given, CommandArguments)
    except msgspec.ValidationError as error:
        raise XushiError("server.tool_arguments_invalid", tool=command.name, reason=str(error)) from error
    bus, reason = doors.platform.bus, arguments.reason[:1000]
    if arguments.mode == "propose":
        wish = {"command": command.name, "params": arguments.params, "why": reason}
        outcome = await bus.run("proposal.make", wish, call.actor, reason=reason)
    else:
        is_dry_run = arguments.mode == "dry_run"
        outcome = await bus.run(command.name, arguments.params, call.actor, dry_run=is_dry_run, reason=reason)
    shown = msgspec.to_builtins(doors.outcome(outcome, call.language))
    result = _result(shown)
    return {**result, "isError": True} if outcome.state in ("failed", "unknown") else result


def _result(value: Any) -> dict[str, Any]:
    """A tool's result as text and as data; data must be an object."""
    structured = value if isinstance(value, dict) else {"items": value}
    return {
        "content": [{"type": "text", "text": json.dumps(value, ensure_ascii=False)}],
        "structuredContent": structured,
        "isError": False,
    }
