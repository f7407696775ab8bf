"""Looks around in a Modbus device: the ranges a person names, read in blocks, refused stretches left out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from xushi.kernel import Clock, NoAnswer, XushiError, plain_reason
from xushi.signals import Kind

from ._aid import InterfaceProperty
from ._explore import Field, FoundNode, NodePage, PeerCard, Sample, Setup, Walked
from ._link import Point
from ._modbus_registers import PORT, SPACE, Entity, decode, entity_of, register_of
from ._modbus_request import BAD_NODE_ID_INVALID, BAD_TIMEOUT, request_words
from ._placement import Placement

TIMEOUT_S = 0.8
READ_TIMEOUT_S = 1.0
BLOCK = 100
MOST_RANGES = 32
RANGES = "HoldingRegister 0-99, InputRegister 0-99, Coil 0-99, DiscreteInput 0-99"
_RANGE = re.compile(r"^\s*(?P<entity>[A-Za-z]+)\s+(?P<first>\d{1,5})(?:\s*-\s*(?P<last>\d{1,5}))?\s*$")

SETUP = Setup(
    title={"en": "Modbus TCP", "zh-CN": "Modbus TCP"},
    summary={
        "en": "Reads registers and coils of a device or of the units behind a gateway.",
        "zh-CN": "读取设备或网关后各单元的寄存器和线圈。",
    },
    example="modbus+tcp://10.0.0.7:502",
    fields=(
        Field(
            "units",
            {"en": "Unit ids", "zh-CN": "单元号"},
            {"en": "Numbers with commas between, e.g. 1, 2.", "zh-CN": "用逗号分隔的数字，例如 1, 2。"},
            default="1",
        ),
        Field(
            "ranges",
            {"en": "Ranges to look at", "zh-CN": "要查看的范围"},
            {
                "en": "Counted from 0 as on the wire, e.g. HoldingRegister 0-99, Coil 0-15.",
                "zh-CN": "按报文中的编号从 0 开始，例如 HoldingRegister 0-99, Coil 0-15。",
            },
            default=RANGES,
        ),
    ),
)


def form(endpoint: str, placement: Placement) -> InterfaceProperty:
    """Return how an address is written in an Asset Interfaces Description: the inverse of `place`."""
    unit, entity, address = placement.address.split("/")
    options = placement.options
    quantity = f"?quantity={options['quantity']}" if options.get("quantity") else ""
    texts = {
        "href": f"/{unit}/{address}{quantity}",
        "modv_entity": entity,
        "modv_zeroBasedAddressing": "true",
    }
    for name, term in (
        ("type", "modv_type"),
        ("polling_ms", "modv_pollingTime"),
        ("timeout_ms", "modv_timeout"),
        ("high_byte_first", "modv_mostSignificantByte"),
        ("high_word_first", "modv_mostSignificantWord"),
        ("scale", "modv_scale"),
        ("offset", "modv_offset"),
        ("bit", "modv_bit"),
    ):
        if options.get(name) not in (None, ""):
            texts[term] = str(options[name]).lower() if isinstance(options[name], bool) else str(options[name])
    return InterfaceProperty((), endpoint, texts["href"], "application/octet-stream", form=texts)


class ModbusExplorer:
    """One person's look at one device; see `Explorer`."""

    def __init__(self, endpoint: str, settings: dict[str, Any], clock: Clock) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._client: AsyncModbusTcpClient | None = None
        self._folders = _folders(str(settings.get("units") or "1"), str(settings.get("ranges") or RANGES))

    async def open(self) -> PeerCard:
        """Connect; see `Explorer.open`."""
        address = urlsplit(self._endpoint)
        client = AsyncModbusTcpClient(
            address.hostname or "", port=address.port or PORT, reconnect_delay=0, timeout=TIMEOUT_S, retries=0
        )
        if not self._folders:
            raise XushiError("connectors.ranges_unreadable", example=RANGES)
        if not await client.connect():
            raise XushiError("connectors.unreachable", error=plain_reason(self._endpoint, NoAnswer()))
        self._client = client
        return PeerCard(f"Modbus {address.netloc}", {"units": ", ".join(sorted({one[0] for one in self._folders}))})

    async def children(self, address: str, cursor: str, limit: int) -> NodePage:
        """Return the ranges, or the registers of one that answer; see `Explorer.children`."""
        if not address:
            found = [
                FoundNode(address=_name(one), name=_name(one), path=(_name(one),), has_children=True)
                for one in self._folders
            ]
        else:
            folder = next((one for one in self._folders if _name(one) == address), None)
            found = [] if folder is None else await self._look(folder)
        start = int(cursor) if cursor.isdigit() else 0
        rest = str(start + limit) if start + limit < len(found) else ""
        return NodePage(tuple(found[start : start + limit]), rest)

    async def walk(self, roots: Sequence[str], limit: int) -> AsyncIterator[Walked]:
        """Yield range after range; see `Explorer.walk`."""
        wanted = set(roots)
        chosen = [one for one in self._folders if not roots or any(_holds(one, root) for root in roots)]
        count = 0
        for number, folder in enumerate(chosen):
            name = _name(folder)
            nodes = await self._look(folder)
            if wanted and name not in wanted:
                nodes = [one for one in nodes if one.address in wanted]
            found = [FoundNode(address=name, name=name, path=(name,), has_children=True), *nodes]
            found = found[: max(0, limit - count)]
            count += len(found)
            yield Walked(tuple(found), (number + 1) / len(chosen))

    async def _look(self, folder: _Folder) -> list[FoundNode]:
        unit, entity, first, last = folder
        found: list[FoundNode] = []
        for start in range(first, last + 1, BLOCK):
            count = min(BLOCK, last + 1 - start)
            for at, words in await self._stretches(int(unit), entity, start, count):
                found += [_node(folder, at + i, int(word)) for i, word in enumerate(words)]
        return found

    async def _stretches(self, unit: int, entity: Entity, start: int, count: int) -> list[tuple[int, Any]]:
        """Read a stretch; where the device refuses it, its halves, down to the single address."""
        words, status, reason = await self._words(unit, entity, start, count)
        if status == BAD_TIMEOUT:  # a serial line behind a gateway loses one now and then
            words, status, reason = await self._words(unit, entity, start, count)
        if words is not None:
            return [(start, words)]
        if status == BAD_TIMEOUT:
            raise XushiError("connectors.unreachable", error=f"unit {unit}: {reason}")
        if count == 1:
            return []
        half = count // 2
        return [
            *await self._stretches(unit, entity, start, half),
            *await self._stretches(unit, entity, start + half, count - half),
        ]

    async def _words(self, unit: int, entity: Entity, start: int, count: int) -> tuple[Any, int, str]:
        if self._client is None or not self._client.connected:
            raise XushiError("connectors.unreachable", error="not connected")
        try:
            return await request_words(self._client, unit, entity, start, count)
        except (OSError, ModbusException) as error:
            raise XushiError("connectors.unreachable", error=plain_reason(self._endpoint, error)) from error

    async def read(self, addresses: Sequence[str]) -> list[Sample]:
        """Return the present values, as 16-bit numbers and truths; see `Explorer.read`."""
        samples: dict[str, Sample] = {}
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                for address in dict.fromkeys(addresses):
                    samples[address] = await self._sample(address)
        except TimeoutError:
            pass
        silent = "the device did not answer in time"
        now_ns = self._clock.now_ns()
        return [samples.get(one, Sample(one, None, now_ns, BAD_TIMEOUT, silent)) for one in addresses]

    async def _sample(self, address: str) -> Sample:
        try:
            register = register_of(Point(0, "", address, Kind.INT))
        except ValueError as error:
            return Sample(address, None, self._clock.now_ns(), BAD_NODE_ID_INVALID, str(error))
        words, status, reason = await self._words(register.unit, register.entity, register.address, register.size)
        value = None if words is None else decode(register, np.asarray(words, np.uint16))
        return Sample(address, value, self._clock.now_ns(), status, reason)

    async def close(self) -> None:
        """Take leave; see `Explorer.close`."""
        if self._client is not None:
            self._client.close()


