"""Where values stand on each protocol: names of topics and nodes, enum labels, and one maker per protocol."""

from __future__ import annotations

from xushi.demo._line_types import Signal, Text, ValueType

NAMESPACE = "urn:xushi:demo:plant"
GROUP, EDGE = "Demo", "Line1"
AGV_TOPIC = "uagv/v2/Xushi"
QUALITY_TOPIC = "demo/line1/quality"
KITTING_TOPIC = "demo/line1/kitting"
HEARTBEAT_TOPIC = "demo/line1/heartbeat"

# OPC 40001-1, MachineryItemState and MachineryOperationMode
STATE_LABELS = (
    Text("Not available", "不可用"),
    Text("Out of service", "停用"),
    Text("Not executing", "未执行"),
    Text("Executing", "执行中"),
)
MODE_LABELS = (
    Text("None", "无"),
    Text("Maintenance", "维护"),
    Text("Setup", "调整"),
    Text("Processing", "生产"),
)
DETAIL_LABELS = (
    Text("Running", "运行"),
    Text("Starved", "待料"),
    Text("Blocked", "堵料"),
    Text("Failed", "故障"),
    Text("Stopped", "停止"),
    Text("Set-up", "调整"),
    Text("Idle", "空闲"),
)
VERDICT_LABELS = (Text("None", "无"), Text("Good", "合格"), Text("Not good", "不合格"))
SHIFT_LABELS = (Text("Early", "早班"), Text("Late", "中班"), Text("Night", "夜班"))
BOLTS = 10
TRACE_POINTS = 96


def opcua(
    machine: str,
    path: str,
    type: ValueType,
    en: str,
    zh: str,
    unit: str = "",
    *,
    writable: bool = False,
    labels: tuple[Text, ...] = (),
    low: float | None = None,
    high: float | None = None,
) -> Signal:
    return Signal(
        machine=machine,
        path=path,
        type=type,
        protocol="opcua",
        address=f"{machine}.{path}",
        name=Text(en, zh),
        unit=unit,
        writable=writable,
        labels=labels,
        low=low,
        high=high,
    )


def sparkplug(
    machine: str,
    path: str,
    type: ValueType,
    en: str,
    zh: str,
    unit: str = "",
    *,
    writable: bool = False,
    low: float | None = None,
    high: float | None = None,
) -> Signal:
    return Signal(
        machine=machine,
        path=path,
        type=type,
        protocol="sparkplug",
        address=f"spBv1.0/{GROUP}/DDATA/{EDGE}/{machine}",
        pointer=(path.replace(".", "/"),),
        name=Text(en, zh),
        unit=unit,
        writable=writable,
        low=low,
        high=high,
    )


def json(
    machine: str,
    path: str,
    type: ValueType,
    topic: str,
    pointer: tuple[str, ...],
    en: str,
    zh: str,
    unit: str = "",
    *,
    labels: tuple[Text, ...] = (),
    low: float | None = None,
    high: float | None = None,
    vda: bool = False,
) -> Signal:
    return Signal(
        machine=machine,
        path=path,
        type=type,
        protocol="vda5050" if vda else "json",
        address=topic,
        pointer=pointer,
        name=Text(en, zh),
        unit=unit,
        labels=labels,
        low=low,
        high=high,
    )
