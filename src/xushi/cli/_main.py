"""Reads the command line, runs one verb, and tells every error as what happened, why, and what to do next."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from xushi.cli._parser import Parser
from xushi.kernel import XushiError, environment_language, nearest_language
from xushi.remote import Verb

GROUP = "xushi.verbs"
_TEXTS = {
    "en": {
        "about": "Xushi: a factory's standard descriptions and live data as one 3D world.",
        "lang": "language of texts: en or zh-CN (default: from LANG)",
        "verbs": "verbs",
        "stopped": "Stopped.",
        "version": "print the version and end",
    },
    "zh-CN": {
        "about": "虚实：把工厂的标准描述和实时数据呈现为一个三维世界。",
        "lang": "文本语言：en 或 zh-CN（默认取自 LANG）",
        "verbs": "命令",
        "stopped": "已停止。",
        "version": "打印版本号并退出",
    },
}
_REFUSED = 1
_STATUS = {
    "cli.instant_invalid": 2, "cli.instant_outside": 2, "cli.number_outside": 2, "cli.option_idle": 2,
    "cli.options_clash": 2, "remote.unreachable": 4, "cli.no_server": 4, "kernel.forbidden": 5, "server.forbidden": 5,
    "runtime.proposal_forbidden": 5, "trust.credential_invalid": 5, "trust.credential_expired": 5,
}  # fmt: skip
_INTERRUPTED = 130
_BROKEN_PIPE = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit status.

    0 done · 1 refused or failed, with a reason · 2 not understood · 3 nobody can tell what became of it ·
    4 no server answers · 5 not allowed · 130 stopped by the user · 141 the reader of the output is gone.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        try:
            return _ended(words, _language(words))
        finally:
            sys.stdout.flush()  # a reader that is gone is noticed here, not while Python ends
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _BROKEN_PIPE


def _ended(words: Sequence[str], language: str) -> int:
    """Run the verb; every error is told, but that the reader of the output is gone."""
    try:
        parser = build_parser(words, language)
        options = parser.parse_args(words)
        if options.verb is None:
            parser.print_help()
            return 2
        options.lang = language
        verb: Verb = options.chosen
        return verb.run(options)
    except XushiError as error:
        _tell(error, language, is_json="--json" in words)
        return _STATUS.get(error.code, _REFUSED)
    except BrokenPipeError:
        raise
    except Exception as error:  # a defect of ours: the details go to a file, a person gets a sentence
        reason = f"{type(error).__name__}: {error}"[:300]
        _tell(XushiError("cli.broken", reason=reason, log=_note_defect()), language, is_json="--json" in words)
        return 1
    except KeyboardInterrupt:
        print(_TEXTS[language]["stopped"], file=sys.stderr)
        return _INTERRUPTED


def _language(words: Sequence[str]) -> str:
    """The language asked for by --lang, else by the environment."""
    for place, word in enumerate(words):
        if word == "--lang" and place + 1 < len(words):
            return nearest_language(words[place + 1])
        if word.startswith("--lang="):
            return nearest_language(word.partition("=")[2])
    return environment_language()


def build_parser(words: Sequence[str], language: str) -> argparse.ArgumentParser:
    """A parser with the verb that was typed; all verbs are loaded only to show the help."""
    texts = _TEXTS[language]
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--lang", default=argparse.SUPPRESS, help=texts["lang"])
    parser = Parser(language=language, prog="xushi", description=texts["about"], parents=[common])
    parser.add_argument("--version", action="version", version=_version(), help=texts["version"])
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title=texts["verbs"])
    found = {entry.name: entry for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name)}
    typed = next((word for word in words if word in found), None)
    for name, entry in found.items():
        if typed is None or name == typed:
            _add(verbs, name, entry, common, language)
        else:
            verbs.add_parser(name)
    return parser


def _add(verbs: object, name: str, entry: EntryPoint, common: argparse.ArgumentParser, language: str) -> None:
    try:
        verb: Verb = entry.load()
    except (ImportError, AttributeError) as error:
        if any(name == word for word in sys.argv[1:]):
            raise XushiError("cli.verb_broken", verb=name, package=entry.value, reason=str(error)) from error
        return
    line = verb.help.get(language, verb.help["en"])
    parser = verbs.add_parser(  # type: ignore[attr-defined]
        name, help=line, description=line, parents=[common], language=language
    )
    verb.arguments(parser, language)
    parser.set_defaults(chosen=verb)


def _note_defect() -> str:
    with tempfile.NamedTemporaryFile("w", prefix="xushi-", suffix=".log", delete=False) as log:
        traceback.print_exc(file=log)
    return log.name


def _version() -> str:
    from importlib.metadata import version

    return f"xushi {version('xushi')}"


def _tell(error: XushiError, language: str, *, is_json: bool) -> None:
    if is_json:
        print(json.dumps({"error": error.to_dict(language)}, ensure_ascii=False))
        return
    text = error.text(language)
    print("\n".join(part for part in (text.what, text.why, text.next) if part), file=sys.stderr)
