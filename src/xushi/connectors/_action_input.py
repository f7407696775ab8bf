"""One argument of what a device can be told to do."""

from __future__ import annotations

import msgspec

# What every door can take from a person: one plain value
INPUT_TYPES = ("boolean", "integer", "number", "string")


class ActionInput(msgspec.Struct, frozen=True):
    """One argument of an action, in the words of a W3C Web-of-Things data schema.

    Attributes:
        type: one of `INPUT_TYPES`; anything else names what cannot be given here, such as an array.
        summary: what the device says about it.
    """

    name: str
    type: str = "string"
    title: dict[str, str] = {}
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    summary: dict[str, str] = {}
