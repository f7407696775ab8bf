"""Works out where imported twins and 3D models stand in the scene, and which signals move them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from xushi.kernel import Record, diff_key, split_key
from xushi.runtime._files_of_twins import FileFinder
from xushi.runtime._signals_of_twins import signal_key, texts
from xushi.scene import Behaviour, Category, Place, free_spots, from_plant_frame, place_record, read_place
from xushi.twins import (
    AssetAdministrationShell,
    Entity,
    Environment,
    File,
    MultiLanguageProperty,
    Property,
    ReferenceElement,
    Submodel,
    SubmodelElementCollection,
    SubmodelElementList,
    walk,
)

if TYPE_CHECKING:
    from xushi.runtime._importing import Imported

BEHAVIOUR_MEANING = "urn:xushi:submodel:SceneBehaviour"
_LAYOUT = "HierarchicalStructures"
_MODELS = "Models3D"
_PLACEMENT = "Placement"
# An idShort has two characters at least (IDTA-01001, AASd-002), the fields meant here have one.
_LONG_NAMES = {"PositionX": "X", "PositionY": "Y", "PositionZ": "Z", "PoseX": "x", "PoseY": "y"}
_WHOLE = frozenset({"xs:int", "xs:integer", "xs:long", "xs:short", "xs:unsignedInt", "xs:unsignedShort"})


def place_everything(
    found: Sequence[Imported],
    after: Mapping[str, Record | None],
    places: Mapping[str, Record],
    known_files: Mapping[str, Record],
) -> dict[str, Record]:
    """Place records for everything in an import that can be seen.

    What a layout names stands where the layout says; other models get a free spot. A thing that is in the scene
    already keeps its transform and its name: a person may have moved it.

    Args:
        after: records of the import by ``kind/id``.
        places, known_files: records that are there already, by id.
    """
    files = dict(known_files)
    files.update({key: record for key, record in after.items() if record and split_key(key)[0] == "file"})
    finder = FileFinder(files)
    made: dict[str, Place] = {}
    homeless: list[Place] = []
    for imported in found:
        if imported.environment is not None:
            package = next((split_key(key)[1] for key in imported.records if split_key(key)[0] == "package"), None)
            _place_shells(imported.environment, finder.within(package), made, homeless)
        homeless.extend(
            Place(id=f"model:{sha256}", name={"en": name, "zh-CN": name}, model=sha256)
            for sha256, name in imported.models
        )
    standing = [read_place(record) for record in places.values()]
    fresh = [place for place in homeless if place.id not in places]
    for place, spot in zip(fresh, free_spots([*standing, *made.values()], len(fresh)), strict=True):
        made[place.id] = msgspec.structs.replace(place, position=spot)
    for place in homeless:
        made.setdefault(place.id, place)
    return {diff_key("place", place.id): _kept(place, places.get(place.id)) for place in made.values()}


def _kept(place: Place, before: Record | None) -> Record:
    record = place_record(place)
    if before is None:
        return record
    kept = {field: before[field] for field in ("position", "rotation", "scale", "name", "parent")}
    return {**record, **kept}


def _place_shells(environment: Environment, finder: FileFinder, made: dict[str, Place], homeless: list[Place]) -> None:
    submodels = {submodel.id: submodel for submodel in environment.submodels}
    seen = {shell.id: _appearance(shell, submodels, finder) for shell in environment.asset_administration_shells}
    by_asset = {
        shell.asset_information.global_asset_id: shell.id
        for shell in environment.asset_administration_shells
        if shell.asset_information.global_asset_id
    }
    for submodel in environment.submodels:
        if submodel.kind != "Template" and _means(submodel, _LAYOUT):
            for element in submodel.submodel_elements:
                if isinstance(element, Entity):
                    _place_node(element, None, by_asset, seen, made)
    homeless.extend(place for place in seen.values() if place.model is not None and place.id not in made)


def _place_node(
    entity: Entity,
    parent: str | None,
    by_asset: Mapping[str, str],
    seen: Mapping[str, Place],
    made: dict[str, Place],
) -> None:
    """Place one node of a layout and those below it; poses are relative to the node above."""
    shell_id = by_asset.get(entity.global_asset_id or "")
    pose = _pose(entity.statements)
    if shell_id is not None and shell_id not in made and (pose is not None or seen[shell_id].model is not None):
        position, rotation = pose or ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0))
        made[shell_id] = msgspec.structs.replace(seen[shell_id], parent=parent, position=position, rotation=rotation)
        parent = shell_id
    for statement in entity.statements:
        if isinstance(statement, Entity):
            _place_node(statement, parent, by_asset, seen, made)


def _pose(statements: Iterable[Any]) -> tuple[Any, Any] | None:
    for statement in statements:
        if isinstance(statement, SubmodelElementCollection) and statement.id_short == _PLACEMENT:
            fields = _fields(statement, None)
            x, y, z = (float(fields.get(axis) or 0.0) for axis in ("X", "Y", "Z"))
            turn = math.radians(float(fields.get("RotationZ") or 0.0))
            return from_plant_frame(x, y, z, turn)
    return None


def _appearance(shell: AssetAdministrationShell, submodels: Mapping[str, Submodel], finder: FileFinder) -> Place:
    """A shell's place without its position: name, model, category, behaviours."""
    own = [submodels[ref.keys[0].value] for ref in shell.submodels if ref.keys[0].value in submodels]
    model = next((sha for sub in own if _means(sub, _MODELS) for sha in _models(sub, finder)), None)
    behaviours: list[Behaviour] = []
    category: Category = "other"
    for submodel in own:
        if _means(submodel, BEHAVIOUR_MEANING) or submodel.id_short == "SceneBehaviour":
            category = _category(submodel) or category
            behaviours.extend(_behaviours(submodel, finder))
    named = texts(shell.display_name)
    plain = named.get("en") or shell.id_short or shell.id
    name = {"en": plain, "zh-CN": named.get("zh-CN", plain)}
    return Place(id=shell.id, name=name, shell=shell.id, model=model, category=category, behaviours=tuple(behaviours))


