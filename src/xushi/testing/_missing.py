"""What a test needs beside Python and is not on this machine."""

from __future__ import annotations


class PeerMissing(Exception):
    """The program of a broker, a server or a browser is not on this machine; a test that needs it is skipped."""
