"""The Modbus TCP connector: registers are read in blocks on a fixed beat, and written one command at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from xushi.kernel import Clock, NoAnswer, Reason, plain_reason
from xushi.signals import BAD_NO_DATA, Kind, quality_name

from ._backoff import Backoff
from ._columns import Columns
from ._link import Link, Point, Sink, StatusListener, WriteResult
from ._modbus_blocks import Placed, Reader, gather
from ._modbus_explore import SETUP, ModbusExplorer, form
from ._modbus_registers import PORT, Register, encode, place, register_of
from ._modbus_request import (
    BAD_COMMUNICATION_ERROR,
    BAD_NODE_ID_INVALID,
    BAD_NOT_SUPPORTED,
    BAD_TIMEOUT,
    meaning,
    request_words,
)
from ._outage import Outage
from ._placement import Placement
from ._polling import Beats, Changes, period_s
from ._reporter import LinkReporter

REQUEST_TIMEOUT_S = 2.0
RETRY_ADDRESS_S = 15.0

BAD_SERVER_NOT_CONNECTED = 0x800D_0000
BAD_NOT_WRITABLE = 0x803B_0000
BAD_TYPE_MISMATCH = 0x8074_0000

logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)  # it repeats as text what we report as state


class ModbusConnector:
    """Serves one Modbus TCP device, or a gateway with several units behind it.

    Point address: `<unit>/<entity>/<address from 0>`. Point options: `type`, `quantity`, `bit`, `scale`, `offset`,
    `high_byte_first`, `high_word_first`, `polling_ms` (1000). Only what changed is handed on, at the time when
    the device's answer arrived: Modbus knows no time of its own.

    A unit that refuses or is silent makes its own points Bad; the others and the connection are not affected. An
    address that the device does not have is asked for again every 15 s only.
    """

    protocol = "modbus"
    schemes = ("modbus+tcp", "modbus")
    setup = SETUP
    place = staticmethod(place)
    form = staticmethod(form)

    @staticmethod
    def explorer(endpoint: str, settings: dict[str, Any], data_dir: Path, clock: Clock) -> ModbusExplorer:
        """Return an explorer for a device; see `Explorable`."""
        return ModbusExplorer(endpoint, settings, clock)

    @staticmethod
    def prove(placement: Placement, kind: Kind) -> None:
        """Raise a ValueError where no register is meant; see `Explorable`."""
        register_of(Point(0, "", placement.address, kind, options=placement.options))

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._clock = clock
        self._client: AsyncModbusTcpClient | None = None

    async def run(self, link: Link, sink: Sink, status: StatusListener) -> None:
        """Serve the link until cancelled; see `Connector.run`."""
        self._report = LinkReporter(link.id, self._clock, status)
        self._sink = sink
        self._outage = Outage([point.signal for point in link.points])
        self._changes = Changes([point.signal for point in link.points], [point.kind for point in link.points])
        self._plan(link.points)
        backoff = Backoff()
        telling = asyncio.create_task(self._report.tell_regularly())
        try:
            while True:
                try:
                    await self._serve(link, backoff)
                except (OSError, TimeoutError, ModbusException, ValueError) as error:
                    is_new = self._report.status.state == "live"
                    text = "connectors.lost" if is_new else "connectors.unreachable"
                    self._mark_lost(text, plain_reason(link.endpoint, error))
                await asyncio.sleep(backoff.next_delay_s())
        finally:
            telling.cancel()
            self._mark_lost("connectors.stopped", "")

    def _plan(self, points: Sequence[Point]) -> None:
        """Settle the blocks of each polling period, and which points name no place."""
        by_period: dict[float, list[Placed]] = {}
        self._unplaced: list[tuple[Point, str]] = []
        for point in points:
            try:
                register = register_of(point)
            except (ValueError, TypeError) as error:
                self._unplaced.append((point, str(error)))
            else:
                by_period.setdefault(period_s(point.options.get("polling_ms")), []).append((point, register))
        self._readers = {period: [Reader(block) for block in gather(placed)] for period, placed in by_period.items()}

    async def _serve(self, link: Link, backoff: Backoff) -> None:
        """Hold one connection until it is lost; always ends by an exception."""
        address = urlsplit(link.endpoint)
        lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_connection(is_up: bool) -> None:
            if not is_up and not lost.done():
                lost.set_exception(ConnectionResetError("the device closed the connection"))

        client = AsyncModbusTcpClient(
            address.hostname or "",
            port=address.port or PORT,
            reconnect_delay=0,
            timeout=float(link.security.get("timeout_s", REQUEST_TIMEOUT_S)),
            retries=0,
            trace_connect=on_connection,
        )
        if not await client.connect():
            raise NoAnswer
        polling = asyncio.create_task(self._poll(client, backoff))
        try:
            await asyncio.wait([polling, lost], return_when=asyncio.FIRST_COMPLETED)
            (lost if lost.done() else polling).result()
        finally:
            self._client = None
            polling.cancel()
            client.close()
            await asyncio.gather(polling, return_exceptions=True)
            if lost.done():
                lost.exception()

    async def _poll(self, client: AsyncModbusTcpClient, backoff: Backoff) -> None:
        """Read on every beat; the connection counts as live once the device has answered anything at all."""
        self._changes.forget()
        self._tell_unplaced()
        beats = Beats(self._readers)
        while self._readers:
            period = await beats.next()
            columns = Columns()
            has_answered = False
            now_s = asyncio.get_running_loop().time()
            for reader in list(self._readers[period]):
                if now_s >= reader.rests_until_s:
                    has_answered |= await self._read(client, reader, period, columns)
            if has_answered and self._client is None:
                self._client = client
                backoff.reset()
                self._outage.is_lost = False
                self._report.error = ""
                self._report.enter("live", "connectors.connected")
            self._hand_on(columns)
        self._client = client
        self._report.enter("live", "connectors.connected")
        await asyncio.Event().wait()

    def _tell_unplaced(self) -> None:
        columns, now_ns = Columns(), self._clock.now_ns()
        for point, reason in self._unplaced:
            self._report.refuse(reason)
            columns.add(point.kind, point.signal, now_ns, None, BAD_NODE_ID_INVALID)
        self._hand_on(columns)

    def _hand_on(self, columns: Columns) -> None:
        if len(columns):
            frame = self._changes.fresh(columns.take(self._clock.now_ns()))
            if len(frame):
                self._outage.observe(frame.times_ns)
                self._report.updates += len(frame)
                self._sink(frame)

    async def _read(self, client: AsyncModbusTcpClient, reader: Reader, period: float, columns: Columns) -> bool:
        """Read one block into `columns`; say whether the device answered."""
        block = reader.block
        words, status, reason = await request_words(client, block.unit, block.entity, block.start, block.count)
        now_ns = self._clock.now_ns()
        if words is not None:
            refused = reader.read(words, columns, now_ns)
            if refused:
                self._report.refuse("values of a type that their signals cannot take", refused)
            return True
        is_missing = status in (0x8034_0000, 0x803C_0000)
        if is_missing and len(block.members) > 1:
            # one address the device lacks must not take its neighbours along: read each on its own from now on
            place = self._readers[period].index(reader)
            alone = [Reader(one) for one in block.apart()]
            self._readers[period][place : place + 1] = alone
            for one in alone:
                await self._read(client, one, period, columns)
            return True
        if is_missing:
            reader.rests_until_s = asyncio.get_running_loop().time() + RETRY_ADDRESS_S
        for point, _ in block.members:
            columns.add(point.kind, point.signal, now_ns, None, status if status >> 31 else BAD_NO_DATA)
        self._report.refuse(f"{block.unit}/{block.entity}/{block.start}: {reason}", len(block.members))
        return status != BAD_TIMEOUT

    def _mark_lost(self, text: str, reason: Reason) -> None:
        gap = self._outage.mark(self._clock.now_ns())
        if gap is not None:
            self._sink(gap)
        self._report.enter("lost", text, reason)

    # Values out

    async def write(self, point: Point, value: Any) -> WriteResult:
        """Write one value and return the device's answer as a status."""
        if not point.writable:
            return WriteResult(BAD_NOT_WRITABLE, "this point may only be read")
        client = self._client
        if client is None or not client.connected:
            return WriteResult(BAD_SERVER_NOT_CONNECTED, "not connected to the device")
        try:
            register = register_of(point)
            if register.entity in ("DiscreteInput", "InputRegister"):
                return WriteResult(BAD_NOT_WRITABLE, f"a {register.entity} may only be read")
            answer = await _send(client, register, value)
        except (ValueError, TypeError, OverflowError) as error:
            return WriteResult(BAD_TYPE_MISMATCH, str(error))
        except ModbusException:
            return WriteResult(BAD_TIMEOUT, "the device did not answer in time")
        except OSError as error:
            return WriteResult(BAD_COMMUNICATION_ERROR, str(error))
        return WriteResult(*meaning(answer)) if answer.isError() else WriteResult(0, quality_name(0))

    async def call(self, address: str, arguments: Sequence[Any]) -> WriteResult:
        """Modbus has no methods."""
        return WriteResult(BAD_NOT_SUPPORTED, "a Modbus device has no methods")


async def _send(client: AsyncModbusTcpClient, register: Register, value: Any) -> Any:
    """Write with the smallest function that does it (05, 06, 15, 16; 22 for one bit of a register)."""
    unit, address = register.unit, register.address
    if register.bit is not None:
        mask = 1 << register.bit
        is_on = encode(Register(unit, "Coil", address, 1, "bool"), value)[0]
        return await client.mask_write_register(
            address=address, and_mask=0xFFFF & ~mask, or_mask=mask if is_on else 0, device_id=unit
        )
    words = encode(register, value)
    if register.is_bits:
        truths = [bool(word) for word in words]
        if len(truths) == 1:
            return await client.write_coil(address, truths[0], device_id=unit)
        return await client.write_coils(address, truths, device_id=unit)
    if len(words) == 1:
        return await client.write_register(address, words[0], device_id=unit)
    return await client.write_registers(address, words, device_id=unit)
