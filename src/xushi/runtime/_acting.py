"""The commands that let a machine act: an action its shell lists, an order to a vehicle, a word in between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from xushi.connectors import ActionInput, DeviceAction
from xushi.connectors.vda5050 import Layout, NodeAction, Vehicle, VehicleTalk
from xushi.kernel import Change, Command, CommandContext, XushiError, new_id
from xushi.runtime._devices import CONFIRM_TIMEOUT_S, confirmed
from xushi.runtime._layouts import LayoutFinder
from xushi.runtime._links import LinkKeeper

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
_Short = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_OPPOSITE = {"startPause": "stopPause", "stopPause": "startPause"}


class ActParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The action by key, as GET /api/actions lists it, and its inputs by name."""

    action: _Name
    inputs: dict[str, bool | int | float | str] = {}


class OrderParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a vehicle shall go and what it shall do there.

    Attributes:
        vehicle: its shell's id, or its serial number.
        goal: a station or a node of the road map.
        nodes: the way, node by node, instead of the shortest one.
        actions: what to do at the last node, e.g. `{"type": "drop"}`.
    """

    vehicle: _Name
    goal: Annotated[str, msgspec.Meta(max_length=200)] = ""
    nodes: Annotated[list[_Short], msgspec.Meta(max_length=1000)] = []
    actions: Annotated[list[NodeAction], msgspec.Meta(max_length=50)] = []


class InstantParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word to a vehicle that holds at once: `cancelOrder`, `startPause`, `stopPause` or another of its factsheet."""

    vehicle: _Name
    action: _Short
    parameters: dict[str, bool | int | float | str] = {}


def acting_commands() -> list[Command]:
    """The commands of this file."""
    return [
        Command(
            name="device.act",
            params=ActParams,
            right="device:write",
            title={"en": "Do an action of a machine", "zh-CN": "执行设备动作"},
            summary={
                "en": "Does what the machine's interface lists, such as start or stop, and waits for its answer.",
                "zh-CN": "执行设备接口描述中列出的动作（如启动、停止），并等待其答复。",
            },
            prepare=_prepare_act,
            moves_metal=True,
        ),
        Command(
            name="agv.order",
            params=OrderParams,
            right="device:write",
            title={"en": "Send a vehicle", "zh-CN": "派遣小车"},
            summary={
                "en": "Sends a VDA 5050 order and waits until the vehicle's state accepts or refuses it.",
                "zh-CN": "发送 VDA 5050 订单，并等待小车状态确认接受或拒绝。",
            },
            prepare=_prepare_order,
            moves_metal=True,
        ),
        Command(
            name="agv.instant",
            params=InstantParams,
            right="device:write",
            title={"en": "Tell a vehicle at once", "zh-CN": "小车即时动作"},
            summary={
                "en": "Sends a VDA 5050 instant action: cancel the order, pause, go on.",
                "zh-CN": "发送 VDA 5050 即时动作：取消订单、暂停、继续。",
            },
            prepare=_prepare_instant,
            moves_metal=True,
        ),
    ]


# ---- an action of a machine
@dataclass(frozen=True)
class _Act:
    links: LinkKeeper
    action: DeviceAction
    arguments: list[Any]

    def describe(self) -> dict[str, Any]:
        return {
            "kind": "action", "action": self.action.key, "link": self.action.link, "address": self.action.address,
            "arguments": self.arguments,
        }  # fmt: skip

    async def apply(self) -> dict[str, Any]:
        result = await confirmed(
            self.links.call(self.action.link, self.action.address, self.arguments), self.action.address
        )
        outputs = [item if isinstance(item, bool | int | float | str) else str(item) for item in result.outputs]
        return {**self.describe(), "status": result.status, "text": result.text, "outputs": outputs}


def _prepare_act(context: CommandContext, params: ActParams) -> Change:
    links: LinkKeeper = context.services["links"]
    action = links.actions.get(params.action)
    if action is None:
        raise XushiError("runtime.action_unknown", action=params.action[:200])
    arguments = _arguments(action, params.inputs)
    undo = _undo(links.actions.get(action.inverse), params.inputs)
    summary = {"action": action.key, "name": action.name, "shell": action.shell, "inputs": params.inputs}
    return Change(effects=(_Act(links, action, arguments),), undo_with=undo, summary=summary)


