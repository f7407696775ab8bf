"""Opens AASX packages (IDTA-01005): finds the shells in them, and the files that belong to the shells."""

from __future__ import annotations

from ..kernel import XushiError
from ._collect import collect
from ._environment import Environment
from ._files import FilePart
from ._findings import Findings
from ._json import read_json
from ._limits import Limits
from ._opc import CONTENT_TYPES, ContentTypes, Relationship, relationships
from ._package import Package, find_file
from ._walk import file_values
from ._xml_read import read_xml
from ._zip import Archive, Damaged, Entry, Source

_SPEC_KINDS = ("aas-spec", "aas-spec-split")
_MARKS = (b"assetAdministrationShells", b"aasenv", b"submodels", b"conceptDescriptions", b"environment")


def read_aasx(source: Source, findings: Findings, limits: Limits) -> Package:
    """Return what an AASX package holds.

    Raises:
        XushiError: nothing of it can be opened: `twins.zip_damaged`, `twins.no_spec`, or the reason why its
            only document cannot be read.
    """
    return _Reading(source, findings, limits).package()


class _Reading:
    """One package being read: which parts are documents, which belong to them."""

    def __init__(self, source: Source, findings: Findings, limits: Limits) -> None:
        self._source = source
        self._findings = findings
        self._limits = limits
        self._archive = Archive(source, findings, limits)
        self._named: set[str] = set()
        self._thumbnail = ""
        self._specs: list[Entry] = []
        self._environments: list[Environment] = []
        self._versions: list[str] = []
        self._errors: list[XushiError] = []

    def package(self) -> Package:
        """Read documents and files, and put them together."""
        types = ContentTypes(self._archive, self._findings, self._limits)
        origin = self._origin()
        if origin is not None:
            for relationship in self._relationships(origin):
                self._take(relationship, origin)
        self._read_specs()
        if not self._environments:
            self._search()
        if not self._environments:
            raise self._errors[0] if self._errors else XushiError("twins.no_spec")
        environment = collect(self._environments, self._findings)
        files = self._files(types)
        self._check_files(environment, files)
        thumbnail = find_file(files, f"/{self._thumbnail}") if self._thumbnail else None
        return Package(
            environment=environment,
            files=files,
            diagnoses=self._findings.diagnoses(),
            version=self._versions[0],
            thumbnail=thumbnail.path if thumbnail else "",
        )

    def _relationships(self, part: str) -> list[Relationship]:
        return relationships(self._archive, part, self._findings, self._limits)

    def _origin(self) -> str | None:
        """Return the name of the origin part; where nothing leads there, look for it by its name."""
        origin = None
        for relationship in self._relationships(""):
            self._named.add(relationship.target.casefold())
            if relationship.kind == "aasx-origin" and origin is None:
                origin = relationship.target
            elif relationship.kind == "thumbnail":
                self._thumbnail = relationship.target
                self._missing(relationship)
            elif relationship.kind in _SPEC_KINDS:
                self._take(relationship, "")
        if origin is not None and (self._archive.find(origin) or self._relationships(origin)):
            return origin
        found = next(
            (name for name in self._archive.entries if name.rpartition("/")[2].casefold() == "aasx-origin"),
            None,
        )
        self._findings.add("twins.missing_origin", "/", found=found or "-")
        return found

    def _take(self, relationship: Relationship, source: str) -> None:
        """Follow one relationship of the origin or of a document."""
        self._named.add(relationship.target.casefold())
        if relationship.kind not in _SPEC_KINDS:
            self._missing(relationship)
            return
        entry = self._archive.find(relationship.target)
        if entry is None:
            self._missing(relationship)
        elif entry not in self._specs:
            self._specs.append(entry)

    def _missing(self, relationship: Relationship) -> None:
        if relationship.is_outside:
            self._findings.add("twins.outside_part", f"/{relationship.target}", kind=relationship.kind)
        elif self._archive.find(relationship.target) is None:
            self._findings.add("twins.missing_part", f"/{relationship.target}", kind=relationship.kind)

    def _read_specs(self) -> None:
        """Read the documents; those that a document names as its split-off parts join at the end."""
        for entry in self._specs:
            for relationship in self._relationships(entry.name):
                self._take(relationship, entry.name)
            self._read(entry)

    def _read(self, entry: Entry) -> None:
        try:
            environment, version = self._document(entry)
        except XushiError as error:
            self._errors.append(error)
            self._findings.add("twins.spec_unreadable", f"/{entry.name}")
            self._findings.add(error.code, f"/{entry.name}", **error.params)
        else:
            self._environments.append(environment)
            self._versions.append(version)

    def _document(self, entry: Entry) -> tuple[Environment, str]:
        try:
            data = self._archive.read(entry, self._limits.payload_bytes)
        except Damaged as damaged:
            if not damaged.partial:
                raise XushiError("twins.file_unreadable", path=entry.name, reason=damaged.args[0]) from None
            self._findings.add("twins.part_damaged", f"/{entry.name}", reason=damaged.args[0])
            data = damaged.partial
        return read_document(data, self._findings, self._limits)

    def _search(self) -> None:
        """Look into every JSON and XML part, where no relationship led to a document that can be read."""
        for entry in self._archive.entries.values():
            name = entry.name.casefold()
            if entry in self._specs or not name.endswith((".json", ".xml", ".aas")) or _is_opc(entry.name):
                continue
            try:
                head = self._archive.read(entry, self._limits.payload_bytes)
            except Damaged as damaged:
                head = damaged.partial
            if any(mark in head for mark in _MARKS):
                self._findings.add("twins.spec_searched", f"/{entry.name}")
                self._specs.append(entry)
                self._read(entry)

    def _files(self, types: ContentTypes) -> dict[str, FilePart]:
        """Return every part that is no document and none of the package's own book-keeping."""
        documents = {entry.name for entry in self._specs}
        files: dict[str, FilePart] = {}
        for entry in self._archive.entries.values():
            if entry.name in documents or _is_opc(entry.name):
                continue
            reason = self._archive.check(entry)
            if reason is not None:
                self._findings.add("twins.part_damaged", f"/{entry.name}", reason=reason)
                continue
            path = f"/{entry.name}"
            files[path] = FilePart.in_archive(path, types.of(entry.name), self._source, entry, self._limits)
        return files

    def _check_files(self, environment: Environment, files: dict[str, FilePart]) -> None:
        """Tell which files the shells name and the package lacks, and which nothing names."""
        named = {self._key(name) for name in self._named}
        for place, value in file_values(environment):
            part = find_file(files, value)
            if part is not None:
                named.add(self._key(part.path))
            else:
                self._findings.add("twins.missing_file", place, path=value)
        for path in files:
            if self._key(path) not in named:
                self._findings.add("twins.unreferenced_file", path)

    @staticmethod
    def _key(path: str) -> str:
        return path.lstrip("/").casefold()


def _is_opc(name: str) -> bool:
    """Tell whether a part is the package's own book-keeping."""
    folded = name.casefold()
    return (
        folded == CONTENT_TYPES.casefold()
        or folded.endswith(".rels")
        or folded.startswith("docprops/")
        or folded.rpartition("/")[2] == "aasx-origin"
    )


def read_document(data: bytes, findings: Findings, limits: Limits) -> tuple[Environment, str]:
    """Return the environment of a JSON or XML document, told apart by its first character.

    Raises:
        XushiError: `twins.not_aas` where it is neither; what the two readers raise.
    """
    head = data[:64].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    if head.startswith(b"<"):
        return read_xml(data, findings, limits)
    if head[:1] in (b"{", b"[", b"/"):
        return read_json(data, findings, limits)
    raise XushiError("twins.not_aas")