_Folder = tuple[str, Entity, int, int]


def _folders(units: str, ranges: str) -> list[_Folder]:
    found: list[_Folder] = []
    for unit in (one.strip() for one in units.split(",")):
        for text in re.split(r"[,;\n]", ranges):
            part = _RANGE.match(text)
            entity = entity_of(part["entity"]) if part else None
            if part is None or entity is None or not unit.isdigit() or int(unit) > 255:
                continue
            first, last = int(part["first"]), int(part["last"] or part["first"])
            if first <= last < SPACE:
                found.append((str(int(unit)), entity, first, last))
    return found[:MOST_RANGES]


def _name(folder: _Folder) -> str:
    unit, entity, first, last = folder
    return f"{unit}/{entity}/{first}-{last}"


def _holds(folder: _Folder, root: str) -> bool:
    """Whether a root is this range, or a register in it."""
    unit, entity, first, last = folder
    start, _, number = root.rpartition("/")
    return root == _name(folder) or (start == f"{unit}/{entity}" and number.isdigit() and first <= int(number) <= last)


def _node(folder: _Folder, at: int, word: int) -> FoundNode:
    unit, entity, _, _ = folder
    is_bits = entity in ("Coil", "DiscreteInput")
    return FoundNode(
        address=f"{unit}/{entity}/{at}",
        name=f"{entity} {at}",
        parent=_name(folder),
        path=(_name(folder), f"{entity} {at}"),
        is_value=True,
        has_children=False,
        type="boolean" if is_bits else "integer",
        data_type="bit" if is_bits else "int16",
        is_writable=entity in ("Coil", "HoldingRegister"),
        sample=bool(word) if is_bits else (word ^ 0x8000) - 0x8000,  # signed, as it is read where no type is stated
    )
