"""The command line: `xushi VERB …`; every verb is an entry point, so that a package can bring its own."""

from ._main import main
from ._verbs import CONNECT, EXPORT, LINK, OPEN, RUN, STATUS, TOKEN, UNDO

__all__ = ["CONNECT", "EXPORT", "LINK", "OPEN", "RUN", "STATUS", "TOKEN", "UNDO", "main"]
