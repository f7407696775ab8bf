"""pymodbus's server with one device of four entities and one of a few registers, as a gateway shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice


def device(unit: int = 1) -> SimDevice:
    coils = [SimData(0, values=[True, False, True] + [False] * 13, datatype=DataType.BITS)]
    inputs = [SimData(0, values=[False, True] + [False] * 14, datatype=DataType.BITS)]
    holding = [
        SimData(0, values=[7, 65_535, 0b1000_0000_0000_0010], datatype=DataType.REGISTERS),
        SimData(3, values=[1234], datatype=DataType.REGISTERS),
        SimData(4, values=21.5, datatype=DataType.FLOAT32),
        SimData(6, values=-(2**40), datatype=DataType.INT64),
        SimData(10, values=3.25, datatype=DataType.FLOAT64),
        # 21.5 is 0x41AC 0x0000 in two registers: here with the low word first, then with the low byte first
        SimData(14, values=[0x0000, 0x41AC], datatype=DataType.REGISTERS),
        SimData(16, values=[0xAC41, 0x0000], datatype=DataType.REGISTERS),
        SimData(18, values="OP 40", datatype=DataType.STRING),
        SimData(21, values=[1, 2, 3], datatype=DataType.REGISTERS),
        SimData(24, values=70_000, datatype=DataType.UINT32),
        SimData(100, values=[5] * 10, datatype=DataType.REGISTERS),
    ]
    measured = [SimData(0, values=[42, 43], datatype=DataType.REGISTERS)]
    return SimDevice(unit, simdata=(coils, inputs, holding, measured))


@asynccontextmanager
async def serving(port: int, requests: list[Any] | None = None) -> AsyncIterator[ModbusTcpServer]:
    def trace(sending: bool, pdu: Any) -> Any:
        if requests is not None and not sending:
            requests.append(pdu)
        return pdu

    other = SimDevice(2, simdata=[SimData(0, values=[99], datatype=DataType.REGISTERS)])
    server = ModbusTcpServer([device(), other], address=("127.0.0.1", port), trace_pdu=trace)
    await server.serve_forever(background=True)
    try:
        yield server
    finally:
        await server.shutdown()
