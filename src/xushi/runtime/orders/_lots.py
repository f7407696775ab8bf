"""How the lots of a material are sized, as somebody chose: records that go before what its twin says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import msgspec

from xushi.kernel import Change, Command, CommandContext, Diff, Record, RecordStore, XushiError, diff_key
from xushi.runtime._materials import Material
from xushi.schedule import LotRule

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

KIND = "lot_rule"
_RIGHT = "twin:write"


class SetLotsParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How the lots of a material are sized.

    Attributes:
        material: the id of its shell.
        lots: `lot_for_lot`, `wagner_whitin`, or `within_capacity`; left out, the twin of the material says so again.
        capacity_per_day: the most pieces that its supplier delivers in a day.
        supplier: materials of one supplier share its capacity; left out, the one that the twin names, or none.
    """

    material: Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
    lots: LotRule | None = None
    capacity_per_day: Annotated[float, msgspec.Meta(gt=0, le=1e9)] | None = None
    supplier: Annotated[str, msgspec.Meta(max_length=100)] = ""


def lot_commands() -> list[Command]:
    """The commands of lots."""
    return [
        Command(
            "material.set_lots", SetLotsParams, _RIGHT,
            {"en": "Choose how lots are sized", "zh-CN": "选择批量规则"},
            {"en": "Sizes the lots of a material: need by need, joined where that is cheaper, or within a capacity.",
             "zh-CN": "确定物料的批量：按需订货、合并以降低成本，或不超过供应能力。"},
            _prepare_set,
        ),
    ]  # fmt: skip


def chosen_lots(store: RecordStore) -> dict[str, Record]:
    """How the lots of each material are sized for which somebody chose that."""
    return dict(store.list(KIND))


def with_chosen_lots(materials: Mapping[str, Material], chosen: Mapping[str, Record]) -> dict[str, Material]:
    """Return the materials with the chosen lots in place of those that their twins state."""
    found = dict(materials)
    for name, record in chosen.items():
        if name in found:
            found[name] = msgspec.structs.replace(found[name], facts={**found[name].facts, **_facts(record)})
    return found


def _facts(record: Mapping[str, object]) -> dict[str, str]:
    """A record in the words of the twins."""
    words = {"LotPolicy": record["lots"], "Capacity": record["capacity_per_day"], "Supplier": record["supplier"]}
    return {fact: str(value) for fact, value in words.items() if value}


def _prepare_set(context: CommandContext, params: SetLotsParams) -> Change:
    platform: Platform = context.services["platform"]
    material = platform.orders.materials().get(params.material)
    if material is None:
        raise XushiError("runtime.material_unknown", material=params.material[:200])
    if params.lots == "within_capacity" and params.capacity_per_day is None and material.number("Capacity") <= 0:
        raise XushiError("runtime.lots_without_capacity", material=params.material[:200])
    key, before = diff_key(KIND, params.material), context.store.get(KIND, params.material)
    summary = msgspec.to_builtins(params)
    if params.lots is None:
        return Change(diff=Diff(removed={key: before} if before is not None else {}), summary=summary)
    record = {one: value for one, value in summary.items() if one != "material"}
    diff = Diff(added={key: record}) if before is None else Diff(updated={key: (before, record)})
    return Change(diff=diff, summary=summary)
