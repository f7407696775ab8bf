"""Writes history to CSV, Parquet or XLSX, and the twins to a JSON environment, by the suffix of the file's name."""

from __future__ import annotations

import argparse
import base64
import json
import time
from typing import Any
from urllib.parse import quote

from xushi.cli._options import only_with
from xushi.kernel import XushiError
from xushi.remote import Remote

_USUAL_MINUTES, _USUAL_LINE = 60.0, "live"
_HISTORY = {".csv": "csv", ".parquet": "parquet", ".xlsx": "xlsx"}


def export(options: argparse.Namespace, remote: Remote) -> int:
    """Write what the options ask for and say how much it was.

    Raises:
        XushiError: `cli.export_unknown`, `cli.option_idle`, `cli.signal_unknown`, `cli.timeline_unknown`, or what the
            server refuses with.
    """
    suffix = options.out.suffix.lower()
    if suffix in _HISTORY:
        content = _history(options, remote, _HISTORY[suffix])
    elif suffix == ".json":
        of_history = {"--signal": options.signals, "--minutes": options.minutes, "--timeline": options.timeline}
        only_with(" / ".join(_HISTORY), False, of_history)
        content = json.dumps(_environment(remote), ensure_ascii=False).encode()
    else:
        raise XushiError("cli.export_unknown", path=str(options.out))
    try:
        options.out.write_bytes(content)
    except OSError as error:
        raise XushiError("cli.not_written", path=str(options.out), reason=error.strerror or str(error)) from error
    if options.json:
        print(json.dumps({"path": str(options.out), "bytes": len(content)}))
    else:
        print(f"{options.out}  {len(content)} bytes")
    return 0


def _history(options: argparse.Namespace, remote: Remote, form: str) -> bytes:
    known: list[dict[str, Any]] = remote.get("/api/signals", with_gone=True)["signals"]
    handles = []
    for wanted in options.signals:
        found = [
            signal["handle"] for signal in known if wanted in (signal["key"], signal["path"], str(signal["handle"]))
        ]
        if not found:
            raise XushiError("cli.signal_unknown", signal=wanted)
        handles.extend(found)
    if not options.signals:
        handles = [signal["handle"] for signal in known]
    lines = {line["id"]: line for line in remote.get("/api/timelines")}
    name = options.timeline or _USUAL_LINE
    minutes = _USUAL_MINUTES if options.minutes is None else options.minutes
    line = lines.get(name)
    if line is None:
        raise XushiError("cli.timeline_unknown", timeline=name, known=", ".join(lines))
    end_ms = line["end_ms"] if line["end_ms"] is not None else time.time() * 1e3
    query = {
        "signals": ",".join(map(str, handles)), "start_ms": end_ms - minutes * 60e3, "end_ms": end_ms,
        "format": form,
    }  # fmt: skip
    return remote.raw("GET", f"/api/timelines/{quote(name, safe='')}/export", query=query)


def _environment(remote: Remote) -> dict[str, Any]:
    parts = {
        "assetAdministrationShells": "/shells",
        "submodels": "/submodels",
        "conceptDescriptions": "/concept-descriptions",
    }
    found = {name: _all(remote, path) for name, path in parts.items()}
    return {name: items for name, items in found.items() if items}


def _all(remote: Remote, path: str) -> list[Any]:
    items: list[Any] = []
    cursor = ""
    while True:
        page = remote.get(path, limit=500, cursor=cursor)
        items.extend(page["result"])
        cursor = page["paging_metadata"].get("cursor", "")
        if not cursor:
            return items


def encoded(identifier: str) -> str:
    """An identifier as the AAS interface carries it in a path (IDTA-01002: base64url without padding)."""
    return base64.urlsafe_b64encode(identifier.encode()).decode().rstrip("=")
