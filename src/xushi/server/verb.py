"""The verb `xushi serve`: starts the platform on this machine and prints a sign-in link."""

from __future__ import annotations

import argparse
import json
import os
import sys
import webbrowser
from pathlib import Path

from xushi.kernel import XushiError, nearest_language
from xushi.remote import Verb
from xushi.simulate import DEFAULT_COMPUTE

_TEXTS = {
    "en": {
        "data": "data folder, made where it does not exist (default: ./xushi-data)",
        "host": "address to listen on (default: 127.0.0.1, this computer only)",
        "port": "port; the next free one is taken where it is in use (default: 8600)",
        "allow-host": "another name the server may be called by, e.g. behind a proxy; may be repeated",
        "no-browser": "do not open a browser",
        "endpoint": "use another address for a connection than its shell describes; may be repeated",
        "keep-days": "how long live values are kept (default: 30)",
        "compute": "where simulations are computed: processes (default), threads, processes:4, ray, ray://HOST:PORT; "
        "else XUSHI_COMPUTE",
        "json": "print one JSON object with the address instead of a text",
        "ready": "Xushi is ready. Open this link (it works once, within 15 minutes):",
        "moved": "Port {wanted} is in use; using {port}.",
        "stop": "Press Ctrl-C to stop. Data folder: {folder}",
    },
    "zh-CN": {
        "data": "数据目录，不存在时自动创建（默认：./xushi-data）",
        "host": "监听地址（默认：127.0.0.1，仅本机）",
        "port": "端口；被占用时使用下一个空闲端口（默认：8600）",
        "allow-host": "服务器可使用的其他主机名（例如在代理之后）；可重复",
        "no-browser": "不打开浏览器",
        "endpoint": "为连接使用与管理壳描述不同的地址；可重复",
        "keep-days": "实时数据保留天数（默认：30）",
        "compute": "仿真的计算位置：processes（默认）、threads、processes:4、ray、ray://主机:端口；"
        "否则使用 XUSHI_COMPUTE",
        "json": "以 JSON 输出地址",
        "ready": "虚实已就绪。请打开此链接（15 分钟内有效，仅可使用一次）：",
        "moved": "端口 {wanted} 已被占用，改用 {port}。",
        "stop": "按 Ctrl-C 停止。数据目录：{folder}",
    },
}


def _arguments(parser: argparse.ArgumentParser, language: str) -> None:
    texts = _TEXTS[nearest_language(language)]
    parser.add_argument("--data", type=Path, default=Path("xushi-data"), help=texts["data"])
    parser.add_argument("--host", default="127.0.0.1", help=texts["host"])
    parser.add_argument("--port", type=int, default=8600, help=texts["port"])
    parser.add_argument("--allow-host", action="append", default=[], help=texts["allow-host"])
    parser.add_argument("--no-browser", action="store_true", help=texts["no-browser"])
    parser.add_argument("--endpoint", action="append", default=[], metavar="FROM=TO", help=texts["endpoint"])
    parser.add_argument("--keep-days", type=float, default=30.0, help=texts["keep-days"])
    parser.add_argument("--compute", metavar="WHERE", help=texts["compute"])
    parser.add_argument("--json", action="store_true", help=texts["json"])
    parser.add_argument("--attached", action="store_true", help=argparse.SUPPRESS)


def _run(options: argparse.Namespace) -> int:
    from xushi.server._serve import RunningServer, run_server

    texts = _TEXTS[nearest_language(options.lang)]

    def on_ready(server: RunningServer) -> None:
        link = server.signin_link()
        if options.json:
            print(json.dumps({"ready": True, "url": server.base_url, "signin": link}), flush=True)
        else:
            port = server.base_url.rpartition(":")[2]
            if options.port and port != str(options.port):
                print(texts["moved"].format(wanted=options.port, port=port))
            print(f"{texts['ready']}\n  {link}\n{texts['stop'].format(folder=options.data)}", flush=True)
        if not options.no_browser and not options.json and _has_screen():
            webbrowser.open(link)

    run_server(
        options.data, options.host, options.port, on_ready=on_ready, extra_hosts=tuple(options.allow_host),
        keep_days=options.keep_days, endpoints=_endpoints(options.endpoint), is_attached=options.attached,
        compute=options.compute or os.environ.get("XUSHI_COMPUTE") or DEFAULT_COMPUTE,
    )  # fmt: skip
    return 0


def _endpoints(pairs: list[str]) -> dict[str, str]:
    """Address to use by described address. Raises ``server.endpoint_invalid``."""
    found = {}
    for pair in pairs:
        described, _, used = pair.partition("=")
        if "://" not in described or "://" not in used:
            raise XushiError("server.endpoint_invalid", pair=pair[:200])
        found[described] = used
    return found


def _has_screen() -> bool:
    """Whether a browser would open on a screen, not as text inside the terminal."""
    if sys.platform in ("darwin", "win32"):
        return True
    return sys.stdout.isatty() and bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


VERB = Verb(
    help={"en": "start the platform and print a sign-in link", "zh-CN": "启动平台并打印登录链接"},
    arguments=_arguments,
    run=_run,
)
