"""The seal of a report: hashes of its files, the proof of its evidence, and a signature; checked without any server."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from xushi.kernel import XushiError, canonical_json
from xushi.trust import EvidenceProof, InstallationKey, check_proof, check_signature, fingerprint

FORMAT = "xushi-report-seal/1"
SUFFIX = ".seal.json"
_LARGEST = 4 << 20


class SealedFile(msgspec.Struct, frozen=True):
    """One file of a report."""

    name: str
    sha256: str
    size: int


class Seal(msgspec.Struct, frozen=True):
    """All an outsider needs to check a report.

    Attributes:
        report: id, title, subject, start_ns, end_ns (ns since 1970), zone, timeline.
        evidence: inclusion proof (RFC 9162) of the log's entry that names the files.
        public_key: Ed25519 key of the installation, base64.
        signature: Ed25519 signature over the canonical JSON of all other fields, base64.
    """

    format: str
    report: dict[str, Any]
    files: list[SealedFile]
    evidence: EvidenceProof
    public_key: str
    signature: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """What a check that succeeded says."""

    file: str
    sha256: str
    report: dict[str, Any]
    entry: int
    root: str
    made_ns: int
    actor: str
    key: str


def make_seal(report: dict[str, Any], files: list[SealedFile], evidence: EvidenceProof, key: InstallationKey) -> Seal:
    """Return the signed seal of a report."""
    seal = Seal(FORMAT, report, files, evidence, key.public)
    return msgspec.structs.replace(seal, signature=key.sign(_signed(seal)))


def seal_file(seal: Seal) -> bytes:
    """Return the seal as the JSON file that lies beside the report."""
    return msgspec.json.format(msgspec.json.encode(seal), indent=1)


def check_seal(seal: Seal, content: bytes, name: str, wanted_key: str = "") -> Verdict:
    """Check a file against a seal.

    Args:
        wanted_key: fingerprint of the key that must have signed; any key when empty.

    Raises:
        XushiError: `reports.seal_other_file`, `reports.seal_forged`, `reports.key_other`.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 not in {file.sha256 for file in seal.files}:
        raise XushiError("reports.seal_other_file", path=name, sha256=sha256)
    if seal.format != FORMAT:
        raise XushiError("reports.seal_forged", reason=f"format {seal.format[:40]!r} is not {FORMAT!r}")
    if not check_signature(seal.public_key, seal.signature, _signed(msgspec.structs.replace(seal, signature=""))):
        raise XushiError("reports.seal_forged", reason="The signature does not fit its content.")
    statement = _statement(seal)
    named = {file.get("sha256") for file in (statement.get("params") or {}).get("files", [])}
    if sha256 not in named:
        raise XushiError("reports.seal_forged", reason="The evidence entry does not name this file.")
    key = fingerprint(seal.public_key)
    if wanted_key and wanted_key.replace("-", "").lower() != key.replace("-", ""):
        raise XushiError("reports.key_other", key=key, wanted=wanted_key)
    return Verdict(
        name, sha256, seal.report, seal.evidence.number, seal.evidence.root, statement.get("at_ns", 0),
        str((statement.get("params") or {}).get("ordered_by", "")), key,
    )  # fmt: skip


def find_seal(path: Path, given: Path | None = None) -> Seal:
    """Return the seal of a file: the one given, else the one beside it that names its content, else that of its name.

    Raises:
        XushiError: `reports.seal_missing`, `reports.seal_unreadable`.
    """
    if given is not None:
        return read_seal(given)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    # `report_X.en.pdf` is sealed by `report_X.seal.json`: of a file that was changed only its name leads there.
    stems = dict.fromkeys((path.stem, path.name, path.name.split(".")[0]))
    first = [one for stem in stems if (one := path.with_name(stem + SUFFIX)).exists()]
    for candidate in sorted(path.parent.glob("*" + SUFFIX)):
        if candidate in first or sha256 not in {file.sha256 for file in read_seal(candidate).files}:
            continue
        first.insert(0, candidate)
    if not first:
        raise XushiError("reports.seal_missing", path=str(path))
    return read_seal(first[0])


def read_seal(path: Path) -> Seal:
    """Read a seal file. Raises `reports.seal_unreadable`."""
    try:
        if path.stat().st_size > _LARGEST:
            raise XushiError("reports.seal_unreadable", path=str(path), reason=f"larger than {_LARGEST >> 20} MB")
        return msgspec.json.decode(path.read_bytes(), type=Seal)
    except (OSError, msgspec.MsgspecError, RecursionError) as error:
        raise XushiError("reports.seal_unreadable", path=str(path), reason=str(error)) from error


def _statement(seal: Seal) -> dict[str, Any]:
    try:
        is_proven = check_proof(seal.evidence)
        statement = msgspec.json.decode(seal.evidence.body)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        is_proven, statement = False, None
    if not is_proven or not isinstance(statement, dict):
        raise XushiError("reports.seal_forged", reason="The proof does not lead from the entry to the root.")
    return statement


def _signed(seal: Seal) -> bytes:
    return canonical_json(seal)
