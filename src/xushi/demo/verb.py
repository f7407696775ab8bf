"""The verb `xushi demo`: starts plant and platform, opens the plant's shells, records a shift for the time bar."""

from __future__ import annotations

import argparse
import base64
import contextlib
import csv
import hashlib
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from xushi.demo._line import CUSTOMER_ORDERS, DEFAULT_MQTT_PORT, DEFAULT_OPCUA_PORT
from xushi.demo.plant import HOST, breakdown, default_endpoints, endpoints, wrong_part
from xushi.demo.ports import free_port, is_taken
from xushi.demo.shells import ensure_assets
from xushi.kernel import XushiError, nearest_language
from xushi.remote import Remote, Verb, local_access

_START_LIMIT_S = 120.0
_STOP_LIMIT_S = 15.0
_PORT_ATTEMPTS = 20
RULES = Path(__file__).with_name("rules.yaml")
_SETTLE_S = 8.0  # the first picture comes first; the shift is recorded after it
_SHIFT = "shift"
_SHIFT_MINUTES = 60.0
_LONGEST_SHIFT_MINUTES = 24 * 60.0
_SHIFT_SPEED = 60.0
_SHIFT_TITLE = {"en": "Recorded shift", "zh-CN": "录制班次"}
_TEXTS = {
    "en": {
        "speed": "plant seconds per second, 1 to 60 (default: 1)",
        "seed": "the same seed gives the same plant (default: 1)",
        "data": "data folder (default: ./xushi-data/demo)",
        "port": "port of the platform; the next free one is taken where it is in use (default: 8600)",
        "no-operators": "poka-yoke stops wait for your answer",
        "fail": "a station fails AT plant seconds after the start, FOR so many, like OP70@60:900",
        "recording": "minutes of a shift to record in the background (default: 60)",
        "mislay": "a wrong part lies at a station AT plant seconds after the start, its operator away, like OP20@0",
        "no-recording": "do not record a shift in the background",
        "starting": "Starting the demo plant and the platform …",
        "moved": "Port {wanted} is in use; using {port}.",
        "ready": "The line is running. Open this link (it works once; xushi link --data {data} prints another):",
        "records": "{minutes:g} minutes of a shift are being recorded in the background, a minute in about a second.",
        "recorded": "The recorded shift is on the time bar.",
        "has-shift": "--recording {minutes:g} was not done: {data} has a recorded shift already, which stays as it is. "
        "For one of another length, name a new folder with --data.",
        "unrecorded": "The shift was not recorded: {reason}",
        "stop": "Press Ctrl-C to stop everything.",
        "stopping": "Stopping …",
    },
    "zh-CN": {
        "speed": "每秒推进的工厂秒数，1 到 60（默认：1）",
        "seed": "相同种子得到相同的工厂（默认：1）",
        "data": "数据目录（默认：./xushi-data/demo）",
        "port": "平台端口；被占用时使用下一个空闲端口（默认：8600）",
        "no-operators": "防错停机等待您处理",
        "fail": "某工位在启动后 AT 秒（工厂时间）故障，持续 FOR 秒，例如 OP70@60:900",
        "recording": "在后台录制班次的分钟数（默认：60）",
        "mislay": "启动后 AT 秒（工厂时间）某工位出现错误零件，且操作工不在，例如 OP20@0",
        "no-recording": "不在后台录制班次",
        "starting": "正在启动示范工厂和平台……",
        "moved": "端口 {wanted} 已被占用，改用 {port}。",
        "ready": "产线正在运行。请打开此链接（仅可使用一次；可用 xushi link --data {data} 再取一个）：",
        "records": "正在后台录制 {minutes:g} 分钟的班次，每分钟约需一秒，完成后会出现在时间条上。",
        "recorded": "录制的班次已出现在时间条上。",
        "has-shift": "未执行 --recording {minutes:g}：{data} 中已有录制的班次，将保持不变。"
        "如需其他时长，请用 --data 指定新的目录。",
        "unrecorded": "班次录制失败：{reason}",
        "stop": "按 Ctrl-C 全部停止。",
        "stopping": "正在停止……",
    },
}


