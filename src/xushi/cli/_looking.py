"""Looking around in a draft of a connection by names: what is below a node, what a name path means, live values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xushi.kernel import XushiError
from xushi.remote import Remote
from xushi.signals import quality_name, quality_text, unit_display

_PAGE = 1_000
_MOST_READ = 200  # values that one preview takes


def address_of(remote: Remote, draft: str, place: str) -> str:
    """The address of a node named by its path (`Paint shop/Pump`), or by its address; "" is the root.

    Raises:
        XushiError: `cli.node_unknown`, or what the server refuses with.
    """
    place = place.strip()
    if not place:
        return ""
    found = _below_by_name(remote, draft, "", place)
    if found is None and _is_address(remote, draft, place):
        return place
    if found is None:
        raise XushiError("cli.node_unknown", place=place[:200])
    return found


def children(remote: Remote, draft: str, address: str, most: int = 0) -> tuple[list[dict[str, Any]], bool]:
    """The nodes directly below one, at most so many where a number is given, and whether these are all."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        limit = min(most - len(found), _PAGE) if most else _PAGE
        page = remote.get(f"{draft}/nodes", parent=address, cursor=cursor, limit=limit)
        found += page["nodes"]
        cursor = page["cursor"]
        if not cursor or (most and len(found) >= most):
            return found, not cursor


def with_values(remote: Remote, draft: str, nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same nodes or rows with `live`: value, time, quality and its name as they are now; None for no value."""
    asked = [one["address"] for one in nodes if one.get("is_value", one.get("kind") != "action")]
    live: dict[str, dict[str, Any]] = {}
    for start in range(0, len(asked), _MOST_READ):
        for one in remote.post(f"{draft}/preview", {"addresses": asked[start : start + _MOST_READ]}):
            live[one["address"]] = {**one, "quality_name": quality_name(one["quality"])}
    return [{**one, "live": live.get(one["address"])} for one in nodes]


def live_cells(one: dict[str, Any], language: str) -> tuple[str, str]:
    """Value with unit, and quality, of a node or row that `with_values` has seen."""
    live = one["live"]
    if live is None:
        return "", ""
    value = live["value"]
    shown = "–" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    said = quality_text(live["quality"], language)
    return f"{shown} {unit_display(one['unit'])}".strip(), f"{said}  {live['text']}".rstrip()


def _below_by_name(remote: Remote, draft: str, parent: str, path: str) -> str | None:
    """The address to which the names of a path lead from a node; a name may have slashes of its own."""
    nodes, _ = children(remote, draft, parent)
    for node in sorted(nodes, key=lambda one: -len(one["name"])):
        if path == node["name"]:
            return str(node["address"])
        rest = _behind(path, node["name"])
        found = _below_by_name(remote, draft, node["address"], rest) if rest else None
        if found is not None:
            return found
    return None


def _behind(path: str, name: str) -> str:
    """What is left of a path behind a name and a slash; empty where the path does not begin so."""
    if not name or not path.startswith(name):
        return ""
    rest = path[len(name) :].lstrip()
    return rest[1:].strip() if rest.startswith("/") else ""


def _is_address(remote: Remote, draft: str, place: str) -> bool:
    """Whether the peer knows a node by this address: something is below it, or it has a value."""
    try:
        if children(remote, draft, place, 1)[0]:
            return True
        (value,) = remote.post(f"{draft}/preview", {"addresses": [place]})
    except XushiError:
        return False
    return not value["text"]
