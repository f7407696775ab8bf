"""Rules of the WebSocket: what a page gets to see, and when."""

from __future__ import annotations

import json
import socket as socketlib
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from xushi.kernel import Diff
from xushi.runtime import DELTA, FULL, DecodedFrame, decode_frame, encode_frame
from xushi.scene import Place, place_record
from xushi.signals import Frame, Kind
from xushi.testing import Served, triangle_glb

GOLDEN = bytes.fromhex(
    "01010700" "02000000" "0000000000408f40" "0a000000" "05000000"
    "000000000000f83f" "000000000000f87f" "0000000000408f40" "0000000000589b40"
    "00000000" "02000000" "00000000" "00000040"
) + b'[[1,"E1"]]'  # fmt: skip


def test_a_frame_has_exactly_the_documented_bytes() -> None:
    kinds = np.array([Kind.DOUBLE, Kind.INT, Kind.STRING], np.int8)
    bits = np.array([np.float64(1.5).view(np.int64), 0], np.int64)
    times = np.array([1_000_000_000, 1_750_000_000], np.int64)
    frame = Frame([0, 2], times, bits, [0, 0x4000_0000], ["E1"])
    assert encode_frame(frame, kinds, DELTA, 7, 1000.0, 5) == GOLDEN


def test_the_decoder_is_the_mirror_of_the_encoder() -> None:
    seen = decode_frame(GOLDEN)
    assert (seen.kind, seen.view, seen.time_ms, seen.sequence) == (DELTA, 7, 1000.0, 5)
    assert seen.handles.tolist() == [0, 2]
    assert [seen.value(0), seen.value(1)] == [1.5, "E1"]
    assert seen.times_ms.tolist() == [1000.0, 1750.0]
    assert seen.qualities.tolist() == [0, 0x4000_0000]


@pytest.mark.parametrize("cut", [1, 24, 40, len(GOLDEN) - 1])
def test_a_cut_frame_is_refused_by_the_decoder(cut: int) -> None:
    with pytest.raises((ValueError, struct.error)):
        decode_frame(GOLDEN[:cut])


@pytest.fixture
def socket(served: Served) -> Iterator[ClientConnection]:
    url = served.running.base_url.replace("http", "ws") + "/api/ws"
    headers = {"Authorization": f"Bearer {served.remote.token}"}
    with connect(url, additional_headers=headers, compression=None, max_size=None) as one:
        assert json.loads(one.recv(10))["type"] == "welcome"
        yield one


def tell(socket: ClientConnection, **message: Any) -> None:
    socket.send(json.dumps(message))


def next_frame(socket: ClientConnection, kind: int | None = None) -> DecodedFrame:
    while True:
        message = socket.recv(10)
        if isinstance(message, bytes):
            frame = decode_frame(message)
            if kind is None or frame.kind == kind:
                return frame


def next_text(socket: ClientConnection, type_: str) -> dict[str, Any]:
    while True:
        message = socket.recv(10)
        if isinstance(message, str):
            found: dict[str, Any] = json.loads(message)
            if found["type"] == type_:
                return found


def row(served: Served, name: str, value: Any, time_ns: int | None = None) -> Frame:
    handle = served.platform.registry.handle(f"urn:sm#{name}")
    at_ns = time.time_ns() if time_ns is None else time_ns
    return Frame.from_rows(served.platform.registry, [(handle, at_ns, value, 0)])


def test_the_first_frame_is_the_whole_present_then_only_what_changed(served: Served, socket: ClientConnection) -> None:
    for name, value in (("Speed", 1.25), ("Count", 2**60 + 1), ("Engine", "发动机 1"), ("Trace", [1.0, 2.0])):
        served.push(row(served, name, value))
    tell(socket, type="watch", view=3, signals="all", rate_hz=50)
    full = next_frame(socket)
    assert (full.kind, full.view) == (FULL, 3)
    values = {int(handle): full.value(i) for i, handle in enumerate(full.handles)}
    assert [values[0], values[1], values[2], values[3]] == [1.25, 2**60 + 1, "发动机 1", [1.0, 2.0]]
    served.push(row(served, "Speed", 7.5))
    delta = next_frame(socket)
    assert (delta.kind, delta.handles.tolist(), delta.values.tolist()) == (DELTA, [0], [7.5])


