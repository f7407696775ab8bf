"""A signal keeps its handle and its kind for ever; frames, qualities and units say what they mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from asyncua.ua.status_codes import code_to_name_doc

from xushi.kernel import XushiError
from xushi.signals import (
    Frame,
    Kind,
    SignalDef,
    SignalRegistry,
    SourceRef,
    quality_name,
    quality_table,
    quality_text,
    unit_display,
    unit_of_opcua,
    unit_to_opcua,
)


def test_handles_stay_the_same_over_updates_and_reopening(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "signals.sqlite"
    registry = SignalRegistry(path)
    first = registry.define([SignalDef(key="b"), SignalDef(key="a", kind=Kind.ENUM)])
    source = SourceRef(link="l", endpoint="opc.tcp://h", address="ns=2;s=x", protocol="opcua")
    better = SignalDef(key="b", unit="CEL", name={"en": "Oil", "zh-CN": "机油"}, source=source)
    second = registry.define([better, SignalDef(key="c"), SignalDef(key="c", unit="MTR")])
    assert first.tolist() == [0, 1]
    assert second.tolist() == [0, 2, 2]
    registry.close()
    again = SignalRegistry(path)
    assert [d.key for d in again.all()] == ["b", "a", "c"]
    assert again.get(0) == better
    assert again.get(2).unit == "MTR"
    assert again.kinds.tolist() == [Kind.DOUBLE, Kind.ENUM, Kind.DOUBLE]
    assert again.handle("c") == 2


def test_a_signal_never_changes_its_kind_and_a_refused_step_changes_nothing(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key="a", kind=Kind.INT)])
    with pytest.raises(XushiError) as refused:
        registry.define([SignalDef(key="new"), SignalDef(key="a", kind=Kind.STRING)])
    assert refused.value.code == "signals.kind_changed"
    assert "INT" in refused.value.text("zh-CN").why
    assert "new" not in registry
    assert len(registry) == 1


def test_unknown_keys_and_handles_are_told_plainly(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    for ask in (lambda: registry.handle("x"), lambda: registry.get(0), lambda: registry.get(-1)):
        with pytest.raises(XushiError) as refused:
            ask()
        assert refused.value.text("en").next
        assert refused.value.text("zh-CN").next


def test_a_damaged_registry_is_told_plainly(tmp_path: Path) -> None:
    path = tmp_path / "signals.sqlite"
    path.write_bytes(b"this is no database, but it is long enough to look at" * 40)
    with pytest.raises(XushiError) as refused:
        SignalRegistry(path)
    assert refused.value.code == "signals.registry_unreadable"


def test_every_listed_quality_bears_the_name_the_opc_foundation_gave_it() -> None:
    for code, (name, english, chinese) in quality_table().items():
        if code not in (0, 0x4000_0000, 0x8000_0000):
            assert code_to_name_doc[code][0] == name
        assert english
        assert chinese
    assert quality_name(0x8031_0000 | 0x0480) == "BadNoCommunication"
    assert quality_name(0x80FF_0000) == "Bad 0x80FF0000"
    assert "无效" in quality_text(0x80FF_0000, "zh-CN")


def test_units_show_as_people_write_them() -> None:
    assert [unit_display(code) for code in ("CEL", "NU", "KWH", "Cel", "kW.h", "furlong", "C62")] == [
        "°C", "N·m", "kWh", "°C", "kWh", "furlong", "",
    ]  # fmt: skip
    assert unit_of_opcua(4408652) == "CEL"  # the example of OPC 10000-8
    assert unit_to_opcua("CEL") == 4408652


def test_frames_join_with_their_objects(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key="t", kind=Kind.STRING), SignalDef(key="d"), SignalDef(key="a", kind=Kind.ARRAY)])
    one = [(0, 1, "x", 0), (1, 1, 0.5, 0), (0, 2, None, 0)]
    two = [(1, 3, -0.0, 0), (2, 3, [1, 2.5, "z"], 0), (0, 4, "y", 0)]
    joined = Frame.concat(
        [Frame.from_rows(registry, one), Frame.doubles([1], 2, [7.0]), Frame.from_rows(registry, two)],
        registry.kinds,
    )
    assert list(joined.rows(registry)) == [*one, (1, 2, 7.0, 0), *two]
    numbers = joined.numbers(registry.kinds)
    assert numbers[1] == 0.5
    assert np.isnan(numbers[0])


def test_values_that_do_not_fit_their_kind_are_refused(tmp_path: Path) -> None:
    registry = SignalRegistry(tmp_path / "signals.sqlite")
    registry.define([SignalDef(key=kind.name, kind=kind) for kind in Kind])
    for kind, value in [
        (Kind.DOUBLE, "hot"), (Kind.INT, 2**63), (Kind.INT, float("nan")), (Kind.BOOL, "maybe"),
        (Kind.ARRAY, "text"), (Kind.ARRAY, [[1]]), (Kind.ARRAY, [0] * 4097),
    ]:  # fmt: skip
        with pytest.raises(XushiError) as refused:
            Frame.from_rows(registry, [(int(kind), 0, value, 0)])
        assert refused.value.code == "signals.value_refused"
