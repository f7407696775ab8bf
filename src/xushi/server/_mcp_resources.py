"""The resources of the MCP door: every shell and submodel as a document, with live values."""

from __future__ import annotations

import base64
from typing import Any

import msgspec

from xushi.kernel import Record, XushiError
from xushi.runtime import with_live_values
from xushi.server._doors import Doors
from xushi.server._shells_api import decode_id

_PAGE = 100
_SHELL = "xushi://shell/"
_SUBMODEL = "xushi://submodel/"
_TYPE = "application/json"
TEMPLATES = [
    {"uriTemplate": f"{_SHELL}{{id}}", "name": "shell", "mimeType": _TYPE,
     "description": "One shell with its submodels and live values; the id in base64url (IDTA-01002)."},
    {"uriTemplate": f"{_SUBMODEL}{{id}}", "name": "submodel", "mimeType": _TYPE,
     "description": "One submodel with live values; the id in base64url (IDTA-01002)."},
]  # fmt: skip


def listing(doors: Doors, language: str, cursor: Any) -> dict[str, Any]:
    """A page of shells. Raises ``server.identifier_invalid`` for a cursor that none of our answers gave."""
    if cursor is not None and not isinstance(cursor, str):
        raise XushiError("server.identifier_invalid", id=str(cursor)[:100])
    after = decode_id(cursor) if cursor else ""
    found = [one for one in sorted(doors.platform.twins.records["shell"].items()) if one[0] > after]
    page = [
        {
            "uri": _SHELL + _encoded(shell_id),
            "name": shell.get("idShort", shell_id),
            "title": _title(shell, language) or shell.get("idShort", shell_id),
            "mimeType": _TYPE,
        }
        for shell_id, shell in found[:_PAGE]
    ]
    more = {"nextCursor": _encoded(found[_PAGE - 1][0])} if len(found) > _PAGE else {}
    return {"resources": page, **more}


def read(doors: Doors, uri: Any) -> dict[str, Any]:
    """The document behind a URI. Raises ``server.resource_unknown``."""
    records = doors.platform.twins.records
    if isinstance(uri, str) and uri.startswith(_SHELL):
        shell = records["shell"].get(decode_id(uri.removeprefix(_SHELL)))
        if shell is not None:
            ids = [reference["keys"][0]["value"] for reference in shell.get("submodels", [])]
            parts = [_live(doors, records["submodel"][one]) for one in ids if one in records["submodel"]]
            return _contents(uri, {"shell": shell, "submodels": parts})
    if isinstance(uri, str) and uri.startswith(_SUBMODEL):
        submodel = records["submodel"].get(decode_id(uri.removeprefix(_SUBMODEL)))
        if submodel is not None:
            return _contents(uri, _live(doors, submodel))
    raise XushiError("server.resource_unknown", uri=str(uri)[:200])


def _live(doors: Doors, submodel: Record) -> Record:
    return with_live_values(submodel, doors.platform.registry, doors.platform.board)


def _contents(uri: str, document: Any) -> dict[str, Any]:
    return {"contents": [{"uri": uri, "mimeType": _TYPE, "text": msgspec.json.encode(document).decode()}]}


def _title(shell: Record, language: str) -> str:
    names = {text["language"]: text["text"] for text in shell.get("displayName", [])}
    return str(
        names.get(language) or names.get("zh" if language == "zh-CN" else "en") or next(iter(names.values()), "")
    )


def _encoded(identifier: str) -> str:
    return base64.urlsafe_b64encode(identifier.encode()).decode().rstrip("=")
