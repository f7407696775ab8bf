"""The command line: `xushi VERB …`; every verb is an entry point, so that a package can bring its own."""

from ._main import main
from ._verbs import COMMAND, COMPLETION, DOCTOR, EXPORT, LINK, MCP, OPEN, RUN, STATUS, TOKEN, UNDO

__all__ = ["COMMAND", "COMPLETION", "DOCTOR", "EXPORT", "LINK", "MCP", "OPEN", "RUN", "STATUS", "TOKEN", "UNDO", "main"]