def _means(submodel: Submodel, word: str) -> bool:
    meaning = submodel.semantic_id.keys[0].value if submodel.semantic_id else ""
    return word in meaning or submodel.id_short == word


def _models(submodel: Submodel, finder: FileFinder) -> Iterable[str]:
    """SHA-256 of each 3D file a browser can show in a submodel Models3D (IDTA 02026)."""
    for _, element in walk(submodel):
        if isinstance(element, File) and (element.value or "").lower().endswith((".glb", ".gltf")):
            sha256 = finder.sha256(element.value)
            if sha256 is not None:
                yield sha256


def _category(submodel: Submodel) -> Category | None:
    for element in submodel.submodel_elements:
        if isinstance(element, Property) and element.id_short == "Category":
            return next((known for known in get_args(Category) if known == element.value), None)
    return None


def _behaviours(submodel: Submodel, finder: FileFinder) -> Iterable[Behaviour]:
    for element in submodel.submodel_elements:
        if not isinstance(element, SubmodelElementList) or element.id_short != "Behaviours":
            continue
        for item in element.value:
            if isinstance(item, SubmodelElementCollection):
                try:
                    yield msgspec.convert(_fields(item, finder), Behaviour)
                except msgspec.ValidationError:
                    continue  # a behaviour of a newer version: what is known still moves


def _fields(collection: SubmodelElementCollection, finder: FileFinder | None) -> dict[str, Any]:
    return {
        _LONG_NAMES.get(element.id_short or "", element.id_short or ""): value
        for element in collection.value
        if (value := _plain(element, finder)) is not None
    }


def _plain(element: Any, finder: FileFinder | None) -> Any:
    """An element as plain JSON: references become signal keys, files become SHA-256."""
    if isinstance(element, Property):
        return _typed(element)
    if isinstance(element, ReferenceElement):
        return signal_key(element.value)
    if isinstance(element, File):
        return finder.sha256(element.value) if finder is not None else None
    if isinstance(element, MultiLanguageProperty):
        return texts(element.value)
    if isinstance(element, SubmodelElementList):
        return [value for item in element.value if (value := _plain(item, finder)) is not None]
    if isinstance(element, SubmodelElementCollection):
        fields = _fields(element, finder)
        if fields.keys() == {"X", "Y", "Z"}:
            return [float(fields[axis]) for axis in ("X", "Y", "Z")]
        return fields
    return None


def _typed(element: Property) -> Any:
    text = element.value
    if text is None:
        return None
    try:
        if element.value_type in ("xs:double", "xs:float", "xs:decimal"):
            return float(text)
        if element.value_type in _WHOLE:
            return int(text)
    except ValueError:
        return None
    return text in ("true", "1") if element.value_type == "xs:boolean" else text
