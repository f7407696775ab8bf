"""The monitor: alarms after ISA-18.2, control charts, and KPIs after ISO 22400-2, on frames and on timelines."""

from xushi.monitor._alarm import AlarmState, Aside, Handled, Note, Occurred
from xushi.monitor._alarm_commands import alarm_commands
from xushi.monitor._alarm_view import AlarmView
from xushi.monitor._engine import Engine, Occurrence
from xushi.monitor._flood import WINDOW_NS, Flood
from xushi.monitor._journal import Entry
from xushi.monitor._kpi_definitions import NEEDS, Band, FigureKind, KpiDefinition, StateTest, check_definition
from xushi.monitor._kpi_figures import TITLES, Figure, Why, figure_of, figures, oee_index
from xushi.monitor._kpi_inputs import parts
from xushi.monitor._monitor import Monitor
from xushi.monitor._replay import Episode, Trial, replay, try_rule
from xushi.monitor._rule_commands import rule_commands
from xushi.monitor._rule_files import read_rule_file, write_rule_file
from xushi.monitor._rules import PRIORITIES, Priority, Rule, check_rule

__all__ = [
    "NEEDS",
    "PRIORITIES",
    "TITLES",
    "WINDOW_NS",
    "AlarmState",
    "AlarmView",
    "Aside",
    "Band",
    "Engine",
    "Entry",
    "Episode",
    "Figure",
    "FigureKind",
    "Flood",
    "Handled",
    "KpiDefinition",
    "Monitor",
    "Note",
    "Occurred",
    "Occurrence",
    "Priority",
    "Rule",
    "StateTest",
    "Trial",
    "Why",
    "alarm_commands",
    "check_definition",
    "check_rule",
    "figure_of",
    "figures",
    "oee_index",
    "parts",
    "read_rule_file",
    "replay",
    "rule_commands",
    "try_rule",
    "write_rule_file",
]
