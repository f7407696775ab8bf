"""`kill -9` of the server at random moments under load: what was acknowledged is there.

Five kills in every run; `python -m bench kill` does thirty, and holds start-up to what is promised.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kill_cases import AWAY, CASES, KillCase
from kill_draft import KillDraft
from measuring import Ledger, Record, rounds
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from xushi.demo._physics import PlantModel
from xushi.demo.plant import default_endpoints
from xushi.kernel import SystemClock, XushiError
from xushi.remote import Remote, local_access
from xushi.runtime import DecodedFrame, Platform, decode_frame
from xushi.signals import History, SignalRegistry
from xushi.testing import free_port, import_plant, record_plant, running_plant
from xushi.twins import from_plain, to_aasx

sys.path.insert(0, str(Path(__file__).parents[1] / "connectors"))
from modbus_machine import machine
from modbus_peer import serving

ROUNDS = rounds(5)
WINDOW_S = 0.1
HISTORY_MIN = 60.0 if ROUNDS >= 30 else 5.0  # what the line has gone through before: it is read at every start
MANUAL = b"%PDF-1.4 " + bytes(range(256)) * 500  # a file beside the shells, of 128 kB
PART = "/aasx/files/manual.pdf"
PLACES = [f"urn:xushi:demo:shell:OP{number}" for number in (10, 20, 30, 40, 50)]

pytestmark = pytest.mark.xdist_group("demo")


class Server:
    """A server subprocess over one folder."""

    def __init__(self, folder: Path, plant: dict[str, Any]) -> None:
        self.folder = folder
        started = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "xushi.cli",
            "serve",
            "--json",
            "--no-browser",
            "--data",
            str(folder),
            "--port",
            "0",
        ]
        for protocol, described in default_endpoints().items():
            command += ["--endpoint", f"{described}={plant[protocol]}"]
        with (folder.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        while (access := local_access(folder)) is None or access.pid != self.process.pid:
            assert self.process.poll() is None, (folder.parent / "server.log").read_text()
            assert time.monotonic() - started < 60
            time.sleep(0.005)
        self.access = access
        self.remote = Remote(access.url, access.token)
        self.remote.get("/api/status")
        self.seconds_to_answer = time.monotonic() - started

    def kill(self) -> float:
        moment = time.monotonic()
        self.process.kill()
        self.process.wait()
        return moment


class Load:
    """Commands, imports and a viewer at full speed, each noting what was acknowledged or seen."""

    def __init__(self, server: Server, round_: int, draft: KillDraft) -> None:
        self.server = server
        self.draft = draft
        self.round = round_
        self.is_over = False
        self.names: dict[str, str] = {}
        self.pending_names: dict[str, str] = {}
        self.imports: list[str] = []
        self.files: dict[str, bytes] = {}
        self.tried_imports: list[str] = []
        self.commands: list[str] = []
        self.cases: list[tuple[KillCase, dict[str, Any], dict[str, Any]]] = []
        self.tried: tuple[KillCase, dict[str, Any]] | None = None  # the row that was under way
        self.draft_edits = 0
        self.seen: list[tuple[float, DecodedFrame]] = []
        self.threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self.rename, self.bring, self.watch, self.table, self.connect)
        ]
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.is_over = True
        for thread in self.threads:
            thread.join(30)

    def rename(self) -> None:
        number = 0
        while not self.is_over:
            number += 1
            place = PLACES[number % len(PLACES)]
            name = f"round {self.round} number {number}"
            self.pending_names[place] = name
            try:
                outcome = self.server.remote.run("scene.rename", {"place": place, "name": {"en": name}})
            except (XushiError, OSError):
                return
            self.names[place] = name
            self.commands.append(outcome["command_id"])

    def bring(self) -> None:
        """Imports, every other one a package with a file of its own beside its shells."""
        number = 0
        while not self.is_over:
            number += 1
            name = f"urn:kill:{self.round}:{number}"
            plain, content = environment(name), f"{name} ".encode() + MANUAL
            path = self.server.folder.parent / (f"bring-{self.round}-{number}.aasx" if number % 2 else "bring.json")
            if number % 2:
                part = {"modelType": "File", "idShort": "Manual", "contentType": "application/pdf", "value": PART}
                plain["submodels"][0]["submodelElements"].append(part)
                path.write_bytes(to_aasx(from_plain(plain), {PART: content}))
            else:
                path.write_text(json.dumps(plain))
            self.tried_imports.append(name)
            try:
                outcome = self.server.remote.import_files([path])
            except (XushiError, OSError):
                return
            self.imports.append(name)
            if number % 2:
                self.files[f"{name}:a"] = content
            self.commands.append(outcome["command_id"])

    def table(self) -> None:
        """Every row of the table of commands, in turn, as fast as the server answers."""
        number = 0
        while not self.is_over:
            number += 1
            for case in CASES:
                if (number - 1) % case.every:
                    continue
                params = case.params(self.round, number)
                self.tried = case, params
                try:
                    outcome = self.server.remote.run(case.command, params)
                except (XushiError, OSError):
                    return
                self.cases.append((case, params, outcome))
                self.commands.append(outcome["command_id"])
                self.tried = None

    def connect(self) -> None:
        """Edit the mapping of a draft, and bring it in now and then."""
        number = 0
        while not self.is_over:
            number += 1
            try:
                self.draft.edit(self.server.remote, f"P{self.round}x{number}")
                self.draft_edits += 1
                if number % 4 == 0:
                    self.commands.append(self.draft.bring_in(self.server.remote))
            except (XushiError, OSError):
                return

    def watch(self) -> None:
        url = self.server.access.url.replace("http", "ws") + "/api/ws"
        headers = {"Authorization": f"Bearer {self.server.access.token}"}
        try:
            with connect(url, additional_headers=headers, compression=None, max_size=None) as socket:
                socket.send(json.dumps({"type": "watch", "view": 1, "signals": "all", "rate_hz": 50}))
                for message in socket:
                    if isinstance(message, bytes):
                        self.seen.append((time.monotonic(), decode_frame(message)))
        except (ConnectionClosed, OSError):
            return


def environment(name: str) -> dict[str, Any]:
    """One shell with two submodels: a half import would show."""
    parts = [f"{name}:a", f"{name}:b"]
    keys = [{"type": "ModelReference", "keys": [{"type": "Submodel", "value": part}]} for part in parts]
    shell = {
        "modelType": "AssetAdministrationShell", "id": name, "idShort": "Killed", "submodels": keys,
        "assetInformation": {"assetKind": "Instance", "globalAssetId": f"{name}:asset"},
    }  # fmt: skip
    property_ = {"modelType": "Property", "idShort": "P", "valueType": "xs:int", "value": "1"}
    submodels = [
        {"modelType": "Submodel", "id": part, "idShort": f"S{i}", "submodelElements": [property_]}
        for i, part in enumerate(parts)
    ]
    return {"assetAdministrationShells": [shell], "submodels": submodels}


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """The demo plant at ten times its pace, on free ports."""
    with running_plant("--speed", "10", log=tmp_path / "plant.log") as running:
        yield running.ready


@pytest.fixture
def start(plant: dict[str, Any]) -> Iterator[Callable[[Path], Server]]:
    """Starts servers beside the plant; none is left over, whatever the test finds."""
    started: list[Server] = []

    def one(folder: Path) -> Server:
        started.append(Server(folder, plant))
        return started[-1]

    yield one
    for server in started:
        server.kill()


def check_history(folder: Path, load: Load, killed_at: float, ledger: Ledger) -> None:
    """Every value that a viewer had seen 100 ms before the kill is in the history."""
    seen: dict[int, set[float]] = {}
    for seen_at, frame in load.seen:
        if seen_at <= killed_at - WINDOW_S:
            for handle, time_ms in zip(frame.handles.tolist(), frame.times_ms.tolist(), strict=True):
                seen.setdefault(handle, set()).add(time_ms)
    registry = SignalRegistry(folder / "signals.sqlite")
    history = History(folder / "history", registry, SystemClock(), is_read_only=True)
    for handle, times_ms in seen.items():
        wanted_ns = np.array(sorted(times_ms)) * 1e6
        kept_ns = history.range(handle, int(wanted_ns[0]) - 1000, int(wanted_ns[-1]) + 1000).times_ns
        key = registry.get(handle).key
        assert len(kept_ns), f"nothing is recorded of {key}"
        after = np.searchsorted(kept_ns, wanted_ns)  # the wire's milliseconds are good to a microsecond
        around = kept_ns[np.clip(np.stack([after - 1, after]), 0, len(kept_ns) - 1)]
        lost_ns = wanted_ns[np.abs(around - wanted_ns).min(axis=0) >= 1500]
        ledger.kept["values"] += len(wanted_ns) - len(lost_ns)
        ledger.lost += [f"value: {key} at {time_ns:.0f} ns" for time_ns in lost_ns]
    history.close()
    registry.close()


def check_records(server: Server, load: Load, ledger: Ledger) -> None:
    """Acknowledged commands and imports are there; others wholly or not at all."""
    places = {place["id"]: place["name"]["en"] for place in server.remote.get("/api/places")}
    for place, name in load.names.items():
        ledger.enter("names of places", places[place] in (name, load.pending_names[place]), f"{place} {name}")
    shells = {twin["id"]: twin for twin in server.remote.get("/api/twins")}
    for name in load.imports:
        ledger.enter("imports", name in shells, name)
    for name in load.tried_imports:
        assert name not in shells or len(shells[name]["submodels"]) == 2, f"half an import: {name}"
    for submodel, content in load.files.items():
        path = f"/submodels/{encoded(submodel)}/submodel-elements/Manual/attachment"
        ledger.enter("files", server.remote.raw("GET", path) == content, submodel)
    evidence: set[str] = set()
    after = 0
    while entries := server.remote.get("/api/evidence", after=after, limit=1000):
        evidence |= {entry["command_id"] for entry in entries}
        after = entries[-1]["number"]
    for command in load.commands:
        ledger.enter("commands in the evidence", command in evidence, command)


def encoded(identifier: str) -> str:
    """An identifier as the AAS API takes it in an address (IDTA-01002)."""
    return base64.urlsafe_b64encode(identifier.encode()).decode().rstrip("=")


def check_cases(server: Server, load: Load, ledger: Ledger) -> Counter[str]:
    """Whatever any row of the table was acknowledged for is there; return how many of each command."""
    last = {case: (params, outcome) for case, params, outcome in load.cases if case.is_replaced}
    for case, params, outcome in load.cases:
        assert outcome["state"] in case.states, outcome
        if not case.is_replaced:
            ledger.enter(case.command, case.holds(server.remote, params, outcome), str(params))
    for case, (params, outcome) in last.items():
        tried = [load.tried[1]] if load.tried is not None and load.tried[0] is case else []
        held = [case.holds(server.remote, one, outcome) for one in (params, *tried)]
        ledger.enter(case.command, any(held), str(params))
    return Counter(_name(case, outcome) for case, _, outcome in load.cases)


def _name(case: KillCase, outcome: dict[str, Any]) -> str:
    """The command, and what became of it where that is another thing than done."""
    state = "queued" if outcome["summary"].get("queued") is True else outcome["state"]
    return case.command if state == "done" else f"{case.command} {state}"


async def check_queue(server: Server, port: int) -> int:
    """The machine comes back: every write that waited is delivered, in order and once; return how many."""
    asked = [one["value"] for one in await _queue(server)]
    requests: list[Any] = []
    async with serving(port, requests):
        deadline = time.monotonic() + 60
        while any(one["state"] in ("queued", "sending") for one in await _queue(server)):
            assert time.monotonic() < deadline, "writes still wait"
            await asyncio.sleep(0.1)
    written = [request.registers[0] for request in requests if request.function_code == 6]
    assert written == asked
    assert {one["state"] for one in await _queue(server)} == {"delivered"}
    return len(written)


async def _queue(server: Server) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await asyncio.to_thread(server.remote.get, "/api/queued-writes")
    return found


def check_reports(server: Server) -> int:
    """Every report that was ordered is made in the end, and each of its files is whole; return how many."""
    deadline = time.monotonic() + 120 + 4 * ROUNDS
    while True:
        reports = server.remote.get("/api/reports", limit=1000)
        if all(report["state"] == "made" for report in reports):
            break
        assert all(report["state"] in ("ordered", "made") for report in reports), reports
        assert time.monotonic() < deadline, "reports are still being made"
        time.sleep(0.2)
    for report in reports[:20]:
        for file in report["files"]:
            content = server.remote.raw("GET", f"/api/reports/{report['id']}/files/{file['sha256']}")
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
    return len(reports)


def test_nothing_acknowledged_is_lost(
    tmp_path: Path, plant: dict[str, Any], start: Callable[[Path], Server], record_property: Record
) -> None:
    folder = tmp_path / "data"
    with Platform.open(folder) as platform:
        asyncio.run(import_plant(platform))
        before = PlantModel(1, time.time_ns() - int((HISTORY_MIN + 1) * 60e9))
        recorded = record_plant(platform, before, HISTORY_MIN * 60)
    server = start(folder)
    port = free_port()
    away = tmp_path / "away.json"
    away.write_text(json.dumps(machine(port, {AWAY.partition("#")[2]: "/1/40001"})))
    server.remote.import_files([away])
    draft = KillDraft(server.remote, plant["opcua"].replace("127.0.0.1", "localhost"))
    chance = random.Random(20261121)
    startups: list[float] = []
    ledger = Ledger()
    counts: Counter[str] = Counter()
    for round_ in range(ROUNDS):
        load = Load(server, round_, draft)
        time.sleep(chance.uniform(0.4, 2.0))
        killed_at = server.kill()
        load.end()
        check_history(folder, load, killed_at, ledger)
        server = start(folder)
        startups.append(server.seconds_to_answer)
        check_records(server, load, ledger)
        counts += check_cases(server, load, ledger)
        draft.check(server.remote)
        ledger.kept["edits of a mapping"] += load.draft_edits
    ledger.kept["queued writes delivered"] = delivered = asyncio.run(check_queue(server, port))
    ledger.kept["reports made"] = reports = check_reports(server)
    server.process.terminate()
    assert server.process.wait(30) == 0
    ledger.close(record_property, "the server", ROUNDS, startups_s=startups, values_before=recorded)
    assert ledger.kept["commands in the evidence"] > ROUNDS
    assert {name.partition(" ")[0] for name in counts} == {case.command for case in CASES}
    assert ledger.kept["edits of a mapping"] > ROUNDS
    assert delivered >= counts["signal.write queued"] > 0
    assert draft.imported
    assert reports >= counts["report.make"]
    assert ledger.kept["values"] > 100 * ROUNDS
    assert ledger.kept["files"] >= ROUNDS // 2
