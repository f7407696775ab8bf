"""Looks around on an HTTP server: the paths a person names, and each field of what they answer."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec

from xushi.kernel import Clock, XushiError, plain_reason
from xushi.signals import BAD_NO_DATA

from ._aid import InterfaceProperty
from ._explore import Choice, Field, FoundNode, NodePage, PeerCard, Sample, Setup, ValueType, Walked
from ._http_client import AnswerTooLarge, HttpClient
from ._http_place import credentials, status_of, target_of
from ._placement import Placement
from ._pointer import part_at, split_pointer
from ._unreachable import unreachable

READ_TIMEOUT_S = 1.0
OPEN_TIMEOUT_S = 8.0
MOST_PATHS = 50
DEEPEST = 20
BAD_TIMEOUT = 0x800A_0000
BAD_DECODING_ERROR = 0x8007_0000

SETUP = Setup(
    title={"en": "HTTP and JSON", "zh-CN": "HTTP 与 JSON"},
    summary={
        "en": "Asks a machine's web interface for JSON at a fixed beat and writes by PUT, POST or PATCH.",
        "zh-CN": "按固定周期读取设备 Web 接口的 JSON，并通过 PUT、POST 或 PATCH 写入。",
    },
    example="http://10.0.0.8/api",
    fields=(
        Field(
            "paths",
            {"en": "Paths", "zh-CN": "路径"},
            {
                "en": "What to look at, with commas between; empty for the path of the address.",
                "zh-CN": "要查看的路径，用逗号分隔；留空则使用地址中的路径。",
            },
        ),
        Field(
            "scheme",
            {"en": "Sign-in", "zh-CN": "登录方式"},
            kind="choice",
            choices=(
                Choice("", {"en": "None", "zh-CN": "无"}),
                Choice("basic", {"en": "User name and password", "zh-CN": "用户名和密码"}),
                Choice("bearer", {"en": "Token", "zh-CN": "令牌"}),
            ),
        ),
        Field("username", {"en": "User name", "zh-CN": "用户名"}),
        Field("password", {"en": "Password", "zh-CN": "密码"}, kind="secret"),
        Field("token", {"en": "Token", "zh-CN": "令牌"}, kind="secret"),
    ),
)


def form(endpoint: str, placement: Placement) -> InterfaceProperty:
    """Return how an address is written in an Asset Interfaces Description: the inverse of `place`."""
    target, _, pointer = placement.address.partition("#")
    options = placement.options
    texts = {"href": target, "htv_methodName": str(options.get("write_method", "GET"))}
    if options.get("polling_ms"):
        texts["htv_pollingTime"] = str(options["polling_ms"])
    texts.update({f"htv_header:{name}": value for name, value in (options.get("headers") or {}).items()})
    parts = urlsplit(endpoint)
    return InterfaceProperty(
        path=(),
        base=f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
        href=target,
        content_type=str(options.get("content_type", "application/json")),
        pointer=split_pointer(pointer),
        form=texts,
    )


class HttpExplorer:
    """One person's look at one server; see `Explorer`. Every child of a node comes from one answer."""

    def __init__(self, endpoint: str, settings: dict[str, Any], clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        parts = urlsplit(endpoint)
        self._endpoint = endpoint
        self._client: HttpClient | None = None
        named = [one.strip() for one in re.split(r"[,\n]", str(settings.get("paths", ""))) if one.strip()]
        self._targets = [
            target_of(urlsplit(one).path or "/", urlsplit(one).query)
            for one in (named or [f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"])
        ][:MOST_PATHS]

    async def open(self) -> PeerCard:
        """Ask for the first path and say who answers; see `Explorer.open`."""
        try:
            self._client = HttpClient(self._endpoint, self._settings.get("ca_file"), timeout_s=OPEN_TIMEOUT_S)
            answer = await self._client.request("GET", self._targets[0], credentials(self._settings))
        except (OSError, EOFError, TimeoutError, ValueError, AnswerTooLarge) as error:
            raise unreachable(self._endpoint, error) from error
        if answer.status in (401, 403):
            raise XushiError("connectors.http_refused", error=f"the server answers {answer.status}")
        server = answer.headers.get("server", "")[:200]
        return PeerCard(server or self._endpoint, {"server": server} if server else {})

    async def children(self, address: str, cursor: str, limit: int) -> NodePage:
        """Return the paths, or the fields of one answer; see `Explorer.children`."""
        if not address:
            found = [
                FoundNode(address=target, name=target, path=(target,), has_children=None) for target in self._targets
            ]
        else:
            target, pointer = address.partition("#")[::2]
            document = part_at(await self._document(target), split_pointer(pointer))
            found = list(_members(target, pointer, document))
        start = int(cursor) if cursor.isdigit() else 0
        rest = str(start + limit) if start + limit < len(found) else ""
        return NodePage(tuple(found[start : start + limit]), rest)

    async def walk(self, roots: Sequence[str], limit: int) -> AsyncIterator[Walked]:
        """Yield the fields below the roots, one answer a batch; see `Explorer.walk`."""
        count = 0
        targets = list(dict.fromkeys(root.partition("#")[0] for root in roots)) or self._targets
        for number, target in enumerate(targets):
            found = _everything(target, await self._document(target), limit - count)
            if roots and target not in roots:
                found = [one for one in found if any(_is_on_the_way(one.address, root) for root in roots)]
            count += len(found)
            yield Walked(tuple(found), (number + 1) / len(targets))

    async def read(self, addresses: Sequence[str]) -> list[Sample]:
        """Return the present values, asking for each path once; see `Explorer.read`."""
        documents: dict[str, Any] = {}
        try:
            async with asyncio.timeout(READ_TIMEOUT_S):
                for target in dict.fromkeys(address.partition("#")[0] for address in addresses):
                    try:
                        documents[target] = await self._document(target)
                    except XushiError as error:
                        documents[target] = error
        except TimeoutError:
            pass
        return [self._sample(address, documents) for address in addresses]

    def _sample(self, address: str, documents: dict[str, Any]) -> Sample:
        target, pointer = address.partition("#")[::2]
        now_ns = self._clock.now_ns()
        if target not in documents:
            return Sample(address, None, now_ns, BAD_TIMEOUT, "the server did not answer in time")
        document = documents[target]
        if isinstance(document, XushiError):
            return Sample(address, None, now_ns, int(document.params.get("status", BAD_NO_DATA)), str(document))
        value = part_at(document, split_pointer(pointer))
        return Sample(address, value, now_ns, BAD_NO_DATA if value is None else 0)

    async def close(self) -> None:
        """Take leave; see `Explorer.close`."""
        if self._client is not None:
            self._client.close()

    async def _document(self, target: str) -> Any:
        if self._client is None:
            raise XushiError("connectors.unreachable", error="not connected")
        parts = urlsplit(target)
        asked = target_of(parts.path or "/", parts.query)
        try:
            answer = await self._client.request("GET", asked, credentials(self._settings))
        except (OSError, EOFError, TimeoutError, ValueError, AnswerTooLarge) as error:
            raise XushiError("connectors.unreachable", error=plain_reason(self._endpoint, error)) from error
        if not 200 <= answer.status < 300:
            reason = f"{asked}: the server answers {answer.status}"
            raise XushiError("connectors.unreachable", error=reason, status=status_of(answer.status))
        try:
            return msgspec.json.decode(answer.body)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise XushiError(
                "connectors.unreachable", error=f"{asked} answers no JSON: {error}", status=BAD_DECODING_ERROR
            ) from error


def _everything(target: str, document: Any, limit: int) -> list[FoundNode]:
    """Return the path and the fields of its answer, those above before those below."""
    is_bare = not isinstance(document, dict | list)
    found = [] if is_bare else [FoundNode(address=target, name=target, path=(target,), has_children=True)]
    waiting: deque[tuple[str, Any, int]] = deque([("", document, 0)])
    while waiting and len(found) < limit:
        place, value, depth = waiting.popleft()
        for node in _members(target, place, value):
            found.append(node)
            if node.has_children and depth < DEEPEST:
                below = node.address.partition("#")[2]
                waiting.append((below, part_at(value, split_pointer(below.removeprefix(place))), depth + 1))
    return found[: max(0, limit)]


def _is_on_the_way(address: str, root: str) -> bool:
    """Whether a field is the one chosen, below it, or above it."""
    return address == root or address.startswith(f"{root}/") or root.startswith((f"{address}/", f"{address}#"))


def _members(target: str, pointer: str, value: Any) -> list[FoundNode]:
    """Return what lies directly below a place in a document; a bare value is its own only member."""
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        items = [(str(index), one) for index, one in enumerate(value)]
    elif not pointer and not isinstance(value, dict):
        return [_node(target, target, "", (target,), value)]
    else:
        return []
    parent = f"{target}#{pointer}" if pointer else target
    above = (target, *split_pointer(pointer))
    return [
        _node(f"{target}#{pointer}/{name.replace('~', '~0').replace('/', '~1')}", name, parent, (*above, name), inner)
        for name, inner in items
    ]


def _node(address: str, name: str, parent: str, path: tuple[str, ...], value: Any) -> FoundNode:
    is_folder = isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(one, dict | list) for one in value)
    )
    return FoundNode(
        address=address,
        name=name or '""',
        parent=parent,
        path=path,
        is_value=not is_folder,
        has_children=is_folder,
        type="" if is_folder else _type(value),
        data_type=type(value).__name__,
        sample=None if is_folder else value,
    )


def _type(value: Any) -> ValueType:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, list):
        return "array"
    return "string" if isinstance(value, str) else ""
