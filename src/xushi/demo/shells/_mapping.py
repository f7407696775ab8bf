"""Asset Interfaces Mapping Configuration 2.0 (IDTA 02027): which interface property fills which operational value."""

from __future__ import annotations

from collections.abc import Sequence

from xushi.demo._line_types import Signal, Text
from xushi.twins import Submodel, SubmodelElementCollection

from ._elements import group, outside, pointer, series, submodel_id, text, texts
from ._interfaces import BY_PROTOCOL, source_reference
from ._operational import signal_reference

NAME = "AssetInterfacesMappingConfiguration"
_AIMC = "https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/2/0"
SEMANTIC = f"{_AIMC}/Submodel"
_LIST = "https://admin-shell.io/idta/AssetInterfacesMappingConfiguration/1/0/MappingConfigurations"
_ONE = f"{_AIMC}/MappingConfiguration"


def mapping(machine: str, signals: Sequence[Signal]) -> Submodel:
    """One configuration per interface; source and sink of a signal share their id, so no transformation is needed."""
    configurations = []
    for protocol in BY_PROTOCOL:
        members = [signal for signal in signals if signal.protocol == protocol]
        if members:
            configurations.append(_configuration(members))
    return Submodel(
        id=submodel_id(machine, NAME), id_short=NAME, semantic_id=outside(SEMANTIC), kind="Instance",
        display_name=texts(Text("Interface mapping", "接口映射配置")),
        submodel_elements=(series("MappingConfigurations", configurations, _LIST, _ONE, is_ordered=False),),
    )  # fmt: skip


def _configuration(signals: Sequence[Signal]) -> SubmodelElementCollection:
    sources = [
        group(
            None,
            (
                pointer("Source", source_reference(signal), f"{_ONE}/Source/Source"),
                text("SourceId", signal.path, f"{_ONE}/Source/SourceId"),
            ),
            f"{_ONE}/Source",
        )
        for signal in signals
    ]
    sinks = [
        group(
            None,
            (
                pointer("Sink", signal_reference(signal), f"{_ONE}/Sink/Sink"),
                text("SinkId", signal.path, f"{_ONE}/Sink/SinkId"),
            ),
            f"{_ONE}/Sink",
        )
        for signal in signals
    ]
    return group(
        None,
        (
            series("Sources", sources, f"{_ONE}/Sources", f"{_ONE}/Source", is_ordered=False),
            series("Sinks", sinks, f"{_ONE}/Sinks", f"{_ONE}/Sink", is_ordered=False),
        ),
        _ONE,
    )
