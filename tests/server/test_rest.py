"""Rules of the REST interface: sign-in, headers, what the routes answer, OpenAPI."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from xushi.remote import RemoteError
from xushi.runtime import decode_frame
from xushi.server import bind
from xushi.signals import BAD_NO_COMMUNICATION, Frame
from xushi.testing import Served, triangle_glb
from xushi.twins import from_json

Ask = Callable[..., Any]


def test_the_openapi_description_is_valid_3_1_and_complete(served: Served) -> None:
    description = served.remote.get("/api/openapi.json")
    OpenAPIV31SpecValidator(description).validate()
    assert description["openapi"].startswith("3.1")
    assert "/api/commands/scene.move" in description["paths"]
    assert "/submodels/{id}/submodel-elements/{path}" in description["paths"]


def test_the_description_names_the_status_of_every_refusal(served: Served) -> None:
    for path, operations in served.remote.get("/api/openapi.json")["paths"].items():
        for method, operation in operations.items():
            found = set(operation["responses"])
            assert found.isdisjoint({"default", "500"})
            assert {"403", "421"} <= found, (method, path)  # from another origin, by another name
            assert ("401" in found) == (operation.get("security") != [] or path == "/signin"), (method, path)
            assert ("413" in found) == ("requestBody" in operation), (method, path)
            assert "404" in found or "{" not in path, (method, path)
            assert {"409", "422"} <= found or not path.startswith("/api/commands/"), (method, path)


def test_what_a_request_lacks_is_no_page_that_is_not_there(served: Served) -> None:
    with pytest.raises(RemoteError) as caught:
        served.remote.run("alarm.shelve", {"alarms": ["nobody"], "reason": "maintenance"})
    assert (caught.value.code, caught.value.status) == ("monitor.shelf_end_missing", 422)


def test_the_link_works_once_and_leaves_no_code_in_the_address(served: Served, ask: Ask) -> None:
    path = served.running.signin_link().removeprefix(served.running.base_url)
    answer, _ = ask("GET", path)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    session = cookie.partition(";")[0]
    answer, body = ask("GET", "/api/me", Cookie=session)
    assert (answer.status, json.loads(body)["name"]) == (200, "operator")
    answer, _ = ask("GET", path)
    assert answer.status == 401
    answer, _ = ask("POST", "/api/signout", Cookie=session)
    assert answer.status == 204
    assert ask("GET", "/api/me", Cookie=session)[0].status == 401


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_an_answer_is_sent_at_once_on_a_kept_connection(host: str) -> None:
    """Headers and body are two writes: with Nagle's algorithm (RFC 896) the second waits 40 ms for a receipt."""

    async def is_sent_at_once() -> bool:
        told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def accepted(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            peer = writer.get_extra_info("socket")
            told.set_result(bool(peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
            writer.close()

        listener = bind(host, 0)
        async with await asyncio.start_server(accepted, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname()[:2])
            try:
                return await asyncio.wait_for(told, 10)
            finally:
                writer.close()

    assert asyncio.run(is_sent_at_once())


@pytest.mark.parametrize("path", ["/", "/api/status", "/api/nothing", "/assets/nothing.js", "/signin?code=x"])
def test_every_answer_carries_the_security_headers(served: Served, ask: Ask, path: str) -> None:
    answer, body = ask("GET", path)
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert b"Traceback" not in body


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/nothing"),
        ("GET", "/api/timelines/nothing/snapshot"),
        ("GET", "/api/timelines/live/signals/9999/range?start_ms=0&end_ms=1"),
        ("GET", "/api/timelines/live/signals/0/range?start_ms=x&end_ms=1"),
        ("GET", "/api/timelines/live/signals/0/buckets?start_ms=5&end_ms=1"),
        ("GET", "/api/timelines/live/signals/0/range?start_ms=1e300&end_ms=2e300"),
        ("GET", "/api/assets/0000"),
        ("GET", "/api/assets/..%2F..%2Fetc"),
        ("GET", "/shells/%21%21"),
        ("GET", "/submodels/dXJu"),
        ("GET", "/api/engines/nobody"),
        ("GET", "/api/jobs/none"),
        ("POST", "/api/jobs/none/cancel"),
        ("POST", "/api/commands/none.such"),
        ("POST", "/api/commands/none/undo"),
        ("PUT", "/api/status"),
        ("GET", "/api/evidence/0/proof"),
    ],
)
def test_a_mistake_is_told_in_both_languages(served: Served, ask: Ask, method: str, path: str) -> None:
    texts = set()
    for language in ("en", "zh-CN"):
        answer, body = ask(method, path, Authorization=f"Bearer {served.remote.token}", Accept_Language=language)
        assert 400 <= answer.status < 500
        error = json.loads(body)["error"]
        assert error["what"] != error["code"]
        texts.add(error["what"])
    assert len(texts) == 2


def test_the_order_book_says_whether_a_controller_is_told_what_to_make(served: Served) -> None:
    assert served.remote.get("/api/orders")["is_told"] is False  # no shell here describes one


def test_a_span_without_values_still_says_what_holds_at_its_edges_unless_that_is_bad(served: Served) -> None:
    start_ns = time.time_ns() - 900_000_000_000
    served.push(Frame.doubles([0], [start_ns], [7.0]))
    quiet = {"start_ms": start_ns / 1e6 + 10_000, "end_ms": start_ns / 1e6 + 20_000, "count": 3}
    path = "/api/timelines/live/signals/0/buckets"
    buckets = served.remote.get(path, **quiet)
    assert buckets["last"] == [None, None, None]
    assert (buckets["at_start"], buckets["at_end"]) == (7.0, 7.0)
    served.push(Frame.gap([0], start_ns + 15_000_000_000, 0x8031_0000))
    buckets = served.remote.get(path, **quiet)
    assert (buckets["at_start"], buckets["at_end"]) == (7.0, None)


def test_history_is_answered_as_rows_buckets_snapshot_and_files(served: Served) -> None:
    start_ns = time.time_ns() - 100_000_000_000
    times = start_ns + np.arange(50, dtype=np.int64) * 1_000_000_000
    served.push(Frame.doubles(np.zeros(50, np.int32), times, np.arange(50.0)))
    query = {"start_ms": start_ns / 1e6, "end_ms": start_ns / 1e6 + 50_000}
    rows = served.remote.get("/api/timelines/live/signals/0/range", **query, limit=20)
    assert rows["values"] == list(map(float, range(20)))
    assert rows["more"] is True
    buckets = served.remote.get("/api/timelines/live/signals/0/buckets", **query, count=5)
    assert buckets["min"] == [0.0, 10.0, 20.0, 30.0, 40.0]
    assert buckets["max"][-1] == 49.0
    assert buckets["at_end"] == 49.0
    at_ms = start_ns / 1e6 + 10_500
    frame = decode_frame(served.remote.raw("GET", "/api/timelines/live/snapshot", query={"at_ms": at_ms}))
    assert frame.values[frame.handles == 0].tolist() == [10.0]
    for form, magic in (("csv", b""), ("xlsx", b"PK"), ("parquet", b"PAR1")):
        content = served.remote.raw(
            "GET", "/api/timelines/live/export", query={**query, "signals": "0", "format": form}
        )
        assert content.startswith(magic)
        assert len(content) > 100


def test_steps_in_which_nothing_was_known_are_told_as_gaps_and_silence_is_none(served: Served) -> None:
    start_ns = (time.time_ns() // 10**9 - 1_000) * 10**9
    rows = [(0, start_ns + second * 10**9, float(second), 0) for second in (0, 1, 2, 6, 7, 8, 9)]
    lost = (0, start_ns + 2_500_000_000, 0.0, BAD_NO_COMMUNICATION)
    served.push(Frame.from_rows(served.platform.registry, sorted([*rows, lost], key=lambda row: row[1])))
    query = {"start_ms": start_ns / 1e6, "end_ms": start_ns / 1e6 + 10_000}
    assert served.remote.get("/api/timelines/live/signals/0/buckets", **query, count=10)["gaps"] == [[3, 6]]
    assert served.remote.get("/api/timelines/live/signals/0/buckets", **query, count=20)["gaps"] == [[5, 12]]


def test_history_is_served_as_an_idta_time_series_submodel(served: Served) -> None:
    now_ns = time.time_ns()
    served.push(Frame.doubles([0, 0], [now_ns - 2_000_000, now_ns - 1_000_000], [1.0, 2.0]))
    query = {"signals": "0", "start_ms": now_ns / 1e6 - 10, "end_ms": now_ns / 1e6}
    submodel = served.remote.get("/api/timelines/live/time-series", **query)
    assert submodel["modelType"] == "Submodel"
    assert from_json(json.dumps({"submodels": [submodel]}).encode()) is not None


def test_values_that_no_json_number_holds_are_null(served: Served) -> None:
    now_ns = time.time_ns()
    served.push(Frame.doubles([0], [now_ns], [float("inf")]))
    query = {"start_ms": now_ns / 1e6 - 1, "end_ms": now_ns / 1e6 + 1}
    assert served.remote.get("/api/timelines/live/signals/0/range", **query)["values"] == [None]


def test_a_token_cannot_make_one_with_more_rights_than_its_own(served: Served) -> None:
    body = {"name": "more", "scopes": ["device:write"]}
    weak = type(served.remote)(served.running.base_url, served.token("admin", "view"))
    with pytest.raises(RemoteError) as caught:
        weak.post("/api/tokens", body)
    assert caught.value.code == "server.forbidden"
    made = served.remote.post("/api/tokens", {"name": "reader", "scopes": ["view"]})
    assert type(served.remote)(served.running.base_url, made["token"]).get("/api/me")["scopes"] == ["view"]


def test_who_may_only_look_cancels_own_jobs_and_no_other(served: Served) -> None:
    async def start(owner: str) -> str:
        return served.platform.jobs.start({"en": "Wait", "zh-CN": "等待"}, owner, lambda _: asyncio.sleep(60)).id

    viewer = type(served.remote)(served.running.base_url, served.token("view"))
    own = asyncio.run_coroutine_threadsafe(start(viewer.get("/api/me")["id"]), served.loop).result()
    other = asyncio.run_coroutine_threadsafe(start("somebody else"), served.loop).result()
    viewer.post(f"/api/jobs/{own}/cancel")
    with pytest.raises(RemoteError) as caught:
        viewer.post(f"/api/jobs/{other}/cancel")
    assert caught.value.code == "server.forbidden"
    served.remote.post(f"/api/jobs/{other}/cancel")
    for job in (own, other):
        asyncio.run_coroutine_threadsafe(served.platform.jobs.wait(job), served.loop).result(10)
        assert served.remote.get(f"/api/jobs/{job}")["state"] == "cancelled"


def test_the_evidence_names_who_did_what_and_proves_it(served: Served, tmp_path: Path) -> None:
    before = len(served.remote.get("/api/evidence", limit=1000))
    glb = _import_model(served, tmp_path)
    entries = served.remote.get("/api/evidence", limit=1000)
    assert len(entries) == before + 1
    assert entries[-1]["command"] == "import.files"
    assert entries[-1]["actor"] == "tests"
    proof = served.remote.get(f"/api/evidence/{entries[-1]['number']}/proof")
    assert proof["tree_size"] >= entries[-1]["number"]
    served.remote.undo(glb["command_id"])


def _import_model(served: Served, tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "machine.glb"
    path.write_bytes(triangle_glb())
    return served.remote.import_files([path])


def test_an_imported_model_is_served_for_ever_and_gone_after_undo(served: Served, ask: Ask, tmp_path: Path) -> None:
    outcome = _import_model(served, tmp_path)
    place = next(place for place in served.remote.get("/api/places") if place["model"])
    answer, body = ask("GET", f"/api/assets/{place['model']}", Authorization=f"Bearer {served.remote.token}")
    assert answer.headers["Content-Type"] == "model/gltf-binary"
    assert "immutable" in answer.headers["Cache-Control"]
    assert body.startswith(b"glTF")
    served.remote.undo(outcome["command_id"])
    assert not any(place["model"] for place in served.remote.get("/api/places"))
