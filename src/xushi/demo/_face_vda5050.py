"""The vehicles on MQTT as VDA 5050 asks: state, pose, connection with last will, orders, actions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from xushi.demo._line import AGV_TOPIC
from xushi.demo._mqtt import MqttClient, Will
from xushi.demo._physics import PlantModel
from xushi.demo._vda5050 import (
    Headers,
    InstantActions,
    factsheet,
    order_message,
    position,
    read_order,
    state,
)
from xushi.demo._vehicle import Order, Vehicle

_encode = msgspec.json.encode


class VehicleFace:
    """One vehicle's connection. `published` counts its messages, `messages` those of each topic."""

    def __init__(self, vehicle: Vehicle, model: PlantModel, host: str, port: int) -> None:
        self.published = 0
        self.messages: Counter[str] = Counter()
        self._vehicle, self._model = vehicle, model
        self._headers = Headers(vehicle.id)
        self._topic = f"{AGV_TOPIC}/{vehicle.id}"
        self._last_look: dict[str, Any] = {}
        self._has_news = True
        self._instant: list[dict[str, Any]] = []
        vehicle.on_event = self._note
        self._client = MqttClient(
            host,
            port,
            f"xushi-demo-{vehicle.id}",
            will=self._will,
            on_connect=self._greet,
            on_message=self._hear,
            subscribe=(f"{self._topic}/order", f"{self._topic}/instantActions"),
        )

    async def start(self) -> None:
        self._client.start()
        await self._client.connected()

    async def stop(self) -> None:
        self._say_connection("OFFLINE")
        await self._client.stop()

    def publish_state(self, *, always: bool) -> None:
        """The state when something happened, or in any case (at least every 30 s, 6.10)."""
        if not (always or self._has_news):
            return
        self._has_news = False
        body = state(self._vehicle)
        body["actionStates"] = [*body["actionStates"], *self._instant]
        self._instant.clear()
        self._say("state", body)

    def publish_look(self) -> None:
        """The pose for displays, when it has changed."""
        look = position(self._vehicle)
        if look != self._last_look:
            self._last_look = look
            self._say("visualization", look)

    def _note(self) -> None:
        self._has_news = True

    def _greet(self) -> None:
        self._say_connection("ONLINE")
        self._say("factsheet", factsheet(self._vehicle), retain=True)
        self._last_look = {}
        self._has_news = True

    def _will(self) -> Will:
        body = self._headers.next("connection", self._model.loop.now_ns)
        payload = _encode({**body, "connectionState": "CONNECTIONBROKEN"})
        return Will(f"{self._topic}/connection", payload, qos=1, retain=True)

    def _say_connection(self, word: str) -> None:
        self._say("connection", {"connectionState": word}, qos=1, retain=True)

    def _say(self, kind: str, body: dict[str, Any], *, qos: int = 0, retain: bool = False) -> None:
        head, topic = self._headers.next(kind, self._model.loop.now_ns), f"{self._topic}/{kind}"
        if self._client.publish(topic, _encode({**head, **body}), qos=qos, retain=retain):
            self.published += 1
            self.messages[topic] += 1

    # -- what others ask
    def _hear(self, topic: str, payload: bytes) -> None:
        try:
            if topic.endswith("/order"):
                self._take_order(payload)
            else:
                for action in msgspec.json.decode(payload, type=InstantActions).actions:
                    self._act(action.actionId, action.actionType)
        except msgspec.DecodeError as error:
            self._vehicle.add_error("validationError", str(error)[:200])

    def _take_order(self, payload: bytes) -> None:
        order = read_order(payload)
        held = self._vehicle.errand
        refusal = self._vehicle.accept(order)
        if refusal:
            why = f", since order {held.order.id} is not finished" if held else ""
            told = f"order {order.id} update {order.update} refused{why}"
            self._vehicle.add_error(refusal, told, orderId=order.id)

    def _act(self, action_id: str, kind: str) -> None:
        vehicle = self._vehicle
        done = True
        if kind == "startPause":
            vehicle.pause()
        elif kind == "stopPause":
            vehicle.resume()
        elif kind == "cancelOrder":
            done = vehicle.cancel()
            if not done:
                vehicle.add_error("noOrderToCancel", "there is no order", actionId=action_id)
        elif kind == "factsheetRequest":
            self._say("factsheet", factsheet(vehicle), retain=True)
        elif kind != "stateRequest":
            done = False
            vehicle.add_error("instantActionError", f"{kind} is not supported", actionId=action_id)
        self._instant.append(
            {"actionId": action_id, "actionType": kind, "actionStatus": "FINISHED" if done else "FAILED"}
        )
        self._has_news = True


class FleetFace:
    """The fleet control's own connection: its orders travel over MQTT like anybody's."""

    def __init__(self, model: PlantModel, host: str, port: int) -> None:
        self.published = 0
        self.messages: Counter[str] = Counter()
        self._model = model
        self._headers = {id: Headers(id) for id in model.vehicles}
        self._client = MqttClient(host, port, "xushi-demo-fleet")

    async def start(self) -> None:
        self._client.start()
        await self._client.connected()
        self._model.fleet.send = self._send

    async def stop(self) -> None:
        await self._client.stop()

    def _send(self, vehicle: str, order: Order) -> None:
        head = self._headers[vehicle].next("order", self._model.loop.now_ns)
        payload, topic = _encode({**head, **order_message(order)}), f"{AGV_TOPIC}/{vehicle}/order"
        if self._client.publish(topic, payload):
            self.published += 1
            self.messages[topic] += 1
