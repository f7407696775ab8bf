"""The plant's OPC UA server, seen by asyncua's client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from asyncua import Client, ua
from asyncua.crypto.cert_gen import setup_self_signed_certificate
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from cryptography.x509.oid import ExtendedKeyUsageOID
from plant_sockets import LivePlant, live_plant, until

from xushi.demo._line import LINE, NAMESPACE

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plant(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivePlant]:
    async with live_plant(tmp_path_factory.mktemp("plant")) as running:
        yield running


async def node_maker(client: Client) -> Any:
    index = await client.get_namespace_index(NAMESPACE)
    return lambda identifier: client.get_node(ua.NodeId(identifier, index))


class Changes:
    """Keeps data changes as (node, value, source time)."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any, datetime]] = []

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        self.seen.append((node.nodeid.Identifier, value, data.monitored_item.Value.SourceTimestamp))


async def test_every_described_node_reads_well_with_plant_time(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        node = await node_maker(client)
        signals = [signal for signal in LINE.signals if signal.protocol == "opcua"]
        values = await client.read_attributes([node(signal.address) for signal in signals])
        now = datetime.fromtimestamp(plant.model.loop.now_ns / 1e9, UTC)
        for signal, value in zip(signals, values, strict=True):
            assert value.StatusCode.is_good(), signal.key
            assert value.SourceTimestamp <= now, signal.key
            assert value.Value.is_array == signal.type.endswith("[]"), signal.key


async def test_changes_arrive_each_once_and_in_order_with_rising_source_time(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        node, changes = await node_maker(client), Changes()
        subscription = await client.create_subscription(50, changes)
        await subscription.subscribe_data_change([node("PLC1.Heartbeat"), node("OP40.State")], queuesize=200)
        first = plant.model.values.current["PLC1.Heartbeat"]
        await plant.go_on(3.0)
        last = plant.model.values.current["PLC1.Heartbeat"]
        await until(lambda: any(v == last for n, v, _ in changes.seen if n == "PLC1.Heartbeat"))
        beats = [(value, at) for name, value, at in changes.seen if name == "PLC1.Heartbeat"]
        assert [value for value, _ in beats] == list(range(first, last + 1))
        assert [at for _, at in beats] == sorted(at for _, at in beats)
        assert last - first >= 59, "three seconds at twenty-fold speed are a minute of the plant"


async def test_a_written_set_point_reaches_the_physics_and_comes_back(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        target = (await node_maker(client))("OP40.TorqueTarget")
        await target.write_value(92.5)
        await plant.go_on(0.1)
        assert plant.model.stations["OP40"].setpoints.torque_target_nm == 92.5
        assert await target.read_value() == 92.5


@pytest.mark.parametrize(
    ("identifier", "value", "status"),
    [
        ("OP40.TorqueTarget", 500.0, ua.StatusCodes.BadOutOfRange),
        ("OP40.TorqueTarget", "much", ua.StatusCodes.BadTypeMismatch),
        ("OP40.State", 3, ua.StatusCodes.BadUserAccessDenied),
    ],
)
async def test_a_wrong_write_is_refused_with_the_reason(
    plant: LivePlant, identifier: str, value: Any, status: int
) -> None:
    async with Client(plant.opcua) as client:
        node = (await node_maker(client))(identifier)
        before = await node.read_value()
        with pytest.raises(ua.UaStatusCodeError) as refused:
            await node.write_value(value)
        assert refused.value.code == status
        assert await node.read_value() == before


async def test_methods_stop_and_start_a_station(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        node = await node_maker(client)
        station = node("OP30")
        await station.call_method(node("OP30.Reset").nodeid)  # a failure that stands would hide the stop
        await station.call_method(node("OP30.Stop").nodeid)
        await plant.go_on(0.1)
        assert await node("OP30.Detail").read_value() == 4
        assert await node("OP30.State").read_value() == 2
        text = await node("OP30.MachineryBuildingBlocks.MachineryItemState.CurrentState").read_value()
        assert text.Text == "Not executing"
        await station.call_method(node("OP30.Start").nodeid)
        await plant.go_on(0.1)
        assert await node("OP30.Detail").read_value() != 4


async def test_job_orders_are_taken_in_sequence_and_stamp_the_engines(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        node = await node_maker(client)
        plc, store = node("PLC1"), node("PLC1.StoreAndStartJobOrder").nodeid

        def sent(id: str, quantity: int) -> Any:
            values = (ua.Variant(id), ua.Variant("E15"), ua.Variant(quantity, ua.VariantType.Int64))
            return plc.call_method(store, *values)

        await sent("CO-1", 1)
        await sent("CO-2", 2)
        with pytest.raises(ua.UaStatusCodeError) as refused:
            await sent("CO-2", 2)
        assert refused.value.code == ua.StatusCodes.BadInvalidState
        await plant.go_on(0.1)
        assert await node("PLC1.JobOrders.List").read_value() == ["CO-1", "CO-2"]
        for _ in range(200):
            if await node("OP10.JobOrder").read_value() == "CO-2":
                break
            await plant.go_on(0.5)
        assert await node("OP10.JobOrder").read_value() == "CO-2"
        assert await node("PLC1.JobOrders.Released").read_value() == [1, 1]
        await plc.call_method(node("PLC1.ClearJobOrder").nodeid, "CO-2")


async def test_answering_without_a_question_is_refused(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        node = await node_maker(client)
        with pytest.raises(ua.UaStatusCodeError) as refused:
            await node("OP70").call_method(node("OP70.AnswerPokaYoke").nodeid)
        assert refused.value.code == ua.StatusCodes.BadInvalidState


async def test_a_wrong_part_is_answered_over_the_wire(plant: LivePlant) -> None:
    station, stock = plant.model.stations["OP70"], plant.model.stocks["OP70"]
    station._operators_answer = False
    tray = stock.trays[0]
    for unit in range(1, tray.left + 1):
        tray.wrong[unit] = ("E15-7001", "E15-5001")
    async with Client(plant.opcua) as client:
        node = await node_maker(client)
        for _ in range(200):
            if await node("OP70.PokaYoke.Stopped").read_value():
                break
            await plant.go_on(0.5)
        assert await node("OP70.PokaYoke.Found").read_value() == "E15-5001"
        assert await node("OP70.Alarm.Code").read_value() == 300
        held = await node("OP70.CurrentEngine").read_value()
        await node("OP70").call_method(node("OP70.AnswerPokaYoke").nodeid)
        await plant.go_on(0.1)
        assert not await node("OP70.PokaYoke.Stopped").read_value()
        assert await node("OP70.Detail").read_value() == 0
        assert await node("OP70.CurrentEngine").read_value() == held


async def test_units_are_told_as_unece_codes(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        node = (await node_maker(client))("OP40.TorqueTarget")
        unit = await (await node.get_child("0:EngineeringUnits")).read_value()
        assert unit.DisplayName.Text == "N.m"
        assert unit.UnitId == int.from_bytes(b"NU", "big")


async def test_a_signed_and_encrypted_session_opens(plant: LivePlant, tmp_path: Path) -> None:
    key, certificate = tmp_path / "client.pem", tmp_path / "client.der"
    await setup_self_signed_certificate(
        key,
        certificate,
        "urn:test:client",
        "localhost",
        [ExtendedKeyUsageOID.CLIENT_AUTH],
        {"commonName": "test"},
    )
    for mode in (ua.MessageSecurityMode.Sign, ua.MessageSecurityMode.SignAndEncrypt):
        client = Client(plant.opcua)
        client.application_uri = "urn:test:client"
        await client.set_security(SecurityPolicyBasic256Sha256, str(certificate), str(key), mode=mode)
        async with client:
            node = await node_maker(client)
            assert await node("OP10.State").read_value() in (1, 2, 3)


async def test_traces_of_a_bolting_arrive_as_arrays(plant: LivePlant) -> None:
    async with Client(plant.opcua) as client:
        node = await node_maker(client)
        engine = await node("OP40.TorqueAngle.Engine").read_value()
        for _ in range(100):
            if await node("OP40.TorqueAngle.Engine").read_value() != engine:
                break
            await plant.go_on(0.5)
            await asyncio.sleep(0)
        angles = await node("OP40.TorqueAngle.Bolt01.Angle").read_value()
        torques = await node("OP40.TorqueAngle.Bolt01.Torque").read_value()
        assert len(angles) == len(torques)
        assert 50 <= len(angles) <= 256
        assert torques[-1] == (await node("OP40.TorqueAngle.FinalTorque").read_value())[0]
