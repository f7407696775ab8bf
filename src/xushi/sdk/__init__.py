"""The Python client: `xushi.connect(url, token)` to a running server, `xushi.open(folder)` to one in this process."""

from ._commands import Commands, Outcome
from ._embedded import Embedded, open_folder
from ._history import Samples
from ._plant import Plant, connect
from ._twins import Shell, Signal
from ._watching import Alarm, Alarms, ControlChart, Figure, Figures, Why

__all__ = [
    "Alarm",
    "Alarms",
    "Commands",
    "ControlChart",
    "Embedded",
    "Figure",
    "Figures",
    "Outcome",
    "Plant",
    "Samples",
    "Shell",
    "Signal",
    "Why",
    "connect",
    "open_folder",
]
