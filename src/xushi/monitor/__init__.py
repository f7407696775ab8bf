"""Monitoring: alarms by ISA-18.2 and IEC 62682, control charts, key figures by ISO 22400-2."""

from xushi.monitor._kpi_definitions import (
    Figure,
    FigureKind,
    FirstPass,
    KpiDefinition,
    StateUse,
    check_kpi,
    signals_of_kpi,
)
from xushi.monitor._rules import PRIORITIES, Condition, ConditionKind, Guard, Priority, Rule, check_rule

__all__ = [
    "PRIORITIES",
    "Condition",
    "ConditionKind",
    "Figure",
    "FigureKind",
    "FirstPass",
    "Guard",
    "KpiDefinition",
    "Priority",
    "Rule",
    "StateUse",
    "check_kpi",
    "check_rule",
    "signals_of_kpi",
]
