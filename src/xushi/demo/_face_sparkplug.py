"""The plant's Sparkplug B edge node: births with aliases, data at 10 Hz, deaths, rebirth, commands."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import DecodeError

from xushi.demo._line import EDGE, GROUP, LINE, Signal
from xushi.demo._mqtt import MqttClient, Will
from xushi.demo._physics import PlantModel
from xushi.demo._sparkplug import BOOLEAN, DOUBLE, INT64, STRING, Payload, get_value, put_value

_TYPES = {"double": DOUBLE, "int": INT64, "bool": BOOLEAN, "string": STRING}
NAMESPACE = "spBv1.0"
REBIRTH = "Node Control/Rebirth"


class SparkplugFace:
    """One edge node with a device for each machine that has fast sensors. `published` counts metrics sent."""

    def __init__(self, model: PlantModel, host: str, port: int) -> None:
        self.published = 0
        self._model = model
        self._signals = [signal for signal in LINE.signals if signal.protocol == "sparkplug"]
        self._devices: dict[str, list[Signal]] = {}
        for signal in self._signals:
            self._devices.setdefault(signal.machine, []).append(signal)
        self._alias = {signal.key: number for number, signal in enumerate(self._signals, start=10)}
        self._by_alias = {alias: key for key, alias in self._alias.items()}
        self._values: dict[str, Any] = {signal.key: None for signal in self._signals}
        self._seq = 0
        self._bd_seq = -1
        self._sequence = 0
        self._noise = model.random("power readings")
        self._client = MqttClient(
            host,
            port,
            f"xushi-demo-{EDGE}",
            will=self._make_will,
            on_connect=self._birth,
            on_message=self._command,
            subscribe=(self._topic("NCMD"), f"{self._topic('DCMD')}/+"),
        )

    async def start(self) -> None:
        self._sample()
        self._client.start()
        await self._client.connected()

    async def stop(self) -> None:
        """A planned end says NDEATH itself, since a clean disconnect publishes no will (chapter 5)."""
        self._client.publish(self._topic("NDEATH"), self._death(), qos=1)
        await self._client.stop()

    def publish(self) -> None:
        """One round: a DDATA message for each device with what has changed."""
        changed = self._sample()
        at_ms = self._model.loop.now_ns // 1_000_000
        for device, signals in self._devices.items():
            message = Payload(timestamp=at_ms, seq=0)
            for signal in signals:
                if signal.key in changed:
                    self._add(message, signal, at_ms, with_name=False)
            if message.metrics:
                self._send("DDATA", message, device)

    # -- births and deaths
    def _make_will(self) -> Will:
        self._bd_seq = (self._bd_seq + 1) % 256
        return Will(self._topic("NDEATH"), self._death(), qos=1)

    def _death(self) -> bytes:
        message = Payload(timestamp=self._model.loop.now_ns // 1_000_000)
        metric = message.metrics.add(name="bdSeq", datatype=INT64)
        metric.long_value = self._bd_seq
        return bytes(message.SerializeToString())

    def _birth(self) -> None:
        """NBIRTH and then a DBIRTH for each device, with names, aliases, types, units and present values."""
        at_ms = self._model.loop.now_ns // 1_000_000
        self._seq = 0
        node = Payload(timestamp=at_ms)
        for name, datatype, value in (
            ("bdSeq", INT64, self._bd_seq),
            (REBIRTH, BOOLEAN, False),
            ("Properties/Plant", STRING, LINE.name.en),
        ):
            put_value(node.metrics.add(name=name, timestamp=at_ms, datatype=datatype), datatype, value)
        self._send("NBIRTH", node, "")
        for device, signals in self._devices.items():
            message = Payload(timestamp=at_ms)
            for signal in signals:
                self._add(message, signal, at_ms, with_name=True)
            self._send("DBIRTH", message, device)

    def _add(self, message: Any, signal: Signal, at_ms: int, *, with_name: bool) -> None:
        datatype = _TYPES[signal.type]
        metric = message.metrics.add(alias=self._alias[signal.key], timestamp=at_ms)
        if with_name:
            metric.name = signal.pointer[0]
            metric.datatype = datatype
            if signal.unit:
                metric.properties.keys.append("engUnit")
                metric.properties.values.add(type=STRING, string_value=signal.unit)
        value = self._values[signal.key]
        if value is None:
            metric.is_null = True
        else:
            put_value(metric, datatype, value)

    def _send(self, kind: str, message: Any, device: str) -> None:
        message.seq = self._seq
        topic = f"{self._topic(kind)}/{device}" if device else self._topic(kind)
        if self._client.publish(topic, message.SerializeToString()):
            self._seq = (self._seq + 1) % 256
            self.published += len(message.metrics)

    def _topic(self, kind: str) -> str:
        return f"{NAMESPACE}/{GROUP}/{kind}/{EDGE}"

    # -- commands
    def _command(self, topic: str, payload: bytes) -> None:
        """NCMD may ask for a rebirth; DCMD sets writable metrics, by name or by alias."""
        try:
            message = Payload.FromString(payload)
        except DecodeError:
            return  # not Sparkplug: the specification lets a node ignore it
        parts = topic.split("/")
        for metric in message.metrics:
            value = get_value(metric)
            if parts[2] == "NCMD":
                if metric.name == REBIRTH and value is True:
                    self._birth()
            elif isinstance(value, int | float) and not isinstance(value, bool):
                name = metric.name.replace("/", ".")
                key = f"{parts[4]}.{name}" if name else self._by_alias.get(metric.alias, "")
                self._model.write(key, float(value))

    # -- values
    def _sample(self) -> set[str]:
        """Reads all sensors now; returns the keys that changed."""
        model, fresh = self._model, {}
        self._sequence += 1
        for id, sensors in model.sensors.items():
            prefix = id + "."
            for path, value in zip(sensors.paths, sensors.sample(), strict=True):
                fresh[prefix + path] = value
        for signal in self._signals:
            if signal.path == "Energy.Power" and signal.machine in model.accounts:
                fresh[signal.key] = self._reading(model.accounts[signal.machine].power_kw)
        fresh["EM1.Energy.Power"] = self._reading(model.power_kw)
        fresh["PLC1.Soak.Sequence"] = self._sequence
        fresh.update(self._compressor())
        fresh.update(self._mains())
        changed = {key for key, value in fresh.items() if self._values.get(key) != value}
        self._values.update(fresh)
        return changed

    def _reading(self, power_kw: float) -> float:
        """A meter reads within half a percent of the truth."""
        return round(max(0.0, power_kw * (1.0 + self._noise.gauss(0.0, 0.004))), 4)

    def _compressor(self) -> dict[str, float]:
        air, gauss = self._model.compressor, self._noise.gauss
        return {
            "CMP1.Sensors.Pressure": round(air.pressure_bar + gauss(0.0, 0.004), 4),
            "CMP1.Sensors.Flow": round(max(0.0, air.flow_m3_min + (gauss(0.0, 0.02) if air.is_loaded else 0.0)), 4),
            "CMP1.Sensors.OilTemperature": round(air.oil_celsius + gauss(0.0, 0.03), 3),
            "CMP1.Sensors.VibrationX": round(abs(gauss(4.2 if air.is_loaded else 1.6, 0.25)), 4),
            "CMP1.PressureLow": air.low_bar,
            "CMP1.PressureHigh": air.high_bar,
        }

    def _mains(self) -> dict[str, float]:
        gauss, sag = self._noise.gauss, 0.03 * self._model.power_kw
        return {
            "EM1.Sensors.VoltageL1": round(231.4 - sag + gauss(0.0, 0.15), 3),
            "EM1.Sensors.VoltageL2": round(230.6 - sag + gauss(0.0, 0.15), 3),
            "EM1.Sensors.VoltageL3": round(231.0 - sag + gauss(0.0, 0.15), 3),
            "EM1.Sensors.Frequency": round(50.0 + gauss(0.0, 0.008), 4),
            "EM1.Sensors.PowerFactor": round(0.91 + gauss(0.0, 0.003), 4),
        }
