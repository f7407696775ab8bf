"""Finds a branch by what a person calls it."""

from __future__ import annotations

from typing import Any

from xushi.kernel import XushiError

from ._client import Remote


def branch_named(remote: Remote, name: str) -> dict[str, Any]:
    """Return the timeline of a branch by its id or title: `id`, `title`, `fork_ms`, and `end_ms` of its path.

    Raises:
        XushiError: `remote.branch_unknown`, `remote.branch_ambiguous`.
    """
    branches = [one for one in remote.get("/api/timelines") if one["kind"] == "branch"]
    found = [one for one in branches if one["id"] == name] or [one for one in branches if name in one["title"].values()]
    if not found:
        known = ", ".join(next(iter(one["title"].values()), one["id"]) for one in branches)
        raise XushiError("remote.branch_unknown", branch=name[:120], known=known or "-")
    if len(found) > 1:
        ids = ", ".join(one["id"] for one in found)
        raise XushiError("remote.branch_ambiguous", branch=name[:120], count=len(found), ids=ids)
    branch: dict[str, Any] = found[0]
    return branch
