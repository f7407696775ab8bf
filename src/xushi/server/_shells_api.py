"""The AAS REST API (IDTA-01002 3.1), the reading part: shells, submodels, elements, with values of any timeline."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

import msgspec
from starlette.responses import Response

from xushi.kernel import Record, XushiError
from xushi.runtime import LIVE, file_of
from xushi.server._doors import Doors
from xushi.server._past import Instant
from xushi.server._routes import OF_TIMELINE, Call, Handler, NoQuery, RouteSpec, answer_json
from xushi.server._stored_files import ASK_AGAIN, file_answer
from xushi.server._values import ValuesQuery, with_values

_LARGEST_PAGE = 1000
_BASE64URL = "^(?:[A-Za-z0-9_-]{4})*(?:[A-Za-z0-9_-]{2,3})?$"
_PARTS = {"id": {"type": "string", "pattern": _BASE64URL}}


class PageQuery(msgspec.Struct, frozen=True):
    """Paging of IDTA-01002: how many, and after which cursor; ``idShort`` and ``semanticId`` filter."""

    limit: int = 100
    cursor: Annotated[str, msgspec.Meta(pattern=_BASE64URL)] = ""
    id_short: str = msgspec.field(default="", name="idShort")


class SubmodelPageQuery(PageQuery, frozen=True):
    """Paging and filter of IDTA-01002, and whose values: a timeline and an instant of it (ms since 1970)."""

    timeline: str = LIVE
    at_ms: Instant | None = None


def decode_id(text: str) -> str:
    """An identifier from its base64url form.

    Raises:
        XushiError: ``server.identifier_invalid`` for what is not base64url; ``runtime.twin_unknown`` for what is,
            and is no text: nothing can have that identifier.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except UnicodeDecodeError:
        raise XushiError("runtime.twin_unknown", id=text[:200]) from None
    except (binascii.Error, ValueError) as error:
        raise XushiError("server.identifier_invalid", id=text[:100]) from error


def _record(doors: Doors, kind: str, encoded: str) -> Record:
    identifier = decode_id(encoded)
    record = doors.platform.twins.records[kind].get(identifier)
    if record is None:
        raise XushiError("runtime.twin_unknown", id=identifier[:200])
    return record


def _page(doors: Doors, kind: str, query: PageQuery) -> tuple[list[Record], dict[str, str]]:
    """A page of records, and the paging metadata that lead to the next."""
    limit = min(max(query.limit, 1), _LARGEST_PAGE)
    after = decode_id(query.cursor) if query.cursor else ""
    found = [
        (record_id, record)
        for record_id, record in sorted(doors.platform.twins.records[kind].items())
        if record_id > after and (not query.id_short or record.get("idShort") == query.id_short)
    ]
    page = found[:limit]
    paging = {}
    if len(found) > limit:
        paging["cursor"] = base64.urlsafe_b64encode(page[-1][0].encode()).decode().rstrip("=")
    return [record for _, record in page], paging


def _answer_page(records: list[Record], paging: dict[str, str]) -> Response:
    return answer_json({"paging_metadata": paging, "result": records})


async def _submodel(doors: Doors, call: Call) -> Record:
    """The submodel of a call, with the values of the timeline and the instant that it asks for."""
    query: ValuesQuery = call.query
    found = _record(doors, "submodel", call.path("id"))
    return (await with_values(doors, [found], query.timeline, query.at_ms))[0]


async def shells(doors: Doors, call: Call) -> Response:
    """GetAllAssetAdministrationShells."""
    return _answer_page(*_page(doors, "shell", call.query))


async def shell(doors: Doors, call: Call) -> Response:
    """GetAssetAdministrationShellById."""
    return answer_json(_record(doors, "shell", call.path("id")))


async def asset_information(doors: Doors, call: Call) -> Response:
    """GetAssetInformation."""
    return answer_json(_record(doors, "shell", call.path("id"))["assetInformation"])


async def submodel_refs(doors: Doors, call: Call) -> Response:
    """GetAllSubmodelReferences."""
    references = _record(doors, "shell", call.path("id")).get("submodels", [])
    return answer_json({"paging_metadata": {}, "result": references})


async def submodels(doors: Doors, call: Call) -> Response:
    """GetAllSubmodels."""
    query: SubmodelPageQuery = call.query
    found, paging = _page(doors, "submodel", query)
    return _answer_page(await with_values(doors, found, query.timeline, query.at_ms), paging)


async def submodel(doors: Doors, call: Call) -> Response:
    """GetSubmodelById, with live values or those of an instant."""
    return answer_json(await _submodel(doors, call))


async def submodel_value(doors: Doors, call: Call) -> Response:
    """GetSubmodelById-ValueOnly."""
    record = await _submodel(doors, call)
    return answer_json(_values(record.get("submodelElements", [])))


async def elements(doors: Doors, call: Call) -> Response:
    """GetAllSubmodelElements."""
    record = await _submodel(doors, call)
    return answer_json({"paging_metadata": {}, "result": record.get("submodelElements", [])})


async def element(doors: Doors, call: Call) -> Response:
    """GetSubmodelElementByPath; its value where the path ends in ``/$value``, its file where in ``/attachment``."""
    path = call.path("path")
    if path.endswith("/attachment"):
        return _attachment(doors, call, path.removesuffix("/attachment"))
    is_value = path.endswith("/$value")
    path = path.removesuffix("/$value")
    record = await _submodel(doors, call)
    found = find_element(record, path)
    if found is None:
        raise XushiError("server.element_unknown", path=path[:200])
    return answer_json(_value(found) if is_value else found)


