"""The material of a branch: receipts and lots of the line at the fork, with the commands run on the branch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.kernel import Record, XushiError, canonical_json
from xushi.runtime.orders import Receipt

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

RECEIPT, NO_RECEIPT, LOTS = "material.receive", "material.remove_receipt", "material.set_lots"
MATERIAL_COMMANDS = frozenset({RECEIPT, NO_RECEIPT, LOTS})


def receipt_id(platform: Platform, params: Any) -> str:
    """Return what a receipt that is stated on a branch is called there: it has no record of the line."""
    given = msgspec.to_builtins(platform.commands.parse(RECEIPT, params))
    return f"branch-{hashlib.sha256(canonical_json(given)).hexdigest()[:12]}"


def receipts_after(
    platform: Platform, receipts: Sequence[Receipt], commands: Iterable[tuple[str, Any]]
) -> tuple[Receipt, ...]:  # fmt: skip
    """Return receipts with those that commands state and without those that they remove, the first to come first.

    What is stated twice in the same words is one receipt of so much more.

    Raises:
        XushiError: `kernel.params_invalid`; `runtime.receipt_unknown` for the removal of one that is not there.
    """
    found = {one.id: one for one in receipts}
    for command, params in commands:
        if command not in (RECEIPT, NO_RECEIPT):
            continue
        parsed: Any = platform.commands.parse(command, params)
        if command == RECEIPT:
            one = Receipt(receipt_id(platform, parsed), parsed.material, parsed.quantity, parsed.at_ms, parsed.note)
            before = found.get(one.id)
            more = 0.0 if before is None else before.quantity
            found[one.id] = msgspec.structs.replace(one, quantity=one.quantity + more)
        elif found.pop(parsed.id, None) is None:
            raise XushiError("runtime.receipt_unknown", id=parsed.id)
    return tuple(sorted(found.values(), key=lambda one: one.at_ms))


def lots_after(
    platform: Platform, lots: Mapping[str, Record], commands: Iterable[tuple[str, Any]]
) -> dict[str, Record]:  # fmt: skip
    """Return how the lots of each material are sized after commands, as `chosen_lots` tells it.

    Raises:
        XushiError: `kernel.params_invalid`.
    """
    found = dict(lots)
    for command, params in commands:
        if command != LOTS:
            continue
        given = msgspec.to_builtins(platform.commands.parse(command, params))
        material = given.pop("material")
        if given["lots"] is None:
            found.pop(material, None)
        else:
            found[material] = given
    return found
