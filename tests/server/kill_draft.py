"""A connection being prepared while the server is killed: each edit of its mapping, and each import of it."""

from __future__ import annotations

import base64
import re
import time
from typing import Any

from xushi.remote import Remote

_NAME = re.compile(r"P\d+x\d+")


class KillDraft:
    """One draft of one value of a machine; its property takes a new name again and again.

    Attributes:
        held, asked: the last name that an edit was acknowledged for, and that was asked for.
        imported, importing: the same of imports.
    """

    def __init__(self, remote: Remote, endpoint: str) -> None:
        info = remote.post("/api/connect/drafts", {"endpoint": endpoint, "settings": {}})
        self.id = info["id"]
        self._path = f"/api/connect/drafts/{self.id}"
        job = remote.post(f"{self._path}/suggest", {"addresses": []})
        while (state := remote.get(f"/api/jobs/{job['id']}"))["state"] == "running":
            time.sleep(0.05)
        assert state["state"] == "done", state
        rows = remote.get(f"{self._path}/rows", limit=1000)["rows"]
        self._row, self._machine = rows[0]["number"], rows[0]["machine"]
        all_rows = [row["number"] for row in rows]
        remote.request("PATCH", f"{self._path}/rows", body={"numbers": all_rows, "is_included": False})
        remote.request("PATCH", f"{self._path}/rows", body={"numbers": [self._row], "is_included": True})
        self.held = self.asked = self.imported = self.importing = ""

    def edit(self, remote: Remote, name: str) -> None:
        """Give the property another name."""
        self.asked = name
        remote.request("PATCH", f"{self._path}/rows", body={"numbers": [self._row], "property": name})
        self.held = name

    def bring_in(self, remote: Remote) -> str:
        """Import the draft as it is, and return the command."""
        self.importing = self.held
        outcome = remote.run("connect.import", {"draft": self.id})
        self.imported = self.importing
        command: str = outcome["command_id"]
        return command

    def check(self, remote: Remote) -> None:
        """The last acknowledged edit and import are there, or what was under way after them."""
        rows = remote.get(f"{self._path}/rows", limit=1000)["rows"]
        (property_,) = [row["property"] for row in rows if row["number"] == self._row]
        assert property_ in (self.held, self.asked), "an edit of the mapping is lost"
        if self.imported:
            brought = self._brought(remote)
            assert brought in ([self.imported], [self.importing]), "an import is lost, or half of it"
            (self.imported,) = brought
        self.held = property_

    def _brought(self, remote: Remote) -> list[str]:
        """The properties that the machine's shell has by the last import."""
        (shell,) = {one["shell"] for one in remote.get(f"{self._path}/machines") if one["machine"] == self._machine}
        (twin,) = [one for one in remote.get("/api/twins") if one["id"] == shell]
        ids = [base64.urlsafe_b64encode(one["id"].encode()).decode().rstrip("=") for one in twin["submodels"]]
        names = [_names(remote.get(f"/submodels/{id}/submodel-elements")["result"]) for id in ids]
        return [name for found in names for name in found if _NAME.fullmatch(name)]


def _names(elements: list[dict[str, Any]]) -> list[str]:
    return [str(one["idShort"]) for one in elements if one["modelType"] == "Property"]