def _arguments(parser: argparse.ArgumentParser, language: str) -> None:
    texts = _TEXTS[nearest_language(language)]
    parser.add_argument("--speed", type=float, default=1.0, help=texts["speed"])
    parser.add_argument("--seed", type=int, default=1, help=texts["seed"])
    parser.add_argument("--data", type=Path, default=Path("xushi-data/demo"), help=texts["data"])
    parser.add_argument("--port", type=int, default=8600, help=texts["port"])
    parser.add_argument("--no-operators", action="store_true", help=texts["no-operators"])
    parser.add_argument(
        "--fail", type=breakdown, action="append", default=[], metavar="STATION@AT:FOR", help=texts["fail"]
    )
    parser.add_argument(
        "--mislay", type=wrong_part, action="append", default=[], metavar="STATION@AT", help=texts["mislay"]
    )
    parser.add_argument("--recording", type=_minutes, default=None, metavar="MINUTES", help=texts["recording"])
    parser.add_argument("--no-recording", dest="recording", action="store_const", const=0.0, help=texts["no-recording"])


def _minutes(text: str) -> float:
    minutes = float(text)
    if not 0.0 < minutes <= _LONGEST_SHIFT_MINUTES:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {_LONGEST_SHIFT_MINUTES:g} minutes")
    return minutes


def _run(options: argparse.Namespace) -> int:
    demo = _Demo(options)
    with contextlib.ExitStack() as stack:
        stack.callback(demo.stop)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, demo.end)
        return demo.run()


