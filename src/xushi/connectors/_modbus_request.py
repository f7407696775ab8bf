"""One Modbus request for a run of registers, and what a device's exceptions mean in OPC UA status codes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from ._modbus_registers import Entity

BAD_COMMUNICATION_ERROR = 0x8005_0000
BAD_TIMEOUT = 0x800A_0000
BAD_NODE_ID_INVALID = 0x8033_0000
BAD_NOT_SUPPORTED = 0x803D_0000

# Modbus exception code (application protocol V1.1b3, chapter 7) → OPC UA status and what it says in plain words
_EXCEPTIONS: dict[int, tuple[int, str]] = {
    1: (BAD_NOT_SUPPORTED, "the device does not know this function"),
    2: (0x8034_0000, "the device has no such address"),
    3: (0x803C_0000, "the device does not take this value or quantity"),
    4: (0x808B_0000, "the device failed"),
    5: (0x002E_0000, "the device has accepted it and needs time"),
    6: (0x8004_0000, "the device is busy"),
    7: (0x80E4_0000, "the device cannot do this now"),
    8: (0x808B_0000, "the device found an error in its memory"),
    10: (BAD_COMMUNICATION_ERROR, "the gateway has no way to this unit"),
    11: (0x8031_0000, "the unit behind the gateway does not answer"),
}


async def request_words(
    client: AsyncModbusTcpClient, unit: int, entity: Entity, start: int, count: int
) -> tuple[NDArray[np.uint16] | None, int, str]:
    """Read a run of registers or bits; return uint16[count], or None with the status and a plain reason.

    Raises:
        ConnectionError: the device closed the connection.
    """
    ask: Callable[..., Awaitable[Any]] = {
        "Coil": client.read_coils,
        "DiscreteInput": client.read_discrete_inputs,
        "HoldingRegister": client.read_holding_registers,
        "InputRegister": client.read_input_registers,
    }[entity]
    try:
        answer = await ask(start, count=count, device_id=unit)
    except ModbusException as error:
        if not client.connected:
            raise ConnectionResetError("the device closed the connection") from error
        return None, BAD_TIMEOUT, "the unit does not answer"
    if answer.isError():
        return None, *meaning(answer)
    found = answer.bits if entity in ("Coil", "DiscreteInput") else answer.registers
    if len(found) < count:
        return None, 0x8007_0000, f"{len(found)} in place of {count} registers"
    return np.array(found[:count], np.uint16), 0, ""


def meaning(answer: Any) -> tuple[int, str]:
    """Return status and plain words of a device's exception."""
    code = int(getattr(answer, "exception_code", 0))
    return _EXCEPTIONS.get(code, (BAD_COMMUNICATION_ERROR, f"the device answers with exception {code}"))
