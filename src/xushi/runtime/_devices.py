"""The commands that reach a machine: write a value, call a method; each waits for the device's own answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Literal

import msgspec

from xushi.connectors import Point, WriteResult
from xushi.kernel import Change, Command, CommandContext, NothingSent, OutcomeUnknown, XushiError
from xushi.runtime._links import LinkKeeper
from xushi.runtime._queued_writes import queue_commands, queueing
from xushi.signals import Kind, SignalDef, SignalRegistry, encode_value

CONFIRM_TIMEOUT_S = 5.0


class WriteParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The signal to write, by key, and the value in the signal's own unit.

    Attributes:
        when_offline: what to do while the machine is away, or where the write cannot even be sent: refuse, or keep
            the write until it is back.
        valid_s: how long a kept write may wait, in seconds; afterwards it is dropped, and said so.
    """

    signal: Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
    value: bool | int | float | str | list[float | str]
    when_offline: Literal["refuse", "queue"] = "refuse"
    valid_s: Annotated[float, msgspec.Meta(gt=0, le=604_800)] = 60.0


class CallParams(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The method to call: connection, address on the device, arguments in order."""

    link: Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=2_048)]
    arguments: list[bool | int | float | str] = []


def device_commands() -> list[Command]:
    """The commands of this room."""
    return [
        Command(
            name="signal.write",
            params=WriteParams,
            right="device:write",
            title={"en": "Write to the device", "zh-CN": "写入设备"},
            summary={
                "en": "Sends a value to the machine and waits for its confirmation.",
                "zh-CN": "将数值发送到设备并等待其确认。",
            },
            prepare=_prepare_write,
            moves_metal=True,
        ),
        Command(
            name="device.call",
            params=CallParams,
            right="device:write",
            title={"en": "Call a method of the device", "zh-CN": "调用设备方法"},
            summary={
                "en": "Starts an operation on the machine and waits for its answer.",
                "zh-CN": "在设备上启动一个操作并等待其答复。",
            },
            prepare=_prepare_call,
            is_undoable=False,
            moves_metal=True,
        ),
        *queue_commands(plan_write),
    ]


@dataclass(frozen=True)
class _Write:
    """The write itself, done after the intention is on disk."""

    links: LinkKeeper
    link: str
    point: Point
    value: Any
    unit: str

    def describe(self) -> dict[str, Any]:
        return {
            "kind": "write", "link": self.link, "address": self.point.address, "signal": self.point.key,
            "value": self.value, "unit": self.unit,
        }  # fmt: skip

    async def apply(self) -> dict[str, Any]:
        result = await confirmed(self.links.write(self.link, self.point, self.value), self.point.address)
        return {**self.describe(), "status": result.status, "text": result.text}


@dataclass(frozen=True)
class _Call:
    """The call itself, done after the intention is on disk."""

    links: LinkKeeper
    params: CallParams

    def describe(self) -> dict[str, Any]:
        return {
            "kind": "call", "link": self.params.link, "address": self.params.address,
            "arguments": self.params.arguments,
        }  # fmt: skip

    async def apply(self) -> dict[str, Any]:
        params = self.params
        result = await confirmed(self.links.call(params.link, params.address, params.arguments), params.address)
        outputs = [item if isinstance(item, bool | int | float | str) else str(item) for item in result.outputs]
        return {**self.describe(), "status": result.status, "text": result.text, "outputs": outputs}


async def confirmed(request: Any, what: str) -> WriteResult:
    """Wait for the device's answer; silence is neither success nor failure, and is said so.

    Raises:
        NothingSent: `runtime.link_down`, `runtime.device_away`.
        OutcomeUnknown: `kernel.outcome_unknown` after the time, `runtime.outcome_unconfirmed`,
            `runtime.outcome_interrupted`.
        XushiError: `runtime.device_refused`.
    """
    try:
        result: WriteResult = await asyncio.wait_for(request, CONFIRM_TIMEOUT_S)
    except TimeoutError as error:
        raise OutcomeUnknown("kernel.outcome_unknown", what=what, timeout_s=CONFIRM_TIMEOUT_S) from error
    if result.is_unsent:
        raise NothingSent("runtime.device_away", what=what, text=result.text)
    if result.is_unsettled:
        code = "runtime.outcome_unconfirmed" if result.is_good else "runtime.outcome_interrupted"
        raise OutcomeUnknown(code, what=what, text=result.text)
    if not result.is_good:
        raise XushiError("runtime.device_refused", what=what, status=f"0x{result.status:08X}", text=result.text)
    return result


def _prepare_write(context: CommandContext, params: WriteParams) -> Change:
    links: LinkKeeper = context.services["links"]
    change = plan_write(context, params.signal, params.value)
    if params.when_offline != "queue":
        return change
    link, _ = links.point(context.services["registry"].handle(params.signal))
    keep = partial(queueing, context, params.signal, link, params.value, params.valid_s)
    return keep() if links.is_away(link, params.signal) else msgspec.structs.replace(change, otherwise=keep)


def plan_write(context: CommandContext, signal: str, value: Any) -> Change:
    """Return the change that writes `value` to the device of `signal`, after checking kind, range and way."""
    registry: SignalRegistry = context.services["registry"]
    links: LinkKeeper = context.services["links"]
    handle = registry.handle(signal)
    definition = registry.get(handle)
    link, point = links.point(handle)
    check_value(definition, value)
    before = context.services["board"].value(handle)
    undo = None
    if before is not None and before.value is not None:
        undo = ("signal.write", {"signal": signal, "value": before.value})
    summary = {"signal": signal, "name": definition.name, "value": value, "unit": definition.unit}
    if before is not None and before.value is not None:
        summary["before"] = before.value
    return Change(effects=(_Write(links, link, point, value, definition.unit),), undo_with=undo, summary=summary)


def check_value(definition: SignalDef, value: Any) -> None:
    """Refuse what the signal cannot hold, before anything is sent.

    Raises:
        XushiError: `signals.value_refused`, `runtime.value_out_of_range`.
    """
    encode_value(definition.kind, value, [])
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if definition.kind in (Kind.DOUBLE, Kind.INT, Kind.ENUM) and not is_number:
        raise XushiError("signals.value_refused", value=repr(value)[:80], kind=definition.kind.name)
    low, high = definition.low, definition.high
    if is_number and ((low is not None and value < low) or (high is not None and value > high)):
        raise XushiError(
            "runtime.value_out_of_range", value=value, low=low, high=high, unit=definition.unit, key=definition.key
        )


def _prepare_call(context: CommandContext, params: CallParams) -> Change:
    links: LinkKeeper = context.services["links"]
    links.require(params.link)
    return Change(effects=(_Call(links, params),), summary={"link": params.link, "address": params.address})
