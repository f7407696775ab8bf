"""The monitor: alarms after ISA-18.2, control charts, and KPIs after ISO 22400-2, on frames and on timelines."""

from xushi.monitor._kpi_definitions import Band, FigureKind, KpiDefinition, StateTest, check_definition
from xushi.monitor._rules import PRIORITIES, Priority, Rule, check_rule

__all__ = [
    "PRIORITIES",
    "Band",
    "FigureKind",
    "KpiDefinition",
    "Priority",
    "Rule",
    "StateTest",
    "check_definition",
    "check_rule",
]
