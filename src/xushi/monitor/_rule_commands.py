"""The commands that make and change rules and KPI definitions, one by one or from a file, each one undoable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, Record, Text, XushiError, build_diff, diff_key
from xushi.monitor._kpi_definitions import KpiDefinition, check_definition
from xushi.monitor._rule_files import MOST_CHARACTERS, read_rule_file
from xushi.monitor._rules import Id, Rule, check_rule
from xushi.signals import SignalRegistry

MOST_RULES = 20_000
MOST_RULES_OF_A_SIGNAL = 32  # also of different guards that look at one signal
MOST_RULES_OF_A_TARGET = 1_000
_MOST_TOLD = 200  # of what an import changes


class PutRuleParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole rule; one with the same id is replaced."""

    rule: Rule


class PutKpiParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole definition; one with the same id is replaced."""

    kpi: KpiDefinition


class RemoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to remove."""

    id: Id


class ImportRulesParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of a rule file in YAML or JSON; `replace` also removes earlier ones from files that it lacks."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_CHARACTERS)]
    replace: bool = False


def rule_commands() -> list[Command]:
    """The commands of this file."""
    return [
        _command("rule.put", PutRuleParams, _put_rule,
                 {"en": "Save an alarm rule", "zh-CN": "保存报警规则"},
                 {"en": "Makes or changes an alarm rule.", "zh-CN": "新建或修改报警规则。"}),
        _command("rule.remove", RemoveParams, _remove_rule,
                 {"en": "Remove an alarm rule", "zh-CN": "删除报警规则"},
                 {"en": "Removes an alarm rule and its alarm; the journal stays.",
                  "zh-CN": "删除报警规则及其报警；日志保留。"}),
        _command("kpi.put", PutKpiParams, _put_kpi,
                 {"en": "Save a KPI definition", "zh-CN": "保存 KPI 定义"},
                 {"en": "Makes or changes the figures of a work unit.", "zh-CN": "新建或修改工作单元的指标。"}),
        _command("kpi.remove", RemoveParams, _remove_kpi,
                 {"en": "Remove a KPI definition", "zh-CN": "删除 KPI 定义"},
                 {"en": "Removes the figures of a work unit.", "zh-CN": "删除工作单元的指标。"}),
        _command("rules.import", ImportRulesParams, _import,
                 {"en": "Import rules and KPIs", "zh-CN": "导入规则与 KPI"},
                 {"en": "Takes over rules and KPI definitions from a file: all of them or none.",
                  "zh-CN": "从文件导入规则和 KPI 定义：全部导入或全部不导入。"}),
    ]  # fmt: skip


def _command(
    name: str,
    params: type[msgspec.Struct],
    prepare: Callable[[CommandContext, Any], Change],
    title: Text,
    summary: Text,
) -> Command:
    return Command(
        name=name, params=params, right="monitor:write", title=title, summary=summary, prepare=prepare, names_all=True
    )


def _put(context: CommandContext, wanted: Mapping[str, Record], gone: Mapping[str, Record]) -> Change:
    """The change that brings records (by key) to what is wanted."""
    before: dict[str, Record | None] = {}
    for key in wanted:
        kind, _, record_id = key.partition("/")
        before[key] = context.store.get(kind, record_id)
    diff = build_diff({**before, **gone}, {**wanted, **dict.fromkeys(gone)})
    summary = {"added": len(diff.added), "updated": len(diff.updated), "removed": len(diff.removed)}
    return Change(diff=diff, result=summary, summary=summary)


def _check_counts(context: CommandContext, wanted: Mapping[str, Record], gone: Mapping[str, Record]) -> None:
    rules = {f"rule/{rule}": record for rule, record in context.store.list("rule")}
    rules |= {key: record for key, record in wanted.items() if key.startswith("rule/")}
    for key in gone:
        rules.pop(key, None)
    if len(rules) > MOST_RULES:
        raise XushiError("monitor.too_many_rules", most=MOST_RULES)
    guards: dict[str, Record] = {}
    for record in rules.values():
        if guard := record.get("suppress_while"):
            guards[f"{sorted(set(guard['states']))} {guard['signal']}"] = guard
    targets = [record["target_signal"] for record in rules.values() if record.get("target_signal")]
    _check_most([record["signal"] for record in rules.values()], MOST_RULES_OF_A_SIGNAL)
    _check_most([guard["signal"] for guard in guards.values()], MOST_RULES_OF_A_SIGNAL)
    _check_most(targets, MOST_RULES_OF_A_TARGET)


