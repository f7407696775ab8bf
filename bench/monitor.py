"""Measures the monitor: what 10,000 alarm rules cost beside none, and how soon an alarm is on a browser's screen."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import paho.mqtt.client as paho

from bench._alarm_page import alarm_page, seen_ms
from bench._child import Child
from xushi.kernel import Actor, ManualClock
from xushi.monitor import Guard, Rule, write_rule_file
from xushi.remote import Remote
from xushi.runtime import Platform
from xushi.signals import Frame, Kind, SignalDef
from xushi.testing import start_nats
from xushi.trust import ALL_SCOPES

RULES = 10_000
FRAME_VALUES = 1_000
FRAMES = 1_000  # two seconds at 500,000 values a second
ROUNDS = 3
FRAMES_TOGETHER = 5  # the monitor gathers for 10 ms
FRAMES_A_TICK = 50  # and lets time pass every 100 ms
STEP_NS = 2_000_000
T0 = 1_780_000_000_000_000_000
PERSON = Actor("bench", "Bench", ALL_SCOPES)
PUMP, SETPOINT = "urn:bench#pump", "urn:bench#setpoint"

ALARMS = 200
LOAD_SIGNALS = RULES - ALARMS
LOAD_VALUES_PER_S = 100_000  # a third of a core, so that two cores have room for the browser
DEVICE_SIGNALS = 100


def run() -> Iterator[dict[str, Any]]:
    """Yield the figures of the monitor."""
    yield from rules_beside_none()
    yield from alarm_to_browser()


def rules() -> list[Rule]:
    """One rule on each signal: limits, deviations from a number and from a signal, rates; some with delays, guards."""
    kinds: tuple[tuple[Any, float], ...] = (
        *(("above", 95.0), ("below", 5.0), ("deviation", 45.0)) * 3, ("rate", 1e9),
    )  # fmt: skip
    found = []
    for i in range(RULES):
        condition, limit = kinds[i % 10]
        is_pair = condition == "deviation" and i % 20 == 8
        found.append(Rule(
            id=f"r{i}", signal=f"urn:bench#{i}", condition=condition, limit=limit, deadband=2.0, title={"en": f"r{i}"},
            target=50.0 if condition == "deviation" and not is_pair else None,
            target_signal=SETPOINT if is_pair else None, on_delay_s=1.0 if i % 7 == 0 else 0.0,
            suppress_while=Guard(PUMP, [0]) if i % 5 == 0 else None,
        ))  # fmt: skip
    return found


def flow(handles: np.ndarray, others: np.ndarray) -> list[Frame]:
    """Values around 50 with a standard deviation of 11: about one in 25,000 is an alarm; a guard moves."""
    generator = np.random.default_rng(4)
    frames = []
    for k in range(FRAMES):
        place = FRAME_VALUES * (k % (RULES // FRAME_VALUES))
        values = np.round(50 + generator.normal(0, 11, FRAME_VALUES), 2)
        at_ns = T0 + k * STEP_NS
        frames.append(Frame.doubles(handles[place : place + FRAME_VALUES], at_ns, values))
        if k % FRAMES_A_TICK == 0:
            second = k // 500 % 2
            frames.append(Frame(others, [at_ns, at_ns], [second, np.float64(50).view(np.int64)]))
    return frames


def rules_beside_none() -> Iterator[dict[str, Any]]:
    """CPU of the whole process for the same values, without a rule and with 10,000, turn by turn in one run."""
    turns = [(cpu_us(False), cpu_us(True)) for _ in range(ROUNDS)]
    plain, watched = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
    ratio = statistics.median(turn[1] / turn[0] for turn in turns)
    yield {"name": "monitor.cpu_with_10000_rules", "value": round(watched, 3), "unit": "µs/value",
           "baseline": f"{plain:.3f} without rules", "ratio": round(ratio, 3)}  # fmt: skip
    yield {"name": "monitor.cpu_added_by_10000_rules", "value": round(100 * (ratio - 1), 1), "unit": "%",
           "goal": 30, "baseline": "target 30 %", "ratio": round((ratio - 1) / 0.3, 2)}  # fmt: skip


def cpu_us(with_rules: bool) -> float:
    """CPU of the process for one value through board, monitor and history into chunks, in µs.

    The whole monitor runs: alarms, journal on disk, time that passes. Connectors and viewers are left out, which
    makes the rules look dearer than they are in a plant.
    """
    with tempfile.TemporaryDirectory(prefix="xushi-bench-") as folder:
        clock = ManualClock(T0)
        with Platform.open(Path(folder), clock) as platform:
            handles = platform.registry.define([SignalDef(key=f"urn:bench#{i}") for i in range(RULES)])
            others = platform.registry.define([SignalDef(key=PUMP, kind=Kind.ENUM), SignalDef(key=SETPOINT)])
            if with_rules:
                text = write_rule_file(rules(), [], "json")
                asyncio.run(platform.bus.run("rules.import", {"text": text}, PERSON))
            frames = flow(np.asarray(handles, np.int32), np.asarray(others, np.int32))
            monitor = platform.monitor
            monitor.flush()
            began = time.process_time()
            for number, frame in enumerate(frames, 1):
                clock.advance(STEP_NS)
                platform.ingest.push(frame)
                if number % FRAMES_TOGETHER == 0:
                    monitor.evaluate()
                if number % FRAMES_A_TICK == 0:
                    monitor.tick()
                    monitor.flush()
            monitor.evaluate()
            raised = len(monitor.alarms())
        spent = time.process_time() - began  # closing writes what the history still holds
    if with_rules != bool(raised):
        raise RuntimeError(f"{raised} alarms, rules: {with_rules}")
    return spent / (FRAMES * FRAME_VALUES) * 1e6


def alarm_to_browser() -> Iterator[dict[str, Any]]:
    """From a value's publication by an MQTT client to the frame of Chromium that shows the alarm's row.

    Broker, platform, browser and the rest of the plant are processes of their own. The rest's values flow through the
    same broker and link as Sparkplug B; each signal, of an alarm or of the rest, has another rule beside.
    """
    topics = [f"bench/{i}" for i in range(ALARMS)]
    addresses = [f"{topic}#/value" for topic in topics]
    addresses += [f"spBv1.0/G/N/D{i // DEVICE_SIGNALS}:m{i % DEVICE_SIGNALS}" for i in range(LOAD_SIGNALS)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xushi-bench-")))
        broker = stack.enter_context(start_nats(folder / "broker"))
        order = {"protocol": "mqtt", "endpoint": broker.url, "addresses": addresses, "has_rules": True}
        server = Child("bench._e2e_server", str(folder / "data"))
        stack.callback(server.end)
        server.say(json.dumps(order))
        ready = server.hear()
        remote = Remote(ready["url"], ready["token"])
        remote.run("rules.import", {"text": write_rule_file(watched_rules(), [], "json")})
        server.say("go")
        machine = paho.Client(paho.CallbackAPIVersion.VERSION2)
        machine.on_socket_open = send_at_once
        machine.connect("127.0.0.1", broker.port)
        machine.loop_start()
        stack.callback(machine.loop_stop)
        until_linked(machine, server)
        rest = Child("bench._e2e_mqtt_source", "sparkplug", str(LOAD_SIGNALS), str(LOAD_VALUES_PER_S), str(broker.port))
        stack.callback(rest.end)
        rest.hear()
        page = stack.enter_context(alarm_page(remote))
        before = server.ask("state")
        delays = sorted(raise_alarms(machine, topics, page))
        after = server.ask("state")
    updates_per_s = (after["values"] - before["values"]) / (after["at_s"] - before["at_s"])
    beside = f"beside {RULES + ALARMS:,} rules and {updates_per_s:,.0f} updates/s"
    for name, place in (("median", 0.5), ("p99", 0.99)):
        value = delays[min(int(place * len(delays)), len(delays) - 1)]
        yield {"name": f"monitor.alarm_on_screen_{name}", "value": round(value, 1), "unit": "ms",
               "goal": 100, "baseline": f"target p99 100 ms, {beside}", "ratio": round(value / 100, 2)}  # fmt: skip


def watched_rules() -> list[Rule]:
    """One critical alarm on each of the first topics: critical ones are never grouped in a flood."""
    return [
        Rule(id=f"hot{i}", signal=f"urn:bench#s{i}", condition="above", limit=80.0, priority="critical",
             title={"en": f"Hot <{i}>", "zh-CN": f"过热 <{i}>"})
        for i in range(ALARMS)
    ]  # fmt: skip


def send_at_once(machine: paho.Client, userdata: Any, connection: socket.socket) -> None:
    """Keep the machine's own socket from holding a value back until the one before is confirmed."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def publish(machine: paho.Client, topic: str, value: float) -> float:
    """Publish one value; return when, ms since the Unix epoch."""
    at_ns = time.time_ns()
    machine.publish(topic, msgspec.json.encode({"timestamp": at_ns // 1_000_000, "value": value}))
    return at_ns / 1e6


def until_linked(machine: paho.Client, server: Child) -> None:
    """Return once values arrive at the platform."""
    deadline = time.monotonic() + 30
    while not server.ask("state")["values"]:
        if time.monotonic() > deadline:
            raise TimeoutError("no value arrived within 30 s")
        publish(machine, "bench/0", 20.0)
        time.sleep(0.1)


def raise_alarms(machine: paho.Client, topics: list[str], page: Any) -> Iterator[float]:
    """Raise one alarm after the other, at instants that follow no beat; yield the delay of each in ms."""
    generator = random.Random(5)
    for number, topic in enumerate(topics):
        time.sleep(generator.uniform(0.02, 0.07))
        sent_ms = publish(machine, topic, 99.0)
        yield seen_ms(page, number) - sent_ms
