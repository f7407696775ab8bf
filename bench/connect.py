"""Measures connecting a foreign OPC UA server of 100,000 values, from its address to all of them live, over REST."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
from asyncua.client.client import Client
from asyncua.common.node import Node

from bench._probed_server import longest_hold_s
from xushi.connectors.mapping import read_sheet
from xushi.remote import Remote, local_access
from xushi.testing import PLANT, start_node_opcua

VALUES = int(os.environ.get("XUSHI_BENCH_NODES", "100000"))
NAIVE_VALUES = 1_000
PREVIEWED = 200
PREVIEWS = 9
_PATIENCE_S = 60.0
_LONGEST_S = 300.0
_BARE_ITEMS = 1_000
_SAMPLES_PER_S = 25_000


def _probe(folder: Path) -> Path:
    return folder.with_suffix(".probe")


@contextmanager
def _platform(folder: Path) -> Iterator[Remote]:
    """A server of our own in a process of its own, as `xushi serve` starts it."""
    probed = [sys.executable, "-m", "bench._probed_server", str(_probe(folder))]
    command = [*probed, "serve", "--data", str(folder), "--port", "0", "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while (access := local_access(folder)) is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)
        yield Remote(access.url, access.token)
    finally:
        process.kill()
        process.wait(60)


def _job(remote: Remote, path: str, body: dict[str, Any]) -> tuple[Any, float, int]:
    """Run a job; return its result, its seconds, and how many different states of progress it told."""
    began_s, told = time.perf_counter(), set()
    job = remote.post(path, body)
    while job["state"] == "running":
        time.sleep(0.1)
        job = remote.get(f"/api/jobs/{job['id']}")
        told.add(job["progress"])
    if job["state"] != "done":
        raise RuntimeError(str(job["error"]))
    return job["result"], time.perf_counter() - began_s, len(told)


async def _naive(url: str) -> float:
    """Browse as asyncua's examples do: node by node, an attribute a request; return the values a second."""
    found = 0

    async def visit(node: Node) -> None:
        nonlocal found
        for child in await node.get_children():
            if found >= NAIVE_VALUES:
                return
            await child.read_browse_name()
            if (await child.read_node_class()).name == "Variable":
                await child.read_data_type_as_variant_type()
                found += 1
            await visit(child)

    async with Client(url, watchdog_intervall=_PATIENCE_S) as client:
        folders = [node for node in await client.nodes.objects.get_children() if node.nodeid.NamespaceIndex > 0]
        began_s = time.perf_counter()
        for folder in folders[-20:]:
            await visit(folder)
        return found / (time.perf_counter() - began_s)


class _FirstValues:
    """Counts the values that a bare client is told; `all` is set with the last."""

    def __init__(self, wanted: int) -> None:
        self._left = wanted
        self.all = asyncio.Event()

    def datachange_notification(self, node: Node, value: Any, data: Any) -> None:
        """Count one; asyncua calls this by its name."""
        self._left -= 1
        if not self._left:
            self.all.set()


async def _bare_s(url: str, addresses: list[str]) -> float:
    """The server's own speed: seconds until a bare asyncua client has the first value of each address."""
    told = _FirstValues(len(addresses))
    async with Client(url, _PATIENCE_S, watchdog_intervall=_PATIENCE_S) as client:
        index = await client.get_namespace_index(addresses[0].partition(";")[0].removeprefix("nsu="))
        nodes = [client.get_node(f"ns={index};{address.partition(';')[2]}") for address in addresses]
        began_s = time.perf_counter()
        subscription = await client.create_subscription(1000 * len(nodes) / _SAMPLES_PER_S, told)
        for start in range(0, len(nodes), _BARE_ITEMS):
            await subscription.subscribe_data_change(nodes[start : start + _BARE_ITEMS])
        await told.all.wait()
        return time.perf_counter() - began_s


class _Neighbour:
    """Another connection, and for how long at most nothing came over it while something else went on."""

    def __init__(self, remote: Remote, endpoint: str) -> None:
        self._remote, self._endpoint = remote, endpoint
        self._updates, self._since_s = -1, time.monotonic()
        self.longest_s = 0.0

    def look(self) -> dict[str, dict[str, Any]]:
        """Return all connections by their endpoint, and note whether this one has moved."""
        links = {one["endpoint"]: one for one in self._remote.get("/api/links")}
        now_s = time.monotonic()
        if links[self._endpoint]["updates"] != self._updates:
            self._updates, self._since_s = links[self._endpoint]["updates"], now_s
        self.longest_s = max(self.longest_s, now_s - self._since_s)
        return links


