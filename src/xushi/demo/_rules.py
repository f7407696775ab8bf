"""Writes the demo plant's alarm rules and KPI definitions: the file `rules.yaml`, imported like anyone's.

`python -m xushi.demo._rules > src/xushi/demo/rules.yaml`
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from xushi.demo._line import MACHINES, parts_of
from xushi.demo._line_types import Machine
from xushi.demo.shells._elements import shell_id, submodel_id
from xushi.demo.shells._operational import NAME
from xushi.monitor import Band, KpiDefinition, Rule, StateTest, write_rule_file

_OUT_OF_SERVICE, _EXECUTING = 1, 3  # MachineryItemState (OPC 40001-1)
_PROCESSING = 3  # MachineryOperationMode (OPC 40001-1)
_GOOD = 1  # verdict


def _key(machine: str, path: str) -> str:
    return f"{submodel_id(machine, NAME)}#{path}"


def _words(en: str, zh: str) -> dict[str, str]:
    return {"en": en, "zh-CN": zh}


def _rule(machine: str, name: str, path: str, condition: Any, en: str, zh: str, **more: Any) -> Rule:
    return Rule(
        id=f"{machine}.{name}", signal=_key(machine, path), condition=condition,
        title=_words(f"{machine}: {en}", f"{machine}：{zh}"), **more,
    )  # fmt: skip


def _of_station(machine: Machine) -> Iterator[Rule]:
    op = machine.id
    yield _rule(
        op, "failed", "State", "equal", "out of service", "停用（故障）", limit=_OUT_OF_SERVICE, priority="high",
        consequence=_words("The line stops behind this station within minutes.", "几分钟内该工位之后的产线将停止。"),
        action=_words("Read the alarm text at the station, clear the fault, and start it again.",
                      "查看工位上的报警文本，排除故障后重新启动。"),
    )  # fmt: skip
    yield _rule(
        op,
        "tool-wear",
        "ToolWear",
        "above",
        "tool worn",
        "刀具磨损",
        limit=0.9,
        deadband=0.1,
        priority="medium",
        consequence=_words("Results drift and rework rises.", "结果漂移，返工增多。"),
        action=_words("Change the tool at the next break.", "在下一次停机间隙更换刀具。"),
    )
    yield _rule(
        op, "slow", "CycleTime", "above", "cycle longer than planned", "节拍超时",
        limit=round(1.3 * machine.cycle_s, 1), deadband=1.0, priority="low",
        consequence=_words("The station becomes the bottleneck.", "该工位成为瓶颈。"),
        action=_words("Look for slow motion or a raised cycle-time factor.", "检查动作缓慢或节拍系数被调高的情况。"),
    )  # fmt: skip
    if parts_of(op):
        yield _poka_yoke(op)
        yield _rule(
            op, "material", "Material.Stock", "below", "parts run short", "线边物料不足", limit=3, deadband=2,
            on_delay_s=5.0, priority="medium",
            consequence=_words("The station starves in a few cycles.", "几个节拍后该工位将待料。"),
            action=_words("Check that a vehicle brings the next container.", "确认小车正在配送下一箱物料。"),
        )  # fmt: skip


def _poka_yoke(machine: str) -> Rule:
    return _rule(
        machine, "poka-yoke", "PokaYoke.Stopped", "is_true", "stopped by poka-yoke", "防错停机", limit=None,
        priority="high",
        consequence=_words("A wrong part would be fitted.", "否则会装入错误零件。"),
        action=_words("Take the part expected, scan it, and release the station.", "取正确零件，扫码后放行。"),
    )  # fmt: skip


def rules() -> list[Rule]:
    """Every rule of the plant."""
    found: list[Rule] = []
    for machine in MACHINES:
        if machine.category == "station":
            found += _of_station(machine)
        elif machine.category == "agv":
            found.append(
                _rule(machine.id, "battery", "Battery", "below", "battery low", "电量低", limit=20.0, deadband=10.0,
                      priority="medium", consequence=_words("The vehicle stops on its way.", "小车将在途中停下。"),
                      action=_words("Send it to the charger.", "派其充电。"))
            )  # fmt: skip
    found += [
        _poka_yoke("KIT1"),
        _rule("RWK1", "failed", "State", "equal", "out of service", "停用（故障）", limit=_OUT_OF_SERVICE,
              priority="medium", action=_words("Clear the fault at the bench.", "排除返修台故障。")),
        _rule("CMP1", "pressure", "Sensors.Pressure", "below", "air pressure low", "气压低", limit=5.5, deadband=0.3,
              on_delay_s=3.0, priority="critical",
              consequence=_words("Grippers and clamps of all stations let go.", "所有工位的夹爪和夹具将松开。"),
              action=_words("Check the compressor and look for a leak.", "检查空压机并查找泄漏。")),
        _rule("CMP1", "oil", "Sensors.OilTemperature", "above", "oil too hot", "油温过高", limit=105.0, deadband=5.0,
              on_delay_s=10.0, priority="high", is_latched=True,
              consequence=_words("The compressor shuts down.", "空压机将停机。"),
              action=_words("Open the cooler, then reset the alarm.", "打开冷却器，然后复位报警。")),
        _rule("EM1", "frequency", "Sensors.Frequency", "deviation", "mains frequency off", "电网频率偏差", limit=0.4,
              target=50.0, deadband=0.1, on_delay_s=2.0, priority="low"),
        _rule("PLC1", "silent", "Heartbeat", "stale", "controller silent", "控制器无心跳", limit=60.0,
              priority="critical", consequence=_words("What is shown of the line is old.", "产线显示的数据已过时。"),
              action=_words("Check the controller and its network.", "检查控制器及其网络。")),
    ]  # fmt: skip
    return found


def kpis(speed: float = 1.0) -> list[KpiDefinition]:
    """Every KPI definition of the plant: the line, and each station; of a plant that runs `speed` times as fast."""
    line = KpiDefinition(
        id="LINE1", title=_words("Line", "产线"),
        producing=StateTest(_key("PLC1", "State"), [_EXECUTING]),
        good=_key("PLC1", "Engines.Finished"), reject=_key("PLC1", "Engines.Scrapped"),
        cycle_s=max(machine.ideal_cycle_s for machine in MACHINES if machine.category == "station") / speed,
        energy=_key("EM1", "Energy.Total"),
        figures={"oee": Band(low=0.55), "availability": Band(low=0.9), "performance": Band(low=0.6),
                 "quality": Band(low=0.98), "throughput": Band(low=80.0 * speed), "energy_per_piece": Band(high=4.0)},
    )  # fmt: skip
    return [line, *(_kpis_of(machine, speed) for machine in MACHINES if machine.category == "station")]


def _kpis_of(machine: Machine, speed: float) -> KpiDefinition:
    op = machine.id
    state = _key(op, "State")
    return KpiDefinition(
        id=op, title=_words(machine.name.en, machine.name.zh), shell=shell_id(op),
        producing=StateTest(state, [_EXECUTING]), planned=StateTest(_key(op, "OperationMode"), [_PROCESSING]),
        failed=StateTest(state, [_OUT_OF_SERVICE]), good=_key(op, "Counters.Good"),
        reject=_key(op, "Counters.Reject"), cycle_s=machine.ideal_cycle_s / speed,
        verdict=StateTest(_key(op, "Quality.Verdict"), [_GOOD]), attempt=_key(op, "Quality.Attempt"),
        energy=_key(op, "Energy.Total"),
        figures={"oee": Band(low=0.5), "availability": Band(low=0.6), "performance": Band(low=0.8),
                 "quality": Band(low=0.95), "fpy": Band(low=0.95), "mtbf": Band(), "mttr": Band(high=300.0 / speed),
                 "throughput": Band(), "energy_per_piece": Band()},
    )  # fmt: skip


def text(speed: float = 1.0) -> str:
    """The file, for a plant that runs `speed` times as fast."""
    head = "# Alarm rules and KPI definitions of the demo plant, written by `python -m xushi.demo._rules`.\n"
    return head + write_rule_file(rules(), kpis(speed), "yaml")


if __name__ == "__main__":
    sys.stdout.write(text())
