"""Finds the IANA name of this computer's time zone."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def system_zone() -> str:
    """The time zone by TZ, /etc/timezone or /etc/localtime; UTC where none of them says it."""
    for candidate in (os.environ.get("TZ", "").lstrip(":"), _from_file(), _from_link()):
        if candidate and _is_known(candidate):
            return candidate
    return "UTC"


def _from_file() -> str:
    try:
        return Path("/etc/timezone").read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _from_link() -> str:
    try:
        return str(Path("/etc/localtime").resolve()).partition("zoneinfo/")[2]
    except OSError:
        return ""


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
