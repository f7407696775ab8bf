"""The commands of the operator: acknowledge, shelve, suppress, reset and annotate alarms; several in one command."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeAlias

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, Record, Text, XushiError, diff_key
from xushi.monitor._alarm import Aside, Handled, Note, Occurred, is_acknowledged, is_latched, is_shelved
from xushi.monitor._monitor import Monitor
from xushi.monitor._rules import Id, Rule

_NS_PER_MIN = 60 * 1_000_000_000
MOST_SHELVED_MIN = 7 * 24 * 60
_MOST_NOTES = 50
Ids: TypeAlias = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=10_000)]
Reason: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000)]


class AcknowledgeParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alarms that were seen, and a note for them."""

    alarms: Ids
    note: Annotated[str, msgspec.Meta(max_length=1_000)] = ""


class ShelveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alarms to put aside, for how many minutes or until which instant (ms since 1970; 7 days at most), and why."""

    alarms: Ids
    reason: Reason
    minutes: Annotated[float, msgspec.Meta(gt=0, le=MOST_SHELVED_MIN)] | None = None
    until_ms: float | None = None


class AlarmsParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alarms to act on."""

    alarms: Ids


class SuppressParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alarms to suppress by design until further notice, and why."""

    alarms: Ids
    reason: Reason


class NoteParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The alarm and what to write beside it."""

    alarm: Id
    text: Reason


Step: TypeAlias = Callable[[Rule, Occurred, Handled], Handled]


def alarm_commands() -> list[Command]:
    """The commands of this file."""
    return [
        _command("alarm.acknowledge", AcknowledgeParams, _acknowledge,
                 {"en": "Acknowledge alarms", "zh-CN": "确认报警"},
                 {"en": "Says that the alarms were seen.", "zh-CN": "表示已看到这些报警。"}),
        _command("alarm.shelve", ShelveParams, _shelve,
                 {"en": "Shelve alarms", "zh-CN": "搁置报警"},
                 {"en": "Takes alarms out of the list for a time, with a reason.",
                  "zh-CN": "在一段时间内将报警移出列表，并注明原因。"}),
        _command("alarm.unshelve", AlarmsParams, _unshelve,
                 {"en": "Unshelve alarms", "zh-CN": "取消搁置"},
                 {"en": "Brings shelved alarms back at once.", "zh-CN": "立即恢复被搁置的报警。"}),
        _command("alarm.suppress", SuppressParams, _suppress,
                 {"en": "Suppress alarms by design", "zh-CN": "按设计抑制报警"},
                 {"en": "Takes alarms out of the list while the design makes them meaningless.",
                  "zh-CN": "当报警因设计条件而无意义时将其移出列表。"}),
        _command("alarm.unsuppress", AlarmsParams, _unsuppress,
                 {"en": "End suppression", "zh-CN": "结束抑制"},
                 {"en": "Lets suppressed alarms speak again.", "zh-CN": "让被抑制的报警重新生效。"}),
        _command("alarm.reset", AlarmsParams, _reset,
                 {"en": "Reset latched alarms", "zh-CN": "复位锁存报警"},
                 {"en": "Releases latched alarms whose condition has gone.",
                  "zh-CN": "释放条件已消失的锁存报警。"}),
        _command("alarm.note", NoteParams, _note,
                 {"en": "Write a note on an alarm", "zh-CN": "为报警添加备注"},
                 {"en": "Keeps an operator's remark beside an alarm.", "zh-CN": "在报警旁保存操作员备注。"}),
    ]  # fmt: skip


def _command(
    name: str,
    params: type[msgspec.Struct],
    prepare: Callable[[CommandContext, Any], Change],
    title: Text,
    summary: Text,
) -> Command:
    return Command(
        name=name, params=params, right="alarm:act", title=title, summary=summary, prepare=prepare, names_all=True
    )


def _change(context: CommandContext, alarms: Sequence[str], step: Step) -> Change:
    """The change of all alarms together; what an alarm does not need changes nothing.

    Raises:
        XushiError: `monitor.alarm_unknown`.
    """
    monitor: Monitor = context.services["monitor"]
    monitor.flush()  # an answer must never outlive what it answers
    added: dict[str, Record] = {}
    updated: dict[str, tuple[Record, Record]] = {}
    for alarm in dict.fromkeys(alarms):
        rule = monitor.rules.get(alarm)
        if rule is None:
            raise XushiError("monitor.alarm_unknown", alarm=alarm)
        before = context.store.get("alarm", alarm)
        handled = Handled(alarm) if before is None else msgspec.convert(before, Handled)
        after = msgspec.to_builtins(step(rule, monitor.occurred(alarm), handled))
        if before is None and after != msgspec.to_builtins(handled):
            added[diff_key("alarm", alarm)] = after
        elif before is not None and after != before:
            updated[diff_key("alarm", alarm)] = (before, after)
    changed = [key.partition("/")[2] for key in (*added, *updated)]
    return Change(diff=Diff(added=added, updated=updated), result=changed, summary={"alarms": len(changed)})


