"""Reads and writes rules and KPI definitions as one YAML or JSON file that people keep under version control."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
import yaml

from xushi.kernel import XushiError, read_yaml
from xushi.monitor._kpi_definitions import KpiDefinition
from xushi.monitor._rules import Rule

MOST_CHARACTERS = 4_000_000
FORMAT = "xushi-rules/1"


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a file holds."""

    format: Literal["xushi-rules/1"]
    rules: list[Rule] = []
    kpis: list[KpiDefinition] = []


_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def read_rule_file(text: str) -> RuleFile:
    """Read a file in YAML or JSON.

    Raises:
        XushiError: `monitor.file_invalid` with the place and the reason.
    """
    if len(text) > MOST_CHARACTERS:
        raise XushiError("monitor.file_invalid", reason=f"more than {MOST_CHARACTERS} characters")
    try:
        file = msgspec.convert(read_yaml(text), RuleFile)
    except (msgspec.ValidationError, RecursionError, ValueError) as error:
        raise XushiError("monitor.file_invalid", reason=" ".join(str(error).split())[:500]) from error
    _check_unique([rule.id for rule in file.rules])
    _check_unique([kpi.id for kpi in file.kpis])
    return file


def _check_unique(ids: list[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise XushiError("monitor.file_invalid", reason=f"{each} is there twice")
        seen.add(each)


def write_rule_file(rules: Iterable[Rule], kpis: Iterable[KpiDefinition], form: Literal["yaml", "json"]) -> str:
    """Write a file that `read_rule_file` reads back; what is as by default is left out."""
    content = {
        "format": FORMAT,
        "rules": [_short(rule) for rule in rules],
        "kpis": [_short(kpi) for kpi in kpis],
    }
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()
    text: str = yaml.dump(content, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=120)
    return text


@functools.cache
def _defaults(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {
        field.name: field.default if field.default is not msgspec.NODEFAULT else field.default_factory()
        for field in msgspec.structs.fields(kind)
        if not field.required
    }


def _short(item: Rule | KpiDefinition) -> dict[str, Any]:
    """An item without what is as by default; where it came from is not part of it."""
    whole: dict[str, Any] = msgspec.to_builtins(item)
    by_default = _defaults(type(item))
    return {
        name: value
        for name, value in whole.items()
        if name != "source" and not (name in by_default and value == by_default[name])
    }
