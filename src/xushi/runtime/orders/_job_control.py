"""Job orders as a controller knows them: how it is told, and what is still to be released for each in which sequence.

What it can do and shows has a meaning `urn:xushi:JobControl:1:0/…`, after the job order receiver of OPC 10031-4 (OPC
UA for ISA-95), 6.2.1. `Store` and `StoreAndStart` take JobOrderID, Product and Quantity, all others the JobOrderID; the
list is told in columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from xushi.connectors import DeviceAction
from xushi.signals import Timeline
from xushi.twins import walk

if TYPE_CHECKING:
    from xushi.runtime._platform import Platform

JOB_CONTROL = "urn:xushi:JobControl:1:0"
JOB_ID, PRODUCT, QUANTITY = "JobOrderID", "Product", "Quantity"
ALLOWED_TO_START, RUNNING = 2, 3  # OPC 10031-4, table 9
_NEEDED = ("StoreAndStart", "Stop", "Clear")
_COLUMNS = ("List", "Quantities", "Released", "States", "Finished")


class JobOrder(msgspec.Struct, frozen=True):
    """A job order of the controller; of the `released` pieces some are `finished`, the others on the line."""

    id: str
    quantity: int
    released: int = 0
    is_started: bool = True
    finished: int = 0


class JobControl(msgspec.Struct, frozen=True):
    """A controller that takes job orders.

    Attributes:
        actions: by verb, as the last part of their meaning.
        signals: keys by the last part of their meaning.
    """

    shell: str
    actions: dict[str, DeviceAction]
    signals: dict[str, str]


def find_job_control(platform: Platform) -> JobControl | None:
    """Return the controller that takes job orders; None where no shell describes one."""
    by_shell: dict[str, dict[str, DeviceAction]] = {}
    for action in platform.links.actions.values():
        verb = verb_of(action)
        if verb:
            by_shell.setdefault(action.shell, {})[verb] = action
    for shell, actions in sorted(by_shell.items()):
        if all(verb in actions for verb in _NEEDED):
            return JobControl(shell, actions, _signals(platform, shell))
    return None


def verb_of(action: DeviceAction) -> str:
    """What an action does with job orders; empty where it is about something else."""
    meaning = next((one for one in action.meanings if one.startswith(f"{JOB_CONTROL}/")), "")
    return _role(meaning)


def _role(meaning: str) -> str:
    return meaning.removeprefix(f"{JOB_CONTROL}/").partition(":")[0] if meaning else ""


def _signals(platform: Platform, shell: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for submodel in platform.twins.submodels():
        if platform.twins.shell_of_submodel.get(submodel.id) != shell:
            continue
        for path, element in walk(submodel):
            reference: Any = element.semantic_id
            meaning = reference.keys[-1].value if reference is not None and reference.keys else ""
            key = f"{submodel.id}#{path}"
            if meaning.startswith(f"{JOB_CONTROL}/") and key in platform.registry:
                found.setdefault(_role(meaning), key)
    return found


def job_orders_at(control: JobControl | None, timeline: Timeline, at_ns: int) -> tuple[JobOrder, ...]:
    """Return the controller's list at an instant, in its sequence; empty where it is not known."""
    if control is None or any(role not in control.signals for role in _COLUMNS):
        return ()
    registry = timeline.registry
    handles = [registry.handle(control.signals[role]) for role in _COLUMNS]
    seen = {handle: value for handle, _, value, _ in timeline.snapshot(at_ns, handles).rows(registry)}
    columns = [seen.get(handle) for handle in handles]
    if any(column is None for column in columns):
        return ()
    return tuple(
        JobOrder(str(id), int(quantity), int(released), int(state) in (ALLOWED_TO_START, RUNNING), int(finished))
        for id, quantity, released, state, finished in zip(*(column or () for column in columns), strict=False)
    )


def after(orders: Sequence[JobOrder], verb: str, inputs: Mapping[str, Any]) -> tuple[JobOrder, ...]:
    """Return the list after an action with a verb; what the controller would refuse changes nothing."""
    id = str(inputs.get(JOB_ID, ""))
    match verb:
        case "Store" | "StoreAndStart":
            if any(one.id == id for one in orders):
                return tuple(orders)
            return (*orders, JobOrder(id, int(inputs.get(QUANTITY, 0)), 0, verb == "StoreAndStart"))
        case "Clear":
            return tuple(one for one in orders if one.id != id)
        case "Start" | "Stop":
            is_started = verb == "Start"
            return tuple(msgspec.structs.replace(one, is_started=is_started) if one.id == id else one for one in orders)
    return tuple(orders)


def told_to(platform: Platform, command: str, params: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Return verb and inputs of a command that is about job orders; None for every other one."""
    if command != "device.act":
        return None
    parsed: Any = platform.commands.parse(command, params)
    action = platform.links.actions.get(parsed.action)
    verb = verb_of(action) if action is not None else ""
    return (verb, parsed.inputs) if verb else None


def job_orders_after(
    platform: Platform, orders: Sequence[JobOrder], commands: Iterable[tuple[str, Any]]
) -> tuple[JobOrder, ...]:  # fmt: skip
    """Return the list after the commands that are about it, in their sequence."""
    for command, params in commands:
        told = told_to(platform, command, params)
        if told is not None:
            orders = after(orders, *told)
    return tuple(orders)


def advanced(orders: Sequence[JobOrder], pieces: int) -> tuple[JobOrder, ...]:
    """Return the list after so many more pieces were released, for each in its turn."""
    found = []
    for one in orders:
        taken = min(pieces, one.quantity - one.released) if one.is_started else 0
        pieces -= taken
        found.append(msgspec.structs.replace(one, released=one.released + taken))
    return tuple(found)