def _with_note(handled: Handled, context: CommandContext, text: str) -> Handled:
    note = Note(context.clock.now_ns(), context.actor.name, text)
    return msgspec.structs.replace(handled, notes=[*handled.notes, note][-_MOST_NOTES:])


def _acknowledge(context: CommandContext, params: AcknowledgeParams) -> Change:
    def step(rule: Rule, occurred: Occurred, handled: Handled) -> Handled:
        if params.note:
            handled = _with_note(handled, context, params.note)
        if is_acknowledged(occurred, handled):
            return handled
        return msgspec.structs.replace(
            handled, acknowledged=occurred.count, acked_ns=context.clock.now_ns(), acked_by=context.actor.name
        )

    return _change(context, params.alarms, step)


def _shelve(context: CommandContext, params: ShelveParams) -> Change:
    now_ns = context.clock.now_ns()
    if (params.minutes is None) == (params.until_ms is None):
        raise XushiError("monitor.shelf_end_missing")
    if params.minutes is not None:
        until_ns = now_ns + round(params.minutes * _NS_PER_MIN)
    else:
        until_ms = params.until_ms or 0.0
        if not now_ns / 1e6 < until_ms <= now_ns / 1e6 + MOST_SHELVED_MIN * 60_000:
            raise XushiError("monitor.shelf_end_invalid", days=MOST_SHELVED_MIN // 1440)
        until_ns = round(until_ms * 1e6)
    shelf = Aside(context.actor.name, now_ns, params.reason, until_ns)

    def step(rule: Rule, occurred: Occurred, handled: Handled) -> Handled:
        return msgspec.structs.replace(_set_aside(rule, occurred, handled), shelved=shelf)

    return _change(context, params.alarms, step)


def _set_aside(rule: Rule, occurred: Occurred, handled: Handled) -> Handled:
    """When it comes back, an alarm that holds must be acknowledged anew, one that has gone is normal (figure 3)."""
    if occurred.is_active:
        return msgspec.structs.replace(handled, acknowledged=min(handled.acknowledged, occurred.count - 1))
    if is_latched(rule, occurred, handled):
        return handled
    return msgspec.structs.replace(handled, acknowledged=max(handled.acknowledged, occurred.count))


def _unshelve(context: CommandContext, params: AlarmsParams) -> Change:
    now_ns = context.clock.now_ns()

    def step(rule: Rule, occurred: Occurred, handled: Handled) -> Handled:
        return msgspec.structs.replace(handled, shelved=None) if is_shelved(handled, now_ns) else handled

    return _change(context, params.alarms, step)


def _suppress(context: CommandContext, params: SuppressParams) -> Change:
    aside = Aside(context.actor.name, context.clock.now_ns(), params.reason)

    def step(rule: Rule, occurred: Occurred, handled: Handled) -> Handled:
        return msgspec.structs.replace(_set_aside(rule, occurred, handled), suppressed=aside)

    return _change(context, params.alarms, step)


def _unsuppress(context: CommandContext, params: AlarmsParams) -> Change:
    def step(rule: Rule, occurred: Occurred, handled: Handled) -> Handled:
        return msgspec.structs.replace(handled, suppressed=None)

    return _change(context, params.alarms, step)


def _reset(context: CommandContext, params: AlarmsParams) -> Change:
    def step(rule: Rule, occurred: Occurred, handled: Handled) -> Handled:
        if occurred.is_active and rule.is_latched:
            raise XushiError("monitor.still_active", alarm=rule.id)
        if not is_latched(rule, occurred, handled):
            return handled
        return msgspec.structs.replace(handled, reset=max(handled.reset, occurred.count))

    return _change(context, params.alarms, step)


def _note(context: CommandContext, params: NoteParams) -> Change:
    return _change(context, [params.alarm], lambda rule, occurred, handled: _with_note(handled, context, params.text))
