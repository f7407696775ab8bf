"""Measures values from the wire through board and history to a hundred viewers: rate, age, processor time, memory."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIGNALS = 1000
VIEWERS = 100
VIEW_HZ = 40.0
WARM_UP_S = 4.0
MEASURED_S = 8.0
TARGETS = {  # values a second, p99 age in ms: docs/explanations and the datapath.md
    "MQTT JSON": (60_000, 60.0),
    "Sparkplug B": (500_000, 50.0),
    "OPC UA": (100_000, 50.0),
}


class Child:
    """A process that answers one line of JSON to one line of text."""

    def __init__(self, module: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"bench.{module}", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"a part of the benchmark ended: {self.process.args}")
        return json.loads(line)

    def ask(self, line: str) -> Any:
        self.say(line)
        return self.hear()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures of each protocol, then start-up and memory."""
    json_addresses = [f"bench/{i}#/value" for i in range(SIGNALS)]
    sparkplug_addresses = [f"spBv1.0/G/N/D{i // 100}:m{i % 100}" for i in range(SIGNALS)]
    starts: list[float] = []
    yield from _path("MQTT JSON", "mqtt", "_e2e_mqtt_source", "json", json_addresses, starts)
    yield from _path("Sparkplug B", "mqtt", "_e2e_mqtt_source", "sparkplug", sparkplug_addresses, starts)
    yield from _path("OPC UA", "opcua", "_e2e_opcua_source", "", [f"ns=2;i={i + 1}" for i in range(SIGNALS)], starts)
    yield {"name": "server ready, empty folder", "value": round(min(starts), 3), "unit": "s", "baseline": "target 3 s",
           "ratio": round(min(starts) / 3.0, 3)}  # fmt: skip


def _path(
    name: str, protocol: str, module: str, kind: str, addresses: list[str], starts: list[float]
) -> Iterator[dict[str, Any]]:
    rate, target_ms = TARGETS[name]
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = Child(module, kind, str(SIGNALS), str(rate * 1.1))
        stack.callback(source.end)
        scheme = {"mqtt": "mqtt", "opcua": "opc.tcp"}[protocol]
        order = {"protocol": protocol, "endpoint": f"{scheme}://127.0.0.1:{source.hear()}", "addresses": addresses}
        server = Child("_e2e_server", str(folder / "data"), json.dumps(order))
        stack.callback(server.end)
        ready = server.hear()
        starts.append(ready["start_s"])
        viewers = Child("_e2e_viewers", ready["url"], ready["token"], str(VIEWERS), str(VIEW_HZ))
        stack.callback(viewers.end)
        viewers.hear()
        server.say("go")
        time.sleep(WARM_UP_S)
        viewers.say("reset")
        before = server.ask("state")
        time.sleep(MEASURED_S)
        after = server.ask("state")
        seen = viewers.ask("report")
    yield from _figures(name, before, after, seen, rate, target_ms)


def _figures(
    name: str, before: dict[str, Any], after: dict[str, Any], seen: dict[str, Any], rate: float, target_ms: float
) -> Iterator[dict[str, Any]]:
    duration_s = after["at_s"] - before["at_s"]
    values = after["values"] - before["values"]
    got = values / duration_s
    what = f"{name} to board, history and {VIEWERS} viewers"
    yield {
        "name": what,
        "value": round(got),
        "unit": "updates/s",
        "baseline": f"target {rate}",
        "ratio": round(got / rate, 2),
    }
    for share in ("p50", "p99"):
        age_ms = seen[f"{share}_ms"]
        yield {"name": f"{name}, age at a viewer, {share}", "value": round(age_ms, 1), "unit": "ms",
               "baseline": f"target p99 {target_ms:g} ms", "ratio": round(age_ms / target_ms, 2)}  # fmt: skip
    cpu_s = (after["cpu_s"] - before["cpu_s"]) / max(values, 1) * 1e6
    yield {
        "name": f"{name}, processor time per million updates, everything included",
        "value": round(cpu_s, 2),
        "unit": "s",
        "baseline": f"at {seen['messages'] / duration_s:.0f} messages/s to viewers",
        "ratio": None,
    }
    yield {"name": f"{name}, memory of the platform", "value": round(after["memory_mb"]), "unit": "MB",
           "baseline": f"unrecorded values: {after['unrecorded']}", "ratio": None}  # fmt: skip


if __name__ == "__main__":
    for figure in run():
        print(json.dumps(figure), flush=True)
