"""The one way in: opens AASX, JSON and XML, told apart by their content."""

from __future__ import annotations

from pathlib import Path

from ..kernel import XushiError
from ._aasx_read import read_aasx, read_document
from ._collect import collect
from ._files import extension
from ._findings import Findings
from ._limits import Limits
from ._package import Package
from ._zip import Source

EXTENSIONS = {"aasx": "zip", "json": "json", "xml": "xml"}
_DEFAULT_LIMITS = Limits()


def read_file(source: Path | str | bytes, name: str = "", limits: Limits = _DEFAULT_LIMITS) -> Package:
    """Open an AASX, JSON or XML file of AAS 1.0 to 3.1.

    Args:
        source: a path, or the file's bytes. A path must stay readable while the package's files are used.
        name: the file's name for bytes, used in diagnoses only; the content decides what it is.
        limits: bounds on what the file may demand.

    Raises:
        XushiError: nothing of it can be opened; the code says why (`twins.not_aas`, `twins.zip_damaged`, …).
    """
    findings = Findings()
    if isinstance(source, bytes):
        taken: Source = source
        size, head = len(source), source[:64]
    else:
        taken = Path(source)
        name = name or taken.name
        size, head = _probe(taken)
    if size > limits.file_bytes:
        raise XushiError("twins.too_large", size=size, limit=limits.file_bytes)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise XushiError("twins.empty_file", name=name)
    found = _content_of(head)
    expected = EXTENSIONS.get(extension(name), found)
    if found and found != expected:
        findings.add("twins.wrong_extension", name, found=found)
    if found == "zip" or (not found and expected == "zip"):
        return read_aasx(taken, findings, limits)
    data = taken if isinstance(taken, bytes) else taken.read_bytes()
    environment, version = read_document(data, findings, limits)
    environment = collect([environment], findings)
    return Package(environment=environment, diagnoses=findings.diagnoses(), version=version)


def _probe(path: Path) -> tuple[int, bytes]:
    """Return the size of a file and its first bytes."""
    try:
        with path.open("rb") as stream:
            return path.stat().st_size, stream.read(64)
    except OSError as error:
        raise XushiError("twins.file_unreadable", path=str(path), reason=error.strerror) from None


def _content_of(head: bytes) -> str:
    if head.startswith(b"PK"):
        return "zip"
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if text.startswith(b"<"):
        return "xml"
    return "json" if text[:1] in (b"{", b"[", b"/") else ""
