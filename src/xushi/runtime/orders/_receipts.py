"""Receipts of material that somebody stated: what was ordered and when it comes, as records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, RecordStore, XushiError, diff_key, new_id
from xushi.runtime.orders._book import Instant

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

KIND = "receipt"
_MOST = 2_000
_RIGHT = "twin:write"


class ReceiveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The material by the id of its shell, how many pieces of it come, and when (ms since 1970)."""

    material: Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
    quantity: Annotated[float, msgspec.Meta(gt=0, le=1e9)]
    at_ms: Instant
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RemoveParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The receipt to take away."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class Receipt(msgspec.Struct, frozen=True):
    """So many pieces of a material come, or came, at an instant."""

    id: str
    material: str
    quantity: float
    at_ms: float
    note: str = ""


def receipt_commands() -> list[Command]:
    """The commands of receipts."""
    return [
        Command(
            "material.receive", ReceiveParams, _RIGHT,
            {"en": "State a receipt of material", "zh-CN": "登记到料"},
            {"en": "Tells planning what was ordered and when it comes, or that it came.",
             "zh-CN": "告知计划已订购的物料及其到达时间，或已到达。"},
            _prepare_receive,
        ),
        Command(
            "material.remove_receipt", RemoveParams, _RIGHT,
            {"en": "Remove a receipt of material", "zh-CN": "取消到料登记"},
            {"en": "Takes a stated receipt away.", "zh-CN": "取消已登记的到料。"},
            _prepare_remove,
        ),
    ]  # fmt: skip


def receipts(store: RecordStore) -> list[Receipt]:
    """Every stated receipt, the first first."""
    found = [msgspec.convert({**record, "id": key}, Receipt) for key, record in store.list(KIND)]
    return sorted(found, key=lambda one: one.at_ms)


def _prepare_receive(context: CommandContext, params: ReceiveParams) -> Change:
    platform: Platform = context.services["platform"]
    if params.material not in platform.orders.materials():
        raise XushiError("runtime.material_unknown", material=params.material[:200])
    if len(context.store.ids(KIND)) >= _MOST:
        raise XushiError("runtime.receipts_many", most=_MOST)
    record = msgspec.to_builtins(params)
    key = new_id(context.clock.now_ns())
    return Change(diff=Diff(added={diff_key(KIND, key): record}), result={"id": key}, summary=record)


def _prepare_remove(context: CommandContext, params: RemoveParams) -> Change:
    record = context.store.get(KIND, params.id)
    if record is None:
        raise XushiError("runtime.receipt_unknown", id=params.id)
    return Change(diff=Diff(removed={diff_key(KIND, params.id): record}), summary={"material": record["material"]})
