"""Runs the demo plant fast for a long time and accounts for every value by the plant's own counts."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench._child import Child
from xushi.demo import _rules
from xushi.demo._quicker import write_quicker
from xushi.demo.plant import default_endpoints
from xushi.demo.shells import ensure_assets
from xushi.remote import Remote, local_access
from xushi.testing import start_nats

# Signals that the plant counts up by one with every message, one a protocol.
COUNTERS = {"OPC UA": "Heartbeat", "Sparkplug B": "Soak.Sequence", "MQTT JSON": "Soak.JsonSequence"}
VALUES = {"OPC UA": "OpcUa", "Sparkplug B": "Sparkplug"}
SAMPLE_S = 10.0
SETTLE_S = 3.0  # without anything new for so long, nothing is under way
PATIENCE_S = 60.0
# Until then the open points of every signal grow towards their first full chunk: shorter runs tell nothing of memory.
JUDGED_MINUTES = 20.0
MOST_GROWTH = 0.05  # of the memory, over the second half, by the line fitted through it
_PAGE = 50_000


@dataclass(frozen=True)
class Soak:
    """The plant and the platform while they run."""

    plant: Child
    platform: Child
    remote: Remote

    def settled(self) -> dict[str, Any]:
        """What has arrived, once nothing new arrives."""
        state, since_s, began_s = self.platform.ask("state"), time.monotonic(), time.monotonic()
        while time.monotonic() - since_s < SETTLE_S and time.monotonic() - began_s < PATIENCE_S:
            time.sleep(0.2)
            now = self.platform.ask("state")
            if now["total"] != state["total"]:
                state, since_s = now, time.monotonic()
        return state


def main() -> int:
    """Print one JSON object a minute, then one a count; the exit status is 1 where a value was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--speed", type=float, default=10.0)
    options = parser.parse_args()
    with _running(options.speed) as soak:
        _connected(soak)
        soak.platform.ask("begin")
        before = soak.plant.ask("go")
        memory = _watch(soak, options.minutes * 60)
        after = soak.plant.ask("stand")
        arrived = soak.settled()
        verdicts = [*_totals(before, after, arrived), *_counters(arrived), *_recorded(soak.remote)]
        verdicts.append(_figure("values that the history refused", arrived["unrecorded"], arrived["unrecorded"] == 0))
    verdicts.append(_memory(memory, options.minutes))
    return 0 if all(verdicts) else 1


