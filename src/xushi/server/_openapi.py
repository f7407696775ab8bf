"""Describes the server in OpenAPI 3.1, from the route table and the command table alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import inspect

from xushi.kernel import CommandTable
from xushi.server import _messages as m
from xushi.server._routes import NoQuery, RouteSpec, refusals_of

_ANY_COMMAND = "/api/commands/{name}"
_REFERENCE = "#/components/schemas/{name}"


def openapi(routes: Iterable[RouteSpec], commands: CommandTable, language: str = "en") -> dict[str, Any]:
    """The whole description; each command is a path of its own with the schema of its parameters."""
    specs = list(routes)
    types = [m.ErrorAnswer, m.OutcomeInfo]
    types += [spec.answer for spec in specs if spec.answer is not None]
    types += [spec.body for spec in specs if spec.body is not None]
    types += [answer for spec in specs for answer in spec.also.values() if answer is not None]
    types += [command.params for command in commands.all()]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    by_type = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, Any] = {}
    for spec in specs:
        if spec.path != _ANY_COMMAND:
            paths.setdefault(_plain(spec.path), {})[spec.method.lower()] = _operation(spec, by_type)
    refused = _refused(refusals_of(next(spec for spec in specs if spec.path == _ANY_COMMAND)))
    for command in commands.all():
        paths[f"/api/commands/{command.name}"] = {"post": _command(command, by_type, refused, language)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Xushi",
            "version": "1",
            "description": "Shells, signals, history, scene and commands of one plant.",
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(components.items())),
            "responses": {name: _refusal(words, by_type) for name, words in _REFUSALS.values()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "xushi_session"},
            },
        },
    }


def _plain(path: str) -> str:
    return path.replace(":path}", "}")


def _operation(spec: RouteSpec, by_type: dict[int, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{spec.method.lower()}{spec.path}").strip("_"),
        "summary": spec.title,
        "tags": list(spec.tags),
        "parameters": [*_path_parameters(spec), *_query_parameters(spec.query)],
        "responses": _responses(spec, by_type),
    }
    if spec.handler.__doc__:
        operation["description"] = spec.handler.__doc__
    operation["security"] = [] if spec.right is None else [{"token": []}, {"session": []}]
    if spec.right is not None:
        operation["x-right"] = spec.right
    if spec.body is not None:
        content = {spec.body_media_type: {"schema": by_type[id(spec.body)]}}
        operation["requestBody"] = {"required": _is_needed(spec.body), "content": content}
    elif spec.body_schema is not None:
        operation["requestBody"] = {"required": True, "content": {spec.body_media_type: {"schema": spec.body_schema}}}
    elif spec.body_media_type == "multipart/form-data":
        files = {
            "type": "object",
            "properties": {"files": {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}},
            "required": ["files"],
        }
        operation["requestBody"] = {"required": True, "content": {spec.body_media_type: {"schema": files}}}
    elif spec.body_media_type != "application/json":
        content = {spec.body_media_type: {"schema": {"type": "string", "format": "binary"}}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _is_needed(body: Any) -> bool:
    """Whether an empty body is refused: it stands for an empty object."""
    info = inspect.type_info(body)
    return isinstance(info, inspect.StructType) and any(field.required for field in info.fields)


def _path_parameters(spec: RouteSpec) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": dict(spec.parts.get(name, {"type": "string"}))}
        for name in re.findall(r"{(\w+)", spec.path)
    ]


def _query_parameters(query: type[msgspec.Struct]) -> list[dict[str, Any]]:
    if query is NoQuery:
        return []
    info = inspect.type_info(query)
    assert isinstance(info, inspect.StructType)
    schema = msgspec.json.schema_components([query], ref_template=_REFERENCE)[1][query.__name__]
    return [
        {
            "name": field.encode_name,
            "in": "query",
            "required": field.required,
            "schema": schema["properties"][field.encode_name],
        }
        for field in info.fields
    ]


_FILE = {"type": "string", "format": "binary"}
_STRUCTURED = ("application/json", "application/yaml")
"""Files that are read as data, whatever their shape; every other file is bytes."""


def _responses(spec: RouteSpec, by_type: dict[int, Any]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Success"}
    if spec.status not in (204, 303):
        schema = by_type[id(spec.answer)] if spec.answer is not None else _FILE
        success["content"] = {
            media_type: {"schema": {} if schema is _FILE and media_type in _STRUCTURED else schema}
            for media_type in spec.media_type.split(", ")
        }
    also = {str(status): _other(answer, by_type) for status, answer in spec.also.items()}
    return {str(spec.status): success, **also, **_refused(refusals_of(spec))}


_REFUSALS = {
    400: ("Misshapen", "The request does not fit this description"),
    401: ("NotSignedIn", "No token or session, a wrong one, or one that has ended"),
    403: ("Forbidden", "The right is lacking, or the request comes from another origin"),
    404: ("NotThere", "What the request names is not there"),
    409: ("Overtaken", "Somebody else was faster, or it is not ready yet"),
    413: ("TooLarge", "The body is larger than this route takes"),
    421: ("OtherHost", "The server is not called so"),
    422: ("Unfit", "The request fits this description and is refused for its content"),
    429: ("TooOften", "Too many of these at once"),
}
"""What each status of a refusal means, by a name of its own."""


def _refusal(words: str, by_type: dict[int, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": by_type[id(m.ErrorAnswer)]}}}


def _refused(statuses: Iterable[int]) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/{_REFUSALS[status][0]}"} for status in statuses}


def _other(answer: Any, by_type: dict[int, Any]) -> dict[str, Any]:
    if answer is None:
        return {"description": "Taken"}
    return {"description": "Another answer", "content": {"application/json": {"schema": by_type[id(answer)]}}}


def _command(command: Any, by_type: dict[int, Any], refused: dict[str, Any], language: str) -> dict[str, Any]:
    is_needed = _is_needed(command.params)
    body = {
        "type": "object",
        "properties": {
            "params": by_type[id(command.params)],
            "dry_run": {"type": "boolean", "default": False},
            "reason": {"type": "string", "default": ""},
        },
        "required": ["params"] if is_needed else [],
    }
    return {
        "operationId": f"run_{command.name.replace('.', '_')}",
        "summary": command.title.get(language, command.title["en"]),
        "description": command.summary.get(language, command.summary["en"]),
        "tags": ["commands"],
        "x-right": command.right,
        "requestBody": {"required": is_needed, "content": {"application/json": {"schema": body}}},
        "responses": {
            "200": {
                "description": "What became of it",
                "content": {"application/json": {"schema": by_type[id(m.OutcomeInfo)]}},
            },
            **refused,
        },
    }
