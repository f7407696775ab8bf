"""The demo plant as a program: `python -m xushi.demo.plant` runs the line behind real sockets."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from xushi.demo._line import DEFAULT_MQTT_PORT, DEFAULT_OPCUA_PORT, NAMESPACE, STATION_IDS, parts_of
from xushi.demo._runner import PlantRunner
from xushi.kernel import XushiError

HOST = "127.0.0.1"
PARENT_CHECK_S = 1.0


def default_endpoints() -> dict[str, str]:
    """Where the plant is found when it was started without port options."""
    return endpoints(DEFAULT_OPCUA_PORT, HOST, DEFAULT_MQTT_PORT)


def endpoints(opcua_port: int, mqtt_host: str, mqtt_port: int) -> dict[str, str]:
    """Endpoint addresses by protocol."""
    return {"opcua": f"opc.tcp://{HOST}:{opcua_port}", "mqtt": f"mqtt://{mqtt_host}:{mqtt_port}"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the plant until SIGTERM, SIGINT or the end of the parent process; returns the exit status."""
    options = _read_options(arguments)
    logging.getLogger("asyncua").setLevel(logging.ERROR)  # its warnings speak of clients' certificates
    with ExitStack() as stack:
        data = options.data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="xushi-plant-")))
        try:
            asyncio.run(_run(options, data))
        except XushiError as error:
            text = error.text()
            print(f"{text.what} {text.why} {text.next}", file=sys.stderr)
            return 1
    return 0


async def _run(options: argparse.Namespace, data: Path) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    runner = PlantRunner(
        seed=options.seed,
        speed=options.speed,
        start_ns=options.start_time or time.time_ns(),
        host=HOST,
        opcua_port=options.opcua_port,
        mqtt_port=options.mqtt_port,
        data=data,
        broker=options.broker,
        has_operators=not options.no_operators,
        is_wall_time=options.wall_time,
    )
    for station, at_s, for_s in options.fail:
        runner.model.break_down(station, runner.model.loop.now_s + at_s, for_s)
    for station, at_s in options.mislay:
        runner.model.mislay(station, runner.model.loop.now_s + at_s)
    watch = asyncio.create_task(_watch_parent(os.getppid(), ended))
    try:
        await runner.start()
        _announce(runner, options)
        await (_run_by_hand(runner, ended) if options.by_hand else runner.run(ended))
    finally:
        watch.cancel()
        await runner.stop()


async def _run_by_hand(runner: PlantRunner, ended: asyncio.Event) -> None:
    """Stand still until a line comes on standard input, run until the next, and stand still again.

    Each line is answered with what has been published until then: whoever counts what arrives can so begin and end
    at an instant at which nothing is under way.
    """
    hand = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(hand), sys.stdin)
    is_standing = asyncio.Event()

    async def follow() -> None:
        await hand.readline()
        _tell_published(runner)
        running = asyncio.create_task(runner.run(is_standing))
        try:
            await hand.readline()
        finally:
            is_standing.set()
            await running
        _tell_published(runner)

    following = asyncio.create_task(follow())
    await ended.wait()
    following.cancel()
    await asyncio.wait([following])


def _tell_published(runner: PlantRunner) -> None:
    print(json.dumps({"published": runner.published(), "messages": runner.messages()}), flush=True)


def _announce(runner: PlantRunner, options: argparse.Namespace) -> None:
    """One JSON line that tells whoever started the plant where to find it."""
    ready: dict[str, Any] = {
        "ready": True,
        **endpoints(runner.opcua_port, runner.mqtt_host, runner.mqtt_port),
        "namespace": NAMESPACE,
        "speed": options.speed,
        "seed": options.seed,
        "start_ns": runner.start_ns,
        "pid": os.getpid(),
    }
    print(json.dumps(ready), flush=True)


async def _watch_parent(parent: int, ended: asyncio.Event) -> None:
    """A plant whose starter died has nobody left to stop it."""
    while os.getppid() == parent:  # noqa: ASYNC110 - the operating system tells it by no event
        await asyncio.sleep(PARENT_CHECK_S)
    ended.set()


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m xushi.demo.plant", description=__doc__)
    parser.add_argument("--speed", type=float, default=1.0, help="plant seconds per second, 1 to 60")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same plant")
    parser.add_argument("--opcua-port", type=int, default=DEFAULT_OPCUA_PORT, help="0 picks a free port")
    parser.add_argument("--mqtt-port", type=int, default=DEFAULT_MQTT_PORT, help="0 picks a free port")
    parser.add_argument(
        "--broker", type=_host_port, help="HOST:PORT of a running MQTT broker to use instead of an own one"
    )
    parser.add_argument("--data", type=Path, help="folder for certificates and the broker's files")
    parser.add_argument("--no-operators", action="store_true", help="poka-yoke stops wait for your answer")
    parser.add_argument(
        "--fail", type=breakdown, action="append", default=[], metavar="STATION@AT:FOR",
        help="a station fails AT plant seconds after the start, FOR so many, like OP70@60:900",
    )  # fmt: skip
    parser.add_argument(
        "--mislay", type=wrong_part, action="append", default=[], metavar="STATION@AT",
        help="a wrong part lies at a station AT plant seconds after the start, its operator away, like OP20@0",
    )  # fmt: skip
    parser.add_argument("--start-time", type=_epoch_ns, help="plant time at the start, ISO 8601; now when left out")
    parser.add_argument("--wall-time", action="store_true", help="stamp values with real time, not plant time")
    parser.add_argument(
        "--by-hand", action="store_true",
        help="stand still until a line on standard input, and again from the next; each is answered with the counts",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if not 0.1 <= options.speed <= 600.0:
        parser.error("--speed must lie between 0.1 and 600")
    return options


def breakdown(text: str) -> tuple[str, float, float]:
    """STATION@AT:FOR in plant seconds."""
    station, _, times = text.partition("@")
    at, _, lasts = times.partition(":")
    try:
        if station in STATION_IDS and float(at) >= 0.0 and 0.0 < float(lasts) < 1e6:
            return station, float(at), float(lasts)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not STATION@AT:FOR")


def wrong_part(text: str) -> tuple[str, float]:
    """STATION@AT in plant seconds, of a station that fits parts."""
    station, _, at = text.partition("@")
    try:
        if station in STATION_IDS and parts_of(station) and 0.0 <= float(at) < 1e6:
            return station, float(at)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is not STATION@AT of a station that fits parts")


def _host_port(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host, int(port)


def _epoch_ns(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1e9)


if __name__ == "__main__":
    raise SystemExit(main())
