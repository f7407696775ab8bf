"""The plant's Sparkplug B edge node, heard by paho and decoded by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from plant_sockets import START_NS, Listener, LivePlant, live_plant, read_protobuf, until

from xushi.demo._line import LINE
from xushi.demo._sparkplug import BOOLEAN, DOUBLE, Payload

DEVICES = {signal.machine for signal in LINE.signals if signal.protocol == "sparkplug"}


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivePlant]:
    async with live_plant(tmp_path_factory.mktemp("plant"), speed=1.0) as running:
        yield running


def payload(data: bytes) -> tuple[dict[int, Any], list[dict[int, Any]]]:
    """A payload's own fields, and its metrics' fields by field number."""
    fields = read_protobuf(data)
    metrics = [dict(read_protobuf(value)) for number, value in fields if number == 2]
    return {number: value for number, value in fields if number != 2}, metrics


async def births(listener: Listener, plant: LivePlant) -> dict[str, list[dict[int, Any]]]:
    """Asks for a rebirth and returns each device's birth metrics."""
    command = Payload(timestamp=1)
    command.metrics.add(name="Node Control/Rebirth", datatype=BOOLEAN, boolean_value=True)
    listener.say("spBv1.0/Demo/NCMD/Line1", command.SerializeToString())
    await until(lambda: len(listener.of("/DBIRTH/")) >= len(DEVICES), plant)
    found = [(t, p) for t, p, _ in listener.heard if "/DBIRTH/" in t]
    return {topic.rsplit("/", 1)[1]: payload(data)[1] for topic, data in found}


async def test_a_rebirth_names_every_metric_once_with_alias_and_type(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "spBv1.0/#") as listener:
        born = await births(listener, plant)
        assert set(born) == DEVICES
        metrics = [metric for each in born.values() for metric in each]
        assert len(metrics) == sum(s.protocol == "sparkplug" for s in LINE.signals) >= 100
        assert len({metric[2] for metric in metrics}) == len(metrics), "aliases are unique in the edge node"
        assert all(metric[1] and metric[4] for metric in metrics)
        own, node = payload(listener.of("/NBIRTH/")[-1])
        assert own[3] == 0, "seq of NBIRTH is zero"
        assert {b"bdSeq", b"Node Control/Rebirth"} <= {metric[1] for metric in node}


async def test_data_carry_aliases_only_and_seq_counts_without_a_gap(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "spBv1.0/#") as listener:
        born = await births(listener, plant)
        known = {metric[2] for each in born.values() for metric in each}
        await plant.go_on(2.0)
        await until(lambda: len(listener.of("/DDATA/")) >= 10 * len(DEVICES), plant)
        everything = [(t, payload(data)) for t, data, _ in list(listener.heard)]
        start = max(index for index, (topic, _) in enumerate(everything) if "/NBIRTH/" in topic)
        sequence = [own[3] for _, (own, _) in everything[start:]]
        assert sequence == [index % 256 for index in range(len(sequence))]
        for topic, (_, metrics) in everything[start:]:
            if "/DDATA/" in topic:
                assert all(1 not in metric and metric[2] in known for metric in metrics)


async def test_sensor_values_carry_plant_time_and_stay_within_their_limits(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "spBv1.0/#") as listener:
        born = await births(listener, plant)
        alias = {m[2]: f"{d}.{m[1].decode().replace('/', '.')}" for d, each in born.items() for m in each}
        limits = {s.key: (s.low, s.high) for s in LINE.signals}
        await plant.go_on(30.0)
        seen = [metric for data in listener.of("/DDATA/") for metric in payload(data)[1]]
        assert len({metric[2] for metric in seen}) > 100
        for metric in seen:
            assert metric[3] >= START_NS // 1_000_000
            low, high = limits[alias[metric[2]]]
            value = metric.get(13)
            if value is not None and low is not None:
                assert low - 10.0 <= value <= (high or 1e9) * 1.05, alias[metric[2]]


async def test_a_command_sets_the_compressors_pressure_by_name_and_by_alias(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "spBv1.0/#") as listener:
        born = await births(listener, plant)
        alias = next(m[2] for m in born["CMP1"] if m[1] == b"PressureHigh")
        command = Payload(timestamp=1)
        command.metrics.add(name="PressureLow", datatype=DOUBLE, double_value=6.1)
        command.metrics.add(alias=alias, datatype=DOUBLE, double_value=8.2)
        command.metrics.add(name="Sensors/Pressure", datatype=DOUBLE, double_value=99.0)
        listener.say("spBv1.0/Demo/DCMD/Line1/CMP1", command.SerializeToString())
        await until(lambda: plant.model.compressor.high_bar == 8.2, plant)
        assert plant.model.compressor.low_bar == 6.1
        assert plant.model.compressor.pressure_bar < 10.0, "a sensor cannot be written"
        await until(lambda: any(m.get(13) == 8.2 for d in listener.of("/DDATA/") for m in payload(d)[1]), plant)


async def test_nonsense_commands_are_ignored(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "spBv1.0/#") as listener:
        listener.say("spBv1.0/Demo/DCMD/Line1/CMP1", b"\xff\xff\xff")
        listener.say("spBv1.0/Demo/NCMD/Line1", b"")
        assert await births(listener, plant)


async def test_a_broken_connection_lets_the_broker_publish_the_will_and_is_born_again(
    plant: LivePlant,
) -> None:
    with Listener(plant.runner.mqtt_port, "spBv1.0/#") as listener:
        await births(listener, plant)
        count = len(listener.of("/NBIRTH/"))
        writer = plant.runner._sparkplug._client._writer
        assert writer is not None
        writer.transport.abort()
        await until(lambda: listener.of("/NDEATH/") and len(listener.of("/NBIRTH/")) > count, plant)
        bd_seq = [m[11] for data in listener.of("/NBIRTH/") for m in payload(data)[1] if m[1] == b"bdSeq"]
        assert bd_seq[-1] == bd_seq[-2] + 1


async def test_the_end_says_ndeath_with_the_births_bdseq(plant: LivePlant) -> None:
    with Listener(plant.runner.mqtt_port, "spBv1.0/#") as listener:
        await births(listener, plant)
        await plant.runner._sparkplug.stop()
        await until(lambda: listener.of("/NDEATH/"))
        _, death = payload(listener.of("/NDEATH/")[-1])
        _, birth = payload(listener.of("/NBIRTH/")[-1])
        assert [m[11] for m in death if m[1] == b"bdSeq"] == [m[11] for m in birth if m[1] == b"bdSeq"]
        await plant.runner._sparkplug.start()