@contextlib.contextmanager
def _running(speed: float) -> Iterator[Soak]:
    """The plant, standing still, on a broker that outlives it; the platform with the plant's shells and rules."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = stack.enter_context(start_nats(folder / "broker"))
        plant = Child(
            "xushi.demo.plant", "--by-hand", "--wall-time", "--speed", str(speed), "--opcua-port", "0",
            "--broker", f"127.0.0.1:{broker.port}", "--data", str(folder / "plant"),
        )  # fmt: skip
        stack.callback(plant.end)
        ready = plant.hear()
        used = {described: ready[protocol] for protocol, described in default_endpoints().items()}
        data = folder / "data"
        platform = Child("bench._soak_server", str(data), json.dumps(used), ",".join(COUNTERS.values()))
        stack.callback(platform.end)
        platform.hear()
        access = local_access(data)
        assert access is not None
        remote = Remote(access.url, access.token)
        remote.import_files([write_quicker(ensure_assets(), speed, folder / "demo-plant.aasx")])
        remote.run("rules.import", {"text": _rules.text(speed), "replace": True})
        yield Soak(plant, platform, remote)


def _connected(soak: Soak) -> None:
    """Return when every connection stands and has said what holds now."""
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        links = soak.remote.get("/api/links")
        if links and all(link["state"] == "live" for link in links):
            break
        if time.monotonic() > deadline_s:
            raise TimeoutError(f"not connected: {links}")
        time.sleep(0.2)
    soak.settled()


def _watch(soak: Soak, duration_s: float) -> np.ndarray:
    """Tell once a minute how it goes; return rows of seconds and memory in MB."""
    began_s, told = time.monotonic(), 0
    rows: list[tuple[float, float]] = []
    while (passed_s := time.monotonic() - began_s) < duration_s:
        time.sleep(min(SAMPLE_S, max(0.1, duration_s - passed_s)))
        status = soak.remote.get("/api/status")
        rows.append((time.monotonic() - began_s, float(status["memory_mb"])))
        if rows[-1][0] >= 60 * (told + 1):
            told += 1
            print(
                json.dumps({"minute": told, "memory_mb": round(rows[-1][1], 1), "updates": status["updates"]}),
                flush=True,
            )
    return np.array(rows)


def _figure(name: str, value: Any, is_well: bool, **more: Any) -> bool:
    print(json.dumps({"name": name, "value": value, **more, "verdict": "ok" if is_well else "WRONG"}), flush=True)
    return is_well


def _totals(before: dict[str, Any], after: dict[str, Any], arrived: dict[str, Any]) -> Iterator[bool]:
    """What the plant published in all, against what its connections brought, by protocol and by topic."""
    for protocol, face in VALUES.items():
        published = after["published"][face] - before["published"][face]
        came = arrived["values"][face]
        yield _figure(f"values of {protocol}", came, came == published > 0, unit="values", published=published)
    unread: dict[str, int] = {}
    for topic, count in sorted(after["messages"].items()):
        published = count - before["messages"].get(topic, 0)
        if topic not in arrived["messages"]:
            unread[topic] = published
            continue
        came = arrived["messages"][topic]
        kind = "VDA 5050" if topic.startswith("uagv/") else "MQTT JSON"
        yield _figure(f"messages of {kind}, {topic}", came, came == published, unit="messages", published=published)
    print(json.dumps({"name": "messages of topics that no shell maps", "value": unread}), flush=True)


def _counters(arrived: dict[str, Any]) -> Iterator[bool]:
    """What the counters did as they came in, before the history makes one of what has the same time."""
    for protocol, name in COUNTERS.items():
        odd = arrived["counters"][name]
        yield _figure(f"counter of {protocol} on arrival", sum(odd.values()), not any(odd.values()), **odd)


def _recorded(remote: Remote) -> Iterator[bool]:
    """What the history kept of the counters: every count, once, in order."""
    for protocol, name in COUNTERS.items():
        counts = _history(remote, name)
        steps = np.diff(counts)
        yield _figure(
            f"counts of {protocol} in the history", len(counts), len(counts) > 1 and bool(np.all(steps == 1)),
            unit="values", lost=int(np.sum(steps[steps > 1] - 1)), doubled=int(np.sum(steps == 0)),
            backwards=int(np.sum(steps < 0)),
        )  # fmt: skip


def _history(remote: Remote, path: str) -> np.ndarray:
    """Every good value that is recorded of a signal of the line's controller."""
    signals = remote.post("/api/signals/named", {"keys": [f"urn:xushi:demo:submodel:PLC1:OperationalData#{path}"]})
    address = f"/api/timelines/live/signals/{signals['signals'][0]['handle']}/range"
    start_ms, values = 0.0, []
    while True:
        rows = remote.get(address, start_ms=start_ms, end_ms=4_102_444_800_000.0, limit=_PAGE)
        values += [value for value, quality in zip(rows["values"], rows["qualities"], strict=True) if not quality >> 31]
        if not rows["more"]:
            return np.array(values, np.int64)
        start_ms = rows["times_ms"][-1] + 0.001


def _memory(rows: np.ndarray, minutes: float) -> bool:
    """Fit a line through the second half: it must not climb. Too short a run is told of, not judged."""
    half = rows[len(rows) // 2 :]
    slope_mb_s, at_zero_mb = np.polyfit(half[:, 0], half[:, 1], 1)
    began_s, ended_s = half[0, 0], half[-1, 0]
    growth = slope_mb_s * (ended_s - began_s) / (at_zero_mb + slope_mb_s * began_s)
    is_judged = minutes >= JUDGED_MINUTES
    return _figure(
        "memory, growth over the second half", round(100 * growth, 2), growth < MOST_GROWTH or not is_judged, unit="%",
        slope_mb_min=round(60 * slope_mb_s, 3), highest_mb=round(float(rows[:, 1].max()), 1), judged=is_judged,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