def test_a_view_shows_only_its_own_signals(served: Served, socket: ClientConnection) -> None:
    tell(socket, type="watch", view=1, signals=[1], rate_hz=50)
    next_frame(socket, FULL)
    served.push(row(served, "Speed", 1.0))
    served.push(row(served, "Count", 42))
    frame = next_frame(socket)
    assert frame.handles.tolist() == [1]


def test_a_late_value_never_replaces_a_newer_one(served: Served, socket: ClientConnection) -> None:
    now_ns = time.time_ns()
    served.push(row(served, "Speed", 10.0, now_ns))
    tell(socket, type="watch", view=1, signals=[0, 1], rate_hz=50)
    next_frame(socket, FULL)
    served.push(row(served, "Speed", 5.0, now_ns - 1_000_000))
    served.push(row(served, "Count", 1))
    assert next_frame(socket).handles.tolist() == [1]


def test_seek_shows_the_instant_and_live_returns(served: Served, socket: ClientConnection) -> None:
    start_ns = time.time_ns()
    served.push(row(served, "Speed", 1.0, start_ns))
    served.push(row(served, "Speed", 2.0, start_ns + 1_000_000))
    tell(socket, type="watch", view=1, signals=[0], rate_hz=50)
    assert next_frame(socket, FULL).values.tolist() == [2.0]
    tell(socket, type="seek", view=1, timeline="live", at_ms=start_ns / 1e6 + 0.5)
    assert next_frame(socket, FULL).values.tolist() == [1.0]
    tell(socket, type="live", view=1)
    assert next_frame(socket, FULL).values.tolist() == [2.0]


def test_what_comes_in_late_of_the_instant_shown_is_shown_too(served: Served, socket: ClientConnection) -> None:
    start_ns = time.time_ns()
    served.push(row(served, "Speed", 1.0, start_ns - 3_000_000_000))
    served.push(row(served, "Count", 5, start_ns - 3_000_000_000))
    tell(socket, type="watch", view=1, signals=[0, 1], rate_hz=50)
    next_frame(socket, FULL)
    tell(socket, type="seek", view=1, timeline="live", at_ms=start_ns / 1e6 - 1_000)
    assert next_frame(socket, FULL).values.tolist() == [1.0, 5.0]
    served.push(row(served, "Speed", 2.0, start_ns - 2_000_000_000))
    late = next_frame(socket)
    assert late.values.tolist() == [2.0]
    assert late.time_ms == pytest.approx(start_ns / 1e6 - 1_000, abs=0.01)


def test_play_runs_through_the_past_in_order(served: Served, socket: ClientConnection) -> None:
    start_ns = time.time_ns() - 10_000_000_000
    for step in range(10):
        served.push(row(served, "Count", step, start_ns + step * 500_000_000))
    tell(socket, type="watch", view=1, signals=[1], rate_hz=20)
    next_frame(socket, FULL)
    tell(socket, type="play", view=1, timeline="live", from_ms=start_ns / 1e6 + 1, speed=10)
    seen: list[float] = []
    times: list[float] = []
    while not seen or seen[-1] < 9:
        frame = next_frame(socket)
        times.append(frame.time_ms)
        seen.extend(frame.values.tolist())
    assert seen == sorted(seen)
    assert times == sorted(times)


