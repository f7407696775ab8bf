"""Every door works on a branch as on any other timeline; a branch survives a restart and kill -9."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pyarrow.parquet
import pytest
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from websockets.sync.client import connect

import xushi
from xushi.cli import main
from xushi.demo.plant import default_endpoints
from xushi.kernel import XushiError
from xushi.remote import Remote, local_access
from xushi.runtime import FULL, decode_frame
from xushi.signals import BAD, UNCERTAIN_NOT_UPDATED
from xushi.testing import Served, served, until

from .conftest import HOUR, START_NS, S

FORK_MS = (START_NS + HOUR + 37 * S) / 1e6
HOUR_MS = 3_600_000.0
# No plant runs there: nothing but what was recorded is seen.
NOWHERE = {described: described.rpartition(":")[0] + ":9" for described in default_endpoints().values()}
_OP = "urn:xushi:demo:submodel:{}:OperationalData#{}"


@pytest.fixture(scope="module")
def plant(recorded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("doors") / "data"
    shutil.copytree(recorded_folder, folder)
    with served(folder, endpoints=NOWHERE) as one:
        yield one


def content(remote: Remote, path: str) -> bytes:
    return remote.raw("GET", path)


def info(remote: Remote, branch: str) -> Any:
    return remote.get(f"/api/branches/{branch}")


def fork(remote: Remote, **params: Any) -> str:
    params = {"timeline": "live", "at_ms": FORK_MS, "hours": 1, "seed": 3, **params}
    branch: str = remote.run("branch.fork", params)["result"]["branch"]
    return ready(remote, branch)


def ready(remote: Remote, branch: str) -> str:
    until(lambda: info(remote, branch)["branch"]["state"] != "computing", "the path is there")
    assert info(remote, branch)["branch"]["state"] == "ready", info(remote, branch)["branch"]["error"]
    return branch


@pytest.fixture(scope="module")
def branch(plant: Served) -> str:
    return fork(plant.remote)


def handle(plant: Served, machine: str, path: str) -> int:
    return plant.platform.registry.handle(_OP.format(machine, path))


def test_it_is_listed_with_its_parent_and_the_instant_of_its_fork(plant: Served, branch: str) -> None:
    listed = {one["id"]: one for one in plant.remote.get("/api/timelines")}
    assert listed[branch]["kind"] == "branch"
    assert (listed[branch]["parent"], listed[branch]["fork_ms"]) == ("live", FORK_MS)
    assert listed[branch]["end_ms"] == FORK_MS + HOUR_MS
    assert listed[branch]["start_ms"] < FORK_MS
    assert listed["live"]["parent"] is None
    assert branch in {one["id"] for one in plant.remote.get("/api/branches")}


def test_one_tells_its_changes_its_elements_and_its_figures(plant: Served, branch: str) -> None:
    told = info(plant.remote, branch)
    elements = {one["element"]: {figure["figure"]: figure for figure in one["figures"]} for one in told["elements"]}
    assert elements["OP40"]["cycle_time"]["present"] == pytest.approx(30.0, rel=0.1)
    assert elements["B50"]["capacity"]["present"] >= 2
    assert elements["OP60"]["first_input"]["to"] == ["B95", "B50"]
    assert {"pause", "worked", "shifts"} == set(elements["*"])
    assert 60 < told["figures"]["finished"] < 125
    assert sum(next(one for one in told["figures"]["machines"] if one["id"] == "OP40")["shares"].values()) == (
        pytest.approx(1.0, abs=1e-3)
    )
    assert any(one["element"] == "OP40" and one["figure"] == "work" for one in told["estimates"])


def test_its_values_are_read_exported_and_served_as_time_series(plant: Served, branch: str) -> None:
    remote, level = plant.remote, handle(plant, "B50", "Count")
    span = f"start_ms={FORK_MS - 600_000}&end_ms={FORK_MS + 600_000}"
    rows = remote.get(f"/api/timelines/{branch}/signals/{level}/range?{span}")
    assert min(rows["times_ms"]) < FORK_MS < max(rows["times_ms"])
    buckets = remote.get(f"/api/timelines/{branch}/signals/{level}/buckets?{span}&count=20")
    assert sum(buckets["count"]) == len(rows["times_ms"])
    series = remote.get(f"/api/timelines/{branch}/time-series?signals={level}&{span}&records=1000")
    assert series["modelType"] == "Submodel"
    csv, parquet, xlsx = (
        content(remote, f"/api/timelines/{branch}/export?signals={level}&{span}&format={form}")
        for form in ("csv", "parquet", "xlsx")
    )
    assert len(csv.splitlines()) == 1 + len(rows["times_ms"])
    assert pyarrow.parquet.read_table(io.BytesIO(parquet)).num_rows == len(rows["times_ms"])
    assert len(xlsx) > 1_000
    snapshot = decode_frame(content(remote, f"/api/timelines/{branch}/snapshot?at_ms={FORK_MS + 1000}"))
    qualities = dict(zip(snapshot.handles.tolist(), snapshot.qualities.tolist(), strict=True))
    assert qualities[level] == 0
    assert qualities[handle(plant, "OP40", "ToolWear")] == UNCERTAIN_NOT_UPDATED


def two_instants(plant: Served, branch: str) -> list[tuple[float, float]]:
    """Two instants behind the fork at which the buffer B50 held different numbers of parts, and these numbers."""
    span = f"start_ms={FORK_MS}&end_ms={FORK_MS + HOUR_MS}"
    rows = plant.remote.get(f"/api/timelines/{branch}/signals/{handle(plant, 'B50', 'Count')}/range?{span}")
    found = list(zip(rows["times_ms"], rows["values"], strict=True))
    other = next(one for one in found if one[1] != found[-1][1])
    return [(other[0] + 0.01, other[1]), (found[-1][0] + 0.01, found[-1][1])]


def test_the_aas_api_answers_with_the_values_of_its_instant(plant: Served, branch: str) -> None:
    remote, submodel = plant.remote, "urn:xushi:demo:submodel:B50:OperationalData"
    path = f"/submodels/{base64.urlsafe_b64encode(submodel.encode()).decode().rstrip('=')}"
    for at_ms, count in two_instants(plant, branch):
        of_it = f"?timeline={branch}&at_ms={at_ms}"
        assert remote.get(f"{path}/submodel-elements/Count/$value{of_it}") == count
        assert float(remote.get(f"{path}/submodel-elements/Count{of_it}")["value"]) == count
        assert remote.get(f"{path}/$value{of_it}")["Count"] == count
        elements = remote.get(f"{path}/submodel-elements{of_it}")["result"]
        whole = remote.get(f"{path}{of_it}")["submodelElements"]
        listed = remote.get(f"/submodels{of_it}&limit=1000")["result"]
        (own,) = (one["submodelElements"] for one in listed if one["id"] == submodel)
        assert elements == whole == own
        assert next(float(one["value"]) for one in whole if one["idShort"] == "Count") == count
    assert remote.get(f"{path}/$value?timeline={branch}")["Count"] == count  # the newest where no instant is asked for
    with pytest.raises(XushiError) as refused:
        remote.get(f"{path}/$value?timeline=nowhere")
    assert refused.value.code == "runtime.timeline_unknown"


@asynccontextmanager
async def assistant(plant: Served) -> AsyncIterator[Client]:
    """An MCP client that may only look."""
    headers = {"Authorization": f"Bearer {plant.token('view')}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        Client(streamable_http_client(f"{plant.remote.url}/mcp", http_client=http)) as client,
    ):
        yield client


async def test_mcp_reads_the_values_of_its_instant(plant: Served, branch: str) -> None:
    shell = base64.urlsafe_b64encode(b"urn:xushi:demo:shell:B50").decode().rstrip("=")
    submodel = base64.urlsafe_b64encode(b"urn:xushi:demo:submodel:B50:OperationalData").decode().rstrip("=")
    async with assistant(plant) as client:
        for at_ms, count in two_instants(plant, branch):
            arguments = {"signals": [_OP.format("B50", "Count")], "timeline": branch, "at_ms": at_ms}
            told = (await client.call_tool("read_values", arguments)).structured_content
            assert (told["values"][0]["value"], told["values"][0]["quality"]) == (count, "good")
            of_it = f"?timeline={branch}&at_ms={at_ms}"
            resource = await client.read_resource(f"xushi://submodel/{submodel}{of_it}")
            alone = json.loads(resource.contents[0].text)
            whole = json.loads((await client.read_resource(f"xushi://shell/{shell}{of_it}")).contents[0].text)
            assert alone in whole["submodels"]
            assert next(float(one["value"]) for one in alone["submodelElements"] if one["idShort"] == "Count") == count
        newest = await client.call_tool("read_values", {**arguments, "at_ms": None})
        assert newest.structured_content["values"][0]["value"] == count
        with pytest.raises(MCPError):
            await client.read_resource(f"xushi://submodel/{submodel}?timeline=nowhere")
        with pytest.raises(MCPError):
            await client.read_resource(f"xushi://submodel/{submodel}?at_ms=soon")
        templates = (await client.list_resource_templates()).resource_templates
        assert all(one.uri_template.endswith("{id}{?timeline,at_ms}") for one in templates)


def watched(plant: Served, timeline: str) -> dict[str, Any]:
    """What the cockpit, the list of alarms and SPC ask of half an hour of a timeline, with the answers by HTTP."""
    first_ms = FORK_MS if timeline != "live" else FORK_MS - HOUR_MS / 2
    span = f"start_ms={first_ms}&end_ms={first_ms + HOUR_MS / 2}"
    paths = (
        f"/api/kpis?{span}&timeline={timeline}&trend=4",
        f"/api/kpis/OP40.oee/why?{span}&timeline={timeline}",
        f"/api/alarms?timeline={timeline}&at_ms={first_ms + HOUR_MS / 4}",
        f"/api/alarms/journal?{span}&timeline={timeline}",
        f"/api/timelines/{timeline}/signals/{handle(plant, 'B50', 'Count')}/spc?{span}",
    )
    found = {path: plant.remote.get(path) for path in paths}
    figures, why, _, entries, chart = found.values()
    assert next(one["value"] for one in figures["kpis"] if one["id"] == "OP40.oee") == why["value"] > 0
    assert entries or timeline == "live"  # nobody watched the recorded hours while they were live
    assert len(chart["panels"][0]["values"]) > 2
    return found


@pytest.mark.parametrize("kind", ["live", "branch"])
async def test_an_assistant_watches_by_mcp(plant: Served, branch: str, kind: str) -> None:
    timeline = "live" if kind == "live" else branch
    answers = watched(plant, timeline)
    async with assistant(plant) as client:
        for path, expected in answers.items():
            told = (await client.call_tool("read_route", {"path": path})).structured_content
            assert told == (expected if isinstance(expected, dict) else {"items": expected}), path
        (path,) = (one for one in answers if one.startswith("/api/alarms?"))
        arguments = {"timeline": timeline, "at_ms": float(path.rpartition("=")[2])}
        told = (await client.call_tool("list_alarms", arguments)).structured_content
        assert told == answers[path]
        now = await client.call_tool("list_alarms", {})
        assert isinstance(now.structured_content["alarms"], list)


@pytest.mark.parametrize("kind", ["live", "branch"])
def test_a_page_watches_by_asking_over_the_websocket(plant: Served, branch: str, kind: str) -> None:
    answers = watched(plant, "live" if kind == "live" else branch)
    url = plant.remote.url.replace("http", "ws") + "/api/ws"
    with connect(url, additional_headers={"Authorization": f"Bearer {plant.token('view')}"}) as socket:
        for request, path in enumerate(answers):
            socket.send(json.dumps({"type": "ask", "request": request, "path": path}))
        told: dict[int, Any] = {}
        while len(told) < len(answers):
            message = json.loads(socket.recv(timeout=60))
            if "request" in message:
                assert message["type"] == "answer", message
                told[message["request"]] = message["answer"]
    assert [told[request] for request in range(len(answers))] == list(answers.values())


def test_its_control_chart_is_drawn_of_its_own_values(plant: Served, branch: str) -> None:
    signal = handle(plant, "B50", "Count")
    span = f"start_ms={FORK_MS}&end_ms={FORK_MS + HOUR_MS}"
    rows = plant.remote.get(f"/api/timelines/{branch}/signals/{signal}/range?{span}")
    chart = plant.remote.get(f"/api/timelines/{branch}/signals/{signal}/spc?{span}")
    good = [value for value, quality in zip(rows["values"], rows["qualities"], strict=True) if quality == 0]
    assert chart["panels"][0]["values"] == good
    assert len(good) > 2


def test_kpis_and_alarms_are_worked_out_on_it(plant: Served, branch: str) -> None:
    remote = plant.remote
    span = f"start_ms={FORK_MS}&end_ms={FORK_MS + HOUR_MS}&timeline={branch}"
    found = {one["id"]: one for one in remote.get(f"/api/kpis?{span}&trend=4")["kpis"]}
    assert 0.3 < found["OP40.oee"]["value"] <= 1.05
    assert found["LINE1.throughput"]["value"] == pytest.approx(info(remote, branch)["figures"]["finished"], abs=2)
    assert found["OP60.energy_per_piece"]["value"] > 0
    assert found["OP60.quality"]["value"] > 0.8
    why = remote.get(f"/api/kpis/OP40.oee/why?{span}")
    assert why["value"] == pytest.approx(found["OP40.oee"]["value"])
    entries = remote.get(f"/api/alarms/journal?{span}")
    assert {one["alarm"] for one in entries} & {f"OP{n}0.failed" for n in range(1, 11)}
    assert "PLC1.silent" not in {one["alarm"] for one in entries}
    remote.get(f"/api/alarms?timeline={branch}&at_ms={FORK_MS + 600_000}")


def test_the_command_line_shows_it_by_its_title(plant: Served, branch: str, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str, status: int = 0) -> Any:
        where = ("--server", plant.remote.url, "--token", plant.remote.token, "--json")
        assert main([*arguments, *where]) == status
        return json.loads(capsys.readouterr().out)

    title = info(plant.remote, branch)["branch"]["title"]
    figures = {one["id"]: one["value"] for one in told("figures", "--branch", title)["kpis"]}
    assert figures["LINE1.throughput"] == pytest.approx(info(plant.remote, branch)["figures"]["finished"], abs=2)
    why = told("figures", "--branch", branch, "--why", "OP40.oee")
    assert why["value"] == pytest.approx(figures["OP40.oee"])
    count = handle(plant, "B50", "Count")
    for at, instant in (("5", FORK_MS + 300_000), ("60", FORK_MS + HOUR_MS)):
        (level,) = told("values", "B50:OperationalData#Count", "--branch", title, "--at", at)
        frame = decode_frame(content(plant.remote, f"/api/timelines/{branch}/snapshot?at_ms={instant}"))
        assert level["value"] == frame.value(frame.handles.tolist().index(count))
        assert level["time_ms"] <= instant
    (last,) = told("values", "B50:OperationalData#Count", "--branch", title)
    assert last == level
    span = f"start_ms={FORK_MS}&end_ms={FORK_MS + HOUR_MS}&timeline={branch}&limit=5000"
    assert told("alarms", "--journal", "--branch", title)["entries"] == plant.remote.get(f"/api/alarms/journal?{span}")
    at_ten = plant.remote.get(f"/api/alarms?timeline={branch}&at_ms={FORK_MS + 600_000}")
    assert told("alarms", "--branch", title, "--at", "10") == at_ten
    assert told("spc", "OP40:OperationalData#CycleTime", "--branch", title)["used"] > 0
    assert told("figures", "--branch", "no such", status=1)["error"]["code"] == "remote.branch_unknown"


def test_python_reads_it_as_it_reads_the_plant(plant: Served, branch: str) -> None:
    works = xushi.connect(plant.remote.url, plant.remote.token)
    found = works.branch(info(plant.remote, branch)["branch"]["title"])
    assert (found.id, found.fork_ms, found.end_ms) == (branch, FORK_MS, FORK_MS + HOUR_MS)
    figures = found.shell("OP40").figures()
    assert 0.3 < figures["OP40.oee"].value <= 1.05
    assert figures["OP40.oee"].why().value == pytest.approx(figures["OP40.oee"].value)
    finished = info(plant.remote, branch)["figures"]["finished"]
    assert found.figures()["LINE1.throughput"].value == pytest.approx(finished, abs=2)
    level = found.shell("B50")["Count"]
    samples = level.history(minutes=60)
    assert samples.times[0].astype("int64") / 1e6 >= FORK_MS
    assert level.value.value == samples.values[-1]  # type: ignore[union-attr]
    spc = f"/api/timelines/{branch}/signals/{level.handle}/spc?start_ms={FORK_MS}&end_ms={FORK_MS + HOUR_MS}"
    assert level.control_chart(minutes=60).info == plant.remote.get(spc)
    told = plant.remote.get(f"/api/alarms?timeline={branch}&at_ms={FORK_MS + 600_000}")["alarms"]
    assert [one.info for one in found.alarms(at_ms=FORK_MS + 600_000)] == told
    with pytest.raises(XushiError, match="no such"):
        works.branch("no such")


def test_what_python_does_to_a_branch_stays_on_it(plant: Served) -> None:
    works = xushi.connect(plant.remote.url, plant.remote.token)
    own = works.branch(fork(plant.remote, hours=0.25))
    before = info(plant.remote, own.id)["edits"]
    assert own.shell("OP40")["CycleTimeFactor"].write(0.9, reason="rehearsed").is_done
    ready(plant.remote, own.id)
    assert len(info(plant.remote, own.id)["edits"]) == len(before) + 1
    assert "signal.write" not in {one["command"] for one in plant.remote.get("/api/evidence")}


def test_a_report_and_the_products_are_made_of_it(plant: Served, branch: str) -> None:
    remote = plant.remote
    content = {"languages": ["en"], "formats": ["xlsx"]}
    ordered = remote.run(
        "report.make", {"timeline": branch, "start_ms": FORK_MS, "end_ms": FORK_MS + HOUR_MS, "content": content}
    )
    path = f"/api/reports/{ordered['result']['report']}"
    until(lambda: remote.get(path)["state"] != "ordered", "the report is made")
    assert remote.get(path)["state"] == "made", remote.get(path)
    seen = remote.get(f"/api/engines?timeline={branch}&limit=10")
    assert all(one["last_ms"] <= FORK_MS for one in seen)  # nobody judges parts that only a model has made


def test_it_is_played_over_the_websocket_from_before_its_fork(plant: Served, branch: str) -> None:
    url = plant.remote.url.replace("http", "ws") + "/api/ws"
    state, wear = handle(plant, "OP40", "CurrentEngine"), handle(plant, "OP40", "ToolWear")
    with connect(url, additional_headers={"Authorization": f"Bearer {plant.remote.token}"}) as socket:

        def tell(**message: Any) -> None:
            socket.send(json.dumps(message))

        def frame() -> Any:
            while True:
                message = socket.recv(timeout=20)
                if isinstance(message, bytes):
                    return decode_frame(message)

        tell(type="watch", view=1, timeline=branch, signals=[state, wear], rate_hz=20)
        assert frame().kind == FULL
        tell(type="play", view=1, timeline=branch, from_ms=FORK_MS - 2_000, speed=600)
        seen: list[tuple[float, dict[int, int]]] = []
        while not seen or seen[-1][0] < FORK_MS + 600_000:
            shown = frame()
            seen.append((shown.time_ms, dict(zip(shown.handles.tolist(), shown.qualities.tolist(), strict=True))))
        assert any(qualities.get(wear) == UNCERTAIN_NOT_UPDATED for _, qualities in seen)
        assert sum(state in qualities for _, qualities in seen) > 5


def test_a_write_is_rehearsed_as_it_would_be_sent(plant: Served, branch: str) -> None:
    remote, key = plant.remote, _OP.format("OP40", "CycleTimeFactor")
    other = fork(remote, title="quick")
    write = {"command": "signal.write", "params": {"signal": key, "value": 0.7}}
    remote.run("branch.run", {"branch": other, **write})
    ready(remote, other)
    told = info(remote, other)
    assert told["edits"][0]["command"] == "signal.write"
    assert told["edits"][0]["title"]["en"]
    present = {one["element"]: one for one in told["elements"]}["OP40"]["figures"][0]["present"]
    assert present == pytest.approx(21.0, rel=0.1)
    span = f"start_ms={FORK_MS}&end_ms={FORK_MS + HOUR_MS}"
    rows = remote.get(f"/api/timelines/{other}/signals/{plant.platform.registry.handle(key)}/range?{span}")
    assert (rows["values"][-1], rows["qualities"][-1]) == (0.7, 0)
    with pytest.raises(XushiError) as refused:
        remote.run("branch.run", {"branch": other, "command": "signal.write",
                                  "params": {"signal": key, "value": 7.0}})  # fmt: skip
    assert refused.value.code == "runtime.value_out_of_range"
    with pytest.raises(XushiError) as refused:
        remote.run("branch.run", {"branch": other, "command": "scene.rename",
                                  "params": {"place": "x", "name": {"en": "y"}}})  # fmt: skip
    assert refused.value.code == "runtime.not_modelled"
    compared = remote.run("foresight.compare", {"branches": [branch, other], "replications": 10})
    path = f"/api/jobs/{compared['effects'][0]['job']}"
    until(lambda: remote.get(path)["state"] != "running", "the comparison ends")
    job = remote.get(path)
    assert job["state"] == "done", job
    assert {one["name"] for one in job["result"]["alternatives"]} == {
        "now",
        "quick",
        info(remote, branch)["branch"]["title"],
    }


def test_rights(plant: Served, branch: str) -> None:
    viewer = Remote(plant.remote.url, plant.token("view"))
    assert info(viewer, branch)["branch"]["id"] == branch
    with pytest.raises(XushiError) as refused:
        viewer.run("branch.delete", {"branch": branch})
    assert refused.value.code == "kernel.forbidden"
    planner = Remote(plant.remote.url, plant.token("view", "propose"))
    with pytest.raises(XushiError) as refused:
        planner.run("branch.run", {"branch": branch, "command": "signal.write", "params": {}})
    assert refused.value.code == "kernel.forbidden"


def serve(folder: Path) -> tuple[subprocess.Popen[bytes], Remote]:
    command = [sys.executable, "-m", "xushi.cli", "serve", "--no-browser", "--data", str(folder), "--port", "0"]
    for described, endpoint in NOWHERE.items():
        command += ["--endpoint", f"{described}={endpoint}"]
    with (folder.parent / "server.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    found = None
    while found is None or found.pid != process.pid:
        assert process.poll() is None, (folder.parent / "server.log").read_text()
        time.sleep(0.02)
        found = local_access(folder)
    return process, Remote(found.url, found.token)


def usable(remote: Remote, branch: str) -> dict[int, Any]:
    """What is shown at the end; restarts leave their marks that nobody looked, which are no values."""
    shown = decode_frame(content(remote, f"/api/timelines/{branch}/snapshot?at_ms={FORK_MS + HOUR_MS}"))
    rows = zip(shown.handles.tolist(), shown.times_ms.tolist(), shown.qualities.tolist(), strict=True)
    return {handle: (at_ms, shown.value(i)) for i, (handle, at_ms, quality) in enumerate(rows) if quality < BAD}


def test_an_acknowledged_fork_survives_kill_9_and_goes_the_same_way(recorded_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(recorded_folder, folder)
    process, remote = serve(folder)
    try:
        whole = fork(remote)
        params = {"timeline": "live", "at_ms": FORK_MS, "hours": 1, "seed": 3}
        cut = remote.run("branch.fork", params)["result"]["branch"]
        process.kill()
        process.wait()
        process, remote = serve(folder)
        ready(remote, cut)
        ready(remote, whole)
        one, other = (usable(remote, name) for name in (whole, cut))
        assert one == other
        assert info(remote, cut)["figures"] == info(remote, whole)["figures"]
    finally:
        process.kill()
        process.wait()


def test_the_scene_of_a_branch_is_its_own_and_its_changes_say_a_move_in_words(plant: Served) -> None:
    branch, shell = fork(plant.remote, hours=0.1), "urn:xushi:demo:shell:OP30"

    def stands(timeline: str) -> list[float]:
        places = plant.remote.get(f"/api/places?timeline={timeline}")
        position: list[float] = next(one["position"] for one in places if one["id"] == shell)
        return position

    x, y, z = stands("live")
    params = {"branch": branch, "command": "scene.move", "params": {"place": shell, "position": [x, y, z - 3.4]}}
    plant.remote.run("branch.run", params)
    assert stands(branch) == pytest.approx([x, y, z - 3.4])
    assert stands("live") == [x, y, z]
    (edit,) = info(plant.remote, branch)["edits"]
    assert "transfer time B20" in edit["words"]["en"]
    assert [one["element"] for one in edit["changes"]] == ["B20", "B30"]
    with pytest.raises(XushiError) as refused:
        plant.remote.get("/api/places?timeline=nowhere")
    assert refused.value.code == "runtime.timeline_unknown"
