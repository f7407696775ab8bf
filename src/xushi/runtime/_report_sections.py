"""The table of what a report is made of: each chapter is a function, ours and every plugin's, in one order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points

from xushi.reports import Section, Text
from xushi.runtime import _report_monitoring as monitoring
from xushi.runtime import _report_plan as plan
from xushi.runtime import _report_production as production
from xushi.runtime import _report_states as states
from xushi.runtime._report_scope import Scope

GROUP = "xushi.report_sections"


@dataclass(frozen=True)
class SectionMaker:
    """One chapter. A plugin registers an object of this kind in the entry point group `xushi.report_sections`.

    Attributes:
        id: names it in the parameters of `report.make`.
        rank: chapters stand in the order of their ranks.
        make: returns the chapter, or None where there is nothing to tell.
    """

    id: str
    rank: int
    title: Text
    make: Callable[[Scope], Section | None]


BUILT_IN = (
    SectionMaker("plan", 5, {"en": "The line at the end", "zh-CN": "结束时的产线"}, plan.plan_section),
    SectionMaker("production", 10, {"en": "Production", "zh-CN": "产量"}, production.production_section),
    SectionMaker("kpi", 20, {"en": "Key figures", "zh-CN": "关键指标"}, monitoring.kpi_section),
    SectionMaker("states", 30, {"en": "States of the machines", "zh-CN": "设备状态"}, states.states_section),
    SectionMaker("stops", 40, {"en": "Stops and their reasons", "zh-CN": "停机及原因"}, states.stops_section),
    SectionMaker("alarms", 50, {"en": "Alarms", "zh-CN": "报警"}, monitoring.alarms_section),
    SectionMaker("quality", 60, {"en": "Quality", "zh-CN": "质量"}, production.quality_section),
    SectionMaker("energy", 70, {"en": "Energy", "zh-CN": "能耗"}, production.energy_section),
    SectionMaker("trends", 80, {"en": "Trends", "zh-CN": "趋势"}, production.trends_section),
    SectionMaker("products", 90, {"en": "Products made", "zh-CN": "完工产品"}, production.products_section),
)


def section_makers() -> list[SectionMaker]:
    """Every chapter that is installed, in order; a plugin's takes the place of ours of the same id."""
    found = {maker.id: maker for maker in BUILT_IN}
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        maker: SectionMaker = entry.load()
        found[maker.id] = maker
    return sorted(found.values(), key=lambda maker: maker.rank)
