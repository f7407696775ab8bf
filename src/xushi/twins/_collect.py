"""Joins the documents of a file into one environment in which every identifier stands once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..kernel import XushiError
from ._elements import Element
from ._environment import AssetAdministrationShell, ConceptDescription, Environment, Submodel
from ._findings import Findings
from ._walk import children

DEEPEST = 100
"""Levels of submodel elements below a submodel that are accepted."""

_T = TypeVar("_T", AssetAdministrationShell, Submodel, ConceptDescription)


def collect(environments: Sequence[Environment], findings: Findings) -> Environment:
    """Return all environments as one; of two things with one identifier the first stays, which is told.

    Raises:
        XushiError: `twins.too_deep`.
    """
    shells = [item for environment in environments for item in environment.asset_administration_shells]
    submodels = [item for environment in environments for item in environment.submodels]
    concepts = [item for environment in environments for item in environment.concept_descriptions]
    if not (shells or submodels or concepts):
        findings.add("twins.empty_environment", "/")
    for submodel in submodels:
        _refuse_deep(submodel)
    return Environment(
        asset_administration_shells=_distinct(shells, "assetAdministrationShells", findings),
        submodels=_distinct(submodels, "submodels", findings),
        concept_descriptions=_distinct(concepts, "conceptDescriptions", findings),
    )


def _distinct(items: Sequence[_T], place: str, findings: Findings) -> tuple[_T, ...]:
    seen: dict[str, _T] = {}
    for index, item in enumerate(items):
        present = seen.setdefault(item.id, item)
        if present is not item:
            code = "twins.repeated" if present == item else "twins.duplicate_id"
            findings.add(code, f"/{place}/{item.id_short or index}", id=item.id)
    return tuple(seen.values())


def _refuse_deep(submodel: Submodel) -> None:
    level: list[Submodel | Element] = [submodel]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return
    raise XushiError("twins.too_deep", limit=DEEPEST)