def _attachment(doors: Doors, call: Call, path: str) -> Response:
    """GetFileByPath: the content of a File or Blob element."""
    submodel = _record(doors, "submodel", call.path("id"))
    found = find_element(submodel, path)
    if found is None or found.get("modelType") not in ("File", "Blob"):
        raise XushiError("server.element_unknown", path=path[:200])
    if found["modelType"] == "Blob":
        content = base64.b64decode(found.get("value") or "", validate=False)
        headers = {"Content-Disposition": "attachment", "Cache-Control": ASK_AGAIN}
        return Response(content, headers=headers, media_type="application/octet-stream")
    return _file(doors, call, "submodel", submodel["id"], found.get("value"))


def _file(doors: Doors, call: Call, kind: str, twin_id: str, value: str | None) -> Response:
    record = file_of(doors.platform.store, kind, twin_id, value)
    if record is None:
        raise XushiError("server.file_unknown", path=str(value)[:200])
    name = record["path"].rpartition("/")[2]
    return file_answer(doors.platform, call, record["sha256"], record["media_type"], name, ASK_AGAIN)


async def thumbnail(doors: Doors, call: Call) -> Response:
    """GetThumbnail."""
    shell = _record(doors, "shell", call.path("id"))
    picture = shell["assetInformation"].get("defaultThumbnail", {})
    return _file(doors, call, "shell", shell["id"], picture.get("path"))


async def concepts(doors: Doors, call: Call) -> Response:
    """GetAllConceptDescriptions."""
    return _answer_page(*_page(doors, "concept", call.query))


async def concept(doors: Doors, call: Call) -> Response:
    """GetConceptDescriptionById."""
    return answer_json(_record(doors, "concept", call.path("id")))


def children_of(record: Record) -> list[Record]:
    """The elements directly below a submodel or an element."""
    for key in ("submodelElements", "statements", "annotations"):
        if isinstance(record.get(key), list):
            return list(record[key])
    value = record.get("value")
    return value if isinstance(value, list) and record.get("modelType", "").startswith("SubmodelElement") else []


def find_element(record: Record, path: str) -> Record | None:
    """The element at an idShort path, None where there is none."""
    here: Record | None = record
    for step in path.replace("[", ".[").split("."):
        if not step or here is None:
            return None
        children = children_of(here)
        if step.startswith("["):
            number = step[1:-1]
            here = children[int(number)] if number.isdigit() and int(number) < len(children) else None
        else:
            here = next((child for child in children if child.get("idShort") == step), None)
    return here


def _values(items: list[Record]) -> dict[str, Any]:
    return {item["idShort"]: _value(item) for item in items if "idShort" in item}


def _value(item: Record) -> Any:
    """The value-only form of an element (IDTA-01001, 5.7.4, ValueOnly serialisation)."""
    kind = item.get("modelType")
    if kind == "SubmodelElementList":
        return [_value(child) for child in item.get("value", [])]
    if kind == "SubmodelElementCollection":
        return _values(item.get("value", []))
    if kind == "MultiLanguageProperty":
        return [{text["language"]: text["text"]} for text in item.get("value", [])]
    if kind == "Range":
        return {key: _number(item.get(key), item.get("valueType")) for key in ("min", "max")}
    if kind in ("File", "Blob"):
        return {"contentType": item.get("contentType"), "value": item.get("value")}
    if kind == "Entity":
        shown = {"statements": _values(item.get("statements", [])), "entityType": item.get("entityType")}
        return {**shown, "globalAssetId": item["globalAssetId"]} if "globalAssetId" in item else shown
    if kind in ("RelationshipElement", "AnnotatedRelationshipElement"):
        return {"first": item.get("first"), "second": item.get("second")}
    if kind == "Property":
        return _number(item.get("value"), item.get("valueType"))
    return item.get("value")


def _number(text: Any, value_type: str | None) -> Any:
    if not isinstance(text, str) or value_type is None:
        return text
    try:
        if value_type in ("xs:double", "xs:float", "xs:decimal"):
            return float(text) if text not in ("NaN", "INF", "-INF") else text
        if value_type == "xs:boolean":
            return text in ("true", "1")
        if "int" in value_type.lower() or value_type in ("xs:long", "xs:short", "xs:byte"):
            return int(text)
    except ValueError:
        return text
    return text


def _route(path: str, handler: Handler, title: str, query: type[msgspec.Struct] = NoQuery) -> RouteSpec:
    refusals = (404,) if query is PageQuery else () if query is NoQuery else OF_TIMELINE
    return RouteSpec(
        "GET", path, "view", handler, title, query, answer=dict[str, Any], tags=("aas",), parts=_PARTS,
        refusals=refusals,
    )  # fmt: skip


ROUTES = (
    _route("/shells", shells, "All shells", PageQuery),
    _route("/shells/{id}", shell, "One shell"),
    _route("/shells/{id}/asset-information", asset_information, "The asset of a shell"),
    RouteSpec(
        "GET",
        "/shells/{id}/asset-information/thumbnail",
        "view",
        thumbnail,
        "The picture of a shell",
        media_type="application/octet-stream",
        tags=("aas",),
        parts=_PARTS,
    ),
    _route("/shells/{id}/submodel-refs", submodel_refs, "The submodels of a shell"),
    _route("/submodels", submodels, "All submodels", SubmodelPageQuery),
    _route("/submodels/{id}", submodel, "One submodel", ValuesQuery),
    _route("/submodels/{id}/$value", submodel_value, "The values of a submodel", ValuesQuery),
    _route("/submodels/{id}/submodel-elements", elements, "The elements of a submodel", ValuesQuery),
    _route("/submodels/{id}/submodel-elements/{path:path}", element, "One element", ValuesQuery),
    _route("/concept-descriptions", concepts, "All concept descriptions", PageQuery),
    _route("/concept-descriptions/{id}", concept, "One concept description"),
)
