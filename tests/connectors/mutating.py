"""Seeded damage to payloads: to their bytes, and to their JSON as a careless or hostile program would do it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any

_ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**70,
    -(2**70),
    1e308,
    "",
    "NaN",
    "x" * 20_000,
    "\x00",
    "9999-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    [],
    {},
    [[]],
    [None],
    {"": ""},
    [1, "a", None, {}],
)
_RAW = (b"", b"\xff\xfe", b"null", b"[" * 5000, b'{"a":' * 5000, b"NaN", b"{" * 3, b'"\xed\xa0\x80"', b"\x00" * 64)


def damaged_bytes(random: Random, good: bytes) -> bytes:
    """Return the payload with a few bytes changed, cut out, doubled or put in."""
    body = bytearray(good)
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(body) + 1)
        way = random.randrange(5)
        if way == 0 and body:
            body[at % len(body)] = random.randrange(256)
        elif way == 1:
            del body[at : at + random.randint(1, 8)]
        elif way == 2:
            body[at:at] = body[at : at + random.randint(1, 40)]
        elif way == 3:
            body[at:at] = bytes(random.randrange(256) for _ in range(random.randint(1, 6)))
        elif body:
            body[at % len(body)] = random.choice((0x00, 0x7F, 0x80, 0xFF))
    return bytes(body[: random.randrange(len(body) + 1)] if random.random() < 0.15 else body)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def damaged_json(random: Random, good: dict[str, Any]) -> bytes:
    """Return the document with fields of another type, missing, doubled or beyond all limits; or no JSON at all."""
    if random.random() < 0.1:
        return random.choice(_RAW)
    if random.random() < 0.2:
        return damaged_bytes(random, json.dumps(good).encode())
    document: Any = json.loads(json.dumps(good))
    for _ in range(random.randint(1, 4)):
        path = random.choice(list(_places(document)))
        if not path:
            if random.random() < 0.1:
                document = random.choice(([document], [document, None], _ODD[3], "text", [[document]]))
            continue
        holder = document
        for step in path[:-1]:
            holder = holder[step]
        if random.random() < 0.2:
            del holder[path[-1]]
        else:
            holder[path[-1]] = copy.deepcopy(random.choice(_ODD))
        if not isinstance(document, dict | list):
            break
    return json.dumps(document).encode()