def _undo(inverse: DeviceAction | None, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The action that takes another back, with those of its inputs that it takes as well; None where one is missing."""
    if inverse is None or any(one.name not in given for one in inverse.inputs):
        return None
    inputs = {one.name: given[one.name] for one in inverse.inputs}
    return "device.act", {"action": inverse.key, **({"inputs": inputs} if inputs else {})}


def _arguments(action: DeviceAction, given: Mapping[str, Any]) -> list[Any]:
    """The inputs in the order in which the action lists them; refused where one is missing, unknown or outside."""
    unknown = sorted(set(given) - {one.name for one in action.inputs})
    if unknown:
        raise _unfit(action, f"unknown: {', '.join(unknown)[:200]}")
    return [_argument(action, one, given) for one in action.inputs]


def _argument(action: DeviceAction, wanted: ActionInput, given: Mapping[str, Any]) -> Any:
    if wanted.name not in given:
        raise _unfit(action, f"missing: {wanted.name}")
    value = given[wanted.name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    fits = {
        "boolean": isinstance(value, bool),
        "integer": is_number and float(value).is_integer(),
        "number": is_number,
        "string": isinstance(value, str),
    }
    if not fits.get(wanted.type, True):
        raise _unfit(action, f"{wanted.name} is not of type {wanted.type}")
    low, high = wanted.minimum, wanted.maximum
    if is_number and ((low is not None and value < low) or (high is not None and value > high)):
        raise _unfit(action, f"{wanted.name} = {value}, allowed {low} … {high}")
    return int(value) if wanted.type == "integer" else value


def _unfit(action: DeviceAction, reason: str) -> XushiError:
    return XushiError("runtime.inputs_invalid", action=action.id_short, reason=reason)


# ---- vehicles
class Fleet:
    """The vehicles that the links know, how to talk to them, and their road map."""

    def __init__(self, links: LinkKeeper, talk: VehicleTalk, layouts: LayoutFinder) -> None:
        self.links = links
        self.talk = talk
        self._layouts = layouts

    def vehicle(self, name: str) -> Vehicle:
        """A vehicle by shell id or serial number. Raises ``runtime.vehicle_unknown``."""
        for vehicle in self.links.vehicles:
            if name in (vehicle.shell, vehicle.serial):
                return vehicle
        raise XushiError("runtime.vehicle_unknown", vehicle=name[:200])

    def layout(self, submodels: dict[str, Any]) -> Layout | None:
        """The road map, where a twin has one."""
        return self._layouts.find(submodels)


@dataclass(frozen=True)
class _Order:
    fleet: Fleet
    vehicle: Vehicle
    order_id: str
    params: OrderParams
    layout: Layout | None
    planned: list[str]

    def describe(self) -> dict[str, Any]:
        return {
            "kind": "order", "link": self.vehicle.link, "topic": f"{self.vehicle.base}/order",
            "vehicle": self.vehicle.serial, "order_id": self.order_id, "goal": self.params.goal,
            "route": self.planned, "actions": msgspec.to_builtins(self.params.actions),
        }  # fmt: skip

    async def apply(self) -> dict[str, Any]:
        broker: Any = self.fleet.links.live(self.vehicle.link)
        accepted = await self.fleet.talk.order(
            broker, self.vehicle, self.order_id, self.params.goal, self.params.nodes, self.params.actions, self.layout
        )
        return {**self.describe(), **accepted}


def _prepare_order(context: CommandContext, params: OrderParams) -> Change:
    fleet: Fleet = context.services["fleet"]
    vehicle = fleet.vehicle(params.vehicle)
    if not params.goal and not params.nodes:
        raise XushiError("runtime.goal_missing")
    layout = fleet.layout(context.services["platform"].twins.records["submodel"])
    planned = list(params.nodes)
    if not planned and layout is not None and vehicle.node_signal >= 0:
        here = context.services["board"].value(vehicle.node_signal)
        if here is not None and isinstance(here.value, str):
            planned = layout.way(here.value, layout.node_of(params.goal))
    order_id = new_id(context.clock.now_ns())
    effect = _Order(fleet, vehicle, order_id, params, layout, planned)
    undo = ("agv.instant", {"vehicle": params.vehicle, "action": "cancelOrder"})
    summary = {"vehicle": vehicle.serial, "shell": vehicle.shell, "goal": params.goal, "order_id": order_id}
    return Change(effects=(effect,), undo_with=undo, summary=summary)


@dataclass(frozen=True)
class _Instant:
    fleet: Fleet
    vehicle: Vehicle
    action_id: str
    params: InstantParams

    def describe(self) -> dict[str, Any]:
        return {
            "kind": "instant", "link": self.vehicle.link, "topic": f"{self.vehicle.base}/instantActions",
            "vehicle": self.vehicle.serial, "action": self.params.action, "parameters": self.params.parameters,
        }  # fmt: skip

    async def apply(self) -> dict[str, Any]:
        broker: Any = self.fleet.links.live(self.vehicle.link)
        wanted = NodeAction(self.params.action, self.params.parameters)
        done = await self.fleet.talk.instant(broker, self.vehicle, self.action_id, wanted)
        return {**self.describe(), **done}


def _prepare_instant(context: CommandContext, params: InstantParams) -> Change:
    fleet: Fleet = context.services["fleet"]
    vehicle = fleet.vehicle(params.vehicle)
    effect = _Instant(fleet, vehicle, new_id(context.clock.now_ns()), params)
    opposite = _OPPOSITE.get(params.action)
    undo = ("agv.instant", {"vehicle": params.vehicle, "action": opposite}) if opposite else None
    summary = {"vehicle": vehicle.serial, "shell": vehicle.shell, "action": params.action}
    return Change(effects=(effect,), undo_with=undo, summary=summary)


def make_fleet(links: LinkKeeper, layouts: LayoutFinder, clock: Any) -> Fleet:
    """The fleet over these links, with the confirmation time of every device command."""
    return Fleet(links, VehicleTalk(clock, CONFIRM_TIMEOUT_S), layouts)
