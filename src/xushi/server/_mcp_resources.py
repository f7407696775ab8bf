"""The resources of the MCP door: every shell and submodel as a document, with the values of any timeline."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from xushi.kernel import Record, XushiError
from xushi.server._doors import Doors
from xushi.server._routes import decoded_query
from xushi.server._shells_api import decode_id
from xushi.server._values import ValuesQuery, with_values

_PAGE = 100
_SHELL = "xushi://shell/"
_SUBMODEL = "xushi://submodel/"
_TYPE = "application/json"
_OF_AN_INSTANT = "{?timeline,at_ms}"
_WHICH = "Live values, or those of a timeline, e.g. a branch, at an instant in ms since 1970."
TEMPLATES = [
    {"uriTemplate": f"{_SHELL}{{id}}{_OF_AN_INSTANT}", "name": "shell", "mimeType": _TYPE,
     "description": "One shell with its submodels and their values; the id in base64url (IDTA-01002). " + _WHICH},
    {"uriTemplate": f"{_SUBMODEL}{{id}}{_OF_AN_INSTANT}", "name": "submodel", "mimeType": _TYPE,
     "description": "One submodel with its values; the id in base64url (IDTA-01002). " + _WHICH},
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


async def read(doors: Doors, uri: Any) -> dict[str, Any]:
    """The document behind a URI; its query chooses timeline and instant.

    Raises:
        XushiError: ``server.resource_unknown``, ``server.query_invalid``, or as `with_values`.
    """
    records = doors.platform.twins.records
    address, _, query = uri.partition("?") if isinstance(uri, str) else ("", "", "")
    if address.startswith(_SHELL):
        shell = records["shell"].get(decode_id(address.removeprefix(_SHELL)))
        if shell is not None:
            ids = [reference["keys"][0]["value"] for reference in shell.get("submodels", [])]
            parts = [records["submodel"][one] for one in ids if one in records["submodel"]]
            return _contents(uri, {"shell": shell, "submodels": await _filled(doors, parts, query)})
    if address.startswith(_SUBMODEL):
        submodel = records["submodel"].get(decode_id(address.removeprefix(_SUBMODEL)))
        if submodel is not None:
            (filled,) = await _filled(doors, [submodel], query)
            return _contents(uri, filled)
    raise XushiError("server.resource_unknown", uri=str(uri)[:200])


async def _filled(doors: Doors, submodels: list[Record], query: str) -> list[Record]:
    wanted: ValuesQuery = decoded_query(dict(parse_qsl(query, keep_blank_values=True)), ValuesQuery)
    return await with_values(doors, submodels, wanted.timeline, wanted.at_ms)


def _contents(uri: str, document: Any) -> dict[str, Any]:
    return {"contents": [{"uri": uri, "mimeType": _TYPE, "text": msgspec.json.encode(document).decode()}]}


def _title(shell: Record, language: str) -> str:
    names = {text["language"]: text["text"] for text in shell.get("displayName", [])}
    return str(
        names.get(language) or names.get("zh" if language == "zh-CN" else "en") or next(iter(names.values()), "")
    )


def _encoded(identifier: str) -> str:
    return base64.urlsafe_b64encode(identifier.encode()).decode().rstrip("=")
