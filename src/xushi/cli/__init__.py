"""The command line: `xushi VERB …`; every verb is an entry point, so that a package can bring its own."""

from ._main import main
from ._safekeeping import BACKUP, RESTORE, ROLLBACK, VERIFY
from ._simulate import SIMULATE
from ._verbs import COMMAND, COMPLETION, CONNECT, DOCTOR, EXPORT, LINK, MCP, OPEN, RUN, STATUS, TOKEN, UNDO

__all__ = [
    "BACKUP",
    "COMMAND",
    "COMPLETION",
    "CONNECT",
    "DOCTOR",
    "EXPORT",
    "LINK",
    "MCP",
    "OPEN",
    "RESTORE",
    "ROLLBACK",
    "RUN",
    "SIMULATE",
    "STATUS",
    "TOKEN",
    "UNDO",
    "VERIFY",
    "main",
]
