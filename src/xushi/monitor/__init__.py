"""The monitor: alarms after ISA-18.2, control charts, and KPIs after ISO 22400-2, on frames and on timelines."""

from xushi.monitor._alarm import AlarmState, Aside, Handled, Note, Occurred
from xushi.monitor._alarm_commands import alarm_commands
from xushi.monitor._alarm_view import AlarmView
from xushi.monitor._chart_constants import c4, d2, d3
from xushi.monitor._chart_values import ChartOfSignal, chart_of_signal
from xushi.monitor._control_charts import Capability, Chart, ChartKind, Panel, capability, control_chart
from xushi.monitor._engine import Engine, Occurrence
from xushi.monitor._flood import WINDOW_NS, Flood
from xushi.monitor._gauge import GaugeResult, gauge_rr
from xushi.monitor._journal import Entry
from xushi.monitor._kpi_definitions import NEEDS, Band, FigureKind, KpiDefinition, StateTest, check_definition
from xushi.monitor._kpi_figures import TITLES, Figure, Why, figure_of, figures, oee_index, pieces
from xushi.monitor._kpi_inputs import parts
from xushi.monitor._monitor import Monitor
from xushi.monitor._nelson import nelson_rules
from xushi.monitor._replay import Episode, Trial, replay, try_rule
from xushi.monitor._rule_commands import rule_commands
from xushi.monitor._rule_files import read_rule_file, write_rule_file
from xushi.monitor._rules import PRIORITIES, Guard, Priority, Rule, check_rule
from xushi.monitor._sampling import accepted_share

__all__ = [
    "NEEDS",
    "PRIORITIES",
    "TITLES",
    "WINDOW_NS",
    "AlarmState",
    "AlarmView",
    "Aside",
    "Band",
    "Capability",
    "Chart",
    "ChartKind",
    "ChartOfSignal",
    "Engine",
    "Entry",
    "Episode",
    "Figure",
    "FigureKind",
    "Flood",
    "GaugeResult",
    "Guard",
    "Handled",
    "KpiDefinition",
    "Monitor",
    "Note",
    "Occurred",
    "Occurrence",
    "Panel",
    "Priority",
    "Rule",
    "StateTest",
    "Trial",
    "Why",
    "accepted_share",
    "alarm_commands",
    "c4",
    "capability",
    "chart_of_signal",
    "check_definition",
    "check_rule",
    "control_chart",
    "d2",
    "d3",
    "figure_of",
    "figures",
    "gauge_rr",
    "nelson_rules",
    "oee_index",
    "parts",
    "pieces",
    "read_rule_file",
    "replay",
    "rule_commands",
    "try_rule",
    "write_rule_file",
]
