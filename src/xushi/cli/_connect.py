"""`xushi connect ENDPOINT`: looks around, suggests machines and signals, takes an edited sheet, imports."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from xushi.cli._columns import columns, plain
from xushi.cli._interrupt import cancelling
from xushi.cli._looking import address_of, children, live_cells, with_values
from xushi.cli._options import never_with, only_with
from xushi.cli._verbs import OUTCOME_STATUS
from xushi.cli._words import pairs, words
from xushi.kernel import XushiError, pair_text
from xushi.remote import Remote, RemoteError, text_in
from xushi.signals import unit_display

_FORMS = {".xlsx": "xlsx", ".csv": "csv"}
_GRADES = {
    "gold": {"en": "gold", "zh-CN": "金级"},
    "silver": {"en": "silver", "zh-CN": "银级"},
    "bronze": {"en": "bronze", "zh-CN": "铜级"},
    "none": {"en": "no grade", "zh-CN": "未评级"},
}
_POLL_S = 0.2
_MOST_ROWS = 1_000
_ROWS_OF_MAPPING = 20
_ROWS_OF_LIST = 200
_MOST_FAULTS = 50
_MOVES_SHOWN = 20


def show_protocols(options: argparse.Namespace, remote: Remote) -> int:
    """Print the protocols that can be connected, each with an example, its grade and its settings.

    Raises:
        XushiError: `cli.option_idle` where options of a connection were written.
    """
    of_endpoint = {
        "--set": options.settings, "--list": options.list is not None, "--find": options.find,
        "--values": options.values, "--below": options.below, "--rows": options.rows, "--dry-run": options.dry_run,
    }  # fmt: skip
    only_with("ENDPOINT", False, {**of_endpoint, **_of_import(options)})
    found = remote.get("/api/connect/protocols")
    if options.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for one in found:
        grade = text_in(_GRADES[one["grade"]], options.lang)
        print(f"{text_in(one['title'], options.lang)}  {one['example']}  ({grade})")
        print(f"  {text_in(one['summary'], options.lang)}")
        for setting in one["settings"]:
            title = text_in(setting["title"], options.lang)
            choices = [choice["value"] for choice in setting["choices"]]
            said = " ".join(filter(None, (title, "|".join(filter(None, choices)))))
            about = text_in(setting["help"], options.lang)
            told = pair_text(said, about, options.lang) if about else said
            print(f"  --set {setting['name']}={setting['default']}  {told}")
    return 0


def connect(options: argparse.Namespace, remote: Remote) -> int:
    """Prepare a connection and import it where the options, or the person asked, say so.

    Raises:
        XushiError: `cli.file_missing`, `cli.not_written`, `cli.sheet_suffix`, `cli.option_idle`, `cli.options_clash`,
            or what the server refuses with.
    """
    never_with("--list", options.list is not None, {
        "--find": options.find, "--below": options.below, **_of_import(options),
    })  # fmt: skip
    never_with("--find", options.find is not None, _of_import(options))
    never_with("--dry-run", options.dry_run, {"--yes": options.yes})
    edited = None if options.source is None else _content(options.source)
    form = None if options.sheet is None else _form_of(options.sheet)
    with _drafted(options, remote) as (path, info):
        told: dict[str, Any] = {"peer": info["peer"], "details": info["details"], "can_browse": info["can_browse"]}
        if not options.json:
            about = ", ".join(f"{name}: {plain(one)}" for name, one in info["details"].items() if one != info["peer"])
            print(f"{words('answers', options.lang)}{plain(info['peer'])}  {about}".rstrip())
        if options.list is not None or options.find is not None:
            return _look(options, remote, path, told)
        only_with(words("browsable", options.lang), info["can_browse"],
                  {"--below": options.below, "--values": options.values})  # fmt: skip
        if info["can_browse"]:
            below = [address_of(remote, path, one) for one in options.below]
            _job(options, remote, f"{path}/suggest", {"addresses": below})
        if edited is not None:
            result = _put(remote, f"{path}/sheet", edited)
            if not result["is_taken"]:
                return _tell_faults(options, told, result)
        _show_mapping(options, remote, path, told)
        if form is not None:
            _write(options.sheet, remote.raw("GET", f"{path}/sheet", query={"format": form}))
            told["sheet"] = str(options.sheet)
            if not options.json:
                print(f"{options.sheet} {words('written', options.lang)}")
        return _import(options, remote, path, told)


def _of_import(options: argparse.Namespace) -> dict[str, Any]:
    """The options that only an import heeds, as they were written."""
    return {"--sheet": options.sheet, "--from": options.source, "--reason": options.reason, "--yes": options.yes}


@contextmanager
def _drafted(options: argparse.Namespace, remote: Remote) -> Iterator[tuple[str, dict[str, Any]]]:
    """A draft at the server while this is open: its path and what the server says of it."""
    body = {"endpoint": options.endpoint, "settings": _settings(options, remote)}
    info = remote.post("/api/connect/drafts", body)
    path = f"/api/connect/drafts/{quote(info['id'], safe='')}"
    try:
        yield path, info
    finally:
        remote.request("DELETE", path)


def _settings(options: argparse.Namespace, remote: Remote) -> dict[str, str]:
    """The settings given; one without a value is asked for, and not shown where it is a secret."""
    given = dict(one.partition("=")[::2] for one in options.settings)
    asked = [one for one in options.settings if "=" not in one]
    if asked:
        protocols = remote.get("/api/connect/protocols")
        shown = {one["name"] for it in protocols for one in it["settings"] if one["kind"] != "secret"}
        for name in asked:
            given[name] = input(f"{name}: ") if name in shown else getpass.getpass(f"{name}: ")
    return given


def _job(options: argparse.Namespace, remote: Remote, path: str, body: dict[str, Any]) -> Any:
    """Start a job and return its result; its progress is one line on a terminal, interrupting it cancels it."""
    job = remote.post(path, body)
    is_shown = sys.stderr.isatty() and not options.json
    try:
        with cancelling(remote, job["id"]):
            while job["state"] == "running":
                time.sleep(_POLL_S)
                job = remote.get(f"/api/jobs/{quote(job['id'], safe='')}")
                if is_shown:
                    title, message = plain(text_in(job["title"], options.lang)), plain(job["message"])
                    print(f"\r\x1b[K{title}  {job['progress']:.0%}  {message}", end="", file=sys.stderr)
    finally:
        if is_shown:
            print("\r\x1b[K", end="", file=sys.stderr)
    if job["state"] == "failed":
        raise RemoteError(0, job["error"])
    if job["state"] == "cancelled":
        raise XushiError("cli.job_cancelled")
    return job["result"]


def _look(options: argparse.Namespace, remote: Remote, path: str, told: dict[str, Any]) -> int:
    """Print what is below a node (`--list`), or what was read and holds all words (`--find`); nothing is mapped."""
    most = options.rows or _ROWS_OF_LIST
    if options.find is not None:
        below = [address_of(remote, path, one) for one in options.below]
        _job(options, remote, f"{path}/scan", {"addresses": below})
        page = remote.get(f"{path}/search", q=options.find, limit=most)
        nodes, is_whole = page["nodes"], len(page["nodes"]) < most
    else:
        nodes, is_whole = children(remote, path, address_of(remote, path, options.list), most)
    if options.values:
        nodes = with_values(remote, path, nodes)
    if options.json:
        return _end(options, {**told, "nodes": nodes, "is_whole": is_whole}, "")
    if not nodes:
        return _end(options, told, words("nothing-found", options.lang))
    heads = ("path", "type", *(("value", "quality") if options.values else ("unit",)))
    _print_table(options.lang, heads, [
        ("/".join(one["path"]), _sort(one, options.lang),
         *(live_cells(one, options.lang) if options.values else (unit_display(one["unit"]),)))
        for one in nodes
    ])  # fmt: skip
    return _end(options, told, "" if is_whole else f"… {words('more-nodes', options.lang)}")


def _sort(node: dict[str, Any], language: str) -> str:
    """What a node is, in a word: the type of its value, an action, or a folder."""
    if node["is_action"]:
        return words("kind.action", language)
    return (node["data_type"] or node["type"] or "?") if node["is_value"] else words("folder", language)


def _show_mapping(options: argparse.Namespace, remote: Remote, path: str, told: dict[str, Any]) -> None:
    machines = remote.get(f"{path}/machines")
    page = remote.get(f"{path}/rows", limit=options.rows or _ROWS_OF_MAPPING)
    rows = page["rows"]
    if options.values:
        rows = with_values(remote, path, rows)
    told.update(machines=machines, rows=rows, total=page["total"], included=page["included"])
    if options.json:
        return
    language = options.lang

    def kind(one: dict[str, Any]) -> str:
        return words(f"kind.{one['kind']}", language)

    _print_table(language, ("machine", "kind", "signals-word", "actions-word", "why"), [
        (text_in(one["name"], language), kind(one), str(one["rows"]), str(one["actions"]), one["reason"])
        for one in machines
    ])  # fmt: skip
    if rows:
        print()
        are_live = "live" in rows[0]
        heads = ("value", "quality") if are_live else ("unit", "low-high", "address")
        _print_table(language, ("machine", "property", "kind", *heads), [
            (one["machine"], one["property"], kind(one),
             *(live_cells(one, language) if are_live else (one["unit"], _range(one), one["address"])))
            for one in rows if one["is_included"]
        ])  # fmt: skip
    if page["total"] > len(rows):
        print(f"… {page['total'] - len(rows):,} {words('more-rows', language)}")


def _import(options: argparse.Namespace, remote: Remote, path: str, told: dict[str, Any]) -> int:
    """Show what an import would change, then do it where that is wanted."""
    if not told["included"]:
        return _end(options, told, words("not-imported", options.lang))
    outcome = _job(options, remote, f"{path}/import", {"dry_run": True})
    if outcome["state"] != "planned":
        return _end(options, {**told, "outcome": outcome}, _why(outcome))
    told["plan"] = outcome["result"]
    if not options.json:
        print()
        for line in _plan_lines(outcome["result"], options.lang):
            print(line)
    if options.dry_run or not (options.yes or _is_wanted(options)):
        return _end(options, told, "" if options.dry_run else words("not-imported", options.lang))
    outcome = _job(options, remote, f"{path}/import", {"reason": options.reason})
    is_done = outcome["state"] == "done"
    undo = f"{words('imported', options.lang)}xushi undo {outcome['command_id']}"
    return _end(options, {**told, "outcome": outcome}, undo if is_done else _why(outcome))


def _is_wanted(options: argparse.Namespace) -> bool:
    if options.json or options.sheet is not None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return input(words("import-ask", options.lang)).strip().lower() in ("y", "yes", "是")


def _end(options: argparse.Namespace, told: dict[str, Any], line: str) -> int:
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    elif line:
        print(line)
    outcome = told.get("outcome")
    return 0 if outcome is None else OUTCOME_STATUS.get(outcome["state"], 1)


def _why(outcome: dict[str, Any]) -> str:
    error = outcome["error"] or {}
    return "\n".join(filter(None, (error.get(part, "") for part in ("what", "why", "next")))) or outcome["state"]


def _plan_lines(plan: dict[str, Any], language: str) -> Iterator[str]:
    for one in plan["machines"]:
        counts = [
            f"{sign}{len(one[name])}{'…' if len(one[name]) >= _MOST_ROWS else ''}"
            for name, sign in (("added", "+"), ("changed", "~"), ("removed", "-"))
            if one[name]
        ]
        yield f"  {words(one['state'], language)}  {plain(text_in(one['name'], language))}  {' '.join(counts)}".rstrip()
        for move in one["moved"][:_MOVES_SHOWN]:
            yield f"    {move['from']} → {move['to']}: {words('moves', language)}"
        if len(one["moved"]) > _MOVES_SHOWN:
            yield f"    … {len(one['moved']) - _MOVES_SHOWN:,} {words('more-moves', language)}"
    yield pairs({name: f"{plan[key]:,}" for name, key in _TOTALS}, language)


_TOTALS = (
    ("signals", "signals"),
    ("actions", "actions"),
    ("new", "added"),
    ("changed", "changed"),
    ("removed", "removed"),
)


def _tell_faults(options: argparse.Namespace, told: dict[str, Any], result: dict[str, Any]) -> int:
    """Print what is wrong with a sheet, each fault with its place and repair; nothing was taken over."""
    if options.json:
        print(
            json.dumps({**told, "faults": result["faults"], "fault_count": result["fault_count"]}, ensure_ascii=False)
        )
        return 1
    shown = [
        (str(one["row"]), one["column"], one["what"], one["repair"]) for one in result["faults"][:_MOST_FAULTS]
    ]  # fmt: skip
    _print_table(options.lang, ("row", "column", "what", "repair"), shown, sys.stderr)
    print(f"{options.source}: {result['fault_count']:,} {words('faults', options.lang)}", file=sys.stderr)
    return 1


def _print_table(language: str, names: Sequence[str], lines: Sequence[Sequence[str]], to: Any = None) -> None:
    print("\n".join(columns([[words(name, language) for name in names], *lines])), file=to)


def _put(remote: Remote, path: str, content: bytes) -> Any:
    return json.loads(remote.raw("PUT", path, content, {"Content-Type": "application/octet-stream"}))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise XushiError("cli.file_missing", path=str(path), reason=error.strerror or str(error)) from error


def _form_of(path: Path) -> str:
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise XushiError("cli.sheet_suffix", path=str(path))
    return form


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise XushiError("cli.not_written", path=str(path), reason=error.strerror or str(error)) from error


def _range(row: dict[str, Any]) -> str:
    low, high = row["low"], row["high"]
    return "" if low is None and high is None else "…".join("" if one is None else f"{one:g}" for one in (low, high))