def _connect(remote: Remote, url: str) -> str:
    """Import all of a server as it is suggested; return the path of its draft."""
    draft = remote.post("/api/connect/drafts", {"endpoint": url})
    path = f"/api/connect/drafts/{draft['id']}"
    _job(remote, f"{path}/suggest", {})
    _job(remote, f"{path}/import", {})
    return path


def _is_live(link: dict[str, Any]) -> bool:
    return link["state"] == "live" and link["updates"] >= link["points"]


def _until_live(neighbour: _Neighbour, url: str) -> tuple[float, int]:
    """Wait until every value of a server has come; return seconds and how many states of progress were told."""
    began_s, told = time.monotonic(), set()
    while not _is_live(link := neighbour.look().get(url, {"state": "", "ready": 0})):
        told.add(link["ready"])
        if time.monotonic() - began_s > _LONGEST_S:
            raise RuntimeError(f"not live: {link}")
        time.sleep(0.2)
    return time.monotonic() - began_s, len(told)


def _openpyxl_s(lines: list[list[str]]) -> tuple[float, float]:
    """Seconds of writing and of reading the same lines with openpyxl, in its modes for large files."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    began_s = time.perf_counter()
    for line in lines:
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)
    written_s = time.perf_counter()
    read = openpyxl.load_workbook(file, read_only=True)
    count = sum(1 for _ in read.worksheets[0].iter_rows(values_only=True))
    if count != len(lines):
        raise RuntimeError("openpyxl read another number of lines")
    return written_s - began_s, time.perf_counter() - written_s


def run() -> Iterator[dict[str, Any]]:
    """Yield seconds of reading, suggesting, importing, going live, sheets and undo, and what the loop was held."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            start_node_opcua(folder / "node", extra_nodes=VALUES, script=PLANT, timeout_s=300) as plant,
            start_node_opcua(folder / "small", script=PLANT, timeout_s=300) as small,
            _platform(folder / "data") as remote,
        ):
            yield from _measure(folder / "data", remote, plant.url, small.url)


