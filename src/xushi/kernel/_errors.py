"""One kind of error and of diagnosis: what happened, why, and what to do next, in both languages."""

from __future__ import annotations

import importlib.resources
import json
import locale
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from ._state_words import shown_parameter

LANGUAGES = ("en", "zh-CN")

Catalogue: TypeAlias = Mapping[str, Mapping[str, Mapping[str, str]]]

_registered: dict[str, Catalogue] = {}


class ErrorText(msgspec.Struct, frozen=True):
    """The three sentences a person needs: what happened, why, and what to do next."""

    what: str
    why: str
    next: str


def register_messages(prefix: str, path: Path) -> None:
    """Let a plugin's error codes `prefix.*` take their texts from its own `messages.json`."""
    _registered[prefix] = json.loads(path.read_text("utf-8"))


@cache
def _room_catalogue(room: str) -> Catalogue:
    """Read the `messages.json` that lies in a room of ours; rooms are found by name, never imported."""
    try:
        text = importlib.resources.files("xushi").joinpath(room, "messages.json").read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    catalogue: Catalogue = json.loads(text)
    return catalogue


def nearest_language(language: str) -> str:
    """Return the catalogue language for a tag or an Accept-Language header; English when nothing fits."""
    for part in language.split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return "en"


def environment_language() -> str:
    """Return the catalogue language of whoever runs this process: that of LC_ALL, LC_MESSAGES or LANG."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return nearest_language(os.environ[name].replace("_", "-"))
    return nearest_language((locale.getlocale()[0] or "en").replace("_", "-"))


class _Gaps(dict[str, Any]):
    """Shows a missing parameter as its name: a text with a gap is better than a second error."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def message(code: str, params: Mapping[str, Any], language: str = "en") -> ErrorText:
    """Return the text of `code` with its parameters filled in; an uncatalogued code shows itself."""
    room = code.split(".", 1)[0]
    catalogue = _registered.get(room) or _room_catalogue(room)
    nearest = nearest_language(language)
    entry = catalogue.get(code, {}).get(nearest)
    if entry is None:
        shown = ", ".join(f"{key}={value}" for key, value in params.items())
        return ErrorText(what=code, why=shown, next="")
    filled = _Gaps({key: shown_parameter(key, value, nearest) for key, value in params.items()})
    texts = {part: entry.get(part, "") for part in ("what", "why", "next")}
    return ErrorText(**{part: _sentence(text, text.format_map(filled), nearest) for part, text in texts.items()})


_OPEN_ENDS = frozenset("`'\")]}%）")  # of a reason that lacks its full stop, beside letters and digits


def _sentence(text: str, shown: str, language: str) -> str:
    """End what is shown as a sentence where `text` leaves that to a parameter: reasons of others often have no stop."""
    is_open = text.endswith("}") and (shown[-1:].isalnum() or shown[-1:] in _OPEN_ENDS)
    return shown + ("。" if language == "zh-CN" else ".") if is_open else shown


class XushiError(Exception):
    """The base of every error a user may meet: a code with parameters, told in the user's language."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def text(self, language: str = "en") -> ErrorText:
        """Return what happened, why, and what to do next, in `language`."""
        return message(self.code, self.params, language)

    def to_dict(self, language: str = "en") -> dict[str, str]:
        """Return the one JSON shape of an error: code, what, why, next."""
        text = self.text(language)
        return {"code": self.code, "what": text.what, "why": text.why, "next": text.next}

    def __str__(self) -> str:
        text = self.text("en")
        return " ".join(part for part in (text.what, text.why, text.next) if part)


class NothingSent(XushiError):
    """Nothing went out to the device: the same request may be kept and made again."""


class OutcomeUnknown(XushiError):
    """The request went out, and nobody can tell what came of it: it is neither done nor refused."""


class Diagnosis(msgspec.Struct, frozen=True):
    """A finding about something that still opens: a code, the place, and what was or should be done.

    Attributes:
        code: `room.name`, the key of its texts in the room's `messages.json`.
        place: where it was found: part name, idShort path, JSON pointer or line.
        params: values for the gaps of the texts.
    """

    code: str
    place: str
    params: dict[str, Any] = {}

    def text(self, language: str = "en") -> str:
        """Return what was found and why it matters, in `language`."""
        found = message(self.code, {"place": self.place, **self.params}, language)
        return " ".join(part for part in (found.what, found.why) if part)

    def repair(self, language: str = "en") -> str:
        """Return what was repaired, or what to do about it, in `language`."""
        return message(self.code, {"place": self.place, **self.params}, language).next

    def to_dict(self, language: str = "en") -> dict[str, str]:
        """Return the JSON shape of a diagnosis: code, place, text, repair."""
        return {
            "code": self.code,
            "place": self.place,
            "text": self.text(language),
            "repair": self.repair(language),
        }
