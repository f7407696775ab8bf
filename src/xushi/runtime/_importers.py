"""The built-in importers: AAS packages and environments, 3D models, and plain documents."""

from __future__ import annotations

import mimetypes
from pathlib import PurePosixPath
from typing import Any

import msgspec

from xushi.kernel import Diagnosis, Record, XushiError, diff_key
from xushi.runtime._gltf import check_gltf
from xushi.runtime._importing import Counts, Imported, Keep, Source, asset_record
from xushi.twins import read_file, to_plain, walk

_MAYBE = (".json", ".xml")
_DOCUMENTS = {
    ".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
    ".webp": "image/webp", ".svg": "image/svg+xml", ".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv",
    ".json": "application/json", ".xml": "application/xml", ".stp": "model/step", ".step": "model/step",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_MAX_DOCUMENT_BYTES = 256 * 1024 * 1024


class AasImporter:
    """AASX packages, and AAS environments as JSON or XML (IDTA-01001, IDTA-01005)."""

    def rank(self, name: str, head: bytes) -> int:
        """An .aasx or a ZIP is ours; JSON and XML may be."""
        if _suffix(name) == ".aasx":
            return 90
        if _suffix(name) in _MAYBE:
            return 80
        return 20 if head[:4] == b"PK\x03\x04" and _suffix(name) in ("", ".zip") else 0

    def read(self, source: Source, keep: Keep) -> Imported:
        """Read the whole package; see ``xushi.twins.read_file`` for what is repaired and what refused."""
        try:
            package = read_file(source.path, source.name)
        except XushiError as error:
            if error.code == "twins.not_aas" and _suffix(source.name) in _MAYBE:
                return DocumentImporter().read(source, keep)
            raise
        environment = package.environment
        records: dict[str, Record] = {}
        for kind, items in (
            ("shell", environment.asset_administration_shells),
            ("submodel", environment.submodels),
            ("concept", environment.concept_descriptions),
        ):
            for item in items:
                records[diff_key(kind, item.id)] = to_plain(item)
        diagnoses = list(package.diagnoses)
        for path, part in package.files.items():
            records.update(self._part(source.name, path, part, keep, diagnoses))
        records[diff_key("package", source.name)] = {
            "name": source.name,
            "shells": [shell.id for shell in environment.asset_administration_shells],
            "submodels": [submodel.id for submodel in environment.submodels],
            "files": sorted(package.files),
        }
        counts = Counts(
            shells=len(environment.asset_administration_shells),
            submodels=len(environment.submodels),
            concept_descriptions=len(environment.concept_descriptions),
            elements=sum(1 for submodel in environment.submodels for _ in walk(submodel)),
            files=len(package.files),
        )
        return Imported(records, counts, tuple(diagnoses), environment)

    def _part(self, package: str, path: str, part: Any, keep: Keep, diagnoses: list[Diagnosis]) -> dict[str, Record]:
        try:
            content = part.data
        except XushiError as error:
            diagnoses.append(Diagnosis(error.code, path, error.params))
            return {}
        media_type = part.media_type or media_type_of(path)
        if _suffix(path) in (".glb", ".gltf"):
            try:
                summary = check_gltf(content, path)
            except XushiError as error:
                diagnoses.append(Diagnosis("runtime.model_left_out", path, {"reason": error.params["reason"]}))
                media_type = "application/octet-stream"
            else:
                media_type = summary.media_type
        sha256 = keep(content)
        key, asset = asset_record(sha256, media_type, PurePosixPath(path).name, len(content))
        file = {"sha256": sha256, "media_type": media_type, "path": path, "package": package}
        return {key: asset, diff_key("file", f"{package}|{path}"): file}


class GltfImporter:
    """3D models as .glb or .gltf."""

    def rank(self, name: str, head: bytes) -> int:
        """By suffix, or by the four letters every GLB begins with."""
        return 90 if _suffix(name) in (".glb", ".gltf") or head[:4] == b"glTF" else 0

    def read(self, source: Source, keep: Keep) -> Imported:
        """Check the model and give it a place of its own in the scene."""
        content = source.path.read_bytes()
        summary = check_gltf(content, source.name)
        sha256 = keep(content)
        key, asset = asset_record(sha256, summary.media_type, source.name, len(content))
        shown = PurePosixPath(source.name).stem or source.name
        return Imported({key: asset}, Counts(files=1), summary.diagnoses, models=((sha256, shown),))


class DocumentImporter:
    """Documents that belong to a plant but are no twins: kept as they are, never run."""

    def rank(self, name: str, head: bytes) -> int:
        """By suffix, behind every importer that understands the content."""
        return 10 if _suffix(name) in _DOCUMENTS else 0

    def read(self, source: Source, keep: Keep) -> Imported:
        """Keep the file; says so where somebody may have expected shells."""
        content = source.path.read_bytes()
        if len(content) > _MAX_DOCUMENT_BYTES:
            raise XushiError("runtime.file_too_large", name=source.name, limit_mb=_MAX_DOCUMENT_BYTES >> 20)
        suffix = _suffix(source.name)
        diagnoses: tuple[Diagnosis, ...] = ()
        if suffix == ".json":
            _check_json(content, source.name)
        if suffix in _MAYBE:
            diagnoses = (Diagnosis("runtime.kept_as_document", source.name),)
        sha256 = keep(content)
        key, asset = asset_record(sha256, _DOCUMENTS[suffix], source.name, len(content))
        return Imported({key: asset}, Counts(files=1), diagnoses)


def media_type_of(path: str) -> str:
    """Media type by suffix; bytes of unknown meaning otherwise."""
    return _DOCUMENTS.get(_suffix(path)) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def _suffix(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def _check_json(content: bytes, name: str) -> None:
    try:
        msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise XushiError("runtime.json_broken", name=name, reason=str(error)) from error