class _Demo:
    """The processes of the demo, and what is done with them."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._texts = _TEXTS[nearest_language(options.lang)]
        self._ended = threading.Event()
        self._children: list[subprocess.Popen[bytes]] = []
        self._claims: list[socket.socket] = []

    def end(self, number: int = 0, frame: FrameType | None = None) -> None:
        """Ask everything to stop."""
        self._ended.set()

    def run(self) -> int:
        """Start, tell, wait; the exit status says whether a part of the demo died by itself."""
        options, texts = self._options, self._texts
        options.data.mkdir(parents=True, exist_ok=True)
        print(texts["starting"], flush=True)
        ports = (self._claimed(DEFAULT_OPCUA_PORT), self._claimed(DEFAULT_MQTT_PORT))
        server = self._start_server(endpoints(ports[0], HOST, ports[1]))
        plant = self._start_plant("plant", options.speed, ports)
        package = self._package()
        remote = self._wait_for_server(server)
        self._import(remote, package)
        self._wait_for_plant("plant", plant)
        self._tell_ready(remote)
        self._begin_recording(remote)
        while not self._ended.wait(0.3):
            if server.poll() is not None or plant.poll() is not None:
                name = "server" if server.poll() is not None else "plant"
                raise self._what_it_said(name)
        print(f"\n{texts['stopping']}", flush=True)
        return 0

    def stop(self) -> None:
        """End every process: first those that talk, then the platform."""
        for child in reversed(self._children):
            if child.poll() is None:
                child.terminate()
        for child in reversed(self._children):
            try:
                child.wait(_STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                child.kill()
        for claim in self._claims:
            claim.close()

    # ---- processes
    def _claimed(self, port: int) -> int:
        """The plant's usual port, or a free one where another program has it.

        The number is held on UDP, which the plant does not speak, as long as this demo runs: of two demos that start
        at the same moment only one can have it. Raises `demo.no_port` when none can be had.
        """
        for wanted in (port, *(free_port(HOST) for _ in range(_PORT_ATTEMPTS))):
            claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                claim.bind((HOST, wanted))
            except OSError:
                claim.close()
                continue
            if not is_taken(HOST, wanted):
                self._claims.append(claim)
                return wanted
            claim.close()
        raise XushiError("demo.no_port", port=port)

    def _note(self) -> Path:
        """Where the demo notes which package it has opened."""
        path: Path = self._options.data / "demo.json"
        return path

    def _log(self, name: str) -> Path:
        path: Path = self._options.data / f"{name}.log"
        return path

    def _start(self, name: str, command: list[str], is_nice: bool = False) -> subprocess.Popen[bytes]:
        with self._log(name).open("wb") as log:
            child = subprocess.Popen(  # noqa: S603
                command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
                preexec_fn=(lambda: os.nice(10)) if is_nice else None,
            )  # fmt: skip
        self._children.append(child)
        return child

    def _start_server(self, used: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start the platform; ``used`` are the plant's addresses where they differ from those in its shells."""
        options = self._options
        command = [
            sys.executable, "-m", "xushi.cli", "serve", "--attached", "--json", "--no-browser",
            "--data", str(options.data), "--port", str(options.port), "--lang", options.lang,
        ]  # fmt: skip
        for protocol, described in default_endpoints().items():
            command += ["--endpoint", f"{described}={used[protocol]}"]
        return self._start("server", command)

    def _start_plant(
        self, name: str, speed: float, ports: tuple[int, int], start: datetime | None = None, is_nice: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a plant whose time begins in the past, or one that lives now."""
        command = [
            sys.executable, "-m", "xushi.demo.plant", "--speed", str(speed), "--seed", str(self._options.seed),
            "--opcua-port", str(ports[0]), "--mqtt-port", str(ports[1]), "--data", str(self._options.data / name),
        ]  # fmt: skip
        command += ["--wall-time"] if start is None else ["--start-time", start.isoformat()]
        for station, at_s, for_s in self._options.fail if start is None else ():
            command += ["--fail", f"{station}@{at_s}:{for_s}"]
        for station, at_s in self._options.mislay if start is None else ():
            command += ["--mislay", f"{station}@{at_s}"]
        if self._options.no_operators:
            command.append("--no-operators")
        return self._start(name, command, is_nice)

    def _wait_for_server(self, server: subprocess.Popen[bytes]) -> Remote:
        until_s = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < until_s and not self._ended.is_set():
            access = local_access(self._options.data)
            if access is not None and access.pid == server.pid:
                return Remote(access.url, access.token, self._options.lang)
            if server.poll() is not None:
                raise self._what_it_said("server")
            time.sleep(0.02)
        raise self._what_it_said("server")

    def _wait_for_plant(self, name: str, plant: subprocess.Popen[bytes]) -> dict[str, Any]:
        until_s = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < until_s and not self._ended.is_set():
            for line in self._log(name).read_text("utf-8", "replace").splitlines():
                if line.startswith('{"ready"'):
                    ready: dict[str, Any] = json.loads(line)
                    return ready
            if plant.poll() is not None:
                raise self._what_it_said(name)
            time.sleep(0.05)
        raise self._what_it_said(name)

    def _what_it_said(self, name: str) -> XushiError:
        """The plain error that a part of the demo ended with."""
        said = self._log(name).read_text("utf-8", "replace").strip().splitlines()
        with contextlib.suppress(ValueError, KeyError, IndexError):
            error = json.loads(said[-1])["error"]
            return XushiError("demo.part_refused", part=name, what=error["what"], why=error["why"], next=error["next"])
        return XushiError("demo.part_died", part=name, log=str(self._log(name)), said=said[-1] if said else "–")

    def _package(self) -> Path:
        """The package of the plant at its speed."""
        speed = self._options.speed
        if speed == 1.0:
            return ensure_assets()
        from xushi.demo._quicker import write_quicker

        return write_quicker(ensure_assets(), speed, self._options.data / "demo-plant.aasx")

    # ---- the platform, over its own interface
    def _import(self, remote: Remote, package: Path) -> None:
        """Open the plant's package and its rules as anyone's: once, and again only when they have changed."""
        note = self._note()
        known = json.loads(note.read_text("utf-8")) if note.exists() else {}
        package_digest = hashlib.sha256(package.read_bytes()).hexdigest()
        if known.get("package") != package_digest or not remote.get("/api/twins"):
            remote.import_files([package])
        rules = _rules_at(self._options.speed)
        rules_digest = hashlib.sha256(rules.encode()).hexdigest()
        if known.get("rules") != rules_digest:
            remote.run("rules.import", {"text": rules, "replace": True})
        if not known.get("orders"):
            remote.run("order.import", {"content": base64.b64encode(_orders_at(self._options.speed)).decode()})
        digests = {"package": package_digest, "rules": rules_digest, "orders": True}
        note.write_text(json.dumps(digests), "utf-8")

    def _tell_ready(self, remote: Remote) -> None:
        options, texts = self._options, self._texts
        port = remote.url.rpartition(":")[2]
        if options.port and port != str(options.port):
            print(texts["moved"].format(wanted=options.port, port=port))
        link = remote.post("/api/signin-links")["url"]
        print(f"{texts['ready'].format(data=options.data)}\n\n  {link}\n\n{texts['stop']}", flush=True)

    def _begin_recording(self, remote: Remote) -> None:
        """Record a shift where none is there yet; say so where one that was asked for cannot be."""
        asked, texts = self._options.recording, self._texts
        if asked == 0.0:
            return
        if not _has_shift(remote):
            print(texts["records"].format(minutes=self._shift_minutes()), flush=True)
            threading.Thread(target=self._record, args=(remote,), daemon=True).start()
        elif asked is not None:
            print(texts["has-shift"].format(minutes=asked, data=self._options.data), flush=True)

    def _shift_minutes(self) -> float:
        asked: float | None = self._options.recording
        return _SHIFT_MINUTES if asked is None else asked

    def _record(self, remote: Remote) -> None:
        """Run a second plant fast for a shift of its time, and let the platform record it."""
        if self._ended.wait(_SETTLE_S):
            return
        plant = None
        try:
            start = datetime.fromtimestamp(time.time() - self._shift_minutes() * 60 - 60, UTC)
            plant = self._start_plant(_SHIFT, _SHIFT_SPEED, (0, 0), start, is_nice=True)
            ready = self._wait_for_plant(_SHIFT, plant)
            self._record_from(remote, ready)
            print(self._texts["recorded"], flush=True)
        except XushiError as error:
            if not self._ended.is_set():
                print(self._texts["unrecorded"].format(reason=error.text(self._options.lang).what), flush=True)
        finally:
            if plant is not None:
                plant.terminate()

    def _record_from(self, remote: Remote, ready: dict[str, Any]) -> None:
        endpoints = {
            link["id"]: ready[link["protocol"]] for link in remote.get("/api/links") if link["protocol"] in ready
        }
        params = {
            "timeline": _SHIFT,
            "title": _SHIFT_TITLE,
            "minutes": self._shift_minutes(),
            "endpoints": endpoints,
        }
        outcome = remote.run("recording.make", params)
        job_id = outcome["effects"][0]["job"]
        while not self._ended.wait(1.0):
            job = remote.get(f"/api/jobs/{job_id}")
            if job["state"] == "failed":
                raise XushiError(
                    "demo.part_refused", part=_SHIFT, **{k: job["error"][k] for k in ("what", "why", "next")}
                )
            if job["state"] != "running":
                return


def _rules_at(speed: float) -> str:
    """The rules and KPI definitions of a plant that runs `speed` times as fast."""
    if speed == 1.0:
        return RULES.read_text("utf-8")
    from xushi.demo._rules import text

    return text(speed)


def _orders_at(speed: float) -> bytes:
    """The sample order book as a sheet, for a plant that runs `speed` times as fast."""
    now = datetime.now(UTC)

    def at(hours: float) -> str:
        return (now + timedelta(hours=hours / speed)).isoformat(timespec="minutes") if hours else ""

    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(("Order", "Product", "Quantity", "Earliest start", "Latest end", "Priority", "Customer"))
    for one in CUSTOMER_ORDERS:
        table.writerow(
            (one.id, one.product, one.quantity, at(one.release_h), at(one.due_h), one.priority, one.customer)
        )
    return out.getvalue().encode()


def _has_shift(remote: Remote) -> bool:
    return any(line["id"] == _SHIFT for line in remote.get("/api/timelines"))


VERB = Verb(
    help={"en": "run the sample engine line and show it", "zh-CN": "运行示范发动机产线并展示"},
    arguments=_arguments,
    run=_run,
)
