"""Measures connecting a foreign OPC UA server of 100,000 values, from its address to the import, over REST."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asyncua.client.client import Client
from asyncua.common.node import Node

from xushi.remote import Remote, local_access
from xushi.testing import PLANT, start_node_opcua

VALUES = int(os.environ.get("XUSHI_BENCH_NODES", "100000"))
NAIVE_VALUES = 1_000
PREVIEWED = 200
PREVIEWS = 9


@contextmanager
def _platform(folder: Path) -> Iterator[Remote]:
    """A server of our own in a process of its own, as `xushi serve` starts it."""
    command = [sys.executable, "-m", "xushi.cli", "serve", "--data", str(folder), "--port", "0", "--no-browser"]
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

    async with Client(url) as client:
        folders = [node for node in await client.nodes.objects.get_children() if node.nodeid.NamespaceIndex > 0]
        began_s = time.perf_counter()
        for folder in folders[-20:]:
            await visit(folder)
        return found / (time.perf_counter() - began_s)


def run() -> Iterator[dict[str, Any]]:
    """Yield seconds and values a second of reading, suggesting, importing and previewing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (
            start_node_opcua(folder / "node", extra_nodes=VALUES, script=PLANT, timeout_s=300) as plant,
            _platform(folder / "data") as remote,
        ):
            naive_rate = asyncio.run(_naive(plant.url))
            draft = remote.post("/api/connect/drafts", {"endpoint": plant.url})
            path = f"/api/connect/drafts/{draft['id']}"
            scanned, scan_s, told = _job(remote, f"{path}/scan", {})
            suggested, suggest_s, _ = _job(remote, f"{path}/suggest", {})
            rows = remote.get(f"{path}/rows", limit=PREVIEWED)["rows"]
            previews_s = []
            for _ in range(PREVIEWS):
                began_s = time.perf_counter()
                values = remote.post(f"{path}/preview", {"addresses": [row["address"] for row in rows]})
                previews_s.append(time.perf_counter() - began_s)
                if not all(one["is_good"] for one in values):
                    raise RuntimeError("a preview came without a value")
            planned, plan_s, _ = _job(remote, f"{path}/import", {"dry_run": True})
            outcome, import_s, _ = _job(remote, f"{path}/import", {})
            if outcome["state"] != "done" or outcome["result"]["signals"] < VALUES:
                raise RuntimeError(json.dumps(outcome)[:500])
        count = scanned["values"]
        naive = f"asyncua, node by node, over {NAIVE_VALUES:,} of the same values: {naive_rate:,.0f} values/s"
        total_s = scan_s + suggest_s + import_s
        yield {
            "name": f"browse, suggest and import {count:,} values of node-opcua",
            "value": round(total_s, 1), "unit": "s",
            "baseline": f"{naive}, for browsing alone {count / naive_rate:,.0f} s",
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
            "name": f"preview of {len(rows)} values over REST", "value": round(previews_s[len(previews_s) // 2], 4),
            "unit": "s", "baseline": f"the longest of {PREVIEWS}; promised within 1 s: {previews_s[-1]:.4f}",
            "ratio": round(1 / previews_s[-1], 1),
        }  # fmt: skip
