"""Reads YAML that people write by hand, from anybody: plain values only, and no aliases."""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec


def read_yaml(text: str) -> Any:
    """Return what a text in YAML 1.1 or JSON says, as dicts, lists and plain values.

    Aliases (`*name`) are refused: a few of them can describe more than any memory holds.

    Raises:
        ValueError: it is not readable; the reason is on one line and says where.
    """
    import yaml  # here: who reads no such file does not wait for it

    if text.lstrip().startswith("{"):
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(text)
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text, loader):
            if isinstance(event, yaml.events.AliasEvent):
                raise ValueError(f"line {event.start_mark.line + 1}: aliases (*name) are not read")
        return yaml.load(text, loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error
