"""The Python client: `xushi.connect(url, token)` to a running server, `xushi.open(folder)` to one in this process."""

from ._commands import Commands, Outcome
from ._embedded import Embedded, open_folder
from ._history import Samples
from ._line import Branch
from ._plant import Plant, connect
from ._rehearsal import Comparison, Contingency, Forecast, Material, Plan, Schedule
from ._twins import Shell, Signal
from ._watching import Alarm, Alarms, ControlChart, Figure, Figures, Why

__all__ = [
    "Alarm",
    "Alarms",
    "Branch",
    "Commands",
    "Comparison",
    "Contingency",
    "ControlChart",
    "Embedded",
    "Figure",
    "Figures",
    "Forecast",
    "Material",
    "Outcome",
    "Plan",
    "Plant",
    "Samples",
    "Schedule",
    "Shell",
    "Signal",
    "Why",
    "connect",
    "open_folder",
]
