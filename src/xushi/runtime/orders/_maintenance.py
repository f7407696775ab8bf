"""Planned stops of machines as records: no work is scheduled into them, and none is forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, RecordStore, XushiError, diff_key, new_id
from xushi.runtime._planned_times import STOP
from xushi.runtime.foresight import plant_of
from xushi.runtime.orders._book import Instant

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

_MOST = 500
_RIGHT = "twin:write"
_NS_PER_MS = 1_000_000


class AddParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The machine, by the name it has on the line, and from when to when it is not to work (ms since 1970)."""

    machine: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    start_ms: Instant
    end_ms: Instant
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RemoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The planned stop to take away."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


def maintenance_commands() -> list[Command]:
    """The commands of planned stops."""
    return [
        Command(
            "maintenance.add", AddParams, _RIGHT,
            {"en": "Plan a stop", "zh-CN": "计划停机"},
            {"en": "Reserves a time in which a machine is not scheduled and does not work, for maintenance.",
             "zh-CN": "为设备预留维护时间：其间不排产，也不运行。"},
            _prepare_add,
        ),
        Command(
            "maintenance.remove", RemoveParams, _RIGHT,
            {"en": "Remove a planned stop", "zh-CN": "取消计划停机"},
            {"en": "Takes a planned stop of a machine away.", "zh-CN": "取消设备的计划停机。"},
            _prepare_remove,
        ),
    ]  # fmt: skip


def maintenance(store: RecordStore) -> list[dict[str, Any]]:
    """Every planned stop with its id and reason, the first first."""
    return sorted(({"id": key, **one} for key, one in store.list(STOP)), key=lambda one: one["start_ns"])


def _prepare_add(context: CommandContext, params: AddParams) -> Change:
    platform: Platform = context.services["platform"]
    if params.start_ms >= params.end_ms:
        raise XushiError("runtime.maintenance_times_wrong", machine=params.machine)
    known = [node.id for node in plant_of(platform).machines()]
    if params.machine not in known:
        raise XushiError("runtime.schedule_machine_unknown", machine=params.machine, known=", ".join(known) or "–")
    if len(context.store.ids(STOP)) >= _MOST:
        raise XushiError("runtime.maintenance_many", most=_MOST)
    record = {
        "machine": params.machine, "start_ns": round(params.start_ms) * _NS_PER_MS,
        "end_ns": round(params.end_ms) * _NS_PER_MS, "reason": params.reason,
    }  # fmt: skip
    key = new_id(context.clock.now_ns())
    return Change(diff=Diff(added={diff_key(STOP, key): record}), result={"id": key}, summary=record)


def _prepare_remove(context: CommandContext, params: RemoveParams) -> Change:
    record = context.store.get(STOP, params.id)
    if record is None:
        raise XushiError("runtime.maintenance_unknown", id=params.id)
    return Change(diff=Diff(removed={diff_key(STOP, params.id): record}), summary={"machine": record["machine"]})
