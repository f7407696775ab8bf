"""Reads Handover Documentation (IDTA 02004, versions 1.2 and 2.0): which documents an asset has."""

from __future__ import annotations

import msgspec

from ._elements import Element, File
from ._environment import Submodel
from ._meaning import named, numbered, text_of, texts_of
from ._walk import child_path, children


class DocumentFile(msgspec.Struct, frozen=True):
    """A file of a document: its path or URL, and its media type."""

    file: str
    media_type: str


class Document(msgspec.Struct, frozen=True):
    """One version of one document. Titles and class names by language; empty where not stated."""

    path: str
    identifier: str
    title: dict[str, str]
    summary: dict[str, str]
    version: str
    status: str
    languages: tuple[str, ...]
    organization: str
    class_id: str
    class_name: dict[str, str]
    files: tuple[DocumentFile, ...]
    preview: str


def read_documents(submodel: Submodel) -> tuple[Document, ...]:
    """Return the documents of a submodel that `topic_of` calls `documentation`, each version by itself."""
    group = named(submodel, "Documents")
    if group is not None:
        start = group.id_short or ""
        pairs = [(child_path(start, group, each, i), each) for i, each in enumerate(children(group))]
    else:
        pairs = [(each.id_short or "", each) for each in children(submodel) if _is_document(each)]
    return tuple(document for path, each in pairs for document in _versions(path, each))


def _is_document(element: Element) -> bool:
    """Tell whether an element is a document, whatever its idShort: it has a version of one."""
    return bool(numbered(element, "DocumentVersion", "DocumentVersions"))


def _members(parent: Element, group: str, single: str) -> list[Element]:
    """Return the members of a list, or the numbered children that older versions had in its place."""
    found = named(parent, group)
    return list(children(found)) if found is not None else numbered(parent, single)


def _versions(path: str, document: Element) -> list[Document]:
    ids = _members(document, "DocumentIds", "DocumentId")
    classes = _members(document, "DocumentClassifications", "DocumentClassification")
    ids = ids or list(children(document))
    named_ids = (named(each, "DocumentIdentifier", "ValueId", "DocumentId") for each in ids)
    identifier = next((text_of(each) for each in named_ids if each is not None), "")
    kind = classes[0] if classes else None
    return [
        _document(path, version, identifier, kind)
        for version in _members(document, "DocumentVersions", "DocumentVersion")
    ]


def _document(path: str, version: Element, identifier: str, kind: Element | None) -> Document:
    files = [each for each in _members(version, "DigitalFiles", "DigitalFile") if isinstance(each, File)]
    languages = _members(version, "Language", "Language")
    return Document(
        path=path,
        identifier=identifier,
        title=texts_of(named(version, "Title")),
        summary=texts_of(named(version, "Description", "Summary")),
        version=text_of(named(version, "Version", "DocumentVersionId")),
        status=text_of(named(version, "StatusValue")),
        languages=tuple(text for text in map(text_of, languages) if text),
        organization=text_of(named(version, "OrganizationShortName", "OrganizationName", "OrganizationOfficialName")),
        class_id=text_of(named(kind, "ClassId", "DocumentClassId")),
        class_name=texts_of(named(kind, "ClassName", "DocumentClassName")),
        files=tuple(DocumentFile(each.value or "", each.content_type or "") for each in files if each.value),
        preview=text_of(named(version, "PreviewFile")),
    )
