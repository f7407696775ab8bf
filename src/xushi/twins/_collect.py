"""Joins the documents of a file into one environment in which every identifier stands once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..kernel import XushiError
from ._elements import Blob, Element
from ._environment import AssetAdministrationShell, ConceptDescription, Environment, Submodel
from ._findings import Findings
from ._lexical import is_valid
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
        _check_elements(submodel, findings)
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


def _check_elements(submodel: Submodel, findings: Findings) -> None:
    """Refuse elements nested too deeply, and tell of blobs that no other tool could decode."""
    level: list[Submodel | Element] = [submodel]
    for _ in range(DEEPEST):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return
        for element in level:
            if isinstance(element, Blob) and not is_valid(element.value or "", "xs:base64Binary"):
                findings.add("twins.not_base64", f"{submodel.id_short or submodel.id}#{element.id_short or '-'}")
    raise XushiError("twins.too_deep", limit=DEEPEST)
