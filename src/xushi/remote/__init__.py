"""Talks to a running server over REST: shared by the command line, the Python client and the sample plant."""

from ._alarm_words import alarm_word
from ._branches import branch_named
from ._client import LOCAL_ACCESS, LocalAccess, Remote, RemoteError, local_access
from ._verb import Verb

__all__ = ["LOCAL_ACCESS", "LocalAccess", "Remote", "RemoteError", "Verb", "alarm_word", "branch_named", "local_access"]
