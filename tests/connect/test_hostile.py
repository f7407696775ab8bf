"""Whatever is sent to the routes of connecting is answered by a result or a clear refusal, never by a crash."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wizard import Wizard

from xushi.remote import RemoteError
from xushi.server import ROUTES
from xushi.testing import NodeOpcua, until
from xushi.testing import served as serving

SHOP = "nsu=http://foreign.example/paintshop;s="
_ROUTES = [route for route in ROUTES if route.path.startswith("/api/connect/")]
_address = st.sampled_from([f"{SHOP}CoolantPump.Flow", f"{SHOP}CoolantPump", "", "i=85", "ns=99;i=1", "nsu=urn:no;s="])
_word = st.sampled_from(["CoolantPump", "PaintRobot", "Monitoring.X", "1", "a" * 600, "\x00", "名", "Nameplate", ".."])
_scalar = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | _address | _word
_value = st.recursive(_scalar, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_word, inner, max_size=3))
_numbers = st.lists(st.integers(-5, 20) | _scalar, max_size=4)
_field = st.sampled_from([
    "addresses", "numbers", "q", "machine", "is_included", "to_machine", "submodel", "property", "name", "kind", "unit",
    "is_writable", "semantic_id", "dry_run", "reason", "endpoint", "settings", "nothing",
])  # fmt: skip
_fitting = st.fixed_dictionaries({}, optional={
    "addresses": st.lists(_address | st.text(max_size=20), max_size=5),
    "numbers": st.lists(st.integers(-5, 20), max_size=4),
    "q": _word, "machine": _word, "to_machine": _word, "submodel": _word, "property": _word, "unit": _word,
    "name": st.dictionaries(st.sampled_from(["en", "zh-CN", "xx"]), _word, max_size=2), "kind": _word,
    "is_included": st.booleans(), "dry_run": st.just(True), "semantic_id": _word,
})  # fmt: skip
_strange = st.dictionaries(_field, _value | _numbers, max_size=4) | _value
_query = st.dictionaries(
    st.sampled_from(["parent", "cursor", "limit", "q", "is_value", "offset", "machine", "is_included", "format"]),
    st.sampled_from(
        ["", "-1", "0", "5", "1e9", "99999999999999999999", "true", "csv", "\x00", "a" * 5_000, "名", "////"]
    )
    | st.text(max_size=10),
    max_size=3,
)


@pytest.fixture(scope="module")
def ready(plant: NodeOpcua, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wizard]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with serving(folder / "data") as served:
        wizard = Wizard(served)
        wizard.connect(plant.url)
        wizard.suggest(f"{SHOP}CoolantPump", f"{SHOP}PaintRobot")
        yield wizard


def _send(wizard: Wizard, method: str, path: str, content: bytes | None, query: str) -> bytes | RemoteError:
    try:
        return wizard.remote.raw(method, f"{path}?{query}", content, {"Content-Type": "application/json"})
    except RemoteError as error:
        return error


@pytest.mark.parametrize("route", _ROUTES, ids=lambda route: f"{route.method} {route.path.rpartition('/connect')[2]}")
@given(data=st.data())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_route_refuses_what_it_cannot_use(ready: Wizard, route: Any, data: st.DataObject) -> None:
    own = ready.draft.rpartition("/")[2]
    is_leaving = route.method == "DELETE"
    names = ["nothing", "..", "名", "a" * 300]
    draft = data.draw(st.sampled_from(names if is_leaving else [own, own, own, *names]))
    body = data.draw(st.one_of(_fitting.map(_encoded), _strange.map(_encoded), st.binary(max_size=40)))
    query = urlencode(data.draw(_query))
    path = route.path.replace("{draft_id}", urlencode({"": draft})[1:])
    answer = _send(ready, route.method, path, None if route.method in ("GET", "DELETE") else body, query)
    if isinstance(answer, RemoteError):  # a refusal says what, and is no defect of ours
        assert 400 <= answer.params["status"] < 500, (answer.code, answer.text())
        assert answer.code != "remote.failed" or answer.params["status"] in (404, 405)
        assert answer.text("en").what
    elif route.status == 202:
        job = until(lambda: _ended(ready, json.loads(answer)["id"]))
        assert job["state"] == "done" or job["error"]["code"] != "kernel.job_broken", job


def _ended(wizard: Wizard, job_id: str) -> Any:
    job = wizard.remote.get(f"/api/jobs/{job_id}")
    return None if job["state"] == "running" else job


def _encoded(value: Any) -> bytes:
    return json.dumps(value, default=str).encode("utf-8", "replace")


def test_the_draft_survives_all_that(ready: Wizard) -> None:
    assert ready.get("nodes", parent=f"{SHOP}CoolantPump")["nodes"]
    assert ready.post("preview", {"addresses": [f"{SHOP}CoolantPump.Flow"]})[0]["is_good"]


@pytest.mark.parametrize("endpoint", [
    "", " ", "opc.tcp://", "opc.tcp:///x", "opc.tcp://h:99999", "opc.tcp://h:x", "file:///etc/passwd",
    "opc.tcp://user:secret@127.0.0.1:1", "javascript:alert(1)", "opc.tcp://127.0.0.1:1\r\nHost: x", "mqtt://[::1",
    "http://127.0.0.1:1/#x", "opc.tcp://" + "a" * 600, "名", "opc.tcp://127.0.0.1:1?x=1",
])  # fmt: skip
def test_an_address_that_is_none_is_refused_before_anything_is_opened(ready: Wizard, endpoint: str) -> None:
    with pytest.raises(RemoteError) as told:
        ready.remote.post("/api/connect/drafts", {"endpoint": endpoint})
    assert told.value.params["status"] in (400, 422)


def test_only_settings_of_the_protocol_are_taken_never_a_path(ready: Wizard) -> None:
    for name in ("ca_file", "certificate", "__class__", "token"):
        with pytest.raises(RemoteError) as told:
            ready.remote.post(
                "/api/connect/drafts", {"endpoint": "opc.tcp://127.0.0.1:1", "settings": {name: "/etc/x"}}
            )
        assert told.value.code == "runtime.setting_unknown"
