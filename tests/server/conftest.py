"""One real server for the tests of a module, over a handful of signals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from xushi.signals import Kind, SignalDef
from xushi.testing import Served
from xushi.testing import served as serving

KINDS = {"Speed": Kind.DOUBLE, "Count": Kind.INT, "Engine": Kind.STRING, "Trace": Kind.ARRAY, "Ready": Kind.BOOL,
         "At": Kind.TIME}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with signals 0 Speed, 1 Count, 2 Engine, 3 Trace, 4 Ready, 5 At."""
    signals = [SignalDef(key=f"urn:sm#{name}", kind=kind, submodel="urn:sm", path=name) for name, kind in KINDS.items()]
    with serving(tmp_path_factory.mktemp("data"), signals) as one:
        yield one


@pytest.fixture
def ask(served: Served) -> Callable[..., Any]:
    """Send a request with exactly these headers; underscores in their names become hyphens."""

    def send(method: str, path: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        parts = urlsplit(served.running.base_url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        plain = path.replace("{path:path}", "x").replace("{", "").replace("}", "")
        connection.request(method, plain, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    return send