def test_commands_answer_with_their_request_and_pages_hear_of_the_change(
    served: Served, socket: ClientConnection, tmp_path: Path
) -> None:
    place = place_record(Place(id="p1", name={"en": "P"}))
    if served.platform.store.get("place", "p1") is None:
        served.platform.store.commit(Diff(added={"place/p1": place}))
    tell(socket, type="run", request="r1", command="scene.move", params={"place": "p1", "position": [1, 2, 3]})
    told = next_text(socket, "records")
    assert told["diff"]["updated"]["place/p1"][1]["position"] == [1.0, 2.0, 3.0]
    outcome = next_text(socket, "outcome")
    assert (outcome["request"], outcome["state"]) == ("r1", "done")
    tell(socket, type="undo", request=2, command_id=outcome["command_id"])
    assert next_text(socket, "outcome")["request"] == 2
    after = served.platform.store.get("place", "p1")
    assert after is not None
    assert after["position"] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    "message",
    [
        "", "[]", "{", '{"type":"nope"}', '{"type":"watch","view":1,"signals":[99999]}', '{"type":"live","view":9}',
        '{"type":"watch","view":-1,"signals":"all"}', '{"type":"seek","view":1,"timeline":"x","at_ms":0}',
        '{"type":"run","request":1,"command":"none","params":{}}', '{"type":"watch","view":1,"signals":[1e99]}',
        '{"type":"run","request":1,"command":"scene.move","params":{"place":"p1","position":[1e999,0,0]}}',
    ],
)  # fmt: skip
def test_a_wrong_message_is_answered_and_the_connection_lives_on(
    served: Served, socket: ClientConnection, message: str
) -> None:
    socket.send(message)
    assert next_text(socket, "error")["error"]["what"]
    tell(socket, type="hello", language="zh-CN")
    socket.send("{")
    assert "无法理解" in next_text(socket, "error")["error"]["what"]


def test_what_a_page_asks_is_answered_as_by_http(served: Served, socket: ClientConnection) -> None:
    served.push(row(served, "Count", 5))
    for request, path in (("m", "/api/me"), (7, "/api/signals?q=Co%75nt&limit=1"), (8, "/api/timelines")):
        tell(socket, type="ask", request=request, path=path)
        told = next_text(socket, "answer")
        assert (told["request"], told["answer"]) == (request, served.remote.get(path))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/tokens", "server.forbidden"),
        ("/api/nowhere", "server.tool_route_unknown"),
        ("", "server.tool_route_unknown"),
        ("/api/openapi.json", "server.tool_route_unknown"),
        ("/api/rules/file", "server.tool_route_unknown"),
        ("/api/kpis", "server.query_invalid"),
        ("/api/kpis/none/why?start_ms=1&end_ms=2", "monitor.kpi_unknown"),
        ("/api/alarms?timeline=nowhere", "runtime.timeline_unknown"),
    ],
)
def test_a_question_is_refused_with_its_request(served: Served, path: str, code: str) -> None:
    url = served.running.base_url.replace("http", "ws") + "/api/ws"
    with connect(url, additional_headers={"Authorization": f"Bearer {served.token('view')}"}) as viewer:
        tell(viewer, type="ask", request="q", path=path)
        told = next_text(viewer, "error")
        assert (told["request"], told["error"]["code"]) == ("q", code)
        assert told["error"]["next"]
        tell(viewer, type="hello", language="zh-CN")
        tell(viewer, type="ask", request="r", path=path)
        assert next_text(viewer, "error")["error"]["what"] != told["error"]["what"]


def test_a_question_whose_answer_is_too_large_is_refused(served: Served, socket: ClientConnection) -> None:
    start_ns = time.time_ns() - 60_000_000_000
    registry, trace = served.platform.registry, served.platform.registry.handle("urn:sm#Trace")
    rows = [(trace, start_ns + step, [0.123456789] * 4000, 0) for step in range(20)]
    served.push(Frame.from_rows(registry, rows))
    span = f"start_ms={start_ns / 1e6 - 1}&end_ms={start_ns / 1e6 + 1}"
    tell(socket, type="ask", request=1, path=f"/api/timelines/live/signals/{trace}/range?{span}")
    assert next_text(socket, "error")["error"]["code"] == "server.tool_answer_large"


QUESTIONS = 32


