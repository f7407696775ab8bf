"""Reads Provision of 3D Models (IDTA 02026-1-0): which 3D files an asset has."""

from __future__ import annotations

import msgspec

from ._elements import Element, File
from ._environment import Submodel
from ._files import media_type_of
from ._meaning import named, numbered, text_of, texts_of
from ._walk import child_path, children, walk


class Model3D(msgspec.Struct, frozen=True):
    """One version of one 3D file.

    Attributes:
        path: idShort path of its File element; file: the value of that element.
        media_type: as stated, else by the extension.
        title: by language; format and purposes as the shell states them.
        preview: path of a picture; empty where there is none.
        length_unit: unit of the geometry ("m", "mm", …); empty where not stated.
    """

    path: str
    file: str
    media_type: str
    title: dict[str, str]
    version: str
    format_name: str
    purposes: tuple[str, ...]
    preview: str
    length_unit: str


def read_models_3d(submodel: Submodel) -> tuple[Model3D, ...]:
    """Return all 3D files of a submodel that `topic_of` calls `models_3d`, in file order."""
    found: list[Model3D] = []
    for group in numbered(submodel, "Model3D", "Models3D"):
        start = group.id_short or ""
        is_model = named(group, "File") is not None
        below = (
            [(start, group)]
            if is_model
            else [(child_path(start, group, child, index), child) for index, child in enumerate(children(group))]
        )
        for path, model in below:
            found += _versions(path, model)
    return tuple(found)


def _versions(path: str, model: Element) -> list[Model3D]:
    capability, geometry = named(model, "Capability"), named(model, "Geometry")
    purposes = named(capability, "PosModelPurpose")
    wanted = tuple(text_of(item) for item in children(purposes)) if purposes is not None else ()
    unit = text_of(named(geometry, "LengthUnit"))
    found: list[Model3D] = []
    for file_path, element in walk(model, path):
        if not isinstance(element, File) or (element.id_short or "").casefold() != "digitalfile":
            continue
        version = _parent(model, path, file_path)
        found.append(
            Model3D(
                path=file_path,
                file=element.value or "",
                media_type=element.content_type or media_type_of(element.value or ""),
                title=texts_of(named(version, "Title")),
                version=text_of(named(version, "FileVersionId")),
                format_name=text_of(named(named(version, "FileFormat"), "FormatName")),
                purposes=tuple(purpose for purpose in wanted if purpose),
                preview=text_of(named(version, "PreviewFile")),
                length_unit=unit,
            )
        )
    return found


def _parent(root: Element, root_path: str, path: str) -> Element:
    wanted = path.rpartition(".")[0]
    return next((element for at, element in walk(root, root_path) if at == wanted), root)