def _measure(data: Path, remote: Remote, url: str, small_url: str) -> Iterator[dict[str, Any]]:
    naive_rate = asyncio.run(_naive(url))
    _connect(remote, small_url)
    neighbour = _Neighbour(remote, small_url)
    _until_live(neighbour, small_url)
    marks = [time.monotonic()]
    time.sleep(2.0)
    marks.append(time.monotonic())
    draft = remote.post("/api/connect/drafts", {"endpoint": url})
    path = f"/api/connect/drafts/{draft['id']}"
    scanned, scan_s, told = _job(remote, f"{path}/scan", {})
    suggested, suggest_s, _ = _job(remote, f"{path}/suggest", {})
    addresses = [row["address"] for row in remote.get(f"{path}/rows", limit=PREVIEWED)["rows"]]
    previews_s = []
    for _ in range(PREVIEWS):
        began_s = time.perf_counter()
        values = remote.post(f"{path}/preview", {"addresses": addresses})
        previews_s.append(time.perf_counter() - began_s)
        if not all(one["is_good"] for one in values):
            raise RuntimeError("a preview came without a value")
    planned, plan_s, _ = _job(remote, f"{path}/import", {"dry_run": True})
    marks.append(time.monotonic())
    outcome, import_s, _ = _job(remote, f"{path}/import", {})
    if outcome["state"] != "done" or outcome["result"]["signals"] < VALUES:
        raise RuntimeError(json.dumps(outcome)[:500])
    marks.append(time.monotonic())
    live_s, ready_told = _until_live(neighbour, url)
    marks.append(time.monotonic())
    memory_mb = remote.get("/api/status")["memory_mb"]
    began_s = time.perf_counter()
    sheet = remote.raw("GET", f"{path}/sheet", query={"format": "xlsx"})
    written_s = time.perf_counter()
    taken = remote.raw("PUT", f"{path}/sheet", sheet, {"Content-Type": "application/octet-stream"})
    if not json.loads(taken)["is_taken"]:
        raise RuntimeError(taken[:500].decode())
    read_s, write_s = time.perf_counter() - written_s, written_s - began_s
    marks.append(time.monotonic())
    lines = list(read_sheet(sheet))
    began_s = time.perf_counter()
    remote.undo(outcome["command_id"])
    undo_s = time.perf_counter() - began_s
    marks.append(time.monotonic())
    theirs_write_s, theirs_read_s = (one * 10 for one in _openpyxl_s(lines[: len(lines) // 10]))
    every = [line[1] for line in lines[1:] if "s=Cell." in line[1]]
    bare_s = asyncio.run(_bare_s(url, every)) * len(lines) / len(every)

    count = scanned["values"]
    naive = f"asyncua, node by node, over {NAIVE_VALUES:,} of the same values: {naive_rate:,.0f} values/s"
    total_s = scan_s + suggest_s + import_s
    yield {
        "name": f"browse, suggest and import {count:,} values of node-opcua", "value": round(total_s, 1), "unit": "s",
        "goal": 60, "baseline": f"{naive}, for browsing alone {count / naive_rate:,.0f} s",
        "ratio": round(count / naive_rate / total_s, 1),
        "parts": {
            "browse_s": round(scan_s, 1), "suggest_s": round(suggest_s, 1), "dry_run_s": round(plan_s, 1),
            "import_s": round(import_s, 1), "progress_steps": told, "rows": suggested["rows"],
            "machines": suggested["machines"], "planned": planned["result"]["added"],
        },
    }  # fmt: skip
    yield {
        "name": f"browse {count:,} values with types and units", "value": round(count / scan_s), "unit": "values/s",
        "baseline": naive, "ratio": round(count / scan_s / naive_rate, 1),
    }  # fmt: skip
    previews_s.sort()
    yield {
        "name": f"preview of {len(addresses)} values over REST", "value": round(previews_s[-1], 4), "goal": 1,
        "unit": f"s, the longest of {PREVIEWS}",
        "baseline": f"the middle one: {previews_s[len(previews_s) // 2]:.4f}; promised within 1 s",
        "ratio": round(1 / previews_s[-1], 1),
    }  # fmt: skip
    yield {
        "name": f"from the import acknowledged to {count:,} values live", "value": round(live_s, 1), "unit": "s",
        "baseline": f"a bare asyncua client on the same server, calls of {_BARE_ITEMS:,} items: {bare_s:.1f} s",
        "ratio": round(bare_s / live_s, 2),
        "parts": {
            "progress_steps": ready_told, "memory_mb": memory_mb, "undo_s": round(undo_s, 1),
            "neighbour_silent_s": round(neighbour.longest_s, 2),
        },
    }  # fmt: skip
    names = ("idle_s", "browse_s", "import_s", "live_s", "sheet_s", "undo_s")
    held = [longest_hold_s(_probe(data), *span) for span in pairwise(marks)]
    worst_s, idle_s = max(own_s for _, own_s in held[1:]), held[0][1]
    yield {
        "name": "longest time for which the server held its event loop", "value": round(worst_s, 3), "unit": "s",
        "baseline": f"while nothing was done: {idle_s:.3f} s; goal: below 0.1 s",
        "ratio": round(0.1 / max(worst_s, 0.001), 2), "goal": 0.1, "tolerance": 20,  # a known miss, told of each time
        "parts": {
            **{name: round(own_s, 3) for name, (_, own_s) in zip(names, held, strict=True)},
            "late_with_other_processes_s": round(max(late_s for late_s, _ in held), 3),
        },
    }  # fmt: skip
    for verb, ours_s, theirs_s in (("write", write_s, theirs_write_s), ("read and check", read_s, theirs_read_s)):
        yield {
            "name": f"{verb} the mapping of {len(lines) - 1:,} rows as XLSX, over REST", "value": round(ours_s, 1),
            "unit": "s", "baseline": f"openpyxl, write-only and read-only, the cells alone: {theirs_s:.1f} s",
            "ratio": round(theirs_s / ours_s, 2),
        }  # fmt: skip
