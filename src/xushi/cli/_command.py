"""`xushi command NAME --option value`: every command of the server's table, its options made from its JSON Schema."""

from __future__ import annotations

import argparse
import json
from typing import Any

from xushi.cli._interrupt import sending
from xushi.cli._parser import Parser
from xushi.cli._verbs import required, tell_outcome, where
from xushi.cli._words import words
from xushi.kernel import XushiError
from xushi.remote import text_in

_TAKEN = {"data", "server", "token", "json", "reason", "dry-run", "propose", "lang", "help"}


def show_commands(options: argparse.Namespace) -> int:
    """Print every command: its name, its right, its title."""
    found = required(options).get("/api/commands")
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    width = max(len(command["name"]) for command in found)
    for command in found:
        print(f"{command['name']:<{width}}  {command['right']:<12}  {text_in(command['title'], options.lang)}")
    return 0


def run_command(options: argparse.Namespace) -> int:
    """Run the named command with what its options say.

    Raises:
        XushiError: `cli.command_unknown`, or what the server refuses with.
    """
    remote = required(_outer(options))
    found = {command["name"]: command for command in remote.get("/api/commands")}
    if options.name not in found:
        raise XushiError("cli.command_unknown", name=options.name, known=", ".join(found))
    command = found[options.name]
    parser = command_parser(command, options.lang)
    given = parser.parse_args(options.rest)
    options.json = options.json or given.json
    params = {
        field: value for field in fields(command["params"]) if (value := getattr(given, f"field_{field}")) is not None
    }
    name = options.name
    if given.propose:
        name, params = "proposal.make", {"command": name, "params": params, "why": given.reason}
    with sending(options.lang):
        outcome = remote.run(name, params, dry_run=given.dry_run, reason=given.reason)
    return tell_outcome(options, outcome)


def _outer(options: argparse.Namespace) -> argparse.Namespace:
    """The options with --data, --server and --token wherever they stand, before the name or behind it."""
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False)
    where(parser, options.lang)
    behind, _ = parser.parse_known_args(options.rest)
    written = {name: value for name, value in vars(behind).items() if f"--{name}" in _names(options.rest)}
    return argparse.Namespace(**{**vars(options), **written})


def _names(rest: list[str]) -> set[str]:
    return {word.partition("=")[0] for word in rest}


def command_parser(command: dict[str, Any], language: str) -> argparse.ArgumentParser:
    """The parser of one command's options."""
    parser = Parser(
        language=language,
        prog=f"xushi command {command['name']}",
        description=text_in(command["summary"], language),
        allow_abbrev=False,
    )
    for name, field in fields(command["params"]).items():
        parser.add_argument(
            option(name), dest=f"field_{name}", type=_reader(field), required=field["required"],
            metavar=field["type"].upper(), help=field["help"].replace("%", "%%"),
        )  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help=words("dry-run", language))
    parser.add_argument("--propose", action="store_true", help=words("propose", language))
    parser.add_argument("--reason", default="", help=words("reason", language))
    parser.add_argument("--lang", help=argparse.SUPPRESS)
    where(parser, language)
    return parser


def option(name: str) -> str:
    """The option of a parameter; one that every command has keeps its name, the parameter gets `--param-` before."""
    plain = name.replace("_", "-")
    return f"--param-{plain}" if plain in _TAKEN else f"--{plain}"


def fields(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Name, type, help and whether it is needed, of every parameter of a schema."""
    definitions = schema.get("$defs", {})
    whole = _resolved(schema, definitions)
    needed = set(whole.get("required", ()))
    described = {}
    for name, part in whole.get("properties", {}).items():
        part = _resolved(part, definitions)
        text = part.get("description", "")
        if "enum" in part:
            text = f"{text} {' | '.join(map(str, part['enum']))}".strip()
        described[name] = {"type": _type(part), "help": text, "required": name in needed}
    return described


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return definitions.get(name, schema) if name else schema


def _type(schema: dict[str, Any]) -> str:
    kinds = {part.get("type") for part in schema.get("anyOf", [schema])} - {"null"}
    if "enum" in schema and all(isinstance(item, str) for item in schema["enum"]):
        return "string"
    return str(kinds.pop()) if len(kinds) == 1 and None not in kinds else "json"


def _reader(field: dict[str, Any]) -> Any:
    """Turn the text of an option into JSON: a text field takes it as it is, a mixed one as JSON where it is JSON."""
    kind = field["type"]

    def read(text: str) -> Any:
        if kind == "string":
            return text
        try:
            value = json.loads(text)
        except ValueError:
            if kind == "json":
                return text
            raise argparse.ArgumentTypeError(f"{text!r} is not a JSON {kind}") from None
        fits = {"number": int | float, "integer": int, "boolean": bool, "object": dict, "array": list}.get(kind)
        if fits is not None and (not isinstance(value, fits) or (kind != "boolean" and isinstance(value, bool))):
            raise argparse.ArgumentTypeError(f"{text!r} is not a JSON {kind}")
        return value

    return read
