"""Reads and writes rules and KPI definitions as one YAML or JSON file that people keep under version control."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import msgspec
import yaml

from xushi.kernel import XushiError
from xushi.monitor._kpi_definitions import KpiDefinition
from xushi.monitor._rules import Rule

MOST_CHARACTERS = 4_000_000
FORMAT = "xushi-rules/1"


class RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a file holds."""

    format: Literal["xushi-rules/1"]
    rules: list[Rule] = []
    kpis: list[KpiDefinition] = []


class _PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML without aliases: a few of them can describe more than any memory holds."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("aliases (*name) are not read")
        return super().compose_node(parent, index)


def read_rule_file(text: str) -> RuleFile:
    """Read a file; JSON is YAML too.

    Raises:
        XushiError: `monitor.file_invalid` with the place and the reason.
    """
    if len(text) > MOST_CHARACTERS:
        raise XushiError("monitor.file_invalid", reason=f"more than {MOST_CHARACTERS} characters")
    try:
        content = yaml.load(text, _PlainLoader)  # noqa: S506 - a SafeLoader
        file = msgspec.convert(content, RuleFile)
    except (yaml.YAMLError, msgspec.ValidationError, RecursionError, ValueError) as error:
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
    text: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)
    return text


def _short(item: Rule | KpiDefinition) -> dict[str, Any]:
    """An item without what is as by default; where it came from is not part of it."""
    fields = {
        field.name: field.default if field.default is not msgspec.NODEFAULT else msgspec.UNSET
        for field in msgspec.structs.fields(item)
    }
    whole: dict[str, Any] = msgspec.to_builtins(item)
    return {
        name: value
        for name, value in whole.items()
        if name != "source" and value != fields[name] and not (value == {} and name != "figures")
    }
