"""The command line: `xushi VERB …`; every verb is an entry point, so that a package can bring its own."""

from ._main import main
from ._reviewing import ACTIVITY, SPC
from ._safekeeping import BACKUP, RESTORE, ROLLBACK, VERIFY
from ._simulate import SIMULATE
from ._verbs import COMMAND, COMPLETION, CONNECT, DOCTOR, EXPORT, LINK, MCP, OPEN, RUN, STATUS, TOKEN, UNDO
from ._watching import ALARMS, FIGURES, VALUES

__all__ = [
    "ACTIVITY",
    "ALARMS",
    "BACKUP",
    "COMMAND",
    "COMPLETION",
    "CONNECT",
    "DOCTOR",
    "EXPORT",
    "FIGURES",
    "LINK",
    "MCP",
    "OPEN",
    "RESTORE",
    "ROLLBACK",
    "RUN",
    "SIMULATE",
    "SPC",
    "STATUS",
    "TOKEN",
    "UNDO",
    "VALUES",
    "VERIFY",
    "main",
]
