"""Completion for bash, zsh and fish: a few lines of shell that ask `xushi completion words` for what may come next."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

from xushi.cli._command import command_parser
from xushi.cli._main import GROUP, build_parser
from xushi.kernel import XushiError
from xushi.remote import Remote, local_access

_SCRIPTS = {
    "bash": """_xushi() {
  local IFS=$'\\n'
  COMPREPLY=( $(compgen -W "$(xushi completion words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" \\
    -- "${COMP_WORDS[COMP_CWORD]}") )
}
complete -o default -F _xushi xushi
""",
    "zsh": """#compdef xushi
_xushi() {
  local -a found
  found=("${(@f)$(xushi completion words "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a found
  _files
}
compdef _xushi xushi
""",
    "fish": """function __xushi_words
  set -l typed (commandline -opc) (commandline -ct)
  xushi completion words $typed[2..-1] 2>/dev/null
end
complete -c xushi -a '(__xushi_words)'
""",
}


def script(shell: str) -> str:
    """The completion script of a shell."""
    return _SCRIPTS[shell]


def candidates(typed: Sequence[str], language: str) -> list[str]:
    """What may stand in the place of the last typed word, which may be empty."""
    before, last = list(typed[:-1]), typed[-1] if typed else ""
    verbs = sorted(found.name for found in entry_points(group=GROUP))
    verb = next((word for word in before if word in verbs), None)
    if verb is None:
        return _fitting(verbs, last)
    behind = before[before.index(verb) + 1 :]
    if verb == "completion":
        return _fitting(_SCRIPTS, last)
    if verb in ("command", "run"):
        commands = _commands(before)
        name = next((word for word in behind if word in commands), None)
        if name is None and not last.startswith("-"):
            return _fitting(commands, last)
        if name is not None and verb == "command":
            return _fitting(_options(command_parser(commands[name], language)), last)
    parser = build_parser([verb], language)
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return _fitting(_options(action.choices[verb]), last)
    return []


def _commands(before: Sequence[str]) -> dict[str, dict]:  # type: ignore[type-arg]
    """The commands of the running server; none where it does not answer: completion never complains."""
    folder = before[before.index("--data") + 1] if "--data" in before[:-1] else "xushi-data"
    try:
        access = local_access(Path(folder))
        found = [] if access is None else Remote(access.url, access.token).get("/api/commands")
    except XushiError:
        return {}
    return {command["name"]: command for command in found}


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [text for action in parser._actions if action.help != argparse.SUPPRESS for text in action.option_strings]


def _fitting(among: Sequence[str] | dict, last: str) -> list[str]:  # type: ignore[type-arg]
    return [word for word in among if word.startswith(last)]
