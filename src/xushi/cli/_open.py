"""Opens files from the command line: into the running server, into a data folder, or only to look."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from xushi.cli._interrupt import sending
from xushi.kernel import Diagnosis, XushiError
from xushi.remote import Remote
from xushi.runtime import SYSTEM, ImporterTable, Platform, Source, plan_import, sha256_of

COUNTED = ("shells", "submodels", "concept_descriptions", "elements", "files")


def open_files(
    paths: Sequence[Path], folder: Path, remote: Remote | None, language: str, *, is_dry_run: bool
) -> dict[str, Any]:
    """Import files, all or none, and return counts and diagnoses.

    Raises:
        XushiError: one of them cannot be opened; nothing was changed.
    """
    for path in paths:
        if not path.is_file():
            reason = "it does not exist" if not path.exists() else "it is not a file"
            raise XushiError("cli.file_missing", path=str(path), reason=reason)
    if remote is not None:
        with sending(language):
            outcome = remote.import_files(paths, dry_run=is_dry_run)
        return {**{name: outcome["summary"][name] for name in COUNTED}, "diagnoses": outcome["diagnoses"]}
    if is_dry_run:
        report = plan_import([Source(path.name, path) for path in paths], ImporterTable.installed(), sha256_of)
        return _report(msgspec.to_builtins(report.counts), report.diagnoses, language)
    with Platform.open(folder) as platform:
        files = [{"name": path.name, "sha256": platform.blobs.put(path.read_bytes())} for path in paths]
        done = asyncio.run(platform.bus.run("import.files", {"files": files}, SYSTEM))
        return _report(done.summary, done.diagnoses, language)


def _report(counts: dict[str, Any], diagnoses: Sequence[Diagnosis], language: str) -> dict[str, Any]:
    told = [diagnosis.to_dict(language) for diagnosis in diagnoses]
    return {**{name: counts[name] for name in COUNTED}, "diagnoses": told}