@pytest.fixture
def slow_reader(served: Served) -> Iterator[tuple[ClientConnection, str]]:
    """A page that reads one message at a time, and a question whose answer is nearly as large as one may be."""
    start_ns = time.time_ns() - 3_600_000_000_000
    registry, trace = served.platform.registry, served.platform.registry.handle("urn:sm#Trace")
    rows = [(trace, start_ns + step, [0.123456789] * 4000, 0) for step in range(10)]
    served.push(Frame.from_rows(registry, rows))
    span = f"start_ms={start_ns / 1e6 - 1}&end_ms={start_ns / 1e6 + 1}"
    address = urlsplit(served.running.base_url)
    narrow = socketlib.socket()
    narrow.setsockopt(socketlib.SOL_SOCKET, socketlib.SO_RCVBUF, 65_536)
    narrow.connect((address.hostname, address.port))
    headers = {"Authorization": f"Bearer {served.remote.token}"}
    with connect(
        f"ws://{address.netloc}/api/ws", sock=narrow, additional_headers=headers, compression=None, max_size=None,
        max_queue=1,
    ) as one:  # fmt: skip
        yield one, f"/api/timelines/live/signals/{trace}/range?{span}"


def test_many_large_answers_wait_for_a_slow_reader(slow_reader: tuple[ClientConnection, str]) -> None:
    """Together they are twice as large as what the wire lets pile up before it drops a reader."""
    page, path = slow_reader
    for request in range(QUESTIONS):
        tell(page, type="ask", request=request, path=path)
    time.sleep(3)
    told = [next_text(page, "answer") for _ in range(QUESTIONS)]
    assert {one["request"] for one in told} == set(range(QUESTIONS))
    assert all(len(json.dumps(one)) > 400_000 for one in told)


def test_who_reads_no_answers_is_told_so_and_stays(
    slow_reader: tuple[ClientConnection, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xushi.server._socket._UNREAD_S", 0.05)
    page, path = slow_reader
    for request in range(QUESTIONS):
        tell(page, type="ask", request=request, path=path)
    time.sleep(3)
    ends: dict[int, str] = {}
    while len(ends) < QUESTIONS:
        told = json.loads(page.recv(10))
        if told["type"] in ("answer", "error"):
            ends[told["request"]] = told["error"]["code"] if told["type"] == "error" else "answered"
    assert {"answered", "server.answer_unread"} == set(ends.values())
    tell(page, type="ask", request="again", path="/api/me")
    assert next_text(page, "answer")["request"] == "again"


def test_a_reader_that_stops_is_skipped_and_gets_the_newest_when_it_returns(
    served: Served, socket: ClientConnection
) -> None:
    big = [float(i) for i in range(4000)]
    tell(socket, type="watch", view=1, signals=[3, 1], rate_hz=50)
    next_frame(socket, FULL)
    for step in range(400):
        served.push(row(served, "Trace", big))
        if step % 20 == 0:
            time.sleep(0.03)
    served.push(row(served, "Count", 777))
    last = None
    while last != 777:
        frame = next_frame(socket)
        for i, handle in enumerate(frame.handles.tolist()):
            last = frame.value(i) if handle == 1 else last
    assert last == 777


def test_an_import_is_heard_of_by_pages(served: Served, socket: ClientConnection, tmp_path: Path) -> None:
    path = tmp_path / "m.glb"
    path.write_bytes(triangle_glb())
    outcome = served.remote.import_files([path])
    told = next_text(socket, "records")
    assert any(key.startswith("place/") for key in told["diff"]["added"])
    served.remote.undo(outcome["command_id"])


def test_a_page_ends_with_the_token_it_was_opened_with(served: Served) -> None:
    made = served.remote.post("/api/tokens", {"name": "guest", "scopes": ["view"]})
    url = served.running.base_url.replace("http", "ws") + "/api/ws"
    headers = {"Authorization": f"Bearer {made['token']}"}
    with connect(url, additional_headers=headers, compression=None) as guest:
        assert json.loads(guest.recv(10))["user"]["scopes"] == ["view"]
        served.remote.request("DELETE", f"/api/tokens/{made['info']['id']}")
        with pytest.raises(ConnectionClosed):
            guest.recv(10)
