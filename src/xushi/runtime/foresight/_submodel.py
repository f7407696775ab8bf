"""Writes and reads the submodel that describes a packaged simulation model: IDTA 02005, Simulation Models 1.1.

Names, meanings, types and cardinalities are those of the template `SimulationModels/1/1` published by the IDTA.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from importlib.metadata import version as installed
from typing import Literal, TypeAlias

import msgspec

from xushi.twins import (
    AdministrativeInformation,
    Element,
    File,
    Key,
    LangString,
    MultiLanguageProperty,
    Property,
    Reference,
    Submodel,
    SubmodelElementCollection,
    children,
    external_reference,
    means,
    named,
    text_of,
)

TEMPLATE = "https://admin-shell.io/idta/SubmodelTemplate/SimulationModels/1/1"
FILE_TYPE = "Xushi simulation model, JSON"
_BASE = "https://admin-shell.io/idta/SimulationModels"
_Type: TypeAlias = Literal["xs:string", "xs:boolean", "xs:float"]
_REVISED = ("SimulationModel",)  # what version 1.1 of the template gave a new meaning


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a packaged model.

    Attributes:
        number: from 1.
        digest: SHA-256 of the model's file, in hex.
        path: of the model's file among the files of the twins.
        notes: what is new, per language.
    """

    number: int
    digest: str
    path: str
    notes: dict[str, str] = {}

    @property
    def id(self) -> str:
        """The version id in the submodel: number and digest, so that a changed file is noticed."""
        return f"{self.number}+sha256.{self.digest}"


def simulation_submodel(
    submodel_id: str, plant: str, versions: Sequence[Version], state_path: str, horizon_s: float
) -> Submodel:
    """Return the submodel of a plant's model.

    Args:
        versions: the newest last.
        state_path: of the file with the state that the newest version starts from.
        horizon_s: how far it is run ahead where nobody says otherwise.
    """
    content = (
        _texts("Summary", {
            "en": f"Material flow of {plant}: machines, buffers, interruptions, routes and supply, from its records.",
            "zh": f"{plant} 的物料流：设备、缓冲区、停机、路径与供料，由记录估计。",
        }),
        _collection("SimPurpose", *_list("PosSimPurpose", (
            "Concept evaluation", "Sizing", "Energy consumption", "Behaviour in fault condition",
        )), *_list("NegSimPurpose", ("Virtual commissioning", "Operator Training"))),
        _property("TypeOfModel", "Data-driven model"),
        _property("ScopeOfModel", "Logic and timing behaviour"),
        _property("EngineeringDomain", "Material Flow"),
        _environment(),
        _collection("ModelFile", _property("ModelFileType", FILE_TYPE), *(_version(one) for one in versions)),
        _property("ParamMethod", "pre-parametrized"),
        _property("InitStateMethod", "by setting file"),
        _file("InitStateFile", state_path),
        _property("DefaultSimTime", str(float(horizon_s)), "xs:float"),
    )  # fmt: skip
    return Submodel(
        id=submodel_id,
        id_short="SimulationModels",
        display_name=(LangString(language="en", text="Simulation models"), LangString(language="zh", text="仿真模型")),
        administration=AdministrativeInformation(version="1", revision="1", template_id=TEMPLATE),
        semantic_id=Reference(type="ModelReference", keys=(Key(type="Submodel", value=TEMPLATE),)),
        submodel_elements=(_collection("SimulationModel", *content),),
    )


def read_versions(submodel: Submodel) -> list[Version]:
    """Return the versions of the model that is packaged in our form, the newest last; none where there is no such."""
    found = []
    for model in children(submodel):
        file = named(model, "ModelFile")
        if text_of(named(file, "ModelFileType")) != FILE_TYPE or file is None:
            continue
        for one in children(file):
            number, _, digest = text_of(named(one, "ModelVersionId")).partition("+sha256.")
            if means(one, f"{_BASE}/ModelFileVersion/1/0") and number.isascii() and number.isdigit() and digest:
                notes = named(one, "ModelFileReleaseNotesTxt")
                texts = notes.value if isinstance(notes, MultiLanguageProperty) else ()
                found.append(Version(
                    number=int(number[:9]), digest=digest, path=text_of(named(one, "DigitalFile")),
                    notes={text.language: text.text for text in texts},
                ))  # fmt: skip
    return sorted(found, key=lambda one: one.number)


def path_of_file(number: int) -> str:
    """Return the idShort path of the element that names the model's file of a version."""
    return f"SimulationModel.ModelFile.ModelFileVersion{number:02}.DigitalFile"


def state_path_of(submodel: Submodel) -> str:
    """Return the path of the state's file; empty where there is none."""
    return next((path for model in children(submodel) if (path := text_of(named(model, "InitStateFile")))), "")


def default_hours_of(submodel: Submodel) -> float | None:
    """Return how far the model is run where nobody says otherwise; None where the submodel does not tell."""
    for model in children(submodel):
        try:
            hours = float(text_of(named(model, "DefaultSimTime"))) / 3600
        except ValueError:
            continue
        if 0 < hours < math.inf:
            return hours
    return None


def _environment() -> SubmodelElementCollection:
    solver = _collection(
        "SolverAndTolerances", _property("StepSizeControlNeeded", "false", "xs:boolean"),
        _property("StiffSolverNeeded", "false", "xs:boolean"), _property("SolverIncluded", "false", "xs:boolean"),
    )  # fmt: skip
    return _collection(
        "Environment",
        _property("OperatingSystem", "any with Python 3.11 or newer"),
        _property("ToolEnvironment", "xushi[simulate] (numba, scipy)"),
        _property("VisualizationInformation", "none"),
        _collection("SimulationTool", _property("SimToolName", f"Xushi {installed('xushi')}"), solver),
    )


def _version(one: Version) -> SubmodelElementCollection:
    return _collection(
        "ModelFileVersion", _property("ModelVersionId", one.id), _file("DigitalFile", one.path),
        *((_texts("ModelFileReleaseNotesTxt", one.notes),) if one.notes else ()), number=one.number,
    )  # fmt: skip


def _meaning(name: str) -> Reference:
    return external_reference(f"{_BASE}/{name}/1/{int(name in _REVISED)}")


def _collection(name: str, *value: Element, number: int | None = None) -> SubmodelElementCollection:
    shown = name if number is None else f"{name}{number:02}"
    return SubmodelElementCollection(id_short=shown, semantic_id=_meaning(name), value=value)


def _property(name: str, value: str, value_type: _Type = "xs:string", number: int | None = None) -> Property:
    shown = name if number is None else f"{name}{number:02}"
    return Property(id_short=shown, semantic_id=_meaning(name), value_type=value_type, value=value)


def _list(name: str, values: Sequence[str]) -> Iterator[Property]:
    for number, value in enumerate(values):
        yield _property(name, value, number=number)


def _texts(name: str, texts: dict[str, str]) -> MultiLanguageProperty:
    value = tuple(LangString(language=language, text=text) for language, text in texts.items())
    return MultiLanguageProperty(id_short=name, semantic_id=_meaning(name), value=value)


def _file(name: str, path: str) -> File:
    return File(id_short=name, semantic_id=_meaning(name), value=path, content_type="application/json")
