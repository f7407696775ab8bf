"""One exchange with a vehicle: ask, then wait until its state says that it accepted or refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Protocol, TypeAlias

import msgspec

from xushi.kernel import Clock, OutcomeUnknown, XushiError

from .._link import WriteResult
from ._layout import Layout
from ._messages import (
    REFUSALS,
    NodeAction,
    VehicleState,
    action,
    instant_message,
    order_message,
    read_connection,
    read_state,
)
from ._vehicles import Vehicle

Heard: TypeAlias = "asyncio.Queue[tuple[str, bytes]]"
_GONE = frozenset({"OFFLINE", "CONNECTIONBROKEN"})


class Broker(Protocol):
    """What is needed of a connection to the vehicle's broker; the MQTT connector is one."""

    def hearing(self, topics: Sequence[str]) -> AbstractAsyncContextManager[Heard]:
        """Hear every message of these topics while this is open."""
        ...

    async def say(self, topic: str, payload: bytes) -> WriteResult:
        """Publish bytes, QoS 0 as VDA 5050 asks (6.2)."""
        ...


class VehicleTalk:
    """Talks to vehicles; counts its messages by vehicle and topic, as headerId asks (6.4).

    Args:
        timeout_s: how long to wait for each answer.
    """

    def __init__(self, clock: Clock, timeout_s: float) -> None:
        self._clock = clock
        self._timeout_s = timeout_s
        self._counts: dict[str, int] = {}

    async def order(
        self,
        broker: Broker,
        vehicle: Vehicle,
        order_id: str,
        goal: str,
        via: Sequence[str],
        actions: Sequence[NodeAction],
        layout: Layout | None,
    ) -> dict[str, Any]:
        """Send an order to drive to `goal` and return what the vehicle accepted.

        The way is `via` where it is given, else the shortest one of the layout from where the vehicle stands.

        Raises:
            XushiError: `connectors.vehicle_silent` (nothing was sent), `connectors.vehicle_refused` with the reason,
                `OutcomeUnknown` where the order was sent and the vehicle says neither yes nor no.
        """
        async with self._listening(broker, vehicle) as heard:
            state = await self._state(broker, vehicle, heard)
            route = _route(state.lastNodeId, goal, via, layout, vehicle)
            edges = [layout.edge(a, b) if layout is not None else f"{a}-{b}" for a, b in pairwise(route)]
            told = [action(f"{order_id}-{index}", one) for index, one in enumerate(actions, start=1)]
            known = {_sign(error) for error in state.errors}
            await self._say(broker, vehicle, "order", order_message(order_id, route, edges, told), state.version)

            def judge(state: VehicleState) -> bool:
                if state.orderId == order_id:
                    return True
                for error in state.errors:
                    is_ours = error.concerns("orderId", order_id)
                    is_new = _sign(error) not in known and not error.errorReferences
                    if error.errorType in REFUSALS and (is_ours or is_new):
                        raise _refused(vehicle, error.errorType, error.errorDescription)
                return False

            await self._wait(heard, judge, vehicle, f"order {order_id}")
        return {"order_id": order_id, "route": route, "edges": edges, "actions": told}

    async def instant(self, broker: Broker, vehicle: Vehicle, action_id: str, wanted: NodeAction) -> dict[str, Any]:
        """Send an instant action and return once the vehicle has finished it; raises as `order` does."""
        async with self._listening(broker, vehicle) as heard:
            state = await self._state(broker, vehicle, heard)
            await self._say(broker, vehicle, "instantActions", instant_message(action_id, wanted), state.version)

            def judge(state: VehicleState) -> bool:
                for one in state.actionStates:
                    if one.actionId == action_id and one.actionStatus == "FAILED":
                        why = next((e for e in state.errors if e.concerns("actionId", action_id)), None)
                        last = why or (state.errors[-1] if state.errors else None)
                        told = one.resultDescription or (last.errorDescription if last else "")
                        raise _refused(vehicle, last.errorType if last else wanted.type, told)
                    if one.actionId == action_id and one.actionStatus == "FINISHED":
                        return True
                return False

            await self._wait(heard, judge, vehicle, wanted.type)
        return {"action_id": action_id, "type": wanted.type}

    # ---- the exchange
    @asynccontextmanager
    async def _listening(self, broker: Broker, vehicle: Vehicle) -> AsyncIterator[Heard]:
        async with broker.hearing([f"{vehicle.base}/state", f"{vehicle.base}/connection"]) as heard:
            yield heard

    async def _state(self, broker: Broker, vehicle: Vehicle, heard: Heard) -> VehicleState:
        """The vehicle's state now, asked for by the instant action stateRequest (6.8.2)."""
        request = instant_message(f"state-{self._clock.now_ns()}", NodeAction("stateRequest"))
        await self._say(broker, vehicle, "instantActions", request, "2.1.0")
        loop = asyncio.get_running_loop()
        end, gone = loop.time() + self._timeout_s, ""
        while (left := end - loop.time()) > 0:
            try:
                topic, payload = await asyncio.wait_for(heard.get(), left)
            except TimeoutError:
                break
            if topic.endswith("/connection"):
                gone = read_connection(payload)
            elif (state := read_state(payload)) is not None:
                return state
        reason = gone if gone in _GONE else f"no state within {self._timeout_s:g} s"
        raise XushiError("connectors.vehicle_silent", vehicle=vehicle.serial, reason=reason)

    async def _wait(self, heard: Heard, judge: Callable[[VehicleState], bool], vehicle: Vehicle, what: str) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + self._timeout_s
        while (left := end - loop.time()) > 0:
            try:
                topic, payload = await asyncio.wait_for(heard.get(), left)
            except TimeoutError:
                break
            state = read_state(payload) if topic.endswith("/state") else None
            if state is not None and judge(state):
                return
        raise OutcomeUnknown("kernel.outcome_unknown", what=f"{what} ({vehicle.serial})", timeout_s=self._timeout_s)

    async def _say(self, broker: Broker, vehicle: Vehicle, topic: str, body: dict[str, Any], version: str) -> None:
        address = f"{vehicle.base}/{topic}"
        count = self._counts.get(address, 0)
        self._counts[address] = count + 1
        at = datetime.fromtimestamp(self._clock.now_ns() / 1e9, UTC)
        head = {
            "headerId": count,
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z",
            "version": version,
            "manufacturer": vehicle.manufacturer,
            "serialNumber": vehicle.serial,
        }
        result = await broker.say(address, msgspec.json.encode({**head, **body}))
        if not result.is_good:
            raise XushiError("connectors.vehicle_silent", vehicle=vehicle.serial, reason=result.text)


def _route(start: str, goal: str, via: Sequence[str], layout: Layout | None, vehicle: Vehicle) -> list[str]:
    if via:
        return list(via) if via[0] == start else [start, *via]
    if layout is None:
        return [start] if start == goal else [start, goal]
    route = layout.way(start, layout.node_of(goal))
    if not route:
        raise _refused(vehicle, "noRouteError", f"{start} → {goal}")
    return route


def _sign(error: Any) -> tuple[str, str]:
    return error.errorType, error.errorDescription


def _refused(vehicle: Vehicle, kind: str, text: str) -> XushiError:
    return XushiError("connectors.vehicle_refused", vehicle=vehicle.serial, kind=kind, text=text)