def _check_most(signals: Sequence[str], most: int) -> None:
    for signal, count in Counter(signals).items():
        if count > most:
            raise XushiError("monitor.too_many_rules_of_signal", most=most, signal=signal[:300])


def _registry(context: CommandContext) -> SignalRegistry:
    registry: SignalRegistry = context.services["registry"]
    return registry


def _put_rule(context: CommandContext, params: PutRuleParams) -> Change:
    check_rule(params.rule, _registry(context))
    wanted = {diff_key("rule", params.rule.id): _record(params.rule)}
    _check_counts(context, wanted, {})
    return _put(context, wanted, {})


def _put_kpi(context: CommandContext, params: PutKpiParams) -> Change:
    check_definition(params.kpi, _registry(context))
    return _put(context, {diff_key("kpi", params.kpi.id): _record(params.kpi)}, {})


def _remove_rule(context: CommandContext, params: RemoveParams) -> Change:
    """Remove a rule. What its alarm went through stays, so that its counts go on where the rule comes back."""
    return _remove(context, "rule", params.id)


def _remove_kpi(context: CommandContext, params: RemoveParams) -> Change:
    return _remove(context, "kpi", params.id)


def _remove(context: CommandContext, kind: str, record_id: str) -> Change:
    record = context.store.get(kind, record_id)
    if record is None:
        raise XushiError("monitor.rule_unknown", id=record_id)
    return Change(diff=Diff(removed={diff_key(kind, record_id): record}), summary={"removed": record_id})


def _import(context: CommandContext, params: ImportRulesParams) -> Change:
    file = read_rule_file(params.text)
    registry = _registry(context)
    for rule in file.rules:
        check_rule(rule, registry)
    for kpi in file.kpis:
        check_definition(kpi, registry)
    items = [("rule", item) for item in file.rules] + [("kpi", item) for item in file.kpis]
    wanted = {diff_key(kind, item.id): _record(msgspec.structs.replace(item, source="file")) for kind, item in items}
    gone: dict[str, Record] = {}
    if params.replace:
        for kind in ("rule", "kpi"):
            for record_id, record in context.store.list(kind):
                if record["source"] == "file" and diff_key(kind, record_id) not in wanted:
                    gone[diff_key(kind, record_id)] = record
    _check_counts(context, wanted, gone)
    change = _put(context, wanted, gone)
    return Change(diff=change.diff, result={**change.summary, "changes": _told(change.diff)}, summary=change.summary)


def _told(diff: Diff) -> list[dict[str, Any]]:
    """What becomes of each rule and definition, the first `_MOST_TOLD`; of a changed one the fields that differ."""
    rows = [_line(key, "added", record) for key, record in diff.added.items()]
    rows += [_line(key, "updated", after, _fields(before, after)) for key, (before, after) in diff.updated.items()]
    rows += [_line(key, "removed", record) for key, record in diff.removed.items()]
    return rows[:_MOST_TOLD]


def _line(key: str, change: str, record: Record, fields: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {"key": key, "change": change, "title": record["title"], "fields": list(fields)}


def _fields(before: Record, after: Record) -> list[dict[str, Any]]:
    """The fields that differ, named as in a file; where a rule came from stands in no file."""
    return [
        {"name": name, "before": before.get(name), "after": after.get(name)}
        for name in dict.fromkeys((*before, *after))
        if name != "source" and msgspec.json.encode(before.get(name)) != msgspec.json.encode(after.get(name))
    ]


def _record(item: Rule | KpiDefinition) -> Record:
    record: Record = msgspec.to_builtins(item)
    return record
