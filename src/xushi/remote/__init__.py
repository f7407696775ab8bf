"""Talks to a running server over REST: shared by the command line, the Python client and the sample plant."""

from ._branches import branch_named
from ._client import LOCAL_ACCESS, LocalAccess, Remote, RemoteError, local_access
from ._verb import Verb
from ._words import alarm_word, panel_word, text_in

__all__ = [
    "LOCAL_ACCESS",
    "LocalAccess",
    "Remote",
    "RemoteError",
    "Verb",
    "alarm_word",
    "branch_named",
    "local_access",
    "panel_word",
    "text_in",
]
