"""The steps of the wizard over REST, each as a page or the command line would take it."""

from __future__ import annotations

import json
from typing import Any

from xushi.testing import Served, until


class Wizard:
    """One draft at a server."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.remote = served.remote
        self.draft = ""

    def connect(self, endpoint: str, **settings: str) -> dict[str, Any]:
        info: dict[str, Any] = self.remote.post("/api/connect/drafts", {"endpoint": endpoint, "settings": settings})
        self.draft = f"/api/connect/drafts/{info['id']}"
        return info

    def get(self, path: str, **query: Any) -> Any:
        return self.remote.get(f"{self.draft}/{path}", **query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.remote.post(f"{self.draft}/{path}", body)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self.remote.request("PATCH", f"{self.draft}/{path}", body=body)

    def job(self, path: str, body: dict[str, Any]) -> Any:
        """Start a job and wait for its result."""
        job = self.post(path, body)
        return until(lambda: self._ended(job["id"]))["result"]

    def _ended(self, job_id: str) -> Any:
        job = self.remote.get(f"/api/jobs/{job_id}")
        assert job["state"] not in ("failed", "cancelled"), job
        return job if job["state"] == "done" else None

    def suggest(self, *addresses: str) -> Any:
        return self.job("suggest", {"addresses": list(addresses)})

    def rows(self, **query: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.get("rows", limit=1000, **query)["rows"]
        return rows

    def row(self, source: str) -> dict[str, Any]:
        (found,) = [row for row in self.rows() if row["source"].endswith(source)]
        return found

    def machines(self) -> dict[str, dict[str, Any]]:
        return {one["machine"]: one for one in self.get("machines")}

    def sheet(self, form: str) -> bytes:
        return self.remote.raw("GET", f"{self.draft}/sheet", query={"format": form})

    def take(self, content: bytes) -> Any:
        headers = {"Content-Type": "application/octet-stream"}
        return json.loads(self.remote.raw("PUT", f"{self.draft}/sheet", content, headers))

    def import_(self, dry_run: bool = False) -> Any:
        return self.job("import", {"dry_run": dry_run})
